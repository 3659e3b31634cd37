"""Messages: what was told, and the toasts that show the newest over the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.ui import tokens
from vsconsole.ui.messages import ICONS, Level, Message, text_of
from vsconsole.ui.panels.messages import MessagesPanel
from vsconsole.ui.toast import Toast

__all__ = ["Level", "Message", "MessagesPanel", "Notifier", "text_of"]

_KEPT = 500
_MOST_TOASTS = 3
_MARGIN = 16


class Notifier(QObject):
    """Keeps the messages and shows the newest over the window; a repeated one is counted.

    `told` with each new message, `renewed` with one that was told again. Toasts keep to `area` of
    the window, never take the focus, and wait while a dialog is open.
    """

    told = Signal(object)
    renewed = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._area: QWidget = window
        self._numbers = count(1)
        self.messages: list[Message] = []
        self._toasts: list[Toast] = []
        self._standing: set[str] = set()
        self._blocked = False
        window.installEventFilter(self)

    def keep_to(self, area: QWidget) -> None:
        """The widget of the window the toasts are shown over; it should hold no buttons there."""
        if self._area is not self._window:
            self._area.removeEventFilter(self)
        self._area = area
        area.installEventFilter(self)
        self._place()

    @property
    def toasts(self) -> list[Toast]:
        """The toasts on the window, oldest first."""
        return list(self._toasts)

    def info(self, text: str, detail: str = "") -> None:
        """Something worth knowing."""
        self._tell(Level.INFO, text, detail)

    def good(
        self,
        text: str,
        detail: str = "",
        *,
        action_text: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """Something that ended well."""
        self._tell(Level.GOOD, text, detail, action_text=action_text, action=action)

    def error(
        self,
        error: ConsoleError,
        *,
        action_text: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """A failure; being cancelled is none."""
        if isinstance(error, Cancelled):
            return
        what, detail = text_of(error)
        self._tell(Level.PROBLEM, what, detail, action_text=action_text, action=action)

    def standing(self, name: str, error: ConsoleError) -> None:
        """A failure in the background: told once until `over` says that it ended."""
        if name not in self._standing and not isinstance(error, Cancelled):
            self._standing.add(name)
            self.error(error)

    def over(self, name: str, text: str) -> None:
        """The standing failure of this name ended; told only where it had been told."""
        if name in self._standing:
            self._standing.discard(name)
            self.good(text)

    def _tell(
        self,
        level: Level,
        text: str,
        detail: str = "",
        action_text: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        message = Message(
            number=next(self._numbers),
            when=datetime.now().astimezone(),
            level=level,
            text=text,
            detail=detail,
            action_text=action_text,
            action=action,
        )
        last = self.messages[-1] if self.messages else None
        shown = next((toast for toast in self._toasts if toast.message.same_as(message)), None)
        before = shown.message if shown else last
        if before is not None and before.same_as(message) and before in self.messages:
            message = replace(message, number=before.number, times=before.times + 1)
            self.messages.remove(before)
            self.messages.append(message)
            self.renewed.emit(message)
        else:
            self.messages.append(message)
            del self.messages[:-_KEPT]
            self.told.emit(message)
        if shown:
            shown.renew(message)
        else:
            self._show(message)
        self._place()

    def _show(self, message: Message) -> None:
        icon, colour = ICONS[message.level]
        toast = Toast(message, icon, colour, self._window)
        toast.closed.connect(lambda: self._forget(toast))
        self._toasts.append(toast)
        while len(self._toasts) > _MOST_TOASTS:
            self._toasts[0].dismiss()

    def dismiss_all(self) -> None:
        """Takes the toasts off the window; the list keeps them."""
        for toast in list(self._toasts):
            toast.dismiss()

    def _forget(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self._place()

    def _place(self) -> None:
        """Stacks the toasts upwards from the lower right corner of their area."""
        area = self._place_for()
        bottom = area.bottom() - _MARGIN
        for toast in reversed(self._toasts):
            size = toast.fitting(area.width() - 2 * _MARGIN)
            fits = bottom - size.height() >= area.top() or toast is self._toasts[-1]
            toast.setVisible(fits and not self._blocked)
            toast.hold(self._blocked)
            toast.setGeometry(
                area.right() - size.width() - _MARGIN,
                max(area.top(), bottom - size.height()),
                size.width(),
                size.height(),
            )
            toast.raise_()
            bottom -= size.height() + tokens.SPACE

    def _place_for(self) -> QRect:
        area = self._area
        if area is self._window or not area.isVisible():
            return self._window.rect()
        return QRect(area.mapTo(self._window, area.rect().topLeft()), area.size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.WindowBlocked, QEvent.Type.WindowUnblocked):
            self._blocked = kind == QEvent.Type.WindowBlocked
            self._place()
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return False
