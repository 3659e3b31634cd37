"""What was recorded when: known days from the cache, unknown ones asked for, each day once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import days
from vsconsole.domain.errors import Cancelled, ConsoleError, StorageError
from vsconsole.domain.model import Channel, Key, Store, now
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.services.coverage import Coverage, Load, Month
from vsconsole.services.needs import records_of

if TYPE_CHECKING:
    from vsconsole.store.cache import Cache
    from vsconsole.work.lanes import Job, Lanes

__all__ = ["SETTLED", "Coverage", "Footage", "Load", "Month"]

SETTLED = timedelta(minutes=2)
"""How long after it happened a recording may still be missing from a vendor's list."""

_FRESH = 15.0
_RETRY_AFTER = 30.0
_KEPT = 64
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class _Day:
    """One calendar day of one channel in one store; guarded by the service's lock."""

    span: Span
    segments: SegmentSet
    unsettled: tuple[Span, ...]
    asked_to: datetime | None = None
    asked_when: float = 0.0
    error: ConsoleError | None = None
    ask: _Ask | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class _Ask:
    """One query, who waits for it, and whether somebody has begun to do it."""

    channel: Channel
    store: Store
    span: Span
    days: tuple[_Day, ...]
    waiting: set[Load] = field(default_factory=set)
    begun: bool = False
    job: Job[None] | None = None


@dataclass(slots=True, eq=False)
class _Track:
    """The days known of one channel in one store."""

    days: dict[date, _Day] = field(default_factory=dict)


class Footage:
    """Coverage of every channel: each unknown day is one query, asked once however many look.

    Days that have passed are known for good and kept in the cache; of today only the tail is asked
    again. Recordings on this computer have an index of their own and are not kept twice.
    """

    def __init__(self, adapter: Callable[[str], object], cache: Cache, lanes: Lanes) -> None:
        self._adapter = adapter
        self._cache = cache
        self._lanes = lanes
        self._lock = threading.RLock()
        self._tracks: OrderedDict[tuple[Key, Store], _Track] = OrderedDict()

    def coverage(self, channel: Channel, store: Store, span: Span) -> Coverage:
        """What is known of `span` now; touches memory only. Unread days count as unknown."""
        past = _past(span)
        rows: list[Iterable[tuple[int, int, int]]] = []
        unknown: list[Span] = []
        loading: list[Span] = []
        failed: dict[Span, ConsoleError] = {}
        with self._lock:
            track = self._tracks.get((channel.key, store), _EMPTY)
            for piece in days.by_day(past, channel.zone) if past else ():
                day = track.days.get(days.day_of(piece.begin, channel.zone))
                if day is None:
                    unknown.append(piece)
                    continue
                rows.append(day.segments.clip(span).rows())
                for gap in day.unsettled:
                    begin = max(gap.begin, day.asked_to or gap.begin)
                    open_part = Span(begin, max(begin, gap.end)).clip(piece)
                    if open_part is None:
                        continue
                    if day.ask is not None:
                        loading.append(open_part)
                    elif day.error is not None:
                        failed[open_part] = day.error
                    elif day.asked_to is None or open_part.seconds > SETTLED.total_seconds():
                        unknown.append(open_part)
        return Coverage(
            span=span,
            segments=SegmentSet(_joined(chain.from_iterable(rows))),
            unknown=tuple(unknown),
            loading=tuple(loading),
            failed=failed,
        )

    def known(self, channel: Channel, store: Store, span: Span) -> Coverage:
        """What is known of `span` without asking the vendor; reads the cache, so it may block."""
        self._read(channel, store, span)
        return self.coverage(channel, store, span)

    def load(
        self,
        channel: Channel,
        store: Store,
        span: Span,
        on_change: Callable[[Load], object] | None = None,
        *,
        retry: bool = False,
    ) -> Load:
        """Asks for what is unknown of `span`; returns at once.

        `on_change(load)` is called on a worker thread when something changed, and not again before
        `load.coverage()` was read. A day that failed stays so for a while, or until `retry`.
        """
        load = Load(self, channel, store, span, on_change)
        load.count(1)
        job = self._lanes.submit(
            "fetch", lambda: self._plan(load, retry), party=channel.key.account
        )
        job.add_done_callback(lambda done: self._planned(load, done))
        return load

    def retry(
        self,
        channel: Channel,
        store: Store,
        span: Span,
        on_change: Callable[[Load], object] | None = None,
    ) -> Load:
        """Asks once more for what failed, and for what is unknown."""
        return self.load(channel, store, span, on_change, retry=True)

    def month(
        self,
        channel: Channel,
        year: int,
        month: int,
        on_change: Callable[[Load], object] | None = None,
    ) -> Month:
        """Loads a calendar month of the channel's zone, from every store it may have footage in."""
        view = Month(channel, year, month)
        view.loads = tuple(
            self.load(channel, store, view.span, on_change) for store in channel.stores
        )
        return view

    def ensure(self, channel: Channel, store: Store, span: Span) -> SegmentSet:
        """The recorded ranges of `span`; blocks, and raises the first failure."""
        load = Load(self, channel, store, span, None)
        mine = self._plan(load, retry=True)
        # Done here as far as no worker has begun: on a worker, waiting alone might be for ever.
        for ask in mine:
            self._do(ask, load)
        coverage = load.wait()
        for error in coverage.failed.values():
            raise error
        return coverage.segments

    def forget(self, account_id: str) -> None:
        """Drops what is in memory of an account; queries under way are called off."""
        with self._lock:
            gone = [key for key in self._tracks if key[0].account == account_id]
            asks = {
                day.ask for key in gone for day in self._tracks.pop(key).days.values() if day.ask
            }
        for ask in asks:
            if ask.job is not None:
                ask.job.cancel()

    # On the fetch lane

    def _read(self, channel: Channel, store: Store, span: Span) -> None:
        """Takes the days of `span` from the cache that are not in memory yet."""
        past = _past(span)
        if past is None:
            return
        with self._lock:
            track = self._track(channel, store)
            wanted = [day for day in days.days_in(past, channel.zone) if day not in track.days]
        if not wanted:
            return
        first = days.span_of(wanted[0], channel.zone).begin
        hull = Span(first, days.span_of(wanted[-1], channel.zone).end)
        if store is Store.LOCAL:
            segments, gaps = SegmentSet(), [hull]
        else:
            segments, gaps = self._cache.known(channel.key, store, hull)
        with self._lock:
            for day in wanted:
                if day not in track.days:
                    whole = days.span_of(day, channel.zone)
                    cut = (gap.clip(whole) for gap in gaps)
                    track.days[day] = _Day(
                        span=whole,
                        segments=segments.clip(whole),
                        unsettled=tuple(gap for gap in cut if gap),
                    )

    def _plan(self, load: Load, retry: bool) -> list[_Ask]:
        """Makes `load` wait for every query it needs; gives the new ones, the latest day first."""
        self._read(load.channel, load.store, load.span)
        past = _past(load.span)
        if past is None:
            return []
        with self._lock:
            if load.cancelled:
                return []
            track = self._track(load.channel, load.store)
            wanted: list[_Day] = []
            for date_ in days.days_in(past, load.channel.zone):
                day = track.days[date_]
                if day.ask is not None:
                    if load not in day.ask.waiting:
                        day.ask.waiting.add(load)
                        load.count(1)
                elif _is_due(day, retry):
                    wanted.append(day)
            # An index on this computer answers any range as quickly as a day.
            groups = [tuple(wanted)] if load.store is Store.LOCAL else [(day,) for day in wanted]
            return [self._new_ask(load, group) for group in reversed(groups) if group]

    def _new_ask(self, load: Load, group: tuple[_Day, ...]) -> _Ask:
        gaps = [gap for day in group for gap in map(_past, day.unsettled) if gap]
        ask = _Ask(
            channel=load.channel,
            store=load.store,
            span=Span(gaps[0].begin, gaps[-1].end),
            days=group,
        )
        ask.waiting.add(load)
        load.count(1)
        for day in group:
            day.ask, day.error = ask, None
        self._submit(ask)
        return ask

    def _submit(self, ask: _Ask) -> None:
        ask.begun = False
        ask.job = self._lanes.submit("fetch", lambda: self._do(ask), party=ask.channel.key.account)
        ask.job.add_done_callback(lambda job: self._unbegun(ask, job))

    def _unbegun(self, ask: _Ask, job: Job[None]) -> None:
        """A query that was called off before a worker came to it."""
        if job.error is not None:
            with self._lock:
                if ask.begun or ask.job is not job:
                    return
                ask.begun = True
            self._end(ask, None, Cancelled())

    def _planned(self, load: Load, job: Job[list[_Ask]]) -> None:
        if job.error is not None and not isinstance(job.error, Cancelled):
            self._fail(load, _told(job.error))
        load.count(-1)
        load.tell()

    def _fail(self, load: Load, error: ConsoleError) -> None:
        """The cache could not be read: the whole range failed."""
        past = _past(load.span)
        with self._lock:
            track = self._track(load.channel, load.store)
            for day in days.days_in(past, load.channel.zone) if past else ():
                whole = days.span_of(day, load.channel.zone)
                track.days.setdefault(
                    day, _Day(span=whole, segments=SegmentSet(), unsettled=(whole,), error=error)
                )

    def _do(self, ask: _Ask, helper: Load | None = None) -> None:
        """Asks the vendor, on a worker or on the thread of `helper`; the first to come does it."""
        with self._lock:
            if ask.begun:
                return
            ask.begun = True
        until = now() - SETTLED
        try:
            adapter = records_of(self._adapter(ask.channel.key.account))
            segments = adapter.segments(ask.channel, ask.store, ask.span)
            if ask.store is not Store.LOCAL:
                self._keep(ask, segments, until)
        except Cancelled as error:
            if helper is None:
                self._end(ask, None, error)
                return
            with self._lock:
                ask.waiting.discard(helper)
                if ask.waiting:
                    # Only the one that helped was called off; others still wait for the answer.
                    self._submit(ask)
                    raise
            self._end(ask, None, error)
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            if not isinstance(error, ConsoleError):
                _log.exception("asking for recordings failed")
            self._end(ask, None, _told(error))
        else:
            self._end(ask, (segments, until), None)

    def _keep(self, ask: _Ask, segments: list[Segment], until: datetime) -> None:
        try:
            self._cache.remember(ask.channel.key, ask.store, ask.span, segments, until=until)
        except StorageError as error:
            _log.warning("coverage not kept: %s", error)

    def _end(
        self,
        ask: _Ask,
        answer: tuple[list[Segment], datetime] | None,
        error: ConsoleError | None,
    ) -> None:
        with self._lock:
            waiting, ask.waiting = ask.waiting, set()
            found = SegmentSet.of(answer[0]).clip(ask.span) if answer else None
            for day in ask.days:
                # Those that were left by everybody may have a newer query by now.
                mine = day.ask is ask
                if mine:
                    day.ask = None
                    day.asked_when = monotonic()
                if answer and found is not None:
                    _take(day, ask.span, found, answer[1])
                elif mine and not isinstance(error, Cancelled):
                    day.error = error
        for load in waiting:
            load.count(-1)
            load.tell()

    def leave(self, load: Load) -> None:
        """Takes a view off; queries that nobody else waits for are called off."""
        idle: list[_Ask] = []
        with self._lock:
            track = self._tracks.get((load.channel.key, load.store), _EMPTY)
            for day in track.days.values():
                if day.ask is not None and load in day.ask.waiting:
                    day.ask.waiting.discard(load)
                    if not day.ask.waiting:
                        idle.append(day.ask)
            for ask in idle:
                # A newer view may ask again before this one has ended.
                for day in ask.days:
                    day.ask = None
        for ask in idle:
            if ask.job is not None:
                ask.job.cancel()

    def _track(self, channel: Channel, store: Store) -> _Track:
        key = (channel.key, store)
        track = self._tracks.setdefault(key, _Track())
        self._tracks.move_to_end(key)
        if len(self._tracks) > _KEPT:
            idle = [k for k, t in self._tracks.items() if not any(d.ask for d in t.days.values())]
            for old in idle[: len(self._tracks) - _KEPT]:
                del self._tracks[old]
        return track


_EMPTY = _Track()


def _is_due(day: _Day, retry: bool) -> bool:
    """Whether a day has something unknown that should be asked for now."""
    recent = monotonic() - day.asked_when
    if day.error is not None:
        return retry or recent >= _RETRY_AFTER
    if day.asked_to is not None and recent < _FRESH:
        return False
    return any(_past(gap) for gap in day.unsettled)


def _take(day: _Day, asked: Span, found: SegmentSet, until: datetime) -> None:
    """Puts an answer into a day it covers; what came after `until` may still change."""
    part = asked.clip(day.span)
    if part is None:
        return
    day.segments = day.segments.without(part).union(found.clip(part))
    day.asked_to = part.end
    settled = Span(part.begin, max(part.begin, min(part.end, until)))
    day.unsettled = tuple(left for gap in day.unsettled for left in _less(gap, settled))


def _past(span: Span) -> Span | None:
    """The part of `span` that has happened."""
    return Span(span.begin, max(span.begin, min(span.end, now()))).clip(span)


def _less(span: Span, other: Span) -> Iterator[Span]:
    if span.begin < min(span.end, other.begin):
        yield Span(span.begin, min(span.end, other.begin))
    if max(span.begin, other.end) < span.end:
        yield Span(max(span.begin, other.end), span.end)


def _joined(rows: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Sorted rows, those made one that only a midnight parts."""
    last: tuple[int, int, int] | None = None
    for row in rows:
        if last is not None and last[1] == row[0] and last[2] == row[2]:
            last = (last[0], row[1], row[2])
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _told(error: BaseException) -> ConsoleError:
    if isinstance(error, ConsoleError):
        return error
    return ConsoleError(
        _("A fault in this program kept the recordings from being listed."),
        why=type(error).__name__,
        remedy=_("Its log has the details."),
    )
