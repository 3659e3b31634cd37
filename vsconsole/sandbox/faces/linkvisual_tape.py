"""Cloud recordings as the files Link Visual keeps, and the events that set them off."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from vsconsole.sandbox.faces.linkvisual_desk import EventSpan, Memory, iot_id, profile_of
from vsconsole.sandbox.faces.linkvisual_hours import holds
from vsconsole.sandbox.world import Camera, Habit, Range, World, recordings

if TYPE_CHECKING:
    from vsconsole.sandbox.faces.linkvisual_mp4 import Mp4
    from vsconsole.sandbox.streams import Streams

LONGEST_FILE = 1800
"""No recorded file is longer than half an hour, whatever its duration is set to."""

DEFAULT_FILE = 1800
SITE_FILE = 600
"""What the demo site's owner has set for every device: the shortest that can be."""

RECORDED_FPS = 6
"""Half as many as live, so that a whole file is made in half the time."""

LATE = 5
"""Seconds between the begin of an event recording and its event."""

TYPES = {"continuous": 0, "event": 1, "manual": 2, "backup": 0}
HUMAN = 3
HISTORY_DAYS = 75

_NAME = re.compile(r"(?P<iot>[0-9a-z]+)_(?P<begin>\d{9,11})_(?P<end>\d{9,11})_(?P<stream>[01])")
_EVENT = re.compile(r"(?P<number>[0-9a-f]{6})(?P<when>[0-9a-f]{10})(?P<mark>[0-9a-f]{16})")


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One recorded file: half-open epoch seconds."""

    camera: Camera
    stream: int
    begin: int
    end: int
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """A motion that a camera reported."""

    id: str
    camera: Camera
    when: int
    human: bool


class Tape:
    """What one world's cameras left in the cloud."""

    def __init__(self, world: World, memory: Memory) -> None:
        """Read a world; `memory` has what the calls changed."""
        self._world = world
        self._memory = memory

    # Files

    def files(self, camera: Camera, stream: int, begin: float, end: float) -> list[File]:
        """Closed files that overlap [begin, end), oldest first, without deleted ones."""
        if begin >= end:
            return []
        found = []
        now = int(self._world.now())
        iot = iot_id(self._world, camera.id)
        low, high = self._cell(camera, int(begin))[0], self._cell(camera, int(end) + 1)[1]
        for item in self._held(camera, stream, low, min(high, now)):
            at = item.begin
            while at < item.end:
                stop = min(item.end, self._cell(camera, at)[1])
                # What still ends now is being written.
                if at < end and stop > begin and (stop < now or stop < item.end):
                    name = f"{iot}_{at}_{stop}_{stream}"
                    if name not in self._memory.deleted_files:
                        found.append(
                            File(
                                camera=camera,
                                stream=stream,
                                begin=at,
                                end=stop,
                                kind=item.kind,
                                name=name,
                            )
                        )
                at = stop
        return found

    def file(self, camera: Camera, name: str) -> File:
        """The file of a name; LookupError when the camera has none such."""
        matched = _NAME.fullmatch(name)
        if matched is None:
            raise LookupError(name)
        begin, end, stream = int(matched["begin"]), int(matched["end"]), int(matched["stream"])
        for one in self.files(camera, stream, begin, end):
            if one.name == name:
                return one
        raise LookupError(name)

    def days(self, camera: Camera, stream: int, first: int, count: int) -> str:
        """For each of `count` Beijing days 1 or 0, whether there is a file."""
        flags = []
        for day in range(first, first + count):
            begin = recordings.day_begin(day)
            flags.append("1" if self.files(camera, stream, begin, begin + recordings.DAY) else "0")
        return "".join(flags)

    def set_file_seconds(self, camera: Camera, seconds: int) -> None:
        """Let files from now on be as long as this."""
        held = self._memory.file_seconds.setdefault(camera.id, [])
        held.append((int(self._world.now()), seconds))

    def file_seconds(self, camera: Camera) -> int:
        """How long files of a camera are now."""
        held = self._memory.file_seconds.get(camera.id)
        return held[-1][1] if held else DEFAULT_FILE

    def _cell(self, camera: Camera, when: int) -> tuple[int, int]:
        """Between which cuts an epoch second lies: files end on even times of the day."""
        eras = [(0, DEFAULT_FILE), *self._memory.file_seconds.get(camera.id, ())]
        number = max(i for i, (since, _) in enumerate(eras) if since <= when)
        since, seconds = eras[number]
        step = min(seconds, LONGEST_FILE)
        begin = when - when % step
        end = begin + step
        if number + 1 < len(eras):
            end = min(end, eras[number + 1][0])
        return max(begin, since), end

    def _held(self, camera: Camera, stream: int, begin: int, end: int) -> list[Range]:
        """What was recorded of a stream in [begin, end)."""
        if end <= begin:
            return []
        if stream == 0:
            found = self._world.cloud_ranges(camera, begin, end)
        else:
            found = list(self._sub_ranges(camera, begin, end))
        found += self._clips(camera, stream, begin, end)
        found += [
            Range(a, b, "manual") for a, b in self._memory.triggered.get((camera.id, stream), ())
        ]
        return recordings.merged(recordings.intersect(found, begin, end))

    def _sub_ranges(self, camera: Camera, begin: int, end: int) -> Iterator[Range]:
        now = int(self._world.now())
        for coverage in self._memory.sub_coverage.get(camera.id, ()):
            for day in self._days(begin, end):
                age = self._world.first_day - day
                daily = recordings.habit_day(
                    self._world.seed, camera.number, camera.habit, "cloud", day, age
                )
                yield from recordings.covered(daily, coverage, day, now)

    def _clips(self, camera: Camera, stream: int, begin: int, end: int) -> list[Range]:
        """Recordings that events set off on a camera that would not record by itself."""
        if camera.habit is Habit.EVENTS:
            return []
        spans = self._memory.event_spans.get((camera.id, stream), ())
        found = []
        longest = max((s.seconds for s in spans), default=0)
        for event in self.happenings(camera, begin - longest, end + longest) if spans else ():
            for span in spans:
                if _effective(span, event.when):
                    first = event.when - span.before
                    found.append(Range(first, first + span.seconds, "event"))
        return found

    # Events

    def happenings(self, camera: Camera, begin: float, end: float) -> list[Happening]:
        """Motions in [begin, end) up to now, oldest first."""
        last = min(end, self._world.now())
        found = []
        for day in self._days(begin, last):
            chance = Random(f"{self._world.seed}/lv-motion/{camera.number}/{day}")
            found += [
                self._happening(camera, when, chance.random() < 0.4)
                for when in self._moments(camera, day, chance)
            ]
        return [one for one in found if begin <= one.when < last]

    def happening(self, event_id: str) -> Happening:
        """The event of an id; LookupError when there is none."""
        matched = _EVENT.fullmatch(event_id)
        if matched is not None:
            number, when = int(matched["number"], 16), int(matched["when"], 16)
            for camera in self._world.cameras.values():
                if camera.number == number:
                    for one in self.happenings(camera, when, when + 1):
                        if one.id == event_id:
                            return one
        raise LookupError(event_id)

    def span_of(self, event: Happening) -> tuple[int, EventSpan] | None:
        """The stream and the terms by which an event was recorded, if it was."""
        for stream in (0, 1):
            for span in self._memory.event_spans.get((event.camera.id, stream), ()):
                if _effective(span, event.when):
                    return stream, span
        return None

    def recorded(self, event: Happening) -> list[File]:
        """The files that show an event, of an effective event plan or else by the way."""
        terms = self.span_of(event)
        stream = terms[0] if terms else 0
        before, seconds = (terms[1].before, terms[1].seconds) if terms else (0, 1)
        first = event.when - before
        return self.files(event.camera, stream, first, first + seconds)

    def _moments(self, camera: Camera, day: int, chance: Random) -> list[int]:
        begin = recordings.day_begin(day)
        if camera.habit is Habit.EVENTS:
            # What records by itself at motion has its events in its recordings.
            age = self._world.first_day - day
            daily = recordings.habit_day(
                self._world.seed, camera.number, camera.habit, "cloud", day, age
            )
            return [item.begin + LATE for item in daily]
        times = (chance.randrange(6 * 3600, 22 * 3600) for _ in range(chance.randint(6, 14)))
        return [begin + second for second in sorted(set(times))]

    def _happening(self, camera: Camera, when: int, human: bool) -> Happening:
        text = f"{self._world.seed}/lv-event/{camera.number}/{when}"
        mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        event_id = f"{camera.number:06x}{when:010x}{mark}"
        return Happening(id=event_id, camera=camera, when=when, human=human)

    def _days(self, begin: float, end: float) -> range:
        first = max(recordings.day_of(begin), self._world.first_day - HISTORY_DAYS)
        return range(first, min(recordings.day_of(end), recordings.day_of(self._world.now())) + 1)


def mp4_of(streams: Streams, file: File) -> Mp4:
    """A file's bytes, made as they are read."""
    from vsconsole.sandbox.faces.linkvisual_mp4 import Mp4

    return Mp4(
        scene=replace(streams.scene(file.camera), fps=RECORDED_FPS),
        begin=file.begin,
        seconds=file.end - file.begin,
        profile=profile_of(file.stream),
    )


def _effective(span: EventSpan, when: int) -> bool:
    if when < span.begin or (span.end is not None and when >= span.end):
        return False
    return span.hours is None or holds(span.hours, when, 8)
