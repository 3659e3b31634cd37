"""The look in one place: colours, sizes and patterns; everything painted takes them from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase

from vsconsole.domain.timeline import SegmentKind

ROW = 27
BUTTON = 30
RADIUS = 5
GAP = 4
SPACE = 8
TEXT_PX = 13
CAPTION_PX = 11
CLOCK_PX = 18
MOTION_MS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One colour scheme; contrasts are those of the design's table."""

    name: str
    window: QColor
    panel: QColor
    raised: QColor
    line: QColor
    text: QColor
    dim: QColor
    accent: QColor
    on_accent: QColor
    selected: QColor
    ok: QColor
    warn: QColor
    bad: QColor
    tile: QColor
    device: QColor
    kinds: Mapping[SegmentKind, QColor]

    @property
    def dark(self) -> bool:
        return self.name == "dark"


def _scheme(name: str, colours: str, kinds: str, device: str) -> Scheme:
    window, panel, raised, line, text, dim, accent, on_accent, selected, ok, warn, bad, tile = (
        QColor(code) for code in colours.split()
    )
    order = (
        SegmentKind.CONTINUOUS,
        SegmentKind.EVENT,
        SegmentKind.ALARM,
        SegmentKind.MANUAL,
        SegmentKind.BACKUP,
        SegmentKind.UNKNOWN,
    )
    return Scheme(
        name=name,
        window=window,
        panel=panel,
        raised=raised,
        line=line,
        text=text,
        dim=dim,
        accent=accent,
        on_accent=on_accent,
        selected=selected,
        ok=ok,
        warn=warn,
        bad=bad,
        tile=tile,
        device=QColor(device),
        kinds=dict(zip(order, (QColor(code) for code in kinds.split()), strict=True)),
    )


DARK = _scheme(
    "dark",
    "#15171B #1C1F24 #272B32 #383E47 #E7E9EC #A9B0BA #5AA2FF #0D1118 #21364F"
    " #45BF94 #E5B04A #F47A84 #0D0E10",
    "#4A8FD0 #E69F00 #E8613C #2DB38A #B58BE0 #6B7280",
    "#B58BE0",
)
LIGHT = _scheme(
    "light",
    "#F3F4F6 #FFFFFF #E9EBEF #C9CED6 #16181C #545C68 #0B5CC4 #FFFFFF #DCE8FA"
    " #0A7751 #8A5A00 #B3202E #20242A",
    "#2B6CB0 #B97A00 #C2410C #0B7A55 #7A4FB5 #8A919C",
    "#7A4FB5",
)

PATTERNS: Mapping[SegmentKind, Qt.BrushStyle] = {
    SegmentKind.CONTINUOUS: Qt.BrushStyle.SolidPattern,
    SegmentKind.EVENT: Qt.BrushStyle.BDiagPattern,
    SegmentKind.ALARM: Qt.BrushStyle.DiagCrossPattern,
    SegmentKind.MANUAL: Qt.BrushStyle.Dense6Pattern,
    SegmentKind.BACKUP: Qt.BrushStyle.HorPattern,
    SegmentKind.UNKNOWN: Qt.BrushStyle.BDiagPattern,
}

_current = DARK


def current() -> Scheme:
    """The scheme in force."""
    return _current


def use(name: str) -> Scheme:
    """Puts "dark" or "light" in force; the caller applies the theme afterwards."""
    global _current
    _current = LIGHT if name == "light" else DARK
    return _current


def font(px: int = TEXT_PX, *, semibold: bool = False, tabular: bool = False) -> QFont:
    """The system font at a size in pixels; `tabular` gives figures of one width for times."""
    return QFont(_font(px, semibold, tabular))


@cache
def _font(px: int, semibold: bool, tabular: bool) -> QFont:
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPixelSize(px)
    if semibold:
        made.setWeight(QFont.Weight.DemiBold)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
