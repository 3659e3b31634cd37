"""Calling work off, from any thread, once."""

import threading

import pytest

from vsconsole.domain import cancel
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled


def test_check_and_wait_raise_once_called_off() -> None:
    token = CancelToken()
    token.check()
    token.wait(0)
    assert not token.cancelled
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled):
        token.check()
    with pytest.raises(Cancelled):
        token.wait(60)


def test_callbacks_run_once_in_the_thread_that_cancels() -> None:
    token = CancelToken()
    ran: list[str] = []
    token.on_cancel(lambda: ran.append(threading.current_thread().name))
    thread = threading.Thread(target=token.cancel, name="canceller")
    thread.start()
    thread.join()
    token.cancel()
    assert ran == ["canceller"]
    token.on_cancel(lambda: ran.append("late"))
    assert ran == ["canceller", "late"]


def test_a_callback_can_be_taken_back() -> None:
    token = CancelToken()
    ran: list[int] = []

    def callback() -> None:
        ran.append(1)

    token.on_cancel(callback)
    token.forget(callback)
    token.forget(callback)
    token.cancel()
    assert ran == []


def test_a_waiting_thread_wakes_at_once() -> None:
    token = CancelToken()
    ended = threading.Event()

    def work() -> None:
        with pytest.raises(Cancelled):
            token.wait(3600)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    token.cancel()
    assert ended.wait(10)
    thread.join()


def test_the_current_token_is_the_innermost_and_each_threads_own() -> None:
    cancel.check()
    outer, inner = CancelToken(), CancelToken()
    seen: list[CancelToken] = []
    with cancel.bound(outer) as given:
        assert given is outer
        thread = threading.Thread(target=lambda: seen.append(cancel.current()))
        thread.start()
        thread.join()
        with cancel.bound(inner):
            inner.cancel()
            with pytest.raises(Cancelled):
                cancel.check()
        cancel.check()
        assert cancel.current() is outer
    assert cancel.current() is not outer
    assert seen[0] is not outer


def test_waiting_on_a_condition_ends_when_it_holds_is_late_or_is_called_off() -> None:
    changed = threading.Condition()
    there: list[int] = []

    def come() -> None:
        with changed:
            there.append(1)
            changed.notify_all()

    thread = threading.Timer(0.05, come)
    thread.start()
    cancel.wait_for(changed, lambda: there, 10)
    thread.join()
    with pytest.raises(TimeoutError):
        cancel.wait_for(changed, lambda: False, 0.01)
    with cancel.bound(CancelToken()) as token:
        thread = threading.Timer(0.05, token.cancel)
        thread.start()
        with pytest.raises(Cancelled):
            cancel.wait_for(changed, lambda: False, 10)
        thread.join()
        with pytest.raises(Cancelled):
            cancel.wait_for(changed, lambda: False)
