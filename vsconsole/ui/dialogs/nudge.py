"""How far a camera's clock is wrong: tried at once, kept at Save."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import plain

_MOST_MS = 86_400_000
_SOON_MS = 400
_STEPS = (-1000, -100, 100, 1000)


class NudgeDialog(QDialog):
    """Asks for milliseconds to add to a camera's times.

    `tried` a moment after each change, `kept` at the end with what is to stay.
    """

    tried = Signal(int)
    kept = Signal(int)

    def __init__(self, title: str, milliseconds: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = milliseconds
        self.setWindowTitle(_("Clock of {camera}").format(camera=title))
        self.setMinimumWidth(400)
        self.box = QSpinBox()
        self.box.setRange(-_MOST_MS, _MOST_MS)
        self.box.setSingleStep(100)
        self.box.setSuffix(_(" ms"))
        self.box.setValue(milliseconds)
        self.box.setAccessibleName(_("Milliseconds to add to this camera's times"))
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        steps = QHBoxLayout()
        for step in _STEPS:
            button = QPushButton(f"{step / 1000:+g} s".replace("-", "\u2212"))
            button.setAutoDefault(False)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _on=False, by=step: self._add(by))
            steps.addWidget(button)
        form = QFormLayout()
        form.addRow(_("Add to its times"), self.box)
        form.addRow("", steps)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save
            | QDialogButtonBox.StandardButton.Reset
            | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Save).setText(_("Save"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self.save_button = buttons.button(QDialogButtonBox.StandardButton.Save)
        self.right_button = buttons.button(QDialogButtonBox.StandardButton.Reset)
        self.right_button.setText(_("The clock is right"))
        column = QVBoxLayout(self)
        column.addWidget(
            plain.label(
                _(
                    "Where a camera's clock is 37 s fast its pictures show the others' time after"
                    " \u221237000 ms. Tiles that play together follow at once."
                ),
                "dim",
                wrap=True,
            )
        )
        column.addLayout(form)
        column.addWidget(buttons)
        self.box.valueChanged.connect(lambda _value: self._soon.start())
        self._soon.timeout.connect(lambda: self.tried.emit(self.box.value()))
        self.right_button.clicked.connect(lambda: self.box.setValue(0))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._end)
        self.box.setFocus()
        self.box.selectAll()

    def _add(self, step: int) -> None:
        self.box.setValue(self.box.value() + step)

    def _end(self, result: int) -> None:
        self._soon.stop()
        kept = result == QDialog.DialogCode.Accepted
        self.kept.emit(self.box.value() if kept else self._before)
