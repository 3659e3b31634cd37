"""Live tiles that are made to connect again and again: memory and handles stay as they were.

    python -m tests.bench.reconnects [TIMES] [--tiles N]

In each round every connection of every vendor is broken. A tile that has not noticed after a second
is told to try again, as its button does. The round is over when every tile has a new picture; one
that is lost often waits its countdown like any other. Prints a line of JSON now and then, then the
verdict: how much memory has grown from the end of the warming up on, and how many more handles and
threads there are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.bench.clouds import Clouds
from tests.bench.desk import DeskBench, Eye, handles, memory, plays, threads
from vsconsole.demo import hands
from vsconsole.player.backend import PlayerState

GROWTH = 0.1
"""Part by which memory may grow."""

MORE_HANDLES = 8
"""So many more handles are still flat: connections come and go."""

_WARM = 0.1
"""Part of the rounds in which caches fill."""

_FEW = 5
_TOLD_AFTER = 1.0
_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Round:
    """What came of one round; memory in MB."""

    seconds: float
    cut: int
    told: int
    failed: int
    """Tiles whose player gave up and whose countdown ran."""
    late: int
    """Tiles without a picture after a minute."""
    memory: float
    handles: int
    threads: int


def one_round(bench: DeskBench, eyes: list[Eye], vendors: list[str]) -> Round:
    """Every tile loses its stream once and comes back."""
    for eye in eyes:
        eye.forget()
    begun = time.monotonic()
    for vendor in vendors:
        bench.clouds.cut(vendor)
    told: set[Eye] = set()
    back: set[Eye] = set()
    while len(back) < len(eyes) and time.monotonic() - begun < _PATIENCE:
        hands.pause(0.02)
        now = time.monotonic()
        for eye in eyes:
            if not eye.left and eye not in told and now - begun > _TOLD_AFTER:
                told.add(eye)
                eye.session.retry()
            elif eye.left and plays(eye.session) and eye.picture_at > eye.states[-1][0]:
                back.add(eye)
    return Round(
        seconds=time.monotonic() - begun,
        cut=len(eyes) - len(told),
        told=len(told),
        failed=sum(PlayerState.FAILED in eye.left for eye in eyes),
        late=len(eyes) - len(back),
        memory=memory(),
        handles=handles(),
        threads=threads(),
    )


def told(rounds: list[Round], tiles: int) -> dict[str, Any]:
    """The verdict over all rounds: the last against the first behind the warming up."""
    warm = rounds[round(_WARM * len(rounds)) :]
    few = max(1, min(_FEW, len(warm) // 2))

    def at(name: str, part: list[Round]) -> float:
        return statistics.median(getattr(one, name) for one in part)

    first, last = warm[:few], warm[-few:]
    grown = at("memory", last) / at("memory", first) - 1
    more = at("handles", last) - at("handles", first)
    return {
        "tiles": tiles,
        "rounds": len(rounds),
        "lost by a broken line": sum(one.cut for one in rounds),
        "told to try again": sum(one.told for one in rounds),
        "counted down": sum(one.failed for one in rounds),
        "seconds a round": round(statistics.median(one.seconds for one in rounds), 2),
        "slowest round": round(max(one.seconds for one in rounds), 2),
        "without a picture": sum(one.late for one in rounds),
        "memory at first": round(at("memory", rounds[:few]), 1),
        "memory": [round(at("memory", first), 1), round(at("memory", last), 1)],
        "grown by": round(grown, 4),
        "handles": [at("handles", first), at("handles", last)],
        "threads": [at("threads", first), at("threads", last)],
        "passed": grown < GROWTH and more <= MORE_HANDLES and not any(r.late for r in rounds),
    }


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reconnects")
    parser.add_argument("times", nargs="?", type=int, default=500)
    parser.add_argument("--tiles", type=int, default=16)
    asked = parser.parse_args(words)
    rounds: list[Round] = []
    with Clouds() as clouds, DeskBench.open(clouds) as bench:
        sessions = bench.show(bench.cameras()[: asked.tiles])
        eyes = [Eye(session) for session in sessions]
        vendors = sorted({bench.vendor(session) for session in sessions})
        for number in range(1, asked.times + 1):
            rounds.append(one := one_round(bench, eyes, vendors))
            if number % 5 == 0 or one.late:
                line = {
                    "round": number,
                    "seconds": round(one.seconds, 2),
                    "told": one.told,
                    "counted down": one.failed,
                    "memory": round(one.memory, 1),
                    "handles": one.handles,
                    "threads": one.threads,
                }
                print(json.dumps(line), flush=True)
    verdict = told(rounds, len(eyes))
    print(json.dumps(verdict, ensure_ascii=False, indent=1))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
