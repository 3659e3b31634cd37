"""One message over the window, for a few seconds and out of the way of the hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vsconsole.i18n import _
from vsconsole.ui import icons, plain

if TYPE_CHECKING:
    from vsconsole.ui.messages import Message

_SHORTEST_MS = 6000
_PER_LETTER_MS = 45
_LONGEST_MS = 20_000
_WIDTH = 360


class Toast(QFrame):
    """Shows a message until read, closed, or its time is over; under the mouse it stays."""

    closed = Signal()

    def __init__(self, message: Message, icon: str, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.setProperty("role", "toast")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sign = QLabel()
        sign.setPixmap(icons.pixmap(icon, 16, colour, self.devicePixelRatioF()))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = plain.label("", "heading", wrap=True)
        self._detail = plain.label(message.detail, "dim", wrap=True)
        if not message.detail:
            self._detail.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._detail)
        self.action_button = QToolButton()
        self.action_button.setText(plain.action(message.action_text))
        if not (message.action_text and message.action):
            self.action_button.hide()
        self.action_button.clicked.connect(self._act)
        words.addWidget(self.action_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.close_button = QToolButton()
        self.close_button.setIcon(icons.icon("x", "dim"))
        self.close_button.setProperty("flat", "true")
        self.close_button.setProperty("small", "true")
        self.close_button.setAccessibleName(_("Close the message"))
        self.close_button.setToolTip(_("Close the message"))
        self.close_button.clicked.connect(self.dismiss)
        for button in (self.action_button, self.close_button):
            # Reached by mouse only: the list of messages offers the same to the keyboard.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 6, 10)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.renew(message)

    def renew(self, message: Message) -> None:
        """Shows the same message as told once more."""
        self.message = message
        times = f"  ×{message.times}" if message.times > 1 else ""
        self._text.setText(message.text + times)
        letters = len(message.text) + len(message.detail)
        self._timer.start(min(_LONGEST_MS, _SHORTEST_MS + _PER_LETTER_MS * letters))
        self._announce()

    def fitting(self, room: int) -> QSize:
        """How large it is where `room` pixels are there across."""
        width = max(160, min(_WIDTH, room))
        return QSize(width, max(self.sizeHint().height(), self.heightForWidth(width)))

    def hold(self, held: bool) -> None:
        """While held its time does not run."""
        if held:
            self._timer.stop()
        elif not self._timer.isActive() and not self.underMouse():
            self._timer.start(_SHORTEST_MS)

    def _announce(self) -> None:
        spoken = ". ".join(part for part in (self.message.text, self.message.detail) if part)
        self.setAccessibleName(self.message.text)
        self.setAccessibleDescription(self.message.detail)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(_SHORTEST_MS)
        super().leaveEvent(event)

    def _act(self) -> None:
        act = self.message.action
        self.dismiss()
        if act is not None:
            act()

    def dismiss(self) -> None:
        """Closes the toast; safe to repeat."""
        self._timer.stop()
        self.hide()
        self.closed.emit()
        self.deleteLater()
