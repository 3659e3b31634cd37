"""Where the ruler's marks are: round times of a zone, true on days of 23 and 25 hours."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from vsconsole.i18n import language
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.scale import Scale, exact_ms, instant

_SECOND = 1000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class Unit(IntEnum):
    """What a mark counts in; decides how it is labelled."""

    MILLISECOND = 0
    SECOND = 1
    MINUTE = 2
    DAY = 3
    MONTH = 4
    YEAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One distance between marks; `ms` is nominal for days and longer."""

    unit: Unit
    count: int
    ms: int


def _levels() -> tuple[Level, ...]:
    found = [
        *(Level(unit=Unit.MILLISECOND, count=n, ms=n) for n in (10, 20, 50, 100, 200, 500)),
        *(Level(unit=Unit.SECOND, count=n, ms=n * _SECOND) for n in (1, 2, 5, 10, 30)),
        *(Level(unit=Unit.MINUTE, count=n, ms=n * _MINUTE) for n in (1, 2, 5, 10, 30)),
        *(Level(unit=Unit.MINUTE, count=n * 60, ms=n * _HOUR) for n in (1, 3, 6, 12)),
        *(Level(unit=Unit.DAY, count=n, ms=n * _DAY) for n in (1, 2, 5, 10)),
        *(Level(unit=Unit.MONTH, count=n, ms=n * 30 * _DAY) for n in (1, 3, 6)),
        *(Level(unit=Unit.YEAR, count=n, ms=n * 365 * _DAY) for n in (1, 2, 5, 10)),
    ]
    return tuple(found)


LEVELS = _levels()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark at an instant. `strong` marks begin a day (a year, where marks are months)."""

    ms: float
    label: str
    strong: bool = False


def level_for(ms_per_px: float, width_of: Callable[[str], float]) -> Level:
    """The finest level whose labels do not touch."""
    for level in LEVELS:
        if level.ms / ms_per_px >= width_of(_sample(level)) + 14:
            return level
    return LEVELS[-1]


def ticks(scale: Scale, level: Level, zone: str) -> Iterator[Tick]:
    """The marks of `level` that `scale` shows, in order, with their labels in `zone`."""
    spoken = language()
    if level.unit >= Unit.DAY:
        for day, ms in _days(scale, level, zone):
            yield Tick(ms=ms, label=_day_label(day, level, spoken), strong=_begins(day, level))
        return
    for local, ms in _clock_places(scale, level, zone):
        yield Tick(ms=ms, label=_clock_label(local, level, spoken), strong=local % _DAY == 0)


def places(scale: Scale, level: Level, zone: str) -> Iterator[float]:
    """Where the marks of `level` are that `scale` shows, in ms since the epoch, in order."""
    found = _days if level.unit >= Unit.DAY else _clock_places
    return (ms for _local, ms in found(scale, level, zone))


def minor_level(level: Level, ms_per_px: float) -> Level | None:
    """A finer level that divides `level` for marks without label; None where too dense."""
    place = LEVELS.index(level)
    for finer in LEVELS[max(0, place - 4) : place]:
        if finer.ms / ms_per_px >= 9 and _divides(finer, level):
            return finer
    return None


def _divides(finer: Level, level: Level) -> bool:
    """Whether each mark of `level` is one of `finer` too."""
    if finer.unit == level.unit:
        return level.count % finer.count == 0 and (level.unit != Unit.DAY or finer.count == 1)
    return level.unit >= Unit.DAY or level.ms % finer.ms == 0


def pieces(begin: float, end: float, zone: str) -> list[tuple[float, float, int]]:
    """[begin, end) cut where the zone's offset changes: (begin, end, offset), all in ms."""
    where = ZoneInfo(zone)
    found: list[tuple[float, float, int]] = []
    at = begin
    while at < end:
        offset = _offset(at, where)
        # Offsets never change twice within a day.
        until = at
        while until < end and _offset(min(until + _DAY, end), where) == offset:
            until = min(until + _DAY, end)
        if until < end:
            until = _change(until, min(until + _DAY, end), where, offset)
        found.append((at, until, offset))
        at = until
    return found


def _offset(ms: float, where: ZoneInfo) -> int:
    moved = instant(ms).astimezone(where).utcoffset() or timedelta(0)
    return round(moved.total_seconds() * 1000)


def _change(low: float, high: float, where: ZoneInfo, offset: int) -> float:
    """The whole second in (low, high] from which the offset is another one."""
    first = int(low // _SECOND)
    seconds = range(first, int(high // _SECOND) + 2)
    i = bisect_left(seconds, True, key=lambda s: _offset(s * _SECOND, where) != offset)
    return float(seconds[min(i, len(seconds) - 1)] * _SECOND)


def _clock_places(scale: Scale, level: Level, zone: str) -> Iterator[tuple[float, float]]:
    """Each mark as the clock shows it and as the instant it is, both in ms."""
    for begin, end, offset in pieces(scale.begin, scale.end, zone):
        local = -(-(begin + offset) // level.ms) * level.ms
        while local - offset < end:
            yield local, local - offset
            local += level.ms


@lru_cache(maxsize=4096)
def _clock_label(local: float, level: Level, _spoken: str) -> str:
    """The language is part of the key: names of months are in it."""
    wall = instant(local)
    if local % _DAY == 0 and level.unit >= Unit.SECOND:
        return texts.day_text(wall.date())
    if level.unit == Unit.MILLISECOND:
        digits = 1 if level.count >= 100 else 2
        return f"{wall:%H:%M:%S}." + f"{wall.microsecond // 1000:03}"[:digits]
    return f"{wall:%H:%M:%S}" if level.unit == Unit.SECOND else f"{wall:%H:%M}"


def _days(scale: Scale, level: Level, zone: str) -> Iterator[tuple[date, float]]:
    """The days that have a mark in sight, each with its first instant in ms."""
    where = ZoneInfo(zone)
    day = _floor(instant(scale.begin).astimezone(where).date(), level)
    while (ms := exact_ms(_midnight(day, where))) < scale.end:
        if ms >= scale.begin:
            yield day, ms
        day = _next(day, level)


def _midnight(day: date, where: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)


def _floor(day: date, level: Level) -> date:
    if level.unit == Unit.YEAR:
        return date(day.year - day.year % level.count, 1, 1)
    if level.unit == Unit.MONTH:
        return date(day.year, (day.month - 1) // level.count * level.count + 1, 1)
    return day.replace(day=_month_step(day.day, level.count))


def _month_step(day: int, count: int) -> int:
    """The mark at or before a day of the month: 1, 1 + count, ... with the short rest left out."""
    mark = (day - 1) // count * count + 1
    return mark if count == 1 or mark <= 31 - count else max(1, mark - count)


def _next(day: date, level: Level) -> date:
    if level.unit == Unit.YEAR:
        return date(day.year + level.count, 1, 1)
    if level.unit == Unit.MONTH:
        months = day.year * 12 + day.month - 1 + level.count
        return date(months // 12, months % 12 + 1, 1)
    after = day + timedelta(days=level.count)
    # Days of the month start again at the first, so that the marks stay where they are known.
    if after.month != day.month or _month_step(after.day, level.count) != after.day:
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return after


def _begins(day: date, level: Level) -> bool:
    if level.unit == Unit.YEAR:
        return False
    return day.month == 1 if level.unit == Unit.MONTH else level.count == 1 or day.day == 1


@lru_cache(maxsize=1024)
def _day_label(day: date, level: Level, _spoken: str) -> str:
    if level.unit == Unit.YEAR:
        return str(day.year)
    if level.unit == Unit.MONTH:
        return texts.short_month_text(day.year, day.month)
    return texts.day_text(day)


def _sample(level: Level) -> str:
    """A label as wide as any of the level."""
    spoken = language()
    if level.unit >= Unit.DAY:
        return _day_label(date(2028, 9, 28), level, spoken)
    return _clock_label(_WIDE, level, spoken)


_WIDE = exact_ms(datetime(2028, 9, 28, 20, 48, 48, 880_000, tzinfo=UTC))
