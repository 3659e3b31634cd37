"""Reads a time the way operators say it; pure, zone-aware, says why when it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _
from vsconsole.services import timewords as words
from vsconsole.services.timewords import Plain

_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?(?![\d:])")
_CHINESE_CLOCK = re.compile(
    r"(\d{1,2})[点时](?!前)(?:钟|整)?(?:(半)|([13])刻|(\d{1,2})分?(?:(\d{1,2})秒?)?)?"
)
_PAST_CLOCK = re.compile(r"(half|quarter) (past|to) (\d{1,2})(?::00)?")
_RUN_CLOCK = re.compile(r"(\d{8})[t_ -]?(\d{2})(\d{2})(\d{2})?")
_HALF = re.compile(
    r"(?<![a-z])(?:" + "|".join(sorted(words.HALVES, key=len, reverse=True)) + r")(?![a-z])"
)
_WEEKDAY = "|".join(sorted(words.WEEKDAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(words.MONTHS, key=len, reverse=True))
_WEEK_DAY = re.compile(
    rf"(?:(last week|this week|last|this|past) )?({_WEEKDAY})(?: (last week|this week))?"
)
_CHINESE_WEEK_DAY = re.compile(r"(上上个?|上个?|[本这]个?)?(?:周|星期|礼拜)([1-7日天])")
_FULL_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_RUN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/月](\d{1,2})[日号]?")
_NAMED_FIRST = re.compile(rf"({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?")
_NAMED_LAST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? ?({_MONTH})\.?(?:,? (\d{{4}}))?")
_DAY = re.compile(r"(\d{1,2})(?:[日号]|st|nd|rd|th)?")
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?")
_UNIT = (
    r"seconds?|secs?|s|秒钟?|minutes?|mins?|m|分钟?|hours?|hrs?|h|小时|个小时|个钟头?"
    r"|days?|d|天|weeks?|w|个?(?:周|星期|礼拜)"
)
_AMOUNT = re.compile(
    rf"(?:(\d{{1,5}}(?:\.\d+)?|half an?|half|an?|半)\s*(个半)?\s*({_UNIT})(半)?)\s*(?:and |又)?"
)
_AGO = re.compile(r"\s*(?:ago|之前|以前|前)")
_SECONDS = {
    "s": 1, "秒": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "个": 3600, "钟": 3600,
    "d": 86400, "天": 86400, "w": 604800, "周": 604800,
}  # fmt: skip
_WEEK = timedelta(days=7)
_DAY_LONG = timedelta(days=1)
_JUST = timedelta(minutes=1)


class NotATime(InvalidInput):
    """A time that cannot be gone to; `nearest` is the instant that was perhaps meant.

    `understood` says that a time was read and only does not exist, or not yet.
    """

    def __init__(
        self, what: str, remedy: str, *, nearest: datetime | None = None, understood: bool = False
    ) -> None:
        super().__init__(what, field="time", remedy=remedy)
        self.nearest = nearest
        self.understood = understood or nearest is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was read; `again` is the second instant where the clocks show it twice that day."""

    when: datetime
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as far as it was typed."""

    day: int
    month: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day; `days` later where the night goes on past midnight."""

    at: time
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What a time is read against: `where` times are typed in, the day on screen, this instant."""

    where: tzinfo
    shown: date
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.where).date()


def parse_time(text: str, *, zone: str, now: datetime, day: date | None = None) -> datetime:
    """The instant, in UTC, that `text` means in `zone`, as `read_time`; NotATime otherwise."""
    return read_time(text, zone=zone, now=now, day=day).when


def read_time(text: str, *, zone: str, now: datetime, day: date | None = None) -> Moment:
    """What `text` means in `zone`; NotATime, an InvalidInput with field "time", otherwise.

    Understood, in English and Chinese, are a time ("14:05", "14:05:30.5", "2pm", "下午两点半"), a
    day before or behind it, also alone ("yesterday", "昨晚", "20", "11-20", "20 Nov", "last
    monday", "上周一", "3 days ago"), ISO 8601, a trailing offset ("+08:00", "UTC+8", "Z"), "now",
    and how long ago ("10 min ago", "一个半小时前"). A time alone belongs to `day`, the day on
    screen (today without one); a day without its year or month is the one nearest to `day`, a day
    of the week alone the newest that is not to come. A time after `now`, or one that the clocks
    skip, is refused; one that comes twice is the first unless an offset says otherwise.
    """
    read = words.plain(text)
    if not read.text:
        raise NotATime(_("Type a time."), _("For example 14:05:30 or 11-20 08:42."))
    if read.text in words.NOW:
        return Moment(when=now.astimezone(UTC))
    if read.text in words.JUST_NOW:
        return Moment(when=now.astimezone(UTC) - _JUST)
    if (ago := _ago(read.text)) and not ago[2].strip():
        return Moment(when=_minus(now, ago[0], read.typed))
    rest, offset = _take_offset(_spread(read.text))
    where: tzinfo = ZoneInfo(zone) if offset is None else offset
    frame = _Frame(where=where, shown=day or now.astimezone(where).date(), now=now)
    rest, clock = _take_clock(rest, read)
    return _assemble(rest.strip(" ,"), clock, frame, read)


def _assemble(rest: str, clock: _Clock | None, frame: _Frame, read: Plain) -> Moment:
    if clock is None and not rest:
        raise _not_understood(read)
    at = clock or _Clock(time())
    days = _days(rest, at, frame, read)
    refused: NotATime | None = None
    for one in days:
        try:
            found = _instant(datetime.combine(one, at.at) + at.days * _DAY_LONG, frame)
        except OverflowError:
            raise _not_understood(read) from None
        except NotATime as error:
            if error.nearest:
                raise
            refused = refused or error
            continue
        if refused is None:
            return found
        # The first meaning cannot be; the next one is what was perhaps meant.
        raise NotATime(refused.what, refused.remedy, nearest=found.when)
    assert refused is not None, "every reading of a day has at least one day"
    raise refused


def _spread(text: str) -> str:
    """ "20261120-084249", as files are named, with its parts apart."""
    if found := _RUN_CLOCK.fullmatch(text):
        return f"{found[1]} {found[2]}:{found[3]}" + (f":{found[4]}" if found[4] else "")
    return text


def _ago(text: str) -> tuple[float, bool, str] | None:
    """How many seconds ago `text` begins with, whether in whole days, and what follows."""
    at, seconds, whole = 0, 0.0, True
    while found := _AMOUNT.match(text, at):
        unit = found[3]
        size = _SECONDS["周" if unit[-1] in "周期拜" else unit[0]]
        amount = 0.5 if found[1].startswith(("half", "半")) else 0.0
        if not amount:
            amount = 1.0 if found[1] in ("a", "an") else float(found[1])
        amount += 0.5 * bool(found[2] or found[4])
        seconds += amount * size
        whole = whole and size >= 86400 and amount == int(amount)
        at = found.end()
    ends = _AGO.match(text, at) if at else None
    return (seconds, whole, text[ends.end() :]) if ends else None


def _minus(now: datetime, seconds: float, typed: str) -> datetime:
    try:
        return now.astimezone(UTC) - timedelta(seconds=seconds)
    except OverflowError:
        raise _not_understood(Plain(typed, typed)) from None


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


def _take_clock(text: str, read: Plain) -> tuple[str, _Clock | None]:
    """Splits the time of day off either end of `text`."""
    half, begins, text = _take_half(text)
    parts: tuple[int, ...]
    if found := _PAST_CLOCK.search(text):
        minutes = 30 if found[1] == "half" else 15
        sign = 1 if found[2] == "past" else -1
        parts = (*divmod(int(found[3]) * 60 + sign * minutes, 60), 0, 0)
    elif found := _CLOCK.search(text):
        micro = int((found[4] or "0").ljust(3, "0")) * 1000
        parts = (int(found[1]), int(found[2]), int(found[3] or 0), micro)
    elif found := _CHINESE_CLOCK.search(text):
        quarter = 15 * int(found[3] or 0)
        minute = 30 if found[2] else quarter or int(found[4] or 0)
        parts = (int(found[1]), minute, int(found[5] or 0), 0)
    elif half is not None and begins is not None:
        return text, _Clock(time(begins))
    elif half is None:
        return text, None
    else:
        raise _not_understood(read)
    before, behind = text[: found.start()].rstrip(), text[found.end() :].strip(" ,")
    if before and behind:
        raise _not_understood(read)
    if behind and _DAY.fullmatch(behind) and behind.isdigit():
        # "14:05 30" is rather a slip of the finger than a day.
        raise _not_understood(read)
    if before.endswith("t") and before[:-1][-1:].isdigit():
        before = before[:-1]
    return before or behind, _clock_of(parts, half, read)


def _clock_of(parts: tuple[int, ...], half: words.Half | None, read: Plain) -> _Clock:
    hour: int | None = parts[0]
    if half is not None:
        hour = words.hour_in(half, parts[0])
    elif parts == (24, 0, 0, 0):
        return _Clock(time(), 1)
    if hour is None:
        raise _no_such_time(read)
    try:
        _hour, minute, second, micro = parts
        later, hour = divmod(hour, 24) if half else (0, hour)
        return _Clock(time(hour, minute, second, micro), later)
    except ValueError:
        raise _no_such_time(read) from None


def _take_half(text: str) -> tuple[words.Half | None, int | None, str]:
    """Takes "am", "下午" and the like out: which part of the day, and the hour it begins with."""
    found = _HALF.search(text)
    if not found:
        return None, None, text
    rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
    return words.HALVES[found[0]], words.BEGINS.get(found[0]), rest


def _days(text: str, at: _Clock, frame: _Frame, read: Plain) -> list[date]:
    """The days that `text` may mean, the likeliest first; never none."""
    shown, today = frame.shown, frame.today
    if not text:
        # A time of a day on screen that is not over may be yesterday's.
        return [shown, shown - _DAY_LONG]
    try:
        if text in words.DAYS:
            return [today + timedelta(days=words.DAYS[text])]
        if (ago := _ago(text)) and ago[1] and not ago[2].strip():
            return [today - timedelta(seconds=ago[0])]
        if weekday := _week_day(text, at, frame):
            return [weekday]
    except OverflowError:
        raise _not_understood(read) from None
    wanted = _typed_day(text)
    if wanted is None:
        raise _not_understood(read)
    days = sorted(_candidates(wanted, shown), key=lambda one: abs(one - shown))
    if not days:
        raise NotATime(
            _("There is no such day: “{text}”.").format(text=read.typed),
            _("For example 20 08:42, 11-20 08:42 or 2026-11-20 08:42."),
            understood=True,
        )
    return days if days[0] <= today else [days[0], *(one for one in days if one <= today)]


def _week_day(text: str, at: _Clock, frame: _Frame) -> date | None:
    """The day that a day of the week means; None where `text` is no such day."""
    today = frame.today
    if found := _CHINESE_WEEK_DAY.fullmatch(text):
        place = 6 if found[2] in "日天" else int(found[2]) - 1
        said = found[1] or ""
        back = said.count("上") if said else -1
    elif found := _WEEK_DAY.fullmatch(text):
        place = words.WEEKDAYS[found[2]]
        said = found[3] or found[1] or ""
        if said in ("last", "past"):
            # The newest before today.
            return today - timedelta(days=(today.weekday() - place - 1) % 7 + 1)
        back = {"last week": 1, "this week": 0, "this": 0}.get(said, -1)
    else:
        return None
    if back >= 0:
        return today - timedelta(days=today.weekday() - place) - back * _WEEK
    newest = today - timedelta(days=(today.weekday() - place) % 7)
    present = frame.now.astimezone(frame.where).replace(tzinfo=None)
    to_come = datetime.combine(newest, at.at) + at.days * _DAY_LONG > present
    return newest - _WEEK if to_come else newest


def _typed_day(text: str) -> _Day | None:
    if found := _FULL_DATE.fullmatch(text) or _RUN_DATE.fullmatch(text):
        return _Day(int(found[3]), int(found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(text):
        return _Day(int(found[2]), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return _Day(int(found[2]), words.MONTHS[found[1]], int(found[3]) if found[3] else None)
    if found := _NAMED_LAST.fullmatch(text):
        return _Day(int(found[1]), words.MONTHS[found[2]], int(found[3]) if found[3] else None)
    if found := _DAY.fullmatch(text):
        return _Day(int(found[1]))
    return None


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


def _instant(local: datetime, frame: _Frame) -> Moment:
    """The instants of a wall-clock time; NotATime for one that the clocks skip, or to come."""
    first, second = (
        local.replace(tzinfo=frame.where, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if first.astimezone(frame.where).replace(tzinfo=None) != local:
        raise NotATime(
            _("There was no {time} on that day.").format(time=f"{local:%H:%M:%S}"),
            _("The clocks went forward over it; type a time an hour later."),
            nearest=first if first <= frame.now else None,
            understood=True,
        )
    if first > frame.now:
        raise NotATime(
            _("{time} is in the future.").format(
                time=f"{first.astimezone(frame.where):%Y-%m-%d %H:%M:%S}"
            ),
            _("Recordings end now; type an earlier time, or a day before it."),
            understood=True,
        )
    return Moment(when=first, again=second if first < second <= frame.now else None)


def _not_understood(read: Plain) -> NotATime:
    return NotATime(
        _("“{text}” is not a time.").format(text=read.typed),
        _("For example 14:05:30, yesterday 14:05, 11-20 08:42:49."),
    )


def _no_such_time(read: Plain) -> NotATime:
    return NotATime(
        _("There is no such time of day: “{text}”.").format(text=read.typed),
        _("Hours go from 0 to 23, minutes and seconds from 0 to 59."),
        understood=True,
    )
