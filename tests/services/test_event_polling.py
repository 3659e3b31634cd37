"""Who is asked, how often, what first, and what stops when a vendor has had enough."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from tests.services.support import add_box, opened, until
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ConsoleError,
    QuotaExceeded,
    RateLimited,
    Unreachable,
    Unsupported,
)
from vsconsole.domain.model import Ability, Account, Channel, Event, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import event_polling, event_turns
from vsconsole.services.desk import Services
from vsconsole.services.event_polling import EventPolling
from vsconsole.services.event_turns import Turns
from vsconsole.services.events import EventQuery
from vsconsole.store.usage import Count
from vsconsole.vendors import registry
from vsconsole.vendors.registry import Quota

WAIT = 30.0


class Told:
    """An adapter in place of an account's: notes each question, answers or fails as it is told."""

    event_pause = 0.05

    def __init__(self) -> None:
        self.asked: list[tuple[Key, Span, float]] = []
        self.error: ConsoleError | None = None
        self.errors: dict[Key, ConsoleError] = {}
        self.held = threading.Event()
        self.held.set()
        self.running = 0

    def events(self, channel: Channel, span: Span) -> list[Event]:
        self.asked.append((channel.key, span, monotonic()))
        self.running += 1
        try:
            while not self.held.wait(0.01):
                cancel.check()
        finally:
            self.running -= 1
        error = self.errors.get(channel.key) or self.error
        if error is not None:
            raise error
        return [Event(id=f"{len(self.asked)}", channel=channel.key, begin=span.begin)]

    def close(self) -> None:
        """As adapters have it."""

    @property
    def keys(self) -> list[Key]:
        return [key for key, _span, _at in self.asked]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rules on a clock that runs faster."""
    monkeypatch.setattr(event_turns, "SPACING", 0.02)
    monkeypatch.setattr(event_turns, "PAUSE", 0.05)
    monkeypatch.setattr(event_turns, "FRESH", 0.6)
    monkeypatch.setattr(event_turns, "IDLE", 0.05)
    monkeypatch.setattr(event_turns, "FRESH_SHOWN", 0.1)
    monkeypatch.setattr("vsconsole.services.events.events_of", lambda adapter: adapter)


def listed(
    services: Services, name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[Told, list[Channel], Account]:
    """An account with so many channels in its cached tree, and its adapter."""
    account = services.accounts.add("local", name, {"folder": "/nowhere/" + name})
    channels = [
        Channel(
            key=Key(account.id, f"{number:02}"),
            name=f"{name} {number}",
            abilities=frozenset({Ability.EVENTS} if number else set[Ability]()),
        )
        for number in range(count + 1)
    ]
    with services.cache.listing(account.id) as listing:
        listing.add(channels)
    adapter = Told()
    monkeypatch.setitem(services.accounts._adapters, account.id, adapter)  # type: ignore[arg-type]
    return adapter, channels[1:], account


def test_every_camera_with_events_is_asked_and_those_on_screen_most(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, channels, account = listed(services, "A", 6, monkeypatch)
    polling = services.polling
    shown = channels[3]
    polling.show([shown.key])
    polling.run(True)
    until(lambda: set(adapter.keys) == {channel.key for channel in channels}, WAIT)
    assert adapter.keys[0] == shown.key
    until(lambda: adapter.keys.count(shown.key) >= 6, WAIT)
    others = [adapter.keys.count(channel.key) for channel in channels if channel is not shown]
    assert max(others) < adapter.keys.count(shown.key)
    standing = polling.standings()[account.id]
    assert standing.channels == 6
    assert standing.unasked == 0
    assert standing.since is not None
    assert standing.problem is None


def test_a_tree_that_changes_right_before_a_question_is_read_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, channels, account = listed(services, "A", 3, monkeypatch)
    polling = services.polling
    weigh, changes = polling._weigh, iter(range(4))

    def changed(asked: Turns) -> None:
        weigh(asked)
        if next(changes, None) is not None:
            polling._listed(account.id)

    monkeypatch.setattr(polling, "_weigh", changed)
    polling.run(True)
    until(lambda: set(adapter.keys) == {channel.key for channel in channels}, WAIT)


def test_a_day_is_asked_first_and_then_only_what_is_new(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, (channel,), _account = listed(services, "A", 1, monkeypatch)
    services.polling.show([channel.key])
    services.polling.run(True)
    until(lambda: len(adapter.asked) >= 3, WAIT)
    first, second = adapter.asked[0][1], adapter.asked[1][1]
    assert first.end - first.begin == timedelta(days=1)
    assert timedelta(minutes=10) <= second.end - second.begin < timedelta(minutes=11)
    assert second.begin < first.end < second.end


def test_the_pace_of_an_account_is_kept(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, _channels, _account = listed(services, "A", 12, monkeypatch)
    monkeypatch.setattr(event_turns, "SPACING", 0.05)
    adapter.event_pause = 0.15
    services.polling.run(True)
    until(lambda: len(adapter.asked) == 14, WAIT)
    times = [at for _key, _span, at in adapter.asked]
    # A thread may be late with one and in time with the next, but not over two.
    assert all(after - before > 0.05 for before, after in zip(times, times[2:], strict=False))
    burst = event_turns.BURST
    # Ahead by a burst at most, however long it goes on.
    assert times[-1] - times[0] > 0.15 * (len(times) - 1 - burst)


def test_nothing_is_asked_while_nobody_looks(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, channels, _account = listed(services, "A", 3, monkeypatch)
    polling = services.polling
    polling.show([channel.key for channel in channels])
    assert adapter.asked == []
    polling.run(True)
    until(lambda: len(adapter.asked) > 4, WAIT)
    polling.run(False)
    until(lambda: not adapter.running)
    asked = len(adapter.asked)
    threading.Event().wait(0.4)
    assert len(adapter.asked) <= asked + 1
    polling.run(True)
    until(lambda: len(adapter.asked) > asked + 2, WAIT)


@pytest.mark.parametrize(
    ("error", "least"),
    [
        (RateLimited("Too many calls."), 60.0),
        (RateLimited("Too many calls.", retry_after=500.0), 500.0),
        (QuotaExceeded("Used up."), 1800.0),
        (BadCredentials("Refused."), 600.0),
        (Unreachable("Gone."), 10.0),
    ],
)
def test_an_account_that_is_at_fault_is_left_alone_and_says_so(
    services: Services, monkeypatch: pytest.MonkeyPatch, error: ConsoleError, least: float
) -> None:
    adapter, channels, account = listed(services, "A", 4, monkeypatch)
    other, _its, _other_account = listed(services, "B", 2, monkeypatch)
    adapter.error = error
    polling = services.polling
    changed: list[str] = []
    polling.changed.connect(changed.append)
    polling.show([channel.key for channel in channels])
    polling.run(True)
    until(
        lambda: len(other.asked) > 4 and polling.standings()[account.id].problem is not None, WAIT
    )
    standing = polling.standings()[account.id]
    assert len(adapter.asked) == 1
    assert standing.problem is error
    assert standing.resumes is not None
    assert least - 5 < (standing.resumes - now()).total_seconds() <= least
    assert account.id in changed
    # The operator wants it now, and all is well again.
    adapter.error = None
    polling.again(account.id)
    until(lambda: len(adapter.asked) > 3, WAIT)
    until(lambda: polling.standings()[account.id].problem is None)


def test_one_camera_s_failure_is_its_own(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, channels, account = listed(services, "A", 3, monkeypatch)
    odd, unable, well = channels
    adapter.errors = {odd.key: BadResponse("Odd."), unable.key: Unsupported("It cannot.")}
    polling = services.polling
    polling.show([channel.key for channel in channels])
    polling.run(True)
    until(lambda: adapter.keys.count(well.key) > 2 and adapter.keys.count(odd.key) > 2, WAIT)
    assert adapter.keys.count(unable.key) == 1
    standing = polling.standings()[account.id]
    assert (standing.problem, standing.failed, standing.unasked) == (None, 2, 2)
    adapter.errors = {}
    polling.again()
    until(lambda: polling.standings()[account.id].failed == 0, WAIT)


def test_one_slow_account_holds_up_nobody(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, _its, _account = listed(services, "Slow", 3, monkeypatch)
    quick, _mine, _account = listed(services, "Quick", 3, monkeypatch)
    slow.held.clear()
    services.polling.run(True)
    until(lambda: len(quick.asked) >= 6, WAIT)
    assert len(slow.asked) == 1
    slow.held.set()
    until(lambda: len(slow.asked) >= 3, WAIT)


def test_a_few_accounts_at_once_but_slow_ones_do_not_count(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of_them = [
        listed(services, f"A{number}", 1, monkeypatch)[0]
        for number in range(event_polling.AT_ONCE + 2)
    ]
    for adapter in all_of_them:
        adapter.held.clear()
    services.polling.run(True)
    until(lambda: sum(one.running for one in all_of_them) == event_polling.AT_ONCE, WAIT)
    threading.Event().wait(0.3)
    assert sum(one.running for one in all_of_them) == event_polling.AT_ONCE
    monkeypatch.setattr(event_polling, "SLOW", 0.1)
    until(lambda: all(one.running for one in all_of_them), WAIT)
    for adapter in all_of_them:
        adapter.held.set()


def test_what_somebody_looks_at_is_asked_next_and_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, channels, _account = listed(services, "A", 6, monkeypatch)
    polling = services.polling
    polling.run(True)
    until(lambda: len(adapter.asked) > 2, WAIT)
    end = now() - timedelta(days=3)
    wanted = Span(end - timedelta(hours=6), end)
    polling.look(channels[5].key, wanted)
    until(lambda: (channels[5].key, wanted) in [(k, s) for k, s, _at in adapter.asked], WAIT)
    count = len(adapter.asked)
    until(lambda: len(adapter.asked) > count + 1, WAIT)
    # Any part of it is known by now.
    polling.look(channels[5].key, wanted)
    polling.look(channels[5].key, replace_begin(wanted, timedelta(hours=1)))
    until(lambda: len(adapter.asked) > count + 6, WAIT)
    spans = [span for key, span, _at in adapter.asked if key == channels[5].key]
    assert spans.count(wanted) == 1
    assert not [span for span in spans if span.end == wanted.end and span != wanted]
    # Of what is longer than vendors answer, the newest week.
    polling.look(channels[4].key, Span(end - timedelta(days=60), end))
    week = Span(end - timedelta(days=7), end)
    until(lambda: (channels[4].key, week) in [(k, s) for k, s, _at in adapter.asked], WAIT)
    # The future was never told of.
    polling.look(channels[3].key, Span(now() + timedelta(hours=1), now() + timedelta(hours=2)))


def replace_begin(span: Span, later: timedelta) -> Span:
    return Span(span.begin + later, span.end)


def test_accounts_come_and_go(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    polling = services.polling
    polling.run(True)
    adapter, channels, account = listed(services, "A", 2, monkeypatch)
    # As after a listing: what was read of the account before is out of date.
    services.inventory.changed.emit(account.id)
    until(lambda: len(adapter.asked) > 2, WAIT)
    services.accounts.remove(account.id)
    until(lambda: account.id not in polling.standings())
    asked = len(adapter.asked)
    threading.Event().wait(0.3)
    assert len(adapter.asked) <= asked + 1
    assert services.events().search(EventQuery(accounts=frozenset({account.id}))) == []
    assert channels


def test_closing_ends_what_is_under_way(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, _channels, _account = listed(services, "A", 2, monkeypatch)
    adapter.held.clear()
    services.polling.run(True)
    until(lambda: adapter.running == 1, WAIT)
    begun = monotonic()
    services.close()
    assert monotonic() - begun < 10
    until(lambda: adapter.running == 0)
    # Nothing begins afterwards, whatever is wanted.
    services.polling.run(True)
    services.polling.again()
    assert len(adapter.asked) == 1


def test_an_index_that_cannot_be_opened_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, _channels, account = listed(services, "A", 1, monkeypatch)
    blocked = services.paths.cache / "events.sqlite"
    blocked.mkdir()
    services.polling.run(True)
    until(lambda: services.polling.standings().get(account.id) is not None, WAIT)
    until(lambda: services.polling.standings()[account.id].problem is not None, WAIT)
    assert adapter.asked == []
    blocked.rmdir()
    services.polling.again()
    until(lambda: len(adapter.asked) > 1, WAIT)


@pytest.fixture
def two_vendors() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["tencent", "imou"]) as sandbox:
        yield sandbox


def test_real_vendors_are_polled_into_one_index(
    two_vendors: Sandbox, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with opened(tmp_path_factory.mktemp("both")) as services:
        box = add_box(services, two_vendors)
        shop = services.accounts.add("imou", "Shop", two_vendors.fields("imou"))
        services.inventory.refresh(shop.id)
        polling = EventPolling(
            services.accounts, services.inventory, services.events, services.usage
        )
        try:
            polling.run(True)
            events = services.events()
            until(
                lambda: all(
                    events.count(EventQuery(accounts=frozenset({one.id}))) for one in (box, shop)
                ),
                WAIT,
            )
            until(lambda: bool(events.search(EventQuery(text="白短袖"))), WAIT)
            standings = polling.standings()
            assert standings[box.id].problem is None
            assert standings[shop.id].problem is None
        finally:
            polling.close()


def limited(monkeypatch: pytest.MonkeyPatch, most: int = 100) -> None:
    """Gives the accounts of `listed` a vendor with a limit of calls a month."""
    quota = Quota(counted="calls", most=most, period="month", source="a test")
    row = replace(registry.vendor("local"), quotas=(quota,))
    monkeypatch.setitem(registry._BY_ID, "local", row)


def test_near_a_limit_nothing_is_asked_but_what_somebody_wants(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch)
    adapter, channels, account = listed(services, "A", 3, monkeypatch)
    other, _channels, free = listed(services, "B", 2, monkeypatch)
    polling, told = services.polling, list[str]()
    polling.changed.connect(told.append)
    services.usage.note(account.id, Count(calls=90))
    polling.show([channels[1].key])
    polling.run(True)
    until(lambda: len(other.asked) > 6, WAIT)
    assert adapter.asked == []
    standing = polling.standings()[account.id]
    assert isinstance(standing.problem, QuotaExceeded)
    assert "90 of this month's 100 calls" in str(standing.problem)
    assert standing.resumes is not None
    assert standing.resumes > now()
    assert polling.standings()[free.id].problem is None
    assert account.id in told
    # What somebody looks at is the operator's work.
    span = Span(now() - timedelta(hours=3), now() - timedelta(hours=2))
    polling.look(channels[0].key, span)
    until(lambda: len(adapter.asked) == 1, WAIT)
    assert adapter.asked[0][:2] == (channels[0].key, span)
    # By hand every camera is asked once, what is on screen first.
    polling.again()
    until(lambda: len(adapter.asked) == 4, WAIT)
    assert adapter.keys[1] == channels[1].key
    assert set(adapter.keys[1:]) == {channel.key for channel in channels}
    seen = len(other.asked)
    until(lambda: len(other.asked) > seen + 3, WAIT)
    assert len(adapter.asked) == 4
    assert polling.standings()[account.id].problem is not None


def test_it_goes_on_when_the_limit_begins_anew(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch)
    adapter, channels, account = listed(services, "A", 2, monkeypatch)
    services.usage.note(account.id, Count(calls=95))
    services.polling.run(True)
    until(lambda: account.id in services.polling.standings(), WAIT)
    until(lambda: services.polling.standings()[account.id].problem is not None, WAIT)
    assert adapter.asked == []
    later = now() + timedelta(days=32)
    monkeypatch.setattr("vsconsole.services.usage.now", lambda: later)
    until(lambda: set(adapter.keys) == {channel.key for channel in channels}, WAIT)
    until(lambda: services.polling.standings()[account.id].problem is None, WAIT)
    # What a limit kept waiting is not asked by hand once more when the next one comes near.
    asked = len(adapter.asked)
    services.usage.note(account.id, Count(calls=95))
    until(lambda: services.polling.standings()[account.id].problem is not None, WAIT)
    assert len(adapter.asked) <= asked + 1


def test_what_earlier_runs_have_used_counts(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch)
    told, _channels, account = listed(services, "A", 2, monkeypatch)
    with opened(services.paths.data.parent) as other:
        other.usage.note(account.id, Count(calls=99))
    services.polling.run(True)
    until(lambda: account.id in services.polling.standings(), WAIT)
    until(lambda: services.polling.standings()[account.id].problem is not None, WAIT)
    assert told.asked == []
