"""What the times of pictures tell, and which rates are asked for because of it."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from tests.player.group_bench import Bench, Media, SimPlayer
from vsconsole.player.drift import Drift, Trim


def shown(drift: Drift, times: Iterable[float], *, off: float = 0.0, pace: float = 1.0) -> None:
    """A picture at each of these moments, `off` seconds ahead of a clock that runs at `pace`."""
    for now in times:
        drift.note(1000 + now * pace + off, 1000 + now * pace, now, pace)


def every(step: float, count: int, begin: float = 0.0) -> list[float]:
    return [begin + step * number for number in range(count)]


def test_one_picture_that_is_late_does_not_move_the_error() -> None:
    drift = Drift()
    shown(drift, every(0.1, 2), off=0.1)
    assert not drift.steady
    shown(drift, [0.2], off=-3.0)
    shown(drift, every(0.1, 2, 0.3), off=0.1)
    assert drift.steady
    assert drift.error == pytest.approx(0.1)


def test_old_pictures_are_forgotten_and_a_moved_clock_is_taken_in() -> None:
    drift = Drift()
    shown(drift, every(0.1, 10), off=0.4)
    shown(drift, every(0.1, 10, 1.0), off=0.2)
    assert drift.error == pytest.approx(0.2)
    drift.shifted(0.2)
    assert drift.error == pytest.approx(0.0)
    drift.forget()
    assert drift.error is None
    assert not drift.steady


def test_a_picture_counts_when_it_comes_and_not_while_it_stays() -> None:
    """Of five a second each is on screen for some looks, and behind by more every time."""
    drift = Drift()
    for number in range(50):
        now = number * 0.05
        drift.note(number // 4 * 0.2, now, now, 1.0)
    assert drift.error == pytest.approx(0.0)
    # One that stays for longer than any before is behind, and says so.
    for number in range(40):
        now = 2.5 + number * 0.05
        drift.note(2.4, now, now, 1.0)
    assert drift.error is not None
    assert drift.error < -1.0


def test_how_long_pictures_take_to_run_is_learnt_from_the_first_that_moves() -> None:
    drift = Drift()
    drift.start(1000.0, 0.0)
    for now in (0.05, 0.1, 0.25):
        drift.note(1000.0, 1000 + now, now, 1.0)
    assert drift.error is None
    drift.note(1000.1, 1000.4, 0.4, 1.0)
    assert drift.reply == pytest.approx(0.3)
    # Another time tells less than all: it is the mean that is wanted.
    drift.start(1000.1, 1.0)
    drift.note(1000.2, 1001.1, 1.1, 1.0)
    assert drift.reply == pytest.approx(0.18)
    # Pictures that were sent elsewhere tell nothing of it.
    drift.start(1000.2, 2.0)
    drift.stop()
    drift.note(1009.0, 1009.0, 2.1, 1.0)
    assert drift.reply == pytest.approx(0.18)


@pytest.fixture
def player() -> SimPlayer:
    return SimPlayer(Bench(random.Random(1)), Media())


def factors(player: SimPlayer) -> list[float]:
    return [factor for _at, factor in player.trims]


def test_a_small_error_is_taken_back_slowly_and_to_the_end(player: SimPlayer) -> None:
    trim = Trim(player)
    for now, error in ((1, 0.07), (2, 0.12), (3, 0.07), (4, 0.02), (5, -0.07)):
        trim.correct(error, now)
    assert factors(player) == [0.98, 0.99, 1.0]


def test_a_large_error_is_not_taken_back_by_leaps(player: SimPlayer) -> None:
    trim = Trim(player)
    for now, error in ((1.0, -3.0), (1.5, 3.0), (2.0, 3.0), (2.5, 3.0), (3.0, 3.0)):
        trim.correct(error, now)
    # From faster to slower by way of none, and neither is changed again at once.
    assert factors(player) == [1.05, 1.0, 0.95]


def test_a_rate_is_ended_once_and_not_where_the_player_has_left_it(player: SimPlayer) -> None:
    trim = Trim(player)
    trim.end()
    trim.correct(0.12, 1)
    trim.end()
    trim.end()
    assert factors(player) == [0.98, 1.0]
    trim.correct(0.12, 2)
    trim.forget()
    trim.end()
    assert factors(player) == [0.98, 1.0, 0.98]
