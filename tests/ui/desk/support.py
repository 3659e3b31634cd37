"""A desk whose players are worked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtGui import QColor

from tests.e2e.support import Stand
from tests.ui.wall.support import HandEngine, HandPlayer
from vsconsole.demo import hands
from vsconsole.domain.model import Channel, Store
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall.session import TileSession


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
