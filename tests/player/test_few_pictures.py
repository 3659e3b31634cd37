"""Cameras that send few pictures a second, as many do at night: none may come after its turn."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import vlc

from tests.bench.seek_media import BEGIN
from tests.player import flv_support
from tests.player.support import Watcher, reading
from vsconsole.player.backend import Player
from vsconsole.player.vlc import VlcEngine
from vsconsole.player.vlc_log import PipedLog
from vsconsole.sandbox import media
from vsconsole.sandbox.media import Scene
from vsconsole.sandbox.media.scene import Codec

FEW = 5
_SECONDS = 4.0
_CODECS: tuple[Codec, ...] = ("h264", "h265")


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    engine = VlcEngine(flv_support.Bytes)
    yield engine
    engine.close()


def _shown(player: Player, watcher: Watcher) -> set[float]:
    """The times of all pictures that are on screen for a while."""
    times: set[float] = set()
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        watcher.wait_frame(0.5)
        frame = player.frame()
        if frame is not None:
            times.add(reading(frame).timestamp())
    return times


@pytest.mark.parametrize("codec", _CODECS)
def test_live(engine: VlcEngine, codec: Codec) -> None:
    with flv_support.device(Scene(channel=5, codec=codec, fps=FEW)) as device:
        watcher = Watcher()
        player = engine.player(watcher)
        player.play_live(device.live)
        watcher.wait_settled(player)
        time.sleep(2.0)  # so that what came at once is over
        before = player.stats().frames_lost
        assert len(_shown(player, watcher)) >= (_SECONDS - 1) * FEW
        assert player.stats().frames_lost == before


@pytest.mark.skipif(sys.platform == "win32", reason="libVLC writes into a pipe of ours")
def test_decoders_hold_no_picture_back(engine: VlcEngine) -> None:
    path = media.recording_file(Scene(channel=5, codec="h264"), BEGIN, BEGIN + 5, "mp4")
    instance: Any = engine._new_instance()
    log = PipedLog(vlc, instance)
    log.listen(True)
    player = instance.media_player_new(str(path))
    player.play()
    told = b""
    until = time.monotonic() + 15
    while b"for decoding" not in told and time.monotonic() < until:
        time.sleep(0.05)
        told += log._bytes()
    player.stop()
    player.release()
    log.close()
    instance.release()
    # As many as there are processors would each hold one back.
    assert b"allowing 1 thread(s) for decoding" in told
