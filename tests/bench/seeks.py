"""Random seeks over a gap: is the right picture shown, and how soon, against bare libVLC."""

from __future__ import annotations

import ctypes
import multiprocessing
import statistics
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.bench import seek_media
from tests.bench.seek_media import Recording
from tests.player.support import Watcher, reading
from vsconsole.player.backend import Player
from vsconsole.player.vlc import VlcEngine

NEAR = timedelta(seconds=0.5)
LENGTH = 90.0
PATIENCE = 3.0
BARE_PATIENCE = 0.8
AT_ONCE = 4
"""Kinds measured side by side: a seek leaves the machine idle for most of its time."""

_PAUSE = 0.22


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One seek: how far off the picture was when the player said it was there, and how soon the
    right picture was on screen (None: never); `position_off` is what the player's clock was off.

    libVLC does not say when it leaves out late pictures, so on a crowded machine the clock may be
    off until libVLC's own is heard, four times a second: it has a second to be right.
    """

    asked: datetime
    off: float
    position_off: float
    latency: float | None

    @property
    def right(self) -> bool:
        return abs(self.off) <= NEAR.total_seconds() and self.latency is not None


def recordings(length: float = LENGTH) -> list[AbstractContextManager[Recording]]:
    """Every kind that has to be right."""
    found: list[AbstractContextManager[Recording]] = []
    for codec in seek_media.CODECS:
        found += [seek_media.hls_recording(clock, codec, length) for clock in seek_media.CLOCKS]
        found += [seek_media.file_recording(kind, codec, length) for kind in seek_media.FILES]
    return found


def seek_with_player(recording: Recording, count: int, *, paused: bool = False) -> list[Outcome]:
    """`count` random seeks with the program's own player."""
    engine = VlcEngine()
    watcher = Watcher()
    player = engine.player(watcher)
    outcomes = []
    try:
        first = seek_media.instant(recording.ranges[0][0] + 5)
        player.play(recording.playback, first, paused=paused)
        watcher.wait_settled(player)
        time.sleep(1.0)
        for asked in seek_media.moments(recording, count):
            before = player.frame()
            watcher.forget()
            begun = time.monotonic()
            player.seek(asked)
            latency: float | None = None
            while time.monotonic() - begun < PATIENCE:
                frame = player.frame()
                if frame is not None and frame is not before:
                    before = frame
                    if abs(reading(frame) - asked) <= NEAR:
                        latency = time.monotonic() - begun
                        break
                watcher.wait_frame(0.002)
            watcher.wait_settled(player, since_forget=True)
            frame = player.frame()
            assert frame is not None
            shown = reading(frame)
            outcomes.append(
                Outcome(
                    asked=asked,
                    off=(shown - asked).total_seconds(),
                    position_off=_clock_off(player, watcher),
                    latency=latency,
                )
            )
            time.sleep(_PAUSE)
        return outcomes
    finally:
        player.close()
        engine.close()


def _clock_off(player: Player, watcher: Watcher) -> float:
    """By how many seconds the player's clock differs from the time in the picture."""
    until = time.monotonic() + 1.0
    while True:
        frame = player.frame()
        assert frame is not None
        assert frame.when is not None
        off = (frame.when - reading(frame)).total_seconds()
        if abs(off) < 0.2 or time.monotonic() > until:
            return off
        watcher.wait_frame(0.05)


def seek_with_bare_libvlc(recording: Recording, count: int) -> list[Outcome]:
    """The same seeks with `set_time` on one libVLC player, media changed where files change."""
    bare = _Bare()
    outcomes = []
    try:
        opened: tuple[str, float, float] | None = None
        for asked in seek_media.moments(recording, count):
            second = asked.timestamp()
            medium = next(one for one in recording.plain if one[1] <= second < one[2])
            media_second = second - medium[1]
            if len(recording.ranges) > len(recording.plain) and second >= recording.ranges[1][0]:
                # One playlist over the gap: its media time has no gap.
                media_second -= recording.ranges[1][0] - recording.ranges[0][1]
            begun = time.monotonic()
            if medium != opened:
                if not bare.open(medium[0]):
                    outcomes.append(Outcome(asked=asked, off=9e9, position_off=0, latency=None))
                    continue
                # Opening the other file is part of getting there, for the player too.
                opened = medium
            latency = bare.seek(media_second, asked, begun)
            off = 0.0 if latency is not None else 9e9
            outcomes.append(Outcome(asked=asked, off=off, position_off=0, latency=latency))
            time.sleep(_PAUSE)
        return outcomes
    finally:
        bare.close()


class _Bare:
    """libVLC with nothing around it but memory for its pictures."""

    _WIDTH, _HEIGHT = 640, 360

    def __init__(self) -> None:
        import vlc

        pointer = ctypes.c_void_p
        self._instance: Any = vlc.Instance(["--quiet", "--no-audio", "--no-xlib"])
        self._player: Any = self._instance.media_player_new()
        self._memory = (ctypes.c_ubyte * (self._WIDTH * self._HEIGHT * 4))()
        self._arrived = threading.Condition()
        self._pictures = 0
        self._when: datetime | None = None
        lock = ctypes.CFUNCTYPE(pointer, pointer, ctypes.POINTER(pointer))(self._lock)
        show = ctypes.CFUNCTYPE(None, pointer, pointer)(self._show)
        self._keep = (lock, show)
        call = vlc.dll.libvlc_video_set_callbacks
        call.argtypes = [pointer] * 5
        call(
            pointer.from_param(self._player),
            ctypes.cast(lock, pointer),
            None,
            ctypes.cast(show, pointer),
            None,
        )
        self._player.video_set_format("RV32", self._WIDTH, self._HEIGHT, self._WIDTH * 4)

    def open(self, address: str) -> bool:
        self._player.set_media(self._instance.media_new(address))
        before = self._pictures
        self._player.play()
        with self._arrived:
            return self._arrived.wait_for(lambda: self._pictures > before, BARE_PATIENCE)

    def seek(self, media_second: float, asked: datetime, begun: float) -> float | None:
        with self._arrived:
            self._when = None
        self._player.set_time(round(media_second * 1000))

        def right() -> bool:
            return self._when is not None and abs(self._when - asked) <= NEAR

        with self._arrived:
            if self._arrived.wait_for(right, BARE_PATIENCE):
                return time.monotonic() - begun
            return None

    def close(self) -> None:
        self._player.stop()
        self._player.release()
        self._instance.release()

    def _lock(self, _opaque: Any, planes: Any) -> int:
        planes[0] = ctypes.addressof(self._memory)
        return 0

    def _show(self, _opaque: Any, _picture: Any) -> None:
        from vsconsole.sandbox import timecode

        data = memoryview(self._memory).cast("B")
        try:
            found = timecode.read_bgra(data, self._WIDTH * 4, self._WIDTH, self._HEIGHT)
        except timecode.Unreadable:
            return
        with self._arrived:
            self._pictures += 1
            self._when = found.when
            self._arrived.notify_all()


def run(count: int = 200) -> list[dict[str, Any]]:
    """Rows for the bench table: seconds until the right picture, and how many seeks were right.

    The ratio compares medians over the seeks each got right; None where bare libVLC got none. Bare
    libVLC does a quarter of the seeks: it is slow where it goes wrong.
    """
    kinds = range(len(recordings()))
    rows: list[dict[str, Any]] = []
    # Fresh processes: libVLC's threads do not live through a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_ONCE, mp_context=context) as workers:
        for row in workers.map(partial(_measured, count), kinds):
            rows.append(row)
            print(
                f"{row['name']}: {row['right']} of {row['total']} right (bare libVLC"
                f" {row['reference_right']} of {row['reference_total']}), ratio {row['ratio']}",
                flush=True,
            )
    return rows


def _measured(count: int, kind: int) -> dict[str, Any]:
    with recordings()[kind] as recording:
        ours = seek_with_player(recording, count)
        bare = seek_with_bare_libvlc(recording, max(1, count // 4))
    mine = [one.latency for one in ours if one.latency is not None]
    theirs = [one.latency for one in bare if one.latency is not None]
    own = statistics.median(mine) if mine else None
    reference = statistics.median(theirs) if theirs else None
    return {
        "name": f"seek to the picture: {recording.name}",
        "ours": own,
        "reference": reference,
        "ratio": own / reference if own and reference else None,
        "unit": "s",
        "goal": 1.2,
        "right": sum(one.right for one in ours),
        "total": len(ours),
        "reference_right": len(theirs),
        "reference_total": len(bare),
        "worst_off": max(abs(one.off) for one in ours),
        "worst_position_off": max(abs(one.position_off) for one in ours),
        "wrong": [asdict(one) | {"asked": str(one.asked)} for one in ours if not one.right],
    }


if __name__ == "__main__":
    import json
    import sys

    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 200), indent=2))
