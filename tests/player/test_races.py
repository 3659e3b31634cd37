"""Orders that follow each other closely end on the picture that the last seek asked for."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from tests.bench import seek_media
from tests.bench.seek_media import Recording
from tests.player.support import Watcher, reading
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine

ROUNDS = 5


@pytest.fixture
def busy() -> Iterator[None]:
    """Two processes that take what they get of the processor."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


def _recording(kind: str) -> AbstractContextManager[Recording]:
    if kind == "hls":
        return seek_media.hls_recording("continues", "h264", 40.0)
    return seek_media.file_recording("mp4", "h264", 40.0)


def _settle(player: Player) -> None:
    """Waits until nothing has changed for a while."""
    until = time.monotonic() + 8
    last, since = None, time.monotonic()
    while time.monotonic() < until:
        frame = player.frame()
        now = (player.state, frame.number if frame else 0)
        if now != last:
            last, since = now, time.monotonic()
        elif player.state is PlayerState.PAUSED and time.monotonic() - since > 0.7:
            return
        time.sleep(0.005)
    raise TimeoutError(f"{player.state}")


def _off(player: Player, asked: datetime) -> tuple[float, float]:
    frame = player.frame()
    assert frame is not None
    assert frame.when is not None
    shown = reading(frame)
    return (shown - asked).total_seconds(), (frame.when - shown).total_seconds()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("kind", ["hls", "mp4"])
def test_going_on_then_a_seek_then_a_pause(kind: str) -> None:
    chance = random.Random(3)
    engine, watcher = VlcEngine(), Watcher()
    player = engine.player(watcher)
    wrong = []
    try:
        with _recording(kind) as recording:
            begin = recording.ranges[0][0]
            player.play(recording.playback, seek_media.instant(begin + 3), paused=True)
            watcher.wait_settled(player)
            for number in range(ROUNDS):
                first, asked = (seek_media.instant(begin + chance.uniform(0, 39)) for _ in range(2))
                watcher.forget()
                player.seek(first)
                watcher.wait_state(PlayerState.PAUSED)
                if number % 4 == 3:
                    player.set_speed(2.0)
                    player.set_speed(1.0)
                player.resume()
                time.sleep(chance.uniform(0, 0.03))
                if number % 4 == 1:
                    player.step(1)
                player.seek(asked)
                time.sleep(chance.uniform(0, 0.06))
                player.pause()
                _settle(player)
                off, position_off = _off(player, asked)
                if abs(off) > 0.4 or abs(position_off) > 0.2:
                    wrong.append((number, off, position_off))
    finally:
        player.close()
        engine.close()
    assert not wrong


@pytest.mark.parametrize("kind", ["hls", "mp4"])
def test_going_on_right_before_playing_something_else(kind: str) -> None:
    chance = random.Random(5)
    engine, watcher = VlcEngine(), Watcher()
    player = engine.player(watcher)
    try:
        with _recording(kind) as recording:
            begin = recording.ranges[1][0]
            for _ in range(4):
                asked = seek_media.instant(begin + chance.uniform(0, 39))
                player.resume()
                player.play(recording.playback, asked, paused=True)
                _settle(player)
                off, position_off = _off(player, asked)
                assert abs(off) < 0.3
                assert abs(position_off) < 0.2
                player.resume()
                time.sleep(chance.uniform(0, 0.05))
    finally:
        player.close()
        engine.close()


def _near(shown: datetime, asked: datetime) -> bool:
    return abs((shown - asked).total_seconds()) < 0.4


def test_lesson_02_once_the_newest_seek_shows_no_picture_of_an_older_one_comes() -> None:
    chance = random.Random(2)
    engine, watcher = VlcEngine(), Watcher()
    player = engine.player(watcher)
    flips = []
    try:
        with _recording("mp4") as recording:
            begin = recording.ranges[0][0]
            player.play(recording.playback, seek_media.instant(begin + 3), paused=True)
            watcher.wait_settled(player)
            for _ in range(4):
                older, newest = (
                    seek_media.instant(begin + chance.choice((lo, lo + 20)) + chance.uniform(0, 9))
                    for lo in (2, 11)
                )
                player.seek(older)
                time.sleep(chance.uniform(0, 0.25))
                player.seek(newest)
                seen: list[datetime] = []
                until, landed = time.monotonic() + 15, None
                while time.monotonic() < until:
                    frame = player.frame()
                    shown = reading(frame) if frame is not None else None
                    if shown is not None and (not seen or seen[-1] != shown):
                        seen.append(shown)
                    if shown is not None and _near(shown, newest) and landed is None:
                        # Some time more for what must not come.
                        landed, until = shown, time.monotonic() + 0.5
                    watcher.wait_frame(0.02)
                there = [_near(shown, newest) for shown in seen]
                if not there[-1] or (True in there and False in there[there.index(True) :]):
                    flips.append((older, newest, seen))
    finally:
        player.close()
        engine.close()
    assert not flips
