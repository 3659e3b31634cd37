"""Results on the window's thread, or nowhere: real event loop, real widgets, real threads."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vsconsole.domain import cancel
from vsconsole.domain.errors import ConsoleError, NotFound
from vsconsole.work.lanes import Lanes
from vsconsole.work.qt import Dispatcher, Heartbeat
from vsconsole.work.watchdog import Stall, Watchdog

PATIENCE = 20


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    lanes = Lanes()
    yield lanes
    lanes.close()


@pytest.fixture
def dispatcher(qtbot: QtBot, lanes: Lanes) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(lanes)
    yield dispatcher
    lanes.close()
    shiboken6.delete(dispatcher)


class Panel(QWidget):
    """An owner as panels are: it keeps what came and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.errors: list[ConsoleError] = []
        self.threads: set[threading.Thread] = set()

    def take(self, value: object) -> None:
        self.threads.add(threading.current_thread())
        self.got.append(value)

    def show_error(self, error: ConsoleError) -> None:
        self.threads.add(threading.current_thread())
        self.errors.append(error)


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    panel = Panel()
    qtbot.addWidget(panel)
    return panel


def fails(error: Exception) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_a_result_arrives_on_the_windows_thread(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    worked: list[threading.Thread] = []

    def work() -> int:
        worked.append(threading.current_thread())
        return 42

    dispatcher.start(panel, work, panel.take)
    qtbot.waitUntil(lambda: panel.got == [42], timeout=PATIENCE * 1000)
    assert panel.threads == {threading.main_thread()}
    assert worked != [threading.main_thread()]


def test_a_qt_object_only_work_knows_goes_on_the_windows_thread(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    where: list[threading.Thread] = []

    def noted() -> QObject:
        one = QObject()
        one.destroyed.connect(
            lambda: where.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
        )
        return one

    called_off = QObject()
    for owner in (panel, called_off):
        dispatcher.start(owner, partial(repr, noted()), lambda _text: None)
    shiboken6.delete(called_off)
    qtbot.waitUntil(lambda: len(where) == 2, timeout=PATIENCE * 1000)
    assert where == [threading.main_thread()] * 2


def test_nothing_arrives_before_the_event_loop_turns(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    job = dispatcher.start(panel, lambda: 1, panel.take)
    assert job.result(PATIENCE) == 1
    assert panel.got == []
    qtbot.waitUntil(lambda: panel.got == [1], timeout=PATIENCE * 1000)


def test_an_error_goes_to_its_handler_else_to_the_owner_else_to_everyone(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    own: list[ConsoleError] = []
    dispatcher.start(panel, fails(NotFound("one")), panel.take, own.append)
    qtbot.waitUntil(lambda: len(own) == 1, timeout=PATIENCE * 1000)
    dispatcher.start(panel, fails(NotFound("two")), panel.take)
    qtbot.waitUntil(lambda: len(panel.errors) == 1, timeout=PATIENCE * 1000)
    plain = QObject()
    with qtbot.waitSignal(dispatcher.failed, timeout=PATIENCE * 1000) as waited:
        dispatcher.start(plain, fails(NotFound("three")))
    assert [str(own[0]), str(panel.errors[0]), str(waited.args[0])] == ["one", "two", "three"]
    assert panel.got == []


@pytest.mark.allow_log("vsconsole.work.lanes: .*failed")
def test_a_bug_is_reported_with_where_it_happened(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    own: list[ConsoleError] = []
    with qtbot.waitSignal(dispatcher.crashed, timeout=PATIENCE * 1000) as waited:
        dispatcher.start(panel, fails(ZeroDivisionError("a bug")), panel.take, own.append)
    assert "a bug" in waited.args[0]
    assert "in work" in waited.args[0]
    assert own == []
    assert panel.errors == []


def test_progress_arrives_in_order_and_ends_before_the_result(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    def work(progress: Callable[[int], None]) -> str:
        for i in range(1000):
            progress(i)
        return "done"

    dispatcher.start(panel, work, panel.take, on_progress=panel.take, every_progress=True)
    qtbot.waitUntil(lambda: panel.got[-1:] == ["done"], timeout=PATIENCE * 1000)
    assert panel.got == [*range(1000), "done"]


def test_much_at_once_lets_the_event_loop_turn(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    """Each result takes its time on the window's thread; timers are not kept waiting for all."""
    jobs = [dispatcher.start(panel, lambda turn=turn: turn, _slowly(panel)) for turn in range(12)]
    for job in jobs:
        job.result(PATIENCE)
    turns: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(len(panel.got)))
    timer.start(0)
    qtbot.waitUntil(lambda: len(panel.got) == 12, timeout=PATIENCE * 1000)
    timer.stop()
    assert len({count for count in turns if 0 < count < 12}) >= 3


def test_results_come_while_a_callback_waits_for_one(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    """As a dialog does that is opened by one result and waits for another."""

    def wait(_value: int) -> None:
        qtbot.waitUntil(lambda: "other" in panel.got, timeout=PATIENCE * 1000)
        panel.take("first")

    first = dispatcher.start(panel, lambda: 1, wait)
    other = dispatcher.start(panel, lambda: "other", panel.take)
    first.result(PATIENCE)
    other.result(PATIENCE)
    qtbot.waitUntil(lambda: "first" in panel.got, timeout=PATIENCE * 1000)
    later = dispatcher.start(panel, lambda: "later", panel.take)
    later.result(PATIENCE)
    qtbot.waitUntil(lambda: "later" in panel.got, timeout=PATIENCE * 1000)


def _slowly(panel: Panel) -> Callable[[int], None]:
    def take(value: int) -> None:
        until = time.perf_counter() + 0.006
        while time.perf_counter() < until:
            pass
        panel.take(value)

    return take


def test_only_the_newest_progress_is_worth_showing(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    def work(progress: Callable[[int], None]) -> str:
        for i in range(1000):
            progress(i)
        return "done"

    job = dispatcher.start(panel, work, panel.take, on_progress=panel.take)
    job.result(PATIENCE)
    qtbot.waitUntil(lambda: panel.got[-1:] == ["done"], timeout=PATIENCE * 1000)
    assert panel.got == [999, "done"]


def test_a_destroyed_owner_is_not_called_and_its_work_is_called_off(
    qtbot: QtBot, dispatcher: Dispatcher
) -> None:
    panel = Panel()
    got = panel.got
    entered, ended = threading.Event(), threading.Event()

    def work() -> int:
        entered.set()
        try:
            cancel.current().wait(PATIENCE)
        finally:
            ended.set()
        return 1

    dispatcher.start(panel, work, panel.take, panel.show_error)
    assert entered.wait(PATIENCE)
    shiboken6.delete(panel)
    assert ended.wait(PATIENCE / 2)
    marker = Panel()
    qtbot.addWidget(marker)
    dispatcher.start(marker, lambda: 2, marker.take)
    qtbot.waitUntil(lambda: marker.got == [2], timeout=PATIENCE * 1000)
    assert got == []
    assert dispatcher._started == {}


def test_an_owner_destroyed_between_the_work_and_its_result_is_not_called(
    qtbot: QtBot, dispatcher: Dispatcher
) -> None:
    panel = Panel()
    got = panel.got
    dispatcher.start(panel, lambda: 1, panel.take).result(PATIENCE)
    shiboken6.delete(panel)
    marker = Panel()
    qtbot.addWidget(marker)
    dispatcher.start(marker, lambda: 2, marker.take)
    qtbot.waitUntil(lambda: marker.got == [2], timeout=PATIENCE * 1000)
    assert got == []


def test_work_does_not_keep_its_owner_alive(qtbot: QtBot, dispatcher: Dispatcher) -> None:
    panel = Panel()
    gone = weakref.ref(panel)
    entered, go = threading.Event(), threading.Event()

    def work() -> int:
        entered.set()
        go.wait(PATIENCE)
        return 1

    dispatcher.start(panel, work, panel.take, panel.show_error)
    assert entered.wait(PATIENCE)
    del panel
    assert gone() is None
    go.set()
    marker = Panel()
    qtbot.addWidget(marker)
    dispatcher.start(marker, lambda: 2, marker.take)
    qtbot.waitUntil(lambda: marker.got == [2], timeout=PATIENCE * 1000)


def test_a_newer_job_with_the_same_key_silences_the_older(
    qtbot: QtBot, dispatcher: Dispatcher, panel: Panel
) -> None:
    other = Panel()
    qtbot.addWidget(other)
    # Each owner's keys are its own.
    dispatcher.start(other, lambda: "other", other.take, key="search")
    for i in range(20):
        dispatcher.start(panel, lambda i=i: i, panel.take, key="search")  # type: ignore[misc]
    qtbot.waitUntil(lambda: 19 in panel.got, timeout=PATIENCE * 1000)
    assert panel.got == [19]
    qtbot.waitUntil(lambda: other.got == ["other"], timeout=PATIENCE * 1000)


def test_cancelled_work_tells_nobody(qtbot: QtBot, dispatcher: Dispatcher, panel: Panel) -> None:
    def work() -> int:
        cancel.current().wait(PATIENCE)
        return 1

    keyed = dispatcher.start(panel, work, panel.take, key="a")
    plain = dispatcher.start(panel, work, panel.take)
    dispatcher.cancel(panel, "a")
    dispatcher.cancel(panel)
    for job in (keyed, plain):
        with pytest.raises(ConsoleError):
            job.result(PATIENCE)
    dispatcher.start(panel, lambda: 2, panel.take)
    qtbot.waitUntil(lambda: panel.got == [2], timeout=PATIENCE * 1000)
    assert panel.errors == []


def test_a_dispatcher_that_is_gone_harms_no_thread(qtbot: QtBot, lanes: Lanes) -> None:
    dispatcher = Dispatcher(lanes)
    owner = QObject()
    entered, go = threading.Event(), threading.Event()

    def work(progress: Callable[[int], None]) -> int:
        entered.set()
        go.wait(PATIENCE)
        progress(1)
        return 1

    job = dispatcher.start(owner, work, on_progress=lambda _value: None)
    assert entered.wait(PATIENCE)
    shiboken6.delete(dispatcher)
    go.set()
    assert job.result(PATIENCE) == 1
    assert lanes.submit("fetch", lambda: 2).result(PATIENCE) == 2


def test_a_window_that_stands_still_is_reported_with_what_it_did(qtbot: QtBot) -> None:
    seen: list[Stall] = []
    heartbeat = Heartbeat(Watchdog(seen.append))
    heartbeat.start()
    try:

        def stand_still() -> None:
            threading.Event().wait(0.3)

        qtbot.wait(50)
        stand_still()
        qtbot.waitUntil(
            lambda: any("stand_still" in stall.stack for stall in seen), timeout=PATIENCE * 1000
        )
    finally:
        heartbeat.stop()
    stall = next(stall for stall in seen if "stand_still" in stall.stack)
    assert stall.seconds >= 0.25
    # It waited; it did not compute.
    assert stall.busy < stall.seconds
