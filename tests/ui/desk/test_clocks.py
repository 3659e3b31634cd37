"""A camera whose clock is wrong: how far is asked, kept, and shown wherever its times are."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.desk.support import AT, Wall
from vsconsole.ui.dialogs.nudge import NudgeDialog


def test_lesson_24_a_clock_that_is_put_right_is_kept_shown_and_applied(wall: Wall) -> None:
    wall.together()
    wall.stand.desk.window.wall.select(1)
    wall.forget()
    wall.stand.desk.window.actions_["nudge"].trigger()
    dialog = next(
        one for one in wall.stand.desk.window.findChildren(NudgeDialog) if one.isVisible()
    )
    dialog.box.setValue(-37000)
    wall.stand.wait(lambda: wall.sessions[1].offset == -37.0, 5)
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    moments = [at for (at,) in wall.players[1].took("seek")]
    assert moments
    # Its own clock is 37 s ahead of the others' moment.
    assert all(35 < (at - AT).total_seconds() < 60 for at in moments if isinstance(at, datetime))
    tile = wall.stand.desk.window.wall.tiles[1]
    assert "clock \u221237 s" in tile.side_text()
    catalog = wall.stand.program.services.catalog
    key = wall.cameras[1].key
    wall.stand.wait(lambda: catalog.clock_offset(key) == -37.0, 5)


def test_lesson_24_a_nudge_by_keys_adds_up_and_survives_another_window(wall: Wall) -> None:
    wall.stand.desk.window.wall.select(0)
    for _each in range(3):
        wall.stand.press("nudge-on")
    assert wall.sessions[0].offset == pytest.approx(0.3)
    wall.stand.speak("zh_CN")
    wall.stand.wait(lambda: len(wall.stand.desk.window.wall.sessions()) == 3, 10)
    shown = wall.stand.desk.window.wall.tile_of(wall.cameras[0].key)
    assert shown is not None
    assert shown.session is not None
    session = shown.session
    wall.stand.wait(lambda: session.offset == pytest.approx(0.3), 5)
