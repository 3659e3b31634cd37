"""Messages are told once, keep out of the way, and can be read again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from vsconsole.domain.errors import Cancelled, Unreachable
from vsconsole.ui.notify import Level, MessagesPanel, Notifier

LEFT = Qt.MouseButton.LeftButton
LOST = Unreachable(
    "The vendor cannot be reached.", why="No name.", remedy="Check the network.", code="X1"
)


class Window(QMainWindow):
    def __init__(self) -> None:
        super().__init__()
        self.resize(800, 600)
        self.field = QLineEdit(self)
        self.area = QWidget(self)
        self.area.setGeometry(100, 50, 600, 300)
        self.notifier = Notifier(self)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_toast_takes_no_focus_and_stays_in_its_area(window: Window) -> None:
    window.field.setFocus()
    window.notifier.keep_to(window.area)
    window.notifier.good("Download finished.", "/home/x/dock.mp4")
    window.notifier.error(LOST)
    assert window.field.hasFocus()
    for toast in window.notifier.toasts:
        assert toast.isVisible()
        assert window.area.geometry().contains(toast.geometry())
        assert toast.accessibleName()
    first, second = window.notifier.toasts
    assert not first.geometry().intersects(second.geometry())


def test_a_toast_is_closed_and_its_action_done_by_mouse(window: Window, qtbot: QtBot) -> None:
    acted: list[str] = []
    window.notifier.error(LOST, action_text="Retry", action=lambda: acted.append("again"))
    (toast,) = window.notifier.toasts
    qtbot.mouseClick(toast.action_button, LEFT)
    assert acted == ["again"]
    assert window.notifier.toasts == []
    window.notifier.info("x")
    qtbot.mouseClick(window.notifier.toasts[0].close_button, LEFT)
    assert window.notifier.toasts == []


def test_what_is_told_again_is_counted(window: Window) -> None:
    for _i in range(3):
        window.notifier.error(LOST)
    (toast,) = window.notifier.toasts
    (message,) = window.notifier.messages
    assert message.times == 3
    assert "×3" in toast._text.text()
    window.notifier.info("x")
    window.notifier.error(LOST)
    assert [one.times for one in window.notifier.messages] == [1, 4]
    window.notifier.dismiss_all()


def test_only_the_newest_three_are_on_the_window(window: Window) -> None:
    for number in range(5):
        window.notifier.info(f"message {number}")
    assert [one.message.text for one in window.notifier.toasts] == [
        "message 2",
        "message 3",
        "message 4",
    ]
    assert len(window.notifier.messages) == 5
    window.notifier.dismiss_all()


def test_a_background_failure_speaks_once_and_once_when_it_is_over(window: Window) -> None:
    notifier = window.notifier
    notifier.standing("vendor", LOST)
    notifier.standing("vendor", LOST)
    notifier.over("vendor", "It answers again.")
    notifier.over("vendor", "It answers again.")
    assert [(one.level, one.times) for one in notifier.messages] == [
        (Level.PROBLEM, 1),
        (Level.GOOD, 1),
    ]
    notifier.error(Cancelled())
    assert len(notifier.messages) == 2
    notifier.dismiss_all()


def test_toasts_wait_while_a_dialog_is_open(window: Window, qtbot: QtBot) -> None:
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    window.notifier.error(LOST)
    (toast,) = window.notifier.toasts
    assert not toast.isVisible()
    dialog.close()
    qtbot.waitUntil(toast.isVisible)
    window.notifier.dismiss_all()


def test_under_the_mouse_a_toast_stays(window: Window) -> None:
    window.notifier.info("x")
    (toast,) = window.notifier.toasts
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QEnterEvent

    QApplication.sendEvent(toast, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not toast._timer.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._timer.isActive()
    toast.dismiss()


def test_markup_is_shown_as_it_is(window: Window) -> None:
    window.notifier.info("<b>x</b>", "<img src='http://example.invalid'>")
    (toast,) = window.notifier.toasts
    for label in toast.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text()
    toast.dismiss()


def test_messages_are_listed_with_their_text_action_and_copy(window: Window, qtbot: QtBot) -> None:
    acted: list[str] = []
    window.notifier.info("<b>before</b>")
    panel = MessagesPanel(window.notifier)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    window.notifier.error(LOST, action_text="Retry", action=lambda: acted.append("again"))
    window.notifier.info("after")
    window.notifier.error(LOST, action_text="Retry", action=lambda: acted.append("again"))
    # The toast is still there, so the same message moves to the front and counts.
    assert panel.list.count() == 3
    assert panel.list.item(0).text().endswith("×2")
    assert "<b>" not in panel.list.item(2).toolTip()
    panel.list.setCurrentRow(0)
    assert "Check the network. Code X1." in panel.text.toPlainText()
    qtbot.waitUntil(lambda: panel.copy_button.height() > 10)
    qtbot.mouseClick(panel.copy_button, LEFT)
    assert "Check the network." in QGuiApplication.clipboard().text()
    qtbot.mouseClick(panel.action_button, LEFT)
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert acted == ["again", "again"]
    window.notifier.error(LOST)
    assert panel.current() is not None
    assert panel.current().times == 3  # type: ignore[union-attr]
    window.notifier.dismiss_all()
    QGuiApplication.clipboard().clear()
