"""Where an order of the transport bar goes: to the selected tile, or to all that play together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from vsconsole.domain.model import Store
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall.session import Mode, TileSession

PLAYS = (PlayerState.PLAYING, PlayerState.CONNECTING, PlayerState.SEEKING)
"""States of a player that plays, or will as soon as its picture is there."""


class Steering(Protocol):
    """What takes the orders of the bar, the keys and the timeline; times are what it shows."""

    @property
    def playing(self) -> bool:
        """Whether it plays, or will as soon as its picture is there."""

    @property
    def speed(self) -> float:
        """The speed asked for; negative backwards."""

    @property
    def speed_measured(self) -> float | None:
        """The speed seen; None until it is known."""

    @property
    def speeds(self) -> Sequence[float]:
        """The speeds forward that `set_speed` takes."""

    @property
    def reverses(self) -> bool:
        """Whether it takes speeds below zero, too."""

    def position(self) -> datetime | None:
        """The moment on screen; None while there is none that the playhead may show."""

    def seek(self, when: datetime) -> None:
        """Shows `when`."""

    def step(self, frames: int) -> None:
        """Some frames on, or back."""

    def toggle(self) -> None:
        """Plays where it stands, stands where it plays."""

    def set_speed(self, speed: float) -> None:
        """Plays at `speed`, below zero backwards."""


class OneTile:
    """The selected tile alone; `again` opens what has ended or failed."""

    def __init__(self, session: TileSession, again: Callable[[TileSession], None]) -> None:
        self._session = session
        self._again = again

    @property
    def playing(self) -> bool:
        return self._session.state in PLAYS

    @property
    def speed(self) -> float:
        return self._session.player.speed

    @property
    def speed_measured(self) -> float | None:
        if self._session.mode is Mode.LIVE:
            return None
        return self._session.player.speed_measured

    @property
    def speeds(self) -> Sequence[float]:
        return () if self._session.mode is Mode.LIVE else self._session.player.speeds

    @property
    def reverses(self) -> bool:
        return reverses(self._session)

    def position(self) -> datetime | None:
        session = self._session
        if session.mode is not Mode.PLAYBACK or session.state is PlayerState.SEEKING:
            return None
        return session.position()

    def seek(self, when: datetime) -> None:
        self._session.seek(when)

    def step(self, frames: int) -> None:
        if self._session.mode is Mode.PLAYBACK:
            self._session.player.step(frames)

    def toggle(self) -> None:
        if self.playing:
            self._session.player.pause()
        elif self._session.state is PlayerState.PAUSED:
            self._session.player.resume()
        else:
            self._again(self._session)

    def set_speed(self, speed: float) -> None:
        player, at = self._session.player, self._session.position()
        if speed > 0:
            player.set_speed(speed)
        elif at is not None and self.reverses:
            player.reverse(at, -speed)
            player.resume()
        self._session.changed.emit()


def reverses(session: TileSession) -> bool:
    """Whether what a tile shows can be played backwards: recordings on this computer."""
    if session.mode is not Mode.PLAYBACK:
        return False
    if session.channel is not None:
        return session.store is Store.LOCAL
    clips = getattr(session.address.source, "clips", ()) if session.address else ()
    return bool(clips) and all(
        clip.store is Store.LOCAL and clip.protocol != "hls" for clip in clips
    )
