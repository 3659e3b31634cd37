"""Clips in order, and maps of time that lead to the same moment both ways."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.support import ANCHOR, at, span
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback, Stretch, TimeMap
from vsconsole.domain.timeline import Span

MS = timedelta(milliseconds=1)


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    """Stretches with gaps in the clock, the media's, both or neither; whole milliseconds."""
    found = []
    begin, media = 0, draw(st.integers(0, 10_000))
    for _ in range(draw(st.integers(1, 6))):
        begin += draw(st.one_of(st.just(0), st.integers(0, 600_000)))
        media += draw(st.one_of(st.just(0), st.integers(0, 10_000)))
        length = draw(st.integers(1, 60_000))
        found.append(Stretch(at(begin), media / 1000, length / 1000))
        begin += length
        media += length
    return found


@given(stretches(), st.data())
def test_a_recorded_moment_comes_back_from_its_media_second(
    given_stretches: list[Stretch], data: st.DataObject
) -> None:
    time_map = TimeMap(given_stretches)
    stretch = data.draw(st.sampled_from(given_stretches))
    into = data.draw(st.integers(0, int(stretch.seconds * 1000) - 1)) / 1000
    when = stretch.begin + timedelta(seconds=into)
    assert time_map.media_at(when) == pytest.approx(stretch.media + into, abs=1e-6)
    assert abs(time_map.wall_at(time_map.media_at(when)) - when) <= MS


@given(stretches(), st.integers(-100_000, 5_000_000), st.integers(0, 20_000_000))
def test_both_ways_never_go_back(given_stretches: list[Stretch], ms: int, more: int) -> None:
    time_map = TimeMap(given_stretches)
    assert time_map.media_at(at(ms)) <= time_map.media_at(at(ms + more)) + 1e-6
    assert time_map.wall_at(ms / 1000) <= time_map.wall_at((ms + more) / 1000) + MS


@given(stretches())
def test_outside_it_stops_at_the_ends(given_stretches: list[Stretch]) -> None:
    time_map = TimeMap(given_stretches)
    first, last = given_stretches[0], given_stretches[-1]
    assert time_map.media_at(first.begin - timedelta(days=1)) == first.media
    assert time_map.media_at(at(10**10)) == pytest.approx(last.media + last.seconds)
    assert time_map.wall_at(-5) == first.begin
    assert time_map.wall_at(10**7) == last.begin + timedelta(seconds=last.seconds)


def test_in_a_gap_the_next_stretch_begins() -> None:
    time_map = TimeMap([Stretch(at(0), 0, 6), Stretch(at(600_000), 6, 6)])
    assert time_map.media_at(at(6000)) == 6
    assert time_map.media_at(at(300_000)) == 6
    assert time_map.media_at(at(601_000)) == 7
    assert time_map.wall_at(6.5) == at(600_500)
    # Media that no stretch has shows the end of the one before.
    assert TimeMap([Stretch(at(0), 0, 6), Stretch(at(600_000), 9, 6)]).wall_at(8) == at(6000)


def test_linear() -> None:
    time_map = TimeMap.linear(span(0, 10_000), 2.5)
    assert time_map.media_at(at(1000)) == 3.5
    assert time_map.wall_at(3.5) == at(1000)


def test_maps_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="needs a stretch"):
        TimeMap([])
    with pytest.raises(ValueError, match="overlap"):
        TimeMap([Stretch(at(0), 0, 6), Stretch(at(5000), 6, 6)])
    with pytest.raises(ValueError, match="overlap"):
        TimeMap([Stretch(at(0), 0, 6), Stretch(at(6000), 5, 6)])


def clip(begin: int, end: int) -> Clip:
    def opened(when: datetime) -> MediaSource:
        return MediaSource(url=f"file {begin}", protocol=MediaProtocol.FILE, begins=when)

    return Clip.linear(span(begin, end), Store.LOCAL, opened, estimated=True)


def test_finding_clips() -> None:
    one, two = clip(0, 10), clip(20, 30)
    playback = Playback(channel=Key("a", "b"), span=Span(at(0), at(40)), clips=(one, two))
    assert playback.clip_at(at(-1)) is None
    assert playback.clip_at(at(0)) is one
    assert playback.clip_at(at(9)) is one
    assert playback.clip_at(at(10)) is None
    assert playback.clip_at(at(20)) is two
    assert playback.clip_after(at(-1)) is one
    assert playback.clip_after(at(0)) is two
    assert playback.clip_after(at(20)) is None
    assert playback.clip_before(at(20)) is one
    assert playback.clip_before(at(21)) is two
    assert playback.clip_before(at(0)) is None
    assert playback.following(one) is two
    assert playback.following(two) is None


def test_a_linear_clip_begins_its_media_with_its_span() -> None:
    one = clip(1000, 2000)
    assert one.estimated
    assert one.time_map.media_at(at(1500)) == 0.5
    assert one.open(ANCHOR).begins == ANCHOR


def test_an_address_is_never_shown() -> None:
    source = MediaSource(
        url="https://x/?token=geheim", protocol=MediaProtocol.HLS, headers={"Cookie": "geheim"}
    )
    assert "geheim" not in repr(source)


def test_media_that_leaves_the_gaps_out() -> None:
    found = TimeMap.through([span(0, 10_000), span(60_000, 65_000)])
    assert found.media_at(at(9_000)) == 9
    assert found.media_at(at(30_000)) == 10
    assert found.media_at(at(62_000)) == 12
    assert found.wall_at(12) == at(62_000)
