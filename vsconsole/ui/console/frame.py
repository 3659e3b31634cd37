"""The panels in their places: calls left, the form in the middle, answer and history right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.console.answer import AnswerPanel
from vsconsole.ui.console.calls import CallsPanel
from vsconsole.ui.console.form import CallForm
from vsconsole.ui.console.history import HistoryPanel

_FIRST_SIZE = QSize(1240, 760)
_SMALLEST_SIZE = QSize(1090, 480)


class ConsoleFrame(QWidget):
    """A window with the console's panels and buttons, and a page for when there is no account."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._build()

    def _build(self) -> None:
        self.setWindowTitle(_("API console"))
        self.calls = CallsPanel()
        self.form = CallForm()
        self.answer = AnswerPanel()
        self.history = HistoryPanel()
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.addWidget(self.answer)
        self.right.addWidget(self.history)
        self.right.setSizes([480, 280])
        self.right.setStretchFactor(0, 1)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.calls, self._build_middle(), self.right):
            self.parts.addWidget(widget)
        self.parts.setChildrenCollapsible(False)
        self.right.setChildrenCollapsible(False)
        self.parts.setSizes([280, 500, 460])
        self.parts.setStretchFactor(1, 1)
        self.parts.setStretchFactor(2, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.parts)
        self.pages.addWidget(self._build_empty())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.calls.setMinimumWidth(230)
        self.right.setMinimumWidth(350)
        self.setMinimumSize(_SMALLEST_SIZE)
        self.resize(_FIRST_SIZE)

    def _build_middle(self) -> QWidget:
        self.send_button = QPushButton(_("Send"))
        self.send_button.setDefault(True)
        self.stop_button = QPushButton(icons.icon("ban"), _("Stop"))
        self.stop_button.setToolTip(_("Call off what is being sent (Esc)"))
        self.copy_button = QPushButton(icons.icon("copy"), _("Copy as a command"))
        self.clear_button = QPushButton(_("Empty the form"))
        self.note = plain.label("", "dim", wrap=True)
        self.note.setVisible(False)
        foot = QFrame()
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE)
        row.addWidget(self.send_button)
        row.addWidget(self.stop_button)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.clear_button)
        column = QVBoxLayout(foot)
        column.setContentsMargins(tokens.SPACE * 2, tokens.SPACE, tokens.SPACE * 2, tokens.SPACE)
        column.addWidget(self.note)
        column.addLayout(row)
        middle = QWidget()
        middle.setMinimumWidth(500)
        both = QVBoxLayout(middle)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.form, 1)
        both.addWidget(foot)
        return middle

    def _build_empty(self) -> QWidget:
        page = QWidget()
        words = plain.label(_("No account has calls to send"), "heading")
        more = plain.label(
            _("Add the login of a cloud platform. Every call of its documents is then listed here.")
        )
        more.setProperty("role", "dim")
        self.add_button = QPushButton(icons.icon("log-in"), _("Add an account…"))
        column = QVBoxLayout(page)
        column.setSpacing(tokens.SPACE)
        column.addStretch(1)
        for widget in (words, more, self.add_button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page
