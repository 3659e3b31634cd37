"""Lanes of recordings as images, made by operations on whole rows of pixels.

However many recordings a lane has, a row of it costs a few calls on bytes: columns of time are
picked for the pixels, every pixel's kind becomes an index, and a table for each line of the pattern
turns indices into colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind
from vsconsole.ui import tokens
from vsconsole.ui.timeline import patterns
from vsconsole.ui.timeline.patterns import ORDER, Look
from vsconsole.ui.timeline.runs import COLUMN_BITS, COLUMNS, Budget, RunCache
from vsconsole.ui.timeline.scale import Scale

_STEP = 32
"""Indices of a look: no pattern repeats after more device pixels than that."""
_TIE = 1e-5
_WIDE = {look: 1 if look in (Look.CONTINUOUS, Look.DEVICE) else 2 for look in Look}
"""Pixels; what was recorded for a reason is never too thin to be seen."""


def grid(scale: Scale, ratio: float) -> tuple[int, range]:
    """The level whose columns are just finer than device pixels, and the tiles in sight."""
    per_px = scale.ms_per_px / ratio
    level = max(0, math.floor(math.log2(per_px)))
    size = COLUMNS << level
    # A column more on either side, for pixels that are only partly in sight.
    first, last = int(scale.begin) - 2 * (1 << level), int(scale.end) + 4 * (1 << level)
    return level, range(first // size, last // size + 1)


class Raster:
    """Makes the rows of one part of a scale; the work all rows share is done once."""

    def __init__(self, scale: Scale, part: QRectF, ratio: float) -> None:
        """`part` is what is painted, in logical pixels; only its left and right count."""
        self._ratio = ratio
        # A few pixels more, for what is wider than its time.
        self.left = math.floor(part.left() * ratio) - 4
        # Lines of an image are whole words of four bytes.
        self.width = -(-(math.ceil(part.right() * ratio) - self.left) // 4) * 4
        per_px = scale.ms_per_px / ratio
        begin = scale.begin + (self.left - scale.left * ratio) * per_px
        shown = Scale(
            begin=begin, end=begin + self.width * per_px, left=0, width=self.width / ratio
        )
        self.level, self.tiles = grid(shown, ratio)
        self._pick = self._picker(begin, per_px)
        period = patterns.period(ratio)
        # Patterns lie on the time and move with it.
        phase = round(scale.left * ratio - scale.begin / per_px % period) - self.left
        self._phases = int.from_bytes(
            bytes([(x - phase) % period for x in range(self.width)]), "little"
        )
        self._full = (1 << 8 * self.width) - 1

    def _picker(self, begin: float, per_px: float) -> Callable[[bytes], tuple[int, ...]]:
        """Picks a column for each pixel out of all columns followed by all pairs of neighbours."""
        column, first = 1 << self.level, self.tiles.start << COLUMN_BITS
        count = len(self.tiles) << COLUMN_BITS
        # Spans are whole microseconds: what lies on a border must not be on one side and the other.
        start, step = (begin / column) + _TIE - first, per_px / column
        places = [math.floor(start + x * step) for x in range(self.width + 1)]
        # A pixel that two columns begin in shows both.
        return itemgetter(
            *(here + count if after - here > 1 else here for here, after in pairwise(places))
        )

    def row(
        self, cache: RunCache, store: Store, height: int, middle: int, budget: Budget
    ) -> QImage | None:
        """A bar `height` device pixels high, whose pattern is centred on line `middle`.

        None where nothing of it is in sight.
        """
        columns = cache.columns(self.level, self.tiles, budget)
        one = int.from_bytes(columns, "little")
        if not one:
            return None
        both = (one | one >> 8).to_bytes(len(columns), "little")
        seen = int.from_bytes(bytes(self._pick(columns + both)), "little")
        if not seen:
            return None
        ink = _ink(store, tokens.current().name, self._ratio)
        reasons = seen & int.from_bytes(bytes([ink.reasons]) * self.width, "little")
        for _px in range(1, round(2 * self._ratio)):
            seen |= reasons << 8
            reasons <<= 8
        codes = (seen & self._full).to_bytes(self.width, "little").translate(ink.codes)
        index = (int.from_bytes(codes, "little") + self._phases).to_bytes(self.width, "little")
        period = len(ink.lines)
        lines = [
            index.translate(ink.lines[(y - middle) % period]) for y in range(min(period, height))
        ]
        lines += [lines[y % period] for y in range(period, height)]
        pixels = b"".join(lines)
        image = QImage(pixels, self.width, height, self.width, QImage.Format.Format_Indexed8)
        image.setColorTable(ink.colours)
        image.setDevicePixelRatio(self._ratio)
        # The image reads the bytes where they are: they have to live as long.
        image.pixels = pixels  # type: ignore[attr-defined]
        return image


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ink:
    """How kinds of one store become colours.

    `codes` turns a byte of kinds into the first index of its look; each of `lines` an index into a
    place of `colours`, for one line of the pattern. `reasons` are the bits of kinds that are made
    wide enough to be seen.
    """

    codes: bytes
    lines: tuple[bytes, ...]
    colours: list[int]
    reasons: int


@lru_cache(maxsize=16)
def _ink(store: Store, _scheme: str, ratio: float) -> _Ink:
    """The scheme is part of the key only: the colours are those in force."""
    looks = {kind: patterns.look_of(kind, store) for kind in SegmentKind}
    codes = bytearray(256)
    for bits in range(1, 1 << len(SegmentKind)):
        highest = SegmentKind(bits.bit_length() - 1)
        codes[bits] = (ORDER.index(looks[highest]) + 1) * _STEP
    period = patterns.period(ratio)
    colours = [0]
    lines = [bytearray(256) for _y in range(period)]
    for place, look in enumerate(ORDER, 1):
        tile = patterns.tile(look, ratio)
        for y in range(period):
            for x in range(period):
                lines[y][place * _STEP + x] = _place(colours, tile.pixel(x, y))
    reasons = sum(1 << kind for kind, look in looks.items() if _WIDE[look] > 1)
    return _Ink(
        codes=bytes(codes),
        lines=tuple(bytes(line) for line in lines),
        colours=colours,
        reasons=reasons,
    )


def _place(colours: list[int], colour: int) -> int:
    """The place of a colour, of the nearest one where there is no room for more."""
    if colour in colours:
        return colours.index(colour)
    if len(colours) < 256:
        colours.append(colour)
        return len(colours) - 1

    def far(place: int) -> int:
        pairs = zip(colour.to_bytes(4, "big"), colours[place].to_bytes(4, "big"), strict=True)
        return sum((one - other) ** 2 for one, other in pairs)

    return min(range(1, 256), key=far)
