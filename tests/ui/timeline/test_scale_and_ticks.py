"""Pixels, zoom and the ruler's marks, also where clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain import days
from vsconsole.domain.timeline import Span
from vsconsole.ui.timeline import ticks as marks
from vsconsole.ui.timeline.scale import FINEST, WIDEST, Scale, exact_ms, instant

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def over(begin: datetime, length: timedelta, width: float = 1000) -> Scale:
    return Scale.of(Span(begin, begin + length), 100, width)


def width_of(text: str) -> float:
    return 7.0 * len(text)


def local(tick: marks.Tick, zone: str) -> datetime:
    return instant(tick.ms).astimezone(ZoneInfo(zone))


@settings(deadline=None, max_examples=60)
@given(
    length=st.floats(1.0, 1e8),
    x=st.floats(100, 1100),
    factors=st.lists(st.floats(0.3, 3), max_size=30),
)
def test_zoom_keeps_the_time_under_the_cursor(
    length: float, x: float, factors: list[float]
) -> None:
    scale = over(NOW, timedelta(seconds=length))
    before = scale.ms(x)
    for factor in factors:
        scale = scale.zoomed(factor, x)
        assert FINEST * 999 <= scale.end - scale.begin <= WIDEST * 1.001
        # Half a pixel, and the last bit of a time in milliseconds.
        assert abs(scale.ms(x) - before) < max(0.01, scale.ms_per_px / 2)


def test_limits_keep_a_part_of_time_that_can_hold_recordings_in_sight() -> None:
    scale = over(NOW, timedelta(hours=1))
    far = scale.panned(1e9).limited(NOW)
    assert far.begin <= exact_ms(NOW)
    past = scale.panned(-1e12).limited(NOW)
    assert instant(past.end).year >= 2000
    assert past.end - past.begin == pytest.approx(3_600_000)


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]
)
@pytest.mark.parametrize("seconds", [1, 7, 60, 1000, 3600, 20_000, 86_400, 600_000, 5e6, 4e7, 5e8])
def test_labels_never_touch_and_times_are_round(zone: str, seconds: float) -> None:
    scale = over(datetime(2005, 3, 5, 7, 31, 2, tzinfo=UTC), timedelta(seconds=seconds))
    level = marks.level_for(scale.ms_per_px, width_of)
    found = list(marks.ticks(scale, level, zone))
    assert 2 <= len(found) <= 40
    for one, other in pairwise(found):
        assert one.ms < other.ms
        assert scale.x(other.ms) - scale.x(one.ms) >= width_of(one.label)
    for tick in found:
        when = local(tick, zone)
        if level.unit >= marks.Unit.DAY:
            assert (when.hour, when.minute, when.second) == (0, 0, 0)
        else:
            of_day = (when.replace(tzinfo=None) - datetime(2000, 1, 1)) % timedelta(days=1)
            assert of_day.total_seconds() * 1000 % level.ms == pytest.approx(0, abs=1e-3)


def test_every_zoom_has_marks_of_its_own_size() -> None:
    scale = over(NOW, timedelta(seconds=1), 1400)
    seen = []
    while scale.end - scale.begin < WIDEST * 0.99:
        level = marks.level_for(scale.ms_per_px, width_of)
        if not seen or seen[-1] is not level:
            seen.append(level)
        scale = scale.zoomed(1.3, 600)
    assert [level.ms for level in seen] == sorted({level.ms for level in seen})
    assert seen[0].ms <= 200
    assert seen[-1].unit is marks.Unit.YEAR


def test_the_repeated_hour_is_marked_twice_and_the_skipped_one_not_at_all() -> None:
    for day, hours in ((datetime(2026, 10, 25), 25), (datetime(2026, 3, 29), 23)):
        span = days.span_of(day.date(), "Europe/Berlin")
        scale = Scale.of(span, 0, 2400)
        hourly = next(level for level in marks.LEVELS if level.ms == 3_600_000)
        labels = [tick.label for tick in marks.ticks(scale, hourly, "Europe/Berlin")]
        assert len(labels) == hours
        assert labels.count("02:00") == hours - 23 if hours == 25 else "02:00" not in labels
        assert scale.end - scale.begin == hours * 3_600_000


def test_marks_of_several_hours_stay_on_their_hours_after_the_clocks_change() -> None:
    span = days.span_of(datetime(2026, 3, 29).date(), "Europe/Berlin")
    three = next(level for level in marks.LEVELS if level.ms == 3 * 3_600_000)
    found = list(marks.ticks(Scale.of(span, 0, 1000), three, "Europe/Berlin"))
    assert [local(tick, "Europe/Berlin").hour for tick in found] == [0, 3, 6, 9, 12, 15, 18, 21]
    assert [tick.strong for tick in found] == [True] + [False] * 7


def test_half_hours_of_lord_howe_and_days_without_midnight() -> None:
    span = days.span_of(datetime(2026, 4, 5).date(), "Australia/Lord_Howe")
    assert span.seconds == 24.5 * 3600
    half = next(level for level in marks.LEVELS if level.ms == 1_800_000)
    labels = [
        tick.label for tick in marks.ticks(Scale.of(span, 0, 5000), half, "Australia/Lord_Howe")
    ]
    assert labels.count("01:30") == 2
    # Beirut's clocks went from 23:59:59 to 01:00.
    begin = datetime(2024, 3, 29, tzinfo=UTC)
    daily = next(level for level in marks.LEVELS if level.unit is marks.Unit.DAY)
    found = list(marks.ticks(over(begin, timedelta(days=4)), daily, "Asia/Beirut"))
    assert [tick.label for tick in found] == ["30 Mar", "31 Mar", "1 Apr", "2 Apr"]
    assert [local(tick, "Asia/Beirut").hour for tick in found] == [0, 1, 0, 0]
    assert found[2].ms - found[1].ms == 23 * 3_600_000


@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_day_marks_begin_each_month_anew(count: int) -> None:
    level = next(x for x in marks.LEVELS if x.unit is marks.Unit.DAY and x.count == count)
    scale = over(datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=100), 4000)
    found = [local(tick, "UTC").date() for tick in marks.ticks(scale, level, "UTC")]
    assert [day.month for day in found if day.day == 1] == [1, 2, 3, 4]
    gaps = [(b - a).days for a, b in pairwise(found)]
    assert min(gaps) >= min(count, 2) if count > 1 else set(gaps) == {1}
    assert max(gaps) <= 2 * count + 1


def test_minor_marks_hold_every_major_one() -> None:
    for seconds in (2, 100, 3600, 86_400, 864_000, 8_640_000, 86_400_000):
        scale = over(NOW - timedelta(seconds=seconds), timedelta(seconds=seconds))
        level = marks.level_for(scale.ms_per_px, width_of)
        finer = marks.minor_level(level, scale.ms_per_px)
        if finer is not None:
            major = {tick.ms for tick in marks.ticks(scale, level, "Asia/Shanghai")}
            assert major <= {tick.ms for tick in marks.ticks(scale, finer, "Asia/Shanghai")}
