"""Whose turn it is among an account's channels, when the next may be asked, and how it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from vsconsole.domain.model import Channel, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.services.usage_words import wait_text

if TYPE_CHECKING:
    from vsconsole.services.events import Refresh
    from vsconsole.services.usage import Level

SPACING = 2.0
"""Seconds between two questions of an account, at least."""
PAUSE = 5.0
"""Seconds between them on average; an adapter whose vendor allows less has an `event_pause`."""
BURST = 8
"""So many may be ahead of the average, so that what is on screen is known soon."""
FRESH_SHOWN = 10.0
FRESH = 60.0
"""Seconds for which a channel is not asked again, on screen and elsewhere."""
IDLE = 1.0
"""Seconds until an account of which all is fresh is looked at again."""
REST = 600.0
"""Seconds for which what cannot be asked is left alone: a channel, or a whole account."""

_LOOK_BACK = timedelta(days=1)
_OVERLAP = timedelta(minutes=10)
_WHOLE_EVERY = 3600.0
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


class Turns:
    """The questions to one account, one at a time; guarded by the poller's lock."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.channels: dict[Key, Channel] | None = None
        """Those that report events; None until the tree is read, and when it is another one."""
        self.pause = PAUSE
        self.limit: Level | None = None
        """The limit of calls that is near: what nobody asked for waits."""
        self.not_before = 0.0
        self.begun = 0.0
        self.busy = False
        self.refresh: Refresh | None = None
        self.problem: ConsoleError | None = None
        self._resumes: datetime | None = None
        self._failures = 0
        self._order: deque[Key] = deque()
        self._asked: dict[Key, datetime] = {}
        self._tried: dict[Key, float] = {}
        self._whole: dict[Key, float] = {}
        self._resting: dict[Key, float] = {}
        self._failed: set[Key] = set()
        self._wishes: dict[Key, Span] = {}
        self._looked: dict[Key, list[Span]] = {}
        self._demanded: set[Key] = set()
        self._turn = 0
        self._ahead = 0.0
        self._last = -SPACING

    # What is wanted of it

    def wish(self, channel: Key, span: Span) -> bool:
        """Somebody looks at `span`; whether it is to be asked, because it was not yet."""
        if any(_covers(one, span) for one in self._looked.get(channel, ())):
            self._wishes.pop(channel, None)
            return False
        self._wishes[channel] = span
        return True

    def demand(self) -> None:
        """Every channel once, now: waits after failures end, and no limit holds it up."""
        self.not_before = 0.0
        self.problem = self._resumes = None
        self._failures = 0
        self._resting.clear()
        self._tried.clear()
        self._demanded = set(self.channels or ())

    def list_anew(self) -> None:
        """Its tree is another one."""
        self.channels = None
        self._order.clear()
        if self.problem is None:
            self.not_before = 0.0

    # Before a question

    def ready(self) -> float:
        """The monotonic time from which it may be asked."""
        paced = self._ahead - (BURST - 1) * self.pause
        return max(self.not_before, self._last + SPACING, paced)

    def book(self, at: float) -> None:
        """A question goes out."""
        self._last = self.begun = at
        self._ahead = max(self._ahead, at) + self.pause
        self.busy = True
        self._turn += 1

    def unbook(self) -> None:
        """There was nothing to ask: nothing was sent, so nothing counts."""
        self._ahead -= self.pause
        self.busy = False
        self.not_before = max(self.not_before, monotonic() + IDLE)
        # None of a tree that has changed meanwhile, which is read next.
        if self.channels is not None and not self.channels:
            self.not_before = monotonic() + FRESH

    def take_channels(self, found: dict[Key, Channel], asked: Mapping[Key, datetime]) -> None:
        """What its tree has, and when each was asked: first those never, then the longest ago."""
        self.channels = found
        self.take_asked(asked)
        ages = {key: when.timestamp() for key, when in self._asked.items()}
        self._order = deque(sorted(found, key=lambda key: ages.get(key, 0.0)))

    def take_asked(self, asked: Mapping[Key, datetime]) -> None:
        """When each channel was asked."""
        if self.channels is not None:
            self._asked = {key: when for key, when in asked.items() if key in self.channels}

    def choose(self, on_screen: Iterable[Key]) -> tuple[Channel, Span] | None:
        """Which channel is asked now, about what; None where all is fresh."""
        channels, at = self.channels or {}, monotonic()
        found = self._wished(channels, at)
        if found is None:
            shown = [key for key in on_screen if key in channels]
            key = self._next_demanded(shown) if self.limit is not None else self._due(shown, at)
            found = None if key is None else (key, self._span(key, at))
        if found is None:
            return None
        key, span = found
        self._tried[key] = at
        return channels[key], span

    def _wished(self, channels: Container[Key], at: float) -> tuple[Key, Span] | None:
        """The newest wish: that is what somebody looks at now."""
        while self._wishes:
            key, span = self._wishes.popitem()
            if key in channels and self._resting.get(key, 0.0) <= at:
                return key, span
        return None

    def _next_demanded(self, shown: list[Key]) -> Key | None:
        """What was asked for by hand and is left of it, what is on screen first."""
        for key in (*shown, *self._order):
            if key in self._demanded:
                self._demanded.discard(key)
                return key
        return None

    def _due(self, shown: list[Key], at: float) -> Key | None:
        """What is on screen most often, and now and then one of the others."""
        self._demanded.clear()
        due = [key for key in shown if self._is_due(key, FRESH_SHOWN, at)]
        due.sort(key=lambda key: self._tried.get(key, -1.0))
        other = None if due and self._turn % 3 else self._other(set(shown), at)
        return other or (due[0] if due else None)

    def _other(self, shown: set[Key], at: float) -> Key | None:
        """The channel that waits longest of those nobody looks at."""
        for _turn in range(len(self._order)):
            key = self._order[0]
            if key in shown or self._resting.get(key, 0.0) > at:
                self._order.rotate(-1)
            elif self._is_due(key, FRESH, at):
                self._order.rotate(-1)
                return key
            else:
                # All that follow were asked later.
                return None
        return None

    def _is_due(self, key: Key, fresh: float, at: float) -> bool:
        if self._resting.get(key, 0.0) > at:
            return False
        tried = self._tried.get(key)
        return tried is None or at - tried >= fresh

    def _span(self, key: Key, at: float) -> Span:
        """Since the channel was last asked; now and then a whole day, for what is told late."""
        end = now()
        asked = self._asked.get(key)
        whole = self._whole.get(key)
        if asked is None or whole is None or at - whole >= _WHOLE_EVERY:
            self._whole[key] = at
            return Span(end - _LOOK_BACK, end)
        return Span(max(asked - _OVERLAP, end - _LOOK_BACK), end)

    # After a question

    def looked_at(self, channel: Key, span: Span) -> None:
        """All of `span` was asked."""
        self._looked[channel] = _with(self._looked.get(channel, []), span)

    def end(self, key: Key | None, error: ConsoleError | None) -> None:
        """Notes how a question ended, and when the next may follow."""
        self.busy = False
        self.refresh = None
        if error is None or isinstance(error, Cancelled):
            self._failures, self.problem, self._resumes = 0, None, None
            if key is not None:
                self._failed.discard(key)
        elif isinstance(error, _ACCOUNT):
            delay = delay_after(error, self._failures)
            self._failures += 1
            self.problem = error
            self.not_before = monotonic() + delay
            self._resumes = now() + timedelta(seconds=delay)
            if key is not None:
                self._whole.pop(key, None)
        elif key is not None:
            self._failed.add(key)
            self._whole.pop(key, None)
            if isinstance(error, Unsupported | NotFound | PermissionDenied | AccountError):
                self._resting[key] = monotonic() + REST

    def standing(self) -> Standing:
        """How well its events are known."""
        channels: Mapping[Key, Channel] = self.channels or {}
        asked = [when for key, when in self._asked.items() if key in channels]
        problem, resumes = self.problem, self._resumes
        if problem is None and self.limit is not None and channels:
            problem, resumes = QuotaExceeded(wait_text(self.limit)), self.limit.until
        return Standing(
            account=self.id,
            channels=len(channels),
            unasked=len(channels) - len(asked),
            since=min(asked, default=None),
            failed=len(self._failed),
            problem=problem,
            resumes=resumes,
        )


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
