"""Which stretches a camera has recorded: computed from the seed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from random import Random

from vsconsole.sandbox.world.model import Coverage, Habit, Range, Section, Store

DAY = 86_400
ZONE = 8 * 3600
"""The world lives by Beijing time, which knows no summer time."""

KEPT_ON_DEVICE = 45
"""Days a device keeps before it overwrites."""

_ALWAYS = (8 * 3600 + 1800, 9 * 3600)
"""Every recorded day has 08:30 to 09:00, so that there is a moment worth asking for."""

_LANDMARK_GAP = (12 * 3600, 12 * 3600 + 1800)
"""Camera 1 has this gap in the cloud every day; its device was recording then."""


def day_of(when: float) -> int:
    """The number of the Beijing day that holds an epoch second."""
    return int((when + ZONE) // DAY)


def day_begin(day: int) -> int:
    """The epoch second at which a Beijing day begins."""
    return day * DAY - ZONE


def weekday_of(day: int) -> int:
    """1 Monday to 7 Sunday of a Beijing day (day 0 was a Thursday)."""
    return (day + 3) % 7 + 1


def is_empty_day(number: int, store: Store, age: int) -> bool:
    """Whether nothing was recorded `age` days before the world began; the newest three never."""
    phase = 3 + number % 7 if store == "cloud" else 4 + number % 5
    return age > 2 and age % 11 == phase


@lru_cache(maxsize=8192)
def habit_day(
    seed: int, number: int, habit: Habit, store: Store, day: int, age: int
) -> tuple[Range, ...]:
    """What one camera put on one store on one Beijing day, before any plan had its say."""
    if is_empty_day(number, store, age):
        return ()
    random = Random(f"{seed}/{number}/{store}/{day}")
    begin = day_begin(day)
    spans: Iterable[tuple[int, int]]
    kind = "continuous"
    if habit is Habit.EVENTS:
        kind = "event"
        spans = _clips(random)
    elif habit is Habit.WORKING_HOURS:
        spans = _without([(7 * 3600, 19 * 3600)], _gaps(random, number, store))
    else:
        spans = _without([(0, DAY)], _gaps(random, number, store))
    return tuple(Range(begin + a, begin + b, kind) for a, b in spans)


def _gaps(random: Random, number: int, store: Store) -> list[tuple[int, int]]:
    """Holes of a day, none of them over the half hour that always exists."""
    afternoon = 15 * 3600 + random.randrange(0, 5400)
    gaps = [(afternoon, afternoon + random.randrange(180, 1500))]
    for _ in range(random.randint(1, 3)):
        begin = random.randrange(600, DAY - 3600)
        end = begin + random.randrange(120, 2400)
        if end <= _ALWAYS[0] - 600 or begin >= _ALWAYS[1] + 600:
            gaps.append((begin, end))
    if store == "cloud":
        noon = 12 * 3600 + random.randrange(0, 600)
        gaps.append((noon, noon + 1200))
    if number == 1:
        noon_free = (11 * 3600, 14 * 3600)
        gaps = [gap for gap in gaps if gap[1] <= noon_free[0] or gap[0] >= noon_free[1]]
        if store == "cloud":
            gaps.append(_LANDMARK_GAP)
    return gaps


def _without(spans: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for hole_begin, hole_end in sorted(gaps):
        kept = []
        for begin, end in spans:
            if hole_end <= begin or end <= hole_begin:
                kept.append((begin, end))
                continue
            if begin < hole_begin:
                kept.append((begin, hole_begin))
            if hole_end < end:
                kept.append((hole_end, end))
        spans = kept
    return spans


def _clips(random: Random) -> list[tuple[int, int]]:
    """Short clips all over the day, one of them around 08:42."""
    sure = (8 * 3600 + 2100, 8 * 3600 + 3000)
    clips = [sure]
    at = random.randrange(0, 1800)
    while at < DAY - 300:
        end = at + random.randrange(20, 240)
        if end < sure[0] - 30 or at > sure[1] + 30:
            clips.append((at, end))
        at = end + random.randrange(600, 2400)
    return sorted(clips)


def intersect(ranges: Iterable[Range], begin: int, end: int) -> Iterator[Range]:
    """The parts of ranges inside [begin, end)."""
    for item in ranges:
        first, last = max(item.begin, begin), min(item.end, end)
        if first < last:
            yield Range(first, last, item.kind)


def inside_sections(
    ranges: Iterable[Range], sections: tuple[Section, ...], day: int
) -> Iterator[Range]:
    """The parts of one day's ranges that lie in a week schedule."""
    begin = day_begin(day)
    weekday = weekday_of(day)
    hours = [(begin + s.begin, begin + s.end) for s in sections if s.weekday == weekday]
    for item in ranges:
        for first, last in hours:
            yield from intersect((item,), first, last)


def covered(ranges: Iterable[Range], coverage: Coverage, day: int, now: int) -> Iterator[Range]:
    """The parts of one day's ranges that a plan recorded and that are still kept."""
    oldest = now - (coverage.hot_days + coverage.cold_days) * DAY
    begin = max(coverage.begin, oldest)
    end = now if coverage.end is None else min(now, coverage.end)
    yield from intersect(inside_sections(ranges, coverage.sections, day), begin, end)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Sorted, without overlap; neighbours of one kind become one, the earlier kind wins."""
    result: list[Range] = []
    for item in sorted(ranges):
        if result and item.begin <= result[-1].end:
            last = result[-1]
            if item.end <= last.end:
                continue
            if item.kind == last.kind:
                result[-1] = Range(last.begin, item.end, last.kind)
                continue
            item = Range(last.end, item.end, item.kind)
        result.append(item)
    return result


WHOLE_WEEK = tuple(Section(weekday=d, begin=0, end=DAY) for d in range(1, 8))
"""A schedule that never pauses."""
