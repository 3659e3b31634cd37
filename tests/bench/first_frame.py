"""From choosing a camera to its picture on screen, beside bare libVLC and one call of the vendor's.

    python -m tests.bench.first_frame [TIMES]

The real window opens a live stream, or a recorded moment, in a tile; then the same is asked of the
vendor once, and its address given to a bare libVLC player that is made already. In turn, the same
media in the same run. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench import bare_players
from tests.bench.clouds import Clouds
from tests.bench.desk import DeskBench
from tests.services.support import day_before
from vsconsole.demo import hands
from vsconsole.domain.model import Channel, Store
from vsconsole.player.pieces import _NETWORK_OPTIONS
from vsconsole.ui.wall.session import TileSession

_LIVE = ("tencent", "imou")

_PATIENCE = 20.0
_PAUSE = 0.7


def select(bench: DeskBench, open: Callable[[], object]) -> float:
    """Seconds from opening to the first picture painted in the selected tile."""
    tile = bench.wall.current
    painted: list[float] = []

    def on_shown(_number: int) -> None:
        painted.append(time.monotonic())

    tile.shown.connect(on_shown)
    begun = time.monotonic()
    open()
    bench.wait(lambda: bool(painted), "no picture", _PATIENCE)
    tile.shown.disconnect(on_shown)
    bench.desk.pictures.clear(tile)
    hands.pause(_PAUSE)
    return painted[0] - begun


def bare(player: bare_players.BarePlayer, ask: Callable[[], str], *options: str) -> float:
    """Seconds from asking the vendor to libVLC's first picture."""
    begun = time.monotonic()
    player.play(ask(), *options)
    if not player.wait_first(_PATIENCE):
        raise TimeoutError("bare libVLC shows nothing")
    took = player.first_at - begun
    player.stop()
    hands.pause(_PAUSE)
    return took


def live(bench: DeskBench, player: bare_players.BarePlayer, vendor: str, times: int) -> Any:
    """Both ways to a live picture, in turn; a camera of H.264, which bare libVLC shows in FLV."""
    services = bench.program.services
    channel = next(one for one in _h264(bench) if bench.vendor_of[one.key.account] == vendor)
    sessions: list[TileSession] = []

    def open() -> None:
        sessions.append(bench.desk.pictures.open_channel(channel))

    ours, theirs = [], []
    for turn in range(times + 1):
        mine = select(bench, open)
        profile = sessions[-1].profile
        other = bare(
            player,
            lambda p=profile: services.live.open(channel, p).url,  # type: ignore[misc]
            *bare_players.LIVE_OPTIONS,
        )
        if turn:  # the first loads what the others find
            ours.append(mine)
            theirs.append(other)
    return {"name": f"live from {vendor}", "ours": ours, "bare": theirs}


def recorded(bench: DeskBench, player: bare_players.BarePlayer, times: int) -> Any:
    """Both ways to a recorded moment, each time another."""
    services = bench.program.services
    channel = next(
        one
        for one in _h264(bench)
        if Store.CLOUD in one.stores and bench.vendor_of[one.key.account] == "tencent"
    )
    segments = services.footage.ensure(channel, Store.CLOUD, day_before(1))
    span = max(segments.joined().spans(), key=lambda one: one.seconds)
    ours, theirs = [], []
    for turn in range(times + 1):
        when = span.begin + timedelta(seconds=60 + turn * 37)

        def open(when: Any = when) -> None:
            bench.desk.pictures.play_moment(channel, Store.CLOUD, when)

        # The sandbox makes a piece of footage when it is first asked for: once for neither.
        for warm in (True, False):
            mine = select(bench, open)
            begun = time.monotonic()
            # A new one asks the vendor: what the one before was told is not known to it.
            clip = services.playback.source(channel, Store.CLOUD).clip_at(when)
            assert clip is not None
            media = clip.open(when)
            asked = time.monotonic() - begun
            second = clip.time_map.media_at(when)
            other = asked + bare(
                player, lambda m=media: m.url, f":start-time={second:.3f}", *_NETWORK_OPTIONS
            )  # type: ignore[misc]
            if turn and not warm:
                ours.append(mine)
                theirs.append(other)
    return {"name": "recorded in tencent's cloud", "ours": ours, "bare": theirs}


def _h264(bench: DeskBench) -> list[Channel]:
    """The cameras whose stream bare libVLC can show, known from having shown them."""
    if not _known:
        for session in bench.show(bench.cameras()[:12]):
            hands.pause(0.2)
            if session.player.stats().video == "h264" and session.channel is not None:
                _known.append(session.channel)
        bench.clear()
        bench.desk.pictures.set_grid(bench.wall.grid)
        hands.pause(2.0)
    return _known


_known: list[Channel] = []


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.first_frame")
    parser.add_argument("times", nargs="?", type=int, default=12)
    asked = parser.parse_args(words)
    with Clouds(("tencent", "imou")) as clouds, DeskBench.open(clouds) as bench:
        player = bare_players.BarePlayer(bare_players.instance(), 640, 360)
        hands.pause(1.0)  # the program loads what the first play needs meanwhile
        told = [live(bench, player, vendor, asked.times) for vendor in _LIVE]
        told.append(recorded(bench, player, asked.times))
        player.close()
    for row in told:
        for side in ("ours", "bare"):
            row[f"{side} median"] = round(statistics.median(row[side]), 4)
            row[side] = [round(one, 3) for one in row[side]]
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
