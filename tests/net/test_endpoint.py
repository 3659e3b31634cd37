from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.domain.errors import InvalidInput
from vsconsole.net.endpoint import Endpoint, FilePart, Param

CITY = Param(name="Where", type="object", fields=(Param(name="City", required=True),))


def checked(param: Param, value: Any) -> Any:
    return param.check(value)


@pytest.mark.parametrize(
    ("param", "value", "expected"),
    [
        (Param(name="n"), 5, "5"),
        (Param(name="n"), " x ", " x "),
        (Param(name="n", min_length=0, required=True), "", ""),
        (Param(name="n", pattern="[0-9]+"), "12", "12"),
        (Param(name="n", type="int"), "12", 12),
        (Param(name="n", type="int"), 12.0, 12),
        (Param(name="n", type="int", minimum=60, maximum=90, besides=(0,)), 0, 0),
        (Param(name="n", type="int", minimum=1), 9, 9),
        (Param(name="n", type="float"), "0.25", 0.25),
        (Param(name="n", type="float", choices=(0.5, 1)), 1, 1),
        (Param(name="n", type="bool"), "TRUE", True),
        (Param(name="n", type="bool"), False, False),
        (Param(name="n", type="bool"), 0, False),
        (Param(name="n", type="list"), ["a", "b"], ["a", "b"]),
        (Param(name="n", type="list"), '["a", "b"]', ["a", "b"]),
        (Param(name="n", type="list"), "12", ["12"]),
        (Param(name="n", type="list"), 12, ["12"]),
        (Param(name="n", type="list", item=CITY), '{"City": "x"}', [{"City": "x"}]),
        (CITY, '{"City": "x"}', {"City": "x"}),
        (CITY, {"City": "x"}, {"City": "x"}),
    ],
)
def test_takes(param: Param, value: Any, expected: Any) -> None:
    got = checked(param, value)
    assert got == expected
    assert type(got) is type(expected) or isinstance(expected, int | float)


@pytest.mark.parametrize(
    ("param", "value", "field"),
    [
        (Param(name="n"), True, "n"),
        (Param(name="n"), None, "n"),
        (Param(name="n", required=True), " ", "n"),
        (Param(name="n", max_length=3), "abcd", "n"),
        (Param(name="n", min_length=3), "ab", "n"),
        (Param(name="n", pattern="[0-9]+"), "12a", "n"),
        (Param(name="n", choices=("a", "b")), "c", "n"),
        (Param(name="n", type="int"), "1.5", "n"),
        (Param(name="n", type="int"), 1.5, "n"),
        (Param(name="n", type="int"), True, "n"),
        (Param(name="n", type="int"), "", "n"),
        (Param(name="n", type="int"), float("inf"), "n"),
        (Param(name="n", type="int", minimum=1, maximum=10), 11, "n"),
        (Param(name="n", type="int", minimum=1), 0, "n"),
        (Param(name="n", type="int", maximum=1), 2, "n"),
        (Param(name="n", type="float"), "nan", "n"),
        (Param(name="n", type="float"), True, "n"),
        (Param(name="n", type="bool"), "perhaps", "n"),
        (Param(name="n", type="list"), {"a": 1}, "n"),
        (Param(name="n", type="list"), None, "n"),
        (Param(name="n", type="list"), "[1", "n"),
        (Param(name="n", type="list", required=True), [], "n"),
        (Param(name="n", type="list", max_length=1), [1, 2], "n"),
        (Param(name="n", type="list", item=CITY), [{"City": "a"}, {}], "n[1].City"),
        (CITY, {}, "Where.City"),
        (CITY, {"City": "x", "Towm": 1}, "Where.Towm"),
        (CITY, [1], "Where"),
        (Param(name="n", type="file"), "/nowhere/at/all", "n"),
        (Param(name="n", type="file"), "bad\0name", "n"),
        (Param(name="n", type="file"), FilePart("x", b""), "n"),
    ],
)
def test_refuses(param: Param, value: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(param, value)
    assert caught.value.field == field
    assert field in caught.value.what


def test_reads_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    param = Param(name="File", type="file")
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"cells")
    assert param.check(str(path)) == FilePart("list.xlsx", b"cells")
    assert param.check(FilePart("a", b"b")) == FilePart("a", b"b")
    assert "cells" not in repr(param.check(path))
    monkeypatch.setattr("vsconsole.net.endpoint._LARGEST_FILE", 4)
    with pytest.raises(InvalidInput, match="too large"):
        param.check(path)


ROW = Endpoint(
    name="device_update",
    method="PUT",
    path="/device",
    params=(
        Param(name="Id", place="query", required=True),
        Param(name="Id", required=True),
        Param(name="Name"),
        Param(name="Flag", type="bool", place="query"),
    ),
)


def test_a_parameter_in_two_places_is_given_once() -> None:
    values = ROW.check({"Name": "x", "Id": 7, "Flag": None})
    assert list(values) == ["Id", "Name"]
    assert ROW.placed(values, "query") == {"Id": "7"}
    assert ROW.placed(values, "body") == {"Id": "7", "Name": "x"}
    assert ROW.required == ("Id",)
    assert ROW.optional == ("Name", "Flag")
    assert [param.place for param in ROW.inputs] == ["query", "body", "query"]


def test_missing_and_unknown_parameters() -> None:
    with pytest.raises(InvalidInput) as caught:
        ROW.check({})
    assert caught.value.field == "Id"
    with pytest.raises(InvalidInput) as caught:
        ROW.check({"id": 1})
    assert caught.value.field == "id"
    assert "Id" in caught.value.remedy
    with pytest.raises(InvalidInput) as caught:
        ROW.check({"Id": 1, "Zzzzzz": 1})
    assert caught.value.remedy == ""


TEXT = st.text(alphabet='ab1 中[]{}",:', max_size=9)


@gentle
@given(st.dictionaries(st.sampled_from(["Id", "Name", "Flag"]), TEXT | st.integers()))
def test_checking_twice_changes_nothing(values: dict[str, Any]) -> None:
    try:
        once = ROW.check(values)
    except InvalidInput:
        return
    assert ROW.check(once) == once
