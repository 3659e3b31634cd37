"""Tiles that play together: who is among them, their clock, and what is wrong with theirs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QMenu, QToolButton

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.group import SPEEDS, Group, Member, Standing, Step
from vsconsole.ui import tokens
from vsconsole.ui.desk.steering import PLAYS, Steering, reverses
from vsconsole.ui.dialogs.nudge import NudgeDialog
from vsconsole.ui.timeline.model import land
from vsconsole.ui.wall import guide
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction, TileState
from vsconsole.ui.wall.tile import Tile

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_TICK_MS = 50
_NUDGE = 0.1
_SOON_MS = 800
_SAY_EVERY = 4


class _Part:
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


class _Together:
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


class SyncDesk(QObject):
    """Has the tiles that show recordings play on one clock while "Play tiles together" is on.

    All walls in sight are on it: the tab that is shown, and windows. A tab that goes out of sight
    finds its moment again, unless others have kept the clock. Live tiles are no members until they
    show recordings; a tile can be taken out by its menu.
    """

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._dispatcher = dispatcher
        self.group = Group()
        self._together = _Together(self, self.group)
        self._parts: dict[TileSession, _Part] = {}
        self._alone: set[object] = set()
        self._offsets: dict[Key, float] = {}
        self._asked: set[Key] = set()
        self._unsaved: set[Key] = set()
        self._begin_playing = False
        # Where walls that went out of sight were, by their ids, and whether they ran.
        self._left: dict[int, tuple[datetime, bool]] = {}
        self._told: tuple[object, ...] = ()
        self._ticks = 0
        self._tick = QTimer(self, interval=_TICK_MS)
        self._save = QTimer(self, interval=_SOON_MS, singleShot=True)
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
        act["nudge"].triggered.connect(self.ask_nudge)
        act["nudge-back"].triggered.connect(lambda: self._nudge_by(-_NUDGE))
        act["nudge-on"].triggered.connect(lambda: self._nudge_by(_NUDGE))
        window.wall.menu_filling.connect(self._fill_menu)
        window.wall.acted.connect(self._on_acted)
        window.wall.sight_changed.connect(self._renew)
        pictures.lanes_changed.connect(self._renew)
        pictures.session_changed.connect(self._renew)
        pictures.conduct(self._steering_of, self._moment)
        self._tick.timeout.connect(self._on_tick)
        self._save.timeout.connect(self._keep_offsets)

    @property
    def on(self) -> bool:
        """Whether tiles play together."""
        return self._window.actions_["sync"].isChecked()

    @property
    def together(self) -> bool:
        """Whether the bar's orders go to all of them."""
        return self._pictures.steering is self._together

    def close(self) -> None:
        """Stops looking after tiles, and keeps what is not kept yet."""
        self._tick.stop()
        if self._save.isActive():
            self._save.stop()
            for key in self._unsaved:
                self._services.catalog.set_clock_offset(key, self._offsets[key])

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
            lane = next((one for one in model.lanes if one.key == _lane_of(session)), None)
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
            self._know_offset(session)
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
        return session.mode is Mode.PLAYBACK and _lane_of(session) not in self._alone

    def _take_in(self, session: TileSession) -> None:
        part = _Part(session, self.group)
        self._parts[session] = part
        if not self.group.members:
            self.group = self._new_group()
            self._begin_playing = _runs(session)
            part = self._parts[session] = _Part(session, self.group)
        session.guide = part
        part.member = self.group.join(part, session.offset)
        session.gap.connect(part.on_gap)
        session.changed.emit()

    def _new_group(self) -> Group:
        """A group that has been nowhere yet."""
        group = Group()
        group.skip_gaps = self.group.skip_gaps
        self._together = _Together(self, group)
        return group

    def _take_out(self, session: TileSession) -> None:
        part = self._parts.pop(session)
        session.guide = None
        member, part.member = part.member, None
        if member is not None:
            self.group.leave(member)
        if not session.closed:
            session.changed.emit()

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
        menu.addAction(_("This camera's clock is wrong…"), lambda: self.ask_nudge_of(session))

    def set_joined(self, session: TileSession, *, joins: bool) -> None:
        """Lets a tile play with the others, or alone."""
        if joins:
            self._alone.discard(_lane_of(session))
        else:
            self._alone.add(_lane_of(session))
        self._renew()
        self.tell()

    # Wrong clocks

    def _know_offset(self, session: TileSession) -> None:
        """Has what is kept of a channel's clock looked up, once."""
        key = session.channel.key if session.channel else None
        if key is None:
            return
        if key in self._offsets:
            if session.offset != self._offsets[key]:
                self._show_offset(session, self._offsets[key])
            return
        if key in self._asked:
            return
        self._asked.add(key)
        catalog = self._services.catalog

        def found(seconds: float) -> None:
            self._offsets.setdefault(key, seconds)
            self._renew()

        self._dispatcher.start(
            self,
            lambda: catalog.clock_offset(key),
            found,
            self._window.notifier.error,
            key=("clock", str(key)),
        )

    def set_offset(self, session: TileSession, seconds: float) -> None:
        """What is added to the times of a tile's channel, from now on and after a restart."""
        key = session.channel.key if session.channel else None
        if key is None:
            self._show_offset(session, seconds)
            return
        self._offsets[key] = seconds
        for other in self._window.wall.all_sessions():
            if other.channel and other.channel.key == key:
                self._show_offset(other, seconds)
        self._unsaved.add(key)
        self._save.start()

    def _show_offset(self, session: TileSession, seconds: float) -> None:
        session.offset = seconds
        part = self._parts.get(session)
        if part is not None and part.member is not None:
            self.group.set_offset(part.member, seconds)
        self._window.timeline_model.set_offset(_lane_of(session), seconds)
        session.changed.emit()

    def _keep_offsets(self) -> None:
        rows = {key: self._offsets[key] for key in self._unsaved}
        self._unsaved.clear()
        catalog = self._services.catalog

        def keep() -> None:
            for key, seconds in rows.items():
                catalog.set_clock_offset(key, seconds)

        self._dispatcher.start(self, keep, on_error=self._window.notifier.error)

    def _nudge_by(self, seconds: float) -> None:
        session = self._pictures.session
        if session is not None and session.mode is Mode.PLAYBACK:
            self.set_offset(session, round(session.offset + seconds, 3))

    def ask_nudge(self) -> None:
        """Asks how far the clock of the selected tile's camera is wrong."""
        session = self._pictures.session
        if session is not None and session.mode is Mode.PLAYBACK:
            self.ask_nudge_of(session)
        else:
            self._window.notifier.info(
                _("No recordings are shown."), _("Select a tile that shows recordings first.")
            )

    def ask_nudge_of(self, session: TileSession) -> NudgeDialog:
        """Asks how far the clock of a tile's camera is wrong."""
        dialog = NudgeDialog(session.title, round(session.offset * 1000), self._window)

        def take(milliseconds: int) -> None:
            if not session.closed:
                self.set_offset(session, milliseconds / 1000)

        dialog.tried.connect(take)
        dialog.kept.connect(take)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog


def _runs(session: TileSession) -> bool:
    """Whether a tile plays, or is to as soon as its picture is there."""
    if session.state in (PlayerState.PAUSED, PlayerState.ENDED, PlayerState.FAILED):
        return False
    return session.state is PlayerState.PLAYING or not session.held


def _lane_of(session: TileSession) -> Hashable:
    """As the timeline names it."""
    return session.channel.key if session.channel else ("address", id(session))
