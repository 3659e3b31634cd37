"""One window with everything bound to the services; made anew when the language changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key
from vsconsole.i18n import _
from vsconsole.player.backend import Engine
from vsconsole.ui import plain, tokens
from vsconsole.ui.actions import key_list
from vsconsole.ui.console.desk import ConsoleDesk
from vsconsole.ui.desk import wall_state
from vsconsole.ui.desk.accounts import AccountsDesk
from vsconsole.ui.desk.camera import CameraDesk
from vsconsole.ui.desk.downloads import DownloadsDesk
from vsconsole.ui.desk.events import EventsDesk
from vsconsole.ui.desk.footage import FootageDesk
from vsconsole.ui.desk.pictures import PicturesDesk
from vsconsole.ui.desk.snapshot import SnapshotDesk
from vsconsole.ui.desk.sync import SyncDesk
from vsconsole.ui.desk.transport import TransportDesk
from vsconsole.ui.desk.usage import UsageDesk
from vsconsole.ui.main_window import MainWindow
from vsconsole.ui.turns import in_turns

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
        self.accounts = AccountsDesk(self.window, services, dispatcher)
        self.footage = FootageDesk(self.window, services, self.pictures, dispatcher)
        self.sync = SyncDesk(self.window, services, self.pictures, dispatcher)
        self.transport = TransportDesk(self.window, self.pictures, self.footage, self.sync)
        self.camera = CameraDesk(self.window, services, self.pictures, dispatcher)
        self.snapshots = SnapshotDesk(self.window, dispatcher)
        self.downloads = DownloadsDesk(self.window, services, self.pictures, dispatcher)
        self.events = EventsDesk(self.window, services, self.pictures, dispatcher)
        self.usage = UsageDesk(self.window, services)
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
        window.actions_["keys"].triggered.connect(self.show_keys)
        self.accounts.account_removed.connect(self.pictures.forget_account)
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
        for entry in state.get("pictures", {}).get("tiles", []):
            try:
                key = Key.parse(entry["channel"])
                channels[key] = self._services.inventory.channel(key)
            except (TypeError, KeyError, ValueError, ConsoleError):
                # An empty tile, or its account or camera is gone: it stays empty.
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
                wall_state.restore(
                    self.pictures, window.wall, pictures, channels.get, self._all_there
                )
            except (TypeError, KeyError, ValueError):
                # Written by another version of the program: what could be put back is there.
                _log.info("the saved wall could not be read whole")
                self._all_there()

        def sync() -> None:
            try:
                self.sync.restore(state.get("sync") or {})
            except (TypeError, AttributeError, ValueError):
                _log.info("what played together could not be read")

        steps = (
            lambda: window.restore_layout(layout),
            sync,
            tree,
            self.accounts.start,
            self.downloads.start_up,
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
        self._restored = True
        self.window.notifier.error(error)
        self.accounts.start()
        self.events.start()

    def state(self) -> dict[str, Any]:
        """What the next start puts back."""
        return {
            "layout": self.window.layout_state(),
            "expanded": self.window.tree.expanded_state(),
            "current": str(current) if (current := self.window.tree.current_key()) else "",
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

    def show_keys(self) -> QDialog:
        """The list of keys."""
        dialog = QDialog(self.window)
        dialog.setWindowTitle(_("Keys"))
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        group = ""
        for name, text, keys in key_list():
            if name != group:
                group = name
                form.addRow(plain.label(name, "heading"))
            form.addRow(plain.label(keys), plain.label(text))
        inner = QWidget()
        inner.setLayout(form)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(_("Close"))
        buttons.rejected.connect(dialog.reject)
        column = QVBoxLayout(dialog)
        column.addWidget(area)
        column.addWidget(buttons)
        dialog.resize(460, 560)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

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
        self.usage.close()
        self.sync.close()
        self.pictures.close_all()
        return state if self._restored else None
