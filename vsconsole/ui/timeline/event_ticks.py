"""What happened on the selected channel, as signs above its bars."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from vsconsole.ui import marks
from vsconsole.ui.marks import Shape
from vsconsole.ui.timeline.model import EventMark
from vsconsole.ui.timeline.scale import Scale, exact_ms

RADIUS = 3.5
_STEP = 4
"""Pixels that signs of one shape are apart: more would be one over the other."""
_NEAR = 5.0


class EventTicks:
    """The signs of one channel, sorted once; a paint costs one call for each shape in sight."""

    def __init__(self, found: tuple[EventMark, ...]) -> None:
        self.marks = found
        timed = sorted(((exact_ms(mark.when), mark) for mark in found), key=lambda one: one[0])
        self._times = [ms for ms, _mark in timed]
        self._sorted = [mark for _ms, mark in timed]
        self._shapes: dict[Shape, list[float]] = {}
        for ms, mark in timed:
            self._shapes.setdefault(mark.shape, []).append(ms)

    def paint(self, painter: QPainter, scale: Scale, middle: float) -> None:
        """All that can be seen, centred on the height `middle`."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in Shape:
            times = self._shapes.get(shape)
            if times:
                centres = [QPointF(x, middle) for x in _places(times, scale)]
                painter.fillPath(marks.path_of(shape, centres, RADIUS), marks.colour_of(shape))

    def near(self, scale: Scale, x: float) -> list[EventMark]:
        """The events whose signs are at a pixel, the nearest first."""
        at, reach = scale.ms(x), _NEAR * scale.ms_per_px
        first = bisect_left(self._times, at - reach)
        last = bisect_right(self._times, at + reach)
        places = sorted(range(first, last), key=lambda place: abs(self._times[place] - at))
        return [self._sorted[place] for place in places]


def _places(times: list[float], scale: Scale) -> Iterable[float]:
    """Pixels of the times in sight, one for each step, found without looking at every time."""
    step = _STEP * scale.ms_per_px
    place = bisect_left(times, scale.begin - step)
    last = bisect_right(times, scale.end + step)
    while place < last:
        yield scale.x(times[place])
        place = bisect_left(times, times[place] + step, place + 1, last)
