"""The layouts of the wall: a table of them, and where the tiles of each are. No widgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from PySide6.QtCore import QRect

from vsconsole.i18n import N_


class Family(Enum):
    """What layouts are grouped by, in the order the menu shows them."""

    REGULAR = N_("Regular")
    WIDE = N_("Wide and high")
    LARGE = N_("One large")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A grid of `columns` x `rows` cells; the first tile covers `large` x `large` of them.

    The others take one cell each, row by row. `title` is marked for translation.
    """

    name: str
    title: str
    family: Family
    columns: int
    rows: int
    large: int = 1
    key: str = ""

    @cached_property
    def cells(self) -> tuple[tuple[int, int, int], ...]:
        """Column, row and size of each tile, in the order of their numbers."""
        return tuple(self._cells())

    @property
    def short(self) -> str:
        """What it is called where there is little room: "9", "3×2", "1+5"."""
        return self.name.replace("x", "×")

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self.columns * self.rows - self.large**2 + 1

    def _cells(self) -> Iterator[tuple[int, int, int]]:
        yield 0, 0, self.large
        for row in range(self.rows):
            for column in range(self.columns):
                if row >= self.large or column >= self.large:
                    yield column, row, 1

    def places(self, area: QRect, gap: int) -> list[QRect]:
        """The tiles' places in `area`, `gap` pixels apart, to its edges; none of them overlap."""
        wide, high = area.width() + gap, area.height() + gap

        def left(column: int) -> int:
            return area.left() + column * wide // self.columns

        def top(row: int) -> int:
            return area.top() + row * high // self.rows

        return [
            QRect(
                left(column),
                top(row),
                left(column + size) - left(column) - gap,
                top(row + size) - top(row) - gap,
            )
            for column, row, size in self.cells
        ]


def _regular(side: int, title: str) -> Layout:
    return Layout(
        name=str(side * side),
        title=title,
        family=Family.REGULAR,
        columns=side,
        rows=side,
        key=f"Ctrl+{side}",
    )


def _wide(columns: int, rows: int, title: str) -> Layout:
    return Layout(
        name=f"{columns}x{rows}", title=title, family=Family.WIDE, columns=columns, rows=rows
    )


def _large(columns: int, rows: int, large: int, title: str, key: str = "") -> Layout:
    small = columns * rows - large * large
    return Layout(
        name=f"1+{small}",
        title=title,
        family=Family.LARGE,
        columns=columns,
        rows=rows,
        large=large,
        key=key,
    )


LAYOUTS: tuple[Layout, ...] = (
    # Ctrl and a digit give so many rows and columns; the last digit one large tile.
    _regular(1, N_("1 tile")),
    _regular(2, N_("4 tiles")),
    _regular(3, N_("9 tiles")),
    _regular(4, N_("16 tiles")),
    _regular(5, N_("25 tiles")),
    _regular(6, N_("36 tiles")),
    _regular(7, N_("49 tiles")),
    _regular(8, N_("64 tiles")),
    _wide(2, 1, N_("2 × 1 tiles")),
    _wide(1, 2, N_("1 × 2 tiles")),
    _wide(3, 1, N_("3 × 1 tiles")),
    _wide(3, 2, N_("3 × 2 tiles")),
    _wide(2, 3, N_("2 × 3 tiles")),
    _wide(4, 2, N_("4 × 2 tiles")),
    _wide(4, 3, N_("4 × 3 tiles")),
    _wide(5, 4, N_("5 × 4 tiles")),
    _wide(6, 4, N_("6 × 4 tiles")),
    _wide(8, 6, N_("8 × 6 tiles")),
    _large(3, 2, 2, N_("1 large tile, 2 small ones")),
    _large(4, 3, 3, N_("1 large tile, 3 small ones")),
    _large(3, 3, 2, N_("1 large tile, 5 small ones"), "Ctrl+9"),
    _large(4, 4, 3, N_("1 large tile, 7 small ones")),
    _large(5, 5, 4, N_("1 large tile, 9 small ones")),
    _large(4, 4, 2, N_("1 large tile, 12 small ones")),
    _large(5, 5, 3, N_("1 large tile, 16 small ones")),
)

BY_NAME = {layout.name: layout for layout in LAYOUTS}
FIRST = LAYOUTS[0]


def holding(count: int) -> Layout:
    """The smallest regular layout with room for `count` tiles, the largest where none has."""
    regular = [layout for layout in LAYOUTS if layout.family is Family.REGULAR]
    return next((layout for layout in regular if layout.count >= count), regular[-1])
