"""Movements, steps and presets, by the services that a camera's model has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vendors.linkvisual.support import INVOKE, Gateway, Refusal, camera
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import DeviceOffline, Unsupported
from vsconsole.domain.model import Ability
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


def test_a_camera_that_moves_until_told_to_stop(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[INVOKE] = {"messageId": "m"}
    channel = camera("StartPTZAction", "StopPTZAction")
    assert {Ability.PTZ, Ability.ZOOM} <= channel.abilities
    adapter.ptz_move(channel, PtzMove.UP, 0.5)
    adapter.ptz_move(channel, PtzMove.UP, 0.5)
    adapter.ptz_move(channel, PtzMove.ZOOM_IN, 1.0)
    adapter.ptz_stop(channel)
    adapter.ptz_move(channel, PtzMove.ZOOM_IN, 1.0)
    adapter.ptz_stop(channel)
    adapter.ptz_stop(channel)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [
        ("StartPTZAction", {"ActionType": 2, "Speed": 1}),
        ("StartPTZAction", {"ActionType": 8, "Speed": 2}),
        ("StopPTZAction", {}),
        ("StartPTZAction", {"ActionType": 8, "Speed": 2}),
        ("StopPTZAction", {}),
        ("StopPTZAction", {}),
    ]


def test_a_start_that_failed_is_sent_again_and_a_stop_repeats(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    channel = camera("StartPTZAction", "StopPTZAction")
    gateway.answers[INVOKE] = [Refusal(6205), {"messageId": "m"}]
    with pytest.raises(DeviceOffline):
        adapter.ptz_move(channel, PtzMove.UP, 0)
    adapter.ptz_move(channel, PtzMove.UP, 0)
    gateway.answers[INVOKE] = [Refusal(20056), {"messageId": "m"}]
    adapter.ptz_stop(channel)
    assert [call["identifier"] for call in gateway.calls(INVOKE)] == [
        "StartPTZAction",
        "StartPTZAction",
        "StopPTZAction",
        "StopPTZAction",
    ]


def test_a_camera_that_moves_by_steps(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[INVOKE] = {"messageId": "m"}
    channel = camera("PTZActionControl")
    for speed in (0.0, 0.5, 1.0):
        adapter.ptz_move(channel, PtzMove.LEFT, speed)
    adapter.ptz_stop(channel)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [("PTZActionControl", {"ActionType": 0, "Step": step}) for step in (1, 5, 10)]
    gateway.answers[INVOKE] = Refusal(20056)
    with pytest.raises(DeviceOffline):
        adapter.ptz_move(channel, PtzMove.LEFT, 1)
    # Two steps would go twice as far.
    assert len(gateway.calls(INVOKE)) == 4


PRESETS = ("PresetLocateControl", "PresetAddControl", "PresetDeleteControl", "QueryPresetMap")


def test_presets(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[INVOKE] = {"messageId": "m", "PresetMap": [2, 1]}
    channel = camera(*PRESETS, inputs=("position",))
    assert Ability.PRESETS in channel.abilities
    assert [preset.index for preset in adapter.presets(channel)] == [1, 2]
    adapter.preset_set(channel, 3, "门")
    adapter.preset_goto(channel, 3)
    adapter.preset_delete(channel, 3)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [
        ("QueryPresetMap", {}),
        ("PresetAddControl", {"position": 3}),
        ("PresetLocateControl", {"position": 3}),
        ("PresetDeleteControl", {"position": 3}),
    ]
    with pytest.raises(Unsupported):
        adapter.preset_goto(camera(), 3)
    gateway.answers[INVOKE] = {"messageId": "m", "PresetMap": "none of the known forms"}
    with pytest.raises(Unsupported):
        adapter.presets(channel)


def test_a_channel_of_an_older_tree_still_works(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    """The model is read from what the tree kept; without one, steps are what every PTZ knows."""
    gateway.answers[INVOKE] = {}
    adapter.ptz_move(replace(camera(), raw={}), PtzMove.RIGHT, 1)
    assert gateway.calls(INVOKE)[0]["identifier"] == "PTZActionControl"
