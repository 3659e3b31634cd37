"""Text of others shown as it is: Qt takes what looks like markup for markup unless told."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt as Guess
from PySide6.QtWidgets import QLabel


def tip(text: str) -> str:
    """`text` for a tool tip, which has no plain mode: escaped where Qt would read markup."""
    if not Guess.mightBeRichText(text):
        return text
    return f"<span>{escape(text)}</span>".replace("\n", "<br>")


def action(text: str) -> str:
    """`text` for a menu entry, button or tab: an ampersand is one, not a mark for the next key."""
    return text.replace("&", "&&")


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never reads markup; `role` as in the style sheet."""
    from PySide6.QtCore import Qt

    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made
