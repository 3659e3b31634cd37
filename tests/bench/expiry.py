"""Playing on where every login and every address of media ends after 20 seconds.

As a program: `python -m tests.bench.expiry [seconds] [vendor …] [--lifetime SECONDS]` plays live, a
cloud recording and a device's for so long (600) at each vendor in turn, and prints a line of JSON
for each stream and one with the verdict. `--lifetime 0` lets everything live as long as documented:
what a run on the same machine looks like without any renewal.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.bench.vendor_seeks import NEAR, VENDORS, Place, clouds, places
from tests.player.support import Watcher, reading
from tests.services.support import day_before
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Channel, Status, Store, now
from vsconsole.domain.playback import Clip
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.playback import FootageSource

LIFETIME = 20.0
LONGEST = 0.5
"""Seconds that may pass without a new picture."""

LIVE_BEHIND = 30.0
"""Seconds that a live picture may be old: HLS is some segments late by its nature."""

SKIPPED = 1.0
"""Seconds that the burnt-in time may run away from the clock between two looks."""

_STEADY = 5.0
"""Seconds after the first picture that libVLC takes to find its pace; nothing ends so early."""

_LOOK = 0.2
_TICK = 0.02
_ASK = 10.0
_START = 60.0


class Gauge(Watcher):
    """A listener that notes how long no new picture came, once the first have come."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = time.monotonic()
        self.first = 0.0
        self.last = 0.0
        self.pauses: list[tuple[float, float]] = []
        """When a pause longer than LONGEST ended, from the first picture, and its length."""

        self.longest = 0.0

    def on_frame(self) -> None:
        self._note(time.monotonic())
        super().on_frame()

    def end(self) -> None:
        """The last pause lasts until now."""
        self._note(time.monotonic())

    def _note(self, at: float) -> None:
        if not self.first:
            self.first = at
        else:
            pause = at - self.last if at - self.first > _STEADY else 0.0
            self.longest = max(self.longest, pause)
            if pause > LONGEST:
                self.pauses.append((round(at - self.first, 1), round(pause, 2)))
        self.last = at


@dataclass(kw_only=True, slots=True)
class Stream:
    """One thing that is played, and what was seen of it."""

    name: str
    player: Player
    gauge: Gauge
    live: bool
    seen: int = 0
    """Pictures whose burnt-in time was read."""

    wrong: list[tuple[float, float]] = field(default_factory=list)
    """When a burnt-in time was wrong, from the first picture, and by how much."""

    off: float = 0.0
    skipped: float = 0.0
    """The longest that the burnt-in time ran away from the clock between two looks, in seconds."""

    number: int = -1
    before: tuple[float, datetime] | None = None
    black: int = 0
    """Looks that found no picture at all after there had been one."""

    def look(self) -> None:
        """Reads the picture on screen and holds it against what the player says it is."""
        frame, at = self.player.frame(), time.monotonic()
        if frame is None:
            self.black += self.number >= 0
            return
        if frame.number == self.number:
            return
        self.number = frame.number
        try:
            burnt = reading(frame)
        except timecode.Unreadable:
            self._wrong(at, -1.0)
            return
        self.seen += 1
        said = now() if self.live else frame.when
        off = (burnt - said).total_seconds() if said is not None else 0.0
        self.off = max(self.off, abs(off))
        early = -LIVE_BEHIND if self.live else -NEAR
        if said is None or not early <= off <= NEAR:
            self._wrong(at, off)
        if self.before is not None:
            then, shown = self.before
            ran = (burnt - shown).total_seconds() - (at - then)
            self.skipped = max(self.skipped, abs(ran))
        self.before = at, burnt

    def _wrong(self, at: float, off: float) -> None:
        self.wrong.append((round(at - self.gauge.first, 1), round(off, 2)))

    def as_dict(self) -> dict[str, Any]:
        """What came out, as printed."""
        gauge, error = self.gauge, self.player.error
        return {
            "stream": self.name,
            "seconds": round(gauge.last - gauge.first, 1) if gauge.first else 0.0,
            "first_picture": round(gauge.first - gauge.begun, 2) if gauge.first else None,
            "longest": round(gauge.longest, 2),
            "pauses": gauge.pauses[:40],
            "reopened": self.player.stats().reopened,
            "black": self.black,
            "stalled": gauge.states.count(PlayerState.STALLED),
            "pictures": gauge.frames,
            "read": self.seen,
            "wrong": self.wrong[:40],
            "off": round(self.off, 2),
            "skipped": round(self.skipped, 2),
            "state": str(self.player.state),
            "errors": [f"{type(one).__name__}: {one} {one.code}".strip() for one in gauge.errors],
            "error": str(error) if error else "",
        }

    @property
    def good(self) -> bool:
        gauge = self.gauge
        shown = bool(self.seen) and not self.wrong and not self.black and not gauge.errors
        return shown and gauge.longest <= LONGEST and self.skipped <= SKIPPED


@dataclass(kw_only=True, slots=True)
class Asker:
    """Somebody who works with the account meanwhile: lists its tree and a day's recordings."""

    services: Services
    account: str
    place: Place | None
    asked: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def run(self, ended: threading.Event) -> None:
        while not ended.wait(_ASK):
            self._try(lambda: self.services.inventory.refresh(self.account, lambda _batch: None))
            if self.place is not None:
                self._try(self._records)

    def _records(self) -> None:
        assert self.place is not None
        adapter: Any = self.services.accounts.adapter(self.account)
        if not adapter.segments(self.place.channel, self.place.store, day_before(1)):
            self.refused["no recordings"] += 1

    def _try(self, ask: Any) -> None:
        self.asked += 1
        try:
            ask()
        except ConsoleError as error:
            self.refused[f"{type(error).__name__}: {error} {error.code}".strip()] += 1


def live_channel(services: Services, account: str) -> Channel | None:
    """The first online channel with a live picture."""
    return next(
        (
            node
            for node in services.inventory.tree(account)
            if isinstance(node, Channel)
            and node.status is Status.ONLINE
            and Ability.LIVE in node.abilities
        ),
        None,
    )


def beginning(source: FootageSource, place: Place, seconds: float) -> datetime:
    """A moment from which a recorded range goes on for so long, in the longest clip there is."""
    span = max(place.spans, key=lambda one: one.seconds)
    best: Clip | None = None
    clip = source.clip_at(span.begin)
    while clip is not None and clip.span.begin < span.end - timedelta(seconds=seconds):
        if best is None or clip.span.seconds > best.span.seconds + 1:
            best = clip
        if best.span.seconds >= seconds + 60:
            break
        clip = source.clip_after(clip.span.begin)
    return (best.span.begin if best is not None else span.begin) + timedelta(seconds=5)


def started(engine: VlcEngine, services: Services, vendor: str, seconds: float) -> Iterator[Stream]:
    """Everything of a vendor that plays, playing."""
    account = next(one for one in services.accounts.all() if one.vendor == vendor)
    channel = live_channel(services, account.id)
    if channel is not None:
        gauge = Gauge()
        player = engine.player(gauge)
        player.play_live(services.live.opener(channel))
        name = f"{vendor} live {channel.name}"
        yield Stream(name=name, player=player, gauge=gauge, live=True)
    for place in places(services):
        source = services.playback.source(place.channel, place.store)
        begin = beginning(source, place, seconds)
        gauge = Gauge()
        player = engine.player(gauge)
        player.play(source, begin)
        yield Stream(name=place.name, player=player, gauge=gauge, live=False)


def ended_addresses(sandbox: Sandbox) -> int:
    """How many requests for media came after their address had ended."""
    return sum(entry.kind == "media" and entry.status == 403 for entry in sandbox.log)


def run(vendor: str, seconds: float, lifetime: float | None) -> tuple[list[dict[str, Any]], bool]:
    """The lines of one vendor, and whether all went well."""
    with clouds((vendor,), lifetime) as (sandbox, services):
        engine = VlcEngine(services.transport.stream)
        streams = list(started(engine, services, vendor, seconds))
        account = services.accounts.all()[0].id
        stores = [place for place in places(services) if place.store is Store.CLOUD]
        asker = Asker(services=services, account=account, place=stores[0] if stores else None)
        ended = threading.Event()
        asking = threading.Thread(target=asker.run, args=(ended,), name="asker", daemon=True)
        asking.start()
        try:
            waited = time.monotonic() + _START
            while time.monotonic() < waited and not all(one.gauge.first for one in streams):
                time.sleep(_LOOK)
            held = _watched(streams, time.monotonic() + seconds)
            for stream in streams:
                stream.gauge.end()
            lines = [stream.as_dict() for stream in streams]
            good = all(stream.good for stream in streams) and bool(streams)
        finally:
            ended.set()
            for stream in streams:
                stream.player.close()
            engine.close()
            asking.join(30)
        lines.append(
            {
                "vendor": vendor,
                "asked": asker.asked,
                "refused": dict(asker.refused),
                "media refused": ended_addresses(sandbox),
                "logins": _logins(sandbox),
                "machine held up": round(held, 2),
            }
        )
        return lines, good and not asker.refused


def _watched(streams: list[Stream], until: float) -> float:
    """Looks at the streams; the longest that the machine, or this process, was held up itself."""
    longest, looked, before = 0.0, 0.0, time.monotonic()
    while before < until:
        if before - looked >= _LOOK:
            looked = before
            for stream in streams:
                stream.look()
        begun = time.monotonic()
        time.sleep(_TICK)
        before = time.monotonic()
        longest = max(longest, before - begun - _TICK)
    return longest


def _logins(sandbox: Sandbox) -> int:
    """How often a session was renewed or begun."""
    names = ("accessToken", "checkOrRefreshSession")
    return sum(entry.path.endswith(names) and entry.kind == "api" for entry in sandbox.log)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=float, default=600.0)
    parser.add_argument("vendor", nargs="*", default=VENDORS)
    parser.add_argument("--lifetime", type=float, default=LIFETIME, help="0: as documented")
    given = parser.parse_args(words)
    bad: list[str] = []
    for vendor in given.vendor:
        lines, good = run(vendor, given.seconds, given.lifetime or None)
        for line in lines:
            print(json.dumps(line, ensure_ascii=False), flush=True)
        if not good:
            bad.append(vendor)
    print(
        json.dumps({"seconds": given.seconds, "lifetime": given.lifetime, "interrupted": bad}),
        flush=True,
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
