"""Missing beats are reported, with or without somebody to hear of them."""

import threading

import pytest

from tests.helpers.ear import listening
from vsconsole.work.watchdog import Stall, Watchdog


def beat_with_pause(watchdog: Watchdog, pause: float) -> None:
    watchdog.start()
    watchdog.beat()
    threading.Event().wait(pause)
    watchdog.beat()
    watchdog.stop()


def test_a_pause_is_a_stall() -> None:
    seen: list[Stall] = []
    watchdog = Watchdog(seen.append, limit=0.1)
    beat_with_pause(watchdog, 0.4)
    stall = max(seen, key=lambda one: one.seconds)
    assert stall.seconds >= 0.4
    assert "beat_with_pause" in stall.stack
    assert list(watchdog.stalls) == seen


def test_within_the_limit_nothing_is_said() -> None:
    seen: list[Stall] = []
    beat_with_pause(Watchdog(seen.append, limit=60), 0.1)
    assert seen == []


@pytest.mark.allow_log("vsconsole.work.watchdog: the window stood still")
def test_without_a_listener_it_is_logged() -> None:
    with listening("vsconsole.work.watchdog") as records:
        beat_with_pause(Watchdog(limit=0.1), 0.3)
    assert any("the window stood still" in record.getMessage() for record in records)


def test_stopping_what_never_ran() -> None:
    Watchdog().stop()
