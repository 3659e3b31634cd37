"""One parameter in the form: its input, what it takes, and what is wrong with it beside it."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _
from vsconsole.services.console import Parameter
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.console import hints
from vsconsole.ui.dialogs.fields import show_problem

EMPTY = '""'
"""What is typed to send an empty text."""

_LINES = (2, 12)


@cache
def mono() -> QFont:
    """The system's font of one width, for JSON and paths."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(tokens.TEXT_PX - 1)
    return font


class Choice(QComboBox):
    """A choice that scrolling the form past it does not change."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class JsonEdit(QPlainTextEdit):
    """JSON to type; as high as what is in it, within bounds. Tab leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(mono())
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        low, high = _LINES
        lines = min(high, max(low, self.blockCount()))
        # Padding and border are the style sheet's.
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 26)


class ParamField(QWidget):
    """One input; `edited` when the operator changed it."""

    edited = Signal()

    def __init__(self, param: Parameter) -> None:
        super().__init__()
        self.param = param
        self.choice: Choice | None = None
        self.text: QLineEdit | None = None
        self.json: JsonEdit | None = None
        self.extras: list[QWidget] = []
        self.input = self._made_input()
        self.input.setAccessibleName(param.name)
        self.setFocusProxy(self.input)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.GAP)
        row.addWidget(self.input, 1)
        for extra in self.extras:
            row.addWidget(extra, 0, Qt.AlignmentFlag.AlignTop)
        self.problem = plain.label("", "problem", wrap=True)
        self.problem.hide()
        self._help = self._help_text()
        self.hint = plain.label(self._help, "caption", wrap=True)
        if not self._help:
            # Shown before it has a parent it would be a window of its own.
            self.hint.hide()
        self.input.setAccessibleDescription(self._help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, tokens.GAP)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.hint)

    def _help_text(self) -> str:
        words = _(self.param.doc) if self.param.doc else ""
        # A choice shows what it takes.
        told = "" if self.choice is not None else hints.hint(self.param)
        inside = hints.shape(self.param)
        return "\n".join(part for part in (told, words, inside) if part)

    def _made_input(self) -> QWidget:
        param = self.param
        if param.choices or param.type == "bool":
            return self._made_choice()
        if param.type in ("list", "object"):
            return self._made_json()
        self.text = QLineEdit()
        self.text.textEdited.connect(self._on_edited)
        if param.default is not None:
            self.text.setPlaceholderText(hints.text_of(param.default))
        if param.type == "file":
            self._add_browse()
        elif param.secret:
            self._make_secret(self.text)
        return self.text

    def _made_choice(self) -> QWidget:
        param = self.param
        self.choice = box = Choice()
        if param.required:
            first = _("choose…")
        elif param.default is not None:
            first = _("not sent ({value} by default)").format(value=hints.text_of(param.default))
        else:
            first = _("not sent")
        box.addItem(first, None)
        for one in param.choices or (True, False):
            box.addItem(hints.text_of(one), hints.text_of(one))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        box.activated.connect(self._on_edited)
        return box

    def _made_json(self) -> QWidget:
        self.json = edit = JsonEdit()
        edit.textChanged.connect(self._on_edited)
        button = QToolButton()
        button.setText("{ }")
        button.setFont(mono())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = _("Put a skeleton of {field} into the field").format(field=self.param.name)
        button.setToolTip(plain.tip(words))
        button.setAccessibleName(words)
        button.clicked.connect(self.put_skeleton)
        self.extras.append(button)
        return edit

    def _add_browse(self) -> None:
        browse = QPushButton(_("Browse…"))
        browse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        browse.setAccessibleName(_("Choose a file for {field}").format(field=self.param.name))
        browse.clicked.connect(self._browse)
        self.extras.append(browse)

    def _make_secret(self, text: QLineEdit) -> None:
        text.setEchoMode(QLineEdit.EchoMode.Password)
        text.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        show = QToolButton()
        show.setIcon(icons.icon("eye"))
        show.setCheckable(True)
        show.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = _("Show {field}").format(field=self.param.name)
        show.setToolTip(plain.tip(words))
        show.setAccessibleName(words)
        shown, hidden = QLineEdit.EchoMode.Normal, QLineEdit.EchoMode.Password
        show.toggled.connect(lambda on: text.setEchoMode(shown if on else hidden))
        self.extras.append(show)

    def put_skeleton(self) -> None:
        """Puts JSON to fill in into an empty field; what was typed can be had back by undoing."""
        assert self.json is not None
        cursor = self.json.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(hints.skeleton(self.param))
        self.json.setFocus(Qt.FocusReason.OtherFocusReason)

    def _browse(self) -> None:
        dialog = QFileDialog(self, _("Choose a file for {field}").format(field=self.param.name))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_file)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _take_file(self, path: str) -> None:
        self.fill(path)
        self._on_edited()

    def value(self) -> str | None:
        """The text of the value; None where nothing is to be sent."""
        if self.choice is not None:
            chosen: str | None = self.choice.currentData()
            return chosen
        if self.json is not None:
            return self.json.toPlainText().strip() or None
        assert self.text is not None
        typed = self.text.text()
        if self.param.type != "string":
            # Other programs copy paths with quotation marks around them.
            return typed.strip().strip('"') or None
        if typed == EMPTY or (not typed and self._takes_empty):
            return ""
        return typed or None

    @property
    def _takes_empty(self) -> bool:
        """Whether an empty text is a value that has to be sent."""
        return self.param.required and self.param.min_length == 0

    def fill(self, text: str | None) -> None:
        """Puts a value in; None takes it out."""
        if self.choice is not None:
            self.choice.setCurrentIndex(max(0, self.choice.findData(text)))
        elif self.json is not None:
            self.json.setPlainText(text or "")
        elif self.text is not None:
            is_empty_text = text == "" and self.param.type == "string" and not self._takes_empty
            self.text.setText(EMPTY if is_empty_text else text or "")
        self.show_problem(None)

    def forget(self) -> None:
        """Takes a secret out of the input."""
        if self.param.secret and self.text is not None:
            self.text.clear()

    def _on_edited(self) -> None:
        self.show_problem(None)
        self.edited.emit()

    def show_problem(self, error: InvalidInput | None) -> None:
        """What is wrong with the value; None when nothing is."""
        self._say("" if error is None else str(error), "problem")

    def show_left_out(self) -> None:
        """Says that the history does not hold this value."""
        self._say(_("Not kept in the history. Enter it again."), "warn")

    def _say(self, text: str, role: str) -> None:
        if text == self.problem.text() and role == self.problem.property("role"):
            return
        self.problem.setProperty("role", role)
        self.problem.style().unpolish(self.problem)
        self.problem.style().polish(self.problem)
        show_problem(self.input, self.problem, text)
        if role != "problem":
            self.input.setProperty("problem", "false")
        self.input.setAccessibleDescription(text or self._help)
