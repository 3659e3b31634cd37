"""What analysis saw: stable for a seed, and only where there are recordings."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from vsconsole.sandbox.world import recordings
from vsconsole.sandbox.world.model import AnalysisTask, Camera, Sighting

if TYPE_CHECKING:
    from vsconsole.sandbox.world.core import World

KINDS = ("Body", "Pet", "Car", "Chefhat", "Chefcloth", "Facemask", "Smoking", "PhoneCall")
_NAMES = {"Body": ("person",), "Pet": ("cat", "dog"), "Car": ("vehicle",)}
_OTHERS = ("person",)
_DAILY = 14
"""Most sightings of one kind on one camera on one day."""

WIDTH, HEIGHT = 640, 360
"""Size of the picture the boxes are in."""


class AnalysisDesk:
    """The analysis tasks and what they found."""

    def __init__(self, world: World) -> None:
        """Watch over one world."""
        self._world = world
        self.tasks: dict[str, AnalysisTask] = {}

    def task_of(self, camera_id: str) -> AnalysisTask | None:
        """The one task a camera can be in."""
        return next((t for t in self.tasks.values() if camera_id in t.cameras), None)

    def switch(self, task: AnalysisTask, on: bool) -> None:
        """Begin or end looking."""
        now = int(self._world.now())
        if on and not task.on:
            task.spans.append((now, None))
        elif not on and task.on:
            task.spans[-1] = (task.spans[-1][0], now)
        task.updated = now

    def forget(self, camera: Camera) -> None:
        """Take a vanished camera out of every task."""
        for task in self.tasks.values():
            if camera.id in task.cameras:
                task.cameras.remove(camera.id)

    def sightings(
        self, task: AnalysisTask, camera: Camera, begin: int, end: int, kinds: set[str]
    ) -> list[Sighting]:
        """What the task saw on a camera in [begin, end), newest first."""
        found: list[Sighting] = []
        now = int(self._world.now())
        ranges = self._world.cloud_ranges(camera, begin, end)
        for template in task.templates:
            config: Any = template.get("AIConfig")
            if not config or config["DetectType"] not in kinds:
                continue
            slots = [
                (clock_seconds(s["Start"]), clock_seconds(s["End"])) for s in config["OperTimeslot"]
            ]
            for seen in self._daily(camera, config["DetectType"], begin, end):
                second = (seen.when + recordings.ZONE) % recordings.DAY
                if (
                    begin <= seen.when < end
                    and any(a <= second < b for a, b in slots)
                    and any(r.begin <= seen.when < r.end for r in ranges)
                    and any(a <= seen.when < (now if b is None else b) for a, b in task.spans)
                ):
                    found.append(seen)
        return sorted(found, key=lambda s: (-s.when, s.kind))

    def _daily(self, camera: Camera, kind: str, begin: int, end: int) -> list[Sighting]:
        seen = []
        for day in range(recordings.day_of(begin), recordings.day_of(end) + 1):
            random = Random(f"{self._world.seed}/ai/{camera.number}/{kind}/{day}")
            for _ in range(random.randint(4, _DAILY)):
                when = recordings.day_begin(day) + random.randrange(6 * 3600, 22 * 3600)
                names = _NAMES.get(kind, _OTHERS)
                count = 1 if kind == "Car" else random.randint(1, 3)
                boxes = tuple(_box(random, random.choice(names)) for _ in range(count))
                plate = "沪A" + "".join(random.choice("0123456789BCDFGHJK") for _ in range(5))
                seen.append(Sighting(when=when, kind=kind, boxes=boxes, plate=plate))
        return seen


def _box(random: Random, name: str) -> tuple[str, int, int, int, int, int]:
    width, height = random.randint(40, 160), random.randint(60, 200)
    x, y = random.randint(0, WIDTH - width), random.randint(40, HEIGHT - 30 - height)
    return name, random.randint(60, 99), x, y, width, height


def clock_seconds(text: str) -> int:
    """Seconds of the day of HH:MM:SS; 23:59:59 means the day's end."""
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    total = hours * 3600 + minutes * 60 + seconds
    return recordings.DAY if total == recordings.DAY - 1 else total
