"""Groups in simulated time: whatever latencies, gaps, drifts and faults their members have."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.player.group_bench import Bench, Media, SimPlayer, instant, joined, seconds_of
from vsconsole.player.backend import PlayerState
from vsconsole.player.group import Group, Step
from vsconsole.player.member import Phase
from vsconsole.player.standing import NEAR

SLACK = 0.1
"""Seconds that a picture's place is not known to: a tick and a picture."""

LONG = (0.0, 7200.0)

many = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def gaps(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """Recordings with some gaps around the first minutes."""
    found, at = [], 0.0
    for _each in range(draw(st.integers(0, 3))):
        length = draw(st.floats(20, 400))
        found.append((at, at + length))
        at += length + draw(st.floats(2, 90))
    return (*found, (at, at + 7200.0))


cameras = st.builds(
    Media,
    recorded=gaps(),
    latency=st.tuples(st.floats(0.03, 0.5), st.floats(0.5, 1.5)),
    reply=st.floats(0.0, 0.2),
    period=st.sampled_from((1 / 30, 0.04, 1 / 12)),
    drift=st.floats(-0.01, 0.01),
    stalls=st.lists(st.tuples(st.floats(110, 160), st.floats(0.2, 6)), max_size=2).map(tuple),
)
devices = st.builds(
    Media,
    recorded=gaps(),
    latency=st.tuples(st.floats(0.5, 1), st.floats(1, 3)),
    reply=st.floats(0.0, 0.5),
    coarse=st.sampled_from((0.0, 1.0, 2.0)),
    lands=st.sampled_from((-1, 1)),
    drift=st.floats(-0.002, 0.002),
    trims=st.just(False),
    speeds=st.sampled_from(((1.0,), (1.0, 2.0, 4.0))),
)
walls = st.tuples(
    st.integers(0, 2**32),
    st.lists(cameras, min_size=1, max_size=3),
    st.lists(devices, max_size=2),
)


def made(wall: tuple[int, list[Media], list[Media]]) -> tuple[Bench, Group, list[SimPlayer]]:
    seed, cloud, device = wall
    bench = Bench(random.Random(seed))
    group = bench.group()
    return bench, group, [joined(bench, group, media) for media in (*cloud, *device)]


def step_of(group: Group, player: SimPlayer) -> Step:
    assert player.member is not None
    return group.standing(player.member).step


def truth(player: SimPlayer) -> float:
    """The group's time that its picture shows."""
    at = player.position()
    assert at is not None
    assert player.member is not None
    return seconds_of(at) + player.member.offset


def spread(group: Group, players: list[SimPlayer]) -> float:
    """How far apart the pictures are that are said to be in step."""
    shown = [truth(one) for one in players if step_of(group, one) is Step.IN_STEP]
    return max(shown) - min(shown) if shown else 0.0


@many
@given(walls, st.floats(5, 500))
def test_pictures_in_step_are_at_the_clock(
    wall: tuple[int, list[Media], list[Media]], begin: float
) -> None:
    bench, group, players = made(wall)
    group.seek(instant(begin))
    group.play()

    def look() -> None:
        at = group.position()
        assert at is not None
        for player in players:
            if step_of(group, player) is Step.IN_STEP:
                off = abs(truth(player) - seconds_of(at))
                assert off <= NEAR + SLACK, (off, player.media)

    bench.run(group, 45, look)


@many
@given(walls, st.floats(5, 500))
def test_lesson_19_whatever_is_in_step_is_within_half_a_second(
    wall: tuple[int, list[Media], list[Media]], begin: float
) -> None:
    bench, group, players = made(wall)
    group.seek(instant(begin))
    group.play()
    worst = [0.0]

    def look() -> None:
        worst[0] = max(worst[0], spread(group, players))

    bench.run(group, 45, look)
    assert worst[0] <= 2 * NEAR + SLACK


@many
@given(walls, st.floats(5, 500))
def test_corrections_are_few_and_do_not_oscillate(
    wall: tuple[int, list[Media], list[Media]], begin: float
) -> None:
    bench, group, players = made(wall)
    group.seek(instant(begin))
    group.play()
    bench.run(group, 45)
    for player in players:
        moments = [at for at, _how, _to in player.orders]
        # Its own troubles and its gaps cost an order each; nothing floods it.
        assert all(sum(1 for one in moments if at <= one < at + 10) <= 5 for at in moments), (
            player.orders
        )
        changes = [(at, f) for at, f in player.trims if f != 1]
        # One that went elsewhere or waited meanwhile is off anew, by what its own way has left.
        anew = [*moments, *player.resumed]
        flips = [
            b[0] - a[0]
            for a, b in pairwise(changes)
            if (a[1] - 1) * (b[1] - 1) < 0 and not any(a[0] < at < b[0] for at in anew)
        ]
        assert all(apart > 1.5 for apart in flips), player.trims
        assert all(0.95 <= factor <= 1.05 for _at, factor in player.trims)


@many
@given(walls, st.lists(st.floats(5, 800), min_size=1, max_size=8), st.floats(0.05, 1.0))
def test_of_many_seeks_the_last_one_counts(
    wall: tuple[int, list[Media], list[Media]], moments: list[float], apart: float
) -> None:
    bench, group, players = made(wall)
    for at in moments:
        group.seek(instant(at))
        assert group.position() == instant(at)
        bench.run(group, apart)
    bench.run(group, 12)
    asked = moments[-1]
    assert group.position() == instant(asked)
    for player in players:
        assert player.settled
        assert player.member is not None
        if step_of(group, player) is Step.IN_STEP:
            assert abs(truth(player) - asked) <= NEAR + SLACK
        elif step_of(group, player) is Step.EMPTY:
            assert not any(b <= asked < e for b, e in player.media.recorded)


@many
@given(walls, st.lists(st.floats(5, 800), min_size=1, max_size=10))
def test_a_held_playhead_is_moved_by_nothing_else(
    wall: tuple[int, list[Media], list[Media]], moments: list[float]
) -> None:
    bench, group, _players = made(wall)
    group.seek(instant(100))
    group.play()
    bench.run(group, 5)
    for at in moments:
        group.hold(instant(at))
        seen: set[object] = set()
        bench.run(group, 3, lambda seen=seen: seen.add(group.position()))  # type: ignore[misc]
        assert seen == {instant(at)}
    group.release()
    bench.run(group, 10)
    assert group.running


def playing(*media: Media, at: float = 100.0) -> tuple[Bench, Group, list[SimPlayer]]:
    """Members that play since some seconds."""
    bench = Bench(random.Random(5))
    group = bench.group()
    players = [joined(bench, group, one) for one in media]
    group.seek(instant(at))
    group.play()
    bench.run(group, 6)
    return bench, group, players


def clock(group: Group) -> float:
    at = group.position()
    assert at is not None
    return seconds_of(at)


def test_one_that_stands_still_does_not_hold_the_others() -> None:
    bench, group, (stuck, *others) = playing(
        Media(stalls=((110.0, 1000.0),)), Media(), Media(), at=100
    )
    bench.run(group, 10)
    before = clock(group)
    bench.run(group, 20)
    assert 19.5 <= clock(group) - before <= 20.5
    assert step_of(group, stuck) is not Step.IN_STEP
    assert all(step_of(group, one) is Step.IN_STEP for one in others)


def test_one_that_failed_does_not_hold_the_others_and_says_so() -> None:
    bench, group, (lost, other) = playing(Media(fails_at=103.0), Media())
    before = clock(group)
    bench.run(group, 10)
    assert clock(group) - before > 9
    assert step_of(group, lost) is Step.LOST
    assert step_of(group, other) is Step.IN_STEP


def test_the_clock_stands_where_no_picture_goes_on() -> None:
    bench, group, _players = playing(
        Media(stalls=((107.0, 6.0),)), Media(stalls=((107.2, 6.0),)), at=100
    )
    bench.run(group, 2)
    before = clock(group)
    bench.run(group, 3)
    assert abs(clock(group) - before) < 0.4


def test_the_clock_is_as_slow_as_all_its_pictures() -> None:
    bench, group, players = playing(Media(drift=-0.3, trims=False), Media(drift=-0.3, trims=False))
    bench.run(group, 10)
    measured = group.speed_measured
    assert measured is not None
    assert 0.66 < measured < 0.76
    assert sum(len(one.orders) for one in players) <= 6


def test_a_gap_in_all_is_skipped_and_one_in_some_is_not() -> None:
    media = (
        Media(recorded=((0, 120), (300, 900))),
        Media(recorded=((0, 140), (400, 900))),
    )
    bench, group, (first, second) = playing(*media, at=100)
    while clock(group) < 118:
        bench.run(group, 0.5)
    bench.run(group, 6)
    assert 122 < clock(group) < 128
    assert step_of(group, first) is Step.EMPTY
    assert first.member is not None
    assert group.standing(first.member).next == instant(300)
    assert step_of(group, second) is Step.IN_STEP
    bench.run(group, 22)
    assert 300 < clock(group) < 312
    assert step_of(group, first) is Step.IN_STEP
    assert step_of(group, second) is Step.EMPTY


def test_with_gaps_kept_the_clock_runs_through() -> None:
    bench, group, (player,) = playing(Media(recorded=((0, 110), (130, 900))), at=100)
    group.skip_gaps = False
    bench.run(group, 15)
    assert 115 < clock(group) < 123
    assert step_of(group, player) is Step.EMPTY
    bench.run(group, 15)
    assert step_of(group, player) is Step.IN_STEP


def test_a_long_gap_keeps_no_stream_open() -> None:
    bench, group, (player, _other) = playing(Media(recorded=((0, 104), (300, 900))), Media())
    bench.run(group, 6)
    assert player.state is PlayerState.IDLE
    assert step_of(group, player) is Step.EMPTY
    group.seek(instant(297))
    bench.run(group, 8)
    assert step_of(group, player) is Step.IN_STEP


def test_a_new_member_joins_the_moment() -> None:
    bench, group, _players = playing(Media(), Media())
    late = joined(bench, group, Media(latency=(1.0, 1.5)))
    before = clock(group)
    bench.run(group, 6)
    assert clock(group) - before > 5.5
    assert step_of(group, late) is Step.IN_STEP


def test_lesson_24_an_offset_is_applied_to_the_clock() -> None:
    bench, group, (right, wrong) = playing(Media(), Media())
    assert wrong.member is not None
    group.set_offset(wrong.member, -37.0)
    bench.run(group, 6)
    shown = wrong.position()
    assert shown is not None
    assert abs(seconds_of(shown) - 37 - truth(right)) < 0.2
    assert step_of(group, wrong) is Step.IN_STEP


def test_a_device_says_how_far_off_it_stands() -> None:
    bench, group, (_camera, device) = playing(Media(), Media(coarse=4.0, lands=1, trims=False))
    group.pause()
    group.seek(instant(201.5))
    bench.run(group, 6)
    assert device.member is not None
    standing = group.standing(device.member)
    assert standing.step is Step.WAITS
    assert standing.error is not None
    assert abs(standing.error - 2.5) < 0.2
    group.play()
    bench.run(group, 5)
    assert step_of(group, device) is Step.IN_STEP


def test_a_speed_that_media_cannot_play_is_shown_by_single_pictures() -> None:
    bench, group, (camera, device) = playing(
        Media(), Media(speeds=(1.0, 2.0), latency=(0.4, 0.8), trims=False)
    )
    group.set_speed(8)
    bench.run(group, 20)
    assert step_of(group, camera) is Step.IN_STEP
    assert step_of(group, device) is Step.STILLS
    assert abs(truth(device) - clock(group)) < 8 * 3
    measured = group.speed_measured
    assert measured is not None
    assert abs(measured - 8) < 0.5
    group.set_speed(1)
    bench.run(group, 10)
    assert step_of(group, device) is Step.IN_STEP


def test_a_device_that_ignores_a_speed_is_taken_at_its_pictures() -> None:
    bench, group, (camera, device) = playing(
        Media(), Media(obeys=False, latency=(0.3, 0.6), trims=False)
    )
    group.set_speed(4)
    bench.run(group, 30)
    assert step_of(group, camera) is Step.IN_STEP
    assert step_of(group, device) is Step.STILLS


def test_pausing_shows_one_moment_and_steps_go_together() -> None:
    bench, group, players = playing(Media(), Media(period=0.04), Media(period=1 / 12))
    group.pause()
    bench.run(group, 3)
    at = clock(group)
    assert all(abs(truth(one) - at) < NEAR + SLACK for one in players)
    first = players[0].member
    for frames in (1, 1, -1):
        before = clock(group)
        group.step(frames, first)
        bench.run(group, 2)
        assert abs(clock(group) - before - frames * 0.04) < 0.02 or before == at
        assert all(abs(truth(one) - clock(group)) < 0.12 for one in players)


def test_the_last_recording_ends_the_group_and_seeking_back_revives_it() -> None:
    bench, group, players = playing(Media(recorded=((0, 108),)), Media(recorded=((0, 110),)))
    bench.run(group, 12)
    assert not group.running
    assert all(step_of(group, one) is Step.OVER for one in players)
    group.seek(instant(50))
    group.play()
    bench.run(group, 5)
    assert all(step_of(group, one) is Step.IN_STEP for one in players)


def test_whoever_leaves_goes_on_alone() -> None:
    bench, group, (first, second) = playing(Media(), Media())
    assert first.member is not None
    group.leave(first.member)
    group.pause()
    bench.run(group, 1)
    assert first.state is PlayerState.PLAYING
    assert second.state is PlayerState.PAUSED
    assert second.member is not None
    assert second.member.phase is Phase.READY
