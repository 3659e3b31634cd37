"""What the tiles show: opening channels and addresses, live or playback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import ref
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Store, StreamProfile, now
from vsconsole.domain.playback import MediaSource
from vsconsole.i18n import _
from vsconsole.player.backend import Engine, PlaybackSource
from vsconsole.services.newest import newest_begin
from vsconsole.ui.desk.sound import Sound
from vsconsole.ui.desk.steering import OneTile, Steering
from vsconsole.ui.dialogs.address import AddressDialog
from vsconsole.ui.tree.rows import RowKind, saved_key
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.layouts import LAYOUTS, Layout
from vsconsole.ui.wall.session import Address, Mode, TileSession
from vsconsole.ui.wall.shown import Shown
from vsconsole.ui.wall.states import TileAction
from vsconsole.ui.wall.tile import Tile

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_JUST_NOW = timedelta(minutes=5)


class _Opener:
    """The services as tiles see them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def open_live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        return self._services.live.open(channel, profile)

    def playback(self, channel: Channel, store: Store) -> PlaybackSource:
        return self._services.playback.source(channel, store)


class PicturesDesk(QObject):
    """Puts channels and addresses on the wall and knows what the selected tile shows.

    `session_changed` when the selected tile shows something else or its state changed,
    `lanes_changed` when the set of what is shown did; each at most once a turn of the event loop,
    at its end, however many reasons there were. `session_opened` with each new session.
    """

    session_changed = Signal()
    session_opened = Signal(object)
    lanes_changed = Signal()

    def __init__(
        self, window: MainWindow, services: Services, engine: Engine, dispatcher: Dispatcher
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._engine = engine
        self._dispatcher = dispatcher
        self._opener = _Opener(services)
        self._mode = Mode.LIVE
        self.sound = Sound(window.wall)
        self._told: Callable[[], TileSession | None] = _nothing
        self._together: Callable[[TileSession | None], Steering | None] = lambda _session: None
        self._moment: Callable[[TileSession], datetime | None] = lambda _session: None
        self._session_soon = QTimer(self, interval=0, singleShot=True)
        self._session_soon.timeout.connect(self.session_changed)
        self._lanes_soon = QTimer(self, interval=0, singleShot=True)
        self._lanes_soon.timeout.connect(self.lanes_changed)
        self._connect()

    def _connect(self) -> None:
        window, act = self._window, self._window.actions_
        wall = window.wall
        window.tree.channel_activated.connect(self.open_channel)
        wall.selected.connect(self._on_selected)
        wall.front_changed.connect(self.wall_changed)
        wall.sight_changed.connect(self.wall_changed)
        wall.acted.connect(self._on_acted)
        wall.cleared.connect(self.clear)
        wall.profile_asked.connect(self._on_profile)
        act["live"].triggered.connect(lambda: self.set_mode(Mode.LIVE))
        act["playback"].triggered.connect(lambda: self.set_mode(Mode.PLAYBACK))
        for layout in LAYOUTS:
            act[f"layout-{layout.name}"].triggered.connect(
                lambda _on=False, grid=layout: self.set_grid(grid)
            )
        act["enlarge"].triggered.connect(lambda: wall.enlarge())
        act["next-tile"].triggered.connect(lambda: wall.select_next(1))
        act["previous-tile"].triggered.connect(lambda: wall.select_next(-1))
        act["clear-tile"].triggered.connect(lambda: self.clear(wall.current))
        act["mute"].triggered.connect(self.sound.toggle)
        act["open-address"].triggered.connect(self.ask_address)

    @property
    def session(self) -> TileSession | None:
        """What the selected tile shows."""
        return self._window.wall.current.session

    @property
    def steering(self) -> Steering | None:
        """What takes the orders of the bar: the selected tile, or all it plays together with."""
        session = self.session
        together = self._together(session)
        if together is not None or session is None:
            return together
        return OneTile(session, self._open_again)

    def conduct(
        self,
        together: Callable[[TileSession | None], Steering | None],
        moment: Callable[[TileSession], datetime | None],
    ) -> None:
        """`together` is what a session plays with (None: nothing selected), if with anything.

        `moment` tells where a new one is to join it.
        """
        self._together, self._moment = together, moment

    @property
    def mode(self) -> Mode:
        """What a newly opened channel shows."""
        return self._mode

    def prefer(self, mode: Mode) -> None:
        """What a newly opened channel shows from now on; what is on the wall stays."""
        self._mode = mode
        self.show_mode()

    # Opening

    def open_channel(
        self, channel: Channel, tile: Tile | None = None, *, select: bool = True
    ) -> TileSession:
        """Shows a channel in `tile`, in the tile that has it already, or in a free one."""
        wall = self._window.wall
        if tile is None:
            shown = wall.tile_of(channel.key)
            if shown is not None and shown.session is not None:
                wall.select_tile(shown)
                return shown.session
            tile = wall.free_tile()
        session = self._session(channel)
        on_disk = channel.stores == (Store.LOCAL,)
        # Footage on disk has no live picture; asking for one can only mean its recordings.
        session.mode = Mode.PLAYBACK if on_disk else self._mode
        self._put(tile, session, select=select)
        if session.mode is Mode.LIVE:
            session.play_live()
        else:
            self._play_first(session)
        return session

    def play_moment(self, channel: Channel, store: Store, when: datetime) -> TileSession:
        """Plays `when` in the tile that has the channel already, else in the selected one."""
        wall = self._window.wall
        tile, session = wall.current, wall.current.session
        if session is None or session.channel is None or session.channel.key != channel.key:
            shown = wall.tile_of(channel.key)
            tile, session = (shown, shown.session) if shown else (tile, None)
        if session is None:
            session = self._session(channel)
            session.mode = Mode.PLAYBACK
            self._put(tile, session)
        else:
            wall.select_tile(tile)
        session.play_at(when, store)
        self._lanes_soon.start()
        self._all_to(session, when)
        if when not in self._window.timeline_model.span:
            self._window.timeline.center_on(when)
        self._window.timeline_model.set_playhead(when)
        self.show_mode()
        return session

    def _all_to(self, session: TileSession, when: datetime) -> None:
        """Those it plays together with go where it was told to."""
        together = self._together(session)
        if together is not None:
            together.seek(when + timedelta(seconds=session.offset))

    def show_again(self, tile: Tile, shown: Shown) -> None:
        """Puts back what a tile showed; recordings stand still at their moment unless they ran."""
        if shown.path and shown.address is None:
            self._open_file_again(tile, shown)
            return
        if shown.channel is not None:
            session = self._session(shown.channel)
        else:
            session = self._address_session(shown.address)
        session.mode, session.store = shown.mode, shown.store
        session.pin(shown.pinned)
        self._put(tile, session, select=False)
        tile.zoom = shown.zoomed
        paused = not shown.playing
        if shown.mode is Mode.LIVE:
            session.play_live()
        elif shown.at is not None:
            session.play_at(shown.at, paused=paused)
        else:
            self._play_first(session, paused=paused)
        if shown.speed != 1:
            session.player.set_speed(shown.speed)

    def _open_file_again(self, tile: Tile, shown: Shown) -> None:
        def opened(address: Address) -> None:
            if isValid(tile) and tile.session is None:
                self.show_again(tile, replace(shown, address=address))

        self._dispatcher.start(
            self,
            lambda: self._address(shown.path),
            opened,
            self._window.notifier.error,
            key=("address", id(tile)),
        )

    def _session(self, channel: Channel) -> TileSession:
        return TileSession(
            self._opener,
            self._engine,
            channel=channel,
            subtitle=self._services.accounts.name_of(channel.key.account),
            parent=self,
        )

    def _address_session(self, address: Address | None) -> TileSession:
        return TileSession(
            self._opener,
            self._engine,
            address=address,
            title=address.title if address else "",
            parent=self,
        )

    def _play_first(self, session: TileSession, *, paused: bool = False) -> None:
        """Plays from the playhead where there is one, else from the newest recording."""
        moment = self._moment(session)
        if moment is not None:
            if session.guide is None or session.asked is None:
                session.play_at(moment - timedelta(seconds=session.offset), paused=True)
            return
        playhead = self._window.timeline_model.playhead
        if playhead is not None and session.channel and session.channel.stores != (Store.LOCAL,):
            session.play_at(playhead, paused=paused)
            return
        channel = session.channel
        if channel is None or not channel.stores:
            begin = session.address.begin if session.address else None
            session.play_at(begin or now() - _JUST_NOW, paused=paused)
            return
        store = session.store if session.store in channel.stores else channel.stores[0]
        services, asked = self._services, session.asked
        session.error = None

        def wanted() -> bool:
            # The operator may have chosen a moment, or gone back to live, meanwhile.
            return session.mode is Mode.PLAYBACK and session.asked is asked

        def found(when: datetime | None) -> None:
            if wanted():
                session.play_at(when or now() - _JUST_NOW, store, paused=paused)

        def failed(error: ConsoleError) -> None:
            if wanted():
                session.refuse(error)

        self._dispatcher.start(
            session,
            lambda: newest_begin(services.accounts.adapter, services.footage, channel, store),
            found,
            failed,
            lane="transfer",
            key="newest",
            party=channel.key.account,
        )

    def _put(self, tile: Tile, session: TileSession, *, select: bool = True) -> None:
        session.changed.connect(lambda: self._on_changed(session))
        session.gap.connect(lambda asked, shown: self._on_gap(session, asked, shown))
        self.session_opened.emit(session)
        tile.show_session(session)
        if select:
            self._window.wall.select_tile(tile)
        self.sound.share()
        self.wall_changed()

    def clear(self, tile: Tile) -> None:
        """Empties a tile."""
        tile.show_session(None)
        self.wall_changed()
        self._on_selected(self._window.wall.current)

    def forget_account(self, account_id: str) -> None:
        """Empties the tiles of an account that is gone."""
        for tile in self._window.wall.all_tiles():
            channel = tile.session.channel if tile.session else None
            if channel and channel.key.account == account_id:
                self.clear(tile)
        for wall in self._window.wall.all:
            for place, shown in list(wall.kept.items()):
                if shown.channel and shown.channel.key.account == account_id:
                    del wall.kept[place]

    def close_all(self) -> None:
        """Closes every picture."""
        for timer in (self._session_soon, self._lanes_soon):
            timer.stop()
        self._window.wall.close_all()

    def ask_address(self) -> AddressDialog:
        """Asks for an address or file to open."""
        dialog = AddressDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.open_address)
        dialog.open()
        return dialog

    def open_address(
        self,
        text: str,
        tile: Tile | None = None,
        at: datetime | None = None,
        *,
        select: bool = True,
    ) -> None:
        """Opens an address or file in a free tile, a recording at a moment where one is given."""
        place = tile or self._window.wall.free_tile()

        def opened(address: Address) -> None:
            if not isValid(place):
                return  # another layout has no such tile
            session = self._address_session(address)
            self._put(place, session, select=select)
            if address.live is not None:
                session.play_live()
            else:
                session.play_at(at or address.begin or now())

        self._dispatcher.start(
            self,
            lambda: self._address(text),
            opened,
            self._window.notifier.error,
            key=("address", id(place)),
        )

    def _address(self, text: str) -> Address:
        found = self._services.playback.address(text)
        return Address(
            title=found.title,
            live=found.live,
            source=found.source,
            begin=found.begin,
            path=_path_of(text),
        )

    # Mode and selection

    def set_mode(self, mode: Mode) -> None:
        """Live or playback for the selected tile, and for what is opened next."""
        self._mode = mode
        session = self.session
        if session is None or session.mode is mode:
            self.show_mode()
            return
        if mode is Mode.LIVE:
            session.play_live()
        else:
            session.leave_live()
            self._play_first(session)
        self.show_mode()
        self._on_changed(session)

    def replay(self, session: TileSession, store: Store, at: datetime) -> None:
        """Plays what a live tile showed at `at`."""
        session.play_at(at, store)
        self._lanes_soon.start()
        self._all_to(session, at)
        if session is self.session:
            self._window.timeline_model.set_playhead(at)
            self.show_mode()

    def set_count(self, count: int) -> None:
        """The regular layout with room for `count` tiles."""
        self.set_grid(layouts.holding(count))

    def set_grid(self, layout: Layout) -> None:
        """Another layout of the wall in front."""
        self._window.wall.set_grid(layout)
        self.sound.share()
        self.wall_changed()

    def _on_selected(self, _tile: Tile) -> None:
        self.sound.share()
        self.show_mode()
        session = self.session
        if session and session.channel:
            self._window.details.show_node(session.channel, session.subtitle)
        self._tell_session()

    def show_mode(self) -> None:
        """The window's switch shows what the selected tile does."""
        mode = self.session.mode if self.session else self._mode
        self._window.actions_["live" if mode is Mode.LIVE else "playback"].setChecked(True)

    def wall_changed(self) -> None:
        """Something else is on the walls, or another one is in front."""
        sight = (session for wall in self._window.wall.in_sight() for session in wall.sessions())
        channels = (session.channel for session in sight)
        keys = {channel.key for channel in channels if channel}
        views = {wall.view for wall in self._window.wall.in_sight() if wall.view}
        keys |= {saved_key(RowKind.VIEW, view) for view in views}
        self._window.tree.set_on_wall(frozenset(keys))
        self._lanes_soon.start()
        if self.session is not self._told():
            self._tell_session()

    def _tell_session(self) -> None:
        session = self.session
        self._told = ref(session) if session is not None else _nothing
        self._session_soon.start()

    def tell(self) -> None:
        """The bar and the timeline are to show what was ordered."""
        self._session_soon.start()

    def tell_lanes(self) -> None:
        """The timeline is to show what is on the wall."""
        self._lanes_soon.start()

    def _on_changed(self, session: TileSession) -> None:
        if session is self.session:
            self.show_mode()
            self._session_soon.start()

    def _on_gap(self, session: TileSession, asked: datetime, shown: datetime) -> None:
        if session.player.speed < 0 and session.guide is None:
            # Backwards nobody waits for a gap to pass.
            session.player.reverse(shown, -session.player.speed)
            session.player.resume()
        if session is self.session and session.guide is None:
            self.tell_gap(asked, shown, session.zone)

    def tell_gap(self, asked: datetime, shown: datetime, zone_name: str) -> None:
        """Says that nothing is recorded at `asked`, and from where it plays instead."""
        zone = ZoneInfo(zone_name)
        self._window.notifier.info(
            _("Nothing is recorded at {asked}.").format(asked=_clock(asked, zone)),
            _("Playing from the next recording, {shown}.").format(shown=_clock(shown, zone)),
        )

    def _on_acted(self, tile: Tile, action: TileAction) -> None:
        session = tile.session
        if session is None:
            return
        if action is TileAction.ACCOUNTS and session.channel:
            account_id = session.channel.key.account
            account = next((a for a in self._services.accounts.all() if a.id == account_id), None)
            if account:
                self._window.tree.account_action.emit("edit", account)
        elif action in (TileAction.RETRY, TileAction.NEW_ADDRESS):
            self._open_again(session)

    def _open_again(self, session: TileSession) -> None:
        if session.mode is Mode.PLAYBACK and session.asked is None:
            # What failed was finding a moment to begin with.
            self._play_first(session)
            session.changed.emit()
        else:
            session.retry()

    def _on_profile(self, tile: Tile, profile: StreamProfile | None) -> None:
        if tile.session:
            tile.session.pin(profile)


def _nothing() -> None:
    """No session."""


def _path_of(text: str) -> str:
    """The file that was opened, to be found again by a later run; empty for what is none."""
    text = text.strip().strip("\"'")
    return "" if "://" in text else str(Path(text).expanduser().absolute())


def _clock(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%m-%d %H:%M:%S}"
