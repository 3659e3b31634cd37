"""Live streams: another in place of the one on screen, renewed addresses, and how late they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.player import flv_support
from tests.player.support import Watcher, reading
from vsconsole.domain.errors import Unreachable
from vsconsole.domain.model import now
from vsconsole.domain.playback import MediaSource
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import Scene

SUB = (640, 360)


@pytest.fixture
def engine() -> Iterator[VlcEngine]:
    engine = VlcEngine(flv_support.Bytes)
    yield engine
    engine.close()


@pytest.fixture
def device() -> Iterator[flv_support.Device]:
    with flv_support.device(Scene(channel=5)) as device:
        yield device


class Black:
    """Looks at a player all the time; says for how long it had no picture, at most."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._over = threading.Event()
        self.none_seen = 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.01):
            if self._player.frame() is None:
                self.none_seen += 1

    def done(self) -> int:
        self._over.set()
        self._thread.join()
        return self.none_seen


def wait(seen: Callable[[], bool], seconds: float = 15.0) -> None:
    until = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)


def width(player: Player) -> int:
    frame = player.frame()
    return frame.width if frame else 0


def playing(engine: VlcEngine, device: flv_support.Device) -> tuple[Watcher, Player]:
    """A player that shows the device's live stream, and who listens to it."""
    watcher = Watcher()
    player = engine.player(watcher)
    player.play_live(device.live)
    watcher.wait_settled(player)
    return watcher, player


def test_the_old_picture_plays_on_until_the_other_stream_has_one(
    engine: VlcEngine, device: flv_support.Device
) -> None:
    watcher, player = playing(engine, device)
    main = width(player)
    black = Black(player)
    watcher.forget()
    held = threading.Event()

    def slow() -> MediaSource:
        held.wait(10)
        return device.live("/sub")

    before = player.stats().frames_shown
    player.switch_live(slow)
    # While the vendor is asked, the picture moves on.
    wait(lambda: player.stats().frames_shown > before + 10)
    assert width(player) == main
    held.set()
    wait(lambda: width(player) not in (0, main))
    assert black.done() == 0
    assert watcher.states == []
    frame = player.frame()
    assert frame is not None
    assert abs(time.time() - reading(frame).timestamp()) < 5
    player.close()


def test_a_stream_that_does_not_come_changes_nothing(
    engine: VlcEngine, device: flv_support.Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vsconsole.player.live_change._PATIENCE", 0.6)
    monkeypatch.setattr("vsconsole.player.live_change._AGAIN", 0.2)
    watcher, player = playing(engine, device)
    watcher.forget()
    black = Black(player)

    def unreachable() -> MediaSource:
        raise Unreachable("No way there.")

    for other in (unreachable, lambda: device.live("/gone"), lambda: device.live("/silent")):
        player.switch_live(other)
        before = player.stats().frames_shown
        wait(lambda shown=before: player.stats().frames_shown > shown + 18)  # type: ignore[misc]
        assert watcher.states == []
    # What should be on screen and did not come is tried again, and then it is there.
    monkeypatch.setattr("vsconsole.player.live_change._PATIENCE", 12.0)
    main, asked = width(player), []

    def second_time() -> MediaSource:
        asked.append(None)
        return device.live("/sub" if len(asked) > 1 else "/gone")

    player.switch_live(second_time)
    wait(lambda: width(player) not in (0, main))
    assert len(asked) == 2
    assert black.done() == 0
    player.close()


def test_an_address_is_renewed_before_it_ends_without_black(
    engine: VlcEngine, device: flv_support.Device
) -> None:
    opened: list[float] = []

    def open() -> MediaSource:
        opened.append(time.monotonic())
        return replace(device.live(), expires=now() + timedelta(seconds=1.5))

    watcher = Watcher()
    player = engine.player(watcher)
    player.play_live(open)
    watcher.wait_settled(player)
    watcher.forget()
    black = Black(player)
    wait(lambda: len(opened) >= 3)
    # Before it ends, and not much before.
    assert opened[2] - opened[0] > 2 * 1.5 * 0.6
    assert watcher.states == []
    assert black.done() == 0
    player.stop()
    watcher.wait_state(PlayerState.IDLE)
    asked = len(opened)
    time.sleep(0.5)
    assert len(opened) == asked
    player.close()


def test_a_stop_calls_off_the_change(engine: VlcEngine, device: flv_support.Device) -> None:
    watcher, player = playing(engine, device)
    player.switch_live(lambda: device.live("/sub"))
    player.stop()
    watcher.wait_state(PlayerState.IDLE)
    time.sleep(1.0)
    assert player.frame() is None
    assert player.state is PlayerState.IDLE
    player.close()


def test_lesson_35_a_live_picture_that_fell_behind_is_known_to_be_and_catches_up(
    engine: VlcEngine, device: flv_support.Device
) -> None:
    _watcher, player = playing(engine, device)

    def real() -> float:
        frame = player.frame()
        assert frame is not None
        return time.time() - reading(frame).timestamp()

    def told() -> float:
        delay = player.stats().delay
        return 0.0 if delay is None else delay

    wait(lambda: player.stats().delay is not None)
    assert told() < 3
    assert real() < 3
    device.hold(4.0)
    wait(lambda: told() > 3)
    assert abs(told() - real()) < 1.5
    player.switch_live(device.live)
    wait(lambda: real() < 3 and told() < 3)
    player.close()


def test_pictures_that_are_thrown_away_count_for_the_time_of_a_live_one(
    engine: VlcEngine, device: flv_support.Device
) -> None:
    _watcher, player = playing(engine, device)
    for _gap in range(3):
        # What comes late is thrown away, up to where the clock of libVLC is.
        device.hold(1.0)
        time.sleep(2.0)
    frame = player.frame()
    assert frame is not None
    assert frame.when is not None
    assert abs(frame.when - reading(frame)) < timedelta(seconds=0.4)
    player.close()
