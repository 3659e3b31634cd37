"""Asks the vendors what happened while somebody looks: gently, and what is on screen first.

An account is asked about one channel at a time, at a pace that leaves its quota to the operator.
Where a vendor says that it was asked too much, or a limit of calls comes near, this is what stops
first; what somebody looks at, or asks for by hand, is asked all the same.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain.errors import (
    AccountError,
    BadCredentials,
    Cancelled,
    ClockSkew,
    ConsoleError,
    NetworkError,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    SessionExpired,
    StorageError,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.services.listeners import Listeners
from vsconsole.services.usage_words import wait_text

if TYPE_CHECKING:
    from vsconsole.services.accounts import Accounts
    from vsconsole.services.events import Events, Refresh
    from vsconsole.services.inventory import Inventory
    from vsconsole.services.usage import Level, Usage

SPACING = 2.0
"""Seconds between two questions of an account, at least."""
PAUSE = 5.0
"""Seconds between them on average; an adapter whose vendor allows less has an `event_pause`."""
BURST = 8
"""So many may be ahead of the average, so that what is on screen is known soon."""
AT_ONCE = 4
"""So many accounts are asked at once, not counting those that take longer than `SLOW` seconds."""
SLOW = 8.0
FRESH_SHOWN = 10.0
FRESH = 60.0
"""Seconds for which a channel is not asked again, on screen and elsewhere."""
IDLE = 1.0
"""Seconds until an account of which all is fresh is looked at again."""

_LOOK_BACK = timedelta(days=1)
_LONGEST = timedelta(days=7)
_OVERLAP = timedelta(minutes=10)
_WHOLE_EVERY = 3600.0
_REST = 600.0
_RENEWED = timedelta(minutes=2)
_KEPT_RANGES = 32
_ACCOUNT = (
    BadCredentials,
    ClockSkew,
    NetworkError,
    QuotaExceeded,
    RateLimited,
    SessionExpired,
    StorageError,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How well an account's events are known.

    `since` is when the channel that waits longest was asked, None while none was; `unasked` how
    many never were. `problem` is what keeps the account from being asked, until `resumes`.
    """

    account: str
    channels: int = 0
    unasked: int = 0
    since: datetime | None = None
    failed: int = 0
    problem: ConsoleError | None = None
    resumes: datetime | None = None


@dataclass(slots=True, eq=False)
class _Account:
    """What is known of one account; guarded by the poller's lock."""

    id: str
    pause: float = field(default_factory=lambda: PAUSE)
    channels: dict[Key, Channel] | None = None
    order: deque[Key] = field(default_factory=deque)
    asked: dict[Key, datetime] = field(default_factory=dict)
    tried: dict[Key, float] = field(default_factory=dict)
    whole: dict[Key, float] = field(default_factory=dict)
    resting: dict[Key, float] = field(default_factory=dict)
    failed: set[Key] = field(default_factory=set)
    wishes: dict[Key, Span] = field(default_factory=dict)
    looked: dict[Key, list[Span]] = field(default_factory=dict)
    turn: int = 0
    ahead: float = 0.0
    last: float = -SPACING
    not_before: float = 0.0
    begun: float = 0.0
    busy: bool = False
    refresh: Refresh | None = None
    failures: int = 0
    problem: ConsoleError | None = None
    resumes: datetime | None = None
    limit: Level | None = None
    demanded: set[Key] = field(default_factory=set)

    def ready(self) -> float:
        """The monotonic time from which it may be asked."""
        paced = self.ahead - (BURST - 1) * self.pause
        return max(self.not_before, self.last + SPACING, paced)

    def book(self, at: float) -> None:
        """A question goes out."""
        self.last = self.begun = at
        self.ahead = max(self.ahead, at) + self.pause
        self.busy = True
        self.turn += 1


class EventPolling:
    """Keeps the events of every account fresh while `run` is on; thread-safe, never blocks.

    `events` gives the events service; it may open the index, and is called on a worker only.
    """

    def __init__(
        self,
        accounts: Accounts,
        inventory: Inventory,
        events: Callable[[], Events],
        usage: Usage,
    ) -> None:
        self._accounts = accounts
        self._inventory = inventory
        self._events = events
        self._usage = usage
        self._changed = threading.Condition()
        self._all: dict[str, _Account] = {}
        self._shown: tuple[Key, ...] = ()
        self._stale = True
        self._running = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self.changed: Listeners[[str]] = Listeners()
        """Called with an account's id, on the thread that asked, when its standing is another."""
        accounts.changed.connect(self._account_changed)
        inventory.changed.connect(self._listed)

    def run(self, on: bool) -> None:
        """Asks while `on`; what is under way when it is turned off ends by itself."""
        with self._changed:
            self._running = on
            if on and self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._work, name="event polling", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def show(self, channels: Iterable[Key]) -> None:
        """Which channels are on screen: they are asked most often."""
        with self._changed:
            self._shown = tuple(dict.fromkeys(channels))
            self._changed.notify_all()

    def look(self, channel: Key, span: Span) -> None:
        """Somebody looks at `span` of a channel: what of it was not asked yet is asked next.

        The newest week of a longer one; a newer wish for the channel takes the place of an older.
        """
        end = min(span.end, now())
        if end <= span.begin:
            return
        wanted = Span(max(span.begin, end - _LONGEST), end)
        with self._changed:
            account = self._all.setdefault(channel.account, _Account(channel.account))
            if any(_covers(one, wanted) for one in account.looked.get(channel, ())):
                account.wishes.pop(channel, None)
                return
            account.wishes[channel] = wanted
            self._changed.notify_all()

    def again(self, account_id: str | None = None) -> None:
        """The operator wants it tried now: waits after failures end, for one account or all.

        Every channel is asked once, also where a limit is near.
        """
        with self._changed:
            for account in self._all.values():
                if account_id in (None, account.id):
                    account.not_before = 0.0
                    account.problem = account.resumes = None
                    account.failures = 0
                    account.resting.clear()
                    account.tried.clear()
                    account.demanded = set(account.channels or ())
            self._changed.notify_all()

    def standings(self) -> dict[str, Standing]:
        """How every account with channels that report events stands; touches memory only."""
        with self._changed:
            return {
                account.id: _standing(account)
                for account in self._all.values()
                if account.channels or account.problem
            }

    def close(self, wait: float = 1.0) -> None:
        """Asks nothing any more; what is under way is called off."""
        with self._changed:
            self._closed = True
            rounds = [one.refresh for one in self._all.values() if one.refresh is not None]
            thread = self._thread
            self._changed.notify_all()
        for refresh in rounds:
            refresh.cancel()
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait)

    # The poller's own thread.

    def _work(self) -> None:
        while True:
            account = self._next()
            if account is None:
                return
            try:
                self._ask(account)
            except ConsoleError as error:
                self._end(account, None, error)
            except Exception:  # noqa: BLE001 - one account's fault must not end the others' turn
                _log.exception("polling for events failed")
                with self._changed:
                    account.busy = False
                    account.not_before = monotonic() + _REST

    def _next(self) -> _Account | None:
        """Waits for the account whose turn it is; None at the end."""
        with self._changed:
            while not self._closed:
                if self._stale:
                    self._sync()
                at = monotonic()
                busy = [one for one in self._all.values() if one.busy]
                free = AT_ONCE - sum(at - one.begun < SLOW for one in busy)
                waiting = [one for one in self._all.values() if not one.busy]
                if not self._running or not waiting:
                    self._changed.wait()
                    continue
                first = min(waiting, key=_Account.ready)
                wait = first.ready() - at
                if wait <= 0 and free > 0:
                    first.book(at)
                    return first
                self._changed.wait(max(wait, 0.05) if free > 0 else 0.5)
            return None

    def _sync(self) -> None:
        """Takes over which accounts there are; with the lock held."""
        self._stale = False
        known = [account.id for account in self._accounts.all()]
        self._all = {one: self._all.get(one) or _Account(one) for one in known}

    def _ask(self, account: _Account) -> None:
        if account.channels is None:
            self._read(account)
        self._weigh(account)
        with self._changed:
            chosen = self._choose(account)
            if chosen is None:
                # Nothing was sent, so nothing counts.
                account.ahead -= account.pause
                account.busy = False
                account.not_before = max(account.not_before, monotonic() + IDLE)
                # None of a tree that has changed meanwhile, which is read next.
                if account.channels is not None and not account.channels:
                    account.not_before = monotonic() + FRESH
                return
            channel, span = chosen
            account.tried[channel.key] = monotonic()
        refresh = self._events().refresh(
            [channel], span, partial(self._answered, account, channel, span)
        )
        with self._changed:
            if account.busy:
                account.refresh = refresh
            closed = self._closed
        if closed:
            refresh.cancel()

    def _weigh(self, account: _Account) -> None:
        """Notes whether a limit is near, and tells when one has come near or begun anew."""
        limit = self._usage.near(account.id, "calls")
        with self._changed:
            before, account.limit = account.limit, limit
        if (before is None) is not (limit is None):
            self.changed.emit(account.id)

    def _read(self, account: _Account) -> None:
        """What the account has, when it was asked and how much it is used, from the disk."""
        self._usage.load()
        found = {
            node.key: node
            for node in self._inventory.tree(account.id)
            if isinstance(node, Channel) and Ability.EVENTS in node.abilities
        }
        asked = self._events().asked(account.id) if found else {}
        with self._changed:
            account.channels = found
            account.asked = {key: when for key, when in asked.items() if key in found}
            # Those never asked come first, then those that wait longest.
            ages = {key: when.timestamp() for key, when in account.asked.items()}
            account.order = deque(sorted(found, key=lambda key: ages.get(key, 0.0)))
        self.changed.emit(account.id)

    def _choose(self, account: _Account) -> tuple[Channel, Span] | None:
        """Which channel is asked about what; with the lock held."""
        channels, at = account.channels or {}, monotonic()
        while account.wishes:
            # The newest wish is what somebody looks at now.
            key, span = account.wishes.popitem()
            if key in channels and account.resting.get(key, 0.0) <= at:
                return channels[key], span
        if account.limit is not None:
            return self._demanded(account, channels, at)
        account.demanded.clear()
        shown = [key for key in self._shown if key in channels]
        due = [key for key in shown if self._is_due(account, key, FRESH_SHOWN, at)]
        due.sort(key=lambda key: account.tried.get(key, -1.0))
        other = None if due and account.turn % 3 else self._other(account, set(shown), at)
        chosen = other or (due[0] if due else None)
        if chosen is None:
            return None
        return channels[chosen], self._span(account, chosen, at)

    def _demanded(
        self, account: _Account, channels: Mapping[Key, Channel], at: float
    ) -> tuple[Channel, Span] | None:
        """What was asked for by hand and is left of it, what is on screen first."""
        for key in (*self._shown, *account.order):
            if key in account.demanded:
                account.demanded.discard(key)
                if key in channels:
                    return channels[key], self._span(account, key, at)
        return None

    def _other(self, account: _Account, shown: set[Key], at: float) -> Key | None:
        """The channel that waits longest of those nobody looks at."""
        for _turn in range(len(account.order)):
            key = account.order[0]
            if key in shown or account.resting.get(key, 0.0) > at:
                account.order.rotate(-1)
            elif self._is_due(account, key, FRESH, at):
                account.order.rotate(-1)
                return key
            else:
                # All that follow were asked later.
                return None
        return None

    @staticmethod
    def _is_due(account: _Account, key: Key, fresh: float, at: float) -> bool:
        if account.resting.get(key, 0.0) > at:
            return False
        tried = account.tried.get(key)
        return tried is None or at - tried >= fresh

    @staticmethod
    def _span(account: _Account, key: Key, at: float) -> Span:
        """Since the channel was last asked; now and then a whole day, for what is told late."""
        end = now()
        asked = account.asked.get(key)
        whole = account.whole.get(key)
        if asked is None or whole is None or at - whole >= _WHOLE_EVERY:
            account.whole[key] = at
            return Span(end - _LOOK_BACK, end)
        return Span(max(asked - _OVERLAP, end - _LOOK_BACK), end)

    # On the thread that asked the vendor.

    def _answered(self, account: _Account, channel: Channel, span: Span, refresh: Refresh) -> None:
        error = refresh.failed.get(channel.key)
        asked = dict[Key, datetime]()
        try:
            asked = self._events().asked(account.id)
            pause = getattr(self._accounts.adapter(account.id), "event_pause", PAUSE)
        except ConsoleError:
            pause = account.pause
        with self._changed:
            account.pause = max(SPACING, float(pause))
            if account.channels is not None:
                account.asked = {k: when for k, when in asked.items() if k in account.channels}
            if error is None:
                known = account.looked.get(channel.key, [])
                account.looked[channel.key] = _with(known, span)
        self._end(account, channel.key, error)

    def _end(self, account: _Account, key: Key | None, error: ConsoleError | None) -> None:
        """Notes how a question ended, and when the next may follow."""
        with self._changed:
            account.busy = False
            account.refresh = None
            if error is None or isinstance(error, Cancelled):
                account.failures, account.problem, account.resumes = 0, None, None
                if key is not None:
                    account.failed.discard(key)
            elif isinstance(error, _ACCOUNT):
                delay = delay_after(error, account.failures)
                account.failures += 1
                account.problem = error
                account.not_before = monotonic() + delay
                account.resumes = now() + timedelta(seconds=delay)
                if key is not None:
                    account.whole.pop(key, None)
            elif key is not None:
                account.failed.add(key)
                account.whole.pop(key, None)
                if isinstance(error, Unsupported | NotFound | PermissionDenied | AccountError):
                    account.resting[key] = monotonic() + _REST
            self._changed.notify_all()
        self.changed.emit(account.id)

    # What others tell.

    def _account_changed(self, account_id: str) -> None:
        with self._changed:
            self._stale = True
            # Another login, another chance.
            self._all.pop(account_id, None)
            self._changed.notify_all()

    def _listed(self, account_id: str) -> None:
        with self._changed:
            account = self._all.get(account_id)
            if account is not None:
                account.channels = None
                account.order.clear()
                if account.problem is None:
                    account.not_before = 0.0
            self._changed.notify_all()


def delay_after(error: ConsoleError, failures: int) -> float:
    """Seconds an account is left alone after `error`, when `failures` came right before it."""
    first, longest = 600.0, 3600.0
    if isinstance(error, RateLimited):
        first, longest = 60.0, 900.0
    elif isinstance(error, QuotaExceeded):
        first, longest = 1800.0, 6 * 3600.0
    elif isinstance(error, NetworkError):
        first, longest = 10.0, 300.0
    elif isinstance(error, StorageError):
        first, longest = 30.0, 600.0
    return float(max(error.retry_after or 0.0, min(longest, first * 2 ** min(failures, 16))))


def _with(known: list[Span], span: Span) -> list[Span]:
    """Ranges that were asked, and one more; those that touch are one."""
    apart = [one for one in known if one.end < span.begin or span.end < one.begin]
    begin = min(span.begin, *(one.begin for one in known if one not in apart), span.begin)
    end = max(span.end, *(one.end for one in known if one not in apart), span.end)
    return [*apart[-_KEPT_RANGES:], Span(begin, end)]


def _covers(known: Span, wanted: Span) -> bool:
    """Whether all of `wanted` was asked, but for its last minutes, which polling renews."""
    return known.begin <= wanted.begin and wanted.end <= known.end + _RENEWED


def _standing(account: _Account) -> Standing:
    channels: Mapping[Key, Channel] = account.channels or {}
    asked = [when for key, when in account.asked.items() if key in channels]
    problem, resumes = account.problem, account.resumes
    if problem is None and account.limit is not None and channels:
        problem, resumes = QuotaExceeded(wait_text(account.limit)), account.limit.until
    return Standing(
        account=account.id,
        channels=len(channels),
        unasked=len(channels) - len(asked),
        since=min(asked, default=None),
        failed=len(account.failed),
        problem=problem,
        resumes=resumes,
    )
