"""What is known of what a player shows."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from tests.bench.seek_media import BEGIN, instant
from tests.player.support import Watcher
from vsconsole.player.backend import PlayerState
from vsconsole.player.decks import Picture
from vsconsole.player.state import Screen

_STEP = 1 / 12
_PICTURE = Picture(width=1, height=1, stride=4, data=memoryview(bytes(4)), address=0)


def _show(screen: Screen, begin: datetime, first: float, count: int) -> None:
    for number in range(count):
        when = begin + timedelta(seconds=number * _STEP)
        screen.show(_PICTURE, when, first + number * _STEP, new=True)


@pytest.mark.parametrize("leap", [1500.0, 3.0, -3.0], ids=["gap", "short gap", "back"])
def test_the_speed_is_measured_where_footage_plays_on(leap: float) -> None:
    screen = Screen(listener=Watcher(), state=PlayerState.PLAYING)
    first = time.monotonic() - 2.5
    _show(screen, instant(BEGIN), first, 12)
    _show(screen, instant(BEGIN + 1 + leap), first + 1, 16)
    assert screen.speed_measured() == pytest.approx(1.0, abs=0.05)


def test_what_comes_late_makes_it_slow() -> None:
    screen = Screen(listener=Watcher(), state=PlayerState.PLAYING)
    first = time.monotonic() - 2.5
    _show(screen, instant(BEGIN), first, 6)
    _show(screen, instant(BEGIN + 0.5), first + 1.5, 12)
    assert screen.speed_measured() == pytest.approx(0.58, abs=0.1)
