"""When and by which camera a file was recorded, from the names recorders and this program give."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from vsconsole.domain.timeline import SegmentKind

RULES = 1
"""Raised whenever the rules below read a name in another way, so that indexes are read again."""

# A range beyond this is no recording: the numbers mean something else.
_LONGEST = timedelta(days=7)

_UNIX = re.compile(
    r"(?:^|(?P<channel>.+?)[-_])(?P<begin>1\d{9}(?:\d{3})?)[-_](?P<end>1\d{9}(?:\d{3})?)$"
)

_DATE = (
    r"(?P<{0}y>(?:19|20)\d\d)(?P<{0}s>[-_.]?)(?P<{0}m>0[1-9]|1[0-2])(?P={0}s)"
    r"(?P<{0}d>0[1-9]|[12]\d|3[01])"
)
_TIME = (
    r"(?P<{0}H>[01]\d|2[0-3])(?P<{0}t>[-_.:]?)(?P<{0}M>[0-5]\d)(?P={0}t)(?P<{0}S>[0-5]\d)"
    # Only offsets that zones have: else a number that counts files (-0001) would pass for one.
    r"(?:\.?(?P<{0}f>\d{{3}}))?"
    r"(?P<{0}z>Z|\+(?:0\d|1[0-4]):?(?:00|30|45)|-(?:0[1-9]|1[0-2]):?(?:00|30))?"
)
_STAMP = _DATE + r"[-_T. ]{{0,1}}" + _TIME
_STAMPS = re.compile(
    r"(?<!\d)" + _STAMP.format("b") + r"(?!\d)"
    r"(?:[-_~ ]{1,3}(?:to[-_ ])?(?:" + _STAMP.format("e") + r"|" + _TIME.format("x") + r")(?!\d))?"
)

# Dahua names files by their times alone, below folders for the day, the channel and the hour:
# 2026-11-20/001/dav/08/08.42.49-08.50.00[R][0@0][0].dav
_TIMES = re.compile(
    r"^" + _TIME.format("b") + r"(?:[-_~]" + _TIME.format("e") + r")?(?P<rest>(?:\[[^\]]*\])*)$"
)
_FLAG = re.compile(r"\[([A-Z])\]")
_FLAGS = {"R": SegmentKind.CONTINUOUS, "M": SegmentKind.EVENT, "A": SegmentKind.ALARM}

_DAY_FOLDER = re.compile(r"^" + _DATE.format("b") + r"$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_PART_OF_DATE = re.compile(r"^[0-3]?\d$")
_HOUR_FOLDER = re.compile(r"^(?:[01]?\d|2[0-4])$")
_MEDIA_FOLDERS = frozenset({"dav", "mp4", "video", "record", "records"})

_CAMERA = re.compile(
    r"^(?:ch|channel|cam|camera|ipc|d|通道|摄像头|摄像机)[-_ ]?\d{1,4}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MEANS_NOTHING = frozenset(
    {"rec", "record", "recording", "video", "vid", "mov", "clip", "file", "export", "playback"}
)
_EDGES = " -_.,()[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """What a path tells. `folder` is where its camera's files lie, as parts below the root.

    `channel` is the id in the name, empty where there is none. Times are UTC; a name without them
    may still have an id.
    """

    folder: tuple[str, ...]
    channel: str = ""
    begin: datetime | None = None
    end: datetime | None = None
    kind: SegmentKind = SegmentKind.CONTINUOUS


def read(parts: tuple[str, ...], zone: str) -> NameFacts:
    """Reads a file's path below the root; times without an offset are in `zone`."""
    stem = parts[-1].rpartition(".")[0] or parts[-1]
    place = _place(parts[:-1])
    facts = _by_unix_seconds(stem, place) or _by_stamps(stem, place, zone)
    if facts is None and place.day is not None:
        facts = _by_times(stem, place, zone)
    if facts is None:
        camera = _CAMERA.match(stem)
        facts = NameFacts(folder=place.folder, channel=camera.group() if camera else "")
    if place.channel and facts.channel in ("", place.channel):
        facts = replace(facts, channel=place.channel)
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The folders of a file: the camera's own, then those that only sort its files by time."""

    folder: tuple[str, ...]
    day: date | None = None
    channel: str = ""


def _place(folders: tuple[str, ...]) -> _Place:
    """Finds the first folder that stands for a day: above is the camera's, below comes sorting."""
    for i, name in enumerate(folders):
        day, used = _day(folders, i, name)
        if used:
            below = [
                part
                for part in folders[i + used :]
                if not (part.lower() in _MEDIA_FOLDERS or _HOUR_FOLDER.match(part))
            ]
            return _Place(folder=folders[:i], day=day, channel="/".join(below))
    return _Place(folder=folders)


def _day(folders: tuple[str, ...], i: int, name: str) -> tuple[date | None, int]:
    """The day that folders from `i` on stand for and how many they are, 0 where they do not."""
    if found := _DAY_FOLDER.match(name):
        return _date(found, "b"), 1
    following = folders[i + 1 : i + 3]
    if not _YEAR.match(name) or not following or not _PART_OF_DATE.match(following[0]):
        return None, 0
    if len(following) == 1 or not _PART_OF_DATE.match(following[1]):
        return None, 2
    try:
        return date(int(name), int(following[0]), int(following[1])), 3
    except ValueError:
        return None, 0


def _by_unix_seconds(stem: str, place: _Place) -> NameFacts | None:
    found = _UNIX.match(stem)
    if found is None:
        return None
    begin, end = (_unix(found[name]) for name in ("begin", "end"))
    if not begin < end <= begin + _LONGEST:
        return None
    channel = (found["channel"] or "").strip(_EDGES)
    return NameFacts(folder=place.folder, channel=channel, begin=begin, end=end)


def _by_stamps(stem: str, place: _Place, zone: str) -> NameFacts | None:
    found = _STAMPS.search(stem)
    if found is None:
        return None
    day = _date(found, "b")
    if day is None:
        return None
    # Written once, behind the end, an offset counts for both.
    begin = _instant(day, found, "b", zone, offset=found["ez"] or found["xz"])
    end: datetime | None = None
    if found["ey"]:
        last = _date(found, "e")
        end = _instant(last, found, "e", zone, begin, found["bz"]) if last else None
    elif found["xH"]:
        end = _end_of_day(day, found, "x", zone, begin)
    if end is not None and not begin < end <= begin + _LONGEST:
        end = None
    before, after = stem[: found.start()].strip(_EDGES), stem[found.end() :].strip(_EDGES)
    channel = before
    if before.lower() in _MEANS_NOTHING or not before:
        # What follows the time is a camera only where it says so: often it just counts files.
        camera = _CAMERA.match(after)
        channel = camera.group() if camera else ""
    return NameFacts(folder=place.folder, channel=channel, begin=begin, end=end)


def _by_times(stem: str, place: _Place, zone: str) -> NameFacts | None:
    found = _TIMES.match(stem)
    if found is None:
        return None
    assert place.day is not None, "asked only where the folders name a day"
    begin = _instant(place.day, found, "b", zone)
    end = _end_of_day(place.day, found, "e", zone, begin) if found["eH"] else None
    flag = _FLAG.search(found["rest"])
    kind = _FLAGS.get(flag[1], SegmentKind.UNKNOWN) if flag else SegmentKind.CONTINUOUS
    return NameFacts(folder=place.folder, begin=begin, end=end, kind=kind)


def _unix(digits: str) -> datetime:
    return datetime.fromtimestamp(int(digits) / (1000 if len(digits) > 10 else 1), UTC)


def _date(found: re.Match[str], prefix: str) -> date | None:
    try:
        return date(*(int(found[prefix + part]) for part in "ymd"))
    except ValueError:
        return None


def _end_of_day(
    day: date, found: re.Match[str], prefix: str, zone: str, begin: datetime
) -> datetime:
    """An end that is written as a time only: on the day of the begin, or the next."""
    offset = found["bz"]
    end = _instant(day, found, prefix, zone, begin, offset)
    if end > begin:
        return end
    return _instant(day + timedelta(days=1), found, prefix, zone, offset=offset)


def _instant(
    day: date,
    found: re.Match[str],
    prefix: str,
    zone: str,
    after: datetime | None = None,
    offset: str | None = None,
) -> datetime:
    """The UTC instant of a time in a name, by its own offset, else the one given, else `zone`.

    Of an hour that the zone has twice it is the one that follows `after`.
    """
    hour, minute, second = (int(found[prefix + part]) for part in "HMS")
    clock = time(hour, minute, second, int(found[prefix + "f"] or 0) * 1000)
    offset = found[prefix + "z"] or offset
    if offset:
        return datetime.combine(day, clock, _offset(offset)).astimezone(UTC)
    local = datetime.combine(day, clock, ZoneInfo(zone))
    when = local.astimezone(UTC)
    if after is not None and when <= after:
        return local.replace(fold=1).astimezone(UTC)
    return when


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
