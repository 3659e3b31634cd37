"""A camera moves while a button is held, and never a moment longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Channel, Key, Preset
from vsconsole.ui.dialogs.preset import PresetDialog
from vsconsole.ui.panels.hold import HoldButton
from vsconsole.ui.panels.ptz import PtzPanel

LEFT = Qt.MouseButton.LeftButton
CAMERA = Channel(key=Key("a", "c"), name="Dock <b>x</b>")


class Window(QMainWindow):
    """The panel in a window that plays with Space; `log` has what the camera was told."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = PtzPanel()
        self.setCentralWidget(self.panel)
        self.log: list[str] = []
        self.panel.hold.connect(lambda move, speed: self.log.append(f"{move} {speed}"))
        self.panel.release.connect(lambda: self.log.append("stop"))
        self.panel.stop.connect(lambda: self.log.append("stand still"))
        play = QAction("play", self)
        play.setShortcut(QKeySequence("Space"))
        play.triggered.connect(lambda: self.log.append("play"))
        self.addAction(play)

    @property
    def up(self) -> HoldButton:
        return self.panel.button(PtzMove.UP)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.resize(300, 620)
    made.panel.show_channel(CAMERA, frozenset(PtzMove))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_mouse_moves_until_it_lets_go(window: Window, qtbot: QtBot) -> None:
    qtbot.mousePress(window.up, LEFT)
    assert window.log == ["up 0.5"]
    qtbot.mouseRelease(window.up, LEFT)
    assert window.log == ["up 0.5", "stop"]


@pytest.mark.parametrize("pressed", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_key_moves_until_it_is_let_go_and_repeats_count_once(
    window: Window, qtbot: QtBot, pressed: Qt.Key
) -> None:
    window.up.setFocus()
    none = Qt.KeyboardModifier.NoModifier
    qtbot.keyPress(window.up, pressed)
    for _i in range(5):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            QApplication.sendEvent(window.up, QKeyEvent(kind, pressed, none, "", True))
    assert window.log == ["up 0.5"]
    qtbot.keyRelease(window.up, pressed)
    assert window.log == ["up 0.5", "stop"]


def leave(window: Window) -> None:
    QApplication.sendEvent(window.up, QEvent(QEvent.Type.Leave))


def hide(window: Window) -> None:
    window.panel.hide()


def disable(window: Window) -> None:
    window.panel.show_channel(CAMERA, ())


def lose_focus(window: Window) -> None:
    window.up.setFocus()
    window.panel.stop_button.setFocus()


def deactivate(window: Window) -> None:
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))


def open_dialog(window: Window) -> None:
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    dialog.close()


def other_program(window: Window) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)


@pytest.mark.parametrize(
    "end", [leave, hide, disable, lose_focus, deactivate, open_dialog, other_program]
)
def test_whatever_takes_the_hand_away_stops_the_camera(
    window: Window, qtbot: QtBot, end: Callable[[Window], None]
) -> None:
    window.up.setFocus()
    qtbot.mousePress(window.up, LEFT)
    end(window)
    assert window.log == ["up 0.5", "stop"]
    assert not window.up.is_held
    qtbot.mouseRelease(window.up, LEFT)
    assert window.log == ["up 0.5", "stop"]


def test_coming_back_with_the_button_down_does_not_start_again(
    window: Window, qtbot: QtBot
) -> None:
    qtbot.mousePress(window.up, LEFT)
    leave(window)
    qtbot.mouseMove(window.up, QPoint(-20, -20))
    qtbot.mouseMove(window.up, window.up.rect().center())
    assert window.log == ["up 0.5", "stop"]
    qtbot.mouseRelease(window.up, LEFT)


def test_two_at_once_leave_the_newer_one(window: Window, qtbot: QtBot) -> None:
    window.up.setFocus()
    qtbot.keyPress(window.up, Qt.Key.Key_Return)
    qtbot.mousePress(window.panel.button(PtzMove.LEFT), LEFT)
    assert window.log == ["up 0.5", "stop", "left 0.5"]
    qtbot.keyRelease(window.up, Qt.Key.Key_Return)
    qtbot.mouseRelease(window.panel.button(PtzMove.LEFT), LEFT)
    assert window.log[-1] == "stop"
    assert "play" not in window.log


def test_space_plays_from_anywhere(window: Window, qtbot: QtBot) -> None:
    for focused in (window.panel.presets.list, window.up):
        focused.setFocus()
        qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert window.log == ["play", "play"]


def test_the_speed_counts_while_a_button_is_held(window: Window, qtbot: QtBot) -> None:
    window.panel.speed.setValue(2)
    qtbot.mousePress(window.up, LEFT)
    window.panel.speed.setValue(9)
    qtbot.mouseRelease(window.up, LEFT)
    assert window.log == ["up 0.2", "up 0.9", "stop"]


def test_stop_always_stops(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.panel.stop_button, LEFT)
    assert window.log == ["stand still"]


def test_what_the_camera_cannot_do_says_so(window: Window) -> None:
    panel = window.panel
    panel.show_channel(CAMERA, {PtzMove.UP})
    assert panel.button(PtzMove.UP).isEnabled()
    zoom = panel.button(PtzMove.ZOOM_IN)
    assert not zoom.isEnabled()
    assert zoom.toolTip() == "Zoom in: this camera does not offer it."
    panel.show_channel(CAMERA, (), "This camera is fixed.")
    assert panel._reason.text() == "This camera is fixed."
    assert not panel._controls.isVisible()


def test_every_control_has_a_name_and_is_reached_by_tab(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    panel.show_presets([Preset(index=1, name="Gate")], range(1, 4))
    panel.presets.list.setCurrentRow(0)
    wanted = {panel.button(move) for move in PtzMove} | {
        panel.stop_button,
        panel.speed,
        panel.presets.list,
        *panel.presets.findChildren(QPushButton),
    }
    wanted.discard(panel.presets.retry_button)
    panel.button(PtzMove.LEFT_UP).setFocus()
    seen = set()
    for _i in range(40):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or getattr(focused, "text", str)()
        seen.add(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert wanted <= seen


PRESETS = [Preset(index=1, name="Gate"), Preset(index=2, name="<b>Ramp</b>")]


def test_presets_are_listed_and_gone_to(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    went: list[int] = []
    panel.preset_goto.connect(went.append)
    panel.show_presets(PRESETS, range(1, 11))
    box = panel.presets
    assert not box.goto_button.isEnabled()
    box.list.setCurrentRow(1)
    qtbot.mouseClick(box.goto_button, LEFT)
    box.list.setFocus()
    qtbot.keyClick(box.list, Qt.Key.Key_Return)
    assert went == [2, 2]
    assert "<b>" not in box.list.item(1).toolTip()
    # Asked for again, the choice stays.
    panel.show_presets_loading()
    panel.show_presets(PRESETS, range(1, 11))
    assert box.current() == 2


def dialog_of(window: Window) -> PresetDialog:
    (found,) = window.findChildren(PresetDialog)
    return found


def test_a_position_is_kept_with_number_and_name_in_one_dialog(
    window: Window, qtbot: QtBot
) -> None:
    panel = window.panel
    panel.show_presets(PRESETS, range(1, 11))
    qtbot.mouseClick(panel.presets.set_button, LEFT)
    dialog = dialog_of(window)
    assert dialog.number.currentData() == 3
    assert not dialog._replaces.isVisible()
    qtbot.keyClicks(dialog.name, "Yard")
    with qtbot.waitSignal(panel.preset_set) as told:
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert told.args == [3, "Yard"]


def test_replacing_a_position_is_said_before(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    panel.show_presets(PRESETS, range(1, 3))
    qtbot.mouseClick(panel.presets.set_button, LEFT)
    dialog = dialog_of(window)
    assert dialog._replaces.isVisible()
    assert dialog.name.text() == "Gate"
    dialog.reject()


def test_a_preset_is_renamed(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    panel.show_presets(PRESETS, range(1, 11))
    panel.presets.list.setCurrentRow(0)
    qtbot.mouseClick(panel.presets.rename_button, LEFT)
    dialog = dialog_of(window)
    qtbot.keyClicks(dialog.name, "Front gate")
    with qtbot.waitSignal(panel.preset_rename) as told:
        qtbot.mouseClick(dialog.save_button, LEFT)
    assert told.args == [1, "Front gate"]


def test_deleting_asks_first_and_cancel_is_the_default(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    deleted: list[int] = []
    panel.preset_delete.connect(deleted.append)
    panel.show_presets(PRESETS, range(1, 11))
    panel.presets.list.setCurrentRow(1)
    for name, wanted in (("", []), ("agree", [2])):
        box = panel.presets._ask_delete(2)
        assert box.textFormat() == Qt.TextFormat.PlainText
        button = box.findChild(QPushButton, name) if name else box.defaultButton()
        qtbot.mouseClick(button, LEFT)
        assert deleted == wanted


def test_presets_load_fail_and_come_back(window: Window, qtbot: QtBot) -> None:
    panel = window.panel
    panel.show_presets_loading()
    assert panel.presets.message.text() == "Loading…"
    panel.show_presets_error("The device does not answer.")
    with qtbot.waitSignal(panel.presets_wanted):
        qtbot.mouseClick(panel.presets.retry_button, LEFT)
    panel.show_presets([], range(1, 3))
    assert panel.presets.message.text().startswith("None set.")
    assert not panel.presets.retry_button.isVisible()
    panel.show_presets([], range(0))
    assert not panel.presets.isVisible()
