"""Answers that are none, as every vendor's table of errors tells them."""

from __future__ import annotations

import pytest

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ConsoleError,
    PermissionDenied,
    RateLimited,
    WrongChannel,
)
from vsconsole.net.answers import Meaning, clipped, excerpt, needs_same, unreadable


@pytest.mark.parametrize(
    ("status", "kind", "what"),
    [
        (200, BadResponse, "could not be read"),
        (302, BadResponse, "elsewhere"),
        (401, BadCredentials, "login was refused"),
        (403, PermissionDenied, "not allowed"),
        (404, BadResponse, "could not be read"),
        (429, RateLimited, "could not be read"),
        (503, BadResponse, "failing"),
    ],
)
def test_pages_instead_of_answers(status: int, kind: type[ConsoleError], what: str) -> None:
    error = unreadable(status, b"<p>Please <b>sign in</b></p>", request_id="r", retry_after=3)
    assert type(error) is kind
    assert what in error.what
    assert error.why == f"Status {status}. Please sign in"
    assert error.remedy
    assert (error.code, error.request_id, error.retry_after) == (str(status), "r", 3)


def test_a_page_without_words() -> None:
    assert unreadable(500, b"\x00\x01").why == "Status 500."
    assert excerpt(b"\xff\xfe" * 100) == ""


def test_words_are_one_short_line_without_secrets() -> None:
    assert clipped("a\r\n\x1b[31m token=HIDDEN b") == "a [31m token=*** b"
    assert len(clipped("word " * 500)) == 160
    assert clipped("短") == "短"


def test_a_meaning_need_not_say_more_than_what_happened() -> None:
    assert Meaning(BadResponse, "x") == (BadResponse, "x", "", None, None)


@pytest.mark.parametrize(
    "data", [{}, {"id": None}, {"id": ""}, {"id": "AB1"}, {"id": "ab1"}, [], 5]
)
def test_an_answer_that_names_the_same_thing_or_none_is_taken(data: object) -> None:
    needs_same(data, "id", "AB1")


@pytest.mark.parametrize("named", ["AB2", "AB", 7])
def test_lesson_43_an_answer_about_another_channel_is_none(named: object) -> None:
    with pytest.raises(WrongChannel) as caught:
        needs_same({"id": named}, "id", "AB1")
    assert str(named) not in str(caught.value)
