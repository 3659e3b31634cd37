"""A patrol's name, pace and stops."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Preset
from vsconsole.i18n import _
from vsconsole.services.ptz_patrols import DWELL, PACES
from vsconsole.ui import plain, tokens
from vsconsole.ui.dialogs.buttons import or_cancel

_USUAL_DWELL = 15.0
_LONGEST_NAME = 64
_MOST_STOPS = 64


class PatrolDialog(QDialog):
    """Asks for what makes a patrol; `chosen` with name, pace and stops as (number, seconds).

    A new one begins with every preset in its order.
    """

    chosen = Signal(str, float, object)

    def __init__(
        self,
        presets: Sequence[Preset],
        *,
        name: str = "",
        pace: float = 1.0,
        stops: Sequence[tuple[int, float]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._names = {
            preset.index: preset.name for preset in presets if preset.name != str(preset.index)
        }
        self._stops = list(stops) or [(preset.index, _USUAL_DWELL) for preset in presets]
        self.setWindowTitle(_("Edit the patrol") if name else _("New patrol"))
        self.setMinimumWidth(440)
        self._build(presets, name, pace)
        self._connect()
        self._show(0)

    def _build(self, presets: Sequence[Preset], name: str, pace: float) -> None:
        self.name = QLineEdit(name)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setAccessibleName(_("Name"))
        self.pace = QComboBox()
        self.pace.setAccessibleName(_("Pace"))
        for one in PACES:
            self.pace.addItem(f"{one:g}×", one)
        self.pace.setCurrentIndex(PACES.index(pace) if pace in PACES else PACES.index(1.0))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Stops"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(6 * tokens.ROW)
        self.dwell = QDoubleSpinBox()
        self.dwell.setRange(*DWELL)
        self.dwell.setDecimals(0)
        self.dwell.setSuffix(" s")
        self.dwell.setAccessibleName(_("Stay at the selected stop"))
        self.preset = QComboBox()
        self.preset.setAccessibleName(_("Preset to add"))
        for preset in presets:
            self.preset.addItem(self._title(preset.index), preset.index)
        self.add_button = QPushButton(_("Add"))
        self.remove_button = QPushButton(_("Remove"))
        self.up_button = QPushButton(_("Earlier"))
        self.down_button = QPushButton(_("Later"))
        grid = QGridLayout()
        grid.setSpacing(tokens.GAP)
        grid.addWidget(self.list, 0, 0, 4, 1)
        for row, button in enumerate((self.up_button, self.down_button, self.remove_button)):
            button.setAutoDefault(False)
            grid.addWidget(button, row, 1)
        self.add_button.setAutoDefault(False)
        grid.addWidget(self.preset, 4, 0)
        grid.addWidget(self.add_button, 4, 1)
        form = QFormLayout()
        form.addRow(_("Name"), self.name)
        form.addRow(_("Stops"), grid)
        form.addRow(_("Stay at the selected stop"), self.dwell)
        form.addRow(_("Pace"), self.pace)
        told = _(
            "The pace shortens or lengthens every stay. No vendor lets the speed on the way to a "
            "preset be chosen."
        )
        buttons, self.save_button = or_cancel(QDialogButtonBox.StandardButton.Save, _("Save"))
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(plain.label(told, "dim", wrap=True))
        self.problem = plain.label("", "problem", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_row)
        self.dwell.valueChanged.connect(self._on_dwell)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))

    def _title(self, index: int) -> str:
        return f"{index}  {self._names.get(index, '')}".rstrip()

    def _show(self, row: int) -> None:
        self.list.clear()
        for index, dwell in self._stops:
            self.list.addItem(f"{self._title(index)}  ·  {dwell:g} s")
        self.list.setCurrentRow(min(row, len(self._stops) - 1))
        self._on_row(self.list.currentRow())

    def _on_row(self, row: int) -> None:
        chosen = 0 <= row < len(self._stops)
        for button in (self.remove_button, self.up_button, self.down_button, self.dwell):
            button.setEnabled(chosen)
        self.add_button.setEnabled(self.preset.count() > 0 and len(self._stops) < _MOST_STOPS)
        if chosen:
            self.dwell.setValue(self._stops[row][1])

    def _on_dwell(self, seconds: float) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._stops) and self._stops[row][1] != seconds:
            self._stops[row] = (self._stops[row][0], seconds)
            self.list.item(row).setText(f"{self._title(self._stops[row][0])}  ·  {seconds:g} s")

    def _add(self) -> None:
        row = self.list.currentRow() + 1
        self._stops.insert(row, (int(self.preset.currentData()), self.dwell.value()))
        self._show(row)

    def _remove(self) -> None:
        row = self.list.currentRow()
        del self._stops[row]
        self._show(row)

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        if 0 <= row + step < len(self._stops):
            self._stops.insert(row + step, self._stops.pop(row))
            self._show(row + step)

    def _save(self) -> None:
        problem = ""
        if not self.name.text().strip():
            problem = _("Give the patrol a name.")
            self.name.setFocus()
        elif len(self._stops) < 2:
            problem = _("A patrol needs two stops at least.")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if not problem:
            self.chosen.emit(self.name.text().strip(), self.pace.currentData(), list(self._stops))
            self.accept()
