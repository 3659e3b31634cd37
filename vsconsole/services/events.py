"""What happened at every camera: asked of the vendors, kept in an index, found again at once."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    Cancelled,
    ClockSkew,
    ConsoleError,
    NetworkError,
    RateLimited,
    SessionExpired,
    StorageError,
)
from vsconsole.domain.model import Ability, Channel, Key
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import events_of
from vsconsole.store.event_index import EventIndex, EventQuery, KnownEvent
from vsconsole.work.threads import Thread

if TYPE_CHECKING:
    from vsconsole.services.accounts import Accounts

__all__ = ["EventQuery", "Events", "KnownEvent", "Refresh"]

_HOPELESS = (BadCredentials, SessionExpired, ClockSkew, NetworkError, RateLimited, StorageError)
"""What one channel meets of these, the account's others would meet too, each after its wait."""

_log = logging.getLogger(__name__)


class Refresh:
    """One round of asking channels for their events; thread-safe."""

    def __init__(self, events: Events, on_change: Callable[[Refresh], object] | None) -> None:
        self._events = events
        self._on_change = on_change
        self._changed = threading.Condition()
        self._pending = 0
        self._new = 0
        self._failed: dict[Key, ConsoleError] = {}
        self.cancelled = False

    @property
    def done(self) -> bool:
        """Whether nothing more comes: all have answered or failed, or it was called off."""
        return self.cancelled or not self._pending

    @property
    def pending(self) -> int:
        """How many channels have not answered yet."""
        return self._pending

    @property
    def new(self) -> int:
        """How many events were not known before."""
        return self._new

    @property
    def failed(self) -> Mapping[Key, ConsoleError]:
        """The channels that could not be asked, and why."""
        with self._changed:
            return dict(self._failed)

    def cancel(self) -> None:
        """Nobody waits any more: what nobody else waits for either is called off."""
        with self._changed:
            self.cancelled = True
            self._changed.notify_all()
        self._events.leave(self)

    def wait(self, timeout: float | None = None) -> None:
        """Waits until done; builtin TimeoutError when late, Cancelled with the present work."""
        try:
            cancel.wait_for(self._changed, lambda: self.done, timeout)
        except Cancelled:
            self.cancel()
            raise

    def begin(self, count: int) -> None:
        """For Events: so many channels are asked."""
        with self._changed:
            self._pending += count

    def end(self, channel: Key, new: int, error: ConsoleError | None) -> None:
        """For Events: a channel has answered, or failed."""
        with self._changed:
            self._pending -= 1
            self._new += new
            if error is not None and not isinstance(error, Cancelled):
                self._failed[channel] = error
            self._changed.notify_all()
            told = None if self.cancelled else self._on_change
        if told is None:
            return
        try:
            told(self)
        except Exception:  # noqa: BLE001 - a fault here must not take the caller down
            _log.exception("a view of events failed")


@dataclass(slots=True, kw_only=True, eq=False)
class _Ask:
    """One question about one channel, and who waits for its answer."""

    channel: Channel
    span: Span
    waiting: set[Refresh]
    token: cancel.CancelToken = field(default_factory=cancel.CancelToken)


@dataclass(slots=True, eq=False)
class _Queue:
    """The questions of one account, asked one after the other by a thread that ends with them."""

    waiting: deque[_Ask] = field(default_factory=deque)
    running: _Ask | None = None
    thread: threading.Thread | None = None
    working: bool = False


class Events:
    """Every account's events; thread-safe.

    Each account is asked on a thread of its own, so that a vendor that does not answer holds up
    nobody else. What was seen stays in the index and is found without any vendor.
    """

    def __init__(self, accounts: Accounts, index: EventIndex) -> None:
        self._accounts = accounts
        self._index = index
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._closed = False
        self.added: Listeners[[tuple[KnownEvent, ...]]] = Listeners()
        """Called with a channel's events that were not known before, oldest first, on the thread
        that asked."""
        accounts.removed.connect(self._removed)

    def refresh(
        self,
        channels: Iterable[Channel],
        span: Span,
        on_change: Callable[[Refresh], object] | None = None,
    ) -> Refresh:
        """Asks each channel that reports events what began in `span`; returns at once.

        `on_change(refresh)` is called on a worker thread after each channel. A channel that still
        waits for an earlier round is asked once for both. Where an account or the way to it is at
        fault, its remaining channels fail with the first one instead of being tried.
        """
        made = Refresh(self, on_change)
        wanted = {one.key: one for one in channels if Ability.EVENTS in one.abilities}
        made.begin(len(wanted))
        with self._lock:
            closed = self._closed
            for channel in () if closed else wanted.values():
                self._enqueue(channel, span, made)
        if closed:
            for key in wanted:
                made.end(key, 0, Cancelled())
        return made

    def search(
        self, query: EventQuery, *, limit: int = 200, after: KnownEvent | None = None
    ) -> list[KnownEvent]:
        """Known events that fit, newest first, with `after` those behind it; reads the disk."""
        return self._index.search(query, limit=limit, after=after)

    def count(self, query: EventQuery) -> int:
        """How many known events fit."""
        return self._index.count(query)

    def kinds(self) -> dict[str, str]:
        """Every kind that is known, with a title to show for it."""
        return self._index.kinds()

    def asked(self, account_id: str) -> dict[Key, datetime]:
        """When each channel of an account was last asked; the age of what is known of it."""
        return self._index.asked(account_id)

    def close(self, wait: float = 2.0) -> None:
        """Calls everything off and waits so long at most; nothing is asked afterwards."""
        until = monotonic() + wait
        with self._lock:
            self._closed = True
            queues = list(self._queues.values())
            threads = [queue.thread for queue in queues if queue.thread is not None]
        for queue in queues:
            self._call_off(queue)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - monotonic()))

    def leave(self, refresh: Refresh) -> None:
        """Takes a round off; questions that nobody else waits for are called off."""
        idle: list[_Ask] = []
        with self._lock:
            for queue in self._queues.values():
                for ask in (*queue.waiting, *((queue.running,) if queue.running else ())):
                    ask.waiting.discard(refresh)
                    if not ask.waiting:
                        idle.append(ask)
                queue.waiting = deque(ask for ask in queue.waiting if ask.waiting)
        for ask in idle:
            ask.token.cancel()

    def _enqueue(self, channel: Channel, span: Span, refresh: Refresh) -> None:
        """Puts a question into its account's queue, or joins one that has not been asked yet."""
        account = channel.key.account
        queue = self._queues.setdefault(account, _Queue())
        for ask in queue.waiting:
            if ask.channel.key == channel.key and ask.span.overlaps(span):
                ask.span = Span(min(ask.span.begin, span.begin), max(ask.span.end, span.end))
                ask.waiting.add(refresh)
                return
        queue.waiting.append(_Ask(channel=channel, span=span, waiting={refresh}))
        if not queue.working:
            queue.working = True
            queue.thread = Thread(
                target=self._work, args=(queue,), name=f"events {account}", daemon=True
            )
            queue.thread.begin()

    def _work(self, queue: _Queue) -> None:
        while True:
            with self._lock:
                if not queue.waiting:
                    queue.working = False
                    return
                ask = queue.running = queue.waiting.popleft()
            new, error = self._answer(ask)
            with self._lock:
                queue.running = None
                ended = [(ask, new, error)]
                if isinstance(error, _HOPELESS):
                    ended += [(other, 0, error) for other in queue.waiting]
                    queue.waiting.clear()
                told = [(one, tuple(one.waiting), n, why) for one, n, why in ended]
            for one, waiting, count, why in told:
                for refresh in waiting:
                    refresh.end(one.channel.key, count, why)

    def _answer(self, ask: _Ask) -> tuple[int, ConsoleError | None]:
        """Asks, keeps and tells; the number of new events, and what went wrong."""
        channel = ask.channel
        try:
            with cancel.bound(ask.token):
                ask.token.check()
                adapter = events_of(self._accounts.adapter(channel.key.account))
                found = adapter.events(channel, ask.span)
                ask.token.check()
            fresh = self._index.add(channel.key, channel.name, found)
            # An account removed meanwhile must not come back through its events.
            if not self._accounts.exists(channel.key.account):
                self._index.forget(channel.key.account)
                raise Cancelled
        except ConsoleError as error:
            return 0, error
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            _log.exception("asking for events failed")
            return 0, ConsoleError(
                _("A fault in this program kept the events from being listed."),
                why=type(error).__name__,
                remedy=_("Its log has the details."),
            )
        if fresh:
            self.added.emit(tuple(fresh))
        return len(fresh), None

    def _removed(self, account_id: str) -> None:
        with self._lock:
            queue = self._queues.pop(account_id, None)
        if queue is not None:
            self._call_off(queue)
        self._index.forget(account_id)

    def _call_off(self, queue: _Queue) -> None:
        """Ends what runs of a queue, and what waits in it."""
        with self._lock:
            running = queue.running
            left, queue.waiting = queue.waiting, deque()
        if running is not None:
            running.token.cancel()
        for ask in left:
            for refresh in tuple(ask.waiting):
                refresh.end(ask.channel.key, 0, Cancelled())
