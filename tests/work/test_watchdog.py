"""Missing beats are reported, with or without somebody to hear of them."""

import os
import subprocess
import sys
import threading
import time

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


def test_what_is_done_aside_is_left_out_and_nothing_else() -> None:
    seen: list[Stall] = []
    watchdog = Watchdog(seen.append, limit=0.1)
    watchdog.start()
    watchdog.beat()
    with watchdog.aside():
        time.sleep(0.4)
    watchdog.beat()
    assert seen == []
    time.sleep(0.2)
    with watchdog.aside():
        time.sleep(0.4)
    watchdog.beat()
    watchdog.stop()
    (stall,) = seen
    assert 0.2 <= stall.seconds < 0.4


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


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux tells, others do not")
def test_time_in_line_for_a_processor_is_no_stall() -> None:
    """One processor for two that never pause: half of the time is the other's."""
    own = os.sched_getaffinity(0)
    one = min(own)
    code = f"import os; os.sched_setaffinity(0, {{{one}}}); print(1, flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            other.stdout.readline()
            os.sched_setaffinity(0, {one})
            seen: list[Stall] = []
            watchdog = Watchdog(seen.append, limit=0.1)
            watchdog.start()
            watchdog.beat()
            until = time.monotonic() + 1.0
            while time.monotonic() < until:
                pass
            watchdog.beat()
            watchdog.stop()
        finally:
            os.sched_setaffinity(0, own)
            other.kill()
    assert seen
    assert seen[0].queued > 0.1
    assert seen[0].busy + seen[0].queued > 0.5


def test_looking_at_a_thread_that_runs_on_brings_nothing_down() -> None:
    """Calls and returns all the while it is looked at, with a turn for each at every moment."""

    def deep(left: int) -> int:
        return deep(left - 1) + 1 if left else 0

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    seen: list[Stall] = []
    watchdog = Watchdog(seen.append, limit=0.021)
    watchdog.start()
    try:
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            pause = time.monotonic() + 0.03
            while time.monotonic() < pause:
                deep(60)
            watchdog.beat()
    finally:
        sys.setswitchinterval(before)
        watchdog.stop()
    assert any("deep" in stall.stack for stall in seen)


_OFTEN = """
import threading, time
from vsconsole.work.watchdog import Watchdog, _ask
def deep(left):
    return deep(left - 1) + 1 if left else sum(one for one in (1, 2, 3))
def ask_on():
    while time.monotonic() < until:
        _ask(dog)
        time.sleep(0.0002)
dog = Watchdog(limit=0.05, on_stall=lambda stall: None)
dog.start()
until = time.monotonic() + 5
threading.Thread(target=ask_on).start()
seen = set()
while time.monotonic() < until:
    for _ in range(20):
        deep(10)
    if dog._doing:
        seen.add(dog._doing[1].count(" in deep"))
dog.stop()
print(len(seen) > 5)
"""


def test_telling_over_and_over_brings_nothing_down() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _OFTEN], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "True\n"), ran.stderr


_FOREIGN = """
import ctypes, sys, threading, time
from vsconsole.work.watchdog import Watchdog
libc = ctypes.CDLL(None)
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def called(_argument):
    return None
def come_and_go(until):
    while time.monotonic() < until:
        made = [ctypes.c_ulong() for _ in range(8)]
        for one in made:
            libc.pthread_create(ctypes.byref(one), None, called, None)
        for one in made:
            libc.pthread_join(one, None)
until = time.monotonic() + 4
others = [threading.Thread(target=come_and_go, args=(until,)) for _ in range(2)]
for other in others:
    other.start()
dog = Watchdog(limit=0.021, on_stall=lambda stall: None)
dog.start()
while time.monotonic() < until:
    time.sleep(0.03)
    dog.beat()
for other in others:
    other.join()
dog.stop()
print(sum("<module>" in stall.stack for stall in dog.stalls) > 10)
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="starts threads as libVLC does")
def test_threads_of_libraries_that_come_and_go_meanwhile_bring_nothing_down() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _FOREIGN], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "True\n"), ran.stderr
