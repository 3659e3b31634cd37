"""Playing backwards, and what comes after it, on files and the real player."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.bench import seek_media
from tests.bench.seek_media import BEGIN, Recording, instant
from tests.player.support import Watcher, reading
from vsconsole.domain.errors import Unsupported
from vsconsole.player.backend import Frame, Player, PlayerState
from vsconsole.player.vlc import VlcEngine


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    engine = VlcEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def recording() -> Iterator[Recording]:
    with seek_media.file_recording("mp4", "h264", 30) as made:
        yield made


def seconds(frame: Frame) -> float:
    return reading(frame).timestamp() - BEGIN


def watched(player: Player, watcher: Watcher, length: float) -> list[Frame]:
    """Every picture for some seconds."""
    seen: list[Frame] = []
    until = time.monotonic() + length
    while time.monotonic() < until:
        frame = player.frame()
        if frame is not None and (not seen or frame is not seen[-1]):
            seen.append(frame)
        del frame
        watcher.wait_frame(0.02)
    return seen


def opened(engine: VlcEngine, recording: Recording, at: float) -> tuple[Player, Watcher]:
    watcher = Watcher()
    player = engine.player(watcher)
    player.play(recording.playback, instant(BEGIN + at), paused=True)
    watcher.wait_settled(player)
    return player, watcher


def backwards(player: Player, watcher: Watcher, at: float, speed: float = 1.0) -> None:
    """Ready to run back from some second."""
    watcher.forget()
    player.reverse(instant(BEGIN + at), speed)
    watcher.wait_state(PlayerState.PAUSED, PlayerState.FAILED)


def test_lesson_11_it_plays_backwards_and_forward_again(
    engine: VlcEngine, recording: Recording
) -> None:
    player, watcher = opened(engine, recording, 20)
    backwards(player, watcher, 20)
    held = player.frame()
    assert held is not None
    assert abs(seconds(held) - 20) < 0.1
    player.resume()
    watcher.wait_state(PlayerState.PLAYING)
    seen = watched(player, watcher, 2.0)
    shown = [seconds(frame) for frame in seen]
    assert shown == sorted(shown, reverse=True)
    assert 0.7 < shown[0] - shown[-1] < 3.0
    assert all(abs((reading(f) - f.when).total_seconds()) < 0.06 for f in seen if f.when)
    numbers = [frame.number for frame in seen]
    assert numbers == sorted(set(numbers))
    assert player.speed == -1
    measured = player.speed_measured
    assert measured is not None
    assert -2.0 < measured < -0.5
    del seen

    watcher.forget()
    ordered = time.monotonic()
    player.pause()
    watcher.wait_state(PlayerState.PAUSED)
    watcher.wait_settled(player)
    took = time.monotonic() - ordered
    stood = player.frame()
    assert stood is not None
    # It ran on until the order was carried out, which takes a crowded machine its time.
    assert 0 <= shown[-1] - seconds(stood) < 0.4 + took
    assert stood.number > numbers[-1]
    watcher.forget()
    player.resume()
    watcher.wait_until(player, instant(BEGIN + shown[-1] + 1))
    assert player.speed == 1
    player.close()


def test_it_is_fast_backwards_over_the_border_of_files(engine: VlcEngine) -> None:
    with seek_media.file_recording("ts", "h264", 40) as made:
        border = made.ranges[1][0] - BEGIN
        player, watcher = opened(engine, made, border + 3)
        backwards(player, watcher, border + 3, 4)
        player.resume()
        watcher.wait_state(PlayerState.PLAYING)
        until = time.monotonic() + 20
        while not watcher.gaps and time.monotonic() < until:
            watcher.wait_frame(0.05)
        # Nobody waits for a gap to pass backwards: it says where recordings go on.
        asked, shown = watcher.gaps[-1]
        assert abs(asked.timestamp() - made.ranges[1][0]) < 0.2
        assert abs(shown.timestamp() - made.ranges[0][1]) < 0.2
        backwards(player, watcher, shown.timestamp() - BEGIN, 4)
        frame = player.frame()
        assert frame is not None
        assert abs(reading(frame) - shown) < timedelta(seconds=0.2)
        player.close()


def test_at_the_beginning_it_ends(engine: VlcEngine, recording: Recording) -> None:
    player, watcher = opened(engine, recording, 0.5)
    backwards(player, watcher, 0.5, 2)
    watcher.forget()
    player.resume()
    watcher.wait_state(PlayerState.ENDED)
    frame = player.frame()
    assert frame is not None
    assert seconds(frame) < 0.1
    watcher.forget()
    player.seek(instant(BEGIN + 10))
    watcher.wait_state(PlayerState.PAUSED)
    frame = player.frame()
    assert frame is not None
    assert abs(seconds(frame) - 10) < 0.1
    player.close()


def test_a_stream_says_why_it_cannot(engine: VlcEngine) -> None:
    with seek_media.hls_recording("continues", "h264", 10) as made:
        player, watcher = opened(engine, made, 5)
        backwards(player, watcher, 5)
        assert player.state is PlayerState.FAILED
        assert isinstance(player.error, Unsupported)
        player.close()


def test_every_other_order_ends_it(engine: VlcEngine, recording: Recording) -> None:
    player, watcher = opened(engine, recording, 15)
    for order in (
        lambda: player.step(1),
        lambda: player.seek(instant(BEGIN + 12)),
        lambda: player.play(recording.playback, instant(BEGIN + 8), paused=True),
    ):
        backwards(player, watcher, 15)
        watcher.forget()
        order()
        watcher.wait_state(PlayerState.PAUSED)
        watcher.wait_settled(player)
        assert player.speed == 1
        assert player.settled
    player.stop()
    watcher.wait_state(PlayerState.IDLE)
    until = time.monotonic() + 5
    while player.frame() is not None and time.monotonic() < until:
        watcher.wait_frame(0.02)
    assert player.frame() is None
    player.close()


def stepped(player: Player, watcher: Watcher, frames: int) -> float:
    """The second burnt into the picture that a step leads to."""
    before = player.frame()
    assert before is not None
    was = reading(before)
    del before
    player.step(frames)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        frame = player.frame()
        if frame is not None and reading(frame) != was and player.settled:
            return seconds(frame)
        del frame
        watcher.wait_frame(0.02)
    raise AssertionError(f"no step of {frames}: {watcher.states}")


def test_lesson_11_single_pictures_back_and_on(engine: VlcEngine, recording: Recording) -> None:
    player, watcher = opened(engine, recording, 10)
    time.sleep(0.5)
    start = player.frame()
    assert start is not None
    at, period = seconds(start), 1 / 12
    for number in range(1, 4):
        assert abs(stepped(player, watcher, -1) - (at - number * period)) < 0.01
    assert abs(stepped(player, watcher, 1) - (at - 2 * period)) < 0.01
    assert abs(stepped(player, watcher, -1) - (at - 3 * period)) < 0.01
    assert player.state is PlayerState.PAUSED
    watcher.forget()
    player.resume()
    watcher.wait_until(player, instant(BEGIN + at + 0.5))
    player.close()


def test_a_stream_steps_back_by_seeking(engine: VlcEngine) -> None:
    with seek_media.hls_recording("continues", "h264", 10) as made:
        player, watcher = opened(engine, made, 5)
        time.sleep(0.5)
        start = player.frame()
        assert start is not None
        for _each in range(3):
            # libVLC tells no time of a playlist's pictures: the first may lead to the same one.
            watcher.forget()
            player.step(-1)
            watcher.wait_state(PlayerState.PAUSED)
            time.sleep(0.5)
        shown = player.frame()
        assert shown is not None
        assert 0 < seconds(start) - seconds(shown) < 0.5
        player.close()
