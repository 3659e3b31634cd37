"""The timeline's and the calendar's footage: asked for as the view moves, shown as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain import days
from vsconsole.domain.model import Channel, Store, now
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.ui.timeline.model import Lane, StoreFootage
from vsconsole.ui.timeline.month import MonthFootage, MonthState, shares
from vsconsole.ui.wall.session import TileSession

if TYPE_CHECKING:
    from vsconsole.domain.errors import ConsoleError
    from vsconsole.services.desk import Services
    from vsconsole.services.footage import Load, Month
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_LONGEST = timedelta(days=45)
_EDGE_MS = 5_000
"""What may be sought in what is being recorded is never older than this."""
_ASK_EVERY = 4
"""So many steps of the live edge for one question about what was recorded meanwhile."""
_MONTH_MS = 60
_LANES_MS = 80
_SETTLED = timedelta(minutes=2)
_REACHES = (timedelta(days=1), timedelta(days=7), timedelta(days=31))
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a lane is to show of a load, and what it showed `before`, which that was made from."""

    load: Load
    before: StoreFootage | None
    footage: StoreFootage

    @classmethod
    def of(cls, load: Load, before: StoreFootage | None) -> _Known:
        coverage = load.coverage()
        segments = coverage.segments
        if before is not None:
            # What was seen beside the present view stays: panning back shows it at once.
            segments = before.segments.without(load.span).union(segments)
        failed = {span: str(error) for span, error in coverage.failed.items()}
        footage = StoreFootage(
            segments=segments,
            unknown=coverage.unknown,
            loading=coverage.loading,
            failed=failed,
        )
        return cls(load=load, before=before, footage=footage)


class FootageDesk(QObject):
    """Keeps the lanes of the timeline and the calendar's month in step with what is on the wall."""

    _arrived = Signal()
    _month_arrived = Signal()

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
        self._loads: dict[tuple[Hashable, Store], Load] = {}
        self._news: set[Load] = set()
        self._news_lock = Lock()
        self._counting = False
        self._month: Month | None = None
        self._month_again: tuple[Load, ...] = ()
        self._month_of: Hashable = None
        self._steps = 0
        self._edge = QTimer(self, interval=_EDGE_MS)
        self._soon = QTimer(self, singleShot=True)
        self._month_soon = QTimer(self, interval=_MONTH_MS, singleShot=True)
        self._connect()
        self._edge.start()

    def _connect(self) -> None:
        timeline, calendar = self._window.timeline, self._window.calendar
        self._pictures.lanes_changed.connect(self._renew_soon)
        self._pictures.session_changed.connect(lambda: self._soon.start(0))
        self._soon.timeout.connect(self._renew)
        self._edge.timeout.connect(self._tick)
        self._arrived.connect(self._show_news)
        self._month_arrived.connect(self._month_soon.start)
        self._month_soon.timeout.connect(self._count_month)
        timeline.visible_span_changed.connect(lambda _span: self._load_all())
        timeline.retry_requested.connect(self._retry)
        calendar.month_shown.connect(lambda _year, _month: self._load_month())
        calendar.retry_requested.connect(lambda _year, _month: self._load_month(retry=True))

    def _renew_soon(self) -> None:
        """A wall fills tile by tile: the lanes of some are made together."""
        if not self._soon.isActive():
            self._soon.start(_LANES_MS)

    def close(self) -> None:
        """Calls off what is being asked for."""
        self._edge.stop()
        self._soon.stop()
        self._month_soon.stop()
        for load in self._loads.values():
            load.cancel()
        self._loads.clear()
        self._leave_month()

    def _channels(self) -> dict[Hashable, tuple[TileSession, Channel]]:
        found: dict[Hashable, tuple[TileSession, Channel]] = {}
        for session in self._window.wall.sessions():
            if session.channel:
                found.setdefault(session.channel.key, (session, session.channel))
        return found

    def _renew(self) -> None:
        """Makes the lanes those of the wall, the selected tile's on top of the selection."""
        model = self._window.timeline_model
        known = {lane.key: lane for lane in model.lanes}
        lanes: list[Lane] = []
        for session in self._window.wall.sessions():
            key = session.lane
            if any(lane.key == key for lane in lanes):
                continue
            before = known.get(key)
            footage = before.footage if before else self._first_footage(session)
            lanes.append(
                Lane(
                    key=key,
                    title=session.title,
                    zone=session.zone,
                    footage=footage,
                    store=session.store if session.store in footage else None,
                )
            )
        if tuple(lanes) != model.lanes:
            model.set_lanes(lanes)
            self._load_all()
        current = self._pictures.session
        if current is not None and current.lane in {lane.key for lane in lanes}:
            model.select(current.lane)
        self._follow_month(current.channel if current else None)
        for key, store in list(self._loads):
            if key not in {lane.key for lane in lanes}:
                self._loads.pop((key, store)).cancel()

    def _first_footage(self, session: TileSession) -> dict[Store, StoreFootage]:
        if session.channel:
            span = self._window.timeline_model.span
            return {store: StoreFootage(unknown=(span,)) for store in session.channel.stores}
        clips = getattr(session.address.source, "clips", ()) if session.address else ()
        segments = SegmentSet.of_spans(clip.span for clip in clips)
        return {Store.LOCAL: StoreFootage(segments=segments)} if clips else {}

    def _load_all(self, *, unasked: bool = False) -> None:
        """Asks for what is in sight; what nobody has asked for waits where a limit is near."""
        for session, channel in self._channels().values():
            if unasked and self._services.usage.near(channel.key.account, "calls"):
                continue
            for store in channel.stores:
                self._load(session, channel, store)

    def _load(
        self, session: TileSession, channel: Channel, store: Store, *, retry: bool = False
    ) -> None:
        """Asks for what is unknown of the visible span, unless it is too long to ask about."""
        span = self._window.timeline_model.span
        if span.end - span.begin > _LONGEST:
            end = min(span.end, now())
            span = Span(max(span.begin, end - _LONGEST), end) if end > span.begin else span
        old = self._loads.pop((channel.key, store), None)
        load = self._services.footage.load(channel, store, span, self._note, retry=retry)
        self._loads[channel.key, store] = load
        if old:
            old.cancel()
        self._note(load)

    def _note(self, load: Load) -> None:
        """A load knows more; any thread. However many do, the window is told once."""
        with self._news_lock:
            told = bool(self._news)
            self._news.add(load)
        if not told:
            self._arrived.emit()

    def _show_news(self) -> None:
        """Works out on a worker what the lanes are to show: days of segments are no paint's work.

        What comes meanwhile waits until that is shown.
        """
        if self._counting:
            return
        with self._news_lock:
            news, self._news = self._news, set()
        wanted = [(load, self._shown(load)) for load in news if self._is_wanted(load)]
        if wanted:
            self._counting = True
            self._dispatcher.start(
                self,
                lambda: [_Known.of(load, before) for load, before in wanted],
                self._show_known,
                self._not_known,
            )

    def _show_known(self, found: list[_Known]) -> None:
        self._counting = False
        for one in found:
            if not self._is_wanted(one.load):
                continue
            if self._shown(one.load) is not one.before:
                # Another view of it was quicker: what is beside it has to be kept as well.
                with self._news_lock:
                    self._news.add(one.load)
                continue
            self._window.timeline_model.set_footage(
                one.load.channel.key, one.load.store, one.footage
            )
        self._show_news()

    def _not_known(self, error: ConsoleError) -> None:
        self._counting = False
        self._window.notifier.error(error)

    def _is_wanted(self, load: Load) -> bool:
        key = load.channel.key
        return self._loads.get((key, load.store)) is load and any(
            lane.key == key for lane in self._window.timeline_model.lanes
        )

    def _shown(self, load: Load) -> StoreFootage | None:
        return self._window.timeline_model.lane(load.channel.key).footage.get(load.store)

    def _retry(self, key: Hashable, _span: Span, store: Store) -> None:
        found = self._channels().get(key)
        if found:
            self._load(*found, store, retry=True)

    def _tick(self) -> None:
        """The live edge moves on; today's tail is asked for again while it is in sight."""
        edge = now()
        self._window.timeline_model.set_live_edge(edge - _SETTLED)
        self._steps += 1
        if self._steps % _ASK_EVERY:
            return
        if edge - 2 * _SETTLED in self._window.timeline_model.span:
            self._load_all(unasked=True)

    # Calendar

    def _follow_month(self, channel: Channel | None) -> None:
        key = channel.key if channel else None
        if self._month_of == key:
            return
        self._month_of = key
        # The days of one camera must not stand under the name of another.
        self._leave_month()
        self._month = None
        self._window.calendar.forget()
        if channel is not None:
            self._load_month()

    def _load_month(self, *, retry: bool = False) -> None:
        session = self._pictures.session
        if session is None or session.channel is None:
            return
        year, month = self._window.calendar.month
        self._leave_month()
        self._month = self._services.footage.month(
            session.channel, year, month, lambda _load: self._month_arrived.emit()
        )
        if retry:
            self._month_again = tuple(
                self._services.footage.retry(
                    load.channel, load.store, load.span, lambda _load: self._month_arrived.emit()
                )
                for load in self._month.loads
            )
        self._count_month()

    def _leave_month(self) -> None:
        if self._month:
            self._month.cancel()
        for load in self._month_again:
            load.cancel()
        self._month_again = ()

    def _count_month(self) -> None:
        """Works the month's days out on a worker: a month of segments is too much for a turn."""
        month, again = self._month, self._month_again
        if month is not None:
            self._dispatcher.start(
                self,
                lambda: (month, month_footage(month, again)),
                self._show_month,
                self._window.notifier.error,
                key="month",
            )

    def _show_month(self, counted: tuple[Month, MonthFootage]) -> None:
        month, footage = counted
        if month is self._month:
            first = month.days[0]
            self._window.calendar.set_month(first.year, first.month, footage)

    def first_of(self, day: date, on_found: Callable[[datetime], object]) -> None:
        """Finds where the day's footage of the selected tile begins, its midnight without any."""
        session = self._pictures.session
        if session is None or session.channel is None:
            return
        channel, store = session.channel, session.store
        span = days.span_of(day, channel.zone)

        def work() -> datetime:
            return (
                self._services.footage.ensure(channel, store, span).snap(span.begin) or span.begin
            )

        self._dispatcher.start(
            self,
            work,
            on_found,
            self._window.notifier.error,
            lane="transfer",
            key="day",
            party=channel.key.account,
        )

    def neighbour(
        self, at: datetime, on_found: Callable[[datetime | None], object], *, forward: bool
    ) -> None:
        """Finds where the next recording of the selected tile begins, or the one at or before `at`.

        It need not be in sight: a month is looked through. `on_found` gets None without any.
        """
        session = self._pictures.session
        if session is None:
            return
        if session.channel is None:
            lane = self._window.timeline_model.selected
            shown = SegmentSet().union(*(f.segments for f in lane.played)) if lane else SegmentSet()
            on_found(_begin(shown, at, forward=forward))
            return
        channel, store = session.channel, session.store

        def work() -> datetime | None:
            for reach in _REACHES:
                span = Span(at, at + reach) if forward else Span(at - reach, at + _SECOND)
                begin = _begin(
                    self._services.footage.ensure(channel, store, span), at, forward=forward
                )
                # At the edge of what was asked for it may well begin earlier.
                if begin is not None and (forward or begin > span.begin):
                    return begin
            return None

        self._dispatcher.start(
            self,
            work,
            on_found,
            self._window.notifier.error,
            lane="transfer",
            key="neighbour",
            party=channel.key.account,
        )


def _begin(footage: SegmentSet, at: datetime, *, forward: bool) -> datetime | None:
    ranges = footage.joined()
    hit = ranges.next_after(at) if forward else ranges.previous_before(at)
    return hit.begin if hit else None


def month_footage(month: Month, again: Sequence[Load] = ()) -> MonthFootage:
    """How much of each day of the month was recorded in any store, as far as it is known.

    `again` are loads of the same days that were asked for once more.
    """
    first = month.days[0]
    for load in again:
        # Looked at, it tells of its next change too.
        load.coverage()
    coverages = [load.coverage() for load in month.loads]
    joined = SegmentSet().union(*(coverage.segments for coverage in coverages))
    unknown = [
        span
        for coverage in coverages
        for span in (*coverage.unknown, *coverage.loading, *coverage.failed)
    ]
    failed = month.failed()
    if not (month.done and all(load.done for load in again)):
        state = MonthState.LOADING
    else:
        state = MonthState.FAILED if failed else MonthState.READY
    return MonthFootage(
        shares=shares(joined, first.year, first.month, month.channel.zone, unknown),
        state=state,
        message=str(next(iter(failed.values()))) if failed else "",
    )
