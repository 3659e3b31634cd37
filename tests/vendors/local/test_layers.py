"""Overlapping files laid over the clock, against a model that looks at every second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.vendors.local.layers import Recording, clipped, lay

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
WIDTH = 30


def at(second: int) -> datetime:
    return BEGIN + timedelta(seconds=second)


def recording(number: int, begin: int, end: int) -> Recording:
    return Recording(
        path=(f"{number:03}",),
        span=Span(at(begin), at(end)),
        kind=SegmentKind.CONTINUOUS,
        estimated=False,
    )


ranges = st.tuples(st.integers(0, WIDTH), st.integers(0, WIDTH)).map(sorted)


@given(st.lists(ranges, max_size=8))
@example([[0, 10], [2, 4], [3, 6], [0, 2]])
def test_at_every_second_the_file_that_began_last_shows(
    given_ranges: list[list[int]],
) -> None:
    recordings = [recording(i, *one) for i, one in enumerate(given_ranges)]
    pieces = lay(reversed(recordings))
    for one, following in pairwise(pieces):
        assert one.span.end <= following.span.begin
    for second in range(WIDTH):
        here = [piece for piece in pieces if at(second) in piece.span]
        covering = [each for each in recordings if at(second) in each.span]
        assert len(here) == (1 if covering else 0)
        if covering:
            last = max(covering, key=lambda each: (each.span.begin, each.span.end, each.path))
            assert here[0].recording == last
            into = (at(second) - here[0].span.begin).total_seconds()
            assert here[0].media + into == (at(second) - last.span.begin).total_seconds()


def test_a_file_goes_on_after_one_in_its_middle() -> None:
    long, short = recording(1, 0, 30), recording(2, 10, 20)
    found = [(piece.recording, piece.media, piece.span) for piece in lay([long, short])]
    assert found == [
        (long, 0.0, Span(at(0), at(10))),
        (short, 0.0, Span(at(10), at(20))),
        (long, 20.0, Span(at(20), at(30))),
    ]


def test_clipping_moves_into_the_file() -> None:
    (piece,) = clipped(lay([recording(1, 0, 30)]), Span(at(5), at(7)))
    assert (piece.media, piece.span) == (5.0, Span(at(5), at(7)))
    assert clipped(lay([recording(1, 0, 3)]), Span(at(5), at(7))) == []
