"""Where to keep a camera position: number and name together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Preset
from vsconsole.i18n import _
from vsconsole.ui import plain
from vsconsole.ui.dialogs.buttons import or_cancel

_LONGEST_NAME = 64


class PresetDialog(QDialog):
    """Asks for the number and name of the present position; `chosen` with both.

    With `only` it asks for the new name of that number.
    """

    chosen = Signal(int, str)

    def __init__(
        self,
        presets: Sequence[Preset],
        indexes: range,
        *,
        only: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._names = {preset.index: preset.name for preset in presets}
        self._only = only
        self._typed = False
        self.setWindowTitle(_("Set a preset") if only is None else _("Rename the preset"))
        self.setMinimumWidth(340)
        self.number = QComboBox()
        self.number.setAccessibleName(_("Number"))
        self.number.setMaxVisibleItems(12)
        for index in indexes if only is None else (only,):
            self.number.addItem(f"{index}  {self._names.get(index, '')}".rstrip(), index)
        self.number.setEnabled(only is None)
        self.name = QLineEdit()
        self.name.setAccessibleName(_("Name"))
        self.name.setMaxLength(_LONGEST_NAME)
        self._replaces = plain.label("", "warn", wrap=True)
        form = QFormLayout()
        form.addRow(_("Number"), self.number)
        form.addRow(_("Name"), self.name)
        buttons, self.save_button = or_cancel(QDialogButtonBox.StandardButton.Save, _("Save"))
        column = QVBoxLayout(self)
        if only is None:
            column.addWidget(
                plain.label(_("The camera's present position is kept."), "dim", wrap=True)
            )
        else:
            told = _(
                "No vendor documents renaming a preset: the name is kept on this computer only."
            )
            column.addWidget(plain.label(told, "dim", wrap=True))
        column.addLayout(form)
        column.addWidget(self._replaces)
        column.addWidget(buttons)
        self.number.currentIndexChanged.connect(self._on_number)
        self.name.textEdited.connect(self._on_typed)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        free = next((index for index in indexes if index not in self._names), indexes[0])
        self.number.setCurrentIndex(self.number.findData(free if only is None else only))
        self._on_number()
        self.name.setFocus()

    def _on_typed(self) -> None:
        self._typed = True

    def _on_number(self) -> None:
        index = self.number.currentData()
        used = self._only is None and index in self._names
        if not self._typed:
            self.name.setText(self._names.get(index, ""))
            self.name.selectAll()
        self._replaces.setText(
            _("Number {index} is used: its position is replaced.").format(index=index)
            if used
            else ""
        )
        self._replaces.setVisible(used)

    def _save(self) -> None:
        self.chosen.emit(self.number.currentData(), self.name.text().strip())
        self.accept()
