"""Sets of recorded ranges against a model that looks at every millisecond."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.support import (
    ANCHOR,
    WIDTH,
    Model,
    at,
    model_of,
    model_of_set,
    runs,
    segment,
    segments,
    span,
    spans,
)
from vsconsole.domain.model import Store
from vsconsole.domain.timeline import (
    Run,
    Segment,
    SegmentKind,
    SegmentSet,
    Span,
    from_ms,
    to_ms,
)

LOW = to_ms(ANCHOR)


def rows(found: SegmentSet) -> list[tuple[int, int, int]]:
    return [(begin - LOW, end - LOW, kind) for begin, end, kind in found.rows()]


@given(segments())
def test_union_of_any_segments_is_the_highest_kind_of_each_millisecond(
    given_segments: list[Segment],
) -> None:
    found = SegmentSet.of(given_segments)
    assert rows(found) == runs(model_of(given_segments))
    assert found.seconds * 1000 == pytest.approx(
        sum(kind is not None for kind in model_of(given_segments))
    )
    assert len(found) == len(list(found.spans()))


@given(segments(), segments(), segments())
def test_union_of_sets(one: list[Segment], two: list[Segment], three: list[Segment]) -> None:
    union = SegmentSet.of(one).union(SegmentSet.of(two), SegmentSet.of(three))
    assert union == SegmentSet.of([*one, *two, *three])
    assert hash(union) == hash(SegmentSet.of([*three, *two, *one]))


def test_union_with_nothing_is_the_same() -> None:
    one = SegmentSet.of([segment(1, 5)])
    assert one.union() is one
    assert SegmentSet().union(one) is one
    assert len(SegmentSet().union(SegmentSet())) == 0


@given(st.lists(spans()), st.sampled_from(list(SegmentKind)))
def test_union_of_spans(given_spans: list[Span], kind: SegmentKind) -> None:
    found = SegmentSet.of_spans(given_spans, kind)
    assert found == SegmentSet.of(
        Segment(span=one, kind=kind, store=Store.CLOUD) for one in given_spans
    )


@given(segments(), spans())
def test_clip_without_and_gaps_share_out_the_span(
    given_segments: list[Segment], within: Span
) -> None:
    found = SegmentSet.of(given_segments)
    model = model_of(given_segments)
    low, high = to_ms(within.begin) - LOW, to_ms(within.end) - LOW
    inside: Model = [kind if low <= i < high else None for i, kind in enumerate(model)]
    outside: Model = [None if low <= i < high else kind for i, kind in enumerate(model)]
    assert model_of_set(found.clip(within)) == inside
    assert model_of_set(found.without(within)) == outside
    gaps = [i for gap in found.gaps(within) for i in range(to_ms(gap.begin), to_ms(gap.end))]
    assert gaps == [LOW + i for i in range(low, high) if model[i] is None]


@given(segments(), st.integers(-2, WIDTH + 2))
def test_looking_up_an_instant(given_segments: list[Segment], ms: int) -> None:
    found = SegmentSet.of(given_segments)
    listed = runs(model_of(given_segments))
    here = [span(begin, end) for begin, end, _kind in listed if begin <= ms < end]
    after = [span(begin, end) for begin, end, _kind in listed if begin > ms]
    before = [span(begin, end) for begin, end, _kind in listed if begin < ms]
    assert found.at(at(ms)) == (here[0] if here else None)
    assert found.covers(at(ms)) is bool(here)
    assert found.next_after(at(ms)) == (after[0] if after else None)
    assert found.previous_before(at(ms)) == (before[-1] if before else None)
    if here:
        assert found.snap(at(ms)) == at(ms)
    else:
        assert found.snap(at(ms)) == (after[0].begin if after else None)


@given(segments(), st.integers(0, 10))
def test_joined_closes_short_gaps_only(given_segments: list[Segment], tolerance: int) -> None:
    found = SegmentSet.of(given_segments)
    joined = found.joined(timedelta(milliseconds=tolerance))
    expected: list[tuple[int, int, int]] = []
    for begin, end, _kind in runs(model_of(given_segments)):
        if expected and begin - expected[-1][1] <= tolerance:
            expected[-1] = (expected[-1][0], end, 1)
        else:
            expected.append((begin, end, 1))
    assert rows(joined) == expected


@given(segments())
def test_bounds_and_segments(given_segments: list[Segment]) -> None:
    found = SegmentSet.of(given_segments)
    listed = list(found.segments(Store.DEVICE))
    if listed:
        assert found.bounds == Span(listed[0].span.begin, listed[-1].span.end)
        assert {one.store for one in listed} == {Store.DEVICE}
    else:
        assert found.bounds is None


def columns_of(model: Model, low: int, high: int, columns: int) -> list[SegmentKind | None]:
    """The highest kind in each column; a column is a half-open stretch of real numbers."""
    found: list[SegmentKind | None] = []
    for column in range(columns):
        left = low + column * (high - low) / columns
        right = low + (column + 1) * (high - low) / columns
        kinds = [
            kind for i, kind in enumerate(model) if kind is not None and i < right and i + 1 > left
        ]
        found.append(SegmentKind(max(kinds)) if kinds else None)
    return found


def painted(coarse: list[Run], columns: int) -> list[SegmentKind | None]:
    found: list[SegmentKind | None] = [None] * columns
    for first, last, kind in coarse:
        for column in range(first, last):
            assert found[column] is None, "a column is painted once"
            found[column] = kind
    return found


@given(segments(most=20), spans(), st.sampled_from([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 60]))
@example([segment(0, 60), segment(30, 31, SegmentKind.ALARM)], span(0, 60), 6)
def test_coarsen_paints_what_a_look_at_every_millisecond_would(
    given_segments: list[Segment], within: Span, columns: int
) -> None:
    found = SegmentSet.of(given_segments)
    low, high = to_ms(within.begin) - LOW, to_ms(within.end) - LOW
    coarse = found.coarsen(within, columns)
    if low == high:
        assert coarse == []
        return
    assert painted(coarse, columns) == columns_of(model_of(given_segments), low, high, columns)
    for run in coarse:
        assert 0 <= run.first < run.last <= columns
    for one, following in pairwise(coarse):
        assert one.last < following.first or one.kind != following.kind


@given(segments(most=12), st.integers(1, 200))
def test_coarsen_loses_no_segment_however_short(
    given_segments: list[Segment], columns: int
) -> None:
    found = SegmentSet.of(given_segments)
    colours = painted(found.coarsen(span(0, WIDTH), columns), columns)
    for begin, end, kind in rows(found):
        first = int(begin * columns / WIDTH)
        last = max(first + 1, int(end * columns / WIDTH))
        for column in range(first, min(last, columns)):
            painted_kind = colours[column]
            assert painted_kind is not None
            assert painted_kind >= kind


def test_coarsen_of_nothing_is_nothing() -> None:
    assert SegmentSet().coarsen(span(0, 60), 10) == []
    assert SegmentSet.of([segment(0, 5)]).coarsen(span(0, 60), 0) == []
    assert SegmentSet.of([segment(0, 5)]).coarsen(span(5, 60), 10) == []
    assert SegmentSet.of([segment(50, 60)]).coarsen(span(0, 50), 10) == []


def test_coarsen_finds_one_alarm_among_ten_thousand_segments_of_a_column() -> None:
    random.seed(3)
    dense = [(LOW + i * 2, LOW + i * 2 + 1, 1) for i in range(10_000)]
    place = random.randrange(10_000)
    dense[place] = (*dense[place][:2], int(SegmentKind.ALARM))
    found = SegmentSet(dense)
    assert found.coarsen(span(0, 20_000), 1) == [Run(0, 1, SegmentKind.ALARM)]
    # The index over kinds is made once and used again.
    assert found.coarsen(span(-5, 20_005), 1) == [Run(0, 1, SegmentKind.ALARM)]
    half = found.coarsen(span(0, 20_000), 2)
    assert [run.kind for run in half].count(SegmentKind.ALARM) == 1


def test_comparing_with_something_else() -> None:
    assert SegmentSet() != 3
    assert SegmentSet.of([segment(0, 5)]) != SegmentSet.of([segment(0, 6)])
    assert repr(SegmentSet.of([segment(0, 5)])) == "SegmentSet(1 segments)"


def test_milliseconds_both_ways() -> None:
    assert to_ms(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1000
    assert from_ms(to_ms(ANCHOR)) == ANCHOR
    assert to_ms(ANCHOR + timedelta(microseconds=999)) == to_ms(ANCHOR)
    assert to_ms(datetime(1969, 12, 31, 23, 59, 59, 999_500, tzinfo=UTC)) == -1


def test_spans() -> None:
    one = span(10, 20)
    assert one.seconds == pytest.approx(0.01)
    assert at(10) in one
    assert at(20) not in one
    assert not one.empty
    assert span(5, 5).empty
    assert one.overlaps(span(19, 30))
    assert not one.overlaps(span(20, 30))
    assert one.clip(span(20, 30)) is None
    assert one.clip(span(15, 30)) == span(15, 20)
    assert list(span(0, 25).pieces(timedelta(milliseconds=10))) == [
        span(0, 10),
        span(10, 20),
        span(20, 25),
    ]
    with pytest.raises(ValueError, match="aware"):
        Span(datetime(2026, 11, 20), ANCHOR)
    with pytest.raises(ValueError, match="aware"):
        Span(ANCHOR, datetime(2026, 11, 20))
    with pytest.raises(ValueError, match="before it begins"):
        span(20, 10)
