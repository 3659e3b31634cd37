"""How a login begins, is renewed and ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from vsconsole.domain import cancel
from vsconsole.domain.errors import BadCredentials, Cancelled, SessionExpired
from vsconsole.domain.model import now
from vsconsole.vendors.linkvisual.endpoints import OPEN_SESSION, REFRESH_SESSION
from vsconsole.vendors.linkvisual.errors import error_for
from vsconsole.vendors.linkvisual.mapping import Tokens
from vsconsole.vendors.linkvisual.session import Session


class Vendor:
    """Gives out numbered tokens, or raises `error`; keeps what it was asked and what was told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.told: list[Mapping[str, str]] = []
        self.error: Exception | None = None
        self.before: Callable[[], object] = lambda: None

    def ask(self, name: str, params: Mapping[str, Any]) -> Any:
        self.before()
        self.asked.append((name, params))
        if self.error is not None:
            raise self.error
        number = len(self.asked)
        return {"iotToken": f"t{number}", "refreshToken": f"r{number}", "identityId": "i"}

    def session(self, *tokens: str, code: str = "") -> Session:
        given = Tokens(*tokens) if tokens else Tokens("")
        return Session(self.ask, "203712345", given, code, self.told.append)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


def test_a_pasted_token_is_used_as_it_is(vendor: Vendor) -> None:
    assert vendor.session("pasted").token() == "pasted"
    assert (vendor.asked, vendor.told) == ([], [])


def test_a_refresh_token_alone_is_enough(vendor: Vendor) -> None:
    session = vendor.session("", "r0", "i0")
    assert session.token() == session.token() == "t1"
    assert vendor.asked == [(REFRESH_SESSION, {"refreshToken": "r0", "identityId": "i0"})]
    assert vendor.told == [
        {"iot_token": "t1", "refresh_token": "r1", "identity_id": "i", "auth_code": ""}
    ]


def test_without_an_identity_none_is_sent(vendor: Vendor) -> None:
    vendor.session("", "r0").token()
    assert vendor.asked == [(REFRESH_SESSION, {"refreshToken": "r0"})]


def test_a_code_is_newer_than_the_tokens_and_used_once(vendor: Vendor) -> None:
    code = uuid4().hex
    session = vendor.session("old", "r0", "i0", code=code)
    assert session.token() == session.token() == "t1"
    assert vendor.asked == [
        (
            OPEN_SESSION,
            {"authCode": code, "accountType": "OA_SESSION", "appKey": "203712345"},
        )
    ]
    assert vendor.told[0]["auth_code"] == ""


def test_a_code_that_a_trial_has_used_up_still_opens_the_saved_account(vendor: Vendor) -> None:
    code = uuid4().hex
    assert vendor.session(code=code).token() == "t1"
    assert vendor.session(code=code).token() == "t1"
    assert [name for name, _params in vendor.asked] == [OPEN_SESSION]
    assert len(vendor.told) == 2
    # Only so many are kept in mind.
    for _one in range(20):
        vendor.session(code=uuid4().hex).token()
    vendor.session(code=code).token()
    assert len(vendor.asked) == 22


def test_nothing_to_log_in_with(vendor: Vendor) -> None:
    with pytest.raises(BadCredentials) as caught:
        vendor.session().token()
    assert "authCode" in caught.value.remedy


def test_renewing(vendor: Vendor) -> None:
    session = vendor.session("t0", "r0", "i0")
    sent = now()
    session.renew(sent)
    assert session.token() == "t1"
    # Another call was sent with the old token too: it has been replaced meanwhile.
    session.renew(sent)
    session.renew(sent - timedelta(seconds=5))
    assert len(vendor.asked) == 1
    session.renew(now() + timedelta(seconds=1))
    assert vendor.asked[1] == (REFRESH_SESSION, {"refreshToken": "r1", "identityId": "i"})
    assert session.token() == "t2"


def test_what_an_answer_leaves_out_stays(vendor: Vendor) -> None:
    session = vendor.session("t0", "r0", "i0")
    session.adopt({"iotToken": "new"})
    assert session.token() == "new"
    assert vendor.told == [
        {"iot_token": "new", "refresh_token": "r0", "identity_id": "i0", "auth_code": ""}
    ]


def test_no_way_to_renew(vendor: Vendor) -> None:
    with pytest.raises(SessionExpired) as caught:
        vendor.session("t0").renew(now())
    assert caught.value.code == "460"
    assert "refreshToken" in caught.value.why
    assert vendor.asked == []


def test_a_refused_renewal_is_told_as_it_is(vendor: Vendor) -> None:
    session = vendor.session("t0", "r0", "i0")
    for code in (2401, 29003):
        vendor.error = error_for(code)
        with pytest.raises((SessionExpired, BadCredentials)) as caught:
            session.renew(now())
        assert caught.value.code == str(code)
    assert vendor.told == []
    vendor.error = None
    session.renew(now())
    assert session.token() == "t3"


def test_many_at_once_renew_once(vendor: Vendor) -> None:
    session = vendor.session("t0", "r0", "i0")
    inside, go = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert go.wait(5)

    vendor.before = wait
    sent = now()
    threads = [threading.Thread(target=session.renew, args=(sent,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert inside.wait(5)
    go.set()
    for thread in threads:
        thread.join(5)
    assert len(vendor.asked) == 1
    assert session.token() == "t1"


def test_tokens_on_their_way_are_not_lost_when_the_work_is_called_off(vendor: Vendor) -> None:
    session = vendor.session("t0", "r0", "i0")
    token = cancel.CancelToken()
    vendor.before = token.cancel

    with cancel.bound(token):
        session.renew(now())
        with pytest.raises(Cancelled):
            cancel.check()
    assert session.token() == "t1"
    assert vendor.told[0]["refresh_token"] == "r1"
