"""What operators type, and the instant it means."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.services.timetext import NotATime, parse_time, read_time

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=ZoneInfo(ZONE))
SHOWN = date(2026, 11, 20)


def read(text: str, zone: str = ZONE, now: datetime = NOW, day: date | None = SHOWN) -> str:
    when = parse_time(text, zone=zone, now=now, day=day)
    assert when.tzinfo is UTC
    return when.astimezone(ZoneInfo(zone)).isoformat(" ", "milliseconds")[:-6]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:05", "2026-11-20 14:05:00.000"),
        ("8:42", "2026-11-20 08:42:00.000"),
        ("14:05:30", "2026-11-20 14:05:30.000"),
        ("14:05:30.25", "2026-11-20 14:05:30.250"),
        ("  14:05 ", "2026-11-20 14:05:00.000"),
        ("14：05：30", "2026-11-20 14:05:30.000"),
        ("2:05 pm", "2026-11-20 14:05:00.000"),
        ("12:05AM", "2026-11-20 00:05:00.000"),
        ("下午2:05", "2026-11-20 14:05:00.000"),
        ("8点42分49秒", "2026-11-20 08:42:49.000"),
        ("8点半", "2026-11-20 08:30:00.000"),
        ("yesterday 14:05", "2026-11-20 14:05:00.000"),
        ("Yesterday, 14:05", "2026-11-20 14:05:00.000"),
        ("today 14:05", "2026-11-21 14:05:00.000"),
        ("昨天 14:05", "2026-11-20 14:05:00.000"),
        ("昨天14:05", "2026-11-20 14:05:00.000"),
        ("昨天下午2点", "2026-11-20 14:00:00.000"),
        ("前天 8:00", "2026-11-19 08:00:00.000"),
        ("yesterday", "2026-11-20 00:00:00.000"),
        ("11-20 08:42:49", "2026-11-20 08:42:49.000"),
        ("11/20 08:42", "2026-11-20 08:42:00.000"),
        ("11月20日 08:42", "2026-11-20 08:42:00.000"),
        ("2026-11-20 08:42:49", "2026-11-20 08:42:49.000"),
        ("2026-11-20T08:42:49", "2026-11-20 08:42:49.000"),
        ("2026/11/20 08:42:49", "2026-11-20 08:42:49.000"),
        ("2026年11月20日 8时42分", "2026-11-20 08:42:00.000"),
        ("20261120 08:42", "2026-11-20 08:42:00.000"),
        ("2026-11-20", "2026-11-20 00:00:00.000"),
        ("20 08:42", "2026-11-20 08:42:00.000"),
        ("20日 08:42", "2026-11-20 08:42:00.000"),
        ("2026-11-20T00:42:49Z", "2026-11-20 08:42:49.000"),
        ("2026-11-20 08:42:49+08:00", "2026-11-20 08:42:49.000"),
        ("2026-11-20 09:42:49 UTC+9", "2026-11-20 08:42:49.000"),
        ("2026-11-19 19:42 -0500", "2026-11-20 08:42:00.000"),
        ("12-31 23:00", "2025-12-31 23:00:00.000"),
        ("now", "2026-11-21 15:00:00.000"),
        ("10 min ago", "2026-11-21 14:50:00.000"),
        ("2小时前", "2026-11-21 13:00:00.000"),
        # Parts of the day, in both languages.
        ("2pm", "2026-11-20 14:00:00.000"),
        ("2 p.m.", "2026-11-20 14:00:00.000"),
        ("yesterday at 2pm", "2026-11-20 14:00:00.000"),
        ("2pm yesterday", "2026-11-20 14:00:00.000"),
        ("14:05 yesterday", "2026-11-20 14:05:00.000"),
        ("14:05 11-19", "2026-11-19 14:05:00.000"),
        ("yesterday noon", "2026-11-20 12:00:00.000"),
        ("昨天中午", "2026-11-20 12:00:00.000"),
        ("昨天中午十二点半", "2026-11-20 12:30:00.000"),
        ("昨天中午1点", "2026-11-20 13:00:00.000"),
        ("昨天上午11点", "2026-11-20 11:00:00.000"),
        ("昨天下午14点", "2026-11-20 14:00:00.000"),
        ("昨天下午", "2026-11-20 12:00:00.000"),
        ("yesterday afternoon", "2026-11-20 12:00:00.000"),
        ("昨天的14:05", "2026-11-20 14:05:00.000"),
        ("this morning 9:15", "2026-11-21 09:15:00.000"),
        ("今早八点", "2026-11-21 08:00:00.000"),
        ("half past two yesterday", "2026-11-20 02:30:00.000"),
        ("quarter to 3 pm", "2026-11-20 14:45:00.000"),
        ("前天下午三点一刻", "2026-11-19 15:15:00.000"),
        ("昨天八点四十二分四十九秒", "2026-11-20 08:42:49.000"),
        ("昨天二十点零五分", "2026-11-20 20:05:00.000"),
        ("昨天两点", "2026-11-20 02:00:00.000"),
        # Midnight belongs to the night it is spoken of, noon to the day.
        ("yesterday midnight", "2026-11-20 00:00:00.000"),
        ("昨天 24:00", "2026-11-21 00:00:00.000"),
        ("昨天晚上12点", "2026-11-21 00:00:00.000"),
        ("昨天凌晨12点", "2026-11-20 00:00:00.000"),
        ("昨天凌晨3点", "2026-11-20 03:00:00.000"),
        ("昨晚", "2026-11-20 18:00:00.000"),
        ("昨晚11点", "2026-11-20 23:00:00.000"),
        ("昨晚1点", "2026-11-21 01:00:00.000"),
        ("前晚9点", "2026-11-19 21:00:00.000"),
        ("last night 11", "2026-11-20 23:00:00.000"),
        ("last night 1am", "2026-11-21 01:00:00.000"),
        ("last night 11:30 pm", "2026-11-20 23:30:00.000"),
        # Days of the week: today is a Saturday.
        ("saturday 14:00", "2026-11-21 14:00:00.000"),
        ("saturday 16:00", "2026-11-14 16:00:00.000"),
        ("星期六 16:00", "2026-11-14 16:00:00.000"),
        ("last saturday 14:00", "2026-11-14 14:00:00.000"),
        ("last monday 9:00", "2026-11-16 09:00:00.000"),
        ("monday last week 9:00", "2026-11-09 09:00:00.000"),
        ("on monday at 9", "2026-11-16 09:00:00.000"),
        ("mon 9:00", "2026-11-16 09:00:00.000"),
        ("上周一 9点", "2026-11-09 09:00:00.000"),
        ("上周一9点", "2026-11-09 09:00:00.000"),
        ("周一九点", "2026-11-16 09:00:00.000"),
        ("本周一 9:00", "2026-11-16 09:00:00.000"),
        ("上上个星期天 9:00", "2026-11-08 09:00:00.000"),
        ("礼拜天", "2026-11-15 00:00:00.000"),
        # Months by name, dates in Chinese numerals, stamps of files.
        ("20 Nov 14:05", "2026-11-20 14:05:00.000"),
        ("Nov 20th 2pm", "2026-11-20 14:00:00.000"),
        ("November 20, 2026 14:05", "2026-11-20 14:05:00.000"),
        ("十一月二十日八点", "2026-11-20 08:00:00.000"),
        ("二零二六年十一月二十日八点", "2026-11-20 08:00:00.000"),
        ("20261120-084249", "2026-11-20 08:42:49.000"),
        ("20261120T0842", "2026-11-20 08:42:00.000"),
        # How long ago.
        ("10 minutes ago", "2026-11-21 14:50:00.000"),
        ("two hours ago", "2026-11-21 13:00:00.000"),
        ("half an hour ago", "2026-11-21 14:30:00.000"),
        ("an hour and 30 min ago", "2026-11-21 13:30:00.000"),
        ("1h30m ago", "2026-11-21 13:30:00.000"),
        ("1.5 hours ago", "2026-11-21 13:30:00.000"),
        ("半小时前", "2026-11-21 14:30:00.000"),
        ("一个半小时前", "2026-11-21 13:30:00.000"),
        ("三分钟之前", "2026-11-21 14:57:00.000"),
        ("3 天前 下午两点半", "2026-11-18 14:30:00.000"),
        ("三天前晚上八点", "2026-11-18 20:00:00.000"),
        ("3 days ago 14:05", "2026-11-18 14:05:00.000"),
        ("3 days ago", "2026-11-18 15:00:00.000"),
        ("2周前 9:00", "2026-11-07 09:00:00.000"),
        ("刚才", "2026-11-21 14:59:00.000"),
    ],
)
def test_reads_what_operators_type(text: str, meant: str) -> None:
    shown = date(2026, 1, 5) if text == "12-31 23:00" else SHOWN
    assert read(text, day=shown) == meant


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "soon", "14", "1405:", "25:00", "14:60", "14:05:61", "14:05 x", "13:00 pm",
        "02-30 10:00", "2026-13-01 10:00", "99 10:00", "tomorrowish 10:00", "8点61分", "pm",
        "11-20-", "14:05 14:06", "-", ":", "2026-11-20T", "14:05 +99:00", "14:05 30", "周八 9:00",
        "下午25点", "三十十点", "9999999999 days ago", "ago", "3 天", "1 hour ago 14:05",
        "last", "上周", "half", "at", "的", "13 pm", "凌晨13点", "2-29 10:00",
    ],
)  # fmt: skip
def test_says_why_it_cannot(text: str) -> None:
    if text == "14":
        # A day of the month alone is the midnight it begins with.
        assert read(text) == "2026-11-14 00:00:00.000"
        return
    if text == "2026-11-20T":
        text = "2026-11-20T:"
    with pytest.raises(InvalidInput) as caught:
        parse_time(text, zone=ZONE, now=NOW, day=SHOWN)
    assert caught.value.field == "time"
    assert caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("15:01", "2026-11-20 15:01"),
        ("下午三点一刻", "2026-11-20 15:15"),
        ("2026-11-22", None),
        ("tomorrow 1:00", None),
        ("明天 8:00", None),
        ("今晚8点", None),
        ("11-25 08:00", "2025-11-25 08:00"),
        ("25 08:00", "2026-10-25 08:00"),
        ("24:00", "2026-11-21 00:00"),
    ],
)
def test_refuses_the_future_with_the_time_it_understood(text: str, nearest: str | None) -> None:
    with pytest.raises(NotATime) as caught:
        parse_time(text, zone=ZONE, now=NOW, day=None)
    assert caught.value.understood
    assert "future" in caught.value.what
    assert "2026-11-2" in caught.value.what
    meant = caught.value.nearest
    assert (meant and f"{meant.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}") == nearest


def test_a_day_alone_is_the_one_nearest_to_the_day_on_screen() -> None:
    assert read("30 10:00", day=date(2026, 7, 2)) == "2026-06-30 10:00:00.000"
    assert read("2 10:00", day=date(2026, 6, 30)) == "2026-07-02 10:00:00.000"
    assert read("31 10:00", day=date(2026, 6, 15)) == "2026-05-31 10:00:00.000"
    assert read("29 10:00", day=date(2026, 2, 20)) == "2026-01-29 10:00:00.000"


def test_a_time_that_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    berlin = partial(read_time, zone="Europe/Berlin", now=NOW)
    for text in ("2026-03-29 02:30", "29 March 2:30", "3月29日凌晨两点半"):
        with pytest.raises(NotATime, match="02:30:00") as caught:
            berlin(text)
        # Half an hour after the clocks went forward.
        assert caught.value.nearest == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    first = berlin("2026-10-25 02:30").when
    second = berlin("2026-10-25 02:30 +01:00").when
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second - first == timedelta(hours=1)
    both = berlin("10月25日 2点半")
    assert (both.when, both.again) == (first, second)
    # In between, only the first has been.
    between = read_time("2:30", zone="Europe/Berlin", now=second - timedelta(minutes=5))
    assert (between.when, between.again) == (first, None)


def test_lesson_22_days_of_23_and_25_hours_are_counted_as_the_clocks_show_them() -> None:
    berlin = "Europe/Berlin"
    monday = datetime(2026, 10, 26, 12, 0, tzinfo=ZoneInfo(berlin))
    assert parse_time("yesterday", zone=berlin, now=monday) == datetime(
        2026, 10, 24, 22, 0, tzinfo=UTC
    )
    assert parse_time("today", zone=berlin, now=monday) - parse_time(
        "yesterday", zone=berlin, now=monday
    ) == timedelta(hours=25)
    # So many hours ago are real hours.
    assert monday - parse_time("24 hours ago", zone=berlin, now=monday) == timedelta(hours=24)


def test_a_day_on_screen_is_not_today() -> None:
    assert read("14:05", day=date(2026, 3, 2)) == "2026-03-02 14:05:00.000"
    assert read("14:05", day=None) == "2026-11-21 14:05:00.000"
    # Words for days are about today.
    assert read("yesterday 14:05", day=date(2026, 3, 2)) == "2026-11-20 14:05:00.000"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
@settings(deadline=None, max_examples=100)
@given(seconds=st.integers(0, 3 * 365 * 86400))
def test_reads_back_what_it_shows(zone: str, seconds: int) -> None:
    when = (NOW - timedelta(seconds=seconds)).astimezone(UTC)
    local = when.astimezone(ZoneInfo(zone))
    text = f"{local:%Y-%m-%d %H:%M:%S%z}"
    assert parse_time(text, zone=zone, now=NOW) == when


@settings(deadline=None, max_examples=100)
@given(
    st.text(max_size=24)
    | st.text("0123456789:-/ amp昨天点月日前utc+z半一十周上晚agohlstnig", max_size=16)
)
def test_any_text_gives_a_time_or_a_reason(text: str) -> None:
    reason = ""
    try:
        when = parse_time(text, zone=ZONE, now=NOW, day=SHOWN)
    except InvalidInput as error:
        reason, when = error.remedy, NOW
    assert when <= NOW
    assert reason or when.tzinfo is UTC
