"""What is known of a range of recordings, and how somebody looks at it while it is loaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from vsconsole.domain import cancel, days
from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.domain.model import Channel, Store
from vsconsole.domain.timeline import SegmentSet, Span

if TYPE_CHECKING:
    from vsconsole.services.footage import Footage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is known of a range; unknown, loading and failed parts are cut at midnights, in order.

    The future is none of them. `unknown` holds what was not asked yet, or was called off.
    """

    span: Span
    segments: SegmentSet
    unknown: tuple[Span, ...] = ()
    loading: tuple[Span, ...] = ()
    failed: Mapping[Span, ConsoleError] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everything up to now is known."""
        return not (self.unknown or self.loading or self.failed)


class Load:
    """One range being loaded for one view of it; thread-safe."""

    def __init__(
        self,
        footage: Footage,
        channel: Channel,
        store: Store,
        span: Span,
        on_change: Callable[[Load], object] | None,
    ) -> None:
        self.channel = channel
        self.store = store
        self.span = span
        self._footage = footage
        self._on_change = on_change
        self._changed = threading.Condition()
        self._told = False
        self._pending = 0
        self.cancelled = False

    @property
    def done(self) -> bool:
        """Whether nothing more comes: all is known, failed, or called off."""
        return self.cancelled or not self._pending

    def coverage(self) -> Coverage:
        """What is known now, from memory. After it, the next change is told again."""
        self._told = False
        return self._footage.coverage(self.channel, self.store, self.span)

    def cancel(self) -> None:
        """Nobody looks any more: queries that nobody else waits for are called off."""
        with self._changed:
            self.cancelled = True
            self._changed.notify_all()
        self._footage.leave(self)

    def wait(self, timeout: float | None = None) -> Coverage:
        """Waits until done; builtin TimeoutError when late, Cancelled with the present work."""
        try:
            cancel.wait_for(self._changed, lambda: self.done, timeout)
        except Cancelled:
            self.cancel()
            raise
        return self.coverage()

    def count(self, change: int) -> None:
        """For Footage: so many more (or fewer) queries are waited for."""
        with self._changed:
            self._pending += change
            self._changed.notify_all()

    def tell(self) -> None:
        """For Footage: tells of a change, unless an earlier one was not looked at yet."""
        with self._changed:
            if self.cancelled or self._told or self._on_change is None:
                return
            self._told = True
        try:
            self._on_change(self)
        except Exception:  # noqa: BLE001 - a fault here must not take the caller down
            _log.exception("a view of coverage failed")


class Month:
    """One month of one channel over all its stores, for a calendar."""

    def __init__(self, channel: Channel, year: int, month: int) -> None:
        self.channel = channel
        self.days = days.month_days(year, month)
        self.loads: tuple[Load, ...] = ()

    @property
    def span(self) -> Span:
        """The whole month in the channel's zone."""
        zone = self.channel.zone
        return Span(days.span_of(self.days[0], zone).begin, days.span_of(self.days[-1], zone).end)

    @property
    def done(self) -> bool:
        return all(load.done for load in self.loads)

    def marked(self) -> frozenset[date]:
        """The days known to hold at least one second of footage in any store."""
        found: set[date] = set()
        for load in self.loads:
            segments = load.coverage().segments
            found |= days.days_with_footage(segments, self.days, self.channel.zone)
        return frozenset(found)

    def failed(self) -> dict[date, ConsoleError]:
        """The days that could not be asked for in some store, and why."""
        return {
            days.day_of(span.begin, self.channel.zone): error
            for load in self.loads
            for span, error in load.coverage().failed.items()
        }

    def cancel(self) -> None:
        for load in self.loads:
            load.cancel()
