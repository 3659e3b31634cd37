"""Open address: any HLS, FLV, MP4, RTMP or RTSP address, or a file, typed, pasted or dropped."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import plain
from vsconsole.ui.dialogs.buttons import or_cancel
from vsconsole.ui.dialogs.fields import show_problem
from vsconsole.ui.drag import dropped

_SCHEMES = ("http", "https", "rtmp", "rtsp")
_LONGEST = 2048


def problem_of(text: str) -> str:
    """Why an address or path cannot be opened; empty where it may be tried."""
    if not text:
        return _("Type an address or choose a file.")
    if "://" in text:
        try:
            parts = urlsplit(text)
            # Reading the port checks it.
            host, _port = parts.hostname, parts.port
        except ValueError:
            return _("The address is not in a form that can be read.")
        if parts.scheme.lower() not in _SCHEMES:
            return _("Addresses begin with http, https, rtmp or rtsp.")
        if not host:
            return _("The address names no host.")
        return ""
    if not Path(text).is_absolute():
        return _("Give an address with http://… or the full path of a file.")
    return ""


class AddressDialog(QDialog):
    """Asks for an address or file; `chosen` with it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Open address"))
        self.setMinimumWidth(560)
        self.setAcceptDrops(True)
        self.input = QLineEdit()
        self.input.setAccessibleName(_("Address or file"))
        self.input.setPlaceholderText("https://…  rtsp://…")
        self.problem = plain.label("", "problem", wrap=True)
        self.problem.hide()
        hint = plain.label(
            _("HLS, FLV, MP4, RTMP or RTSP. Files can be dropped here as well."), "dim", wrap=True
        )
        browse = QPushButton(_("File…"))
        browse.setAutoDefault(False)
        buttons, self.open_button = or_cancel(QDialogButtonBox.StandardButton.Open, _("Open"))
        row = QHBoxLayout()
        row.addWidget(self.input, 1)
        row.addWidget(browse)
        column = QVBoxLayout(self)
        column.addWidget(hint)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        browse.clicked.connect(self._browse)
        buttons.accepted.connect(self._open)
        buttons.rejected.connect(self.reject)
        self.input.textChanged.connect(lambda: show_problem(self.input, self.problem, ""))
        copied = QGuiApplication.clipboard().text()[: _LONGEST + 1].strip()
        if "://" in copied and len(copied) <= _LONGEST and len(copied.split()) == 1:
            self._offer(copied)

    def _offer(self, copied: str) -> None:
        if not problem_of(copied):
            self.input.setText(copied)
            self.input.selectAll()

    def _browse(self) -> None:
        dialog = QFileDialog(self, _("Open a video file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.input.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open(self) -> None:
        # Other programs copy paths with quotation marks around them.
        text = self.input.text().strip().strip('"')
        problem = problem_of(text)
        if problem:
            show_problem(self.input, self.problem, problem)
            self.input.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.chosen.emit(text)
        self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()).addresses:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        addresses = dropped(event.mimeData()).addresses
        if addresses:
            event.acceptProposedAction()
            self.input.setText(addresses[0])
