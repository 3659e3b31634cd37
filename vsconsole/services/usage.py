"""How much each account is used: calls and bytes by day, and how near its limits it has come.

Counted where the traffic goes by, and what libVLC fetches by itself where its counters are read.
A day is one of the vendor's zone, whatever zone this computer is in. What is left of a limit near
its end is the operator's: work nobody has asked for asks `near` and waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from vsconsole.domain import days
from vsconsole.domain.errors import ConsoleError, NotFound, StorageError
from vsconsole.domain.model import now
from vsconsole.store.usage import Count, Counts, UsageStore
from vsconsole.vendors import registry

if TYPE_CHECKING:
    from vsconsole.domain.model import Account
    from vsconsole.vendors.registry import Counted, Quota, Vendor

NEAR = 90
"""Percent of a limit from which on background work waits."""
EVERY = 5.0
"""Seconds between two writings, at least."""
AFTER_FAILURE = 60.0

_NOTHING = Count()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How far a limit is used up; `until` is when it begins anew."""

    quota: Quota
    used: int
    most: int
    until: datetime

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is reached with the last call only."""
        return self.used * 100 // self.most

    @property
    def near(self) -> bool:
        return self.percent >= NEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an account has used today and this month, by its limits; `rates` keep themselves."""

    today: Count
    month: Count
    levels: tuple[Level, ...]
    rates: tuple[Quota, ...]


class AccountMeter:
    """What the transport tells of one account's traffic."""

    def __init__(self, usage: Usage, account_id: str) -> None:
        self._usage = usage
        self._account = account_id

    def called(self, received: int) -> None:
        """A call went out, and so many bytes came back."""
        self._usage.note(self._account, Count(calls=1, answers=received))

    def refused(self) -> None:
        """A call that was counted was refused."""
        self._usage.note(self._account, Count(refused=1))

    def fetched(self, received: int) -> None:
        """So many bytes of media came."""
        self._usage.note(self._account, Count(media=received))


class Usage:
    """Counts the traffic of every account, and keeps the counts; thread-safe.

    Noting and reading touch memory only. A thread of its own writes, and reads at first what
    earlier runs and other programs of this profile have counted. `open_store` and `account` are
    called on it, the latter also where something is noted; it raises NotFound.
    """

    def __init__(
        self, open_store: Callable[[], UsageStore], account: Callable[[str], Account]
    ) -> None:
        self._open_store = open_store
        self._account = account
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._store: UsageStore | None = None
        self._kept: Counts = {}
        self._leaving: Counts = {}
        self._fresh: Counts = {}
        self._loaded = False
        self._failing = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def meter(self, account_id: str) -> AccountMeter:
        """What counts an account's calls and media; an account that is not saved has no counts."""
        return AccountMeter(self, account_id)

    def media(self, account_id: str, received: int) -> None:
        """Counts media that did not go by the transport."""
        self.note(account_id, Count(media=received))

    def note(self, account_id: str, count: Count) -> None:
        """Adds to today's counts of an account."""
        row = self._row(account_id)
        if row is None or count == _NOTHING:
            return
        key = account_id, _today(row)
        with self._changed:
            if self._closed:
                return
            if not self._fresh:
                # The writer waits for the first only; waking it for each chunk of every stream
                # would take the interpreter from the window.
                self._changed.notify_all()
            self._fresh[key] = self._fresh.get(key, _NOTHING) + count
            self._begin()

    def report(self, account_id: str) -> Report:
        """An account's counts and limits. NotFound."""
        account = self._account(account_id)
        row = registry.vendor(account.vendor)
        today = _today(row)
        with self._changed:
            self._begin()
            tables = (self._kept, self._leaving, self._fresh)
            months = [
                (day, count)
                for table in tables
                for (one, day), count in table.items()
                if one == account_id and (day.year, day.month) == (today.year, today.month)
            ]
        month = sum((count for _day, count in months), _NOTHING)
        of_today = sum((count for day, count in months if day == today), _NOTHING)
        levels: list[Level] = []
        for quota in row.quotas:
            most = quota.most_of(account.options)
            if quota.period == "second" or most is None:
                continue
            used = getattr(month if quota.period == "month" else of_today, quota.counted)
            until = _end_of(quota, today, row.zone)
            levels.append(Level(quota=quota, used=used, most=most, until=until))
        return Report(
            today=of_today,
            month=month,
            levels=tuple(levels),
            rates=tuple(quota for quota in row.quotas if quota.period == "second"),
        )

    def near(self, account_id: str, counted: Counted) -> Level | None:
        """The limit of calls or of media that is nearly used up, the most used one; else None."""
        try:
            levels = self.report(account_id).levels
        except NotFound:
            return None
        close = [one for one in levels if one.near and one.quota.counted == counted]
        return max(close, key=lambda one: one.percent, default=None)

    def load(self) -> None:
        """Takes over what is kept where that was not done yet; blocks, never raises."""
        if not self._loaded:
            self._write()

    def forget(self, account_id: str) -> None:
        """Drops the counts of an account; blocks."""
        with self._writing:
            with self._changed:
                for table in (self._kept, self._leaving, self._fresh):
                    for key in [key for key in table if key[0] == account_id]:
                        del table[key]
            try:
                self._opened().forget(account_id)
            except StorageError as error:
                _log.warning("counts of a removed account stay: %s", type(error).__name__)

    def close(self, wait: float = 1.0) -> None:
        """Writes what is not written yet, for at most `wait` seconds; nothing counts any more."""
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(wait)
        if self._writing.acquire(timeout=wait):
            try:
                if self._store is not None:
                    self._store.close()
            finally:
                self._writing.release()

    def _begin(self) -> None:
        """Starts the writer where there is none yet; with the lock held."""
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="usage", daemon=True)
            self._thread.start()

    def _row(self, account_id: str) -> Vendor | None:
        """The vendor's row; None for an account that is not saved, or no longer."""
        try:
            return registry.vendor(self._account(account_id).vendor)
        except ConsoleError:
            return None

    def _work(self) -> None:
        self.load()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._fresh or self._closed)
                pause = AFTER_FAILURE if self._failing else EVERY
                self._changed.wait_for(lambda: self._closed, pause)
                closed, waiting = self._closed, bool(self._fresh)
            if waiting:
                self._write()
            if closed:
                return

    def _write(self) -> None:
        """Adds what is new to what is kept; where that fails it stays, and counts all the same."""
        with self._writing:
            with self._changed:
                self._leaving, self._fresh = self._fresh, {}
            # The beginning of the month in the zone where it began first.
            first = (now() - timedelta(days=1)).date().replace(day=1)
            try:
                store = self._opened()
                kept = store.add(self._leaving, first) if self._leaving else store.since(first)
            except StorageError as error:
                if not self._failing:
                    _log.warning("counts of calls and traffic not kept: %s", error)
                with self._changed:
                    self._failing = self._loaded = True
                    for key, count in self._leaving.items():
                        self._fresh[key] = self._fresh.get(key, _NOTHING) + count
                    self._leaving = {}
                return
            with self._changed:
                self._failing, self._loaded = False, True
                self._kept, self._leaving = kept, {}

    def _opened(self) -> UsageStore:
        """The store, opened at first use; with the writer's lock held."""
        if self._store is None:
            self._store = self._open_store()
        return self._store


def _today(row: Vendor) -> date:
    return days.day_of(now(), row.zone or "UTC")


def _end_of(quota: Quota, today: date, zone: str) -> datetime:
    """When the period that today is in ends, where the vendor is."""
    last = today
    if quota.period == "month":
        last = days.month_days(today.year, today.month)[-1]
    return days.span_of(last, zone or "UTC").end
