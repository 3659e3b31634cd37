"""Data that ends before its recording does: an address that expired, or less than is listed."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.seek_media import BEGIN, instant, served
from tests.player.support import Watcher, reading
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Transport
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import Scene, hls_playlist, recording_file, ts_segment

SCENE = Scene(channel=4)
LENGTH = 30.0
NEXT = BEGIN + 600


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    transport = Transport()
    engine = VlcEngine(transport.stream)
    yield engine
    engine.close()
    transport.close()


class Addresses:
    """A recording's playlist; an address serves so many of its segments and no others."""

    def __init__(self, segments: int, seconds: float = LENGTH) -> None:
        self._asked: list[set[str]] = []
        self._segments = segments
        self._lock = threading.Lock()
        self._pieces: dict[str, tuple[float, float, float]] = {}
        self._text = hls_playlist(SCENE, [(BEGIN, BEGIN + seconds)], self._uri)
        self.base = ""

    @property
    def opened(self) -> int:
        return len(self._asked)

    def __call__(self, _when: datetime) -> MediaSource:
        self._asked.append(set())
        url = f"{self.base}/{self.opened - 1}/all.m3u8"
        return MediaSource(url=url, protocol=MediaProtocol.HLS)

    def answer(self, path: str) -> bytes:
        number, _, name = path[1:].partition("/")
        if name == "all.m3u8":
            return self._text.encode()
        with self._lock:
            # libVLC asks for the first ones more than once.
            asked = self._asked[int(number)]
            if name not in asked and len(asked) == self._segments:
                raise KeyError(path)
            asked.add(name)
        return ts_segment(SCENE, *self._pieces[name])

    def _uri(self, index: int, begin: float, seconds: float, stamp: float) -> str:
        self._pieces[f"{index}.ts"] = (begin, seconds, stamp)
        return f"{index}.ts"


@contextmanager
def recording(addresses: Addresses) -> Iterator[Playback]:
    """What the addresses serve, listed with LENGTH seconds, and a file some minutes later."""
    later = recording_file(SCENE, NEXT, NEXT + 10, "mp4")
    with served(addresses.answer) as addresses.base:
        clips = (
            _clip(BEGIN, BEGIN + LENGTH, addresses),
            _clip(NEXT, NEXT + 10, lambda _when: _file(later)),
        )
        span = Span(clips[0].span.begin, clips[-1].span.end)
        yield Playback(channel=Key("a", "c"), span=span, clips=clips)


def _clip(begin: float, end: float, opened: Callable[[datetime], MediaSource]) -> Clip:
    return Clip.linear(Span(instant(begin), instant(end)), Store.CLOUD, opened)


def _file(path: Path) -> MediaSource:
    return MediaSource(url=str(path), protocol=MediaProtocol.FILE)


def played(player: Player, watcher: Watcher, last: float, seconds: float) -> list[float]:
    """The burnt-in seconds from BEGIN that were seen until `last` was."""
    seen: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and not (seen and seen[-1] >= last):
        frame = player.frame()
        if frame is not None:
            at = reading(frame).timestamp() - BEGIN
            if not seen or at != seen[-1]:
                seen.append(at)
        assert player.state is not PlayerState.FAILED, player.error
        watcher.wait_frame(0.05)
    return seen


def test_an_address_that_ends_while_it_is_played_is_asked_for_again(engine: VlcEngine) -> None:
    addresses, watcher = Addresses(segments=3), Watcher()
    with recording(addresses) as playback:
        player = engine.player(watcher)
        player.play(playback, instant(BEGIN + LENGTH - 20))
        watcher.wait_settled(player)
        seen = played(player, watcher, LENGTH - 1.5, 60)
        # Nothing is left out, and little is shown twice.
        assert seen[0] < LENGTH - 19
        assert seen[-1] >= LENGTH - 1.5
        steps = [b - a for a, b in itertools.pairwise(seen)]
        assert min(steps) > -1
        assert max(steps) < 1.5
        assert addresses.opened > 1
        assert not watcher.gaps
        player.close()


def test_a_recording_that_is_shorter_than_listed_leads_to_the_next(engine: VlcEngine) -> None:
    addresses, watcher = Addresses(segments=1000, seconds=LENGTH - 12), Watcher()
    with recording(addresses) as playback:
        player = engine.player(watcher)
        player.play(playback, instant(BEGIN + LENGTH - 18))
        watcher.wait_settled(player)
        seen = played(player, watcher, NEXT - BEGIN, 60)
        assert seen[-1] >= NEXT - BEGIN
        assert max(at for at in seen if at < LENGTH) > LENGTH - 13
        # Asked for once more, in vain.
        assert 2 <= addresses.opened <= 3
        assert watcher.gaps[-1][1] - instant(NEXT) < timedelta(seconds=1)
        player.close()
