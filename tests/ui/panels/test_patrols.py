"""What goes round by itself: chosen, begun, paused, changed; and presets put in order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import Cruise, Key, Preset
from vsconsole.services.ptz_patrols import PatrolRun
from vsconsole.store.ptz_book import Patrol, PatrolStop
from vsconsole.ui.dialogs.patrol import PatrolDialog
from vsconsole.ui.panels.patrols import PatrolBox
from vsconsole.ui.panels.presets import PICTURE, PresetBox

LEFT = Qt.MouseButton.LeftButton
NIGHT = Patrol(
    id="n",
    channel=Key("a", "c"),
    name="Night <b>",
    stops=(PatrolStop(preset="1", dwell=10), PatrolStop(preset="2", dwell=10)),
)
TRACK = Cruise(index=3, presets=(1, 2), stay=20)
PRESETS = [Preset(index=1, name="Gate"), Preset(index=2, name="Ramp"), Preset(index=5)]


@pytest.fixture
def box(qtbot: QtBot) -> PatrolBox:
    made = PatrolBox()
    qtbot.addWidget(made)
    made.show()
    made.show_patrols([NIGHT], [TRACK])
    return made


def test_a_patrol_is_begun_paused_gone_on_with_and_ended(box: PatrolBox, qtbot: QtBot) -> None:
    told: list[object] = []
    for name in ("start", "pause", "resume", "stop"):
        getattr(box, name).connect(lambda *what, n=name: told.append((n, *what)))
    box.list.setCurrentRow(-1)
    assert not box.start_button.isEnabled()
    assert box.start_button.toolTip() == "Select one first."
    assert not box.pause_button.isEnabled()
    box.list.setCurrentRow(0)
    qtbot.mouseClick(box.start_button, LEFT)
    run = PatrolRun(patrol=NIGHT, at=1, left=6.4, paused=False)
    box.show_run(run, None)
    assert box.state.text() == "Night <b>: 2 of 2, 6 s left"
    assert box.state.textFormat() == Qt.TextFormat.PlainText
    qtbot.mouseClick(box.pause_button, LEFT)
    box.show_run(PatrolRun(patrol=NIGHT, at=1, left=6.4, paused=True), None)
    assert box.pause_button.text() == "Go on"
    qtbot.mouseClick(box.pause_button, LEFT)
    qtbot.mouseClick(box.stop_button, LEFT)
    assert told == [("start", NIGHT), ("pause",), ("resume",), ("stop",)]


def test_a_cruise_is_the_devices_own(box: PatrolBox, qtbot: QtBot) -> None:
    box.list.setCurrentRow(1)
    assert not box.edit_button.isEnabled()
    assert "device keeps its cruises" in box.delete_button.toolTip()
    with qtbot.waitSignal(box.cruise_start) as begun:
        qtbot.mouseClick(box.start_button, LEFT)
    assert begun.args == [3]
    box.show_run(None, 3)
    assert "goes on by itself" in box.state.text()
    with qtbot.waitSignal(box.cruise_stop):
        qtbot.mouseClick(box.stop_button, LEFT)


def test_nothing_there_says_what_a_patrol_is(box: PatrolBox) -> None:
    box.show_patrols([], [], "The device does not answer.")
    assert box.state.text().startswith("None yet.")
    assert box.state.text().endswith("does not answer.")
    box.show_patrols([NIGHT], [])
    assert box.state.isHidden()


def test_deleting_asks_first(box: PatrolBox, qtbot: QtBot) -> None:
    gone: list[object] = []
    box.deleted.connect(gone.append)
    box.list.setCurrentRow(0)
    for agree in (False, True):
        asked = box._ask_delete()
        assert asked is not None
        button = asked.findChild(QPushButton, "agree") if agree else asked.defaultButton()
        qtbot.mouseClick(button, LEFT)
        assert gone == ([NIGHT] if agree else [])


def test_a_new_patrol_begins_with_every_preset(qtbot: QtBot) -> None:
    dialog = PatrolDialog(PRESETS)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.save_button, LEFT)
    assert dialog.problem.text() == "Give the patrol a name."
    qtbot.keyClicks(dialog.name, "Day")
    dialog.list.setCurrentRow(0)
    dialog.dwell.setValue(40)
    qtbot.mouseClick(dialog.down_button, LEFT)
    dialog.list.setCurrentRow(2)
    qtbot.mouseClick(dialog.remove_button, LEFT)
    dialog.preset.setCurrentIndex(1)
    dialog.dwell.setValue(7)
    qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.pace.setCurrentIndex(2)
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.mouseClick(dialog.save_button, LEFT)
    assert told.args == ["Day", 2.0, [(2, 15.0), (1, 7.0), (2, 7.0)]]


def test_a_patrol_of_one_stop_is_none(qtbot: QtBot) -> None:
    dialog = PatrolDialog(PRESETS, name="x", stops=[(1, 10)])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.save_button, LEFT)
    assert dialog.problem.text() == "A patrol needs two stops at least."
    qtbot.mouseClick(dialog.remove_button, LEFT)
    assert not dialog.remove_button.isEnabled()


@pytest.fixture
def presets(qtbot: QtBot) -> PresetBox:
    made = PresetBox()
    qtbot.addWidget(made)
    made.resize(240, 300)
    made.show()
    return made


def test_presets_are_put_in_order_by_keys_and_by_dragging(presets: PresetBox, qtbot: QtBot) -> None:
    told: list[list[int]] = []
    presets.ordered.connect(told.append)
    presets.show_presets(PRESETS, range(1, 11))
    assert told == []
    presets.list.setCurrentRow(2)
    qtbot.keyClick(presets.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert told[-1] == [1, 5, 2]
    assert presets.current() == 5
    qtbot.keyClick(presets.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(presets.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert told[1:] == [[1, 2, 5]]
    # What letting go of a dragged row does.
    presets.list.model().moveRow(QModelIndex(), 0, QModelIndex(), 3)
    assert told[-1] == [2, 5, 1]


def test_presets_are_shown_with_their_pictures(presets: PresetBox) -> None:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    presets.show_presets(PRESETS, range(1, 11), pictures={2: image}, here={2})
    shown = presets.list.item(1).icon().pixmap(PICTURE).toImage()
    assert shown.pixelColor(shown.rect().center()) == QColor("red")
    other = presets.list.item(0).icon().pixmap(PICTURE).toImage()
    assert other.pixelColor(other.rect().center()) != QColor("red")
    assert "this computer only" in presets.list.item(1).toolTip()
    assert "this computer only" not in presets.list.item(0).toolTip()
    assert presets.indexes() == {1, 2, 5}
