"""Asks for a name; says beside the field whether it can be taken."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import plain
from vsconsole.ui.dialogs.buttons import or_cancel

_LONGEST = 64


class NameDialog(QDialog):
    """`chosen` with the name.

    One of `taken` cannot be chosen, or with `replaces` its owner is replaced; either is said.
    """

    chosen = Signal(str)

    def __init__(
        self,
        title: str,
        name: str,
        taken: Collection[str],
        *,
        replaces: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._taken = frozenset(taken)
        self._replaces = replaces
        self.setWindowTitle(title)
        self.setMinimumWidth(340)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(_("Name"))
        self.name.setMaxLength(_LONGEST)
        self.name.selectAll()
        self.word = plain.label("", "warn", wrap=True)
        form = QFormLayout()
        form.addRow(_("Name"), self.name)
        buttons, self.save_button = or_cancel(QDialogButtonBox.StandardButton.Save, _("Save"))
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.word)
        column.addWidget(buttons)
        self.name.textChanged.connect(self._judge)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        self._judge()

    def _text(self) -> str:
        return " ".join(self.name.text().split())

    def _judge(self) -> None:
        there = self._text() in self._taken
        self.save_button.setEnabled(bool(self._text()) and (self._replaces or not there))
        self.save_button.setText(_("Replace") if there and self._replaces else _("Save"))
        word = ""
        if there:
            word = (
                _("There is one of this name: it is replaced.")
                if self._replaces
                else _("There is one of this name. Choose another.")
            )
        self.word.setText(word)
        self.word.setVisible(bool(word))

    def _save(self) -> None:
        self.chosen.emit(self._text())
        self.accept()
