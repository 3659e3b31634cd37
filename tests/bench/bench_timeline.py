"""A million segments in 64 lanes: a paint, and the frames of panning and zooming."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from tests.bench.run import Row

LANES = 64
SEGMENTS = 1_000_000
SIZE = (1600, 1640)
"""Large enough that every lane is in sight."""

FRAME_MS = 1000 / 60
_END = datetime(2026, 11, 20, 12, tzinfo=UTC)
_YEARS = timedelta(days=730)
_FRAMES = 120


def measure() -> Iterator[Row]:
    """The reference paints as many bars and names as are in sight, and nothing else."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    from vsconsole.domain.model import Store
    from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span
    from vsconsole.ui import theme
    from vsconsole.ui.timeline.model import Lane, StoreFootage, TimelineModel
    from vsconsole.ui.timeline.scale import Scale
    from vsconsole.ui.timeline.widget import TimelineWidget

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")

    class Bare(QWidget):
        """Bars and names from lists, as plain as Qt can paint them."""

        def __init__(self, per_lane: list[list[QRectF]]) -> None:
            super().__init__()
            self._bars = per_lane

        def paintEvent(self, event: QPaintEvent) -> None:
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor("black"))
            for number, bars in enumerate(self._bars):
                painter.setPen(QColor("white"))
                painter.drawText(8, 40 + number * 24, f"Camera {number}")
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor("steelblue"))
                painter.drawRects(bars)
            painter.end()

    def segments(number: int) -> SegmentSet:
        count = SEGMENTS // LANES
        random, step = Random(number), round(_YEARS.total_seconds() * 1000) // count
        first = round((_END - _YEARS).timestamp() * 1000)
        kinds = (SegmentKind.CONTINUOUS, SegmentKind.EVENT, SegmentKind.CONTINUOUS)
        begins = array("q", (first + n * step for n in range(count)))
        return SegmentSet(
            (begin, begin + random.randrange(step // 4, step), kinds[n % 3])
            for n, begin in enumerate(begins)
        )

    model = TimelineModel(Span(_END - timedelta(days=7), _END + timedelta(hours=2)), zone="UTC")
    model.set_lanes(
        Lane(
            key=number,
            title=f"Camera {number}",
            zone="Asia/Shanghai",
            footage={Store.CLOUD: StoreFootage(segments=segments(number))},
        )
        for number in range(LANES)
    )
    timeline = TimelineWidget(model, viewer_zone="Asia/Shanghai", clock=lambda: _END)
    timeline.resize(*SIZE)
    timeline.show()

    def settle() -> None:
        until = time.monotonic() + 3
        while time.monotonic() < until and timeline._canvas.pending.value:
            app.processEvents()
        for _turn in range(5):
            app.processEvents()

    def frame(change: Callable[[int], object], number: int) -> float:
        # The window's thread never waits while it paints, so that its own time is what a quiet
        # machine needs, on a busy one too.
        begun = time.thread_time()
        change(number)
        app.processEvents()
        return (time.thread_time() - begun) * 1000

    def frames(change: Callable[[int], object]) -> tuple[float, float]:
        """Median and 95th of a hundred, of the milliseconds of a change with its paint."""
        settle()
        times = sorted(frame(change, number) for number in range(_FRAMES))
        return times[_FRAMES // 2], times[round(_FRAMES * 0.95)]

    def repaint(_number: int) -> None:
        timeline._canvas.stale()
        timeline.update()

    settle()
    in_sight = [
        [
            QRectF(
                180 + 1400 * max(0, (b - model.span.begin.timestamp() * 1000)) / 6.12e8,
                30 + n * 24,
                max(1, 1400 * (e - b) / 6.12e8),
                12,
            )
            for b, e, _kind in lane.footage[Store.CLOUD].segments.clip(model.span).rows()
        ]
        for n, lane in enumerate(model.lanes)
    ]
    bare = Bare(in_sight)
    bare.resize(*SIZE)
    bare.show()
    for _turn in range(5):
        app.processEvents()
    plain = sorted(frame(lambda _n: bare.update(), n) for n in range(_FRAMES))[_FRAMES // 2]
    bare.hide()
    name = "a million segments in 64 lanes"
    for days, words in ((7, "a week"), (700, "two years"), (0.05, "an hour")):
        timeline.zoom_to(Span(_END - timedelta(days=days), _END))
        median, _worst = frames(repaint)
        yield Row(name=f"{name}: paint of {words}", ours=median, unit="ms", goal=8.0)
        if days == 7:
            yield Row(name=f"{name}: against bare bars", ours=median, reference=plain, unit="ms")
    for days, words in ((7, "a week"), (365, "a year")):
        timeline.zoom_to(Span(_END - timedelta(days=days), _END - timedelta(days=days / 2)))
        median, worst = frames(lambda _n: timeline.show_scale(timeline.scale.panned(7)))
        yield Row(name=f"panning {words}: a frame, 95th", ours=worst, unit="ms", goal=FRAME_MS)

        def zoomed(number: int) -> None:
            scale: Scale = timeline.scale
            factor = 1.03 if number % 60 < 30 else 1 / 1.03
            timeline.show_scale(scale.zoomed(factor, scale.left + 400))

        median, worst = frames(zoomed)
        yield Row(name=f"zooming {words}: a frame, 95th", ours=worst, unit="ms", goal=FRAME_MS)
    timeline.hide()
    timeline.deleteLater()
    bare.deleteLater()
    app.processEvents()
