"""What a call came to: the answer as plain text, or what went wrong, with time and request id."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import ConsoleError
from vsconsole.i18n import _, ngettext
from vsconsole.services.console import Answered, AnsweredFile, Failed
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.console.fields import mono

LONGEST = 60_000
"""How many characters are shown; more of them would make the window wait."""

_ICON = 16


class AnswerPanel(QWidget):
    """Shows the newest answer whole; `save_asked` with a proposed name and the bytes."""

    save_asked = Signal(str, bytes)

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self._file: AnsweredFile | None = None
        self._name = ""
        self._icon = ("info", "dim")
        self._build()
        self._connect()
        self.show_nothing()

    def _build(self) -> None:
        self.icon = QLabel()
        self.icon.setFixedWidth(_ICON)
        self.status = plain.label("", "heading", wrap=True)
        self.detail = plain.label("", wrap=True)
        self.facts = plain.label("", "dim", wrap=True)
        self.facts.setFont(tokens.font(tabular=True))
        for label in (self.status, self.detail, self.facts):
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            # A long word, such as a request's id, must not take the room of the form.
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            label.setSizePolicy(policy)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(mono())
        self.text.setTabChangesFocus(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(_("Answer"))
        self.more = plain.label("", "warn", wrap=True)
        self.copy_button = QPushButton(icons.icon("copy"), _("Copy the answer"))
        self.save_button = QPushButton(icons.icon("save"), _("Save…"))
        told = QHBoxLayout()
        told.setSpacing(tokens.SPACE)
        told.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(tokens.GAP)
        for label in (self.status, self.detail, self.facts):
            words.addWidget(label)
        told.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE, 12, tokens.SPACE, tokens.SPACE)
        column.setSpacing(tokens.SPACE)
        column.addLayout(told)
        column.addWidget(self.text, 1)
        column.addWidget(self.more)
        column.addLayout(buttons)
        column.addStretch(0)

    def _connect(self) -> None:
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self._save)

    def show_nothing(self) -> None:
        """Before the first call."""
        self._show("info", "dim", _("No answer yet"), _("Fill in the form, then press Send."))

    def show_waiting(self, name: str) -> None:
        """While a call is on its way."""
        self._show("loader", "accent", name, _("Waiting for the answer. Esc stops."))

    def show_stopped(self, name: str) -> None:
        """After a call was called off."""
        self._show("ban", "warn", name, _("Called off. If it had been sent, it may have happened."))

    def show_answer(self, name: str, account: str, answered: Answered) -> None:
        """The payload of a call."""
        self._whole, self._file, self._name = answered.text, answered.file, name
        facts = [account, seconds_text(answered.seconds)]
        if answered.file is not None:
            size = len(answered.file.content)
            facts.append(ngettext("file of {n} byte", "file of {n} bytes", size).format(n=size))
        self._show("circle-check", "ok", name, "", " · ".join(facts), answered.text)

    def show_failure(self, name: str, account: str, failed: Failed) -> None:
        """What went wrong with a call that was sent."""
        facts = f"{account} · {seconds_text(failed.seconds)}"
        self.show_error(name, failed.error, [facts])

    def show_error(self, name: str, error: ConsoleError, facts: list[str] | None = None) -> None:
        """A failure with its remedy, the vendor's code and the request's id."""
        told = list(facts or ())
        if error.code:
            told.append(_("Code: {code}").format(code=error.code))
        if error.request_id:
            told.append(_("Request: {id}").format(id=error.request_id))
        detail = "\n".join(part for part in (error.what, error.why, error.remedy) if part)
        self._show("triangle-alert", "bad", name, detail, "\n".join(told))

    def _show(
        self, icon: str, colour: str, status: str, detail: str, facts: str = "", text: str = ""
    ) -> None:
        self._icon = (icon, colour)
        self._paint_icon()
        for label, words in ((self.status, status), (self.detail, detail), (self.facts, facts)):
            label.setText(words)
            label.setVisible(bool(words))
        if not text:
            self._whole, self._file = "", None
        self.text.setPlainText(text[:LONGEST])
        left = len(text) - LONGEST
        if left > 0:
            self.more.setText(
                ngettext(
                    "{n} more character is not shown; Copy and Save… take it all.",
                    "{n} more characters are not shown; Copy and Save… take them all.",
                    left,
                ).format(n=f"{left:,}")
            )
        self.more.setVisible(left > 0)
        for widget in (self.text, self.copy_button, self.save_button):
            widget.setVisible(bool(text))

    def _paint_icon(self) -> None:
        name, colour = self._icon
        self.icon.setPixmap(icons.pixmap(name, _ICON, colour, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()

    def copy(self) -> None:
        """Puts the whole answer on the clipboard."""
        QGuiApplication.clipboard().setText(self._whole)

    def _save(self) -> None:
        if self._file is not None:
            self.save_asked.emit(self._file.name or self._name, self._file.content)
        else:
            self.save_asked.emit(f"{self._name}.json", self._whole.encode())


def seconds_text(seconds: float) -> str:
    """How long a call took."""
    if seconds < 1:
        return _("{n} ms").format(n=round(seconds * 1000))
    return _("{n} s").format(n=f"{seconds:.2f}")
