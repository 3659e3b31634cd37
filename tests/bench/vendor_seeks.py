"""Random seeks in what each cloud recorded, over its own interface, by the burnt-in time.

As a program: `python -m tests.bench.vendor_seeks [count] [vendor …]` prints what came out as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.player.support import Watcher, reading
from tests.services.support import day_before, opened
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Channel, Status, Store
from vsconsole.domain.timeline import Span
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services

VENDORS = ("tencent", "linkvisual", "ctyun", "volcengine", "imou")
NEAR = 0.5
"""Seconds a picture may be off the moment asked for."""

_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is sought in: a channel's recordings of one day in one store."""

    vendor: str
    channel: Channel
    store: Store
    spans: tuple[Span, ...]

    @property
    def name(self) -> str:
        return f"{self.vendor} {self.store} {self.channel.name}"


@contextmanager
def clouds(
    vendors: tuple[str, ...] = VENDORS, lifetime: float | None = None
) -> Iterator[tuple[Sandbox, Services]]:
    """A sandbox of these vendors, and services with an account at each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(seed=7, vendors=list(vendors), lifetime=lifetime) as sandbox,
        opened(Path(folder) / "profile") as services,
    ):
        for vendor in vendors:
            account = services.accounts.add(vendor, vendor, sandbox.fields(vendor))
            services.inventory.refresh(account.id, lambda _batch: None)
        yield sandbox, services


def places(services: Services) -> list[Place]:
    """One channel for each vendor and store that plays; of the online ones that record all day."""
    found: dict[tuple[str, Store], Place] = {}
    for account in services.accounts.all():
        channels = [
            node
            for node in services.inventory.tree(account.id)
            if isinstance(node, Channel) and node.status is Status.ONLINE
        ]
        for channel in channels:
            for store in channel.stores:
                if (account.vendor, store) in found:
                    continue
                segments = services.footage.ensure(channel, store, day_before(1))
                spans = tuple(one for one in segments.joined().spans() if one.seconds > 1500)
                if spans:
                    found[account.vendor, store] = Place(
                        vendor=account.vendor, channel=channel, store=store, spans=spans
                    )
    return list(found.values())


def seek(services: Services, place: Place, count: int, seed: int = 3) -> list[dict[str, Any]]:
    """`count` seeks in a place: how far off each was in seconds, and after how long it was right.

    A moment in a file that has no address is left out: it says so, and another is chosen.
    """
    engine = VlcEngine(services.transport.stream)
    watcher = Watcher()
    player = engine.player(watcher)
    chance = random.Random(f"{seed}/{place.name}")
    source = services.playback.source(place.channel, place.store)
    outcomes: list[dict[str, Any]] = []
    try:
        started = False
        while len(outcomes) < count:
            span = chance.choice(place.spans)
            asked = span.begin + timedelta(seconds=chance.uniform(2, span.seconds - 10))
            clip = source.clip_at(asked)
            if clip is None or (clip.span.end - asked).total_seconds() < 3:
                continue
            watcher.forget()
            begun = time.monotonic()
            if started:
                player.seek(asked)
            else:
                player.play(source, asked)
            off = None
            while time.monotonic() - begun < _PATIENCE and not isinstance(
                player.error, Unsupported
            ):
                frame = player.frame()
                if frame is not None:
                    off = (reading(frame) - asked).total_seconds()
                    if -NEAR <= off <= NEAR:
                        break
                if player.error is not None:
                    break
                watcher.wait_frame(0.02)
            if isinstance(player.error, Unsupported):
                started = False
                continue
            outcomes.append(
                {
                    "asked": str(asked),
                    "off": off,
                    "right": off is not None and abs(off) <= NEAR,
                    "seconds": time.monotonic() - begun,
                    "error": str(player.error) if player.error else "",
                }
            )
            started = player.error is None
            time.sleep(0.1)
    finally:
        player.close()
        engine.close()
    return outcomes


def fetched_twice(sandbox: Sandbox) -> list[str]:
    """Addresses that work once and were fetched more often."""
    seen = Counter(
        f"{entry.path}?{entry.query}"
        for entry in sandbox.log
        if entry.kind == "media" and entry.face == "linkvisual" and entry.path.startswith("/vod/")
    )
    return [address for address, times in seen.items() if times > 1]


def main(words: list[str]) -> None:
    count = int(words[0]) if words else 100
    vendors = tuple(words[1:]) or VENDORS
    with clouds(vendors) as (sandbox, services):
        for place in places(services):
            outcomes = seek(services, place, count)
            right = [one for one in outcomes if one["right"]]
            wrong = [one for one in outcomes if not one["right"]]
            took = sorted(one["seconds"] for one in outcomes)
            print(
                json.dumps(
                    {
                        "place": place.name,
                        "right": len(right),
                        "of": len(outcomes),
                        "worst": max((abs(one["off"]) for one in right), default=None),
                        "median_seconds": took[len(took) // 2],
                        "slowest_seconds": took[-1],
                        "wrong": wrong[:5],
                    },
                    ensure_ascii=False,
                ),
                flush=True,
            )
        print(json.dumps({"single-use addresses fetched twice": fetched_twice(sandbox)}))


if __name__ == "__main__":
    main(sys.argv[1:])
