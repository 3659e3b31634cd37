"""Each fault leaves a clear message, a working window, and nothing secret in the log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest

from tests.e2e.support import Stand
from vsconsole.demo import hands
from vsconsole.domain import errors
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Store
from vsconsole.player.backend import PlayerState

_FAULTS: list[tuple[str, dict[str, float], tuple[type[ConsoleError], ...]]] = [
    ("clock", {}, (errors.ClockSkew, errors.BadCredentials)),
    ("secret", {}, (errors.BadCredentials,)),
    ("rate-limit", {}, (errors.RateLimited,)),
    ("reset", {}, (errors.Unreachable,)),
    ("cut-body", {}, (errors.Unreachable, errors.BadResponse)),
    ("html", {}, (errors.BadResponse,)),
    ("http-500", {}, (errors.BadResponse, errors.VendorError)),
    ("truncated-json", {}, (errors.BadResponse,)),
]


@pytest.mark.allow_log(".*")
@pytest.mark.parametrize(("fault", "more", "kinds"), _FAULTS, ids=[fault for fault, *_ in _FAULTS])
def test_a_fault_is_told_and_leaves_a_working_window(
    stand: Stand,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    more: dict[str, float],
    kinds: tuple[type[ConsoleError], ...],
) -> None:
    caplog.set_level(logging.DEBUG)
    account = stand.program.services.accounts.all()[0]
    with pytest.raises(kinds) as raised:
        _with_fault(stand, fault, more)
    error = raised.value
    assert error.what
    assert error.why or error.remedy, "what to do next is not said"
    stand.sandbox.faults.set("tencent", fault, 1.0, **more)
    stand.desk.accounts.refresh(account.id)
    stand.wait(lambda: not stand.desk.accounts.busy, 40)
    assert stand.desk.window.notifier.messages, "nothing was said"
    stand.sandbox.faults.clear()
    stand.desk.accounts.refresh(account.id)
    stand.wait(lambda: not stand.desk.accounts.busy, 20)
    assert not stand.desk.accounts.problem_text(account.id)
    session = stand.desk.pictures.open_channel(stand.channel(Ability.LIVE))
    stand.wait(lambda: session.state is PlayerState.PLAYING)
    secret = stand.sandbox.fields("tencent")["secret_key"]
    said = [message.text + message.detail for message in stand.desk.window.notifier.messages]
    for text in (caplog.text, str(error), *said):
        assert secret not in text
        assert "q-signature=" not in text
        assert "token=" not in text


def _with_fault(stand: Stand, fault: str, more: dict[str, float]) -> None:
    stand.sandbox.faults.set("tencent", fault, 1.0, **more)
    try:
        stand.program.services.accounts.verify("tencent", stand.sandbox.fields("tencent"))
    finally:
        stand.sandbox.faults.clear()


def test_slow_answers_do_not_stop_the_window(stand: Stand) -> None:
    account = stand.program.services.accounts.all()[0]
    stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=1.0)
    stand.desk.accounts.refresh(account.id)
    turns = 0

    def turned() -> bool:
        nonlocal turns
        turns += 1
        return not stand.desk.accounts.busy

    stand.wait(turned, 40)
    assert turns > 20
    stand.sandbox.faults.clear()


def test_an_expired_address_is_renewed(stand: Stand) -> None:
    channel = stand.channel(Ability.LIVE)
    stand.sandbox.faults.set("tencent", "expired-url", 1.0, count=1)
    session = stand.desk.pictures.open_channel(channel)
    stand.wait(lambda: session.state is PlayerState.PLAYING, 30)
    stand.sandbox.faults.clear()


def _right(stand: Stand, asked: datetime) -> None:
    """Waits for the picture of the moment asked for."""

    def there() -> bool:
        when = hands.burnt_in(stand.tile)
        return when is not None and 0 <= (when - asked).total_seconds() + 0.5 <= 20

    stand.wait(
        there, 30, lambda: f"{hands.burnt_in(stand.tile)} for {asked}, {stand.session.state}"
    )


@pytest.mark.allow_log(".*")
def test_addresses_that_expire_while_playing_are_renewed(stand: Stand) -> None:
    channel = stand.channel(Ability.CLOUD_RECORDS)
    span = stand.recorded(channel, Store.CLOUD)
    asked = span.begin + (span.end - span.begin) / 2
    session = stand.desk.pictures.open_channel(channel)
    session.play_at(asked, Store.CLOUD)
    stand.wait(lambda: session.state is PlayerState.PLAYING)
    _right(stand, asked)
    stand.sandbox.faults.set("tencent", "expired-url", 1.0, count=1, path="/record/")
    later = asked + timedelta(minutes=20)
    session.seek(later)
    _right(stand, later)
    assert session.error is None
    refused = [e for e in stand.sandbox.log if "expired-url" in e.faults]
    assert refused, "nothing expired"


@pytest.mark.allow_log(".*")
def test_a_live_stream_that_breaks_comes_back_by_itself(stand: Stand) -> None:
    stand.sandbox.faults.set("tencent", "cut-body", 1.0, count=1, path=".live.flv")
    channel = stand.channel(Ability.LIVE)
    session = stand.desk.pictures.open_channel(channel)
    opened = lambda: [e for e in stand.sandbox.log if e.path.endswith(".live.flv")]  # noqa: E731
    stand.wait(lambda: len(opened()) >= 2, 30, "it was not opened again")
    stand.wait(lambda: session.state is PlayerState.PLAYING, 30)
    # Now the connection is refused at each try: it says so, counts down, and tries for ever.
    stand.sandbox.faults.set("tencent", "reset", 1.0, path=".live.flv")
    stand.desk.pictures.clear(stand.tile)
    session = stand.desk.pictures.open_channel(channel)
    session._retry.setInterval(50)
    stand.wait(lambda: session.retry_in is not None, 30, "no countdown")
    state = stand.tile.state()
    assert state is not None
    assert "Retrying in" in state.detail
    stand.sandbox.faults.clear()
    stand.wait(lambda: session.state is PlayerState.PLAYING, 30, "it stays away")
    assert session.error is None
