"""Time to pixels and back; milliseconds since the epoch as float, so a frame is still exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vsconsole.domain.timeline import Span

FINEST = 1.0
"""Milliseconds a pixel when zoomed right in: a frame of 25 a second is then 40 pixels wide."""
WIDEST = 20 * 366 * 86_400_000.0
"""Milliseconds over the whole width when zoomed right out."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = 946_684_800_000.0
_MICRO = timedelta(microseconds=1)


def exact_ms(when: datetime) -> float:
    """Milliseconds since the epoch with their fraction."""
    return (when - _EPOCH) / _MICRO / 1000


def instant(ms: float) -> datetime:
    """The instant `ms` milliseconds after the epoch, to the microsecond."""
    return _EPOCH + timedelta(microseconds=round(ms * 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A stretch of time laid over `width` pixels that begin at `left`."""

    begin: float
    end: float
    left: float
    width: float

    @classmethod
    def of(cls, span: Span, left: float, width: float) -> Scale:
        """The scale that shows `span`; a width below one pixel counts as one."""
        return cls(
            begin=exact_ms(span.begin), end=exact_ms(span.end), left=left, width=max(1.0, width)
        )

    @property
    def ms_per_px(self) -> float:
        return (self.end - self.begin) / self.width

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def span(self) -> Span:
        return Span(instant(self.begin), instant(self.end))

    def x(self, ms: float) -> float:
        """The pixel of a time; outside of the scale where the time is."""
        return self.left + (ms - self.begin) / self.ms_per_px

    def x_of(self, when: datetime) -> float:
        """The pixel of an instant."""
        return self.x(exact_ms(when))

    def ms(self, x: float) -> float:
        """The time at a pixel."""
        return self.begin + (x - self.left) * self.ms_per_px

    def at(self, x: float) -> datetime:
        """The instant at a pixel."""
        return instant(self.ms(x))

    def zoomed(self, factor: float, x: float) -> Scale:
        """`factor` times as much time, the time at pixel `x` staying where it is."""
        shortest, longest = FINEST * self.width, WIDEST
        length = min(longest, max(shortest, (self.end - self.begin) * factor))
        anchor = self.ms(x)
        share = (x - self.left) / self.width
        begin = anchor - length * share
        return self._moved_to(begin, length)

    def panned(self, pixels: float) -> Scale:
        """The stretch `pixels` further right; to the left for a negative number."""
        return self._moved_to(self.begin + pixels * self.ms_per_px, self.end - self.begin)

    def centred(self, when: datetime, share: float = 0.5) -> Scale:
        """The same length with an instant at `share` of the width."""
        length = self.end - self.begin
        return self._moved_to(exact_ms(when) - length * share, length)

    def limited(self, latest: datetime) -> Scale:
        """The same, moved so that it touches the time between the year 2000 and `latest`."""
        length = min(WIDEST, max(FINEST * self.width, self.end - self.begin))
        # One tenth of the view stays in time that can hold recordings.
        begin = min(max(self.begin, _FIRST - length * 0.9), exact_ms(latest) - length * 0.1)
        return self._moved_to(begin, length)

    def _moved_to(self, begin: float, length: float) -> Scale:
        return Scale(begin=begin, end=begin + length, left=self.left, width=self.width)
