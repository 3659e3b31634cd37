"""A wall in a window, and players worked by hand: they say what the test lets them say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from vsconsole.domain import errors
from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.domain.model import Ability, Channel, Key, Store, StreamProfile
from vsconsole.domain.playback import MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import (
    Frame,
    PlaybackSource,
    Player,
    PlayerListener,
    PlayerState,
    PlayerStats,
)
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.wall import Wall

WHEN = datetime(2026, 11, 20, 8, 42, 49, 250_000, UTC)
_ALL = frozenset(
    {
        Ability.LIVE,
        Ability.SUB_STREAM,
        Ability.CLOUD_RECORDS,
        Ability.DEVICE_RECORDS,
        Ability.DOWNLOAD,
    }
)


def channel(native: str = "c1", *abilities: Ability, zone: str = "Asia/Shanghai") -> Channel:
    """A channel that can do everything but move, or only what is named."""
    return Channel(
        key=Key("a", native),
        name=f"Gate {native}",
        abilities=frozenset(abilities) or _ALL,
        zone=zone,
    )


class HandPlayer:
    """A player that notes each command and shows and says what it is told to."""

    def __init__(self, listener: PlayerListener) -> None:
        self._listener = listener
        self._frame: Frame | None = None
        self._number = 0
        self._due = False
        self.commands: list[tuple[object, ...]] = []
        self.sources: list[PlaybackSource] = []
        self.state = PlayerState.IDLE
        self.error: ConsoleError | None = None
        self.live = False
        self.speed = 1.0
        self.speeds: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
        self.speed_measured: float | None = None
        self.audible = False
        self.closed = False
        self.where: datetime | None = None
        self.numbers = PlayerStats()

    # What the test does

    def say(self, state: PlayerState, error: ConsoleError | None = None) -> None:
        self.state, self.error = state, error
        self._due = False
        self._listener.on_state(state, error)

    def show(self, colour: QColor, when: datetime | None = None) -> None:
        """A new picture of one colour."""
        self._number += 1
        pixel = bytes((colour.blue(), colour.green(), colour.red(), 255))
        self._frame = Frame(
            width=32,
            height=18,
            stride=128,
            data=memoryview(pixel * (32 * 18)),
            number=self._number,
            when=when,
        )
        self.where = when
        self._listener.on_frame()

    def jump(self, asked: datetime, shown: datetime) -> None:
        self._listener.on_gap(asked, shown)

    def took(self, name: str) -> list[tuple[object, ...]]:
        """The commands of this name, without the name."""
        return [command[1:] for command in self.commands if command[0] == name]

    # What the tile does

    @property
    def settled(self) -> bool:
        return not self.state.busy and not self._due

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        self.live, self.speed = True, 1.0
        self._drop()
        self.commands.append(("play_live", open))

    def switch_live(self, open: Callable[[], MediaSource]) -> None:
        self.commands.append(("switch_live", open))

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        self.live, self.speed = False, 1.0
        self._drop()
        self.sources.append(source)
        self._due = True
        self.commands.append(("play", at, paused))

    def seek(self, when: datetime) -> None:
        self._due = True
        self.commands.append(("seek", when))

    def pause(self) -> None:
        self.commands.append(("pause",))
        self.say(PlayerState.PAUSED)

    def resume(self) -> None:
        self.commands.append(("resume",))
        self.say(PlayerState.PLAYING)

    def step(self, frames: int) -> None:
        self.commands.append(("step", frames))

    def reverse(self, at: datetime, speed: float) -> None:
        self.commands.append(("reverse", at, speed))
        self.say(PlayerState.PLAYING)

    def set_speed(self, speed: float) -> None:
        self.speed = speed
        self.commands.append(("speed", speed))

    def trim(self, factor: float) -> None:
        self.commands.append(("trim", factor))

    def set_audible(self, audible: bool) -> None:
        self.audible = audible

    def position(self) -> datetime | None:
        return self.where

    def frame(self) -> Frame | None:
        return self._frame

    def stats(self) -> PlayerStats:
        return self.numbers

    def stop(self) -> None:
        self.commands.append(("stop",))
        self._drop()
        self.say(PlayerState.IDLE)

    def close(self) -> None:
        self.closed = True
        self.commands.append(("close",))
        self._drop()

    def _drop(self) -> None:
        self._frame, self.where = None, None


class HandEngine:
    """Makes players worked by hand and remembers them."""

    def __init__(self) -> None:
        self.players: list[HandPlayer] = []

    def player(self, listener: PlayerListener) -> Player:
        made = HandPlayer(listener)
        self.players.append(made)
        return made

    def version(self) -> str:
        return "hand"

    def close(self, wait: float = 2.0) -> None:
        for player in self.players:
            player.close()

    @property
    def last(self) -> HandPlayer:
        return self.players[-1]


class HandOpener:
    """Gives addresses and recordings without asking anybody, and remembers what was wanted."""

    def __init__(self) -> None:
        self.lives: list[tuple[Key, StreamProfile]] = []
        self.playbacks: list[tuple[Key, Store]] = []

    def open_live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        self.lives.append((channel.key, profile))
        return MediaSource(url="http://127.0.0.1:1/x.flv", protocol=MediaProtocol.FLV, live=True)

    def playback(self, channel: Channel, store: Store) -> PlaybackSource:
        self.playbacks.append((channel.key, store))
        return Playback(channel=channel.key, span=Span(WHEN, WHEN), clips=())


def made_wall(qtbot: QtBot, count: int = 1) -> Wall:
    """A wall on screen."""
    wall = Wall()
    # Held by this until the end, as the desk holds its walls.
    qtbot.addWidget(wall, before_close_func=lambda _wall: wall.close_all())
    wall.resize(900, 520)
    wall.set_count(count)
    with qtbot.waitExposed(wall):
        wall.show()
    return wall


def session_of(
    engine: HandEngine, opener: HandOpener | None = None, shown: Channel | None = None
) -> tuple[TileSession, HandPlayer]:
    """A session over a player worked by hand."""
    session = TileSession(
        opener or HandOpener(), engine, channel=shown or channel(), subtitle="Head office"
    )
    return session, engine.last


def all_errors() -> Iterator[ConsoleError]:
    """One error of each class that an operator may be told of."""
    pending: list[type[ConsoleError]] = [ConsoleError]
    while pending:
        kind = pending.pop(0)
        pending += kind.__subclasses__()
        if kind is not Cancelled and kind.__module__ == errors.__name__:
            yield kind("What happened.", why="Because.", remedy="Do this.")
