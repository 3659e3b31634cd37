"""A button that takes the next key pressed for itself and says which it was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from vsconsole.i18n import _
from vsconsole.ui.keys import rules


class RecordButton(QPushButton):
    """Pressed, it waits for a key; `recorded` with it. Escape or leaving ends the waiting."""

    recorded = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.toggled.connect(self._show)
        self._show()

    @property
    def waiting(self) -> bool:
        """Whether the next key is taken."""
        return self.isChecked()

    def event(self, event: QEvent) -> bool:
        if self.waiting and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.setChecked(False)
        super().focusOutEvent(event)

    def _take(self, event: QKeyEvent) -> None:
        event.accept()
        if event.isAutoRepeat():
            return
        bare = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape and bare:
            self.setChecked(False)
        elif key := rules.pressed(event):
            self.setChecked(False)
            self.recorded.emit(key)

    def _show(self) -> None:
        self.setText(_("Press the new keys…") if self.waiting else _("Add keys…"))
        self.setToolTip(_("Then press the keys this action is to have; Esc calls it off."))
        self.setAccessibleName(self.text())
