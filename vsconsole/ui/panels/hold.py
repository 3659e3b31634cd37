"""A button that is held: it always knows when it was let go, however that came about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolButton, QWidget

from vsconsole.ui import icons
from vsconsole.ui.panels.hand import HandWatch

# Space is the desk's.
_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class HoldButton(QToolButton):
    """Tells when it is held and let go, by mouse or key; repeats of the key count as one hold.

    Leaving, losing the focus, being hidden or disabled, a dialog, another program and a button that
    is up without having said so let go too; after that it takes a new press to hold it again.
    """

    held = Signal()
    let_go = Signal()

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held = False
        self._armed = False
        self._watch = HandWatch(self)
        self._watch.lost.connect(self.release)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIcon(icons.icon(icon))
        self.pressed.connect(self._on_pressed)
        self.released.connect(self.release)

    @property
    def is_held(self) -> bool:
        return self._held

    def set_reason(self, reason: str) -> None:
        """Why it is disabled; an empty text enables it."""
        self.setEnabled(not reason)
        self.setToolTip(reason or self.accessibleName())
        self.setAccessibleDescription(reason)

    def release(self) -> None:
        """Lets go, where it is held."""
        self._armed = False
        if not self._held:
            return
        self._held = False
        self.setDown(False)
        self._watch.end()
        self.let_go.emit()

    def event(self, event: QEvent) -> bool:
        # Whatever action is given these keys, here they are the button's own.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._armed = event.button() == Qt.MouseButton.LeftButton
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.setDown(True)
            self._hold()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.release()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.release()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.release()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.release()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.release()

    def _on_pressed(self) -> None:
        # Qt presses a button again when the mouse comes back; a camera must not start by that.
        if self._armed:
            self._hold()
        else:
            self.setDown(False)

    def _hold(self) -> None:
        if self._held:
            return
        self._held = True
        button = Qt.MouseButton.LeftButton if self._armed else Qt.MouseButton.NoButton
        self._watch.begin(self, button)
        self.held.emit()
