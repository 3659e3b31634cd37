"""The buttons at the foot of a dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from vsconsole.i18n import _

_Standard = QDialogButtonBox.StandardButton


def or_cancel(
    does: QDialogButtonBox.StandardButton, text: str
) -> tuple[QDialogButtonBox, QPushButton]:
    """The buttons "do it", which Enter presses, and "Cancel" in this program's words; the first."""
    box = QDialogButtonBox(does | _Standard.Cancel)
    first = box.button(does)
    first.setText(text)
    first.setDefault(True)
    box.button(_Standard.Cancel).setText(_("Cancel"))
    return box, first
