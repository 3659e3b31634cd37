"""The speed: what was asked for, what is measured, and why they may differ."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from vsconsole.i18n import _
from vsconsole.ui import tokens

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_TOLERANCE = 0.2


def speed_text(speed: float) -> str:
    """A speed as people write it: "1×", "0.25×"."""
    return f"{speed:g}×"


class SpeedButton(QToolButton):
    """A menu of speeds; its face shows the measured one where that differs."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = 1.0
        self._measured: float | None = None
        self._note = ""
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._actions = {speed: self._action(speed) for speed in SPEEDS}
        self._rule = self._menu.addSeparator()
        self._line = self._menu.addAction("")
        self._line.setEnabled(False)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFont(tokens.font(tokens.TEXT_PX, tabular=True))
        self.retranslate()

    def _action(self, speed: float) -> QAction:
        action = self._menu.addAction(speed_text(speed))
        action.setCheckable(True)
        action.setChecked(speed == 1.0)
        self._group.addAction(action)
        action.triggered.connect(lambda: self.chosen.emit(speed))
        return action

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Speed"))
        self._show()

    def set_speed(self, speed: float) -> None:
        """The speed asked for; one that is not in the menu is shown all the same."""
        self._asked = speed
        self._measured = None
        for one, action in self._actions.items():
            action.setChecked(one == speed)
        self._show()

    def set_measured(self, speed: float | None) -> None:
        """Media seconds a second as they were seen; None while that is not known."""
        self._measured = speed
        self._show()

    def set_offered(self, speeds: frozenset[float] | None) -> None:
        """The speeds there are here; None for all of them."""
        for speed, action in self._actions.items():
            action.setEnabled(speeds is None or speed in speeds)

    def set_note(self, note: str) -> None:
        """Why speeds behave as they do, such as a device that ignores one."""
        self._note = note
        self._show()

    @property
    def off(self) -> bool:
        """Whether the picture runs at clearly another speed than asked for."""
        measured = self._measured
        return measured is not None and abs(measured - self._asked) > _TOLERANCE * abs(self._asked)

    def _show(self) -> None:
        face = f"{speed_text(self._asked)} \u25be"
        if self.off and self._measured is not None:
            face = _("{measured:.1f}× asked {asked}").format(
                measured=self._measured, asked=f"{speed_text(self._asked)} \u25be"
            )
        self.setText(face)
        self.setProperty("role", "warn" if self.off else "")
        self.style().polish(self)
        self._rule.setVisible(bool(self._note))
        self._line.setVisible(bool(self._note))
        # A vendor's text is no mnemonic.
        self._line.setText(self._note.replace("&", "&&"))
        self.setToolTip(self._note or _("Speed of playback"))
        self.setAccessibleDescription(self._note)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
