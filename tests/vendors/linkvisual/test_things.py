from __future__ import annotations

import json
from typing import Any

import pytest

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Ability, Channel, Key, Preset
from vsconsole.vendors.linkvisual import things
from vsconsole.vendors.linkvisual.things import Model


def service(name: str, *inputs: Any) -> dict[str, Any]:
    made = [one if isinstance(one, dict) else {"identifier": one} for one in inputs]
    return {"identifier": name, "inputData": made, "outputData": [], "callType": "async"}


def tsl(*services: dict[str, Any]) -> dict[str, Any]:
    return {"schema": "http://aliyun/iot/thing/desc/schema", "services": list(services)}


def actions(*numbers: str) -> dict[str, Any]:
    specs = dict.fromkeys(numbers, "…")
    return {"identifier": "ActionType", "dataType": {"type": "enum", "specs": specs}}


EVERYTHING = tsl(
    service("ToggleLightSwitch"),
    service("QueryRecordList", "BeginTime", "EndTime", "QuerySize", "Type"),
    service("StartPTZAction", actions(*"0123456789"), "Speed"),
    service("StopPTZAction"),
    service("PresetLocateControl", "position"),
    service("PresetAddControl", "name", "Index"),
    service("PresetDeleteControl", "n"),
    service("QueryPresetMap"),
)


def test_everything() -> None:
    model = Model.of(EVERYTHING)
    assert "ToggleLightSwitch" not in model.services
    assert model.abilities == {
        Ability.DEVICE_RECORDS,
        Ability.PTZ,
        Ability.ZOOM,
        Ability.PRESETS,
    }
    assert not model.steps
    assert model.position("PresetLocateControl") == "position"
    assert model.position("PresetAddControl") == "Index"
    assert model.position("PresetDeleteControl") == "n"
    assert model.position("QueryPresetMap") == ""
    assert Model.of(json.dumps(EVERYTHING)) == model


def test_a_channel_keeps_its_model() -> None:
    model = Model.of(EVERYTHING)
    raw = json.loads(json.dumps({"model": model.as_raw()}))
    assert Model.kept(Channel(key=Key("a", "c"), name="c", raw=raw)) == model
    for nothing in ({}, {"model": 5}, {"model": {"services": None}}):
        assert Model.kept(Channel(key=Key("a", "c"), name="c", raw=nothing)) == Model()


@pytest.mark.parametrize("data", [None, "", "{", [], {}, {"services": None}, "[" * 100_000])
def test_nothing(data: Any) -> None:
    model = Model.of(data)
    assert model == Model()
    assert model.abilities == frozenset()
    assert model.steps
    assert not model.moves


@pytest.mark.parametrize(
    ("services", "abilities", "steps"),
    [
        ([service("PTZActionControl", actions(*"01234567"), "Step")], {Ability.PTZ}, True),
        (
            [service("PTZActionControl", "ActionType", "Step")],
            {Ability.PTZ, Ability.ZOOM},
            True,
        ),
        (
            [service("PTZActionControl", {"identifier": "ActionType", "dataType": {"specs": {}}})],
            {Ability.PTZ, Ability.ZOOM},
            True,
        ),
        ([service("PTZActionControl")], {Ability.PTZ, Ability.ZOOM}, True),
        # What cannot be stopped is not started.
        ([service("StartPTZAction", "ActionType")], set(), True),
        (
            [service("StartPTZAction", actions("0", "1")), service("StopPTZAction")],
            {Ability.PTZ},
            False,
        ),
        ([service("QueryRecordTimeList")], {Ability.DEVICE_RECORDS}, True),
        # Presets that nobody can list, or whose argument nobody names.
        ([service("PresetLocateControl", "position")], set(), True),
        (
            [
                service("PresetLocateControl"),
                service("PresetAddControl", "position"),
                service("PresetDeleteControl", "position"),
                service("QueryPresetMap"),
            ],
            set(),
            True,
        ),
    ],
)
def test_abilities(services: list[dict[str, Any]], abilities: set[Ability], steps: bool) -> None:
    model = Model.of(tsl(*services))
    assert model.abilities == abilities
    assert model.steps is steps


def test_moves_are_numbered_as_the_services_number_them() -> None:
    assert list(things.MOVES.values()) == list(range(10))
    assert things.MOVES[PtzMove.LEFT] == 0
    assert things.MOVES[PtzMove.RIGHT_DOWN] == 7
    assert things.MOVES[PtzMove.ZOOM_OUT] == 9


def test_answers_may_be_wrapped() -> None:
    assert things.answer({"RecordList": []}) == {"RecordList": []}
    assert things.answer({"code": 0, "data": {"RecordList": []}}) == {"RecordList": []}
    assert things.answer({"data": "x"}) == {"data": "x"}
    assert things.answer(None) is None


ONE_AND_TWO = [Preset(index=1), Preset(index=2)]
NAMED = [Preset(index=1, name="门"), Preset(index=2, name="")]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([2, "1"], ONE_AND_TWO),
        ({"PresetMap": [1, 2]}, ONE_AND_TWO),
        ({"PresetMap": "[1, 2]"}, ONE_AND_TWO),
        ({"messageId": "5-x", "PresetMap": [1, 2]}, ONE_AND_TWO),
        ({"data": {"PresetMap": [1, 2]}}, ONE_AND_TWO),
        ({"PresetMap": [{"Position": 2}, {"Index": 1, "Name": "门"}]}, NAMED),
        ({"PresetMap": {"2": "", "1": "门"}}, NAMED),
        ({"messageId": "", "PresetMap": [{"PresetID": 1, "PresetName": "门"}, 2]}, NAMED),
        ('{"1": "门", "2": ""}', NAMED),
        ([1, "x", None, {"y": 1}, -3], [Preset(index=1)]),
        ({"PresetMap": []}, []),
        ({"PresetMap": ""}, []),
        ({}, []),
        ([], []),
        ("", []),
    ],
)
def test_presets(data: Any, found: list[Preset]) -> None:
    assert things.presets(data) == found


@pytest.mark.parametrize("data", [None, 5, "{", ["x"], {"PresetMap": "?"}, {"PresetMap": 5}])
def test_presets_in_no_known_form(data: Any) -> None:
    with pytest.raises(Unsupported):
        things.presets(data)
