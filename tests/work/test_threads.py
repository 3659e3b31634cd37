"""Threads that are begun by another one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from vsconsole.work import threads
from vsconsole.work.threads import Thread


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Starting a thread takes until this is set."""
    let = threading.Event()
    start = threading.Thread.start

    def late(self: threading.Thread) -> None:
        if self.name == "begun":
            assert let.wait(10)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", late)
    yield let
    let.set()


def test_whoever_begins_one_does_not_wait(slow: threading.Event) -> None:
    ran = threading.Event()
    thread = Thread(target=ran.set, name="begun", daemon=True)
    thread.begin()
    assert not ran.is_set()
    thread.join(0.02)  # it has not begun: that is no end
    assert not thread.is_alive()
    slow.set()
    thread.join(10)
    assert ran.is_set()
    assert not thread.is_alive()


def test_they_begin_in_order_and_end_like_any_other() -> None:
    order: list[int] = []
    last = threading.Event()
    begun = [Thread(target=order.append, args=(number,), daemon=True) for number in range(20)]
    begun.append(Thread(target=last.set, daemon=True))
    for thread in begun:
        thread.begin()
    assert last.wait(10)
    for thread in begun:
        thread.join()
    assert sorted(order) == list(range(20))
    starters = [one for one in threading.enumerate() if one.name == threads.STARTER]
    assert len(starters) == 1
