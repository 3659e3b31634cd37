"""How much of each day was recorded; a day counts from one second of footage on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from vsconsole.domain import days
from vsconsole.domain.timeline import SegmentSet, Span


class MonthState(Enum):
    """How far a month's footage is known."""

    READY = "ready"
    LOADING = "loading"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFootage:
    """A month in the calendar: `shares` (0 to 1) of the known days; others are not known yet.

    `message` says why a failed month could not be read.
    """

    shares: Mapping[date, float] = field(default_factory=dict)
    state: MonthState = MonthState.READY
    message: str = ""


def shares(
    segments: SegmentSet, year: int, month: int, zone: str, unknown: Iterable[Span] = ()
) -> dict[date, float]:
    """The recorded share of each calendar day of `zone`; days that touch `unknown` are left out.

    A day's share is of its own 23, 24 or 25 hours, and 0 below one second of footage.
    """
    open_spans = tuple(unknown)
    found: dict[date, float] = {}
    for day in days.month_days(year, month):
        span = days.span_of(day, zone)
        recorded = segments.clip(span).seconds
        if recorded < 1 and any(span.overlaps(other) for other in open_spans):
            continue
        found[day] = min(1.0, recorded / span.seconds) if recorded >= 1 else 0.0
    return found
