"""A file whose address works once, from a server that is slow with it."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.seek_media import BEGIN, instant
from tests.player.support import Watcher, reading
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.player import watch
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import Scene, recording_file

PATIENCE = 1.5


class _Trickle:
    """A stream that brings a file in as many parts as there are waits, and then nothing more."""

    def __init__(self, path: Path, parts: int, *, stops: bool = False) -> None:
        self._data = path.read_bytes()
        self.length = len(self._data)
        self._size = -(-self.length // parts)
        self._stops = stops
        self._closed = threading.Event()

    def read(self, size: int = -1, /) -> bytes:
        if self._stops and len(self._data) < self.length // 2:
            self._closed.wait(30)
        elif self._closed.wait(PATIENCE / 3):
            return b""
        part, self._data = self._data[: self._size], self._data[self._size :]
        return part

    def close(self) -> None:
        self._closed.set()


def _played(
    monkeypatch: pytest.MonkeyPatch, *, stops: bool
) -> tuple[list[ConsoleError], datetime | None, list[_Trickle]]:
    """What became of a seek near the end of a file that takes ten times the player's patience."""
    monkeypatch.setattr(watch, "CONNECT_SECONDS", PATIENCE)
    file = recording_file(Scene(channel=4), BEGIN, BEGIN + 20, "mp4")
    streams: list[_Trickle] = []

    def opened(_source: MediaSource) -> _Trickle:
        streams.append(_Trickle(file, 10, stops=stops))
        return streams[-1]

    source = MediaSource(
        url="http://127.0.0.1/once.mp4", protocol=MediaProtocol.FILE, single_use=True
    )
    span = Span(instant(BEGIN), instant(BEGIN + 20))
    clip = Clip.linear(span, Store.CLOUD, lambda _when: source)
    engine = VlcEngine(opened)
    watcher = Watcher()
    player = engine.player(watcher)
    try:
        asked = instant(BEGIN + 18)
        player.play(Playback(channel=Key("a", "c"), span=span, clips=(clip,)), asked, paused=True)
        until = time.monotonic() + 20
        while time.monotonic() < until and player.frame() is None and player.error is None:
            watcher.wait_frame(0.05)
        frame = player.frame()
        return watcher.errors, None if frame is None else reading(frame), streams
    finally:
        player.close()
        engine.close()


def test_what_is_still_coming_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, shown, streams = _played(monkeypatch, stops=False)
    assert errors == []
    assert shown is not None
    assert abs(shown - instant(BEGIN + 18)) <= timedelta(seconds=0.5)
    assert len(streams) == 1


def test_what_comes_no_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, shown, streams = _played(monkeypatch, stops=True)
    assert errors
    assert shown is None
    assert len(streams) == 2
