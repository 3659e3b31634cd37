"""Reads a time the way operators type it; pure, zone-aware, says why when it cannot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _

_WORDS = {
    "today": 0,
    "今天": 0,
    "今日": 0,
    "yesterday": -1,
    "昨天": -1,
    "昨日": -1,
    "前天": -2,
    "大前天": -3,
}
_NOW = ("now", "现在")
_HALVES = {"am": 0, "pm": 12, "上午": 0, "早上": 0, "凌晨": 0, "下午": 12, "晚上": 12, "中午": 12}

_HALF = re.compile(r"(?<![a-z])(?:am|pm)(?![a-z])|[上下中]午|[早晚]上|凌晨")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?")
_CHINESE_CLOCK = re.compile(r"(\d{1,2})[点时](?:(半)|(\d{1,2})分?(?:(\d{1,2})秒?)?)?")
_FULL_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_RUN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/月](\d{1,2})日?")
_DAY = re.compile(r"(\d{1,2})[日号]?")
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?")
_AGO = re.compile(
    r"(\d{1,4})\s*(s|sec|seconds?|秒|m|min|minutes?|分钟?|h|hours?|小时|d|days?|天)\s*(?:ago|前)"
)
_SECONDS = {"s": 1, "秒": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "d": 86400, "天": 86400}


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as far as it was typed."""

    day: int
    month: int | None = None
    year: int | None = None


def parse_time(text: str, *, zone: str, now: datetime, day: date | None = None) -> datetime:
    """The instant, in UTC, that `text` means in `zone`; InvalidInput with field "time" otherwise.

    Understood are a time ("14:05", "14:05:30.5", "2:05 pm", "8点42分"), a day before it
    ("yesterday", "昨天", "20", "11-20", "2026-11-20", "11月20日", also alone), ISO 8601, a trailing
    offset ("+08:00", "UTC+8", "Z"), "now", and "10 min ago". A time alone belongs to `day`, the day
    on screen (today without one); a day without its year or month is the one nearest to `day`.
    A time after `now`, or one that the clocks skip, is refused; of one that comes twice the first
    is meant unless an offset says otherwise.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = typed.lower()
    if not plain:
        raise _refused(_("Type a time."), _("For example 14:05:30 or 11-20 08:42."))
    if plain in _NOW:
        return now.astimezone(UTC)
    if ago := _AGO.fullmatch(plain):
        return now.astimezone(UTC) - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2][0]])
    where: tzinfo = ZoneInfo(zone)
    rest, offset = _take_offset(plain)
    if offset is not None:
        where = offset
    rest, clock = _take_clock(rest, typed)
    shown = day or now.astimezone(where).date()
    wanted = _read_day(rest.strip(" ,"), shown, now.astimezone(where).date(), typed)
    if clock is None and not rest.strip(" ,"):
        raise _not_understood(typed)
    when = _instant(datetime.combine(wanted, clock or time()), where)
    if when > now:
        raise _refused(
            _("{time} is in the future.").format(
                time=f"{when.astimezone(where):%Y-%m-%d %H:%M:%S}"
            ),
            _("Recordings end now; type an earlier time, or a day before it."),
        )
    return when


def _take_offset(text: str) -> tuple[str, tzinfo | None]:
    """Splits a trailing offset off; only behind a time, since "11-20" ends like one."""
    clock = _CLOCK.search(text)
    if clock is None:
        return text, None
    tail = text[clock.end() :].strip()
    if tail in ("z", "utc", "gmt"):
        return text[: clock.end()], UTC
    if found := _OFFSET.fullmatch(tail):
        moved = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if moved < timedelta(hours=15):
            return text[: clock.end()], timezone(-moved if found[1] == "-" else moved)
    return text, None


def _take_clock(text: str, typed: str) -> tuple[str, time | None]:
    """Splits the time of day off the end of `text`."""
    half, text = _take_half(text)
    if found := _CLOCK.search(text):
        if text[found.end() :].strip():
            raise _not_understood(typed)
        micro = int((found[4] or "0").ljust(3, "0")) * 1000
        parts = (int(found[1]), int(found[2]), int(found[3] or 0), micro)
        before = text[: found.start()].rstrip("t ")
    elif found := _CHINESE_CLOCK.search(text):
        if text[found.end() :].strip():
            raise _not_understood(typed)
        minute = 30 if found[2] else int(found[3] or 0)
        parts = (int(found[1]), minute, int(found[4] or 0), 0)
        before = text[: found.start()].rstrip()
    elif half is None:
        return text, None
    else:
        raise _not_understood(typed)
    hour = parts[0]
    if half is not None:
        if not 1 <= hour <= 12:
            raise _no_such_time(typed)
        hour = hour % 12 + half
    try:
        return before, time(hour, *parts[1:])
    except ValueError:
        raise _no_such_time(typed) from None


def _take_half(text: str) -> tuple[int | None, str]:
    """Takes "am", "pm", "下午" and the like out; 0 or 12 hours, None where none is there."""
    found = _HALF.search(text)
    if not found:
        return None, text
    return _HALVES[found[0]], f"{text[: found.start()]} {text[found.end() :]}".strip()


def _read_day(text: str, shown: date, today: date, typed: str) -> date:
    if not text:
        return shown
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    if found := _FULL_DATE.fullmatch(text) or _RUN_DATE.fullmatch(text):
        wanted = _Day(int(found[3]), int(found[2]), int(found[1]))
    elif found := _MONTH_DAY.fullmatch(text):
        wanted = _Day(int(found[2]), int(found[1]))
    elif found := _DAY.fullmatch(text):
        wanted = _Day(int(found[1]))
    else:
        raise _not_understood(typed)
    days = list(_candidates(wanted, shown))
    if not days:
        raise _refused(
            _("There is no such day: “{text}”.").format(text=typed),
            _("For example 20 08:42, 11-20 08:42 or 2026-11-20 08:42."),
        )
    return min(days, key=lambda one: abs(one - shown))


def _candidates(wanted: _Day, shown: date) -> Iterable[date]:
    """The days that fit what was typed, in the year or month around `shown` where that is left."""
    if wanted.year is not None:
        months = [(wanted.year, wanted.month or 1)]
    elif wanted.month is not None:
        months = [(shown.year + n, wanted.month) for n in (-1, 0, 1)]
    else:
        count = shown.year * 12 + shown.month - 1
        months = [((count + n) // 12, (count + n) % 12 + 1) for n in (-1, 0, 1)]
    for year, month in months:
        try:
            yield date(year, month, wanted.day)
        except ValueError:
            # The 31st of a shorter month, the 29th of February.
            continue


def _instant(local: datetime, where: tzinfo) -> datetime:
    """The instant of a wall-clock time; InvalidInput for one that the clocks skip."""
    when = local.replace(tzinfo=where).astimezone(UTC)
    if when.astimezone(where).replace(tzinfo=None) != local:
        raise _refused(
            _("There was no {time} on that day.").format(time=f"{local:%H:%M:%S}"),
            _("The clocks went forward over it; type a time an hour later."),
        )
    return when


def _refused(what: str, remedy: str) -> InvalidInput:
    return InvalidInput(what, field="time", remedy=remedy)


def _not_understood(typed: str) -> InvalidInput:
    return _refused(
        _("“{text}” is not a time.").format(text=typed),
        _("For example 14:05:30, yesterday 14:05, 11-20 08:42:49."),
    )


def _no_such_time(typed: str) -> InvalidInput:
    return _refused(
        _("There is no such time of day: “{text}”.").format(text=typed),
        _("Hours go from 0 to 23, minutes and seconds from 0 to 59."),
    )
