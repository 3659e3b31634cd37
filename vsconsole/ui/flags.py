"""Colours of bookmarks: a few that eyes of all kinds tell apart, each with a name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor

from vsconsole.domain.timeline import SegmentKind
from vsconsole.i18n import N_, _
from vsconsole.ui import tokens

COLOURS: Mapping[str, str] = {
    "": N_("blue"),
    "amber": N_("amber"),
    "red": N_("red"),
    "green": N_("green"),
    "violet": N_("violet"),
}
"""What is kept of a colour, and its name."""


def colour_of(name: str) -> QColor:
    """A bookmark's colour in the scheme in force; one that is not known is blue."""
    scheme = tokens.current()
    return {
        "amber": scheme.kinds[SegmentKind.EVENT],
        "red": scheme.bad,
        "green": scheme.ok,
        "violet": scheme.device,
    }.get(name, scheme.accent)


def name_of(name: str) -> str:
    """A colour's name in the language in force."""
    return _(COLOURS.get(name, COLOURS[""]))
