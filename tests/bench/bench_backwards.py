"""One picture back, and playing backwards, in a file on disk: seconds until it is seen."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.bench import seek_media
from tests.bench.run import Row
from tests.bench.seek_media import BEGIN, instant
from tests.player.support import Watcher, reading
from vsconsole.player.backend import Player
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media.scene import Codec, FileType

GOAL = 0.3
_TIMES = 25
_PATIENCE = 3.0
_KINDS: tuple[tuple[FileType, Codec], ...] = (("mp4", "h264"), ("mp4", "h265"), ("ts", "h264"))


def _seen(player: Player, watcher: Watcher, after: datetime, before: datetime) -> float:
    """Seconds until the time burnt into the picture is between two moments."""
    begun = time.monotonic()
    while time.monotonic() - begun < _PATIENCE:
        frame = player.frame()
        if frame is not None and after < reading(frame) < before:
            return time.monotonic() - begun
        del frame
        watcher.wait_frame(0.002)
    return _PATIENCE


def _shown(player: Player) -> datetime:
    frame = player.frame()
    assert frame is not None
    return reading(frame)


def measure() -> Iterator[Row]:
    for kind, codec in _KINDS:
        steps, runs = [], []
        with seek_media.file_recording(kind, codec, 40, gop_seconds=4.0) as made:
            engine = VlcEngine()
            watcher = Watcher()
            player = engine.player(watcher)
            player.play(made.playback, instant(BEGIN + 35), paused=True)
            watcher.wait_settled(player)
            time.sleep(0.5)
            for _each in range(_TIMES):
                before = _shown(player)
                player.step(-1)
                steps.append(_seen(player, watcher, before - timedelta(seconds=1), before))
            for turn in range(_TIMES):
                at = instant(BEGIN + 33 - turn)
                player.reverse(at, 1.0)
                player.resume()
                # The second picture: it runs.
                early, late = at - timedelta(seconds=1), at - timedelta(seconds=0.1)
                runs.append(_seen(player, watcher, early, late))
            player.close()
            engine.close()
        name = f"{kind.upper()} {codec}, key frame every 4 s"
        yield Row(
            name=f"one picture back, worst of {_TIMES}: {name}",
            ours=max(steps),
            unit="s",
            goal=GOAL,
        )
        yield Row(
            name=f"playing backwards begins, worst of {_TIMES}: {name}",
            ours=max(runs),
            unit="s",
            goal=GOAL,
        )
        yield Row(name=f"one picture back, median: {name}", ours=statistics.median(steps), unit="s")


if __name__ == "__main__":
    for row in measure():
        print(row)
