"""What is done to one tile besides playing: zoom, numbers, the last 30 s, the streams' truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from vsconsole.domain.errors import ChannelOffline, ConsoleError, DeviceBusy, DeviceOffline
from vsconsole.domain.model import Channel, Device, DeviceKind, Status, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall import zoom
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction
from vsconsole.ui.wall.tile import Tile

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.desk.playing import PlayingDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

BACK = timedelta(seconds=30)
_AROUND = timedelta(minutes=10)
_PAN = 0.25
_RECORDERS = (DeviceKind.NVR, DeviceKind.GATEWAY)
_IN_MENU = ("back-30", "copy-picture", "info")


class _Found(NamedTuple):
    """The store that has the moment; else the end of the newest recording before it."""

    store: Store | None
    newest: datetime | None


class TilesDesk(QObject):
    """Binds the actions of a tile, and keeps what the tree says of a camera to what was seen."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        playing: PlayingDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._playing = playing
        self._dispatcher = dispatcher
        self._connect()

    def _connect(self) -> None:
        wall, act = self._window.wall, self._window.actions_
        wall.menu_filling.connect(self._fill_menu)
        wall.acted.connect(self._on_acted)
        self._pictures.session_opened.connect(self._on_opened)
        act["back-30"].triggered.connect(self.back)
        act["info"].triggered.connect(lambda: self._show_info([wall.current]))
        act["info-all"].triggered.connect(lambda: self._show_info(wall.tiles))
        act["zoom-in"].triggered.connect(lambda: zoom.magnify(wall.current, zoom.STEP))
        act["zoom-out"].triggered.connect(lambda: zoom.magnify(wall.current, 1 / zoom.STEP))
        act["zoom-whole"].triggered.connect(lambda: zoom.reset(wall.current))
        act["zoom-box"].triggered.connect(self._arm_zoom)
        for name, across, down in (
            ("pan-left", -_PAN, 0.0),
            ("pan-right", _PAN, 0.0),
            ("pan-up", 0.0, -_PAN),
            ("pan-down", 0.0, _PAN),
        ):
            act[name].triggered.connect(
                lambda _on=False, x=across, y=down: zoom.shift(wall.current, x, y)
            )

    def _fill_menu(self, tile: Tile, menu: QMenu) -> None:
        if tile.session is not None:
            for name in _IN_MENU:
                menu.addAction(self._window.actions_[name])

    def _show_info(self, tiles: list[Tile]) -> None:
        """All of them, unless they all say it already."""
        shown = not all(tile.info for tile in tiles)
        for tile in tiles:
            tile.set_info(shown)

    def _arm_zoom(self) -> None:
        if self._window.wall.current.has_picture():
            self._window.wall.current.arm_zoom()

    # The last 30 s

    def back(self) -> None:
        """Plays the selected camera from 30 s ago, or says that it is not recorded yet."""
        session = self._pictures.session
        if session is None:
            return
        if session.mode is Mode.PLAYBACK:
            self._playing.skip(-BACK.total_seconds())
            return
        channel = session.channel
        if channel is None or not channel.stores:
            self._window.notifier.info(
                _("There is nothing to go back to."),
                _("Neither the vendor nor the device keeps recordings of this channel."),
            )
            return
        at = now() - BACK
        self._dispatcher.start(
            session,
            lambda: self._where(channel, at),
            lambda found: self._go_back(session, at, found),
            self._window.notifier.error,
            key="back",
            party=channel.key.account,
        )

    def _where(self, channel: Channel, at: datetime) -> _Found:
        """Which store has `at`; a device's where the vendor's is late."""
        newest: datetime | None = None
        failure: ConsoleError | None = None
        for store in channel.stores:
            try:
                known = self._services.footage.ensure(channel, store, Span(at - _AROUND, now()))
            except ConsoleError as error:
                failure = error
                continue
            if known.joined().at(at) is not None:
                return _Found(store, None)
            bounds = known.bounds
            if bounds is not None and (newest is None or bounds.end > newest):
                newest = bounds.end
        if failure is not None and newest is None:
            raise failure
        return _Found(None, newest)

    def _go_back(self, session: TileSession, at: datetime, found: _Found) -> None:
        if session.mode is not Mode.LIVE:
            return  # the operator went there by another way
        if found.store is not None:
            self._pictures.replay(session, found.store, at)
            return
        zone = ZoneInfo(session.zone)
        self._window.notifier.info(
            _("The recording of {time} is not there yet.").format(
                time=f"{at.astimezone(zone):%H:%M:%S}"
            ),
            _("The newest ends at {time}; the picture stays live.").format(
                time=f"{found.newest.astimezone(zone):%H:%M:%S}"
            )
            if found.newest
            else _("Nothing was recorded in the last minutes; the picture stays live."),
        )

    # What one device gives once

    def _on_opened(self, session: TileSession) -> None:
        session.rival = lambda one: bool(self._rivals(one))
        session.failed.connect(lambda error: self._on_failed(session, error))
        session.changed.connect(lambda: self._on_changed(session))

    def _on_acted(self, tile: Tile, action: TileAction) -> None:
        session = tile.session
        if session is not None and action is TileAction.TAKE_OVER:
            for other in self._rivals(session):
                other.refuse(
                    DeviceBusy(
                        _("Taken over by tile {number}.").format(number=tile.number),
                        why=_("Tile {number} took the device's playback over.").format(
                            number=tile.number
                        ),
                    )
                )
            session.retry()

    def _rivals(self, session: TileSession) -> list[TileSession]:
        """The other tiles that play recordings of the same device from it."""
        return [
            other
            for other in self._window.wall.sessions()
            if other is not session
            and _from_device(other)
            and other.error is None
            and self._device_of(other) == self._device_of(session)
        ]

    def _device_of(self, session: TileSession) -> object:
        channel = session.channel
        if channel is None:
            return None
        parent = self._window.tree.model.node(channel.parent) if channel.parent else None
        return parent.key if isinstance(parent, Device) else channel.key

    # What was seen of a camera is newer than what a list said

    def _on_failed(self, session: TileSession, error: ConsoleError) -> None:
        if not isinstance(error, DeviceOffline):
            return
        self._note(session, Status.OFFLINE)
        recorder = self._recorder_of(session)
        if type(error) is DeviceOffline and recorder and recorder.status is Status.ONLINE:
            session.explain(
                ChannelOffline(
                    _("The camera does not answer its recorder."),
                    why=_("{recorder} is online; the camera behind it is not.").format(
                        recorder=recorder.name
                    ),
                    remedy=error.remedy,
                    code=error.code,
                    request_id=error.request_id,
                )
            )

    def _recorder_of(self, session: TileSession) -> Device | None:
        """The recorder or gateway that a camera hangs on."""
        parent = session.channel.parent if session.channel else None
        node = self._window.tree.model.node(parent) if parent else None
        return node if isinstance(node, Device) and node.kind in _RECORDERS else None

    def _on_changed(self, session: TileSession) -> None:
        if session.state is PlayerState.PLAYING and session.mode is Mode.LIVE:
            self._note(session, Status.ONLINE)

    def _note(self, session: TileSession, status: Status) -> None:
        model = self._window.tree.model
        node = model.node(session.channel.key) if session.channel else None
        if isinstance(node, Channel) and node.status is not status:
            model.put([replace(node, status=status, seen=now())])


def _from_device(session: TileSession) -> bool:
    return session.mode is Mode.PLAYBACK and session.store is Store.DEVICE
