"""Patrols and cruises of the selected tile's camera."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Channel, Cruise, Key, Preset
from vsconsole.i18n import _
from vsconsole.services.ptz_patrols import PatrolEnd
from vsconsole.store.ptz_book import Patrol, PatrolStop
from vsconsole.ui.dialogs.patrol import PatrolDialog

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_TICK_MS = 1000


class PatrolDesk(QObject):
    """Binds the patrols' part of the panel; `changed` when what tiles say of them did."""

    changed = Signal()
    _ended = Signal(object, object, object)
    _failed = Signal(object, object)
    _went_on = Signal(object)

    def __init__(self, window: MainWindow, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._dispatcher = dispatcher
        self._channel: Channel | None = None
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_run)
        box = self.box = window.ptz.patrols
        patrols, cruises = services.patrols, services.cruises
        box.start.connect(self._start)
        box.pause.connect(lambda: self._with_key(patrols.pause))
        box.resume.connect(lambda: self._with_key(patrols.resume))
        box.stop.connect(lambda: self._with_key(patrols.stop))
        box.new.connect(lambda: self._ask(None))
        box.edit.connect(self._ask)
        box.deleted.connect(lambda patrol: self._change(lambda _c: patrols.delete(patrol)))
        box.cruise_start.connect(self._cruise_start)
        box.cruise_stop.connect(lambda: self._control(cruises.stop))
        self._went_on.connect(self._show_run)
        self._ended.connect(self._on_ended)
        self._failed.connect(lambda _key, error: window.notifier.error(error))
        self._unlisten = (
            patrols.changed.connect(self._went_on.emit),
            patrols.ended.connect(self._ended.emit),
            patrols.failed.connect(self._failed.emit),
            cruises.changed.connect(self._went_on.emit),
        )

    def close(self) -> None:
        """Shows no more. Patrols end with the services: in another language they go on."""
        self._tick.stop()
        for unlisten in self._unlisten:
            unlisten()

    def show(self, channel: Channel | None) -> None:
        """The patrols of this camera from now on."""
        self._dispatcher.cancel(self, "patrols")
        self._channel = channel
        self.box.show_patrols((), ())
        self._show_run()
        if channel is not None and Ability.PRESETS in channel.abilities:
            self.load()

    def load(self) -> None:
        """Asks for what there is."""
        channel = self._channel
        if channel is None:
            return
        patrols, cruises = self._services.patrols, self._services.cruises

        def work() -> tuple[list[Patrol], list[Cruise], str]:
            kept = patrols.all(channel)
            if not cruises.offered(channel):
                return kept, [], ""
            try:
                return kept, cruises.all(channel), ""
            except ConsoleError as error:
                # The patrols are this program's own: they are there whatever the device says.
                return kept, [], str(error)

        def shown(result: tuple[list[Patrol], list[Cruise], str]) -> None:
            if channel == self._channel:
                self.box.show_patrols(*result)

        self._dispatcher.start(
            self,
            work,
            shown,
            self._window.notifier.error,
            key="patrols",
            party=channel.key.account,
        )

    def _show_run(self, _key: Key | None = None) -> None:
        patrols = self._services.patrols
        key = self._channel.key if self._channel else None
        run = patrols.run(key) if key else None
        self.box.show_run(run, self._services.cruises.begun(key) if key else None)
        if not patrols.under_way():
            self._tick.stop()
        elif not self._tick.isActive():
            self._tick.start()
        self.changed.emit()

    def _on_ended(self, channel: Channel, patrol: Patrol, why: PatrolEnd) -> None:
        self._show_run()
        if why is PatrolEnd.BY_HAND:
            self._window.notifier.info(
                _("The patrol {name} has ended.").format(name=patrol.name),
                _("{channel} was moved by hand.").format(channel=channel.name),
            )

    def _start(self, patrol: Patrol) -> None:
        channel = self._channel
        if channel is None:
            return
        try:
            self._services.patrols.start(channel, patrol)
        except ConsoleError as error:
            self._window.notifier.error(error)

    def _cruise_start(self, index: int) -> None:
        channel = self._channel
        if channel is not None:
            # Two that steer one camera would fight.
            self._services.ptz.take(channel)
            self._control(lambda one: self._services.cruises.start(one, index))

    def _with_key(self, act: Callable[[Key], object]) -> None:
        if self._channel is not None:
            act(self._channel.key)

    def _ask(self, patrol: Patrol | None) -> None:
        channel = self._channel
        if channel is None:
            return
        presets = self._services.presets

        def work() -> tuple[list[Preset], dict[str, int]]:
            found = presets.all(channel)
            return found, {presets.mark(channel, one.index): one.index for one in found}

        def ask(result: tuple[list[Preset], dict[str, int]]) -> None:
            found, marks = result
            if channel != self._channel:
                return
            if len(found) < 2:
                self._window.notifier.info(
                    _("A patrol needs two presets at least."),
                    _("Move the camera and set presets first."),
                )
                return
            self._open(channel, patrol, found, marks)

        self._dispatcher.start(
            self, work, ask, self._window.notifier.error, key="ask", party=channel.key.account
        )

    def _open(
        self,
        channel: Channel,
        patrol: Patrol | None,
        presets: Sequence[Preset],
        marks: dict[str, int],
    ) -> None:
        stops = patrol.stops if patrol else ()
        dialog = PatrolDialog(
            presets,
            name=patrol.name if patrol else "",
            pace=patrol.pace if patrol else 1.0,
            # A preset that is gone has no number any more, and no place to go to.
            stops=[(marks[stop.preset], stop.dwell) for stop in stops if stop.preset in marks],
            parent=self._window,
        )
        by_index = {index: mark for mark, index in marks.items()}

        def chosen(name: str, pace: float, asked: list[tuple[int, float]]) -> None:
            kept = tuple(PatrolStop(preset=by_index[i], dwell=dwell) for i, dwell in asked)

            def change(_channel: Channel) -> None:
                if patrol is None:
                    self._services.patrols.add(channel, name, kept, pace)
                else:
                    self._services.patrols.save(
                        Patrol(id=patrol.id, channel=channel.key, name=name, stops=kept, pace=pace)
                    )

            self._change(change)

        dialog.chosen.connect(chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _change(self, change: Callable[[Channel], object]) -> None:
        """Changes what is kept, and shows it."""
        channel = self._channel
        if channel is not None:
            self._dispatcher.start(
                self,
                lambda: change(channel),
                lambda _nothing: self.load(),
                self._window.notifier.error,
            )

    def _control(self, call: Callable[[Channel], object]) -> None:
        channel = self._channel
        if channel is not None:
            self._dispatcher.start(
                self,
                lambda: call(channel),
                lambda _nothing: self._show_run(),
                self._window.notifier.error,
                lane="control",
                order=("ptz", channel.key),
                party=channel.key.account,
            )
