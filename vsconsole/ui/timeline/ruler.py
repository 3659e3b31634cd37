"""Paints the ruler of the channel's zone, the viewer's own where it differs, and the grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QRectF, QTimeZone
from PySide6.QtGui import QPainter

from vsconsole.domain.timeline import Span
from vsconsole.ui import labels, tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.scale import Scale, instant
from vsconsole.ui.timeline.ticks import Level, Tick, level_for, minor_level, places, ticks

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


def differ(zone: str, span: Span, other: str) -> bool:
    """Whether clocks of two zones differ at either end of a span."""
    one, two = ZoneInfo(zone), ZoneInfo(other)

    def offsets(when: datetime) -> tuple[timedelta | None, timedelta | None]:
        return when.astimezone(one).utcoffset(), when.astimezone(two).utcoffset()

    begin, end = offsets(span.begin), offsets(span.end)
    return begin[0] != begin[1] or end[0] != end[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """The marks of one zone over a scale, worked out once and painted in two places."""

    zone: str
    level: Level
    marks: Sequence[Tick]
    minor: Sequence[float]
    """Milliseconds since the epoch."""

    @classmethod
    def of(cls, scale: Scale, zone: str) -> Ruler:
        """The ruler of `zone` for the captions' font."""
        level = level_for(scale.ms_per_px, _widest)
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
            minor=tuple(places(scale, finer, zone)) if finer else (),
        )

    def paint(self, painter: QPainter, scale: Scale, top: float, height: float) -> list[QRectF]:
        """Labels and marks between `top` and `top + height`; returns the labels' places."""
        found: list[QRectF] = []
        scheme = tokens.current()
        bottom = top + height
        baseline = bottom - 9 if height >= HEIGHT else bottom - 5
        for ms in self.minor:
            painter.fillRect(_left(scale.x(ms)), round(bottom) - 3, 1, 3, scheme.line)
        taken = float("-inf")
        for tick in self.marks:
            x = _left(scale.x(tick.ms))
            face = labels.STRONG_TIME if tick.strong else labels.TIME
            width = labels.width(tick.label, face)
            if x >= scale.left:
                ink = scheme.dim if tick.strong else scheme.line
                painter.fillRect(x, round(bottom) - 6, 1, 6, ink)
            if x + 3 < taken or x + 3 < scale.left or x + width > scale.right + 24:
                continue
            ink = scheme.text if tick.strong else scheme.dim
            labels.draw(painter, x + 3, baseline, tick.label, ink, face)
            found.append(QRectF(x + 2, top, width + 3, height - 7))
            taken = x + 3 + width + 6
        return found

    def grid(self, painter: QPainter, scale: Scale, top: float, bottom: float) -> None:
        """Faint lines under the lanes, clearer ones where a day begins."""
        scheme = tokens.current()
        clear = self.level.ms <= _DAY_MS
        faint = patterns.mixed(scheme.line, scheme.panel, 0.35)
        day = patterns.mixed(scheme.line, scheme.panel, 0.9) if clear else faint
        high = round(bottom) - round(top)
        for tick in self.marks:
            x = _left(scale.x(tick.ms))
            if x >= scale.left:
                painter.fillRect(x, round(top), 1, high, day if tick.strong else faint)


def corner(painter: QPainter, rect: QRectF, scale: Scale, zone: str, second: str | None) -> None:
    """The day at the left edge and the zone, beside the rulers."""
    ink = tokens.current().dim
    first = QRectF(rect.left(), rect.top(), rect.width(), HEIGHT - 4)
    labels.draw_in(painter, first, corner_text(scale, zone), ink)
    if second is not None:
        below = QRectF(rect.left(), rect.top() + HEIGHT - 2, rect.width(), SECOND_HEIGHT)
        labels.draw_in(painter, below, second, ink)


def corner_text(scale: Scale, zone: str) -> str:
    """The day at the left edge with the zone: "Fri 20 Nov  UTC+8"."""
    when = instant(scale.begin)
    long = scale.end - scale.begin > _LONG
    day = texts.corner_day_text(when.astimezone(ZoneInfo(zone)).date(), year=long)
    return f"{day}  {texts.offset_text(when, zone)}"


def _widest(text: str) -> float:
    return labels.width(text, labels.STRONG_TIME)


def _left(x: float) -> int:
    """The pixel that holds a place; one between two is always in the same."""
    return math.floor(x + 1e-3)
