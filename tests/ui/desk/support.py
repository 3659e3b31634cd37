"""A desk whose players are worked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtGui import QColor

from tests.e2e.support import Stand
from tests.ui.wall.support import HandEngine, HandPlayer
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.player.backend import PlayerState
from vsconsole.player.group import Step
from vsconsole.ui.wall.session import TileSession

CAMERA = (Ability.LIVE, Ability.CLOUD_RECORDS)
AT = (now() - timedelta(days=1)).replace(hour=4, minute=0, second=0, microsecond=0)


@dataclass
class Hands:
    """The desk, and the players its tiles made."""

    stand: Stand
    engine: HandEngine

    def open(self, channel: Channel) -> tuple[TileSession, HandPlayer]:
        """Shows a channel in a free tile."""
        session = self.stand.desk.pictures.open_channel(channel)
        hands.pause(0)
        return session, self.engine.last

    def play(
        self, channel: Channel, at: datetime, store: Store = Store.CLOUD
    ) -> tuple[TileSession, HandPlayer]:
        """Plays a channel from a moment on, whose picture is on screen."""
        session, player = self.open(channel)
        session.play_at(at, store)
        self.shows(player, at)
        return session, player

    def shows(self, player: HandPlayer, at: datetime) -> None:
        """The player has the picture of `at` on screen, and plays."""
        player.say(PlayerState.PLAYING)
        player.show(QColor("navy"), at)
        model = self.stand.desk.window.timeline_model
        self.stand.wait(lambda: model.held or model.playhead == at, 3, "no playhead there")


class Wall:
    """Some cameras that play yesterday, by hand."""

    def __init__(self, hand: Hands, count: int) -> None:
        self.hand = hand
        self.stand = hand.stand
        self.stand.press("layout-4")
        self.cameras: list[Channel] = self.stand.channels(*CAMERA)[:count]
        self.players: list[HandPlayer] = []
        self.sessions: list[TileSession] = []
        for camera in self.cameras:
            session, player = hand.open(camera)
            session.play_at(AT, Store.CLOUD)
            player.say(PlayerState.PLAYING)
            player.show(QColor("navy"), AT)
            self.players.append(player)
            self.sessions.append(session)
        hands.pause(0.05)

    def step_of(self, number: int) -> Step | None:
        standing = self.stand.desk.sync.standing(self.sessions[number])
        return standing.step if standing else None

    def land(self, at: datetime, *numbers: int) -> None:
        """These players show `at`, paused."""
        for number in numbers or range(len(self.players)):
            player = self.players[number]
            player.show(QColor("teal"), at)
            player.say(PlayerState.PAUSED)
        hands.pause(0.1)

    def together(self) -> None:
        """Switched on, all standing at AT."""
        self.stand.press("sync")
        hands.pause(0.1)
        self.land(AT)

    def forget(self) -> None:
        for player in self.players:
            player.commands.clear()

    def took(self, name: str) -> list[int]:
        """How many orders of a kind each player got."""
        return [len(player.took(name)) for player in self.players]
