"""Tiles of runs show the same as the recordings they stand for."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span, from_ms
from vsconsole.ui.timeline.raster import Raster, grid
from vsconsole.ui.timeline.runs import Budget, RunCache
from vsconsole.ui.timeline.scale import Scale

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


def shown(segments: SegmentSet, begin: int, per_px: float, budget: float = 60) -> list[int]:
    """The colours of 900 pixels from `begin` on; 0 where nothing is shown."""
    scale = Scale(begin=begin, end=begin + per_px * 900, left=0, width=900)
    raster = Raster(scale, QRectF(0, 0, 900, 8), 1.0)
    image = raster.row(RunCache(segments), Store.CLOUD, 8, 0, Budget(budget))
    return [image.pixel(x - raster.left, 0) if image else 0 for x in range(900)]


@settings(deadline=None, max_examples=25)
@given(segments=sets(), per_px=st.floats(1, 50_000), shift=st.integers(-500_000, 500_000))
def test_what_was_recorded_is_shown_and_nothing_more_than_a_pixel_beside_it(
    segments: SegmentSet, per_px: float, shift: int
) -> None:
    begin = BASE + shift
    colours = shown(segments, begin, per_px)
    for first, last, _kind in segments.rows():
        for ms in (first, last - 1):
            pixel = int((ms - begin) / per_px)
            if ms - begin >= 0 and pixel < 899:
                # A column that begins in a pixel is in that one or in the next, if there is one.
                assert any(colours[pixel : pixel + 2]), "a recording is not seen"
    for pixel, colour in enumerate(colours):
        if colour:
            # A pixel's width for rounding to columns, another for reasons that are made wide.
            low, high = begin + (pixel - 2) * per_px, begin + (pixel + 2) * per_px
            assert len(segments.clip(Span(from_ms(int(low)), from_ms(int(high) + 1))))


def test_a_reason_to_record_is_seen_however_short_and_over_what_is_ordinary() -> None:
    hour = 3_600_000
    middle = BASE + 5 * hour
    ordinary = SegmentSet([(BASE, BASE + 10 * hour, int(SegmentKind.CONTINUOUS))])
    segments = ordinary.union(SegmentSet([(middle, middle + 40, int(SegmentKind.ALARM))]))
    colours = shown(segments, BASE, 10 * hour / 900)
    plain = max(set(colours), key=colours.count)
    other = [x for x, colour in enumerate(colours) if colour != plain]
    assert other == [450, 451]


def test_a_budget_that_is_spent_shows_something_coarser_not_nothing() -> None:
    rows = [(BASE + n * 60_000, BASE + n * 60_000 + 30_000, 1) for n in range(300)]
    segments = SegmentSet(rows)
    rough = shown(segments, BASE, 20_000, budget=0)
    assert all(rough[int((first - BASE) / 20_000)] for first, _last, _kind in rows)
    cache, rounds = RunCache(segments), 0
    scale = Scale(begin=BASE, end=BASE + 20_000 * 900, left=0, width=900)
    level, tiles = grid(scale, 1.0)
    again = Budget(0)
    while rounds < 50 and (cache.prepare(level, tiles, again) or again.exceeded):
        again, rounds = Budget(0), rounds + 1
    whole = Budget(0)
    fine = cache.columns(level, tiles, whole)
    assert not whole.exceeded
    assert fine == RunCache(segments).columns(level, tiles, Budget(60))


def test_a_month_looked_at_closely_keeps_few_tiles() -> None:
    rows = [(BASE + n * 60_000, BASE + n * 60_000 + 50_000, 1) for n in range(40_000)]
    cache = RunCache(SegmentSet(rows))
    for hour in range(0, 600, 3):
        begin = BASE + hour * 3_600_000
        level, tiles = grid(Scale(begin=begin, end=begin + 3_600_000, left=0, width=1000), 1.0)
        assert any(cache.columns(level, tiles, Budget(60)))
    assert len(cache._tiles) <= 96
    assert timedelta(milliseconds=rows[-1][1] - rows[0][0]).days >= 27
