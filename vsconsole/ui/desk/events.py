"""The events panel at work: searched in the index, renewed as vendors tell, played by a click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import NOTHING, Channel, Key, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.services.moments import store_with
from vsconsole.ui.desk.event_marks import EventMarksDesk
from vsconsole.ui.desk.event_pictures import EventPicturesDesk
from vsconsole.ui.desk.event_status import EventStatus
from vsconsole.ui.events.filters import GroupChoice, Time, Where, Wish
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.ruler import viewer_zone

if TYPE_CHECKING:
    from vsconsole.domain.model import Account
    from vsconsole.services.desk import Services
    from vsconsole.services.events import EventQuery, KnownEvent
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

PAGE = 200
_SOON_MS = 150
_MOST_GROUPS = 400
_PERIODS = {
    Time.HOUR: timedelta(hours=1),
    Time.DAY: timedelta(days=1),
    Time.WEEK: timedelta(days=7),
}
_AHEAD = timedelta(days=1)
"""Clocks of cameras run ahead, and what comes later has to fit too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A page of a search."""

    query: EventQuery | None
    rows: list[EventRow]
    total: int
    last: KnownEvent | None
    more: bool


class EventsDesk(QObject):
    """Keeps the panel in step with the index, and the vendors asked while the window is shown."""

    _added = Signal(object)
    _places_changed = Signal(str)
    _accounts_changed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._panel = window.events
        self._services = services
        self._pictures = pictures
        self._dispatcher = dispatcher
        self._query: EventQuery | None = None
        self._last: KnownEvent | None = None
        self._batch: list[KnownEvent] = []
        self._kinds: dict[str, str] = {}
        self._selected: Key | None = None
        self._wall: tuple[Key, ...] = ()
        self._begun = now()
        self._started = False
        self._listens = False
        self._unlisten: list[Callable[[], None]] = []
        self.pictures = EventPicturesDesk(window, services, dispatcher)
        self.marks = EventMarksDesk(window, services, pictures, dispatcher)
        self.status = EventStatus(window, services)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._choices = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._connect()

    def _connect(self) -> None:
        panel, services = self._panel, self._services
        panel.wish_changed.connect(lambda _wish: self.search())
        panel.retry_asked.connect(self.search)
        panel.more_wanted.connect(self._more)
        panel.chosen.connect(self.play)
        panel.again_asked.connect(self._again)
        panel.filters_opened.connect(self._choices.start)
        panel.setup_asked.connect(self._window.actions_["add-account"].trigger)
        self._pictures.lanes_changed.connect(self._follow_wall)
        self._pictures.session_changed.connect(self._follow_wall)
        self._window.timeline.visible_span_changed.connect(lambda _span: self._follow_timeline())
        self._added.connect(self._take)
        self._soon.timeout.connect(self._insert)
        self._places_changed.connect(lambda _account: self._places_came())
        self._accounts_changed.connect(lambda _account: self._accounts_came())
        self._choices.timeout.connect(self._renew_choices)
        self._unlisten += [
            services.accounts.changed.connect(self._accounts_changed.emit),
            services.places.changed.connect(self._places_changed.emit),
        ]
        self._window.installEventFilter(self)

    def start(self) -> None:
        """Shows what is known, from this computer, and begins to ask the vendors."""
        self._started = True
        self._panel.show_accounts(bool(self._services.accounts.all()))
        self.search()
        self._follow_wall()
        self._run()

    def close(self) -> None:
        """Asks and shows nothing more; the services may outlive this window."""
        self._started = False
        self._window.removeEventFilter(self)
        self._services.polling.run(False)
        self._soon.stop()
        self._choices.stop()
        for unlisten in self._unlisten:
            unlisten()
        self.marks.close()
        self.status.close()
        self._dispatcher.cancel(self)
        self.pictures.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() in (
            QEvent.Type.Show,
            QEvent.Type.Hide,
            QEvent.Type.WindowStateChange,
        ):
            self._run()
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        """Vendors are asked while somebody can see what they say."""
        seen = self._window.isVisible() and not self._window.isMinimized()
        self._services.polling.run(self._started and seen)

    def _listen(self) -> None:
        """Hears of new events; the first to ask for them opens the index, so on a worker."""

        def work() -> None:
            unlisten = self._services.events().added.connect(self._added.emit)
            self._unlisten.append(unlisten)
            if not self._started:
                # Closed meanwhile, perhaps before there was anything to take off.
                unlisten()

        def heard(_nothing: None) -> None:
            self._listens = True

        # An index that cannot be opened is told by the search; its Retry comes back here.
        self._dispatcher.start(self, work, heard, lambda _error: None, key="listen")

    # Searching

    def search(self) -> None:
        """Shows what fits what is wanted, from the newest on."""
        wish, selected, wall = self._panel.wish, self._selected, self._wall
        shown = self._window.timeline_model.span

        def work() -> _Found:
            query = self._query_of(wish, selected, wall, shown)
            if query is None:
                return _Found(query=None, rows=[], total=0, last=None, more=False)
            return self._page(query, None)

        self._batch.clear()
        self._dispatcher.start(self, work, self._show, self._fail, key="search")

    def _query_of(
        self, wish: Wish, selected: Key | None, wall: tuple[Key, ...], shown: Span
    ) -> EventQuery | None:
        """The wish in the index's terms; None where nothing can fit. For a worker."""
        from vsconsole.services.events import EventQuery

        channels: frozenset[Key] = frozenset()
        accounts: frozenset[str] = frozenset()
        if isinstance(wish.place, str):
            accounts = frozenset({wish.place})
        elif wish.place is not Where.EVERYWHERE:
            if isinstance(wish.place, Key):
                channels = self._services.places.channels(wish.place)
            elif wish.place is Where.WALL:
                channels = frozenset(wall)
            elif selected is not None:
                channels = frozenset({selected})
            if not channels:
                return None
        span: Span | None = None
        if wish.time is Time.TIMELINE:
            span = shown
        elif wish.time in _PERIODS:
            span = Span(now() - _PERIODS[wish.time], now() + _AHEAD)
        return EventQuery(
            text=wish.text, kinds=wish.kinds, accounts=accounts, channels=channels, span=span
        )

    def _page(self, query: EventQuery, after: KnownEvent | None) -> _Found:
        events = self._services.events()
        found = events.search(query, limit=PAGE, after=after)
        total = events.count(query) if after is None else 0
        return _Found(
            query=query,
            rows=self._rows(found),
            total=total,
            last=found[-1] if found else after,
            more=len(found) == PAGE,
        )

    def _rows(self, found: Iterable[KnownEvent]) -> list[EventRow]:
        """Events with their cameras' zones; for a worker, since those may be on the disk."""
        zones: dict[Key, str] = {}
        made: list[EventRow] = []
        for known in found:
            key = known.event.channel
            if key not in zones:
                try:
                    zones[key] = self._services.inventory.channel(key).zone
                except ConsoleError:
                    # A camera that is gone: its events are still there.
                    zones[key] = viewer_zone()
            made.append(
                EventRow(
                    event=replace(known.event, raw=NOTHING),
                    number=known.number,
                    place=known.place,
                    account=self._services.accounts.name_of(key.account),
                    zone=zones[key],
                    old=known.seen < self._begun,
                )
            )
        return made

    def _show(self, found: _Found) -> None:
        self._query, self._last = found.query, found.last
        if not self._listens:
            self._listen()
        self._panel.show_rows(found.rows, found.total, more=found.more)
        self.status.show()

    def _fail(self, error: ConsoleError) -> None:
        self._panel.show_failure(str(error))

    def _more(self) -> None:
        query, last = self._query, self._last
        if query is None or last is None:
            return

        def shown(found: _Found) -> None:
            if self._query is query:
                self._last = found.last
                self._panel.show_more(found.rows, more=found.more)

        self._dispatcher.start(self, lambda: self._page(query, last), shown, self._fail, key="more")

    # What is told meanwhile

    def _take(self, told: tuple[KnownEvent, ...]) -> None:
        if not self._started:
            return
        self.marks.take(told)
        self._batch += told
        self._soon.start()
        if any(known.event.kind not in self._kinds for known in told):
            self._choices.start()

    def _insert(self) -> None:
        """Puts those that fit among what is shown; the index knows which ones fit."""
        query, batch = self._query, self._batch
        self._batch = []
        channels = {known.event.channel for known in batch}
        if query is None:
            return
        if query.channels:
            channels &= query.channels
        if not channels:
            return
        begins = [known.event.begin for known in batch]
        span = Span(min(begins), max(begins) + timedelta(milliseconds=1))
        if query.span is not None:
            clipped = query.span.clip(span)
            if clipped is None:
                return
            span = clipped
        narrow = replace(query, channels=frozenset(channels), span=span)
        numbers = {known.number for known in batch}

        def work() -> tuple[list[EventRow], int]:
            events = self._services.events()
            found = events.search(narrow, limit=10 * PAGE)
            fresh = self._rows(known for known in found if known.number in numbers)
            return fresh, events.count(query)

        def shown(result: tuple[list[EventRow], int]) -> None:
            if self._query is query:
                self._panel.show_new(*result)

        self._dispatcher.start(self, work, shown, self._fail)

    # Filters

    def _accounts_came(self) -> None:
        """An account was added, renamed or removed: its events go with it."""
        if not self._started:
            return
        self._panel.show_accounts(bool(self._services.accounts.all()))
        self.status.show()
        self.search()
        self._places_came()

    def _places_came(self) -> None:
        if self._panel.filters.isVisible() or self._panel.wish.filtered:
            self._choices.start()

    def _renew_choices(self) -> None:
        services = self._services

        def work() -> tuple[dict[str, str], Sequence[Account], dict[str, list[GroupChoice]]]:
            accounts = services.accounts.all()
            groups = {
                account.id: [
                    GroupChoice(key=place.key, name=place.name, depth=place.depth)
                    for place in services.places.groups(account.id)[:_MOST_GROUPS]
                ]
                for account in accounts
            }
            return services.events().kinds(), accounts, groups

        def shown(
            found: tuple[dict[str, str], Sequence[Account], dict[str, list[GroupChoice]]],
        ) -> None:
            self._kinds, accounts, groups = found
            self._panel.filters.show_kinds(self._kinds)
            self._panel.filters.show_places(accounts, groups)

        self._dispatcher.start(self, work, shown, lambda _error: None, key="choices")

    def _follow_wall(self) -> None:
        """What goes with the wall follows it: filters, and which cameras are asked first."""
        session = self._pictures.session
        selected = session.channel.key if session and session.channel else None
        channels = (one.channel for one in self._window.wall.sessions())
        wall = tuple(dict.fromkeys(channel.key for channel in channels if channel))
        if (selected, wall) == (self._selected, self._wall):
            return
        before = (self._selected, self._wall)
        self._selected, self._wall = selected, wall
        self._services.polling.show((*((selected,) if selected else ()), *wall))
        place = self._panel.wish.place
        if (place is Where.SELECTED and before[0] != selected) or (
            place is Where.WALL and set(before[1]) != set(wall)
        ):
            self.search()

    def _follow_timeline(self) -> None:
        if self._panel.wish.time is Time.TIMELINE:
            self.search()

    def _again(self) -> None:
        """Asks the vendors now, and for the pictures that did not come."""
        self._services.polling.again()
        self.pictures.again()
        self.search()

    # Playing

    def play(self, row: EventRow) -> None:
        """Plays the event's moment from the store that has it."""
        services, key, when = self._services, row.channel, row.event.begin
        tile = self._window.wall.tile_of(key)
        prefer = tile.session.store if tile and tile.session else None

        def work() -> tuple[Channel, Store | None]:
            channel = services.inventory.channel(key)
            return channel, store_with(services.footage, channel, when, prefer)

        def found(result: tuple[Channel, Store | None]) -> None:
            channel, store = result
            if store is None:
                self._tell_nothing(channel, when)
            else:
                self._pictures.play_moment(channel, store, when)

        self._dispatcher.start(
            self,
            work,
            found,
            self._window.notifier.error,
            lane="transfer",
            key="play",
            party=key.account,
        )

    def _tell_nothing(self, channel: Channel, when: datetime) -> None:
        time = texts.stamp(when, channel.zone)
        self._window.notifier.info(
            _("{camera} recorded nothing at {time}.").format(camera=channel.name, time=time),
            _("What just happened may take some minutes to be kept."),
        )
