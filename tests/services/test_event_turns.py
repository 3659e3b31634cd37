"""Which channel of an account is asked next, about what, and what a failure costs it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from time import monotonic

import pytest

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    QuotaExceeded,
    RateLimited,
    Unreachable,
    Unsupported,
)
from vsconsole.domain.model import Channel, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.services import event_turns
from vsconsole.services.event_turns import BURST, PAUSE, SPACING, Turns, delay_after
from vsconsole.services.usage import Level
from vsconsole.vendors.registry import Quota

KEYS = [Key("a1", f"c{number}") for number in range(6)]
HOUR = timedelta(hours=1)


@pytest.fixture
def turns() -> Turns:
    """An account whose channels were asked one after the other, the last two never."""
    made = Turns("a1")
    asked = {key: now() - HOUR * (number + 1) for number, key in enumerate(KEYS[:4])}
    made.take_channels({key: Channel(key=key, name=key.native) for key in KEYS}, asked)
    return made


def chosen(turns: Turns, *shown: Key) -> Key | None:
    """Whose turn it is; the question ends well."""
    turns.book(monotonic())
    found = turns.choose(shown)
    if found is None:
        turns.unbook()
        return None
    turns.end(found[0].key, None)
    return found[0].key


def near(turns: Turns) -> None:
    """Its limit of calls comes near."""
    quota = Quota(counted="calls", most=100, period="month", source="a test")
    turns.limit = Level(quota=quota, used=90, most=100, until=now() + HOUR)


def test_waits_grow_while_failures_go_on_and_never_for_ever() -> None:
    for error in (RateLimited("x"), QuotaExceeded("x"), Unreachable("x"), BadCredentials("x")):
        waits = [delay_after(error, failures) for failures in range(40)]
        assert waits == sorted(waits)
        assert waits[0] < waits[5] <= 6 * 3600
    assert delay_after(RateLimited("x", retry_after=7200.0), 0) == 7200.0


def test_a_burst_and_then_the_pace(turns: Turns) -> None:
    at, times = 1000.0, []
    for _each in range(3 * BURST):
        at = max(at, turns.ready())
        times.append(at)
        turns.book(at)
        turns.end(None, None)
    apart = [after - before for before, after in pairwise(times)]
    assert apart[: BURST - 1] == [SPACING] * (BURST - 1)
    assert apart[-2:] == [PAUSE, PAUSE]
    assert times[-1] - times[0] == PAUSE * (len(times) - BURST)
    # A turn without a question costs none of it.
    before = turns.ready()
    turns.book(before)
    turns.unbook()
    turns.not_before = 0.0
    assert turns.ready() == before + SPACING


def test_those_never_asked_come_first_and_then_those_that_wait_longest(turns: Turns) -> None:
    order = [chosen(turns) for _each in range(7)]
    assert order == [KEYS[4], KEYS[5], KEYS[3], KEYS[2], KEYS[1], KEYS[0], None]


def test_what_is_on_screen_is_asked_most_and_the_others_all_the_same(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_turns, "FRESH_SHOWN", 0.0)
    order = [chosen(turns, KEYS[0], KEYS[1]) for _each in range(9)]
    assert order[:3] == [KEYS[0], KEYS[1], KEYS[4]]
    assert [key for key in order if key not in KEYS[:2]] == [KEYS[4], KEYS[5], KEYS[3]]


def test_the_newest_wish_is_first_and_what_was_asked_is_no_wish(turns: Turns) -> None:
    span = Span(now() - 9 * HOUR, now() - 3 * HOUR)
    assert turns.wish(KEYS[0], span)
    assert turns.wish(KEYS[1], span)
    # Of a channel that is not there any more.
    assert turns.wish(Key("a1", "gone"), span)
    found = turns.choose([KEYS[4]])
    assert found is not None
    assert (found[0].key, found[1]) == (KEYS[1], span)
    turns.looked_at(KEYS[0], Span(span.begin - HOUR, span.begin + HOUR))
    assert turns.wish(KEYS[0], span)
    turns.looked_at(KEYS[0], Span(span.begin + HOUR, span.end))
    # Two ranges that touch are one, and the wish of before is done.
    assert not turns.wish(KEYS[0], span)
    assert chosen(turns) == KEYS[4]


def test_a_day_is_asked_first_then_what_is_new_and_a_day_after_a_failure(turns: Turns) -> None:
    def span() -> Span:
        turns.demand()
        found = turns.choose([KEYS[0]])
        assert found is not None
        assert found[0].key == KEYS[0]
        return found[1]

    near(turns)
    assert span().seconds == pytest.approx(86400)
    turns.end(KEYS[0], None)
    # It was asked an hour ago.
    assert span().seconds == pytest.approx(3600 + 600, abs=60)
    turns.end(KEYS[0], BadResponse("Odd."))
    assert span().seconds == pytest.approx(86400)


def test_near_a_limit_only_what_is_asked_for_by_hand(turns: Turns) -> None:
    near(turns)
    assert chosen(turns, KEYS[1]) is None
    assert isinstance(turns.standing().problem, QuotaExceeded)
    turns.demand()
    order = [chosen(turns, KEYS[1]) for _each in range(7)]
    assert order[0] == KEYS[1]
    assert set(order[:6]) == set(KEYS)
    assert order[6] is None
    # What was not asked before the limit began anew is not asked when the next one comes near.
    turns.demand()
    turns.limit = None
    chosen(turns)
    near(turns)
    assert chosen(turns) is None


def test_a_camera_that_cannot_rests_and_an_account_that_is_refused_waits(turns: Turns) -> None:
    turns.end(KEYS[4], Unsupported("It cannot."))
    turns.end(KEYS[5], Cancelled("Left."))
    order = [chosen(turns) for _each in range(6)]
    assert order == [KEYS[5], KEYS[3], KEYS[2], KEYS[1], KEYS[0], None]
    assert turns.standing().failed == 1
    begun = monotonic()
    for least in (60, 120):
        turns.end(KEYS[0], RateLimited("Too many."))
        assert turns.ready() - begun == pytest.approx(least, abs=30)
    standing = turns.standing()
    assert isinstance(standing.problem, RateLimited)
    assert standing.resumes is not None
    # A new tree does not end the wait, the operator does.
    turns.list_anew()
    assert turns.not_before > begun
    turns.demand()
    assert turns.not_before == 0
    assert turns.standing().problem is None


def test_it_says_who_waits_longest(turns: Turns) -> None:
    standing = turns.standing()
    assert (standing.channels, standing.unasked, standing.failed) == (6, 2, 0)
    assert standing.since is not None
    assert (now() - standing.since).total_seconds() == pytest.approx(4 * 3600, abs=60)
