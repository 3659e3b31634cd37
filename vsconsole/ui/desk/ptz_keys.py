"""The keys of the PTZ mode: held to move, digits for presets, Escape to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from vsconsole.domain.capabilities import PtzMove
from vsconsole.services.ptz_aim import together
from vsconsole.ui.panels.hand import HandWatch

_ARROWS: Mapping[int, PtzMove] = {
    Qt.Key.Key_Left: PtzMove.LEFT,
    Qt.Key.Key_Right: PtzMove.RIGHT,
    Qt.Key.Key_Up: PtzMove.UP,
    Qt.Key.Key_Down: PtzMove.DOWN,
}
# With Shift a key has another name, which one depends on the keyboard.
_PLUS = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Asterisk})
_MINUS = frozenset({Qt.Key.Key_Minus, Qt.Key.Key_Underscore})
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_WRITING = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_DIGITS_MS = 900
_MOST_DIGITS = 3
_LOOK_MS = 100
_SHORTEST_SILENCE = 0.3
_REPEATS = 3


class KeyHand(QObject):
    """Takes the keys wherever the focus is, but in text fields and dialogs; on until told off.

    `moved` (move) and `let_go` as keys are held; `typed` follows the digits of a preset, `chosen`
    with its number; `left` on Escape.
    """

    moved = Signal(object)
    let_go = Signal()
    typed = Signal(str)
    chosen = Signal(int)
    left = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on = False
        self._focus: QWidget | None = None
        self._arrows: dict[PtzMove, None] = {}
        self._lens: PtzMove | None = None
        self._digits = ""
        self.moves: frozenset[PtzMove] = frozenset()
        """What the camera can be told."""
        self.presets: Callable[[], frozenset[int]] = frozenset
        """The presets' numbers that there are."""
        self._watch = HandWatch(self)
        self._watch.lost.connect(self.release)
        self._repeats = 0
        self._repeated = self._slowest = 0.0
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._on_look)
        self._wait = QTimer(self, interval=_DIGITS_MS, singleShot=True)
        self._wait.timeout.connect(self._commit)

    @property
    def digits(self) -> str:
        """What was typed of a preset's number so far."""
        return self._digits

    def set_on(self, on: bool) -> None:
        """Takes the keys, or leaves them to the others."""
        if on == self._on:
            return
        self._on = on
        application = QApplication.instance()
        assert isinstance(application, QApplication), "keys come from an application"
        if on:
            application.focusChanged.connect(self._on_focus)
            self._on_focus(None, application.focusWidget())
        else:
            application.focusChanged.disconnect(self._on_focus)
            self._on_focus(None, None)
            self._clear_digits()

    def release(self) -> None:
        """Lets go of every key; a new press is needed to move again."""
        held = bool(self._arrows) or self._lens is not None
        self._arrows.clear()
        self._lens = None
        self._watch.end()
        self._look.stop()
        if held:
            self.let_go.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusOut and watched is self._focus:
            # A menu takes the keys, and with them the release, without taking the focus.
            self.release()
        if kind not in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
            QEvent.Type.KeyRelease,
        ):
            return False
        if watched is not self._focus or not isinstance(event, QKeyEvent) or not self._mine(event):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            # What the desk does with this key (five seconds back, say) does not apply now.
            event.accept()
        elif kind == QEvent.Type.KeyPress:
            self._press(event)
        else:
            self._release(event)
        return True

    def _mine(self, event: QKeyEvent) -> bool:
        key, keys = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if keys & ~Qt.KeyboardModifier.ShiftModifier:
            # Of keys that are held the release counts, whatever else is held by then.
            return event.type() == QEvent.Type.KeyRelease and self._held(key)
        if key in _ARROWS:
            return not keys or self._held(key)
        if key in _PLUS or key in _MINUS:
            return True
        if keys:
            return False
        if key in _ENTER or key == Qt.Key.Key_Backspace:
            return bool(self._digits)
        return key == Qt.Key.Key_Escape or Qt.Key.Key_0 <= key <= Qt.Key.Key_9

    def _held(self, key: int) -> bool:
        move = _ARROWS.get(key)
        if move is not None:
            return move in self._arrows
        return self._lens is not None and (key in _PLUS or key in _MINUS)

    def _press(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            self._on_repeat()
            return
        self._repeats = 0
        key = event.key()
        if key in _ARROWS:
            self._arrows.pop(_ARROWS[key], None)
            self._arrows[_ARROWS[key]] = None
            self._steer()
        elif key in _PLUS or key in _MINUS:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._lens = (
                (PtzMove.FOCUS_FAR if shift else PtzMove.ZOOM_IN)
                if key in _PLUS
                else (PtzMove.FOCUS_NEAR if shift else PtzMove.ZOOM_OUT)
            )
            self._steer()
        elif key in _ENTER:
            self._commit()
        elif key == Qt.Key.Key_Backspace:
            self._type(self._digits[:-1])
        elif key != Qt.Key.Key_Escape:
            self._type((self._digits + chr(key))[-_MOST_DIGITS:])
        elif self._digits:
            self._clear_digits()
        else:
            self.left.emit()

    def _release(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        self._repeats = 0
        key = event.key()
        if key in _ARROWS:
            self._arrows.pop(_ARROWS[key], None)
        elif key in _PLUS or key in _MINUS:
            self._lens = None
        else:
            return
        self._steer()

    def _steer(self) -> None:
        move = self._lens or together(self._arrows, self.moves)
        if not self._arrows and self._lens is None:
            self.release()
            self.let_go.emit()
            return
        if not self._watch.watching and self._focus is not None:
            self._watch.begin(self._focus)
            self._look.start()
        if move is None:
            self.let_go.emit()
        else:
            self.moved.emit(move)

    # A release that was never told: a keyboard that repeated and no longer does is let go.

    def _on_repeat(self) -> None:
        now = monotonic()
        if self._repeats:
            gap = now - self._repeated
            self._slowest = gap if self._repeats == 1 else max(self._slowest, gap)
        self._repeats += 1
        self._repeated = now

    def _on_look(self) -> None:
        silence = monotonic() - self._repeated
        if self._repeats > _REPEATS and silence > max(_SHORTEST_SILENCE, 3 * self._slowest):
            self.release()

    # Digits

    def _type(self, digits: str) -> None:
        self._digits = digits
        self.typed.emit(digits)
        if not digits:
            self._wait.stop()
            return
        there = {str(number) for number in self.presets()}
        if digits in there and not any(one != digits and one.startswith(digits) for one in there):
            self._commit()
        else:
            self._wait.start()

    def _commit(self) -> None:
        digits = self._digits
        self._clear_digits()
        if digits:
            self.chosen.emit(int(digits))

    def _clear_digits(self) -> None:
        self._wait.stop()
        if self._digits:
            self._digits = ""
            self.typed.emit("")

    # Focus

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        self.release()
        if self._focus is not None and isValid(self._focus):
            self._focus.removeEventFilter(self)
        takes = self._on and new is not None and not _writes(new)
        self._focus = new if takes else None
        if self._focus is not None:
            self._focus.installEventFilter(self)


def _writes(widget: QWidget) -> bool:
    """Whether keys are text there, or a dialog's."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, _WRITING) or isinstance(widget.window(), QDialog)
