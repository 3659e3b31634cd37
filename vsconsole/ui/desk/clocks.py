"""Cameras whose clocks are wrong: by how much, as the operator says, now and after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.ui.dialogs.nudge import NudgeDialog
from vsconsole.ui.wall.session import Mode, TileSession

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_NUDGE = 0.1
_SOON_MS = 800


class ClocksDesk(QObject):
    """Knows what is to be added to the times of each channel, and shows it in tiles and lanes."""

    found = Signal()
    """What was kept of a channel's clock is known now; `know` shows it."""
    offset_changed = Signal(object)
    """A session, whose `offset` is another now."""

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
        self._offsets: dict[Key, float] = {}
        self._asked: set[Key] = set()
        self._unsaved: set[Key] = set()
        self._save = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._save.timeout.connect(self._keep)
        act = window.actions_
        act["nudge"].triggered.connect(self.ask)
        act["nudge-back"].triggered.connect(lambda: self._nudge_by(-_NUDGE))
        act["nudge-on"].triggered.connect(lambda: self._nudge_by(_NUDGE))

    def close(self) -> None:
        """Keeps what is not kept yet."""
        if self._save.isActive():
            self._save.stop()
            for key in self._unsaved:
                self._services.catalog.set_clock_offset(key, self._offsets[key])

    def know(self, session: TileSession) -> None:
        """Shows what is known of a tile's clock; what is kept of it is looked up, once."""
        key = session.channel.key if session.channel else None
        if key is None:
            return
        if key in self._offsets:
            if session.offset != self._offsets[key]:
                self._show(session, self._offsets[key])
            return
        if key in self._asked:
            return
        self._asked.add(key)
        catalog = self._services.catalog

        def learn(seconds: float) -> None:
            self._offsets.setdefault(key, seconds)
            self.found.emit()

        self._dispatcher.start(
            self,
            lambda: catalog.clock_offset(key),
            learn,
            self._window.notifier.error,
            key=("clock", str(key)),
        )

    def put_right(self, session: TileSession, seconds: float) -> None:
        """Adds `seconds` to the times of a tile's channel, from now on and after a restart."""
        key = session.channel.key if session.channel else None
        if key is None:
            self._show(session, seconds)
            return
        self._offsets[key] = seconds
        for other in self._window.wall.all_sessions():
            if other.channel and other.channel.key == key:
                self._show(other, seconds)
        self._unsaved.add(key)
        self._save.start()

    def _show(self, session: TileSession, seconds: float) -> None:
        session.offset = seconds
        self.offset_changed.emit(session)
        self._window.timeline_model.set_offset(session.lane, seconds)
        session.changed.emit()

    def _keep(self) -> None:
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
            self.put_right(session, round(session.offset + seconds, 3))

    def ask(self) -> None:
        """Asks how far the clock of the selected tile's camera is wrong."""
        session = self._pictures.session
        if session is not None and session.mode is Mode.PLAYBACK:
            self.ask_of(session)
        else:
            self._window.notifier.info(
                _("No recordings are shown."), _("Select a tile that shows recordings first.")
            )

    def ask_of(self, session: TileSession) -> NudgeDialog:
        """Asks how far the clock of a tile's camera is wrong."""
        dialog = NudgeDialog(session.title, round(session.offset * 1000), self._window)

        def take(milliseconds: int) -> None:
            if not session.closed:
                self.put_right(session, milliseconds / 1000)

        dialog.tried.connect(take)
        dialog.kept.connect(take)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog
