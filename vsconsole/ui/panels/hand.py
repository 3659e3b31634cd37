"""Notices that a hand is gone although nobody said so: no release, no focus, another window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_LOST = frozenset({QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked, QEvent.Type.Hide})
_LOOK_MS = 80
"""How often the button is looked at. With the way to the camera it has to stay below 0.5 s."""


class HandWatch(QObject):
    """`lost` once, when what is held cannot be held any more; from `begin` until `end`.

    That is: the window is hidden, no longer the active one, or blocked by a dialog; another
    program is used; or the mouse button is up without its release having been told, as happens
    when another program or a menu of the window system takes the mouse.
    """

    lost = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWidget | None = None
        self._button = Qt.MouseButton.NoButton
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._on_look)

    @property
    def watching(self) -> bool:
        return self._window is not None

    def begin(self, widget: QWidget, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
        """Watches what is held in `widget`: by this mouse button, or by a key."""
        self.end()
        self._window = widget.window()
        self._window.installEventFilter(self)
        _application().applicationStateChanged.connect(self._on_state)
        # A press that the window system knows nothing of comes from an aid for the disabled or
        # a remote control: then its state says nothing about the release either.
        if QGuiApplication.mouseButtons() & button:
            self._button = button
            self._look.start()

    def end(self) -> None:
        """Watches no more; safe to repeat."""
        window, self._window = self._window, None
        self._button = Qt.MouseButton.NoButton
        self._look.stop()
        if window is not None:
            _application().applicationStateChanged.disconnect(self._on_state)
            if isValid(window):
                window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() in _LOST:
            self._lose()
        return False

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self._lose()

    def _on_look(self) -> None:
        if not QGuiApplication.mouseButtons() & self._button:
            self._lose()

    def _lose(self) -> None:
        if self.watching:
            self.end()
            self.lost.emit()


def _application() -> QGuiApplication:
    found = QGuiApplication.instance()
    assert isinstance(found, QGuiApplication), "a widget has an application"
    return found
