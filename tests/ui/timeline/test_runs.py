"""Tiles of runs show the same as the recordings they stand for."""

import math
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span, from_ms
from vsconsole.ui.timeline.runs import Budget, RunCache

BASE = 1_795_000_000_000

KINDS = [int(kind) for kind in SegmentKind if kind]


@st.composite
def sets(draw: st.DrawFn) -> SegmentSet:
    rows, at = [], BASE
    for _n in range(draw(st.integers(1, 40))):
        at += draw(st.integers(1, 200_000))
        end = at + draw(st.integers(1, 200_000))
        rows.append((at, end, draw(st.sampled_from(KINDS))))
        at = end
    return SegmentSet(rows)


def kind_at(stretches: list[tuple[int, int, SegmentKind]], ms: int) -> SegmentKind | None:
    return next((kind for begin, end, kind in stretches if begin <= ms < end), None)


@settings(deadline=None, max_examples=25)
@given(segments=sets(), per_px=st.floats(1, 50_000), shift=st.integers(-500_000, 500_000))
def test_what_was_recorded_is_shown_and_nothing_more_than_a_column_beside_it(
    segments: SegmentSet, per_px: float, shift: int
) -> None:
    cache = RunCache(segments)
    begin = BASE + shift
    end = begin + int(per_px * 900)
    found = list(cache.stretches(begin, end, per_px, Budget(60)))
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    for first, last, kind in segments.rows():
        for ms in (first, last - 1):
            if begin <= ms < end:
                shown = kind_at(found, ms)
                assert shown is not None
                assert shown >= kind
    column = 1 << math.floor(math.log2(per_px))
    for first, last, _kind in found:
        for low in (first, last - column):
            touched = Span(from_ms(low), from_ms(low + column))
            assert len(segments.clip(touched))


@settings(deadline=None, max_examples=25)
@given(segments=sets())
def test_a_budget_that_is_spent_shows_something_coarser_not_nothing(segments: SegmentSet) -> None:
    cache, budget = RunCache(segments), Budget(0)
    assert segments.bounds
    begin = BASE - 1_000_000
    end = int(segments.bounds.end.timestamp() * 1000) + 1_000_000
    rough = list(cache.stretches(begin, end, 10, budget))
    for first, last, _kind in segments.rows():
        assert kind_at(rough, first) is not None
        assert kind_at(rough, last - 1) is not None
    rounds = 0
    while True:
        again = Budget(0)
        cache.prepare(begin, end, 10, again)
        rounds += 1
        if not again.exceeded or rounds > 5000:
            break
    whole = Budget(0)
    fine = list(cache.stretches(begin, end, 10, whole))
    if rounds <= 90:
        # No more tiles than are kept, so nothing had to be made twice.
        assert not whole.exceeded
        assert fine == list(RunCache(segments).stretches(begin, end, 10, Budget(60)))


def test_a_month_looked_at_closely_keeps_few_tiles() -> None:
    rows = [(BASE + n * 60_000, BASE + n * 60_000 + 50_000, 1) for n in range(40_000)]
    cache = RunCache(SegmentSet(rows))
    for hour in range(0, 600, 3):
        begin = BASE + hour * 3_600_000
        assert list(cache.stretches(begin, begin + 3_600_000, 3_600, Budget(60)))
    assert len(cache._tiles) <= 96
    assert timedelta(milliseconds=rows[-1][1] - rows[0][0]).days >= 27
