"""Bookmarks, exported ranges and wrong clocks: what was put on a lane rather than recorded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.ui import tokens
from vsconsole.ui.flags import colour_of
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.model import Mark, TimelineModel
from vsconsole.ui.timeline.rows import Row
from vsconsole.ui.timeline.scale import Scale, exact_ms

_OUTLINE = ((-3.5, 0), (3.5, 0), (3.5, 10), (0, 7), (-3.5, 10))
FLAG = "\u2691"
FLAG_HEIGHT = 11.0
_STEP = 3.0
"""Pixels that flags of one colour are apart: nearer ones would be one over the other."""
_LINE = 2.5
_NEAR = 6.0


class Flags:
    """The flags of every lane, sorted once; a paint costs one call for each colour in sight."""

    def __init__(self, model: TimelineModel) -> None:
        self._model = model
        self._kept: dict[Hashable, tuple[tuple[Mark, ...], list[float], float]] = {}

    def paint(self, painter: QPainter, row: Row, scale: Scale) -> None:
        """Everything of a row that can be seen, over its bars."""
        self._exported(painter, row, scale)
        marks, times, longest = self._of(row.lane.key)
        if not marks:
            return
        paths: dict[str, QPainterPath] = {}
        last: dict[str, float] = {}
        first = bisect_left(times, scale.begin - max(longest, _NEAR * scale.ms_per_px))
        for place in range(first, len(marks)):
            mark, x = marks[place], scale.x(times[place])
            if x > scale.right + _NEAR:
                break
            if x - last.get(mark.colour, float("-inf")) < _STEP and mark.until is None:
                continue
            last[mark.colour] = x
            path = paths.setdefault(mark.colour, QPainterPath())
            path.setFillRule(Qt.FillRule.WindingFill)
            outline = QPolygonF([QPointF(x + dx, row.top + 1 + dy) for dx, dy in _OUTLINE])
            path.addPolygon(outline)
            path.closeSubpath()
            if mark.until is not None:
                wide = min(scale.x_of(mark.until), scale.right + _NEAR) - x
                path.addRect(QRectF(x, row.top + 1, max(wide, 1.0), _LINE))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, path in paths.items():
            painter.fillPath(path, colour_of(name))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def near(self, key: Hashable, scale: Scale, x: float) -> list[Mark]:
        """The bookmarks whose flags are at a pixel, the nearest first."""
        marks, times, _longest = self._of(key)
        at, reach = scale.ms(x), _NEAR * scale.ms_per_px
        first, last = bisect_left(times, at - reach), bisect_left(times, at + reach)
        places = sorted(range(first, last), key=lambda place: abs(times[place] - at))
        return [marks[place] for place in places]

    def _of(self, key: Hashable) -> tuple[tuple[Mark, ...], list[float], float]:
        marks, kept = self._model.marks(key), self._kept.get(key)
        if kept is None or kept[0] is not marks:
            lengths = [(m.until - m.when).total_seconds() * 1000 for m in marks if m.until]
            kept = (marks, [exact_ms(mark.when) for mark in marks], max(lengths, default=0.0))
            self._kept[key] = kept
        return kept

    def _exported(self, painter: QPainter, row: Row, scale: Scale) -> None:
        """A line with feet under the bars, as a bracket: this lies in a file."""
        spans = self._model.exported(row.lane.key)
        if not spans or not row.bars:
            return
        bottom = row.bars[-1].top + row.bars[-1].height + 1
        rects: list[QRectF] = []
        for left, right in _pixels(spans, scale):
            rects.append(QRectF(left, bottom + 1, right - left, 1.5))
            rects += [QRectF(x, bottom - 1, 1.5, 3) for x in (left, right - 1.5)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.current().text)
        painter.drawRects(rects)


def _pixels(spans: Iterable[Span], scale: Scale) -> Iterable[tuple[int, int]]:
    for span in spans:
        left, right = scale.x_of(span.begin), scale.x_of(span.end)
        if right > scale.left - 8 and left < scale.right + 8:
            left, right = max(left, scale.left - 8), min(right, scale.right + 8)
            yield round(left), max(round(right), round(left) + 3)


def lines(zone: str, marks: Iterable[Mark]) -> list[str]:
    """What the hover card says of bookmarks."""
    return [f"{FLAG} {texts.clock(mark.when, zone)} {mark.title}" for mark in marks]


def offset_text(seconds: float) -> str:
    """A wrong clock beside a name: "+37 s"; empty for a right one."""
    if not seconds:
        return ""
    shown = f"{seconds:+.1f}".removesuffix(".0").replace("-", "\u2212")
    return _("{seconds} s").format(seconds=shown)
