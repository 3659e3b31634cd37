"""The month overview at the desk: loaded row by row in the background, those in sight first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain import days
from vsconsole.domain.errors import ConsoleError, NotFound
from vsconsole.domain.model import Channel, Key, Store, now
from vsconsole.i18n import _
from vsconsole.services.usage_words import level_text
from vsconsole.ui.desk.footage import month_footage
from vsconsole.ui.dialogs.overview import OverviewDialog
from vsconsole.ui.timeline.heat_map import HeatRow
from vsconsole.ui.timeline.month import MonthFootage, MonthState

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.services.footage import Month
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

AT_ONCE = 2
"""So many channels are asked about at a time: nobody waits for this picture."""
MOST = 2000
"""Rows at most; more cameras than that are looked at group by group."""
_COUNT_MS = 80


class OverviewDesk(QObject):
    """One window; opened again it shows what is chosen then."""

    _arrived = Signal()

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
        self._channels: dict[Key, Channel] = {}
        self._left: dict[Key, Channel] = {}
        self._months: dict[Key, Month] = {}
        self._done: set[Key] = set()
        self._counting = False
        self.dialog: OverviewDialog | None = None
        self._soon = QTimer(self, interval=_COUNT_MS, singleShot=True)
        self._soon.timeout.connect(self._count)
        self._arrived.connect(self._soon.start)
        window.actions_["overview"].triggered.connect(self.open)

    def close(self) -> None:
        """Asks for nothing more."""
        self._soon.stop()
        self._leave()
        if self.dialog is not None:
            self.dialog.close()

    def open(self) -> OverviewDialog | None:
        """Shows the cameras chosen in the tree, else those on the wall."""
        channels = self._window.tree.channels_below(MOST)
        if len(channels) < 2:
            on_wall = [s.channel for s in self._window.wall.sessions() if s.channel]
            channels = on_wall if len(on_wall) > len(channels) else channels
        channels = [channel for channel in channels if channel.stores]
        if not channels:
            self._window.notifier.info(
                _("There is no camera to look at."),
                _("Choose a group or several cameras in the tree, or put some on the wall."),
            )
            return None
        if self.dialog is not None:
            self.dialog.close()
        self._channels = {channel.key: channel for channel in channels}
        rows = [
            HeatRow(
                key=channel.key,
                title=channel.name,
                today=days.day_of(now(), channel.zone),
            )
            for channel in self._channels.values()
        ]
        day = self._window.calendar.selected or rows[0].today
        self.dialog = dialog = OverviewDialog(rows, min(day, rows[0].today), self._window)
        dialog.month_shown.connect(lambda _year, _month: self._begin())
        dialog.map.sight_changed.connect(self._next)
        dialog.map.chosen.connect(self._chosen)
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.show()
        self._begin()
        return dialog

    def _closed(self, dialog: OverviewDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
            self._leave()

    def _begin(self) -> None:
        self._leave()
        self._left = dict(self._channels)
        self._next()

    def _leave(self) -> None:
        for month in self._months.values():
            month.cancel()
        self._months.clear()
        self._left.clear()
        self._done.clear()

    def _next(self) -> None:
        """Asks about more channels, those in sight first, as long as no limit is near."""
        dialog, waiting = self.dialog, ""
        if dialog is None:
            return
        seen = [row.key for row in dialog.map.rows_in_sight()]
        order = [key for key in (*seen, *self._left) if key in self._left]
        for key in dict.fromkeys(order):
            if len(self._months) >= AT_ONCE:
                break
            channel = self._left[key]
            level = self._services.usage.near(channel.key.account, "calls")
            if level is not None:
                waiting = _("Waits: {level}").format(level=level_text(level))
                continue
            del self._left[key]
            self._months[key] = self._services.footage.month(
                channel, dialog.year, dialog.month, lambda _load: self._arrived.emit()
            )
        dialog.set_progress(len(self._done), waiting)
        if self._months:
            self._soon.start()

    def _count(self) -> None:
        """Works shares out on a worker: a month of segments is too much for a turn."""
        months = dict(self._months)
        if not months or self._counting:
            return
        self._counting = True

        def counted(found: dict[Key, MonthFootage]) -> None:
            self._counting = False
            self._show(months, found)

        def failed(error: ConsoleError) -> None:
            self._counting = False
            self._window.notifier.error(error)

        self._dispatcher.start(
            self,
            lambda: {key: month_footage(month) for key, month in months.items()},
            counted,
            failed,
        )

    def _show(self, months: dict[Key, Month], found: dict[Key, MonthFootage]) -> None:
        if self.dialog is None:
            return
        mine = {key: one for key, one in found.items() if self._months.get(key) is months[key]}
        self.dialog.map.set_footage(mine)
        for key, footage in mine.items():
            if footage.state is not MonthState.LOADING:
                self._months.pop(key).cancel()
                self._done.add(key)
        self._next()

    def _chosen(self, key: Key, day: date) -> None:
        """Plays a day from its first recording in whatever store has it."""
        channel, services = self._channels[key], self._services
        span = days.span_of(day, channel.zone)

        def work() -> tuple[Store, datetime]:
            begins: list[tuple[datetime, Store]] = []
            for store in channel.stores:
                found = services.footage.known(channel, store, span).segments.clip(span).bounds
                if found is not None:
                    begins.append((found.begin, store))
            if not begins:
                raise NotFound(
                    _("Nothing is known to be recorded by {channel} on that day.").format(
                        channel=channel.name
                    )
                )
            when, store = min(begins)
            return store, when

        def go(found: tuple[Store, datetime]) -> None:
            self._pictures.play_moment(channel, *found)

        self._dispatcher.start(self, work, go, self._window.notifier.error, key="day")
