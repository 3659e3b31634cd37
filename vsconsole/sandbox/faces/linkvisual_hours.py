"""Hours of a week as Link Visual writes them, carried from one time zone to another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from vsconsole.sandbox.world import Section
from vsconsole.sandbox.world.recordings import DAY

WEEK = 7 * DAY
LAST_SECOND = DAY - 1


class Hour(NamedTuple):
    """A stretch of every week: day 0 Sunday to 6 Saturday, first and last second of the day."""

    day: int
    begin: int
    end: int


Hours = tuple[Hour, ...]

ALL_WEEK: Hours = tuple(Hour(day, 0, LAST_SECOND) for day in range(7))


def from_rows(rows: Iterable[dict[str, Any]]) -> Hours:
    """A timeSectionList as hours, in order."""
    return tuple(sorted(Hour(r["dayOfWeek"], r["begin"], r["end"]) for r in rows))


def as_rows(hours: Hours) -> list[dict[str, int]]:
    """Hours as a timeSectionList."""
    return [{"dayOfWeek": h.day, "begin": h.begin, "end": h.end} for h in hours]


def moved(hours: Hours, by: int) -> Hours:
    """The same moments in a zone that many hours further east; split at the new midnights."""
    spans = []
    for hour in hours:
        # The last second belongs to the hour: 86399 means until midnight.
        begin = hour.day * DAY + hour.begin + by * 3600
        spans.append((begin, begin + hour.end - hour.begin + 1))
    found: list[Hour] = []
    for begin, end in spans:
        at = begin
        while at < end:
            stop = min(end, at - at % DAY + DAY)
            day = at % WEEK // DAY
            found.append(Hour(day, at % DAY, (stop - 1) % DAY))
            at = stop
    return tuple(sorted(found))


def as_sections(hours: Hours, zone: int) -> tuple[Section, ...]:
    """Hours of a UTC offset as the world's Beijing sections."""
    return tuple(
        Section(weekday=h.day or 7, begin=h.begin, end=h.end + 1) for h in moved(hours, 8 - zone)
    )


def holds(hours: Hours, when: int, zone: int) -> bool:
    """Whether an epoch second lies in hours of a UTC offset."""
    local = when + zone * 3600
    # The epoch began on a Thursday.
    day, second = (local // DAY + 4) % 7, local % DAY
    return any(h.day == day and h.begin <= second <= h.end for h in hours)
