"""Calls and logins as a gateway sees them, with answers that the sandbox does not give."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from tests.vendors.linkvisual import support
from tests.vendors.linkvisual.support import BIND, VISION, Gateway, Refusal, adapter_at
from vsconsole import i18n
from vsconsole.domain.errors import BadCredentials, BadResponse, InvalidInput, SessionExpired
from vsconsole.net.transport import Transport
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


def test_every_attempt_is_a_new_call(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = [Refusal(500), Refusal(503), {"total": 0, "data": []}]
    adapter.verify()
    assert len({one.ident for one in gateway.asked}) == 3
    assert len({one.nonce for one in gateway.asked}) == 3
    assert all(len(one.ident) == 32 for one in gateway.asked)
    assert gateway.asked[0].frame == {
        "apiVer": "1.0.8",
        "iotToken": "tok-1",
        "language": "en-US",
    }


def test_refusals_are_asked_for_in_the_user_s_language(
    gateway: Gateway, adapter: LinkVisualAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.answers[BIND] = {"total": 0, "data": []}
    monkeypatch.setattr(i18n, "_current", ("zh_CN", i18n._current[1]))
    adapter.verify()
    assert gateway.asked[0].frame["language"] == "zh-CN"


def test_a_wrong_secret(gateway: Gateway, transport: Transport) -> None:
    with pytest.raises(BadCredentials) as caught:
        adapter_at(gateway.url, transport, app_secret="another-secret").verify()
    assert "another-secret" not in str(caught.value)
    assert gateway.asked == []


# The session


class Sessions:
    """What the gateway does with refresh tokens: each is good once."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.refresh = "ref-1"
        gateway.answers["/account/checkOrRefreshSession"] = self.renew
        gateway.answers["/account/createSessionByAuthCode"] = self.open

    def renew(self, params: Mapping[str, Any]) -> Any:
        asked = params["request"]
        if asked.get("identityId") != "ident":
            raise Refusal(29003)
        if asked["refreshToken"] != self.refresh:
            raise Refusal(2401)
        return self._next()

    def open(self, params: Mapping[str, Any]) -> Any:
        asked = params["request"]
        assert asked["accountType"] == "OA_SESSION"
        assert asked["appKey"] == support.APP_KEY
        if asked["authCode"] != "code-1":
            raise Refusal(2401)
        return self._next()

    def _next(self) -> Any:
        number = int(self.refresh.removeprefix("ref-")) + 1
        self.refresh, self.gateway.token = f"ref-{number}", f"tok-{number}"
        return {
            "iotToken": self.gateway.token,
            "refreshToken": self.refresh,
            "identityId": "ident",
        }


def test_an_ended_token_is_renewed_and_the_new_one_kept(
    gateway: Gateway, transport: Transport
) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    told: list[tuple[str, Mapping[str, str]]] = []
    adapter = adapter_at(
        gateway.url,
        transport,
        iot_token="tok-0",
        refresh_token="ref-1",
        identity_id="ident",
        renewed=lambda account, new: told.append((account, new)),
    )
    adapter.verify()
    adapter.verify()
    paths = [one.path for one in gateway.asked]
    assert paths == [BIND, "/account/checkOrRefreshSession", BIND, BIND]
    assert "iotToken" not in gateway.asked[1].frame
    assert told == [
        (
            "a1",
            {
                "iot_token": "tok-2",
                "refresh_token": "ref-2",
                "identity_id": "ident",
                "auth_code": "",
            },
        )
    ]


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({}, SessionExpired, "460"),
        ({"refresh_token": "ref-9", "identity_id": "ident"}, SessionExpired, "2401"),
        ({"refresh_token": "ref-1"}, BadCredentials, "29003"),
    ],
)
def test_three_ends_of_a_session(
    gateway: Gateway,
    transport: Transport,
    fields: dict[str, str],
    kind: type[Exception],
    code: str,
) -> None:
    Sessions(gateway)
    adapter = adapter_at(gateway.url, transport, iot_token="tok-0", **fields)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert getattr(caught.value, "code", "") == code
    assert "tok-0" not in str(caught.value)


def test_a_token_that_is_refused_at_once_is_renewed_once_only(
    gateway: Gateway, transport: Transport
) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = Refusal(460)
    adapter = adapter_at(gateway.url, transport, refresh_token="ref-1", identity_id="ident")
    with pytest.raises(SessionExpired) as caught:
        adapter.verify()
    assert caught.value.code == "460"
    assert [one.path for one in gateway.asked] == [BIND, "/account/checkOrRefreshSession", BIND]


def test_an_auth_code_opens_a_session(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    told: list[Mapping[str, str]] = []
    adapter = adapter_at(
        gateway.url,
        transport,
        iot_token="",
        auth_code="code-1",
        renewed=lambda _account, new: told.append(new),
    )
    adapter.verify()
    assert gateway.asked[1].frame["iotToken"] == "tok-2"
    assert told[0]["auth_code"] == ""
    with pytest.raises(BadCredentials):
        adapter_at(gateway.url, transport, iot_token="").verify()
    with pytest.raises(SessionExpired):
        adapter_at(gateway.url, transport, iot_token="", auth_code="used").verify()


def test_many_calls_at_once_renew_once(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    adapter = adapter_at(
        gateway.url, transport, iot_token="tok-0", refresh_token="ref-1", identity_id="ident"
    )
    errors: list[Exception] = []

    def work() -> None:
        try:
            adapter.verify()
        except Exception as error:
            errors.append(error)

    # More than the places for calls that there are.
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert len(gateway.calls("checkOrRefreshSession")) == 1


def test_a_session_renewed_by_hand_is_the_account_s(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    adapter = adapter_at(gateway.url, transport, refresh_token="ref-1", identity_id="ident")
    shown = adapter.call(
        "account_checkOrRefreshSession", {"refreshToken": "ref-1", "identityId": "ident"}
    )
    assert shown == {"iotToken": "***", "refreshToken": "***", "identityId": "ident"}
    adapter.verify()
    assert gateway.asked[-1].frame["iotToken"] == "tok-2"
    assert len(gateway.asked) == 2


# Raw calls


def test_raw_calls_show_no_secrets(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/getbyfilename"] = {"vodUrl": "https://v.test/1.mp4?key=HIDDEN"}
    shown = adapter.call("vod_getbyfilename", {"iotId": "cam", "fileName": "f"})
    assert shown == {"vodUrl": "https://v.test/1.mp4?***"}
    with pytest.raises(InvalidInput, match="record_plan_set"):
        adapter.call("record_plan_sett", {})


def test_a_call_that_is_no_answer(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers["/account/checkOrRefreshSession"] = {"identityId": "x"}
    with pytest.raises(BadResponse):
        adapter.call("account_checkOrRefreshSession", {"refreshToken": "r"})
