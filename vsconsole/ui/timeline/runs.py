"""What a lane shows in columns of time, kept in tiles on a grid fixed in time.

A tile belongs to a power of two of milliseconds per column, so panning and zooming find most of
them made, and a bar does not flicker while it moves. What a paint has no time left for is drawn
from a coarser tile and made before the next one.
"""

from __future__ import annotations

import time

from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span, from_ms

COLUMN_BITS = 8
COLUMNS = 1 << COLUMN_BITS
_KEPT = 96
_COARSEST = 42
_ROUGH = 4
"""Levels coarser than asked for, for a lane of which nothing was made yet."""

NOTHING = bytes(COLUMNS)
_BITS = {kind: bytes([1 << kind]) for kind in SegmentKind}


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
        self._tiles: dict[tuple[int, int], bytes] = {}
        bounds = segments.bounds
        self._begin = 0 if bounds is None else int(bounds.begin.timestamp() * 1000)
        self._end = 0 if bounds is None else int(bounds.end.timestamp() * 1000) + 1

    def columns(self, level: int, tiles: range, budget: Budget) -> bytes:
        """A byte for each column of 2^`level` ms of these tiles, a bit in it for each kind.

        A column has the highest kind that was recorded in it, so one bit at most; 0 for none.
        """
        return b"".join([self._tile(level, number, budget) for number in tiles])

    def prepare(self, level: int, tiles: range, budget: Budget) -> None:
        """Makes the tiles `columns` will need, as far as the budget goes."""
        for number in tiles:
            if (level, number) not in self._tiles and self._holds(level, number):
                if not budget.allows():
                    return
                self._make(level, number)

    def _holds(self, level: int, number: int) -> bool:
        """Whether a tile can hold anything."""
        size = COLUMNS << level
        return number * size < self._end and self._begin < (number + 1) * size

    def _tile(self, level: int, number: int, budget: Budget) -> bytes:
        if (found := self._tiles.get((level, number))) is not None:
            return found
        if not self._holds(level, number):
            return NOTHING
        if not budget.allows():
            return self._coarser(level, number)
        return self._make(level, number)

    def _make(self, level: int, number: int) -> bytes:
        if len(self._tiles) >= _KEPT:
            del self._tiles[next(iter(self._tiles))]
        size = COLUMNS << level
        row = bytearray(COLUMNS)
        span = Span(from_ms(number * size), from_ms((number + 1) * size))
        for run in self.segments.coarsen(span, COLUMNS):
            row[run.first : run.last] = _BITS[run.kind] * (run.last - run.first)
        made = self._tiles[level, number] = bytes(row)
        return made

    def _coarser(self, level: int, number: int) -> bytes:
        """The nearest coarser tile, made where there is none, as far as it lies in this one."""
        steps = range(1, _COARSEST - level)
        near = next((n for n in steps if (level + n, number >> n) in self._tiles), _ROUGH)
        place = level + near, number >> near
        tile = self._tiles.get(place) or self._make(*place)
        first = (number << COLUMN_BITS) - (place[1] << (COLUMN_BITS + near))
        return bytes([tile[(first + n) >> near] for n in range(COLUMNS)])
