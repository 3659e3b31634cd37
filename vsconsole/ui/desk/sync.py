"""Tiles that play together: who is among them, their clock, and what is wrong with theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QBoxLayout, QMenu, QToolButton

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.player.backend import PlayerState
from vsconsole.player.group import Group, Member, Standing
from vsconsole.ui import tokens
from vsconsole.ui.desk.clocks import ClocksDesk
from vsconsole.ui.desk.steering import PLAYS, Steering
from vsconsole.ui.desk.together import Part, Together
from vsconsole.ui.timeline.model import land
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction
from vsconsole.ui.wall.tile import Tile

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow

_TICK_MS = 50
_SAY_EVERY = 4


class SyncDesk(QObject):
    """Has the tiles that show recordings play on one clock while "Play tiles together" is on.

    All walls in sight are on it: the tab that is shown, and windows. A tab that goes out of sight
    finds its moment again, unless others have kept the clock. Live tiles are no members until they
    show recordings; a tile can be taken out by its menu.
    """

    def __init__(
        self,
        window: MainWindow,
        pictures: PicturesDesk,
        clocks: ClocksDesk,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pictures = pictures
        self._clocks = clocks
        self.group = Group()
        self._together = Together(self, self.group)
        self._parts: dict[TileSession, Part] = {}
        self._alone: set[object] = set()
        self._begin_playing = False
        # Where walls that went out of sight were, by their ids, and whether they ran.
        self._left: dict[int, tuple[datetime, bool]] = {}
        self._told: tuple[object, ...] = ()
        self._ticks = 0
        self._tick = QTimer(self, interval=_TICK_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        act = self._window.actions_
        act["skip-gaps"].setChecked(True)
        menu = QMenu(self._window)
        for name in ("skip-gaps", "nudge"):
            menu.addAction(act[name])
        self.button = button = QToolButton()
        button.setDefaultAction(act["sync"])
        button.setObjectName("button-sync")
        button.setAccessibleName(act["sync"].text())
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setFixedSize(tokens.BUTTON + 18, tokens.BUTTON)
        bar = self._window.transport
        layout = bar.layout()
        assert isinstance(layout, QBoxLayout)
        layout.insertWidget(layout.indexOf(bar.speed) + 1, button)

    def _connect(self) -> None:
        window, act, pictures = self._window, self._window.actions_, self._pictures
        act["sync"].toggled.connect(self._on_switched)
        act["skip-gaps"].toggled.connect(self._on_skip)
        window.wall.menu_filling.connect(self._fill_menu)
        window.wall.acted.connect(self._on_acted)
        window.wall.sight_changed.connect(self._renew)
        pictures.lanes_changed.connect(self._renew)
        pictures.session_changed.connect(self._renew)
        pictures.conduct(self._steering_of, self._moment)
        self._tick.timeout.connect(self._on_tick)
        self._clocks.found.connect(self._renew)
        self._clocks.offset_changed.connect(self._take_offset)

    @property
    def on(self) -> bool:
        """Whether tiles play together."""
        return self._window.actions_["sync"].isChecked()

    @property
    def together(self) -> bool:
        """Whether the bar's orders go to all of them."""
        return self._pictures.steering is self._together

    def close(self) -> None:
        """Stops looking after tiles."""
        self._tick.stop()

    def state(self) -> dict[str, Any]:
        """What the next start puts back."""
        return {
            "on": self.on,
            "skip": self.group.skip_gaps,
            "alone": sorted(str(key) for key in self._alone if isinstance(key, Key)),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Puts back what was kept; ValueError where it is none of it."""
        self._alone = {Key.parse(str(text)) for text in state.get("alone", ())}
        self._window.actions_["skip-gaps"].setChecked(bool(state.get("skip", True)))
        self._window.actions_["sync"].setChecked(bool(state.get("on", False)))

    def standing(self, session: TileSession) -> Standing | None:
        """How a tile stands among the others; None where it plays alone."""
        part = self._parts.get(session)
        return part.standing if part else None

    def selected_member(self) -> Member | None:
        """The selected tile's place in the group."""
        session = self._pictures.session
        part = self._parts.get(session) if session else None
        return part.member if part else None

    def tell(self) -> None:
        """The bar and the tiles show what was ordered."""
        self._pictures.tell()

    # Orders

    def seek(self, when: datetime) -> None:
        """All of them show `when`, or the next moment that any of them has recorded."""
        model = self._window.timeline_model
        if model.held:
            self.group.hold(when)
            return
        self.group.release()
        self._begin_at(when)
        self.tell()

    def landing(self, asked: datetime) -> datetime:
        """Where a click into the timeline leads while tiles play together."""
        model, found = self._window.timeline_model, []
        for session in self._parts:
            lane = next((one for one in model.lanes if one.key == session.lane), None)
            off = timedelta(seconds=session.offset)
            landing = land(lane, asked - off) if lane is not None else None
            if landing is not None:
                found.append(landing.when + off)
        return min(found, default=asked)

    def _sessions(self) -> list[TileSession]:
        """What is on the walls in sight."""
        return [one for wall in self._window.wall.in_sight() for one in wall.sessions()]

    def _steering_of(self, session: TileSession | None) -> Steering | None:
        if not self.on:
            return None
        if session is not None and session not in self._parts and self._joins(session):
            self._renew()  # it was put on its wall in this very turn
        if not self._parts:
            return None
        alone = session is not None and session.mode is Mode.PLAYBACK
        return None if alone and session not in self._parts else self._together

    def _moment(self, session: TileSession) -> datetime | None:
        return self.group.position() if self.on and self._parts and self._joins(session) else None

    def _on_switched(self, on: bool) -> None:
        session = self._pictures.session
        if on:
            one = session if session and self._joins(session) else None
            asked = [one] if one else [s for s in self._sessions() if self._joins(s)]
            self._tick.start()
            self._renew()
            self._begin_playing = any(s.state in PLAYS for s in asked)
        else:
            self._renew()
            self._left.clear()
            self._tick.stop()
        if on and self.group.members and self.group.position() is None:
            self._begin()
        self.tell()

    def _on_skip(self, on: bool) -> None:
        self.group.skip_gaps = on

    # Members

    def _renew(self) -> None:
        """Makes the members those tiles that show recordings."""
        sessions = self._sessions()
        for session in sessions:
            self._clocks.know(session)
        wanted = [one for one in sessions if self.on and self._joins(one)]
        self._note_left()
        for session in [one for one in self._parts if one not in wanted]:
            self._take_out(session)
        for session in wanted:
            if session not in self._parts:
                self._take_in(session)

    def _note_left(self) -> None:
        """Keeps where the walls are that have just gone out of sight."""
        at, sight = self.group.position(), self._window.wall.in_sight()
        if at is None:
            return
        runs = self.group.running and self.group.speed > 0
        for wall in self._window.wall.all:
            if wall not in sight and any(one in self._parts for one in wall.sessions()):
                self._left[wall.id] = (at, runs)

    def _joins(self, session: TileSession) -> bool:
        return session.mode is Mode.PLAYBACK and session.lane not in self._alone

    def _take_in(self, session: TileSession) -> None:
        part = Part(session, self.group)
        self._parts[session] = part
        if not self.group.members:
            self.group = self._new_group()
            self._begin_playing = _runs(session)
            part = self._parts[session] = Part(session, self.group)
        session.guide = part
        part.member = self.group.join(part, session.offset)
        session.gap.connect(part.on_gap)
        session.changed.emit()

    def _new_group(self) -> Group:
        """A group that has been nowhere yet."""
        group = Group()
        group.skip_gaps = self.group.skip_gaps
        self._together = Together(self, group)
        return group

    def _take_out(self, session: TileSession) -> None:
        part = self._parts.pop(session)
        session.guide = None
        member, part.member = part.member, None
        if member is not None:
            self.group.leave(member)
        if not session.closed:
            session.changed.emit()

    def _take_offset(self, session: TileSession) -> None:
        part = self._parts.get(session)
        if part is not None and part.member is not None:
            self.group.set_offset(part.member, session.offset)

    def _on_tick(self) -> None:
        if any(session.closed for session in self._parts):
            self._renew()
        if not self.group.members:
            return
        if not self._window.timeline_model.held:
            self.group.release()
        if self.group.position() is None:
            self._begin()
        self.group.tick()
        self._ticks += 1
        for session, part in list(self._parts.items()) if self._ticks % _SAY_EVERY == 0 else ():
            state = part.state()
            if part.told != state and not session.closed:
                part.told = state
                session.changed.emit()
        told = (self.group.running, self.group.speed)
        if told != self._told:
            self._told = told
            self.tell()

    def _begin(self) -> None:
        """The group's first moment: where its wall was, else the selected tile's, else any's.

        Footage whose newest moment is still being looked for gives one in a moment.
        """
        walls = self._window.wall
        for wall in sorted(walls.in_sight(), key=lambda one: one is not walls.front):
            if wall.id in self._left and any(one in self._parts for one in wall.sessions()):
                when, self._begin_playing = self._left[wall.id]
                self._begin_at(when)
                return
        first = self._pictures.session
        order = sorted(self._parts, key=lambda one: one is not first)
        for session in order:
            shown = session.player.settled and not session.player.live
            at = session.position() if shown else None
            at = at or session.asked
            if at is not None:
                self._begin_at(at + timedelta(seconds=session.offset))
                return

    def _begin_at(self, when: datetime) -> None:
        for wall in self._window.wall.in_sight():
            self._left.pop(wall.id, None)
        self.group.seek(when)
        if self._begin_playing:
            self._begin_playing = False
            self.group.play()

    # A tile's own

    def _on_acted(self, tile: Tile, action: TileAction) -> None:
        standing = self.standing(tile.session) if tile.session else None
        if action is TileAction.GO_NEXT and standing is not None and standing.next is not None:
            self.seek(standing.next)

    def _fill_menu(self, tile: Tile, menu: QMenu) -> None:
        session = tile.session
        if session is None or session.mode is not Mode.PLAYBACK:
            return
        menu.addSeparator()
        if self.on:
            together = menu.addAction(_("Plays with the others"))
            together.setCheckable(True)
            together.setChecked(session in self._parts)
            together.toggled.connect(lambda joins: self.set_joined(session, joins=joins))
        menu.addAction(_("This camera's clock is wrong…"), lambda: self._clocks.ask_of(session))

    def set_joined(self, session: TileSession, *, joins: bool) -> None:
        """Lets a tile play with the others, or alone."""
        if joins:
            self._alone.discard(session.lane)
        else:
            self._alone.add(session.lane)
        self._renew()
        self.tell()


def _runs(session: TileSession) -> bool:
    """Whether a tile plays, or is to as soon as its picture is there."""
    if session.state in (PlayerState.PAUSED, PlayerState.ENDED, PlayerState.FAILED):
        return False
    return session.state is PlayerState.PLAYING or not session.held
