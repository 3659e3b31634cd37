"""Paints the ruler of the channel's zone, the viewer's own where it differs, and the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, QTimeZone
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from vsconsole.ui import tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.scale import Scale, instant
from vsconsole.ui.timeline.ticks import Level, Tick, level_for, minor_level, ticks

HEIGHT = 26.0
SECOND_HEIGHT = 17.0
_DAY_MS = 86_400_000
_LONG = 45 * _DAY_MS


def viewer_zone() -> str:
    """The IANA name of this computer's zone; UTC where the system's is not known by name."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
    return name


def differ(scale: Scale, zone: str, other: str) -> bool:
    """Whether clocks of two zones differ anywhere in sight."""
    one, two = ZoneInfo(zone), ZoneInfo(other)

    def offsets(when: datetime) -> tuple[timedelta | None, timedelta | None]:
        return when.astimezone(one).utcoffset(), when.astimezone(two).utcoffset()

    begin, end = offsets(scale.span.begin), offsets(scale.span.end)
    return begin[0] != begin[1] or end[0] != end[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """The marks of one zone over a scale, worked out once and painted in two places."""

    zone: str
    level: Level
    marks: Sequence[Tick]
    minor: Sequence[Tick]

    @classmethod
    def of(cls, scale: Scale, zone: str, px: int = tokens.CAPTION_PX) -> Ruler:
        """The ruler of `zone` with labels `px` high."""
        metrics = QFontMetricsF(tokens.font(px, semibold=True, tabular=True))
        level = level_for(scale.ms_per_px, zone, metrics.horizontalAdvance)
        finer = minor_level(level, scale.ms_per_px)
        # One label more, for the mark that is just out of sight on the left.
        margin = 80 * scale.ms_per_px
        wide = Scale(
            begin=scale.begin - margin, end=scale.end, left=scale.left - 80, width=scale.width + 80
        )
        return cls(
            zone=zone,
            level=level,
            marks=tuple(ticks(wide, level, zone)),
            minor=tuple(ticks(scale, finer, zone)) if finer else (),
        )

    def paint(self, painter: QPainter, scale: Scale, top: float, height: float) -> list[QRectF]:
        """Labels and marks between `top` and `top + height`; returns the labels' places."""
        places: list[QRectF] = []
        scheme = tokens.current()
        plain = tokens.font(tokens.CAPTION_PX, tabular=True)
        strong = tokens.font(tokens.CAPTION_PX, semibold=True, tabular=True)
        bottom = top + height
        painter.setPen(QPen(scheme.line, 1))
        # Each call to a painter may wait for the interpreter, so many lines are one call.
        painter.drawLines(
            [
                QLineF(x, bottom - 3, x, bottom)
                for x in (_sharp(scale.x(tick.ms)) for tick in self.minor)
            ]
        )
        taken = float("-inf")
        for tick in self.marks:
            x = _sharp(scale.x(tick.ms))
            font = strong if tick.strong else plain
            width = QFontMetricsF(font).horizontalAdvance(tick.label)
            if x >= scale.left:
                painter.setPen(QPen(scheme.dim if tick.strong else scheme.line, 1))
                painter.drawLine(QLineF(x, bottom - 6, x, bottom))
            if x + 3 < taken or x + 3 < scale.left or x + width > scale.right + 24:
                continue
            painter.setFont(font)
            painter.setPen(scheme.text if tick.strong else scheme.dim)
            baseline = bottom - 9 if height >= HEIGHT else bottom - 5
            painter.drawText(QPointF(x + 3, baseline), tick.label)
            places.append(QRectF(x + 2, top, width + 3, height - 7))
            taken = x + 3 + width + 6
        return places

    def grid(self, painter: QPainter, scale: Scale, top: float, bottom: float) -> None:
        """Faint lines under the lanes, clearer ones where a day begins."""
        scheme = tokens.current()
        lines: dict[float, list[QLineF]] = {}
        for tick in self.marks:
            x = _sharp(scale.x(tick.ms))
            if x >= scale.left:
                alpha = 0.9 if tick.strong and self.level.ms <= _DAY_MS else 0.35
                lines.setdefault(alpha, []).append(QLineF(x, top, x, bottom))
        for alpha, alike in lines.items():
            painter.setPen(QPen(patterns.faded(scheme.line, alpha), 1))
            painter.drawLines(alike)


def corner(painter: QPainter, rect: QRectF, scale: Scale, zone: str, second: str | None) -> None:
    """The day at the left edge and the zone, beside the rulers."""
    scheme = tokens.current()
    painter.setFont(tokens.font(tokens.CAPTION_PX))
    painter.setPen(scheme.dim)
    when = instant(scale.begin)
    long = scale.end - scale.begin > _LONG
    day = texts.corner_day_text(when.astimezone(ZoneInfo(zone)).date(), year=long)
    day = f"{day}  {texts.offset_text(when, zone)}"
    first = QRectF(rect.left(), rect.top(), rect.width(), HEIGHT - 4)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(first, flags, day)
    if second is not None:
        below = QRectF(rect.left(), rect.top() + HEIGHT - 2, rect.width(), SECOND_HEIGHT)
        painter.drawText(below, flags, second)


def _sharp(x: float) -> float:
    """The middle of the pixel, where a line of one pixel is sharp."""
    return round(x - 0.5) + 0.5
