"""Each fault leaves a clear message, a working window, and nothing secret in the log."""

from __future__ import annotations

import logging

import pytest

from tests.e2e.support import Stand
from vsconsole.domain import errors
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability
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
