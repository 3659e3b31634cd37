"""What plays together: a tile as its group knows it, and all of them as the bar does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.group import SPEEDS, Group, Member, Standing, Step
from vsconsole.ui.desk.steering import reverses
from vsconsole.ui.wall import guide
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.states import TileState

if TYPE_CHECKING:
    from vsconsole.ui.desk.sync import SyncDesk


class Part:
    """A session as its group knows it, and what the group says in its tile."""

    def __init__(self, session: TileSession, group: Group) -> None:
        self.session = session
        self._group = group
        self.member: Member | None = None
        self.told: TileState | None = None

    @property
    def player(self) -> Player:
        return self.session.player

    @property
    def reverses(self) -> bool:
        return reverses(self.session)

    def open(self, when: datetime) -> None:
        if not self.session.closed:
            self.session.play_at(when, paused=True)

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        if self.member is not None:
            self.member.gap(asked, shown)

    @property
    def standing(self) -> Standing:
        if self.member is None:
            return Standing(step=Step.COMING)
        return self._group.standing(self.member)

    def state(self) -> TileState | None:
        return guide.state_of(self.standing, self.session.zone)

    def strip(self) -> TileState | None:
        playing = self.session.state is PlayerState.PLAYING
        return guide.strip_of(self.standing, self._group.speed, playing=playing)


class Together:
    """All members at once, for the bar; see `Steering`."""

    def __init__(self, desk: SyncDesk, group: Group) -> None:
        self._desk = desk
        self._group = group

    @property
    def playing(self) -> bool:
        return self._group.running

    @property
    def speed(self) -> float:
        return self._group.speed

    @property
    def speed_measured(self) -> float | None:
        return self._group.speed_measured

    @property
    def speeds(self) -> Sequence[float]:
        return SPEEDS

    @property
    def reverses(self) -> bool:
        return self._group.reverses

    def position(self) -> datetime | None:
        return self._group.position()

    def seek(self, when: datetime) -> None:
        self._desk.seek(when)

    def step(self, frames: int) -> None:
        self._group.step(frames, self._desk.selected_member())
        self._desk.tell()

    def toggle(self) -> None:
        if self._group.running:
            self._group.pause()
        else:
            self._group.play()
        self._desk.tell()

    def set_speed(self, speed: float) -> None:
        self._group.set_speed(speed)
        self._desk.tell()
