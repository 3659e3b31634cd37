"""Calendar days of a zone: 23, 24 or 25 hours, half-open, as UTC spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from vsconsole.domain.timeline import SegmentSet, Span


def day_of(when: datetime, zone: str) -> date:
    """The calendar day of an instant in `zone`."""
    return when.astimezone(ZoneInfo(zone)).date()


def span_of(day: date, zone: str) -> Span:
    """A calendar day of `zone`; ZoneInfoNotFoundError (a KeyError) for an unknown zone."""
    where = ZoneInfo(zone)
    begin = datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=where).astimezone(UTC)
    return Span(begin, end)


def days_in(span: Span, zone: str) -> Iterator[date]:
    """Every calendar day of `zone` that `span` touches, in order."""
    if span.empty:
        return
    day = day_of(span.begin, zone)
    last = day_of(span.end - timedelta(microseconds=1), zone)
    while day <= last:
        yield day
        day += timedelta(days=1)


def by_day(span: Span, zone: str) -> Iterator[Span]:
    """`span` cut at the midnights of `zone`."""
    for day in days_in(span, zone):
        piece = span_of(day, zone).clip(span)
        if piece:
            yield piece


def month_days(year: int, month: int) -> tuple[date, ...]:
    """The days of a month in order."""
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return tuple(first + timedelta(days=i) for i in range((after - first).days))


def days_with_footage(segments: SegmentSet, days: Iterable[date], zone: str) -> frozenset[date]:
    """The days that hold at least one second of footage."""
    return frozenset(day for day in days if segments.clip(span_of(day, zone)).seconds >= 1)
