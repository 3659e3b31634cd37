"""Logins: one at a time, one for all that wait, renewed once, and never in a storm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.vendors.imou.support import (
    TOKEN,
    Refusal,
    adapter_at,
    adapter_with,
    answering,
    asked,
    calls,
)
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    Cancelled,
    ClockSkew,
    ConsoleError,
    InvalidInput,
    RateLimited,
    SessionExpired,
    Unreachable,
)
from vsconsole.domain.model import now
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.faces.imou import ImouFace
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.imou.mapping import Grant
from vsconsole.vendors.imou.session import Session

SERVER = "https://openapi.lechange.cn"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["imou"]) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


def face(sandbox: Sandbox) -> ImouFace:
    found = sandbox.faces["imou"]
    assert isinstance(found, ImouFace)
    return found


class Desk:
    """Gives out tokens, as many as are asked for, or what `error` says."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self.seconds = seconds
        self.asked = 0
        self.error: ConsoleError | None = None
        self.open = threading.Event()
        self.open.set()

    def __call__(self) -> Grant:
        self.asked += 1
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error
        return Grant(token=f"At_{self.asked}", seconds=self.seconds)


def together(count: int, work: list[object], session: Session, desk: Desk, what: str) -> None:
    """Runs `what` of a session in threads that all wait for the desk before it opens."""
    desk.open.clear()
    sent = now()

    def run() -> None:
        try:
            session.ensure() if what == "ensure" else session.renew(sent)
        except ConsoleError as error:
            work.append(error)
        else:
            work.append(session.token)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    desk.open.set()
    for thread in threads:
        thread.join(10)


def test_one_login_for_many() -> None:
    desk = Desk()
    session = Session(SERVER, desk)
    assert (session.token, session.server) == ("", SERVER)
    found: list[object] = []
    together(8, found, session, desk, "ensure")
    assert found == ["At_1"] * 8
    session.ensure()
    assert desk.asked == 1


def test_one_renewal_for_many() -> None:
    desk = Desk()
    session = Session(SERVER, desk)
    session.ensure()
    found: list[object] = []
    together(8, found, session, desk, "renew")
    assert found == ["At_2"] * 8
    # Sent before the renewal, so the new token was not the one refused.
    session.renew(now() - timedelta(seconds=60))
    assert desk.asked == 2


def test_a_login_that_fails_is_everybody_s() -> None:
    desk = Desk()
    desk.error = BadCredentials("refused", code="SN1001")
    session = Session(SERVER, desk)
    found: list[object] = []
    together(6, found, session, desk, "ensure")
    assert len(found) == 6
    assert all(isinstance(error, BadCredentials) and error.code == "SN1001" for error in found)
    # Threads that had not begun to wait when it failed may try for themselves.
    assert desk.asked <= 2
    before = desk.asked
    desk.error = None
    session.ensure()
    assert desk.asked == before + 1


def test_a_login_that_is_called_off_is_only_one_s_own() -> None:
    desk = Desk()
    desk.error = Cancelled()
    session = Session(SERVER, desk)
    with pytest.raises(Cancelled):
        session.ensure()
    desk.error = None
    session.ensure()
    assert session.token == "At_2"


def test_waiting_for_another_s_login_can_be_called_off() -> None:
    desk = Desk()
    session = Session(SERVER, desk)
    desk.open.clear()
    first = threading.Thread(target=session.ensure)
    first.start()
    while not desk.asked:
        cancel.current().wait(0.01)
    with cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            session.ensure()
    desk.open.set()
    first.join(10)
    assert session.token == "At_1"


def test_a_token_that_is_over_is_asked_for_anew() -> None:
    desk = Desk(seconds=-5.0)
    session = Session(SERVER, desk)
    session.ensure()
    session.ensure()
    assert desk.asked == 2


def test_no_storm_of_logins() -> None:
    desk = Desk()
    session = Session(SERVER, desk)
    session.ensure()
    for _ in range(4):
        session.renew(now() + timedelta(seconds=1))
    for _ in range(5):
        with pytest.raises(SessionExpired, match="refuses the logins"):
            session.renew(now() + timedelta(seconds=1))
    assert desk.asked == 5


# Against the face


def test_one_login_serves_many_calls(sandbox: Sandbox, transport: Transport) -> None:
    adapter = adapter_at(sandbox, transport)
    for _ in range(3):
        adapter.verify()
    assert len(calls(sandbox, "accessToken")) == 1
    systems = [entry.body for entry in sandbox.log]
    assert len(set(systems)) == len(systems)


def test_an_ended_token_is_renewed_once_for_all(sandbox: Sandbox, transport: Transport) -> None:
    adapter = adapter_at(sandbox, transport)
    adapter.verify()
    face(sandbox).end_tokens()
    failed: list[Exception] = []

    def ask() -> None:
        try:
            adapter.verify()
        except ConsoleError as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not failed
    assert len(calls(sandbox, "accessToken")) == 2


def test_calls_that_change_something_are_made_again_too(
    sandbox: Sandbox, transport: Transport
) -> None:
    adapter = adapter_at(sandbox, transport)
    batch = next(iter(adapter.nodes()))
    serial = str(batch[0].raw["deviceId"])
    face(sandbox).end_tokens()
    adapter.call("setMessageCallback", {"status": "off"})
    face(sandbox).end_tokens()
    adapter.call("restartDevice", {"deviceId": serial})
    assert [entry.code for entry in calls(sandbox, "restartDevice")] == [1002, 0]


def test_a_token_that_is_refused_again_and_again(sandbox: Sandbox, transport: Transport) -> None:
    adapter = adapter_at(sandbox, transport)
    adapter.verify()
    sandbox.faults.set("imou", "expired-token")
    for _ in range(12):
        with pytest.raises(SessionExpired):
            adapter.verify()
    assert len(calls(sandbox, "accessToken")) <= 1 + 4
    sandbox.faults.clear()
    adapter.verify()


def test_a_short_life(sandbox: Sandbox, transport: Transport) -> None:
    face(sandbox).token_seconds = 0.3
    adapter = adapter_at(sandbox, transport)
    adapter.verify()
    cancel.current().wait(0.4)
    adapter.verify()
    assert len(calls(sandbox, "accessToken")) == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"app_secret": "wrong-secret"}, "SN1001"), ({"app_id": "lcd99"}, "SN1004")],
)
def test_wrong_keys(
    sandbox: Sandbox, transport: Transport, changed: dict[str, str], code: str
) -> None:
    adapter = adapter_at(sandbox, transport, **changed)
    with pytest.raises(BadCredentials) as caught:
        adapter.verify()
    assert caught.value.code == code
    assert "wrong-secret" not in str(caught.value)
    assert len(sandbox.log) == 1


@pytest.mark.parametrize("seconds", [86_400, -7200])
def test_a_wrong_clock(sandbox: Sandbox, transport: Transport, seconds: float) -> None:
    sandbox.faults.set("imou", "clock", seconds=seconds)
    with pytest.raises(ClockSkew) as caught:
        adapter_at(sandbox, transport).verify()
    assert "automatic time" in caught.value.remedy
    sandbox.faults.clear()


def test_wrong_parameters_are_said_before_the_login(sandbox: Sandbox, transport: Transport) -> None:
    with pytest.raises(InvalidInput) as caught:
        adapter_at(sandbox, transport).call("deviceOnline", {})
    assert caught.value.field == "deviceId"
    assert not sandbox.log


def test_a_login_that_is_too_frequent_is_not_the_call_s_fault(transport: Transport) -> None:
    def refuse(_params: object) -> object:
        raise Refusal("OP1026")

    with answering(accessToken=refuse, setCollection={}) as server:
        adapter = adapter_with(transport, server.url)
        with pytest.raises(RateLimited) as caught:
            adapter.call("setCollection", {"deviceId": "D", "channelId": "0", "name": "x"})
        assert not caught.value.may_have_happened
        assert not asked(server, "setCollection")


# Where calls go


@pytest.mark.unplugged
def test_the_vendor_s_own_server_is_followed(transport: Transport) -> None:
    login = {
        "accessToken": TOKEN,
        "expireTime": 259200,
        "currentDomain": "https://openapi-sg.easy4ip.com:443",
    }
    with answering(accessToken=login, deviceOnline={}) as server:
        adapter = adapter_with(transport, server.url)
        with cancel.bound(cancel.CancelToken()), pytest.raises(Unreachable, match="openapi-sg"):
            adapter.call("deviceOnline", {"deviceId": "D"})
        assert not asked(server, "deviceOnline")


@pytest.mark.parametrize(
    "domain", ["http://127.0.0.1:9", "https://evil.example", "http://openapi-sg.easy4ip.com", ""]
)
def test_no_other_server_is_followed(transport: Transport, domain: str) -> None:
    login = {"accessToken": TOKEN, "expireTime": "259200", "currentDomain": domain}
    with answering(accessToken=login, deviceOnline={"onLine": "1"}) as server:
        adapter = adapter_with(transport, server.url)
        assert adapter.call("deviceOnline", {"deviceId": "D"}) == {"onLine": "1"}
        assert asked(server, "deviceOnline") == [{"token": TOKEN, "deviceId": "D"}]
        assert asked(server, "accessToken") == [{}]
