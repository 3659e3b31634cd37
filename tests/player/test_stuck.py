"""A device that says yes and does nothing: speeds it does not play at, seeks without a picture."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.bench.seek_media import BEGIN, instant
from tests.player import flv_support
from tests.player.support import Watcher, reading
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import Scene


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    engine = VlcEngine(flv_support.Bytes)
    yield engine
    engine.close()


def _shown(player: Player) -> float:
    frame = player.frame()
    assert frame is not None
    return reading(frame).timestamp() - BEGIN


def test_lesson_05_a_device_that_ignores_the_speed_is_said_and_played_smoothly(
    engine: VlcEngine,
) -> None:
    with flv_support.device(Scene(channel=5)) as device:
        watcher = Watcher()
        player = engine.player(watcher)
        player.play(device.playback(300), instant(BEGIN + 30))
        watcher.wait_settled(player)
        session = device.controls[-1]
        session.deaf_to_speed = True
        player.set_speed(4.0)
        until = time.monotonic() + 20
        while player.stats().speed_refused is None and time.monotonic() < until:
            time.sleep(0.05)
        assert player.stats().speed_refused == 4.0
        assert player.speed == 4.0
        # What is shown is what is measured: the speed the device plays at. It is sent back to where
        # its pictures began to come too slowly, so that none is missed.
        assert session.told[-1] == "seek"
        begun, at = time.monotonic(), _shown(player)
        watcher.wait_until(player, instant(BEGIN + at + 3))
        taken = time.monotonic() - begun
        assert 2.5 < taken < 9
        assert player.state is PlayerState.PLAYING
        # Asked for a speed it keeps, nothing is refused any more.
        player.set_speed(1.0)
        until = time.monotonic() + 5
        while player.stats().speed_refused is not None and time.monotonic() < until:
            time.sleep(0.05)
        assert player.stats().speed_refused is None


def test_lesson_08_a_seek_that_shows_nothing_for_5_s_is_stalled_and_tried_again(
    engine: VlcEngine,
) -> None:
    with flv_support.device(Scene(channel=5)) as device:
        watcher = Watcher()
        player = engine.player(watcher)
        player.play(device.playback(300), instant(BEGIN + 30))
        watcher.wait_settled(player)
        session = device.controls[-1]
        session.stuck_by_seek = True
        watcher.forget()
        begun = time.monotonic()
        player.seek(instant(BEGIN + 100))
        watcher.wait_state(PlayerState.STALLED)
        assert 4.5 < time.monotonic() - begun < 9
        watcher.wait_state(PlayerState.PLAYING)
        assert abs(_shown(player) - 100) < 2
        assert device.controls[-1] is not session
        assert session.told[-1] == "stop"
        assert watcher.errors == []
