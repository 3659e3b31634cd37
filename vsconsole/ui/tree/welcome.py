"""What stands where the tree would be while there is no account: three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens


class Welcome(QWidget):
    """Three buttons with a word on each."""

    add_account = Signal()
    open_folder = Signal()
    try_sandbox = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.GAP, 24, tokens.SPACE * 2, tokens.SPACE)
        column.setSpacing(tokens.SPACE)
        column.addWidget(plain.label(_("Nothing here yet"), "heading"))
        column.addWidget(plain.label(_("Three ways to begin:"), "dim", wrap=True))
        self.buttons: list[QPushButton] = []
        for icon, text, hint, signal in (
            (
                "log-in",
                _("Add an account…"),
                _("Cameras of a cloud platform, with its API keys."),
                self.add_account,
            ),
            (
                "folder",
                _("Open a folder of footage…"),
                _("Recordings on a disk of this computer."),
                self.open_folder,
            ),
            (
                "cctv",
                _("Try the sandbox"),
                _("Made-up cameras on this computer, to learn and to test."),
                self.try_sandbox,
            ),
        ):
            button = QPushButton(icons.icon(icon), text)
            button.setAccessibleDescription(hint)
            button.clicked.connect(signal)
            self.buttons.append(button)
            column.addSpacing(tokens.GAP)
            column.addWidget(button)
            column.addWidget(plain.label(hint, "caption", wrap=True))
        column.addStretch(1)
