"""Keys that mean the same wherever the focus is: letters are the desk's, Enter presses, Esc leaves.

A letter, Space and the arrows to the sides are shortcuts of the window, so Qt never lets a control
have them, unless the control claims them: text fields do, and the calendar its arrows. What is
left are keys that no action has: a list would search its rows by them, and the next letter, which
has an action, would do something else. So lists do not search by letters at all.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from vsconsole.ui.panels.hold import HoldButton

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_TREE = frozenset("+-*")
_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def takes_text(widget: QWidget | None) -> bool:
    """Whether letters are typed into a widget."""
    if isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit)):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox) or (
        isinstance(widget, QComboBox) and widget.isEditable()
    )


class FocusKeys(QObject):
    """Watches the control of `window` that has the focus, and no other: filters cost."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def leave_field(self, to: QWidget) -> bool:
        """Takes the cursor out of a text field, to `to`; False where it is in none."""
        focused = self._window.focusWidget()
        if not takes_text(focused) or not focused.hasFocus():
            return False
        to.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old is self._watched:
            old.removeEventFilter(self)
        self._watched = None
        if new is not None and new.window() is self._window:
            new.installEventFilter(self)
            self._watched = new

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() not in _PLAIN:
            return False
        if event.key() in _ENTER:
            return self._press(watched, event)
        if isinstance(watched, QTabBar) and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            watched.setCurrentIndex((watched.currentIndex() + step) % watched.count())
            return True
        return self._leave_letters(watched, event)

    @staticmethod
    def _press(watched: QObject, event: QKeyEvent) -> bool:
        """Space is the desk's, so Enter presses what is pressed with Space elsewhere."""
        if isinstance(watched, QAbstractButton) and not isinstance(watched, HoldButton):
            if not event.isAutoRepeat():
                watched.click()
            return True
        if isinstance(watched, QComboBox) and not watched.isEditable():
            watched.showPopup()
            return True
        return False

    @staticmethod
    def _leave_letters(watched: QObject, event: QKeyEvent) -> bool:
        chooses = isinstance(watched, QAbstractItemView) or (
            isinstance(watched, QComboBox) and not watched.isEditable()
        )
        text = event.text()
        if not chooses or not text.strip() or not text.isprintable() or text in _TREE:
            return False
        # Not taken: what holds the list may still want it.
        event.ignore()
        return True
