"""Times near an anchor, and a naive model that knows every millisecond by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import Segment, SegmentKind, SegmentSet, Span

ANCHOR = datetime(2026, 11, 20, 8, 42, 49, tzinfo=UTC)
WIDTH = 60
"""Milliseconds the generated ranges lie in."""

Model = list[int | None]
"""The kind recorded in each millisecond after ANCHOR, None where nothing is."""


def at(ms: float) -> datetime:
    return ANCHOR + timedelta(milliseconds=ms)


def span(begin: float, end: float) -> Span:
    return Span(at(begin), at(end))


def segment(begin: int, end: int, kind: SegmentKind = SegmentKind.CONTINUOUS) -> Segment:
    return Segment(span=span(begin, end), kind=kind, store=Store.CLOUD)


def model_of(segments: list[Segment]) -> Model:
    model: Model = [None] * WIDTH
    for one in segments:
        begin = (one.span.begin - ANCHOR) // timedelta(milliseconds=1)
        end = (one.span.end - ANCHOR) // timedelta(milliseconds=1)
        for i in range(begin, end):
            before = model[i]
            model[i] = int(one.kind) if before is None else max(before, int(one.kind))
    return model


def model_of_set(found: SegmentSet) -> Model:
    return model_of(list(found.segments(Store.CLOUD)))


def runs(model: Model) -> list[tuple[int, int, int]]:
    """Neighbouring milliseconds of one kind as (begin, end, kind)."""
    found: list[tuple[int, int, int]] = []
    for i, kind in enumerate(model):
        if kind is None:
            continue
        if found and found[-1][1] == i and found[-1][2] == kind:
            found[-1] = (found[-1][0], i + 1, kind)
        else:
            found.append((i, i + 1, kind))
    return found


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begin = draw(st.integers(0, WIDTH))
    return span(begin, draw(st.integers(begin, WIDTH)))


@st.composite
def segments(draw: st.DrawFn, most: int = 8) -> list[Segment]:
    kinds = st.sampled_from(list(SegmentKind))
    return [
        Segment(span=one, kind=draw(kinds), store=Store.CLOUD)
        for one in draw(st.lists(spans(), max_size=most))
    ]
