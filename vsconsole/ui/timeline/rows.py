"""Where lanes and their bars are from top to bottom, before scrolling."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from vsconsole.domain.model import Store
from vsconsole.ui.timeline.model import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One store's stripe inside a row."""

    store: Store
    top: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One lane; `head` is the height of its title where that has a line of its own."""

    lane: Lane
    top: float
    height: float
    head: float
    tall: bool
    bars: tuple[Bar, ...]

    def bar_at(self, y: float) -> Bar | None:
        """The bar at or next to a height; None between the tall lane's title and its top."""
        for bar in self.bars:
            if bar.top - 2 <= y < bar.top + bar.height + 2:
                return bar
        return None


class Rows:
    """The rows of all lanes."""

    def __init__(self, lanes: Sequence[Lane], selected: Hashable | None, line: float) -> None:
        """`line` is the height of a line of text; rows grow with it."""
        self.rows: list[Row] = []
        top = 0.0
        for lane in lanes:
            row = _tall(lane, top, line) if lane.key == selected else _thin(lane, top, line)
            self.rows.append(row)
            top += row.height
        self.height = top
        self._tops = [row.top for row in self.rows]

    def at(self, y: float) -> Row | None:
        """The row at a height; None below the last."""
        i = bisect_right(self._tops, y) - 1
        if i < 0 or y >= self.rows[i].top + self.rows[i].height:
            return None
        return self.rows[i]

    def between(self, top: float, bottom: float) -> Sequence[Row]:
        """The rows that touch [top, bottom)."""
        first = max(0, bisect_right(self._tops, top) - 1)
        return self.rows[first : bisect_right(self._tops, bottom)]

    def of(self, key: Hashable) -> Row | None:
        """The row of a lane."""
        return next((row for row in self.rows if row.lane.key == key), None)


def _tall(lane: Lane, top: float, line: float) -> Row:
    head = line + 1
    stores = lane.stores
    pitch = max(18.0, line) if len(stores) > 1 else max(22.0, line + 4)
    height = pitch - 4
    bars = tuple(
        Bar(store=store, top=top + head + n * pitch, height=height)
        for n, store in enumerate(stores)
    )
    whole = head + max(1, len(stores)) * pitch + 6
    return Row(lane=lane, top=top, height=whole, head=head, tall=True, bars=bars)


def _thin(lane: Lane, top: float, line: float) -> Row:
    whole = max(24.0, line + 6)
    stores = lane.stores
    height = 16.0 if len(stores) > 1 else 12.0
    inner = top + (whole - height) / 2
    each = height / max(1, len(stores))
    # A pixel of air keeps stores apart by place where they share the thin lane.
    air = 1.0 if len(stores) > 1 else 0.0
    bars = tuple(
        Bar(store=store, top=inner + n * each, height=each - air) for n, store in enumerate(stores)
    )
    return Row(lane=lane, top=top, height=whole, head=whole, tall=False, bars=bars)
