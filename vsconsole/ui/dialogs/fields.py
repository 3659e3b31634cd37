"""One line of the account form: its input, its help, and what is wrong with it beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import icons, plain
from vsconsole.vendors.registry import Field


class FieldRow(QWidget):
    """One input; `edited` when the operator changed it, `zones_wanted` when it needs names."""

    edited = Signal()
    zones_wanted = Signal()

    def __init__(self, field: Field, value: str, *, keeps_secret: bool) -> None:
        super().__init__()
        self.field = field
        self.choice = _choice_of(field, value) if field.choices else None
        self.text = QLineEdit(value)
        self.input: QWidget = self.choice or self.text
        self.input.setAccessibleName(_(field.label))
        if field.help:
            self.input.setAccessibleDescription(_(field.help))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.input, 1)
        self.extras: list[QWidget] = []
        if field.secret:
            self._make_secret(keeps_secret)
        elif field.default:
            self.text.setPlaceholderText(field.default)
        if field.kind == "folder":
            browse = QPushButton(_("Browse…"))
            browse.setAutoDefault(False)
            browse.clicked.connect(self._browse)
            self.extras.append(browse)
        for extra in self.extras:
            row.addWidget(extra)
        self._zones: QStringListModel | None = None
        if field.kind == "zone":
            self.text.installEventFilter(self)
        self.problem = plain.label("", "problem", wrap=True)
        self.problem.hide()
        hint = plain.label(_(field.help) if field.help else "", "caption", wrap=True)
        if not field.help:
            # Shown before it has a parent it would be a window of its own.
            hint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(hint)
        self.text.textEdited.connect(self._on_edited)
        if self.choice:
            self.choice.activated.connect(self._on_edited)
            self.text.setParent(self)
            self.text.hide()

    def value(self) -> str:
        """What is typed or chosen, without blanks around it."""
        return self.choice.currentData() if self.choice else self.text.text().strip()

    def forget(self) -> None:
        """Takes a secret out of the input."""
        if self.field.secret:
            self.text.clear()

    def _make_secret(self, keeps_secret: bool) -> None:
        self.text.setEchoMode(QLineEdit.EchoMode.Password)
        self.text.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        if keeps_secret:
            self.text.setPlaceholderText(_("unchanged"))
        show = QToolButton()
        show.setIcon(icons.icon("eye"))
        show.setCheckable(True)
        show.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = _("Show {field}").format(field=_(self.field.label))
        show.setAccessibleName(name)
        show.setToolTip(name)
        show.toggled.connect(
            lambda on: self.text.setEchoMode(
                QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password
            )
        )
        self.extras.append(show)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and self._zones is None:
            self._zones = QStringListModel(self)
            completer = QCompleter(self._zones, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(lambda _name: self._on_edited())
            self.text.setCompleter(completer)
            self.zones_wanted.emit()
        return False

    def offer_zones(self, names: Sequence[str]) -> None:
        """The names that are proposed while typing."""
        if self._zones is not None:
            self._zones.setStringList(list(names))

    def _browse(self) -> None:
        dialog = QFileDialog(self, _("Folder of footage"), self.text.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._take_folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self.text.setText(folder)
        self._on_edited()

    def _on_edited(self) -> None:
        self.show_problem("")
        self.edited.emit()

    def show_problem(self, text: str) -> None:
        """What is wrong with the value; empty when nothing is."""
        show_problem(self.input, self.problem, text)
        help_text = _(self.field.help) if self.field.help else ""
        self.input.setAccessibleDescription(text or help_text)


def show_problem(input_: QWidget, label: QWidget, text: str) -> None:
    """Marks an input, and says below it what is wrong."""
    label.setProperty("text", text)
    label.setVisible(bool(text))
    input_.setProperty("problem", "true" if text else "false")
    input_.style().unpolish(input_)
    input_.style().polish(input_)


def _choice_of(field: Field, value: str) -> QComboBox:
    box = QComboBox()
    if not field.required and not field.default:
        box.addItem(_("not set"), "")
    for choice in field.choices:
        box.addItem(choice, choice)
    box.setCurrentIndex(max(0, box.findData(value or field.default)))
    return box
