"""Tabs and windows of walls: what is out of sight gives its streams back, and comes again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer

from vsconsole.player.backend import PlayerState
from vsconsole.ui.desk.drops import APART_MS
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.shown import WallPlan
from vsconsole.ui.wall.wall import Wall

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow

REST_MS = 10_000
"""How long a wall out of sight keeps its pictures: who looks away for a moment finds them."""


class WallsDesk(QObject):
    """Opens what walls in sight keep, one tile after the other, and closes what is out of sight.

    Recordings stand still as soon as they are out of sight, and go on from there.
    """

    def __init__(self, window: MainWindow, pictures: PicturesDesk) -> None:
        super().__init__(window)
        self._window = window
        self._walls = window.wall
        self._pictures = pictures
        self._open = False
        self._filling: set[int] = set()
        self._held: WeakSet[TileSession] = WeakSet()
        self._rests: dict[int, QTimer] = {}
        self._waiting: list[Callable[[], object]] = []
        self._connect()

    def _connect(self) -> None:
        walls, act = self._walls, self._window.actions_
        walls.sight_changed.connect(self._on_sight)
        walls.grown.connect(self._on_grown)
        walls.walls_changed.connect(self._forget_gone)
        act["new-tab"].triggered.connect(lambda: walls.add())
        act["close-tab"].triggered.connect(lambda: walls.close_wall(walls.front))
        act["reopen-tab"].triggered.connect(lambda: walls.reopen())
        act["rename-tab"].triggered.connect(self._rename)
        act["next-tab"].triggered.connect(lambda: walls.step(1))
        act["previous-tab"].triggered.connect(lambda: walls.step(-1))
        act["own-window"].triggered.connect(self._leave_or_come_back)

    def close(self) -> None:
        """Opens nothing more, and takes the windows of walls away."""
        self._waiting.clear()
        for timer in self._rests.values():
            timer.stop()
        self._walls.close_windows()

    def open_plan(self, wall: Wall, plan: WallPlan) -> None:
        """Shows a plan on a wall in place of what is there."""
        wall.set_plan(plan)
        self._pictures.wall_changed()
        self.fill(wall)

    def forget_account(self, _account_id: str) -> None:
        """What was closed before may show an account that is gone."""
        self._walls.forget_closed()

    def when_filled(self, done: Callable[[], object]) -> None:
        """Calls back once every wall in sight shows what it keeps; nothing opens before this."""
        self._open = True
        self._waiting.append(done)
        for wall in self._walls.in_sight():
            self.fill(wall)
        self._tell_filled()

    # Out of sight

    def _on_sight(self) -> None:
        seen = self._walls.in_sight()
        for wall in self._walls.all:
            if wall in seen:
                self._wake(wall)
            elif wall.id not in self._rests and not wall.empty:
                self._leave(wall)

    def _leave(self, wall: Wall) -> None:
        for session in wall.sessions():
            if session.mode is Mode.PLAYBACK and session.state is PlayerState.PLAYING:
                forward = session.player.speed > 0
                session.player.pause()
                if forward:
                    self._held.add(session)
        timer = QTimer(wall, interval=REST_MS, singleShot=True)
        timer.timeout.connect(partial(self._rest, wall))
        timer.start()
        self._rests[wall.id] = timer

    def _rest(self, wall: Wall) -> None:
        held = [place for place, tile in enumerate(wall.tiles) if tile.session in self._held]
        wall.rest()
        wall.keep_playing(held)

    def _wake(self, wall: Wall) -> None:
        timer = self._rests.pop(wall.id, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        for session in wall.sessions():
            if session in self._held:
                self._held.discard(session)
                if session.state is PlayerState.PAUSED:
                    session.player.resume()
        self.fill(wall)

    def _forget_gone(self) -> None:
        living = {wall.id for wall in self._walls.all}
        for id in [id for id in self._rests if id not in living]:
            # The timer goes with its wall.
            self._rests.pop(id).stop()

    # Into sight

    def _on_grown(self, wall: Wall) -> None:
        if wall in self._walls.in_sight():
            self.fill(wall)

    def fill(self, wall: Wall) -> None:
        """Opens what the wall keeps for tiles that are there, so that no turn takes long."""
        if self._open and wall.id not in self._filling:
            self._filling.add(wall.id)
            self._fill_one(wall)

    def _fill_one(self, wall: Wall) -> None:
        places = sorted(place for place in wall.kept if place < len(wall.tiles))
        if not places or wall not in self._walls.in_sight():
            self._filling.discard(wall.id)
            self._tell_filled()
            return
        shown, tile = wall.kept.pop(places[0]), wall.tiles[places[0]]
        if tile.session is None:
            # Else the operator took the tile meanwhile.
            self._pictures.show_again(tile, shown)
        QTimer.singleShot(APART_MS, wall, partial(self._fill_one, wall))

    def _tell_filled(self) -> None:
        if self._filling:
            return
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done()

    # Keys

    def _rename(self) -> None:
        walls = self._walls
        if walls.front in walls.windows:
            walls.come_back(walls.front)
        walls.edit_name(walls.front)

    def _leave_or_come_back(self) -> None:
        walls = self._walls
        if walls.front in walls.windows:
            walls.come_back(walls.front)
        else:
            walls.leave(walls.front)
