"""Nine tiles for an hour: how many megabytes an hour the program grows by.

    python -m tests.bench.memory [MINUTES] [--tiles N]

Two of three tiles are live, the others play recordings one after the other. One line of JSON a
minute, then the verdict: the slope of memory over time, by the median of all slopes between two
looks (one look that is off does not turn it), without the first fifth, in which caches fill.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from datetime import timedelta
from itertools import combinations
from typing import Any

from tests.bench.clouds import Clouds
from tests.bench.desk import DeskBench, handles, memory, plays, threads
from tests.services.support import day_before
from vsconsole.demo import hands
from vsconsole.ui.wall.session import TileSession

SLOPE = 5.0
"""MB an hour that are still none."""

_LOOK = 5.0
_WARM = 0.2
_MOST_LOOKS = 360


def slope(looks: list[tuple[float, float]]) -> float:
    """Units an hour: the median slope between any two of (seconds, value), ends apart."""
    step = max(1, len(looks) // _MOST_LOOKS)
    few = looks[::step]
    apart = (few[-1][0] - few[0][0]) / 4
    slopes = [
        (b[1] - a[1]) / (b[0] - a[0]) * 3600
        for a, b in combinations(few, 2)
        if b[0] - a[0] >= apart
    ]
    return statistics.median(slopes)


def play_recordings(bench: DeskBench, sessions: list[TileSession]) -> int:
    """Has every third tile play what its channel recorded yesterday; how many do."""
    count = 0
    for session in sessions[::3]:
        channel = session.channel
        if channel is None or not channel.stores:
            continue
        footage, store, day = bench.program.services.footage, channel.stores[0], day_before(1)
        load = footage.load(channel, store, day)
        bench.wait(lambda load=load: load.done, "the recordings are not listed")  # type: ignore[misc]
        spans = load.coverage().segments.joined().spans()
        if spans:
            longest = max(spans, key=lambda one: one.seconds)
            session.play_at(longest.begin + timedelta(seconds=5), store)
            count += 1
    return count


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory")
    parser.add_argument("minutes", nargs="?", type=float, default=60.0)
    parser.add_argument("--tiles", type=int, default=9)
    asked = parser.parse_args(words)
    looks: list[tuple[float, float]] = []
    with Clouds() as clouds, DeskBench.open(clouds) as bench:
        sessions = bench.show(bench.cameras()[: asked.tiles])
        recorded = play_recordings(bench, sessions)
        bench.wait(lambda: all(map(plays, sessions)), "not every tile plays")
        begun = said = time.monotonic()
        first = handles(), threads()
        while (now := time.monotonic()) - begun < asked.minutes * 60:
            looks.append((now - begun, memory()))
            if now - said >= 60:
                said = now
                line = {
                    "minute": round((now - begun) / 60),
                    "memory": round(looks[-1][1], 1),
                    "handles": handles(),
                    "threads": threads(),
                    "playing": sum(map(plays, sessions)),
                }
                print(json.dumps(line), flush=True)
            hands.pause(_LOOK)
        still = sum(map(plays, sessions))
        last = handles(), threads()
    steady = [look for look in looks if look[0] > asked.minutes * 60 * _WARM]
    grows = slope(steady)
    verdict: dict[str, Any] = {
        "minutes": asked.minutes,
        "tiles": len(sessions),
        "of recordings": recorded,
        "playing at the end": still,
        "memory": [round(steady[0][1], 1), round(steady[-1][1], 1)],
        "MB an hour": round(grows, 2),
        "handles": [first[0], last[0]],
        "threads": [first[1], last[1]],
        "passed": grows < SLOPE,
    }
    print(json.dumps(verdict, indent=1))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
