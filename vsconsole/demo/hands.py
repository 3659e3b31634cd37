"""An operator's hands and eyes for the tour: clicks, keys, waiting, reading the picture's time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)
from shiboken6 import isValid

from vsconsole.sandbox import timecode
from vsconsole.ui.wall.tile import Tile

_LEFT = Qt.MouseButton.LeftButton
_NONE = Qt.KeyboardModifier.NoModifier
_LOOK_MS = 15
_BETWEEN = 0.005
"""Seconds from one key or click to the next; no hand is as quick."""


own_work: Callable[[], AbstractContextManager[None]] = nullcontext
"""Around what is not the program's work but ours: reading a picture takes the window's thread."""


class NotSeen(Exception):
    """What was waited for did not happen; the text says what was there instead."""


def pause(seconds: float) -> None:
    """Lets the program go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def wait_for(seen: Callable[[], bool], seconds: float, what: str | Callable[[], str]) -> None:
    """Waits until `seen`; NotSeen with `what` was expected when it takes longer."""
    until = monotonic() + seconds
    while not seen():
        if monotonic() > until:
            raise NotSeen(what if isinstance(what, str) else what())
        pause(_LOOK_MS / 1000)


def click(widget: QWidget, at: QPoint | None = None, keys: Qt.KeyboardModifier = _NONE) -> None:
    """Presses and lets go of the left button."""
    if not widget.isVisible() or not widget.isEnabled():
        raise NotSeen(f"{widget.accessibleName() or widget} cannot be clicked")
    QTest.mouseClick(widget, _LEFT, keys, at or widget.rect().center())


def double_click(widget: QWidget, at: QPoint) -> None:
    """Clicks, then double-clicks, as a hand does: the program goes on between the two."""
    QTest.mouseClick(widget, _LEFT, _NONE, at)
    pause(_BETWEEN)
    QTest.mouseDClick(widget, _LEFT, _NONE, at)


def hold(widget: QWidget, seconds: float) -> None:
    """Presses, waits, lets go."""
    QTest.mousePress(widget, _LEFT, _NONE, widget.rect().center())
    pause(seconds)
    QTest.mouseRelease(widget, _LEFT, _NONE, widget.rect().center())


def drag(widget: QWidget, begin: QPoint, end: QPoint, keys: Qt.KeyboardModifier = _NONE) -> None:
    """Moves with the button held, in steps."""
    QTest.mousePress(widget, _LEFT, keys, begin)
    for step in range(1, 9):
        QTest.mouseMove(widget, begin + (end - begin) * step / 8)
        pause(0.02)
    QTest.mouseRelease(widget, _LEFT, keys, end)


def choose(menu: QMenu, place: int) -> None:
    """Opens a menu and clicks its entry at `place`."""
    menu.popup(QPoint(200, 60))
    pause(0.05)
    QTest.mouseClick(menu, _LEFT, _NONE, menu.actionGeometry(menu.actions()[place]).center())
    pause(0.05)
    if isValid(menu):
        menu.close()


def drop(widget: QWidget, data: QMimeData) -> None:
    """Lets `data` go over a widget; the drag's own loop belongs to the window system."""
    at = widget.rect().center()
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(at, copy, data, _LEFT, _NONE))
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, _LEFT, _NONE))
    pause(0.1)


def key(widget: QWidget, pressed: Qt.Key, keys: Qt.KeyboardModifier = _NONE) -> None:
    """Presses one key."""
    QTest.keyClick(widget, pressed, keys)


def enter(widget: QWidget) -> None:
    """Presses Enter."""
    key(widget, Qt.Key.Key_Return)


def write(widget: QWidget, text: str) -> None:
    """Replaces what is in a field, key by key; what no key has is pasted."""
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    if text.isascii():
        for letter in text:
            QTest.keyClicks(widget, letter)
            pause(_BETWEEN)
        return
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def choose_file(dialog: QFileDialog, path: Path) -> None:
    """Pastes a path into a file dialog and presses its button."""
    field = dialog.findChild(QLineEdit)
    box = dialog.findChild(QDialogButtonBox)
    if field is None or box is None:
        raise NotSeen("the file dialog has no field or no buttons")
    QGuiApplication.clipboard().setText(str(path))
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    pause(0.05)
    # The list of completions would take the click that follows.
    if (popup := QApplication.activePopupWidget()) is not None:
        popup.hide()
    accept = next(
        b for b in box.buttons() if box.buttonRole(b) is QDialogButtonBox.ButtonRole.AcceptRole
    )
    click(accept)
    pause(0.05)


def burnt_in(tile: Tile) -> datetime | None:
    """The time burnt into the picture on screen; None without a readable picture."""
    with own_work():
        image = tile.grab_frame()
        return None if image.isNull() else read_image(image)


def read_image(image: QImage) -> datetime | None:
    """The time burnt into an image; None where there is none."""
    if image.format() not in (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32):
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    try:
        reading = timecode.read_bgra(
            image.constBits(), image.bytesPerLine(), image.width(), image.height()
        )
    except timecode.Unreadable:
        return None
    return reading.when


def photograph(window: QWidget, path: Path) -> None:
    """Saves what the window shows, with every dialog over it."""
    picture = window.grab()
    ratio = picture.devicePixelRatio()
    from PySide6.QtGui import QPainter

    painter = QPainter(picture)
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible() and other.isWindow() and other.width() > 1:
            where = other.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0))
            inside = window.rect().center() - other.rect().center()
            place = where if window.rect().intersects(other.rect().translated(where)) else inside
            painter.drawPixmap(place, other.grab())
    painter.end()
    picture.setDevicePixelRatio(ratio)
    picture.save(str(path), "PNG")
