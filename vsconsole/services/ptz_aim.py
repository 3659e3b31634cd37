"""From a place beside the middle of a picture to a movement and its speed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import atan2, hypot, pi

from vsconsole.domain.capabilities import PtzMove

DEAD = 0.12
"""Nearer to the middle than this share of the way to the edge, nothing moves."""

STEPS = 10
"""Speeds are rounded to so many steps: a trembling hand must not send a new one each time."""

# By eighths of a turn, from the right and against the clock.
_ROUND = (
    PtzMove.RIGHT,
    PtzMove.RIGHT_UP,
    PtzMove.UP,
    PtzMove.LEFT_UP,
    PtzMove.LEFT,
    PtzMove.LEFT_DOWN,
    PtzMove.DOWN,
    PtzMove.RIGHT_DOWN,
)
_STRAIGHT = _ROUND[::2]
DIRECTIONS = frozenset(_ROUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A movement and its speed, above 0 to 1."""

    move: PtzMove
    speed: float


def aim(right: float, up: float, moves: Collection[PtzMove] = DIRECTIONS) -> Aim | None:
    """Where to move for a place `right` of and `up` from the middle, in halves of the picture.

    At the edge (1) it is as fast as can be. None near the middle, and where `moves` has nothing
    that way: a camera without slanting moves goes the way that is nearer.
    """
    far = min(1.0, hypot(right, up))
    if far < DEAD:
        return None
    turn = atan2(up, right) / (2 * pi) % 1.0
    move = _ROUND[round(turn * 8) % 8]
    if move not in moves:
        move = _STRAIGHT[round(turn * 4) % 4]
        if move not in moves:
            return None
    share = (far - DEAD) / (1 - DEAD)
    return Aim(move=move, speed=max(1, round(share * STEPS)) / STEPS)


def together(held: Collection[PtzMove], moves: Collection[PtzMove] = DIRECTIONS) -> PtzMove | None:
    """The one movement of the straight ones held together; opposite ones end each other.

    None where nothing is left. Where the camera has no slanting move, the last one held counts.
    """
    right = (PtzMove.RIGHT in held) - (PtzMove.LEFT in held)
    up = (PtzMove.UP in held) - (PtzMove.DOWN in held)
    if not right and not up:
        return None
    both = _ROUND[round(atan2(up, right) / (2 * pi) % 1.0 * 8) % 8]
    if both in moves:
        return both
    order = [move for move in held if move in _STRAIGHT and move in moves]
    return order[-1] if order else None
