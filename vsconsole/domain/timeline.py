"""Ranges of time and sets of recorded segments; instants are aware UTC, ranges half-open."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from vsconsole.domain.model import Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(when: datetime) -> int:
    """Milliseconds since the epoch of an aware instant, rounded down."""
    return (when - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The aware UTC instant `ms` milliseconds after the epoch."""
    return _EPOCH + timedelta(milliseconds=ms)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of time [begin, end); ValueError where end is before begin."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.begin.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware times")
        if self.end < self.begin:
            raise ValueError("a span cannot end before it begins")

    @property
    def seconds(self) -> float:
        return (self.end - self.begin).total_seconds()

    @property
    def empty(self) -> bool:
        return self.end == self.begin

    def __contains__(self, when: datetime) -> bool:
        return self.begin <= when < self.end

    def overlaps(self, other: Span) -> bool:
        return self.begin < other.end and other.begin < self.end

    def clip(self, other: Span) -> Span | None:
        """The part both have, None where they share none."""
        begin, end = max(self.begin, other.begin), min(self.end, other.end)
        return Span(begin, end) if begin < end else None

    def pieces(self, length: timedelta) -> Iterator[Span]:
        """Consecutive parts no longer than `length`."""
        begin = self.begin
        while begin < self.end:
            end = min(begin + length, self.end)
            yield Span(begin, end)
            begin = end


class SegmentKind(IntEnum):
    """Why it was recorded. A higher one is drawn over, and wins an overlap with, a lower one."""

    UNKNOWN = 0
    CONTINUOUS = 1
    BACKUP = 2
    MANUAL = 3
    EVENT = 4
    ALARM = 5


_KINDS = tuple(SegmentKind)
"""By their numbers: asking the class for each costs more than all else of a look at a lane."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Segment:
    """A recorded range on one channel, in one store."""

    span: Span
    kind: SegmentKind = SegmentKind.CONTINUOUS
    store: Store = Store.CLOUD


class Run(NamedTuple):
    """Neighbouring pixel columns [first, last) that show the same kind."""

    first: int
    last: int
    kind: SegmentKind


class SegmentSet:
    """Recorded ranges, sorted and without overlap; immutable; millisecond precision.

    Kept as three flat arrays, so a million segments cost some 17 MB and a lookup is a bisection.
    """

    __slots__ = ("_begins", "_ends", "_kinds", "_of_kind")

    def __init__(self, rows: Iterable[tuple[int, int, int]] = ()) -> None:
        """Takes sorted rows (begin ms, end ms, kind) without overlap; use `of` for any others."""
        self._begins = array("q")
        self._ends = array("q")
        self._kinds = array("b")
        for begin, end, kind in rows:
            self._begins.append(begin)
            self._ends.append(end)
            self._kinds.append(kind)
        self._of_kind: dict[int, array[int]] | None = None

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> SegmentSet:
        """The union of any segments: overlaps go to the higher kind, touching equals are joined."""
        return cls(
            _flatten((to_ms(s.span.begin), to_ms(s.span.end), int(s.kind)) for s in segments)
        )

    @classmethod
    def of_spans(
        cls, spans: Iterable[Span], kind: SegmentKind = SegmentKind.CONTINUOUS
    ) -> SegmentSet:
        """The union of spans, all of one kind."""
        return cls(_flatten((to_ms(s.begin), to_ms(s.end), int(kind)) for s in spans))

    def __len__(self) -> int:
        return len(self._begins)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SegmentSet):
            return NotImplemented
        return (
            self._begins == other._begins
            and self._ends == other._ends
            and self._kinds == other._kinds
        )

    def __hash__(self) -> int:
        return hash((self._begins.tobytes(), self._ends.tobytes(), self._kinds.tobytes()))

    def __repr__(self) -> str:
        return f"SegmentSet({len(self)} segments)"

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """Begin ms, end ms and kind of each, in order."""
        return zip(self._begins, self._ends, self._kinds, strict=True)

    def spans(self) -> Iterator[Span]:
        """Each recorded range in order; neighbours of different kinds stay apart."""
        for begin, end in zip(self._begins, self._ends, strict=True):
            yield Span(from_ms(begin), from_ms(end))

    def segments(self, store: Store) -> Iterator[Segment]:
        """Each as a Segment of `store`, in order."""
        for begin, end, kind in self.rows():
            span = Span(from_ms(begin), from_ms(end))
            yield Segment(span=span, kind=SegmentKind(kind), store=store)

    @property
    def bounds(self) -> Span | None:
        """From the first begin to the last end; None where empty."""
        if not self._begins:
            return None
        return Span(from_ms(self._begins[0]), from_ms(self._ends[-1]))

    @property
    def seconds(self) -> float:
        """How much is recorded in all."""
        return (sum(self._ends) - sum(self._begins)) / 1000

    def union(self, *others: SegmentSet) -> SegmentSet:
        """What any of them has."""
        sets = [one for one in (self, *others) if len(one)]
        if len(sets) <= 1:
            return sets[0] if sets else self
        return SegmentSet(_flatten(row for one in sets for row in one.rows()))

    def joined(self, tolerance: timedelta = timedelta(0)) -> SegmentSet:
        """Kinds forgotten, ranges at most `tolerance` apart made one: what plays through."""
        slack = tolerance // _MS
        rows: list[tuple[int, int, int]] = []
        for begin, end in zip(self._begins, self._ends, strict=True):
            if rows and begin - rows[-1][1] <= slack:
                rows[-1] = (rows[-1][0], end, int(SegmentKind.CONTINUOUS))
            else:
                rows.append((begin, end, int(SegmentKind.CONTINUOUS)))
        return SegmentSet(rows)

    def clip(self, span: Span) -> SegmentSet:
        """The parts inside `span`."""
        low, high = to_ms(span.begin), to_ms(span.end)
        first = bisect_right(self._ends, low)
        last = bisect_left(self._begins, high)
        return SegmentSet(
            (max(self._begins[i], low), min(self._ends[i], high), self._kinds[i])
            for i in range(first, last)
        )

    def without(self, span: Span) -> SegmentSet:
        """The parts outside `span`."""
        low, high = to_ms(span.begin), to_ms(span.end)
        rows: list[tuple[int, int, int]] = []
        for begin, end, kind in self.rows():
            if begin < min(end, low):
                rows.append((begin, min(end, low), kind))
            if max(begin, high) < end:
                rows.append((max(begin, high), end, kind))
        return SegmentSet(rows)

    def gaps(self, span: Span) -> list[Span]:
        """The parts of `span` that nothing covers, in order."""
        at, high = to_ms(span.begin), to_ms(span.end)
        found: list[Span] = []
        for i in range(bisect_right(self._ends, at), bisect_left(self._begins, high)):
            if self._begins[i] > at:
                found.append(Span(from_ms(at), from_ms(self._begins[i])))
            at = self._ends[i]
        if at < high:
            found.append(Span(from_ms(at), from_ms(high)))
        return found

    def at(self, when: datetime) -> Span | None:
        """The recorded range that holds `when`; None in a gap."""
        ms = to_ms(when)
        i = bisect_right(self._begins, ms) - 1
        if i < 0 or self._ends[i] <= ms:
            return None
        return self._span(i)

    def covers(self, when: datetime) -> bool:
        return self.at(when) is not None

    def next_after(self, when: datetime) -> Span | None:
        """The first range that begins after `when`; None where there is none."""
        i = bisect_right(self._begins, to_ms(when))
        return self._span(i) if i < len(self) else None

    def previous_before(self, when: datetime) -> Span | None:
        """The last range that begins before `when`; None where there is none."""
        i = bisect_left(self._begins, to_ms(when)) - 1
        return self._span(i) if i >= 0 else None

    def snap(self, when: datetime) -> datetime | None:
        """`when` itself where it is recorded, else the next range's begin; None after the last."""
        if self.covers(when):
            return when
        following = self.next_after(when)
        return following.begin if following else None

    def coarsen(self, span: Span, columns: int) -> list[Run]:
        """What `columns` pixels over `span` show, as runs of the highest kind in each column.

        A segment shorter than a column still colours it, so that no recording is lost to the eye;
        the cost grows with the smaller of columns and segments.
        """
        if columns <= 0 or span.empty or not self._begins:
            return []
        low, high = to_ms(span.begin), to_ms(span.end)
        scale = (high - low) / columns
        begins, ends, kinds, count = self._begins, self._ends, self._kinds, len(self._begins)
        runs: list[Run] = []
        since, until, shown = 0, 0, -1
        i = 0
        while until < columns:
            i = bisect_right(ends, low + until * scale, i)
            if i >= count or begins[i] >= high:
                break
            begin = begins[i]
            first, last = int((begin - low) / scale), int((ends[i] - low) / scale)
            if first < until:
                first = until
            kind = kinds[i]
            if last <= first + 1 or begin > low + first * scale:
                last = first + 1
                right = low + last * scale
                if i + 1 < count and begins[i + 1] < right:
                    kind = self._highest(i, right)
            elif last > columns:
                last = columns
            if first != until or kind != shown:
                if since < until:
                    runs.append(Run(since, until, _KINDS[shown]))
                since, shown = first, kind
            until = last
        if since < until:
            runs.append(Run(since, until, _KINDS[shown]))
        return runs

    def _highest(self, first: int, right: float) -> int:
        """The highest kind among the segments from `first` that begin before `right` (ms)."""
        last = bisect_left(self._begins, right, first)
        if last - first <= 8:
            return max(self._kinds[first:last])
        return next(
            kind
            for kind, places in self._by_kind().items()
            if bisect_left(places, first) < bisect_left(places, last)
        )

    def _by_kind(self) -> dict[int, array[int]]:
        """Positions of each kind, highest kind first; built when first needed."""
        if self._of_kind is None:
            found: dict[int, array[int]] = {
                int(kind): array("q") for kind in sorted(SegmentKind, reverse=True)
            }
            for i, kind in enumerate(self._kinds):
                found[kind].append(i)
            self._of_kind = found
        return self._of_kind

    def _span(self, i: int) -> Span:
        return Span(from_ms(self._begins[i]), from_ms(self._ends[i]))


def _flatten(rows: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Sorted rows without overlap from any rows; sweeps once, highest kind wins."""
    ordered: Sequence[tuple[int, int, int]] = sorted(row for row in rows if row[0] < row[1])
    edges: list[tuple[int, int, int]] = []
    flat = True
    for i, (begin, end, kind) in enumerate(ordered):
        flat = flat and (i == 0 or ordered[i - 1][1] <= begin)
        edges.append((begin, 1, kind))
        edges.append((end, -1, kind))
    if flat:
        return _join(ordered)
    edges.sort(key=lambda edge: edge[0])
    open_kinds = [0] * len(SegmentKind)
    found: list[tuple[int, int, int]] = []
    since, top = 0, -1
    for when, step, kind in edges:
        if top >= 0 and since < when:
            found.append((since, when, top))
        open_kinds[kind] += step
        if step > 0:
            top = max(top, kind)
        else:
            while top >= 0 and not open_kinds[top]:
                top -= 1
        since = when
    return _join(found)


def _join(rows: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for begin, end, kind in rows:
        if found and found[-1][1] == begin and found[-1][2] == kind:
            found[-1] = (found[-1][0], end, kind)
        else:
            found.append((begin, end, kind))
    return found
