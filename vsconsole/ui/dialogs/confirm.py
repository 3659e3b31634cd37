"""A question with two answers, asked in plain text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from vsconsole.i18n import _


def ask(
    parent: QWidget,
    title: str,
    question: str,
    consequence: str,
    answer: str,
    act: Callable[[], object],
) -> QMessageBox:
    """Asks before something is lost; Cancel is the default. `act` runs when it is agreed to."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(consequence)
    agree: QPushButton = box.addButton(answer, QMessageBox.ButtonRole.DestructiveRole)
    agree.setObjectName("agree")
    cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    agree.clicked.connect(act)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
