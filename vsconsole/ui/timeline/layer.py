"""The lanes' bars as a pixmap that outlives the frame.

Where painting all of them takes too long for a frame, panning moves what is painted and paints
only what comes into sight, and zooming stretches it until the zoom has come to rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from vsconsole.ui.timeline.bars import BarPainter, Runs
from vsconsole.ui.timeline.raster import grid
from vsconsole.ui.timeline.rows import Row
from vsconsole.ui.timeline.runs import Budget
from vsconsole.ui.timeline.scale import Scale

SLOW = 0.005
"""Seconds of a whole paint above which the pixmap is moved and stretched instead."""
BUDGET = 0.004
"""Seconds one paint may spend on making tiles."""


Behind = Callable[[QPainter, QRectF], None]
"""Paints a part of what is behind the bars, in the coordinates of the bars."""


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
        self._behind: Behind = _nothing
        self._shown: Mapping[Hashable, object] = {}
        self._sharpen = False
        self.pending = Pending.NOTHING

    def sharpen(self) -> None:
        """The next paint paints all of it, at whatever cost."""
        self._sharpen = True

    def prepare(self, rows: Iterable[Row], scale: Scale, seconds: float) -> bool:
        """Makes tiles for at most `seconds`; True when none is lacking any more."""
        budget = Budget(seconds)
        level, tiles = grid(scale, self._pixmap.devicePixelRatio())
        for row in rows:
            for bar in row.bars:
                cache = self._runs.of(row.lane.key, bar.store, row.lane.footage[bar.store])
                cache.prepare(level, tiles, budget)
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
        behind: Behind,
    ) -> None:
        """Paints the bars into `place`, the rows `down` from its top, over what is `behind` them.

        `key` names all but the footage of the rows.
        """
        self._down, self._behind = down, behind
        ratio = painter.device().devicePixelRatioF()
        size = (QSizeF(place.size()) * ratio).toSize()
        if self._pixmap.size() != size or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = QPixmap(size)
            self._pixmap.setDevicePixelRatio(ratio)
            self._scale = None
        known = self._scale if key == self._key and not self._sharpen else None
        changed = self._changed(rows)
        if known == scale and self.pending is Pending.NOTHING:
            self._some(changed, scale)
            painter.drawPixmap(place.topLeft(), self._pixmap)
            return
        if known == scale and self.pending is Pending.TILES:
            # Painted whole when what it lacks has been made.
            self._some(changed, scale)
            self.pending = Pending.TILES
            painter.drawPixmap(place.topLeft(), self._pixmap)
            return
        if known is not None and self._cost > SLOW and not changed:
            shift = self._shift(known, scale, ratio)
            if shift is None:
                self._stretch(painter, known, scale, place)
                return
            self._move(shift, rows, scale)
        else:
            self._all(rows, scale)
        self._scale, self._key = scale, key
        painter.drawPixmap(place.topLeft(), self._pixmap)

    def _changed(self, rows: Sequence[Row]) -> list[Row]:
        """The rows whose footage is another one than what was painted."""
        shown = {row.lane.key: row.lane.footage for row in rows}
        before, self._shown = self._shown, shown
        return [row for row in rows if before.get(row.lane.key) is not row.lane.footage]

    def _some(self, rows: Sequence[Row], scale: Scale) -> None:
        """Paints a few rows anew."""
        wide = self._pixmap.width() / self._pixmap.devicePixelRatio()
        if rows:
            places = [QRectF(0, row.top + self._down, wide, row.height) for row in rows]
            self._paint(rows, scale, *places)

    def _shift(self, old: Scale, new: Scale, ratio: float) -> int | None:
        """Whole device pixels from one scale to the other; None where it is no mere pan."""
        stretched = self.pending is Pending.SHARPNESS
        if stretched or old.left != new.left or old.width != new.width:
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
        lacking = self.pending is Pending.TILES
        self._paint(rows, scale, QRectF(left, 0, wide, height))
        if lacking:
            self.pending = Pending.TILES

    def _stretch(self, painter: QPainter, old: Scale, new: Scale, place: QRectF) -> None:
        """Shows what was painted at the scale there is now, until the zoom rests."""
        left, right = new.x(old.begin), new.x(old.end)
        painter.save()
        painter.setClipRect(place)
        painter.translate(place.topLeft())
        self._behind(painter, QRectF(QPointF(), place.size()))
        painter.translate(-place.topLeft())
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

    def _paint(self, rows: Sequence[Row], scale: Scale, *parts: QRectF) -> None:
        """Paints parts of the pixmap that are as wide as each other, in its own coordinates."""
        budget = Budget(BUDGET)
        painter = QPainter(self._pixmap)
        region = QRegion()
        for part in parts:
            region = region.united(part.toAlignedRect())
        painter.setClipRegion(region)
        for part in parts:
            self._behind(painter, part)
        painter.translate(-scale.left, self._down)
        where = parts[0].translated(scale.left, 0)
        lanes = BarPainter(painter, scale, where, self._runs, budget, self._down)
        for row in rows:
            lanes.paint(row)
        painter.end()
        self.pending = Pending.TILES if budget.exceeded else Pending.NOTHING


def _nothing(_painter: QPainter, _part: QRectF) -> None:
    """Nothing is behind what was never drawn."""
