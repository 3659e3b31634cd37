"""Tiles on one clock: how far apart their pictures are, by the time burnt into them.

    python -m tests.bench.sync [SECONDS] [--seeks N] [--vendor NAME]... [--wrong SECONDS]

Nine tiles by default, of five vendors and from disk, each of a cloud, a device or a file. One line
of JSON a second of what is apart, then the verdict: worst and p95 at normal speed, and what a
channel whose clock is wrong comes to after it was put right.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.vendor_seeks import VENDORS, clouds
from tests.player.support import reading
from tests.services.support import ZONE, day_before, opened
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Status, Store
from vsconsole.domain.playback import Clip, MediaSource, StreamControl, TimeMap
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlaybackSource, Player, PlayerState
from vsconsole.player.group import Group, Member, Step
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox import media, timecode
from vsconsole.sandbox.media.scene import Scene
from vsconsole.services.desk import Services

APART = 0.5
"""Seconds that pictures on one clock may be apart."""

PUT_RIGHT = 0.2
"""Seconds that a channel with a wrong clock may be off once it is put right."""

_TICK = 0.04
_SETTLE = 8.0
_LENGTH = timedelta(minutes=8)
_DISK = (
    Scene(channel=931, name="yard", codec="h264", audio="aac"),
    Scene(channel=932, name="cellar", codec="h264"),
)


class WrongClock:
    """A channel's recordings by a clock that is `seconds` fast."""

    def __init__(self, source: PlaybackSource, seconds: float) -> None:
        self._source = source
        self._by = timedelta(seconds=seconds)

    def clip_at(self, when: datetime) -> Clip | None:
        return self._shifted(self._source.clip_at(when - self._by))

    def clip_after(self, when: datetime) -> Clip | None:
        return self._shifted(self._source.clip_after(when - self._by))

    def clip_before(self, when: datetime) -> Clip | None:
        return self._shifted(self._source.clip_before(when - self._by))

    def _shifted(self, clip: Clip | None) -> Clip | None:
        if clip is None:
            return None
        by = self._by
        return replace(
            clip,
            span=Span(clip.span.begin + by, clip.span.end + by),
            time_map=TimeMap([replace(s, begin=s.begin + by) for s in clip.time_map.stretches]),
            open=lambda when: self._opened(clip.open(when - by)),
        )

    def _opened(self, source: MediaSource) -> MediaSource:
        begins, control = source.begins, source.control
        return replace(
            source,
            begins=None if begins is None else begins + self._by,
            control=None if control is None else WrongControl(control, self._by),
        )


class WrongControl:
    """The control of a stream whose clock is fast."""

    def __init__(self, control: StreamControl, by: timedelta) -> None:
        self.speeds = control.speeds
        self.pause, self.resume = control.pause, control.resume
        self.set_speed, self.stop = control.set_speed, control.stop
        self._control = control
        self._by = by

    def seek(self, when: datetime) -> None:
        self._control.seek(when - self._by)


@dataclass(eq=False)
class Tile:
    """One of the pictures, as its group knows it and as the bench looks at it."""

    name: str
    engine: VlcEngine
    source: PlaybackSource
    reverses: bool = False
    member: Member | None = None
    errors: list[ConsoleError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._player: Player = self.engine.player(self)
        self._read: tuple[int, float] = (-1, 0.0)

    @property
    def player(self) -> Player:
        return self._player

    def open(self, when: datetime) -> None:
        self._player.play(self.source, when, paused=True)

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        if error is not None:
            self.errors.append(error)

    def on_frame(self) -> None:
        pass

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        if self.member is not None:
            self.member.gap(asked, shown)

    def burnt(self) -> float | None:
        """The time burnt into its picture; None without one."""
        frame = self._player.frame()
        if frame is None:
            return None
        if frame.number != self._read[0]:
            try:
                self._read = (frame.number, reading(frame).timestamp())
            except timecode.Unreadable:
                return None
        return self._read[1]


@dataclass(kw_only=True)
class Seen:
    """What was seen at one moment: seconds from the earliest picture in step to the latest.

    `offs` is how far each is ahead of the clock, `told` how far ahead of the time its player tells.
    """

    at: float
    apart: float
    tiles: int
    offs: dict[str, float]
    told: dict[str, float]


def places(services: Services, count: int) -> tuple[datetime, list[tuple[str, Channel, Store]]]:
    """A moment that many channels recorded, and `count` of those, of as many kinds as there are."""
    found: list[tuple[str, Channel, Store, tuple[Span, ...]]] = []
    day = day_before(1)
    for account in services.accounts.all():
        nodes = [n for n in services.inventory.tree(account.id) if isinstance(n, Channel)]
        for channel in sorted(nodes, key=lambda one: one.name):
            if channel.status is not Status.ONLINE and Store.LOCAL not in channel.stores:
                continue
            for store in channel.stores:
                segments = services.footage.ensure(channel, store, day)
                spans = tuple(s for s in segments.joined().spans() if s.seconds > 400)
                if spans:
                    found.append((account.vendor, channel, store, spans))
    best: tuple[int, datetime, list[tuple[str, Channel, Store]]] = (0, day.begin, [])
    for minutes in range(0, 24 * 60, 2):
        begin = day.begin + timedelta(minutes=minutes)
        end = begin + timedelta(seconds=390)
        there = [
            (v, c, s)
            for v, c, s, spans in found
            if any(x.begin <= begin < end <= x.end for x in spans)
        ]
        chosen = _various(there, count)
        kinds = len({v for v, _c, _s in chosen}), len({(v, s) for v, _c, s in chosen})
        worth = 1000 * kinds[0] + 100 * kinds[1] + len(chosen)
        if worth > best[0]:
            best = worth, begin, chosen
    return best[1], best[2]


def _various(
    there: Sequence[tuple[str, Channel, Store]], count: int
) -> list[tuple[str, Channel, Store]]:
    """Of every vendor one first, then more, from devices as from clouds; no channel twice."""
    chosen: list[tuple[str, Channel, Store]] = []
    while len(chosen) < count:
        left = [one for one in there if all(one[1].key != c[1].key for c in chosen)]
        if not left:
            break
        vendors, stores = Counter(c[0] for c in chosen), Counter(c[2] for c in chosen)
        chosen.append(min(left, key=lambda one: (vendors[one[0]], stores[one[2]])))
    return chosen


def add_disk(services: Services, folder: Path, begin: datetime) -> None:
    """An account of a folder with files around a moment."""
    folder.mkdir()
    for scene, kind in zip(_DISK, ("mp4", "ts"), strict=True):
        end = begin + _LENGTH
        made = media.recording_file(scene, begin.timestamp(), end.timestamp(), kind)  # type: ignore[arg-type]
        stamps = (f"{one.astimezone(ZoneInfo(ZONE)):%Y%m%d%H%M%S}" for one in (begin, end))
        copyfile(made, folder / f"{scene.name}_{'_'.join(stamps)}.{kind}")
    account = services.accounts.add("local", "disk", {"folder": str(folder), "zone": ZONE})
    services.inventory.refresh(account.id)


@contextmanager
def wall(vendors: Sequence[str], count: int, wrong: float) -> Iterator[tuple[datetime, list[Tile]]]:
    """Tiles ready to be opened, and a moment that all of them have recorded.

    The clock of the last one is `wrong` seconds fast.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        online = tuple(one for one in vendors if one != "local")
        if online:
            _sandbox, services = stack.enter_context(clouds(online))
        else:
            services = stack.enter_context(opened(folder / "profile"))
        wanted = count - (2 if "local" in vendors else 0)
        begin, chosen = places(services, wanted) if online else (day_before(1).begin, [])
        if "local" in vendors:
            add_disk(services, folder / "footage", begin - timedelta(seconds=30))
            disk = next(a for a in services.accounts.all() if a.vendor == "local")
            nodes = [n for n in services.inventory.tree(disk.id) if isinstance(n, Channel)]
            chosen += [("local", node, Store.LOCAL) for node in nodes]
        engine = VlcEngine(services.transport.stream)
        stack.callback(engine.close)
        tiles: list[Tile] = []
        for vendor, channel, store in chosen:
            source: PlaybackSource = services.playback.source(channel, store)
            if wrong and len(tiles) == len(chosen) - 1:
                source = WrongClock(source, wrong)
            tiles.append(Tile(f"{vendor} {store} {channel.name}", engine, source))
        yield begin, tiles


def run(
    begin: datetime, tiles: Sequence[Tile], seconds: float, seeks: int, wrong: float
) -> Iterator[Seen]:
    """Plays `seconds` on one clock, goes elsewhere `seeks` times; what is seen after each look."""
    group = Group()
    for tile in tiles:
        tile.member = group.join(tile)
    if wrong and tiles[-1].member is not None:
        group.set_offset(tiles[-1].member, -wrong)
    group.seek(begin + timedelta(seconds=10))
    group.play()
    chance = random.Random(7)
    start = time.monotonic()
    each = seconds / (seeks + 1)
    quiet, turn = start + _SETTLE, 1
    while (now := time.monotonic()) - start < seconds:
        if turn <= seeks and now - start > turn * each:
            turn += 1
            left = seconds - (now - start)
            group.seek(begin + timedelta(seconds=chance.uniform(10, max(20.0, 380 - left))))
            quiet = now + _SETTLE
        group.tick()
        shown: dict[str, float] = {}
        told: dict[str, float] = {}
        at = group.position()
        for tile in tiles:
            assert tile.member is not None
            step = group.standing(tile.member).step
            burnt = tile.burnt() if step is Step.IN_STEP else None
            if burnt is not None:
                shown[tile.name] = burnt
                when = tile.member.where()
                told[tile.name] = burnt - when if when is not None else 0.0
        assert at is not None
        if len(shown) > 1:
            yield Seen(
                at=now - start,
                apart=max(shown.values()) - min(shown.values()),
                tiles=len(shown) if now > quiet else -len(shown),
                offs={name: burnt - at.timestamp() for name, burnt in shown.items()},
                told=told,
            )
        time.sleep(max(0.0, _TICK - (time.monotonic() - now)))


def _far(one: Seen) -> dict[str, Any]:
    """A look at pictures that were too far apart: when, and the tiles at both ends."""
    ends = (
        min(one.offs, key=lambda name: one.offs[name]),
        max(one.offs, key=lambda name: one.offs[name]),
    )
    return {
        "at": round(one.at, 2),
        "apart": round(one.apart, 3),
        "ends": {name: [round(one.offs[name], 3), round(one.told[name], 3)] for name in ends},
    }


def told(tiles: Sequence[Tile], seen: Sequence[Seen], wrong: float) -> dict[str, Any]:
    """The verdict."""
    apart = sorted(one.apart for one in seen)
    settled = [one for one in seen if one.tiles > 0]
    offs = {
        tile.name: [one.offs[tile.name] for one in settled if tile.name in one.offs]
        for tile in tiles
    }
    last = offs[tiles[-1].name]
    right = statistics.median(abs(one) for one in last) if last else None
    return {
        "tiles": len(tiles),
        "looks": len(seen),
        "worst": round(apart[-1], 3) if apart else None,
        "p95": round(apart[int(0.95 * len(apart))], 3) if apart else None,
        "over": [_far(one) for one in seen if one.apart > APART],
        "in step once settled": {
            n: round(len(o) / max(1, len(settled)), 3) for n, o in offs.items()
        },
        "off": {n: [round(min(o), 3), round(max(o), 3)] if o else None for n, o in offs.items()},
        "told wrong": {
            tile.name: round(max(abs(one.told.get(tile.name, 0.0)) for one in seen), 3)
            for tile in tiles
            if seen
        },
        "wrong clock": wrong,
        "put right to": None if right is None or not wrong else round(right, 3),
        "errors": [str(error) for tile in tiles for error in tile.errors],
        "passed": bool(apart) and apart[-1] <= APART and (not wrong or (right or 9.0) <= PUT_RIGHT),
    }


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sync")
    parser.add_argument("seconds", nargs="?", type=float, default=300.0)
    parser.add_argument("--seeks", type=int, default=5)
    parser.add_argument("--tiles", type=int, default=9)
    parser.add_argument("--wrong", type=float, default=37.0)
    parser.add_argument("--vendor", action="append", default=[])
    asked = parser.parse_args(words)
    vendors = tuple(asked.vendor) or (*VENDORS, "local")
    with wall(vendors, asked.tiles, asked.wrong) as (begin, tiles):
        seen: list[Seen] = []
        said = 0.0
        for one in run(begin, tiles, asked.seconds, asked.seeks, asked.wrong):
            seen.append(one)
            if one.at - said >= 1.0:
                said = one.at
                line = {"at": round(one.at, 1), "apart": round(one.apart, 3), "tiles": one.tiles}
                print(json.dumps(line), flush=True)
        verdict = told(tiles, seen, asked.wrong)
        for tile in tiles:
            tile.player.close()
    print(json.dumps(verdict, ensure_ascii=False, indent=1))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
