"""What operators type, and the instant it means."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.ui.timeline.timetext import parse_time

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
        "11-20-", "14:05 14:06", "-", ":", "2026-11-20T", "14:05 +99:00",
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
    "text", ["15:01", "2026-11-22", "tomorrow 1:00", "11-25 08:00", "25 08:00"]
)
def test_refuses_the_future_with_the_time_it_understood(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_time(text, zone=ZONE, now=NOW, day=None)
    if "tomorrow" not in text:
        assert "future" in caught.value.what
        assert "2026-11-2" in caught.value.what


def test_a_day_alone_is_the_one_nearest_to_the_day_on_screen() -> None:
    assert read("30 10:00", day=date(2026, 7, 2)) == "2026-06-30 10:00:00.000"
    assert read("2 10:00", day=date(2026, 6, 30)) == "2026-07-02 10:00:00.000"
    assert read("31 10:00", day=date(2026, 6, 15)) == "2026-05-31 10:00:00.000"
    assert read("29 10:00", day=date(2026, 2, 20)) == "2026-01-29 10:00:00.000"


def test_a_time_that_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    berlin = {"zone": "Europe/Berlin", "now": NOW}
    with pytest.raises(InvalidInput, match="02:30:00"):
        parse_time("2026-03-29 02:30", **berlin)
    first = parse_time("2026-10-25 02:30", **berlin)
    second = parse_time("2026-10-25 02:30 +01:00", **berlin)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
@settings(deadline=None, max_examples=100)
@given(seconds=st.integers(0, 3 * 365 * 86400))
def test_reads_back_what_it_shows(zone: str, seconds: int) -> None:
    when = (NOW - timedelta(seconds=seconds)).astimezone(UTC)
    local = when.astimezone(ZoneInfo(zone))
    text = f"{local:%Y-%m-%d %H:%M:%S%z}"
    assert parse_time(text, zone=zone, now=NOW) == when


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=24) | st.text("0123456789:-/ amp昨天点月日前utc+z", max_size=16))
def test_any_text_gives_a_time_or_a_reason(text: str) -> None:
    reason = ""
    try:
        when = parse_time(text, zone=ZONE, now=NOW, day=SHOWN)
    except InvalidInput as error:
        reason, when = error.remedy, NOW
    assert when <= NOW
    assert reason or when.tzinfo is UTC
