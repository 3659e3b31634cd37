"""The question before a call that takes something away: its name has to be typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import plain, tokens
from vsconsole.ui.console.fields import JsonEdit


class TypedConfirm(QDialog):
    """Asks for `word`; `act` runs once it was typed and sent. Cancel and Esc do nothing."""

    def __init__(
        self, word: str, account: str, values: str, act: Callable[[], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._word = word
        self.setWindowTitle(_("Confirm the call"))
        self.setMinimumWidth(460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question = plain.label(
            _("{name} takes away what cannot be brought back.").format(name=word),
            "heading",
            wrap=True,
        )
        sent = plain.label(
            _("It is sent to the account {account} with:").format(account=account), wrap=True
        )
        self.listed = listed = JsonEdit()
        listed.setPlainText(values)
        listed.setReadOnly(True)
        listed.setAccessibleName(_("Parameters"))
        asked = plain.label(_("Type {word} to send it:").format(word=word), wrap=True)
        self.input = QLineEdit()
        self.input.setAccessibleName(asked.text())
        asked.setBuddy(self.input)
        buttons = QDialogButtonBox()
        self.send_button: QPushButton = buttons.addButton(
            _("Send"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.send_button.setEnabled(False)
        self.cancel_button: QPushButton = buttons.addButton(
            _("Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        column = QVBoxLayout(self)
        column.setSpacing(tokens.SPACE)
        for widget in (question, sent, listed, asked, self.input):
            column.addWidget(widget)
        column.addWidget(buttons)
        for button in (self.send_button, self.cancel_button):
            button.setAutoDefault(False)
        # Enter presses this one, which does nothing before the word is there.
        self.send_button.setDefault(True)
        self.input.textChanged.connect(self._on_text)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(act)
        self.input.setFocus()

    def _on_text(self, text: str) -> None:
        self.send_button.setEnabled(text.strip() == self._word)
