"""Asks the vendors what happened while somebody looks: gently, and what is on screen first.

An account is asked about one channel at a time, at a pace that leaves its quota to the operator.
Where a vendor says that it was asked too much, or a limit of calls comes near, this is what stops
first; what somebody looks at, or asks for by hand, is asked all the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Channel, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.services import event_turns
from vsconsole.services.event_turns import REST, Standing, Turns
from vsconsole.services.listeners import Listeners
from vsconsole.work.threads import Thread

if TYPE_CHECKING:
    from vsconsole.services.accounts import Accounts
    from vsconsole.services.events import Events, Refresh
    from vsconsole.services.inventory import Inventory
    from vsconsole.services.usage import Usage

AT_ONCE = 4
"""So many accounts are asked at once, not counting those that take longer than `SLOW` seconds."""
SLOW = 8.0
_LONGEST = timedelta(days=7)
_log = logging.getLogger(__name__)


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
        self._all: dict[str, Turns] = {}
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
                self._thread = Thread(target=self._work, name="event polling", daemon=True)
                self._thread.begin()
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
            account = self._all.setdefault(channel.account, Turns(channel.account))
            if account.wish(channel, wanted):
                self._changed.notify_all()

    def again(self, account_id: str | None = None) -> None:
        """The operator wants it tried now: waits after failures end, for one account or all.

        Every channel is asked once, also where a limit is near.
        """
        with self._changed:
            for account in self._all.values():
                if account_id in (None, account.id):
                    account.demand()
            self._changed.notify_all()

    def standings(self) -> dict[str, Standing]:
        """How every account with channels that report events stands; touches memory only."""
        with self._changed:
            return {
                account.id: account.standing()
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
                    account.not_before = monotonic() + REST

    def _next(self) -> Turns | None:
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
                first = min(waiting, key=Turns.ready)
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
        self._all = {one: self._all.get(one) or Turns(one) for one in known}

    def _ask(self, account: Turns) -> None:
        if account.channels is None:
            self._read(account)
        self._weigh(account)
        with self._changed:
            chosen = account.choose(self._shown)
            if chosen is None:
                account.unbook()
                return
        channel, span = chosen
        refresh = self._events().refresh(
            [channel], span, partial(self._answered, account, channel, span)
        )
        with self._changed:
            if account.busy:
                account.refresh = refresh
            closed = self._closed
        if closed:
            refresh.cancel()

    def _weigh(self, account: Turns) -> None:
        """Notes whether a limit is near, and tells when one has come near or begun anew."""
        limit = self._usage.near(account.id, "calls")
        with self._changed:
            before, account.limit = account.limit, limit
        if (before is None) is not (limit is None):
            self.changed.emit(account.id)

    def _read(self, account: Turns) -> None:
        """What the account has, when it was asked and how much it is used, from the disk."""
        self._usage.load()
        found = {
            node.key: node
            for node in self._inventory.tree(account.id)
            if isinstance(node, Channel) and Ability.EVENTS in node.abilities
        }
        asked = self._events().asked(account.id) if found else {}
        with self._changed:
            account.take_channels(found, asked)
        self.changed.emit(account.id)

    # On the thread that asked the vendor.

    def _answered(self, account: Turns, channel: Channel, span: Span, refresh: Refresh) -> None:
        error = refresh.failed.get(channel.key)
        asked = dict[Key, datetime]()
        try:
            asked = self._events().asked(account.id)
            pause = getattr(self._accounts.adapter(account.id), "event_pause", event_turns.PAUSE)
        except ConsoleError:
            pause = account.pause
        with self._changed:
            account.pause = max(event_turns.SPACING, float(pause))
            account.take_asked(asked)
            if error is None:
                account.looked_at(channel.key, span)
        self._end(account, channel.key, error)

    def _end(self, account: Turns, key: Key | None, error: ConsoleError | None) -> None:
        with self._changed:
            account.end(key, error)
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
                account.list_anew()
            self._changed.notify_all()
