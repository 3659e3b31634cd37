"""What an operator reads of a failure."""

from __future__ import annotations

import pytest

from vsconsole.domain.errors import BadCredentials, sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q-signature", "q-signature."),
        ("Copied. ", "Copied."),
        ("\u8bbe\u5907\u4e0d\u5728\u7ebf", "\u8bbe\u5907\u4e0d\u5728\u7ebf\u3002"),
        ("\u5df2\u5b8c\u6210\uff01", "\u5df2\u5b8c\u6210\uff01"),
        ("why?", "why?"),
        ("", ""),
    ],
)
def test_a_vendors_words_get_an_end(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_the_parts_of_a_failure_do_not_run_into_each_other() -> None:
    error = BadCredentials("The secret was refused.", why="q-signature", remedy="Copy it again.")
    assert str(error) == "The secret was refused. q-signature. Copy it again."
    assert error.as_dict()["message"] == "The secret was refused. q-signature."
