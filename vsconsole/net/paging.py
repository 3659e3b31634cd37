"""Reads lists that come in pages, also from servers that repeat, shuffle or shorten them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

R = TypeVar("R")

_IDLE_PAGES = 2


def pages(
    ask: Callable[[int], Any],
    *,
    size: int,
    rows: Callable[[Any], Sequence[R]],
    total: Callable[[Any], int | None],
    ident: Callable[[R], Hashable],
) -> Iterator[list[R]]:
    """The rows that each page adds, `ask` being called with numbers from 1.

    A row that moved while the list was read is missed by one pass; so where fewer came than the
    server counts, the list is read once more. Two pages in a row without news end a pass.
    """
    seen: set[Hashable] = set()
    known = 0
    for _pass in range(2):
        number, idle, expected = 0, 0, None
        # What the first pass read brings no news to the second, and what was missed lies behind.
        while idle < _IDLE_PAGES or number < known:
            number += 1
            data = ask(number)
            found, expected = rows(data), total(data)
            fresh = []
            for row in found:
                if (name := ident(row)) not in seen:
                    seen.add(name)
                    fresh.append(row)
            if fresh:
                yield fresh
            idle = 0 if fresh else idle + 1
            if not found or (expected is not None and len(seen) >= expected):
                break
            if expected is None and len(found) < size:
                break
        if expected is None or len(seen) >= expected:
            return
        known = number
