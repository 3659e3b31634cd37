"""What a wall of live tiles costs beside bare libVLC players, and how long the window ever waits.

    python -m tests.bench.wall [TILES] [--seconds N]

The real window with tiles of H.264 streams, which libVLC can play alone, and a process of bare
players of the same streams, in turn. Prints one line of JSON; stalls with what was done then go to
standard error.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtGui import QPaintEvent

from tests.bench.clouds import Clouds
from tests.bench.desk import SIZE, DeskBench, Eye, memory
from vsconsole.demo import hands
from vsconsole.domain.model import Channel
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.tile import Tile
from vsconsole.work.qt import Heartbeat
from vsconsole.work.watchdog import Stall, Watchdog

_VENDORS = ("tencent", "volcengine", "imou")
_CAMERAS = 48
_SETTLE = 8.0
_TURNS = 2
_LIMIT = 0.02
"""Seconds from which on a stall is noted."""

_SIZES = ((1280, 720), (1600, 900), (1920, 1080), (1366, 768), (1920, 1080))


class Painting:
    """How long tiles paint, in seconds of processor time; made before the first of them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.times = 0
        paint = Tile.paintEvent

        def measured(tile: Tile, event: QPaintEvent) -> None:
            begun = time.thread_time()
            paint(tile, event)
            self.seconds += time.thread_time() - begun
            self.times += 1

        Tile.paintEvent = measured  # type: ignore[method-assign]


def python_threads() -> dict[str, float]:
    """Seconds of processor time of Python's threads by name, without their numbers."""
    taken: dict[str, float] = {}
    for thread in threading.enumerate():
        try:
            stat = Path(f"/proc/self/task/{thread.native_id}/stat").read_text()
        except OSError:
            continue
        user, system = stat.rpartition(")")[2].split()[11:13]
        name = thread.name.rstrip("0123456789-").partition(" ")[0]
        taken[name] = taken.get(name, 0.0) + (int(user) + int(system)) / 100
    return taken


def cost(eyes: list[Eye], painting: Painting, seconds: float) -> dict[str, Any]:
    """Processors the program takes while it shows its tiles, and where."""
    shown = sum(eye.pictures for eye in eyes)
    lost = sum(eye.session.player.stats().frames_lost for eye in eyes)
    threads, painted, paints = python_threads(), painting.seconds, painting.times
    before, window, begun = time.process_time(), time.thread_time(), time.monotonic()
    hands.pause(seconds)
    passed = time.monotonic() - begun
    taken = time.process_time() - before
    window = time.thread_time() - window
    after = python_threads()
    return {
        "cpu": taken / passed,
        "window": window / passed,
        "painting": (painting.seconds - painted) / passed,
        "paints": (painting.times - paints) / passed,
        "pictures": (sum(eye.pictures for eye in eyes) - shown) / passed,
        "lost": (sum(eye.session.player.stats().frames_lost for eye in eyes) - lost) / passed,
        "threads": {
            name: round((took - threads.get(name, 0.0)) / passed, 3)
            for name, took in after.items()
            if took - threads.get(name, 0.0) > 0.002 * passed
        },
    }


def bare(bench: DeskBench, sessions: list[TileSession], seconds: float) -> dict[str, Any]:
    """The same of a process of bare players; call it while the wall is empty."""
    words: list[str] = []
    for session in sessions:
        assert session.channel is not None
        source = bench.program.services.live.open(session.channel, session.profile)
        width, height = _sizes[session.channel]
        words += [f"{width}x{height}", source.url]
    command = [sys.executable, "-m", "tests.bench.bare_players", str(_SETTLE), str(seconds)]
    with subprocess.Popen([*command, *words], stdout=subprocess.PIPE, text=True) as process:
        # The window stays as it is, empty.
        until = time.monotonic() + seconds + 60
        while process.poll() is None and time.monotonic() < until:
            hands.pause(0.2)
        process.kill()
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.read().splitlines()[-1])
    return told


_sizes: dict[Channel, tuple[int, int]] = {}


class Stalls:
    """The longest time that the window waited, by what was done."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}
        self._doing = ""
        self._beat = Heartbeat(Watchdog(self._on_stall, limit=_LIMIT))

    def during(self, doing: str, work: Callable[[], object]) -> None:
        """Does some work of the window and notes how long it stood still."""
        self._doing = doing
        self.longest.setdefault(doing, 0.0)
        self._beat.start()
        work()
        hands.pause(0.5)
        self._beat.stop()

    def _on_stall(self, stall: Stall) -> None:
        waited = stall.seconds - stall.queued
        before = self.longest[self._doing]
        if waited > before:
            self.longest[self._doing] = waited
            print(
                f"{self._doing}: {waited * 1000:.0f} ms, computing for {stall.busy * 1000:.0f} ms"
                f"\n{stall.stack}",
                file=sys.stderr,
            )


def resize(bench: DeskBench) -> None:
    """The window in several sizes, every tile large once and the wall in other layouts."""
    for size in _SIZES:
        bench.window.resize(*size)
        hands.pause(0.3)
    for _each in range(2):
        bench.wall.enlarge(0)
        hands.pause(0.3)
    bench.window.setGeometry(SIZE)
    hands.pause(0.3)


def chosen(bench: DeskBench, count: int) -> list[Channel]:
    """So many cameras whose streams bare libVLC can show."""
    sessions = bench.show(bench.cameras()[:36])
    hands.pause(2.0)
    found = []
    for session in sessions:
        stats = session.player.stats()
        if stats.video == "h264" and session.channel is not None:
            found.append(session.channel)
    bench.clear()
    hands.pause(2.0)
    return found[:count]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wall")
    parser.add_argument("tiles", nargs="?", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=12.0)
    asked = parser.parse_args(words)
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    stalls, painting = Stalls(), Painting()
    with Clouds(_VENDORS, channels=_CAMERAS) as clouds, DeskBench.open(clouds) as bench:
        channels = chosen(bench, asked.tiles)
        empty = memory()
        for _turn in range(_TURNS):
            sessions: list[TileSession] = []
            stalls.during("starting", lambda s=sessions: s.extend(bench.show(channels)))  # type: ignore[misc]
            stalls.during("resizing", lambda: resize(bench))
            hands.pause(_SETTLE)
            eyes = [Eye(session) for session in sessions]
            ours.append(cost(eyes, painting, asked.seconds))
            for session in sessions:
                stats = session.player.stats()
                assert session.channel is not None
                _sizes[session.channel] = (stats.width, stats.height)
            full = memory()
            stalls.during("stopping", bench.clear)
            hands.pause(1.0)
            theirs.append(bare(bench, sessions, asked.seconds))
    told = {
        "tiles": len(channels),
        "sizes": sorted({f"{w}x{h}" for w, h in _sizes.values()}),
        "ours": ours,
        "bare": theirs,
        "stalls": {name: round(took * 1000, 1) for name, took in stalls.longest.items()},
        "memory": round(full - empty, 1),
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
