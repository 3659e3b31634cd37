"""The gateway's signature, envelope and refusals."""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.linkvisual_support import Client, enveloped, md5, signature, signed
from vsconsole.sandbox.faces.linkvisual import CALLS, DOCUMENT
from vsconsole.sandbox.faces.linkvisual_codes import GateShut
from vsconsole.sandbox.faces.linkvisual_desk import Call
from vsconsole.sandbox.faces.linkvisual_sign import Nonces, strings_to_sign, verify
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import Request, parse_query

KEY, SECRET = "203712345", "0123456789abcdef0123456789abcdef"
NONCE = "5f0b8f6e-0c1d-4b7a-9d2e-3a4b5c6d7e8f"
AT = 1700550000.0
LIST = "/uc/listBindingByAccount"

G1_PATH = "/vision/customer/record/query"
G1_BODY = (
    b'{"id":"a1b2c3d4e5f60718293a4b5c6d7e8f90","version":"1.0","params":{"iotId":"abcDEF000100",'
    b'"streamType":0,"beginTime":1700532000,"endTime":1700618399,"pageStart":0,"pageSize":20},'
    b'"request":{"apiVer":"2.1.3","iotToken":"tok-1234567890"}}'
)
G1 = {
    "accept": "application/json",
    "content-md5": "n2f9wc2Wfdo+tMxXOeZiuQ==",
    "content-type": "application/octet-stream",
    "date": "Tue, 21 Nov 2023 07:00:00 GMT",
    "x-ca-key": KEY,
    "x-ca-nonce": NONCE,
    "x-ca-signaturemethod": "HmacSHA256",
    "x-ca-signature-headers": "x-ca-key,x-ca-nonce,x-ca-signaturemethod",
    "x-ca-signature": "iK6I3UHiP0ro5EmMhQD/sWEp0mXElv11EQVKbYbu1n0=",
}
G1_STRING = (
    "POST\napplication/json\nn2f9wc2Wfdo+tMxXOeZiuQ==\napplication/octet-stream\n"
    "Tue, 21 Nov 2023 07:00:00 GMT\nx-ca-key:203712345\n"
    "x-ca-nonce:5f0b8f6e-0c1d-4b7a-9d2e-3a4b5c6d7e8f\nx-ca-signaturemethod:HmacSHA256\n"
    "/vision/customer/record/query"
)

G3_PATH = "/vision/customer/monthrecord/query"
G3_BODY = (
    b'{"id":"a1b2c3d4e5f60718293a4b5c6d7e8f90","version":"1.0","params":{"iotId":"abcDEF000100",'
    b'"month":"202311"},"request":{"apiVer":"2.0.0","iotToken":"tok-1234567890"}}'
)
G3 = {
    "accept": "application/json",
    "content-md5": "Rshg4c9rWdYjVQ+w4RyuxQ==",
    "content-type": "application/octet-stream",
    "x-ca-key": KEY,
    "x-ca-nonce": NONCE,
    "x-ca-signature-method": "HmacSHA256",
    "x-ca-timestamp": "1700550000000",
    "x-ca-signature-headers": "X-Ca-Key,X-Ca-Nonce,X-Ca-Signature-Method,X-Ca-Timestamp",
    "x-ca-signature": "HhwW27zEwRCvlduZqvwE4pza/ieGRAl68Zd0Pf/zf10=",
}
G3_STRING = (
    "POST\napplication/json\nRshg4c9rWdYjVQ+w4RyuxQ==\napplication/octet-stream\n\n"
    "X-Ca-Key:203712345\nX-Ca-Nonce:5f0b8f6e-0c1d-4b7a-9d2e-3a4b5c6d7e8f\n"
    "X-Ca-Signature-Method:HmacSHA256\nX-Ca-Timestamp:1700550000000\n"
    "/vision/customer/monthrecord/query"
)


def request_of(
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    method: str = "POST",
    now: float = AT,
    query: str = "",
) -> Request:
    return Request(
        method=method,
        path=path,
        raw_query=query,
        query=parse_query(query),
        headers=headers,
        body=body,
        now=now,
        host="api.link.aliyun.com",
        struck=Struck(seconds={}),
    )


def checked(
    path: str, headers: Mapping[str, str], body: bytes, *, now: float = AT, **more: str
) -> str:
    return verify(
        request_of(path, headers, body, now=now, **more),
        {KEY: SECRET},
        Nonces(),
    )


# Vectors


def test_the_sdks_vector() -> None:
    assert next(iter(strings_to_sign(request_of(G1_PATH, G1, G1_BODY)))) == G1_STRING
    assert checked(G1_PATH, G1, G1_BODY) == KEY


def test_the_titled_vectors_of_both_digests() -> None:
    assert next(iter(strings_to_sign(request_of(G3_PATH, G3, G3_BODY)))) == G3_STRING
    assert checked(G3_PATH, G3, G3_BODY) == KEY
    sha1 = G3 | {
        "x-ca-signature-method": "HmacSHA1",
        "x-ca-signature": "4fHE1smAGfEaetzf4t7R1UAv9Ig=",
    }
    assert checked(G3_PATH, sha1, G3_BODY) == KEY
    lower = G3 | {
        "x-ca-signature-headers": G3["x-ca-signature-headers"].lower(),
        "x-ca-signature": "fbxjyDJR4h3CGrAWJyQgy5I9zrSQhUE0M2cWGv4hnaI=",
    }
    assert checked(G3_PATH, lower, G3_BODY) == KEY


def test_any_changed_part_is_refused() -> None:
    for name in G1:
        for value in (G1[name] + "x", G1[name][:-1], ""):
            with pytest.raises(GateShut):
                checked(G1_PATH, G1 | {name: value}, G1_BODY)
    for place in range(0, len(G1_BODY), 7):
        changed = G1_BODY[:place] + bytes([G1_BODY[place] ^ 1]) + G1_BODY[place + 1 :]
        with pytest.raises(GateShut, match="MD5"):
            checked(G1_PATH, G1, changed)
        # Nor does a right MD5 help, as it is signed.
        with pytest.raises(GateShut, match="Invalid Signature"):
            checked(G1_PATH, G1 | {"content-md5": md5(changed)}, changed)
    with pytest.raises(GateShut, match="Invalid Signature"):
        checked(G1_PATH + "/", G1, G1_BODY)
    with pytest.raises(GateShut, match="Invalid Signature"):
        checked(G1_PATH, G1, G1_BODY, method="PUT")
    with pytest.raises(GateShut, match="Invalid Signature"):
        checked(G1_PATH, G1, G1_BODY, query="a=1")


@given(
    value=st.text(
        st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["C"]), min_size=1
    ),
    body=st.binary(max_size=60),
    pairs=st.lists(st.tuples(st.sampled_from("abc+*~%"), st.text(max_size=4)), max_size=3),
)
def test_what_is_signed_verifies_with_its_query(
    value: str, body: bytes, pairs: list[tuple[str, str]]
) -> None:
    headers = {
        "accept": "*/*",
        "content-type": "application/json",
        "x-ca-key": KEY,
        "x-ca-nonce": value,
        "x-ca-timestamp": str(int(AT * 1000)),
        "x-ca-signature-headers": "x-ca-key,x-ca-nonce,x-ca-timestamp",
    }
    if body:
        headers["content-md5"] = md5(body)
    shown = "&".join(f"{k}={v}" if v else k for k, v in pairs)
    text = (
        f"POST\n*/*\n{md5(body)}\napplication/json\n\nx-ca-key:{KEY}\nx-ca-nonce:{value}\n"
        f"x-ca-timestamp:{int(AT * 1000)}\n/x{'?' + shown if shown else ''}"
    )
    request = Request(
        method="POST",
        path="/x",
        raw_query="",
        query=tuple(pairs),
        headers=headers | {"x-ca-signature": signature(SECRET, text)},
        body=body,
        now=AT,
        host="h",
        struck=Struck(seconds={}),
    )
    assert verify(request, {KEY: SECRET}, Nonces()) == KEY


def test_headers_that_may_not_be_listed() -> None:
    def listed(names: str) -> None:
        checked(G1_PATH, G1 | {"x-ca-signature-headers": names}, G1_BODY)

    for names in (
        "x-ca-nonce,x-ca-key,x-ca-signaturemethod",
        "x-ca-key,x-ca-key,x-ca-nonce",
        "date,x-ca-key,x-ca-nonce",
        "x-ca-key,x-ca-nonce,x-ca-stage",
        "x-ca-key",
        "",
    ):
        with pytest.raises(GateShut, match="Signature-Headers"):
            listed(names)
    with pytest.raises(GateShut, match="Signature-Headers"):
        checked(G1_PATH, G1 | {"x-ca-timestamp": "1700550000000"}, G1_BODY)


def test_time_and_nonce() -> None:
    for off in (-899, 899):
        checked(G1_PATH, G1, G1_BODY, now=AT + off)
    for off in (-901, 901):
        with pytest.raises(GateShut, match="Timestamp Expired"):
            checked(G1_PATH, G1, G1_BODY, now=AT + off)
        with pytest.raises(GateShut, match="Timestamp Expired"):
            checked(G3_PATH, G3, G3_BODY, now=AT + off)
    nonces = Nonces()
    verify(request_of(G1_PATH, G1, G1_BODY), {KEY: SECRET}, nonces)
    with pytest.raises(GateShut, match="Nonce Used"):
        verify(request_of(G1_PATH, G1, G1_BODY), {KEY: SECRET}, nonces)
    # A refused request does not use its nonce up.
    fresh = Nonces()
    with pytest.raises(GateShut):
        verify(request_of(G1_PATH, G1 | {"x-ca-signature": "x"}, G1_BODY), {KEY: SECRET}, fresh)
    verify(request_of(G1_PATH, G1, G1_BODY), {KEY: SECRET}, fresh)


# Over the wire


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox(21, vendors=["linkvisual"]) as sandbox:
        yield Client(sandbox)


def test_a_wrong_signature_says_what_the_server_signed(client: Client) -> None:
    body = enveloped({}, "1.0.8", client.token)
    headers = signed(LIST, body, client.fields["app_key"], "x" * 32)
    answer = client.send("POST", LIST, headers, body)
    assert (answer.status, answer.body) == (401, b"")
    text = answer.headers["X-Ca-Error-Message"]
    assert text.startswith("Invalid Signature, Server StringToSign:`POST#application/json#")
    assert text.endswith(f"#{LIST}`")
    assert client.last.code == 401
    headers = signed(LIST, body, "1", client.fields["app_secret"])
    answer = client.send("POST", LIST, headers, body)
    assert (answer.status, answer.headers["X-Ca-Error-Message"]) == (401, "Invalid AppKey")
    assert client.send("POST", LIST, {}, body).status == 401


def test_reuse_and_a_wrong_clock(client: Client) -> None:
    body = enveloped({}, "1.0.8", client.token)
    own = client.fields["app_key"], client.fields["app_secret"]
    headers = signed(LIST, body, *own, nonce=str(uuid.uuid4()))
    assert client.send("POST", LIST, headers, body).code == 200
    again = client.send("POST", LIST, headers, body)
    assert (again.status, again.headers["X-Ca-Error-Message"]) == (401, "Nonce Used")
    late = formatdate(time.time() - 1000, usegmt=True)
    answer = client.send("POST", LIST, signed(LIST, body, *own, date=late), body)
    assert (answer.status, answer.headers["X-Ca-Error-Message"]) == (401, "Timestamp Expired")


def test_unknown_calls_methods_and_versions(client: Client) -> None:
    assert client.raw("/vision/customer/nothing", {}).status == 404
    own = client.fields["app_key"], client.fields["app_secret"]
    answer = client.send("GET", LIST, signed(LIST, b"", *own, method="GET"))
    assert answer.status == 405
    assert client.raw(LIST, {}, version="9.9.9").code == 404
    assert client.raw(LIST, {}, version="1.0.2").code == 200


def test_the_envelope(client: Client) -> None:
    good = json.loads(enveloped({}, "1.0.8", client.token))
    answer = client.post(LIST, json.dumps(good).encode())
    assert answer.json["id"] == good["id"]
    assert answer.json["message"] == "success"
    assert "localizedMsg" not in answer.json
    wrongs: tuple[Any, ...] = (
        [],
        good | {"version": "2.0"},
        good | {"id": ""},
        good | {"params": []},
        good | {"request": None},
        good | {"request": {"iotToken": client.token}},
    )
    for broken in wrongs:
        assert client.post(LIST, json.dumps(broken).encode()).code == 400
    assert client.post(LIST, b"\xff{").code == 400
    wrong = client.raw(LIST, {"pageSize": 101}).json
    assert (wrong["code"], wrong["localizedMsg"]) == (400, "请求错误")
    assert wrong["message"] == "request error: pageSize: above 100"
    english = client.raw(LIST, {"pageSize": "5"}, language="en-US").json
    assert english["localizedMsg"] == "request error"


def test_unknown_parameters_are_seen_and_not_refused(client: Client) -> None:
    assert client.raw(LIST, {"Zone": 1}).code == 200
    assert client.last.unknown == ("Zone",)
    assert client.last.call == "list_devices"


def test_the_document_has_38_calls_and_each_needs_a_user() -> None:
    assert len(DOCUMENT) == 38
    assert len({call.path for call in CALLS}) == len(CALLS)
    assert all(call.user and call.path.startswith("/vision/customer/") for call in DOCUMENT)


@pytest.mark.parametrize("call", DOCUMENT, ids=lambda call: call.path)
def test_every_call_asks_for_its_user_and_its_parameters(client: Client, call: Call) -> None:
    path = call.path
    assert client.raw(path, {}, token="").code == 29003
    assert client.raw(path, {}, token="nobody").code == 460
    needed = [rule.name for rule in call.rules if rule.required]
    answer = client.raw(path, {})
    if needed:
        assert (answer.code, answer.json["message"]) == (
            400,
            f"request error: {needed[0]} is missing",
        )
    else:
        assert answer.code == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(name=st.text(min_size=1, max_size=20))
def test_any_text_comes_back_as_it_was(client: Client, name: str) -> None:
    made = client.call("record/plan/set", name=name, allDay=1, timeSectionList=[]).data["planId"]
    assert client.call("record/plan/get", planId=made).data["name"] == name
    client.call("record/plan/delete", planId=made)


def test_faults_speak_the_vendors_words(client: Client) -> None:
    faults = client.sandbox.faults
    try:
        faults.set("linkvisual", "secret")
        answer = client.raw(LIST, {})
        assert (answer.status, answer.headers["X-Ca-Error-Message"][:17]) == (
            401,
            "Invalid Signature",
        )
        faults.clear()
        faults.set("linkvisual", "clock")
        answer = client.raw(LIST, {})
        assert answer.headers["X-Ca-Error-Message"] == "Timestamp Expired"
        faults.clear()
        faults.set("linkvisual", "expired-token")
        assert client.raw(LIST, {}).code == 460
        assert client.raw("/living/account/region/get", {}).code == 200
        faults.clear()
        faults.set("linkvisual", "rate-limit")
        answer = client.raw(LIST, {})
        assert (answer.status, answer.code) == (429, 429)
        faults.clear()
        faults.set("linkvisual", "duplicate-page")
        rows = client.raw(LIST, {}).data["data"]
        assert len(rows) > len({row["iotId"] for row in rows})
    finally:
        faults.clear()


def test_too_many_calls_in_a_second(client: Client) -> None:
    before = client.face.calls_a_second
    try:
        client.face.calls_a_second = 2
        client.world.ahead += 5
        codes = [client.raw(LIST, {}).code for _ in range(3)]
        assert codes == [200, 200, 429]
        client.world.ahead += 2
        assert client.raw(LIST, {}).code == 200
    finally:
        client.face.calls_a_second = before
        client.world.ahead = 0


def test_sha1_over_the_wire(client: Client) -> None:
    body = enveloped({}, "1.0.8", client.token)
    now = str(int(time.time() * 1000))
    headers = {
        "Accept": "application/json",
        "Content-MD5": md5(body),
        "Content-Type": "application/json; charset=UTF-8",
        "X-Ca-Key": client.fields["app_key"],
        "X-Ca-Nonce": str(uuid.uuid4()),
        "X-Ca-Signature-Method": "HmacSHA1",
        "X-Ca-Timestamp": now,
    }
    names = sorted(name for name in headers if name.startswith("X-Ca-"))
    text = "\n".join(
        [
            "POST",
            headers["Accept"],
            headers["Content-MD5"],
            headers["Content-Type"],
            "",
            *(f"{name}:{headers[name]}" for name in names),
            LIST,
        ]
    )
    headers["X-Ca-Signature-Headers"] = ",".join(names)
    headers["X-Ca-Signature"] = signature(client.fields["app_secret"], text, hashlib.sha1)
    assert client.send("POST", LIST, headers, body).code == 200
