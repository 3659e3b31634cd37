"""One clip into the next, gaps, steps, floods of seeks, the widget."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.bench import seek_media
from tests.bench.seek_media import BEGIN, instant
from tests.player.support import Watcher, reading
from vsconsole.domain.errors import MediaError
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import Scene, recording_file
from vsconsole.sandbox.media.scene import Clock

SCENE = Scene(channel=4)


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    engine = VlcEngine()
    yield engine
    engine.close()


def _playback(*ranges: tuple[float, float], path: Path | None = None) -> Playback:
    clips = []
    for begin, end in ranges:
        name = path or recording_file(SCENE, BEGIN + begin, BEGIN + end, "mp4")
        span = Span(instant(BEGIN + begin), instant(BEGIN + end))

        def opened(_when: datetime, name: Path = name) -> MediaSource:
            return MediaSource(url=str(name), protocol=MediaProtocol.FILE)

        clips.append(Clip.linear(span, Store.LOCAL, opened))
    span = Span(clips[0].span.begin, clips[-1].span.end)
    return Playback(channel=Key("a", "c"), span=span, clips=tuple(clips))


def test_clips_follow_each_other_without_a_hole(engine: VlcEngine) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(_playback((0, 10), (10, 16), (600, 610)), instant(BEGIN + 7))
    watcher.wait_settled(player)
    seen: list[float] = []
    until = time.monotonic() + 25
    watcher.forget()
    while time.monotonic() < until and (not seen or seen[-1] < 603):
        frame = player.frame()
        assert frame is not None
        at = reading(frame).timestamp() - BEGIN
        assert frame.when is not None
        assert abs(frame.when.timestamp() - BEGIN - at) < 0.4
        if not seen or at != seen[-1]:
            seen.append(at)
        watcher.wait_frame(0.05)
    assert seen == sorted(seen)
    near_the_seam = [at for at in seen if 9 < at < 11.5]
    steps = [b - a for a, b in itertools.pairwise(near_the_seam)]
    assert len(steps) > 12
    assert max(steps) < 0.7
    assert seen[-1] >= 603
    assert watcher.gaps == [(instant(BEGIN + 16), instant(BEGIN + 600))]
    assert set(watcher.states) <= {PlayerState.PLAYING, PlayerState.SEEKING}
    player.close()


def test_a_seek_into_a_gap_goes_to_the_next_recording_and_says_so(engine: VlcEngine) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(_playback((0, 10), (600, 610)), instant(BEGIN + 300), paused=True)
    watcher.wait_state(PlayerState.PAUSED)
    frame = player.frame()
    assert frame is not None
    assert abs(reading(frame).timestamp() - BEGIN - 600) < 0.3
    assert watcher.gaps == [(instant(BEGIN + 300), instant(BEGIN + 600))]
    watcher.forget()
    player.seek(instant(BEGIN + 700))
    watcher.wait_state(PlayerState.ENDED)
    player.close()


def test_steps_on_and_back(engine: VlcEngine) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(_playback((0, 20)), instant(BEGIN + 8), paused=True)
    watcher.wait_state(PlayerState.PAUSED)
    time.sleep(0.4)

    def shown() -> float:
        frame = player.frame()
        assert frame is not None
        return reading(frame).timestamp() - BEGIN

    def off(wanted: float) -> float:
        return abs(shown() - wanted)

    wanted = shown()
    for direction in (1, 1, 1, -1, -1, -1, 1):
        wanted += direction / SCENE.fps
        player.step(direction)
        until = time.monotonic() + 5
        # A picture too many is put right as soon as none comes out any more.
        while off(wanted) > 0.02 and time.monotonic() < until:
            watcher.wait_frame(0.02)
        assert off(wanted) < 0.02, (direction, wanted, shown())
    time.sleep(0.8)
    assert player.state is PlayerState.PAUSED
    assert off(wanted) < 0.02
    player.close()


@pytest.mark.parametrize("pause", [0.0, 0.15, 0.35, 0.45])
def test_a_step_right_after_the_picture_landed(engine: VlcEngine, pause: float) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(_playback((0, 20)), instant(BEGIN + 8), paused=True)
    watcher.wait_state(PlayerState.PAUSED)
    time.sleep(pause)
    player.step(1)
    time.sleep(1.5)
    watcher.wait_state(PlayerState.PAUSED)
    frame = player.frame()
    assert frame is not None
    assert abs(reading(frame).timestamp() - BEGIN - 8 - 1 / SCENE.fps) < 0.02
    player.close()


@pytest.mark.parametrize("clock", ["continues", "restarts"])
def test_a_seek_lands_also_where_libvlc_stands_still_unbidden(
    engine: VlcEngine, clock: Clock
) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    with seek_media.hls_recording(clock, "h264", 40.0) as recording:
        begin = recording.ranges[0][0]
        player.play(recording.playback, seek_media.instant(begin + 5))
        watcher.wait_settled(player)
        # Nothing else reaches libVLC itself.
        front = player._inner._front  # type: ignore[attr-defined]
        watcher.forget()
        asked = seek_media.instant(begin + 12)
        player.seek(asked)
        watcher.wait_state(PlayerState.SEEKING)
        # What an order to pause does that is carried out after the order to go on.
        until = time.monotonic() + 0.3
        while time.monotonic() < until and player.state is PlayerState.SEEKING:
            front.deck._player.set_pause(1)
            time.sleep(0.01)
        player.pause()
        watcher.wait_state(PlayerState.PAUSED)
        frame = player.frame()
        assert frame is not None
        assert abs((reading(frame) - asked).total_seconds()) < 0.5
    player.close()


def test_of_many_seeks_the_last_one_counts(engine: VlcEngine) -> None:
    watcher = Watcher()
    player = engine.player(watcher)
    with seek_media.file_recording("ts", "h264", 40.0) as recording:
        player.play(recording.playback, instant(BEGIN + 5))
        watcher.wait_settled(player)
        moments = seek_media.moments(recording, 1000)
        for number, when in enumerate(moments):
            player.seek(when)
            if number % 20 == 0:
                time.sleep(0.02)
        until = time.monotonic() + 10
        wanted = moments[-1]
        off = timedelta.max
        while time.monotonic() < until and off > timedelta(seconds=0.5):
            frame = player.frame()
            assert frame is not None
            off = abs(reading(frame) - wanted)
            watcher.wait_frame(0.02)
        assert off <= timedelta(seconds=0.5)
        player.close()


def test_a_file_that_is_none_is_said(engine: VlcEngine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom" + bytes(2000))
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(_playback((0, 10), path=broken), instant(BEGIN))
    watcher.wait_state(PlayerState.FAILED, seconds=40)
    assert isinstance(player.error, MediaError)
    assert "broken.mp4" in str(player.error)
    watcher.forget()
    player.play(_playback((0, 10)), instant(BEGIN + 2))
    watcher.wait_state(PlayerState.PLAYING)
    player.close()
