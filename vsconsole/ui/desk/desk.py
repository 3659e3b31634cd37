"""One window with everything bound to the services; made anew when the language changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, QTimer, Signal

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key
from vsconsole.i18n import _
from vsconsole.player.backend import Engine
from vsconsole.ui import tokens
from vsconsole.ui.console.desk import ConsoleDesk
from vsconsole.ui.desk import timeline_state, wall_state
from vsconsole.ui.desk.accounts import AccountsDesk
from vsconsole.ui.desk.bookmarks import BookmarksDesk
from vsconsole.ui.desk.camera import CameraDesk
from vsconsole.ui.desk.clocks import ClocksDesk
from vsconsole.ui.desk.command import CommandDesk
from vsconsole.ui.desk.downloads import DownloadsDesk
from vsconsole.ui.desk.drops import DropsDesk
from vsconsole.ui.desk.events import EventsDesk
from vsconsole.ui.desk.footage import FootageDesk
from vsconsole.ui.desk.keys import KeysDesk
from vsconsole.ui.desk.overview import OverviewDesk
from vsconsole.ui.desk.pictures import PicturesDesk
from vsconsole.ui.desk.playing import PlayingDesk
from vsconsole.ui.desk.previews import PreviewsDesk
from vsconsole.ui.desk.snapshot import SnapshotDesk
from vsconsole.ui.desk.sync import SyncDesk
from vsconsole.ui.desk.tiles import TilesDesk
from vsconsole.ui.desk.tours import TourDesk
from vsconsole.ui.desk.transport import TransportDesk
from vsconsole.ui.desk.usage import UsageDesk
from vsconsole.ui.desk.views import ViewsDesk
from vsconsole.ui.desk.walls import WallsDesk
from vsconsole.ui.main_window import MainWindow
from vsconsole.ui.turns import in_turns
from vsconsole.ui.wall.session import Mode

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.work.qt import Dispatcher

_STATE = "desk"
_log = logging.getLogger(__name__)
_SAVE_MS = 30_000


class Desk(QObject):
    """The window and its parts; `closed` when the operator is done with it."""

    closed = Signal()
    language_asked = Signal(str)
    scheme_asked = Signal(str)
    sandbox_asked = Signal()

    def __init__(
        self,
        services: Services,
        engine: Engine,
        dispatcher: Dispatcher,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._dispatcher = dispatcher
        self.window = window
        self.pictures = PicturesDesk(self.window, services, engine, dispatcher)
        self.playing = PlayingDesk(self.window, self.pictures)
        self.drops = DropsDesk(self.window, self.pictures)
        self.walls = WallsDesk(self.window, self.pictures)
        self.views = ViewsDesk(self.window, services, self.pictures, self.walls, dispatcher)
        self.tours = TourDesk(self.window, self.pictures, self.views)
        self.accounts = AccountsDesk(self.window, services, dispatcher)
        self.footage = FootageDesk(self.window, services, self.pictures, dispatcher)
        self.clocks = ClocksDesk(self.window, services, self.pictures, dispatcher)
        self.sync = SyncDesk(self.window, self.pictures, self.clocks)
        self.transport = TransportDesk(
            self.window, self.pictures, self.playing, self.footage, self.sync
        )
        self.bookmarks = BookmarksDesk(
            self.window, services, self.pictures, dispatcher, self.transport.go_to
        )
        self.previews = PreviewsDesk(self.window, services, dispatcher)
        self.overview = OverviewDesk(self.window, services, self.pictures, dispatcher)
        self.camera = CameraDesk(self.window, services, self.pictures, dispatcher)
        self.tiles = TilesDesk(self.window, services, self.pictures, self.playing, dispatcher)
        self.snapshots = SnapshotDesk(self.window, dispatcher)
        self.downloads = DownloadsDesk(self.window, services, self.pictures, dispatcher)
        self.events = EventsDesk(self.window, services, self.pictures, dispatcher)
        self.usage = UsageDesk(self.window, services)
        self.keys = KeysDesk(self.window, services, dispatcher)
        self.command = CommandDesk(self.window, services, self.pictures, self.transport, dispatcher)
        self.console = ConsoleDesk(self.window, services, self.accounts, dispatcher)
        self._closing = False
        self._restored = False
        self._geometry: QRect | None = None
        self._save = QTimer(self, interval=_SAVE_MS)
        self._connect()

    def _connect(self) -> None:
        window = self.window
        window.closing.connect(self._on_closing)
        window.language_asked.connect(self.language_asked)
        window.scheme_asked.connect(self.scheme_asked)
        window.tree.try_sandbox.connect(self.sandbox_asked)
        self.accounts.account_removed.connect(self.pictures.forget_account)
        self.accounts.account_removed.connect(self.walls.forget_account)
        self.accounts.account_removed.connect(self.bookmarks.forget_account)
        window.actions_["next-event"].triggered.connect(lambda: self._step_event(forward=True))
        window.actions_["previous-event"].triggered.connect(lambda: self._step_event(forward=False))
        self._dispatcher.failed.connect(window.notifier.error)
        self._save.timeout.connect(self.save)
        scheme = tokens.current().name
        window.actions_[scheme].setChecked(True)

    def start(self, geometry: QRect | None = None, kept: dict[str, Any] | None = None) -> None:
        """Shows the window, then what was on it, then what the vendors say.

        `geometry` puts it there, else it goes where it was at the end of the last run. `kept` is
        the state of the window before this one, which is kept first; without it the saved one is
        put back.
        """
        self._geometry = geometry
        if geometry is not None:
            self.window.setGeometry(geometry)
        self.window.show()
        read = partial(self._read_state, kept)
        self._dispatcher.start(self, read, self._restore, self._no_state)
        self._save.start()

    def _read_state(self, kept: dict[str, Any] | None) -> tuple[dict[str, Any], dict[Key, Channel]]:
        if kept is not None:
            self._services.catalog.set_state(_STATE, kept)
        state: dict[str, Any] = self._services.catalog.state(_STATE, {}) or {}
        channels: dict[Key, Channel] = {}
        for key in wall_state.channels_in(state.get("pictures")):
            try:
                channels[key] = self._services.inventory.channel(key)
            except ConsoleError:
                # Its account or camera is gone: the tile stays empty.
                continue
        return state, channels

    def _restore(self, found: tuple[dict[str, Any], dict[Key, Channel]]) -> None:
        state, channels = found
        layout = dict(state.get("layout", {}))
        if self._geometry is not None:
            layout.pop("geometry", None)
        window = self.window

        def tree() -> None:
            window.tree.restore_expanded(state.get("expanded", []))
            if current := state.get("current"):
                window.tree.select(Key.parse(current))

        def wall() -> None:
            pictures = state.get("pictures") or {}
            try:
                self.pictures.prefer(Mode(str(pictures.get("mode", Mode.LIVE.value))))
                wall_state.restore(window.wall, pictures, channels.get)
            except (AttributeError, TypeError, KeyError, ValueError):
                # Written by another version of the program: what could be put back is there.
                _log.info("the saved wall could not be read whole")
            self.walls.when_filled(self._all_there)

        def sync() -> None:
            try:
                self.sync.restore(state.get("sync") or {})
            except (TypeError, AttributeError, ValueError):
                _log.info("what played together could not be read")

        steps = (
            lambda: window.restore_layout(layout),
            sync,
            lambda: timeline_state.restore_range(window.timeline_model, state.get("range")),
            tree,
            self.accounts.start,
            self.views.start,
            self.downloads.start_up,
            self.bookmarks.start,
            self.events.start,
            wall,
        )
        in_turns(self, *(partial(self._while_open, step) for step in steps))

    def _while_open(self, step: Callable[[], object]) -> None:
        if not self._closing:
            step()

    def _all_there(self) -> None:
        """Only now what is on the desk may take the place of what was kept."""
        self._restored = True

    def _no_state(self, error: ConsoleError) -> None:
        self.walls.when_filled(self._all_there)
        self.window.notifier.error(error)
        self.accounts.start()
        self.views.start()
        self.bookmarks.start()
        self.events.start()

    def state(self) -> dict[str, Any]:
        """What the next start puts back."""
        return {
            "layout": self.window.layout_state(),
            "expanded": self.window.tree.expanded_state(),
            "current": str(current) if (current := self.window.tree.current_key()) else "",
            "range": timeline_state.range_of(self.window.timeline_model),
            "sync": self.sync.state(),
            "pictures": wall_state.state_of(self.window.wall, self.pictures.mode),
        }

    def save(self) -> None:
        """Keeps the state, in the background."""
        if not self._restored:
            return
        state = self.state()
        self._dispatcher.start(
            self,
            lambda: self._services.catalog.set_state(_STATE, state),
            on_error=self.window.notifier.error,
            key="state",
        )

    def _step_event(self, *, forward: bool) -> None:
        at, session = self.window.timeline_model.playhead, self.pictures.session
        if at is None or session is None:
            return

        def found(when: datetime | None) -> None:
            if self.pictures.session is not session:
                return
            if when is not None:
                self.transport.go_to(when)
                return
            self.window.notifier.info(
                _("No later event is known within a month.")
                if forward
                else _("No earlier event is known within a month.")
            )

        self.events.marks.neighbour(at, found, forward=forward)

    def _on_closing(self) -> None:
        if not self._closing:
            state = self.shut()
            if state is not None:
                # The last thing before the program ends: no worker may outlive the window.
                self._services.catalog.set_state(_STATE, state)
            self.closed.emit()

    def shut(self) -> dict[str, Any] | None:
        """Stops movement, pictures and questions; returns the state that is to be kept.

        None where it was left before the saved state was even read: that one stays.
        """
        self._closing = True
        state = self.state()
        self._save.stop()
        self.accounts.close()
        self.console.close()
        self.camera.close()
        self.downloads.close()
        self.events.close()
        self.footage.close()
        self.previews.close()
        self.overview.close()
        self.usage.close()
        self.sync.close()
        self.clocks.close()
        self.keys.close()
        self.tours.end()
        self.walls.close()
        self.command.close()
        self.playing.close()
        self.pictures.close_all()
        return state if self._restored else None
