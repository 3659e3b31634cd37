"""Bytes of our own as libVLC takes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import vlc

from tests.bench.seek_media import BEGIN
from vsconsole.media.bridge_reader import BridgeReader
from vsconsole.player.vlc_bytes import media_of
from vsconsole.sandbox import media
from vsconsole.sandbox.media import Scene

_PATIENCE = 15.0


def _comes(seen: Callable[[], Any]) -> bool:
    until = time.monotonic() + _PATIENCE
    while not seen() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(seen())


def test_what_is_recorded_pauses_and_goes_on_while_nothing_comes() -> None:
    path = media.recording_file(Scene(channel=5, codec="h264"), BEGIN, BEGIN + 1, "ts")
    reader = BridgeReader(fills=True)
    reader.write(path.read_bytes())
    instance: Any = vlc.Instance(["--ignore-config", "--quiet", "--vout=dummy", "--aout=adummy"])
    made, _callbacks = media_of(vlc, instance, reader, live=False)
    player = instance.media_player_new()
    player.set_media(made)
    player.play()
    try:
        assert _comes(lambda: player.get_state() == vlc.State.Playing)
        time.sleep(1.2)  # so that it waits for more
        player.set_pause(1)
        assert _comes(lambda: player.get_state() == vlc.State.Paused)
        player.set_pause(0)
        assert _comes(lambda: player.get_state() == vlc.State.Playing)
    finally:
        reader.close()
        player.stop()
        player.release()
        made.release()
        instance.release()
