"""Calendar days of zones where a day has 23 or 25 hours, or begins in another date than UTC's."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsconsole.domain import days
from vsconsole.domain.timeline import Segment, SegmentSet, Span

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"]
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("zone", "day", "hours", "begin"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23, datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), 25, datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), 23, datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), 25, datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Asia/Shanghai", date(2026, 11, 20), 24, datetime(2026, 11, 19, 16, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 11, 20), 24, datetime(2026, 11, 19, 10, tzinfo=UTC)),
    ],
)
def test_a_day_has_the_hours_its_zone_gives_it(
    zone: str, day: date, hours: int, begin: datetime
) -> None:
    assert days.span_of(day, zone) == Span(begin, begin + hours * HOUR)


def test_an_unknown_zone() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        days.span_of(date(2026, 11, 20), "Europe/Atlantis")


@given(instants, zones)
def test_an_instant_lies_in_the_day_it_belongs_to(when: datetime, zone: str) -> None:
    day = days.day_of(when, zone)
    assert when in days.span_of(day, zone)
    assert day == when.astimezone(ZoneInfo(zone)).date()
    following = days.span_of(day + timedelta(days=1), zone)
    assert following.begin == days.span_of(day, zone).end


@given(instants, st.timedeltas(timedelta(0), timedelta(days=10)), zones)
def test_a_span_is_shared_out_to_its_days_without_rest(
    begin: datetime, length: timedelta, zone: str
) -> None:
    span = Span(begin, begin + length)
    pieces = list(days.by_day(span, zone))
    touched = list(days.days_in(span, zone))
    assert [days.day_of(piece.begin, zone) for piece in pieces] == touched
    if span.empty:
        assert pieces == []
        return
    assert pieces[0].begin == span.begin
    assert pieces[-1].end == span.end
    for one, following in pairwise(pieces):
        assert one.end == following.begin
        assert following.begin.astimezone(ZoneInfo(zone)).hour == 0
    for piece, day in zip(pieces, touched, strict=True):
        assert days.span_of(day, zone).clip(piece) == piece


@given(st.integers(1970, 2100), st.integers(1, 12))
def test_the_days_of_a_month(year: int, month: int) -> None:
    found = days.month_days(year, month)
    assert found[0] == date(year, month, 1)
    assert {(day.year, day.month) for day in found} == {(year, month)}
    assert (found[-1] + timedelta(days=1)).day == 1
    assert len(found) == (found[-1] - found[0]).days + 1


@pytest.mark.parametrize("zone", ["America/Los_Angeles", *ZONES])
def test_a_day_is_marked_when_a_second_of_footage_lies_in_it(zone: str) -> None:
    month = days.month_days(2026, 11)
    midnight = days.span_of(date(2026, 11, 20), zone).begin
    short, long = timedelta(milliseconds=999), timedelta(seconds=1)
    recorded = SegmentSet.of([Segment(span=Span(midnight - short, midnight + long))])
    assert days.days_with_footage(recorded, month, zone) == {date(2026, 11, 20)}
    recorded = SegmentSet.of([Segment(span=Span(midnight - long, midnight + short))])
    assert days.days_with_footage(recorded, month, zone) == {date(2026, 11, 19)}


def test_a_day_that_a_zone_left_out_is_empty() -> None:
    # Samoa went from the 29th to the 31st when it crossed the date line.
    assert days.span_of(date(2011, 12, 30), "Pacific/Apia").empty
    span = Span(datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2011, 12, 30, 12, tzinfo=UTC))
    midnight = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert list(days.by_day(span, "Pacific/Apia")) == [
        Span(span.begin, midnight),
        Span(midnight, span.end),
    ]
