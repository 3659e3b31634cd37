"""One vendor is away for half a minute: its tiles come back, the others never leave.

    python -m tests.bench.outage [VENDOR]... [--seconds N] [--tiles N] [--kind reset|slow]...

`reset` breaks every connection and refuses new ones, `slow` breaks them and then never answers what
is asked meanwhile.
Prints a line of JSON for each tile and outage, then the verdict.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.clouds import Clouds
from tests.bench.desk import DeskBench, Eye, plays
from tests.bench.vendor_seeks import VENDORS
from vsconsole.demo import hands
from vsconsole.player.backend import PlayerState

BACK = 90.0
"""Seconds after the outage in which every tile has its picture again."""

_SETTLE = 12.0
_AFTERWARDS = 5.0


def outage(
    bench: DeskBench, eyes: list[Eye], vendor: str, kind: str, seconds: float
) -> Iterator[dict[str, Any]]:
    """Takes a vendor away and gives it back; what each tile went through."""
    for eye in eyes:
        eye.forget()
    gone = [eye for eye in eyes if bench.vendor(eye.session) == vendor]
    bench.clouds.trouble(vendor, kind, seconds=3600 if kind == "slow" else None)
    bench.clouds.cut(vendor)
    begun = time.monotonic()
    hands.pause(seconds)
    over = time.monotonic()
    lost = {eye: any(state is not PlayerState.PLAYING for _at, state in eye.states) for eye in gone}
    bench.clouds.well(vendor)
    back: dict[Eye, float] = {}
    while len(back) < len(gone) and time.monotonic() - over < BACK:
        hands.pause(0.1)
        for eye in gone:
            if eye not in back and plays(eye.session) and eye.picture_at > over:
                back[eye] = time.monotonic() - over
    hands.pause(_AFTERWARDS)
    for eye in eyes:
        mine = eye in gone
        yield {
            "outage": vendor,
            "kind": kind,
            "tile": f"{bench.vendor(eye.session)} {eye.session.title}",
            "back after": round(back[eye], 1) if eye in back else None,
            "lost": lost.get(eye, False),
            "states": [(round(at - begun, 1), str(state)) for at, state in eye.states][:40],
            "longest without a picture": round(eye.longest, 2),
            "kept": (eye in back and lost[eye]) if mine else not eye.left,
        }


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.outage")
    parser.add_argument("vendor", nargs="*", help=", ".join(VENDORS))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--tiles", type=int, default=16)
    parser.add_argument("--kind", action="append", default=[], choices=("reset", "slow"))
    asked = parser.parse_args(words)
    rows: list[dict[str, Any]] = []
    with Clouds() as clouds, DeskBench.open(clouds) as bench:
        sessions = bench.show(bench.cameras()[: asked.tiles])
        eyes = [Eye(session) for session in sessions]
        for vendor in asked.vendor or VENDORS[:1]:
            for kind in asked.kind or ("reset", "slow"):
                hands.pause(_SETTLE)
                for row in outage(bench, eyes, vendor, kind, asked.seconds):
                    rows.append(row)
                    print(json.dumps(row, ensure_ascii=False), flush=True)
    backs = [row["back after"] for row in rows if row["back after"] is not None]
    others = [row for row in rows if not row["tile"].startswith(row["outage"])]
    verdict = {
        "tiles": len(sessions),
        "seconds": asked.seconds,
        "slowest back after": max(backs, default=None),
        "longest pause of the others": max(
            (row["longest without a picture"] for row in others), default=None
        ),
        "not kept": [
            f"{row['kind']}: {row['tile']} {row['states'][:6]}" for row in rows if not row["kept"]
        ],
        "passed": bool(backs) and bool(others) and all(row["kept"] for row in rows),
    }
    print(json.dumps(verdict, ensure_ascii=False, indent=1))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
