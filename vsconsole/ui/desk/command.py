"""The command box bound to the desk: what is typed is looked up on a worker, then done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from vsconsole.domain import days
from vsconsole.domain.errors import ConsoleError, NotFound
from vsconsole.domain.model import Channel, Store, now
from vsconsole.i18n import _
from vsconsole.services.command_answer import Act, Answer, Context, GoTo, Show, Suggestion
from vsconsole.services.command_line import Manner
from vsconsole.services.commands import Commands
from vsconsole.services.moments import store_with
from vsconsole.ui import actions
from vsconsole.ui.command.box import CommandBox
from vsconsole.ui.command.rows import Wording, row
from vsconsole.ui.timeline.ruler import viewer_zone
from vsconsole.ui.wall.session import Mode
from vsconsole.vendors.registry import vendor

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.desk.transport import TransportDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_MODES = {Manner.LIVE: Mode.LIVE, Manner.PLAYBACK: Mode.PLAYBACK}


class CommandDesk(QObject):
    """Opens the box, answers it and does what was chosen."""

    _index_changed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        transport: TransportDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._transport = transport
        self._dispatcher = dispatcher
        self._icons = {entry.name: entry.icon for entry in actions.ENTRIES}
        self._commands = Commands(
            services.catalog,
            services.search.find,
            services.inventory.channel,
            (
                (entry.name, entry.text)
                for entry in actions.ENTRIES
                if entry.context == "desk" and entry.name != "command"
            ),
        )
        self.box: CommandBox | None = None
        window.actions_["command"].triggered.connect(lambda: self.open())
        # Told on a worker; what is typed may find more cameras now.
        self._index_changed.connect(lambda _account: self._ask_again())
        self._unlisten = services.search.changed.connect(self._index_changed.emit)

    def close(self) -> None:
        """Listens no more: the services may outlive this window."""
        self._unlisten()

    def open(self, over: QWidget | None = None) -> CommandBox:
        """Shows the box over a window, by default the one in front; again, the one there is."""
        # It goes with a window that is closed under it.
        if self.box is not None and isValid(self.box):
            self.box.line.setFocus()
            self.box.line.selectAll()
            return self.box
        front = QApplication.activeWindow()
        if over is None and front is not None and not isinstance(front, QDialog):
            over = front
        box = self.box = CommandBox(over or self._window)
        box.asked.connect(self._ask)
        box.chosen.connect(self.do)
        box.gone.connect(self._on_gone)
        box.open()
        self._dispatcher.start(
            self, self._commands.warm, self._on_warm, self._window.notifier.error, key="warm"
        )
        return box

    def _on_warm(self, learned: bool) -> None:
        """What was typed meanwhile may find more now."""
        if learned:
            self._ask_again()

    def _ask_again(self) -> None:
        if self.box is not None and isValid(self.box):
            self._ask(self.box.line.text())

    def _on_gone(self) -> None:
        self.box = None
        self._dispatcher.cancel(self, "answer")

    def _ask(self, line: str) -> None:
        box, context = self.box, self._context()
        if box is None:
            return

        def show(found: Answer) -> None:
            if self.box is box and isValid(box):
                wording = self._wording()
                rows = [row(one, wording) for one in found.suggestions]
                box.show_rows(line, rows, found.note)

        def failed(error: ConsoleError) -> None:
            if self.box is box and isValid(box):
                box.show_rows(line, [], str(error))

        # Under one key the newest line wins.
        self._dispatcher.start(
            self, lambda: self._commands.answer(line, context), show, failed, key="answer"
        )

    def _context(self) -> Context:
        session, playhead = self._pictures.session, self._window.timeline_model.playhead
        zone = session.zone if session else viewer_zone()
        playing = session is not None and session.mode is Mode.PLAYBACK
        day = days.day_of(playhead, zone) if playing and playhead else None
        return Context(zone=zone, day=day, now=now())

    def _wording(self) -> Wording:
        session = self._pictures.session
        return Wording(
            action=self._action,
            place=self._place,
            mode=self._pictures.mode,
            current=session.title if session else "",
        )

    def _action(self, name: str) -> tuple[QAction, str]:
        return self._window.actions_[name], self._icons.get(name, "")

    def _place(self, account_id: str) -> str:
        try:
            account = self._services.accounts.get(account_id)
        except NotFound:
            return account_id
        title = _(vendor(account.vendor).title)
        return title if title == account.name else f"{title} · {account.name}"

    # Doing

    def do(self, what: Suggestion) -> None:
        """Does it, and remembers that it was done."""
        if isinstance(what, Act):
            self._window.actions_[what.name].trigger()
        elif isinstance(what, GoTo):
            self._transport.go_to(what.when)
        else:
            self._show(what)
        self._dispatcher.start(
            self,
            lambda: self._commands.remember(what),
            on_error=self._window.notifier.error,
            lane="control",
            order="commands",
        )

    def _show(self, what: Show) -> None:
        if what.when is not None:
            self._play(what.channel, what.when)
            return
        if what.manner is None:
            self._pictures.open_channel(what.channel)
            return
        mode = _MODES[what.manner]
        self._pictures.prefer(mode)
        session = self._pictures.open_channel(what.channel)
        if session.mode is not mode:
            self._pictures.set_mode(mode)

    def _play(self, channel: Channel, when: datetime) -> None:
        tile = self._window.wall.tile_of(channel.key)
        prefer = tile.session.store if tile and tile.session else None
        footage = self._services.footage

        def found(store: Store | None) -> None:
            # Where nothing is recorded then, the tile says so and what comes next.
            self._pictures.play_moment(channel, store or prefer or channel.stores[0], when)

        self._dispatcher.start(
            self,
            lambda: store_with(footage, channel, when, prefer),
            found,
            self._window.notifier.error,
            lane="transfer",
            key="play",
            party=channel.key.account,
        )
