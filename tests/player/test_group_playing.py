"""A group over the real player: files and a playlist on one clock, by the time burnt in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest

from tests.bench import seek_media
from tests.bench.seek_media import BEGIN, instant
from tests.bench.sync import APART, PUT_RIGHT, Tile, WrongClock
from vsconsole.player.backend import PlaybackSource, PlayerState
from vsconsole.player.group import Group, Step
from vsconsole.player.member import Phase
from vsconsole.player.vlc import VlcEngine

_PATIENCE = 40.0


class Desk:
    """A group and its tiles, looked after as the window does it."""

    def __init__(self, engine: VlcEngine, sources: list[PlaybackSource]) -> None:
        self.group = Group()
        self.tiles = [
            Tile(str(i), engine, source, reverses=True) for i, source in enumerate(sources)
        ]
        for tile in self.tiles:
            tile.member = self.group.join(tile)

    def wait(self, seen: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not seen():
            assert time.monotonic() < until, f"{what}: {self.told()}"
            self.group.tick()
            time.sleep(0.03)

    def told(self) -> list[str]:
        at = self.group.position()
        clock = at.timestamp() if at else 0.0
        return [
            f"{self.step_of(tile)} {tile.player.state} {(tile.burnt() or 0.0) - clock:.2f}"
            for tile in self.tiles
        ]

    def step_of(self, tile: Tile) -> Step:
        assert tile.member is not None
        return self.group.standing(tile.member).step

    def apart(self) -> float:
        times = [tile.burnt() for tile in self.tiles]
        found = [one for one in times if one is not None]
        return max(found) - min(found) if len(found) == len(times) else float("inf")

    def stand_at(self, when: datetime) -> None:
        """All of them show a moment."""
        self.group.pause()
        self.group.seek(when)
        self.wait(
            lambda: all(
                (b := tile.burnt()) is not None
                and abs(b - when.timestamp()) < 0.2
                and tile.player.settled
                for tile in self.tiles
            ),
            f"they do not stand at {when}",
        )

    def play_in_step(self, seconds: float) -> None:
        """They play, and are in step for some seconds on end."""
        self.group.play()
        since = [time.monotonic()]
        first = self.group.position()
        assert first is not None

        def steady() -> bool:
            good = all(self.step_of(tile) is Step.IN_STEP for tile in self.tiles)
            if not good or self.apart() > APART:
                since[0] = time.monotonic()
            return time.monotonic() - since[0] > seconds

        self.wait(steady, "they do not play in step")


@pytest.fixture(scope="module")
def sources() -> Iterator[list[PlaybackSource]]:
    with ExitStack() as stack:
        made = (
            seek_media.file_recording("mp4", "h264", 40),
            seek_media.file_recording("ts", "h264", 40),
            seek_media.hls_recording("continues", "h264", 40),
        )
        yield [stack.enter_context(one).playback for one in made]


@pytest.fixture
def desk(sources: list[PlaybackSource]) -> Iterator[Desk]:
    engine = VlcEngine()
    yield Desk(engine, sources)
    engine.close()


def test_lesson_19_files_and_a_playlist_play_in_step(desk: Desk) -> None:
    desk.stand_at(instant(BEGIN + 20))
    desk.play_in_step(2.0)
    desk.stand_at(instant(BEGIN + 8))
    desk.play_in_step(1.0)


def test_lesson_24_a_wrong_clock_is_put_right(sources: list[PlaybackSource]) -> None:
    engine = VlcEngine()
    desk = Desk(engine, [sources[0], WrongClock(sources[1], 37.0)])
    try:
        member = desk.tiles[1].member
        assert member is not None
        desk.group.set_offset(member, -37.0)
        desk.stand_at(instant(BEGIN + 20))
        assert desk.apart() <= PUT_RIGHT
        desk.play_in_step(1.0)
    finally:
        engine.close()


def test_they_play_backwards_together_and_forward_again(sources: list[PlaybackSource]) -> None:
    engine = VlcEngine()
    desk = Desk(engine, sources[:2])
    group = desk.group
    try:
        desk.stand_at(instant(BEGIN + 30))
        group.set_speed(-2)

        def back_to(second: float) -> bool:
            at = group.position()
            assert at is not None
            times = [tile.burnt() or 0.0 for tile in desk.tiles]
            near = all(abs(one - at.timestamp()) < APART for one in times)
            return near and desk.apart() <= APART and max(times) < BEGIN + second

        desk.wait(lambda: back_to(27), "they do not play backwards")
        assert all(desk.step_of(tile) is Step.IN_STEP for tile in desk.tiles)
        assert group.speed == -2
        group.pause()
        assert group.speed == 1
        desk.wait(
            lambda: (
                desk.apart() < 0.2
                and all(
                    t.player.settled and t.member.phase is Phase.READY
                    for t in desk.tiles
                    if t.member
                )
            ),
            "they do not stand",
        )
        desk.play_in_step(1.0)
        assert all(tile.player.state is PlayerState.PLAYING for tile in desk.tiles)
    finally:
        engine.close()
