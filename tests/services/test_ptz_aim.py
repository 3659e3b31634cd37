"""From a place on the picture to a movement and its speed."""

from __future__ import annotations

from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsconsole.domain.capabilities import PtzMove
from vsconsole.services.ptz_aim import DEAD, DIRECTIONS, aim, together


@pytest.mark.parametrize(
    ("right", "up", "move", "speed"),
    [
        (1, 0, PtzMove.RIGHT, 1.0),
        (0, 1, PtzMove.UP, 1.0),
        (-0.56, 0, PtzMove.LEFT, 0.5),
        (0, -0.2, PtzMove.DOWN, 0.1),
        (0.7, 0.7, PtzMove.RIGHT_UP, 1.0),
        (-0.5, -0.5, PtzMove.LEFT_DOWN, 0.7),
        (3, -3, PtzMove.RIGHT_DOWN, 1.0),
    ],
)
def test_the_farther_from_the_middle_the_faster(
    right: float, up: float, move: PtzMove, speed: float
) -> None:
    found = aim(right, up)
    assert found is not None
    assert (found.move, found.speed) == (move, speed)


def test_near_the_middle_nothing_moves() -> None:
    assert aim(0, 0) is None
    assert aim(DEAD * 0.7, DEAD * 0.7 - 0.01) is None


def test_a_camera_without_slanting_moves_goes_the_nearer_way() -> None:
    straight = {PtzMove.LEFT, PtzMove.RIGHT, PtzMove.UP, PtzMove.DOWN}
    found = aim(0.6, 0.5, straight)
    assert found is not None
    assert found.move is PtzMove.RIGHT
    assert aim(0.1, 0.8, {PtzMove.LEFT, PtzMove.RIGHT}) is None


@given(st.floats(0, 2 * pi), st.floats(0, 4))
def test_lesson_42_whatever_is_drawn_is_a_speed_from_0_to_1(turn: float, far: float) -> None:
    found = aim(far * cos(turn), far * sin(turn))
    if found is None:
        assert far < DEAD + 1e-9
    else:
        assert 0 < found.speed <= 1
        assert found.move in DIRECTIONS


def test_keys_held_together() -> None:
    up, right = PtzMove.UP, PtzMove.RIGHT
    assert together([up]) is up
    assert together([up, right]) is PtzMove.RIGHT_UP
    assert together([up, PtzMove.DOWN]) is None
    assert together([up, PtzMove.DOWN, right]) is right
    assert together([]) is None
    assert together([up, right], {up, right}) is right
    assert together([up], {right}) is None
