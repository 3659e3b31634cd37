"""Coarse runs of a lane, kept in tiles on a grid fixed in time.

A tile belongs to a power of two of milliseconds per column, so panning and zooming find most of
them made, and a bar does not flicker while it moves. What a paint has no time left for is drawn
from a coarser tile and made before the next one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator

from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span, from_ms

COLUMNS = 256
_KEPT = 96
_COARSEST = 42
_ROUGH = 4
"""Levels coarser than asked for, for a lane of which nothing was made yet."""

Stretch = tuple[int, int, SegmentKind]
"""Begin ms, end ms and kind of neighbouring columns."""


class Budget:
    """The seconds one paint may spend on making tiles; the first tile is always made."""

    def __init__(self, seconds: float) -> None:
        self._until = time.perf_counter() + seconds
        self._fresh = True
        self.exceeded = False

    def allows(self) -> bool:
        """Whether another tile may be made now; remembers a refusal in `exceeded`."""
        if self._fresh or time.perf_counter() < self._until:
            self._fresh = False
            return True
        self.exceeded = True
        return False


class RunCache:
    """The tiles of one SegmentSet; thrown away with it, since a set never changes."""

    def __init__(self, segments: SegmentSet) -> None:
        self.segments = segments
        self._tiles: dict[tuple[int, int], tuple[Stretch, ...]] = {}
        bounds = segments.bounds
        self._begin = 0 if bounds is None else int(bounds.begin.timestamp() * 1000)
        self._end = 0 if bounds is None else int(bounds.end.timestamp() * 1000) + 1

    def stretches(
        self, begin: float, end: float, ms_per_px: float, budget: Budget
    ) -> Iterator[Stretch]:
        """What [begin, end) shows at a scale, in order, neighbours of one kind joined."""
        level, numbers = self._grid(begin, end, ms_per_px)
        low, high = int(begin) - 1, int(end) + 1
        tiles = (self._tile(level, n, budget) for n in numbers)
        return _joined(
            stretch for tile in tiles for stretch in tile if stretch[0] < high and low < stretch[1]
        )

    def prepare(self, begin: float, end: float, ms_per_px: float, budget: Budget) -> None:
        """Makes the tiles `stretches` will need, as far as the budget goes."""
        level, numbers = self._grid(begin, end, ms_per_px)
        for number in numbers:
            if (level, number) not in self._tiles:
                if not budget.allows():
                    return
                self._make(level, number)

    def _grid(self, begin: float, end: float, ms_per_px: float) -> tuple[int, range]:
        """The level of a scale, and the tiles of it that hold anything of [begin, end)."""
        level = max(0, math.floor(math.log2(ms_per_px)))
        size = COLUMNS << level
        first = max(int(begin), self._begin) // size
        return level, range(first, min(int(end), self._end) // size + 1)

    def _tile(self, level: int, number: int, budget: Budget) -> tuple[Stretch, ...]:
        key = level, number
        if (found := self._tiles.get(key)) is not None:
            return found
        if not budget.allows():
            return self._coarser(level, number)
        return self._make(level, number)

    def _make(self, level: int, number: int) -> tuple[Stretch, ...]:
        if len(self._tiles) >= _KEPT:
            del self._tiles[next(iter(self._tiles))]
        column = 1 << level
        left = number * COLUMNS * column
        span = Span(from_ms(left), from_ms(left + COLUMNS * column))
        made = tuple(
            (left + run.first * column, left + run.last * column, run.kind)
            for run in self.segments.coarsen(span, COLUMNS)
        )
        self._tiles[level, number] = made
        return made

    def _coarser(self, level: int, number: int) -> tuple[Stretch, ...]:
        """The nearest coarser tile, made where there is none, cut to this one's time."""
        size = COLUMNS << level
        low, high = number * size, (number + 1) * size
        steps = range(1, _COARSEST - level)
        near = next((n for n in steps if (level + n, number >> n) in self._tiles), _ROUGH)
        place = level + near, number >> near
        tile = self._tiles.get(place) or self._make(*place)
        return tuple(
            (max(begin, low), min(end, high), kind)
            for begin, end, kind in tile
            if begin < high and low < end
        )


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    held: Stretch | None = None
    for stretch in stretches:
        if held is not None and held[1] >= stretch[0] and held[2] == stretch[2]:
            held = (held[0], stretch[1], held[2])
            continue
        if held is not None:
            yield held
        held = stretch
    if held is not None:
        yield held
