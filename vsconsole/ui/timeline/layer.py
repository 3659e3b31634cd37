"""The lanes' bars as a pixmap that outlives the frame.

Where painting all of them takes too long for a frame, panning moves what is painted and paints
only what comes into sight, and zooming stretches it until the zoom has come to rest.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Sequence
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from vsconsole.ui.timeline.bars import BarPainter, Runs
from vsconsole.ui.timeline.rows import Row
from vsconsole.ui.timeline.runs import Budget
from vsconsole.ui.timeline.scale import Scale

SLOW = 0.005
"""Seconds of a whole paint above which the pixmap is moved and stretched instead."""
BUDGET = 0.004
"""Seconds one paint may spend on making tiles."""


class Pending(Enum):
    """What the picture still lacks."""

    NOTHING = 0
    TILES = 1
    SHARPNESS = 2


class BarLayer:
    """Keeps the bars of one set of rows painted for one scale."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._pixmap = QPixmap()
        self._scale: Scale | None = None
        self._key: object = None
        self._cost = 0.0
        self._down = 0.0
        self._sharpen = False
        self.pending = Pending.NOTHING

    def sharpen(self) -> None:
        """The next paint paints all of it, at whatever cost."""
        self._sharpen = True

    def prepare(self, rows: Iterable[Row], scale: Scale, seconds: float) -> bool:
        """Makes tiles for at most `seconds`; True when none is lacking any more."""
        budget = Budget(seconds)
        for row in rows:
            for bar in row.bars:
                cache = self._runs.of(row.lane.key, bar.store, row.lane.footage[bar.store])
                cache.prepare(scale.begin, scale.end, scale.ms_per_px, budget)
                if budget.exceeded:
                    return False
        return True

    def draw(
        self,
        painter: QPainter,
        rows: Sequence[Row],
        scale: Scale,
        place: QRectF,
        down: float,
        key: Hashable,
    ) -> None:
        """Paints the bars into `place`, the rows `down` from its top; `key` names their state."""
        self._down = down
        ratio = painter.device().devicePixelRatioF()
        size = (QSizeF(place.size()) * ratio).toSize()
        if self._pixmap.size() != size or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = QPixmap(size)
            self._pixmap.setDevicePixelRatio(ratio)
            # A pixmap has no alpha until it is filled with some.
            self._pixmap.fill(Qt.GlobalColor.transparent)
            self._scale = None
        known = self._scale if key == self._key and not self._sharpen else None
        if known == scale and self.pending is Pending.NOTHING:
            painter.drawPixmap(place.topLeft(), self._pixmap)
            return
        if known is not None and self._cost > SLOW and self.pending is not Pending.TILES:
            shift = self._shift(known, scale, ratio)
            if shift is None:
                self._stretch(painter, known, scale, place)
                return
            self._move(shift, rows, scale)
        else:
            self._all(rows, scale)
        self._scale, self._key = scale, key
        painter.drawPixmap(place.topLeft(), self._pixmap)

    def _shift(self, old: Scale, new: Scale, ratio: float) -> int | None:
        """Whole device pixels from one scale to the other; None where it is no mere pan."""
        if self.pending is not Pending.NOTHING or old.left != new.left or old.width != new.width:
            return None
        length = old.end - old.begin
        # Spans are whole microseconds, so lengths differ by their rounding.
        if abs(new.end - new.begin - length) > 0.002:
            return None
        pixels = (old.begin - new.begin) / new.ms_per_px * ratio
        whole = round(pixels)
        return whole if abs(pixels - whole) < 0.05 and abs(whole) < new.width * ratio else None

    def _move(self, shift: int, rows: Sequence[Row], scale: Scale) -> None:
        """Moves the pixmap by device pixels and paints the strip that came into sight."""
        if shift == 0:
            return
        whole = self._pixmap.rect()
        ratio = self._pixmap.devicePixelRatio()
        self._pixmap.scroll(shift, 0, whole, QRegion())
        # A few pixels more, for bars that are wider than their time.
        wide = abs(shift) / ratio + 4
        height = whole.height() / ratio
        left = 0.0 if shift > 0 else whole.width() / ratio - wide
        self._paint(rows, scale, QRectF(left, 0, wide, height))

    def _stretch(self, painter: QPainter, old: Scale, new: Scale, place: QRectF) -> None:
        """Shows what was painted at the scale there is now, until the zoom rests."""
        left, right = new.x(old.begin), new.x(old.end)
        painter.save()
        painter.setClipRect(place)
        target = QRectF(left, place.top(), right - left, place.height())
        painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))
        painter.restore()
        self.pending = Pending.SHARPNESS

    def _all(self, rows: Sequence[Row], scale: Scale) -> None:
        begun = time.perf_counter()
        ratio = self._pixmap.devicePixelRatio()
        self._sharpen = False
        self._paint(rows, scale, QRectF(QPointF(), QSizeF(self._pixmap.size()) / ratio))
        self._cost = time.perf_counter() - begun

    def _paint(self, rows: Sequence[Row], scale: Scale, part: QRectF) -> None:
        """Paints a part of the pixmap, in its own coordinates."""
        budget = Budget(BUDGET)
        painter = QPainter(self._pixmap)
        painter.setClipRect(part)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(part, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.translate(-scale.left, self._down)
        lanes = BarPainter(painter, scale, part.translated(scale.left, 0), self._runs, budget)
        for row in rows:
            lanes.paint(row)
        painter.end()
        self.pending = Pending.TILES if budget.exceeded else Pending.NOTHING
