"""Sixteen live tiles: processor time beside as many bare libVLC players, and the longest stalls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import mean

from tests.bench.run import Row

_TILES = 16


def measure() -> Iterator[Row]:
    """One process with the real window, one of bare players, in turn."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.wall", str(_TILES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=400,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    ours, bare = told["ours"], told["bare"]
    name = f"{told['tiles']} live tiles"
    yield Row(
        name=f"{name}: processors",
        ours=mean(one["cpu"] for one in ours),
        reference=mean(one["cpu"] for one in bare),
        unit="of one",
        goal=1.25,
    )
    # libVLC shows a picture again when the next one is not there in 80 ms, so the bare players'
    # count is of showings; what came too late is counted alike.
    yield Row(
        name=f"{name}: pictures too late to be shown",
        ours=mean(one["lost"] for one in ours),
        reference=mean(one["lost"] for one in bare),
        unit="a second",
    )
    yield Row(
        name=f"{name}: new pictures painted",
        ours=mean(one["pictures"] for one in ours),
        unit="a second",
    )
    for part, words in (("window", "the window's thread"), ("painting", "painting")):
        yield Row(
            name=f"{name}: of it {words}", ours=mean(one[part] for one in ours), unit="of one"
        )
    yield Row(name=f"{name}: memory", ours=told["memory"], unit="MB")
    for doing, took in told["stalls"].items():
        yield Row(name=f"{name}: longest stall {doing}", ours=took, unit="ms", goal=50)
