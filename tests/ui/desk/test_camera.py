"""Moving a camera from the desk: steps while held, none afterwards, however it was let go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Ability, Preset
from vsconsole.sandbox.wire import LogEntry
from vsconsole.ui.dialogs.preset import PresetDialog
from vsconsole.ui.panels.hold import HoldButton

PTZ = "/ivc/cms/control/ptz"
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def steps(stand: Stand) -> list[LogEntry]:
    return stand.asked(PTZ)


def opened(hand: Hands) -> HoldButton:
    """The pad of a camera that moves; its left button."""
    stand, panel = hand.stand, hand.stand.desk.window.ptz
    window = stand.desk.window
    window.activateWindow()
    stand.wait(window.isActiveWindow, 3)
    hand.open(stand.channel(Ability.PTZ, Ability.PRESETS))
    button = panel.button(PtzMove.LEFT)
    stand.wait(lambda: button.isEnabled() and button.isVisible(), 5, "no pad")
    return button


def press(button: HoldButton) -> None:
    QTest.mousePress(button, _LEFT, _NONE, button.rect().center())


def test_holding_repeats_in_the_vendors_rhythm_and_stops(hand: Hands) -> None:
    stand, button = hand.stand, opened(hand)
    press(button)
    stand.wait(lambda: len(steps(stand)) >= 4, 5)
    QTest.mouseRelease(button, _LEFT, _NONE, button.rect().center())
    count = len(steps(stand))
    hands.pause(0.7)
    assert len(steps(stand)) <= count + 1, "a step after it was let go"
    times = [entry.at for entry in steps(stand)]
    pauses = [b - a for a, b in pairwise(times)]
    # The vendor's rhythm is 0.3 s; nothing is sent quicker, however long it was held.
    assert min(pauses) > 0.2
    assert {entry.params["Speed"] for entry in steps(stand)} == {5}


def test_a_tap_is_one_step(hand: Hands) -> None:
    stand, button = hand.stand, opened(hand)
    hands.click(button)
    stand.wait(lambda: len(steps(stand)) == 1, 5)
    hands.pause(0.5)
    assert len(steps(stand)) == 1


def _focus_lost(hand: Hands, button: HoldButton) -> None:
    hand.stand.desk.window.tree.search.setFocus()


def _dialog(hand: Hands, button: HoldButton) -> None:
    hand.stand.desk.show_keys()


def _other_camera(hand: Hands, button: HoldButton) -> None:
    shown = hand.stand.session.channel
    other = next(c for c in hand.stand.channels(Ability.LIVE) if c != shown)
    hand.stand.desk.pictures.open_channel(other)


def _other_tile(hand: Hands, button: HoldButton) -> None:
    hand.stand.press("layout-4")
    hand.stand.desk.window.wall.select(2)


def _emptied(hand: Hands, button: HoldButton) -> None:
    hand.stand.press("clear-tile")


def _account_gone(hand: Hands, button: HoldButton) -> None:
    accounts = hand.stand.program.services.accounts
    hand.stand.desk.accounts.remove(accounts.all()[0])
    hand.stand.wait(lambda: not accounts.all(), 5)


def _panel_hidden(hand: Hands, button: HoldButton) -> None:
    hand.stand.press("right-panel")


def _only_wall(hand: Hands, button: HoldButton) -> None:
    hand.stand.press("full-screen")


def _language(hand: Hands, button: HoldButton) -> None:
    hand.stand.speak("zh_CN")


@pytest.mark.parametrize(
    "lose",
    [
        _focus_lost,
        _dialog,
        _other_camera,
        _other_tile,
        _emptied,
        _account_gone,
        _panel_hidden,
        _only_wall,
        _language,
    ],
)
def test_losing_hold_ends_the_movement(
    hand: Hands, lose: Callable[[Hands, HoldButton], None]
) -> None:
    stand, button = hand.stand, opened(hand)
    button.setFocus()
    press(button)
    stand.wait(lambda: len(steps(stand)) >= 1, 5)
    lose(hand, button)
    hands.pause(0.15)
    count = len(steps(stand))
    hands.pause(0.6)
    assert len(steps(stand)) == count, "it goes on moving"


def test_quitting_ends_the_movement(hand: Hands) -> None:
    stand, button = hand.stand, opened(hand)
    press(button)
    stand.wait(lambda: len(steps(stand)) >= 1, 5)
    stand.quit()
    count = len(steps(stand))
    hands.pause(0.6)
    assert len(steps(stand)) == count


def test_a_key_held_down_is_one_hold(hand: Hands) -> None:
    stand, button = hand.stand, opened(hand)
    button.setFocus()
    QTest.keyPress(button, Qt.Key.Key_Space)
    stand.wait(lambda: len(steps(stand)) >= 2, 5)
    QTest.keyRelease(button, Qt.Key.Key_Space)
    hands.pause(0.1)
    count = len(steps(stand))
    hands.pause(0.5)
    assert len(steps(stand)) == count


def test_a_step_that_failed_is_told_and_ends_the_hold(hand: Hands) -> None:
    stand, button = hand.stand, opened(hand)
    stand.sandbox.faults.set("tencent", "secret", 1.0, path=PTZ)
    press(button)
    stand.wait(lambda: bool(stand.said()), 10, "nothing was said")
    count = len(steps(stand))
    hands.pause(0.5)
    assert len(steps(stand)) == count
    QTest.mouseRelease(button, _LEFT, _NONE, button.rect().center())


def test_a_fixed_camera_says_why_it_cannot_be_moved(hand: Hands) -> None:
    stand, panel = hand.stand, hand.stand.desk.window.ptz
    fixed = next(c for c in stand.channels(Ability.LIVE) if Ability.PTZ not in c.abilities)
    hand.open(fixed)
    stand.wait(lambda: "fixed" in panel._reason.text(), 5)
    assert not panel.button(PtzMove.LEFT).isVisible()
    stand.press("clear-tile")
    stand.wait(lambda: "Select a tile" in panel._reason.text(), 3)


def test_presets_are_set_named_gone_to_and_deleted(hand: Hands) -> None:
    stand = hand.stand
    opened(hand)
    box = stand.desk.window.ptz.presets

    def listed() -> tuple[Preset, ...]:
        return box._presets

    stand.wait(lambda: box._indexes == range(1, 11) and box.message.text() != "Loading…", 5)
    before = {preset.index for preset in listed()}
    free = next(number for number in range(1, 11) if number not in before)
    hands.click(box.set_button)
    dialog = next(iter(box.findChildren(PresetDialog)))
    _fill(dialog, free, "大门 gate")
    stand.wait(lambda: Preset(index=free, name="大门 gate") in listed(), 5, "not set")
    box.list.setCurrentRow([preset.index for preset in listed()].index(free))
    hands.click(box.goto_button)
    stand.wait(lambda: any(e.params.get("Cmd") == "goto" for e in stand.asked("/preset/mange")), 5)
    stand.desk.window.ptz.preset_rename.emit(free, "Yard")
    stand.wait(lambda: Preset(index=free, name="Yard") in listed(), 5, "not renamed")
    stand.desk.window.ptz.preset_delete.emit(free)
    stand.wait(lambda: {preset.index for preset in listed()} == before, 5, "not deleted")


def _fill(dialog: PresetDialog, index: int, name: str) -> None:
    dialog.number.setCurrentIndex(dialog.number.findData(index))
    dialog.name.setText(name)
    hands.click(dialog.save_button)


def test_presets_that_cannot_be_had_say_why_and_are_asked_again(hand: Hands) -> None:
    stand = hand.stand
    stand.sandbox.faults.set("tencent", "secret", 1.0, path="/preset/get")
    opened(hand)
    box = stand.desk.window.ptz.presets
    stand.wait(box.retry_button.isVisible, 10)
    stand.sandbox.faults.clear()
    hands.click(box.retry_button)
    stand.wait(lambda: not box.retry_button.isVisible() and box._indexes == range(1, 11), 5)
