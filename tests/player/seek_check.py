"""Seeks of the bench, held to their moments."""

import pytest

from tests.bench import seeks
from tests.bench.seek_media import Recording

_CLOCK_OFF = 0.4


def check(
    recording: Recording, count: int, patch: pytest.MonkeyPatch, *, paused: bool = False
) -> None:
    """Every one of `count` seeks ends on its picture, and the clock knows it."""
    patch.setattr(seeks, "_PAUSE", 0.15)
    outcomes = seeks.seek_with_player(recording, count, paused=paused)
    wrong = [one for one in outcomes if not one.right or abs(one.position_off) > _CLOCK_OFF]
    assert not wrong, wrong
