"""What is asked, what is kept and told, and that nobody waits for another account."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.support import add_box, calls, until
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    ConsoleError,
    NotFound,
    Unreachable,
)
from vsconsole.domain.model import Account, Channel, Event, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.events import EventQuery, Events, KnownEvent, Refresh
from vsconsole.store.event_index import EventIndex

WAIT = 30.0
RESULTS = "/getAITaskResult"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EventIndex]:
    made = EventIndex(tmp_path / "events.sqlite")
    yield made
    made.close()


@pytest.fixture
def events(services: Services, index: EventIndex) -> Iterator[Events]:
    made = Events(services.accounts, index)
    yield made
    made.close()


def watched(services: Services, sandbox: Sandbox, account: Account) -> list[Channel]:
    """The channels that an AI task looks at."""
    seen = {camera for task in sandbox.world.analysis.tasks.values() for camera in task.cameras}
    found = [
        node
        for node in services.inventory.tree(account.id)
        if isinstance(node, Channel) and node.key.native in seen
    ]
    assert len(found) >= 2
    return found


def last_days(count: float = 2) -> Span:
    return Span(now() - timedelta(days=count), now())


def test_events_are_asked_kept_and_told(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    account = add_box(services, sandbox)
    channels = watched(services, sandbox, account)
    told: list[KnownEvent] = []
    events.added.connect(told.extend)
    changes: list[int] = []
    span = last_days()
    round_ = events.refresh(channels, span, lambda refresh: changes.append(refresh.pending))
    round_.wait(WAIT)
    assert round_.done
    assert round_.failed == {}
    assert changes == list(range(len(channels)))[::-1]
    found = events.search(EventQuery(), limit=10_000)
    assert len(found) == round_.new == len(told) > 10
    assert {known.number for known in found} == {known.number for known in told}
    begins = [known.event.begin for known in found]
    assert begins == sorted(begins, reverse=True)
    assert all(begin in span for begin in begins)
    names = {channel.key: channel.name for channel in channels}
    assert all(known.place == names[known.event.channel] for known in found)
    assert set(events.asked(account.id)) == set(names)
    # Once more: nothing is new, and nothing is told.
    again = events.refresh(channels, span)
    again.wait(WAIT)
    assert again.new == 0
    assert len(told) == len(found)
    assert events.count(EventQuery()) == len(found)


def test_what_is_known_is_found_without_the_vendor(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    account = add_box(services, sandbox)
    channels = watched(services, sandbox, account)
    events.refresh(channels, last_days()).wait(WAIT)
    sandbox._log.clear()
    kinds = events.kinds()
    assert kinds
    for kind, title in kinds.items():
        query = EventQuery(kinds=frozenset({kind}))
        found = events.search(query)
        assert found
        assert {known.event.kind for known in found} == {kind}
        assert events.count(EventQuery(text=title)) >= events.count(query)
    name = channels[0].name
    # Any two characters of a camera's name.
    assert events.count(EventQuery(text=name[:2])) >= events.count(
        EventQuery(channels=frozenset({channels[0].key}))
    )
    assert events.search(EventQuery(text="白短袖一二三")) == []
    assert sandbox.log == []


def test_only_channels_with_events_are_asked(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    blind = Channel(key=Key("nobody", "x"), name="x")
    round_ = events.refresh([blind], last_days())
    assert round_.done
    round_.wait(1)
    assert sandbox.log == []


def test_one_slow_vendor_holds_up_nobody(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    with Sandbox(seed=3, vendors=["tencent"]) as other:
        quick, slow = add_box(services, sandbox, "Quick"), add_box(services, other, "Slow")
        mine, its = watched(services, sandbox, quick), watched(services, other, slow)
        other.faults.set("tencent", "slow", seconds=60)
        both = events.refresh([*its, *mine], last_days())
        until(lambda: both.pending == len(its), WAIT)
        assert not both.done
        assert events.asked(quick.id).keys() == {channel.key for channel in mine}
        assert events.asked(slow.id) == {}
        assert events.search(EventQuery(accounts=frozenset({quick.id})))
        both.cancel()
        assert both.done


def test_an_account_that_is_at_fault_is_not_tried_again_and_again(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    account = add_box(services, sandbox)
    channels = watched(services, sandbox, account)
    sandbox.faults.set("tencent", "secret")
    sandbox._log.clear()
    round_ = events.refresh(channels, last_days())
    round_.wait(WAIT)
    assert round_.failed.keys() == {channel.key for channel in channels}
    assert all(isinstance(error, BadCredentials) for error in round_.failed.values())
    assert len(sandbox.log) == 1
    sandbox.faults.clear()
    again = events.refresh(channels, last_days())
    again.wait(WAIT)
    assert again.failed == {}
    assert again.new


def test_one_channel_s_failure_is_its_own(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    account = add_box(services, sandbox)
    first, *others = watched(services, sandbox, account)
    # Its three tries fail, and those of nobody else.
    sandbox.faults.set("tencent", "html", count=3)
    round_ = events.refresh([first, *others], last_days())
    round_.wait(WAIT)
    assert list(round_.failed) == [first.key]
    assert isinstance(round_.failed[first.key], BadResponse)
    assert set(events.asked(account.id)) == {channel.key for channel in others}
    assert round_.new


class Waiting:
    """An adapter in place of the account's, whose answers a test lets through one by one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Span]] = []
        self.go = threading.Semaphore(0)

    def events(self, channel: Channel, span: Span) -> list[Event]:
        self.asked.append((channel.key.native, span))
        while not self.go.acquire(timeout=0.01):
            cancel.check()
        return [Event(id=str(len(self.asked)), channel=channel.key, begin=span.begin)]


@pytest.fixture
def waiting(
    services: Services, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> tuple[Waiting, list[Channel]]:
    account = add_box(services, sandbox)
    made = Waiting()
    monkeypatch.setitem(services.accounts._adapters, account.id, made)  # type: ignore[arg-type]
    monkeypatch.setattr("vsconsole.services.events.events_of", lambda adapter: adapter)
    return made, watched(services, sandbox, account)


def test_rounds_that_overlap_ask_once(
    events: Events, waiting: tuple[Waiting, list[Channel]]
) -> None:
    adapter, (one, two, *_others) = waiting
    short, long = last_days(1), last_days(2)
    first = events.refresh([one, two], short)
    until(lambda: len(adapter.asked) == 1)
    # `one` is being asked already, `two` still waits: it is asked once, for both.
    second = events.refresh([one, two], long)
    third = events.refresh([two], Span(now() - timedelta(days=9), now() - timedelta(days=8)))
    for _ in range(4):
        adapter.go.release()
    for round_ in (first, second, third):
        round_.wait(WAIT)
    asked = [name for name, _span in adapter.asked]
    assert asked == [one.key.native, two.key.native, one.key.native, two.key.native]
    assert adapter.asked[1][1] == Span(long.begin, long.end)
    assert (first.new, second.new, third.new) == (2, 2, 1)


def test_what_nobody_waits_for_is_called_off(
    events: Events, waiting: tuple[Waiting, list[Channel]]
) -> None:
    adapter, (one, two, *_others) = waiting
    first = events.refresh([one, two], last_days())
    second = events.refresh([two], last_days())
    until(lambda: len(adapter.asked) == 1)
    first.cancel()
    until(lambda: len(adapter.asked) == 2)
    adapter.go.release()
    second.wait(WAIT)
    # The first channel's question ended without an answer; the second was still wanted.
    assert [name for name, _span in adapter.asked] == [one.key.native, two.key.native]
    assert (first.new, second.new) == (0, 1)
    assert first.failed == {}


def test_waiting_can_be_called_off(events: Events, waiting: tuple[Waiting, list[Channel]]) -> None:
    _adapter, (one, *_others) = waiting
    round_ = events.refresh([one], last_days())
    with pytest.raises(TimeoutError):
        round_.wait(0.01)
    with cancel.bound(cancel.CancelToken()) as token:
        threading.Timer(0.05, token.cancel).start()
        with pytest.raises(Cancelled):
            round_.wait(WAIT)
    assert round_.cancelled
    until(lambda: not any(queue.working for queue in events._queues.values()))


def test_a_removed_account_is_forgotten(
    services: Services, events: Events, waiting: tuple[Waiting, list[Channel]]
) -> None:
    adapter, (one, two, *_others) = waiting
    first = events.refresh([one], last_days())
    adapter.go.release()
    first.wait(WAIT)
    assert events.count(EventQuery()) == 1
    second = events.refresh([one, two], last_days())
    until(lambda: len(adapter.asked) == 2)
    services.accounts._adapters.pop(one.key.account)
    services.accounts.remove(one.key.account)
    until(lambda: second.done)
    assert events.count(EventQuery()) == 0
    assert events.asked(one.key.account) == {}
    gone = events.refresh([one], last_days())
    gone.wait(WAIT)
    assert isinstance(gone.failed[one.key], NotFound)


def test_an_answer_that_comes_after_the_account_went(
    services: Services,
    events: Events,
    waiting: tuple[Waiting, list[Channel]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adapter, (one, *_others) = waiting
    round_ = events.refresh([one], last_days())
    monkeypatch.setattr(services.accounts, "exists", lambda _id: False)
    adapter.go.release()
    round_.wait(WAIT)
    assert (round_.new, round_.failed) == (0, {})
    assert events.count(EventQuery()) == 0


def test_an_account_that_was_never_asked_goes_as_well(
    services: Services, sandbox: Sandbox, events: Events
) -> None:
    account = add_box(services, sandbox)
    services.accounts.remove(account.id)
    assert events.asked(account.id) == {}


def test_after_the_end_nothing_is_asked(
    events: Events, waiting: tuple[Waiting, list[Channel]]
) -> None:
    adapter, (one, two, *_others) = waiting
    running = events.refresh([one, two], last_days())
    until(lambda: len(adapter.asked) == 1)
    events.close()
    assert running.done
    later = events.refresh([one], last_days())
    assert later.done
    assert later.failed == {}
    assert len(adapter.asked) == 1
    events.close()


@pytest.mark.allow_log("asking for events failed")
def test_a_fault_of_ours_is_told(
    events: Events, waiting: tuple[Waiting, list[Channel]], monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, (one, *_others) = waiting

    def fail(channel: Channel, span: Span) -> list[Event]:
        raise ZeroDivisionError

    monkeypatch.setattr(adapter, "events", fail)
    round_ = events.refresh([one], last_days())
    round_.wait(WAIT)
    assert type(round_.failed[one.key]) is ConsoleError
    assert round_.failed[one.key].why == "ZeroDivisionError"


@pytest.mark.allow_log("a view of events failed")
def test_a_view_that_fails_does_no_harm(
    events: Events, waiting: tuple[Waiting, list[Channel]]
) -> None:
    adapter, (one, two, *_others) = waiting

    def fail(refresh: Refresh) -> None:
        raise RuntimeError

    round_ = events.refresh([one, two], last_days(), fail)
    adapter.go.release(2)
    round_.wait(WAIT)
    assert round_.new == 2


def test_a_way_that_is_cut(services: Services, sandbox: Sandbox, events: Events) -> None:
    account = add_box(services, sandbox)
    channels = watched(services, sandbox, account)
    sandbox.faults.set("tencent", "reset")
    sandbox._log.clear()
    round_ = events.refresh(channels, last_days())
    round_.wait(WAIT)
    assert len(round_.failed) == len(channels)
    assert all(isinstance(error, Unreachable) for error in round_.failed.values())
    assert calls(sandbox, RESULTS) == []
