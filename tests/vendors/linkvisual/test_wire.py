from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ConsoleError,
    DeviceOffline,
    RateLimited,
    SessionExpired,
)
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.transport import Response
from vsconsole.vendors.linkvisual import wire
from vsconsole.vendors.linkvisual.endpoints import CALLS, OPEN_SESSION, REFRESH_SESSION

ROW = Endpoint(name="look", method="POST", path="/x")


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=raw,
    )


def test_the_frame() -> None:
    made = wire.request(
        CALLS["record_plan_get"], {"planId": "中"}, "h", ident="7", token="t", language="zh-CN"
    )
    assert (
        made.body
        == (
            '{"id":"7","version":"1.0","params":{"planId":"中"},'
            '"request":{"apiVer":"2.1.0","iotToken":"t","language":"zh-CN"}}'
        ).encode()
    )
    assert made.headers == {
        "accept": "application/json",
        "content-type": "application/octet-stream",
    }
    assert (
        "iotToken" not in wire.request(CALLS["record_plan_get"], {}, "h", ident="7").body.decode()
    )


@pytest.mark.parametrize("name", [OPEN_SESSION, REFRESH_SESSION])
def test_calls_of_the_session_have_a_frame_more(name: str) -> None:
    body = json.loads(wire.request(CALLS[name], {"a": 1}, "h", ident="7").body)
    assert body["params"] == {"request": {"a": 1}}
    assert body["request"] == {"apiVer": "1.0.4"}


def test_success() -> None:
    good = {"code": 200, "message": "success", "id": "1", "data": {"planId": "p"}}
    assert wire.payload(ROW, answer(good)) == {"planId": "p"}
    assert wire.payload(ROW, answer({**good, "code": "200"})) == {"planId": "p"}
    assert wire.payload(ROW, answer({"code": 200})) is None


@pytest.mark.parametrize(
    ("body", "status", "kind", "code"),
    [
        ({"code": 460, "message": "expired"}, 200, SessionExpired, "460"),
        ({"code": "6205"}, 200, DeviceOffline, "6205"),
        ({"code": 200}, 401, BadCredentials, "401"),
        ({"code": None}, 500, ConsoleError, "500"),
        ({"code": True, "message": 5}, 429, RateLimited, "429"),
    ],
)
def test_errors(body: Any, status: int, kind: type[ConsoleError], code: str) -> None:
    with pytest.raises(kind) as caught:
        wire.payload(ROW, answer({**body, "id": "r-9"}, status))
    assert caught.value.code == code
    assert caught.value.request_id == "r-9"


def test_the_local_message_and_the_gateway_s_own_id_come_first() -> None:
    body = {"code": 6205, "message": "offline", "localizedMsg": "设备离线", "id": "r-9"}
    with pytest.raises(DeviceOffline) as caught:
        wire.payload(ROW, answer(body, x_ca_request_id="h-1"))
    assert (caught.value.why, caught.value.request_id) == ("设备离线", "h-1")


def test_refusals_of_the_gateway_come_in_a_header() -> None:
    with pytest.raises(BadCredentials) as caught:
        wire.payload(
            ROW,
            answer(b"", 401, x_ca_error_message="Invalid Signature", x_ca_request_id="h-1"),
        )
    assert (caught.value.why, caught.value.request_id) == ("Invalid Signature", "h-1")
    # With an answer of the platform's form beside it, the header says more.
    body = {"code": 401, "message": "request auth error"}
    with pytest.raises(BadCredentials) as caught:
        wire.payload(ROW, answer(body, 401, x_ca_error_message="Timestamp Expired"))
    assert caught.value.why == "Timestamp Expired"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{", b"[1]", b'"x"', b"null", b'{"data": 1}', b"[" * 100_000, b"\xff\xfe"],
)
def test_what_is_not_an_envelope(body: bytes) -> None:
    with pytest.raises(BadResponse):
        wire.payload(ROW, answer(body))


def test_rate_limits_say_when() -> None:
    with pytest.raises(RateLimited) as caught:
        wire.payload(ROW, answer(b"<html>", 429, retry_after="4"))
    assert caught.value.retry_after == 4


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("5", "5", 5),
        (" 5.9 ", "5.9", 5),
        (5, "5", 5),
        (5.5, "5.5", 5),
        (True, "", -1),
        (None, "", -1),
        ([], "", -1),
        ("x", "x", -1),
        (float("inf"), "inf", -1),
    ],
)
def test_values(value: Any, text: str, number: int) -> None:
    assert wire.text(value) == text
    assert wire.integer(value, -1) == number


def test_what_must_be_there() -> None:
    assert wire.needed({"a": 5}, "a") == "5"
    for missing in ({}, {"a": ""}, {"a": None}, {"a": {}}):
        with pytest.raises(BadResponse):
            wire.needed(missing, "a")
    with pytest.raises(BadResponse):
        wire.integer("x")


def test_truth() -> None:
    assert all(wire.truth(value) for value in (True, "true", "True", 1, "1"))
    assert not any(wire.truth(value) for value in (False, "false", 0, "", None, "yes", []))


def test_rows_and_totals() -> None:
    assert wire.rows({"l": [{"a": 1}, 5, None]}, "l") == [{"a": 1}]
    assert wire.rows([{"a": 1}], "l") == [{"a": 1}]
    for nothing in (None, "", {}, {"l": None}, {"l": ""}, {"l": {}}, 5):
        assert wire.rows(nothing, "l") == []
    assert wire.total({"total": "7"}) == 7
    assert wire.total({"total": None}) is None
    assert wire.total([]) is None


@gentle
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_readers_take_anything(value: Any) -> None:
    assert isinstance(wire.text(value), str)
    assert isinstance(wire.integer(value, 0), int)
    assert isinstance(wire.truth(value), bool)
    assert isinstance(wire.rows(value, "x"), list)
