"""Work off the window's thread: order, calling off, ending, and leaving without waiting."""

import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.ear import listening
from vsconsole.domain import cancel
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled, NotFound
from vsconsole.work.lanes import WORKERS, Job, LaneName, Lanes

PATIENCE = 20


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    lanes = Lanes()
    yield lanes
    assert lanes.close() == ()


class Gate:
    """Work that says when it runs and waits to be let go, or called off."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        token = cancel.current()
        token.on_cancel(self._open.set)
        assert self._open.wait(PATIENCE)
        token.check()
        return "through"

    def open(self) -> None:
        self._open.set()


def test_a_value_comes_back(lanes: Lanes) -> None:
    job = lanes.submit("fetch", lambda: 6 * 7)
    assert job.result(PATIENCE) == 42
    assert job.done
    assert job.error is None
    assert job.result(0) == 42
    assert "done" in repr(job)


def test_what_was_raised_comes_back(lanes: Lanes) -> None:
    def work() -> None:
        raise NotFound("no such camera")

    job = lanes.submit("fetch", work)
    with pytest.raises(NotFound, match="no such camera"):
        job.result(PATIENCE)
    assert isinstance(job.error, NotFound)


@pytest.mark.allow_log("vsconsole.work.lanes: .*failed")
def test_a_bug_is_logged_and_comes_back(lanes: Lanes) -> None:
    def work() -> None:
        raise ZeroDivisionError

    with listening("vsconsole.work.lanes") as told:
        with pytest.raises(ZeroDivisionError):
            lanes.submit("fetch", work).result(PATIENCE)
        # The lane goes on.
        assert lanes.submit("fetch", lambda: 1).result(PATIENCE) == 1
    assert [record.exc_info[0] for record in told if record.exc_info] == [ZeroDivisionError]


@pytest.mark.parametrize("lane", WORKERS)
def test_a_lane_runs_as_many_jobs_at_once_as_it_may(lanes: Lanes, lane: LaneName) -> None:
    gates = [Gate() for _ in range(WORKERS[lane] + 1)]
    jobs = [lanes.submit(lane, gate) for gate in gates]
    for gate in gates[:-1]:
        assert gate.entered.wait(PATIENCE)
    assert not gates[-1].entered.is_set()
    gates[0].open()
    assert gates[-1].entered.wait(PATIENCE)
    for gate in gates:
        gate.open()
    assert {job.result(PATIENCE) for job in jobs} == {"through"}


def test_a_newer_job_with_the_same_key_calls_off_the_older(lanes: Lanes) -> None:
    older, newer, other = Gate(), Gate(), Gate()
    first = lanes.submit("fetch", older, key="tile 1")
    untouched = lanes.submit("fetch", other, key="tile 2")
    assert older.entered.wait(PATIENCE)
    second = lanes.submit("fetch", newer, key="tile 1")
    with pytest.raises(Cancelled):
        first.result(PATIENCE)
    newer.open()
    other.open()
    assert second.result(PATIENCE) == "through"
    assert untouched.result(PATIENCE) == "through"
    # The key is free again, and nothing is kept of it.
    lanes.cancel("tile 1")
    assert lanes.submit("fetch", lambda: 1, key="tile 1").result(PATIENCE) == 1


def test_work_can_be_called_off_by_its_key_before_it_begins(lanes: Lanes) -> None:
    gates = [Gate() for _ in range(WORKERS["media"])]
    for gate in gates:
        lanes.submit("media", gate)
    ran: list[int] = []
    job = lanes.submit("media", lambda: ran.append(1), key="k")
    lanes.cancel("k")
    for gate in gates:
        gate.open()
    with pytest.raises(Cancelled):
        job.result(PATIENCE)
    assert ran == []


def test_the_given_token_calls_off(lanes: Lanes) -> None:
    token, gate = CancelToken(), Gate()
    job = lanes.submit("fetch", gate, token=token)
    assert gate.entered.wait(PATIENCE)
    token.cancel()
    with pytest.raises(Cancelled):
        job.result(PATIENCE)


def test_waiting_for_a_job_can_be_called_off(lanes: Lanes) -> None:
    gate = Gate()
    inner = lanes.submit("transfer", gate)
    outer = lanes.submit("fetch", lambda: inner.result())
    assert gate.entered.wait(PATIENCE)
    outer.cancel()
    with pytest.raises(Cancelled):
        outer.result(PATIENCE)
    assert not inner.done
    with pytest.raises(TimeoutError):
        inner.result(0.01)
    gate.open()
    assert inner.result(PATIENCE) == "through"


def test_jobs_of_one_order_run_one_after_the_other_while_others_pass(lanes: Lanes) -> None:
    first, second, aside = Gate(), Gate(), Gate()
    one = lanes.submit("control", first, order="camera 1")
    two = lanes.submit("control", second, order="camera 1")
    lanes.submit("control", aside, order="camera 2")
    assert first.entered.wait(PATIENCE)
    assert aside.entered.wait(PATIENCE)
    assert not second.entered.is_set()
    first.open()
    assert second.entered.wait(PATIENCE)
    assert one.result(PATIENCE) == "through"
    second.open()
    aside.open()
    assert two.result(PATIENCE) == "through"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40))
def test_every_order_keeps_its_own_sequence(orders: list[str]) -> None:
    lanes = Lanes()
    ran: list[tuple[str, int]] = []
    busy: set[str] = set()

    def work(order: str, number: int) -> None:
        assert order not in busy
        busy.add(order)
        time.sleep(0)
        ran.append((order, number))
        busy.remove(order)

    jobs = [
        lanes.submit("control", lambda order=order, i=i: work(order, i), order=order)  # type: ignore[misc]
        for i, order in enumerate(orders)
    ]
    for job in jobs:
        job.result(PATIENCE)
    for order in "abcd":
        numbers = [number for name, number in ran if name == order]
        assert numbers == sorted(numbers)
    assert len(ran) == len(orders)
    assert lanes.close() == ()


def test_callbacks_run_on_the_lane_and_late_ones_at_once(lanes: Lanes) -> None:
    gate, told = Gate(), threading.Event()
    seen: list[str] = []

    def callback(job: Job[str]) -> None:
        seen.append(threading.current_thread().name)
        told.set()

    job = lanes.submit("fetch", gate)
    job.add_done_callback(callback)
    gate.open()
    assert told.wait(PATIENCE)
    assert seen[0].startswith("lane-fetch")
    job.add_done_callback(callback)
    assert seen[1] == threading.current_thread().name


@pytest.mark.allow_log("vsconsole.work.lanes: .*callback failed")
def test_a_callback_that_fails_stops_nothing(lanes: Lanes) -> None:
    told = threading.Event()
    gate = Gate()
    job = lanes.submit("fetch", gate)

    def fail(job: Job[str]) -> None:
        raise ZeroDivisionError

    job.add_done_callback(fail)
    job.add_done_callback(lambda _job: told.set())
    gate.open()
    assert told.wait(PATIENCE)
    assert lanes.submit("fetch", lambda: 1).result(PATIENCE) == 1


def test_an_idle_lane_keeps_nothing_alive(lanes: Lanes) -> None:
    class Big:
        pass

    big = Big()
    gone = weakref.ref(big)

    def work(held: object = big) -> object:
        return held

    job = lanes.submit("fetch", work, key="big")
    assert job.result(PATIENCE) is big
    # The thread lets go of the job a moment after it has ended.
    lanes.submit("fetch", lambda: None).result(PATIENCE)
    del job, work, big
    deadline = time.monotonic() + PATIENCE
    while gone() is not None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.01)
    assert gone() is None


def test_closing_calls_off_what_runs_and_what_waits() -> None:
    lanes = Lanes()
    gates = [Gate() for _ in range(6)]
    jobs = [lanes.submit("fetch", gate) for gate in gates]
    assert gates[0].entered.wait(PATIENCE)
    assert lanes.close(PATIENCE) == ()
    for job in jobs:
        assert isinstance(job.error, Cancelled)
    late = lanes.submit("fetch", lambda: 1)
    with pytest.raises(Cancelled):
        late.result(0)


def test_closing_lets_control_finish_in_order() -> None:
    lanes = Lanes()
    gate = Gate()
    sent: list[str] = []
    lanes.submit("control", gate, order="camera")
    lanes.submit("control", lambda: sent.append("stop"), order="camera")
    assert gate.entered.wait(PATIENCE)
    threading.Timer(0.05, gate.open).start()
    assert lanes.close(PATIENCE) == ()
    assert sent == ["stop"]


def test_closing_names_what_does_not_end() -> None:
    lanes = Lanes()
    deaf, entered = threading.Event(), threading.Event()

    def stubborn() -> None:
        entered.set()
        deaf.wait(PATIENCE)

    lanes.submit("fetch", stubborn)
    assert entered.wait(PATIENCE)
    (name,) = lanes.close(0.05)
    assert "stubborn" in name
    deaf.set()
    assert lanes.close(PATIENCE) == ()


def test_leaving_the_program_does_not_wait_for_work() -> None:
    program = (
        "import time\n"
        "from vsconsole.work.lanes import Lanes\n"
        "lanes = Lanes()\n"
        "lanes.submit('fetch', lambda: time.sleep(600))\n"
        "time.sleep(0.2)\n"
        "lanes.close(0.1)\n"
        "print('left')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout, ended.returncode) == ("left\n", 0)


def test_who_is_slow_holds_up_nobody_else(lanes: Lanes) -> None:
    gates = [Gate() for _ in range(WORKERS["fetch"] + 3)]
    slow = [lanes.submit("fetch", gate, party="slow") for gate in gates]
    assert gates[0].entered.wait(PATIENCE)
    assert lanes.submit("fetch", lambda: 1, party="quick").result(PATIENCE) == 1
    assert lanes.submit("fetch", lambda: 2).result(PATIENCE) == 2
    assert not gates[-1].entered.is_set()
    for gate in gates:
        gate.open()
    assert {job.result(PATIENCE) for job in slow} == {"through"}


def test_closing_ends_the_work_for_everybody_also_what_comes_after() -> None:
    lanes = Lanes()
    gate = Gate()
    job = lanes.submit("fetch", gate, party="one")
    assert gate.entered.wait(PATIENCE)
    assert lanes.close() == ()
    with pytest.raises(Cancelled):
        job.result(PATIENCE)
    with pytest.raises(Cancelled):
        lanes.submit("fetch", lambda: 1, party="new").result(PATIENCE)
