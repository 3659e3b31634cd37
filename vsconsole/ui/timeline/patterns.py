"""Colour and pattern of what a bar can show, from the scheme; painted once a scheme and scale."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind
from vsconsole.ui import tokens

TILE = 8
"""Pixels after which every pattern repeats."""


class Look(Enum):
    """What a stretch of a bar is drawn as."""

    CONTINUOUS = "continuous"
    DEVICE = "device"
    MANUAL = "manual"
    EVENT = "event"
    ALARM = "alarm"
    UNKNOWN = "unknown"
    LIVE = "live"


ORDER = (Look.CONTINUOUS, Look.DEVICE, Look.MANUAL, Look.EVENT, Look.ALARM)
"""Recordings from below to above."""

_LOOKS = {
    SegmentKind.UNKNOWN: Look.CONTINUOUS,
    SegmentKind.CONTINUOUS: Look.CONTINUOUS,
    SegmentKind.BACKUP: Look.DEVICE,
    SegmentKind.MANUAL: Look.MANUAL,
    SegmentKind.EVENT: Look.EVENT,
    SegmentKind.ALARM: Look.ALARM,
}
_KINDS = {
    Look.CONTINUOUS: SegmentKind.CONTINUOUS,
    Look.MANUAL: SegmentKind.MANUAL,
    Look.EVENT: SegmentKind.EVENT,
    Look.ALARM: SegmentKind.ALARM,
    Look.UNKNOWN: SegmentKind.UNKNOWN,
}


def look_of(kind: SegmentKind, store: Store) -> Look:
    """How a recording is drawn: on a device even the ordinary ones have a colour of their own."""
    look = _LOOKS[kind]
    return Look.DEVICE if look is Look.CONTINUOUS and store is Store.DEVICE else look


def colour(look: Look) -> QColor:
    """The colour of a look in the scheme in force."""
    scheme = tokens.current()
    if look is Look.LIVE:
        return scheme.ok
    return scheme.device if look is Look.DEVICE else scheme.kinds[_KINDS[look]]


def faded(base: QColor, alpha: float) -> QColor:
    """The colour at an opacity of 0 to 1."""
    made = QColor(base)
    made.setAlphaF(alpha)
    return made


def mixed(over: QColor, under: QColor, alpha: float) -> QColor:
    """The colour seen where one lies at an opacity over another; paints faster than blending."""

    def part(one: int, other: int) -> int:
        return round(one * alpha + other * (1 - alpha))

    return QColor(
        part(over.red(), under.red()),
        part(over.green(), under.green()),
        part(over.blue(), under.blue()),
    )


def brush(look: Look, ratio: float = 1.0) -> QBrush:
    """The fill of a look, sharp at a device pixel ratio."""
    return _brush(look, tokens.current().name, ratio)


@lru_cache(maxsize=64)
def _brush(look: Look, scheme_name: str, ratio: float) -> QBrush:
    """`scheme_name` is part of the key only: the colours are those in force."""
    base = colour(look)
    if look is Look.CONTINUOUS:
        return QBrush(base)
    side = max(1, round(TILE * ratio))
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent if look in (Look.UNKNOWN, Look.LIVE) else base)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / TILE, side / TILE)
    _draw(painter, look, base)
    painter.end()
    made = QBrush(tile)
    made.setTransform(made.transform().scale(TILE / side, TILE / side))
    return made


def _draw(painter: QPainter, look: Look, base: QColor) -> None:
    ink = faded(_darker(), 0.55)
    if look is Look.DEVICE:
        painter.fillRect(QRectF(0, 3, TILE, 2), faded(_lighter(), 0.38))
    elif look is Look.MANUAL:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(_darker(), 0.6))
        for place in ((2, 2), (6, 6)):
            painter.drawEllipse(QPointF(*place), 1.2, 1.2)
    elif look is Look.EVENT:
        _diagonals(painter, QPen(ink, 2.2), rising=True)
    elif look is Look.ALARM:
        _diagonals(painter, QPen(ink, 1.4), rising=True)
        _diagonals(painter, QPen(ink, 1.4), rising=False)
    elif look is Look.UNKNOWN:
        _diagonals(painter, QPen(base, 1.0), rising=True)
    elif look is Look.LIVE:
        _diagonals(painter, QPen(faded(base, 0.6), 2.6), rising=True)


def _diagonals(painter: QPainter, pen: QPen, *, rising: bool) -> None:
    painter.setPen(pen)
    # Three lines, so that the corners of the tile meet those of its neighbours.
    for shift in (-TILE, 0, TILE):
        low, high = QPointF(shift - 2, TILE + 2), QPointF(shift + TILE + 2, -2)
        if not rising:
            low, high = QPointF(low.x(), TILE - low.y()), QPointF(high.x(), TILE - high.y())
        painter.drawLine(low, high)


def _darker() -> QColor:
    scheme = tokens.current()
    return scheme.window if scheme.dark else scheme.text


def _lighter() -> QColor:
    scheme = tokens.current()
    return scheme.text if scheme.dark else scheme.window
