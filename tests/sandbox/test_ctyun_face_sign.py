"""The face's signature check: published vectors, both header sets, clock, and tampering."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.sandbox.ctyun_support import JSON, Client, authorization
from vsconsole.sandbox.faces import ctyun_sign
from vsconsole.sandbox.faces.ctyun_codes import Refused
from vsconsole.sandbox.faces.ctyun_sign import CLOCK_SECONDS, canonical, verify
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import Request, parse_query

ACCESS_KEY = "CTTESTACCESSKEY00001"
SECRETS = {ACCESS_KEY: "ct-test-secret-key-not-real"}
HOST = "vssapi.ctyun.cn"
SIGNED = ("content-type", "host", "timestamp")


def request(
    method: str, path: str, query: str, stamp: str, authorization: str, body: bytes = b""
) -> Request:
    return Request(
        method=method,
        path=path,
        raw_query=query,
        query=parse_query(query),
        headers={
            "host": HOST,
            "content-type": JSON,
            "version": "2021-11-25",
            "timestamp": stamp,
            "authorization": authorization,
        },
        body=body,
        now=float(stamp),
        host=HOST,
        struck=Struck(seconds={}),
    )


GET = request(
    "GET",
    "/devices/719340484461969408/records",
    "EndTime=2023-05-06+10%3A00%3A00&RecordType=-1&StartTime=2023-05-06+08%3A00%3A00",
    "1683354940",
    "CT-HMAC-SHA256 Credential=CTTESTACCESSKEY00001/2023-05-06/vss, "
    "SignedHeaders=content-type;host;timestamp, "
    "Signature=02fe098d6fb78c4080fe656e895a7e5b9248303945572914c4ffdac51495ba71",
)
POST = request(
    "POST",
    "/devices",
    "",
    "1645679518",
    "CT-HMAC-SHA256 Credential=CTTESTACCESSKEY00001/2022-02-24/vss, "
    "SignedHeaders=content-type;host;timestamp, "
    "Signature=8227cf93a16dcb6eb081a2e32ea1ef033db644a86816f24b84cf462d94bed7ba",
    '{"Region":"1100000","Device":{"DeviceType":"ipc","DeviceName":"北门-01"}}'.encode(),
)


def refused(one: Request) -> str:
    with pytest.raises(Refused) as caught:
        verify(one, SECRETS)
    return caught.value.error


def test_published_vectors() -> None:
    assert verify(GET, SECRETS) == ACCESS_KEY
    assert verify(POST, SECRETS) == ACCESS_KEY


def test_the_published_canonical_request() -> None:
    assert canonical(GET, SIGNED) == (
        "GET\n"
        "/devices/719340484461969408/records\n"
        "EndTime=2023-05-06+10%3A00%3A00&RecordType=-1&StartTime=2023-05-06+08%3A00%3A00\n"
        "content-type:application/json;charset=utf-8\n"
        "host:vssapi.ctyun.cn\n"
        "timestamp:1683354940\n"
        "\n"
        "content-type;host;timestamp\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_any_changed_byte_is_refused() -> None:
    text = GET.headers["authorization"]
    for at, character in enumerate(text):
        for other in {"0" if character != "0" else "1", "x" if character != "x" else "y"}:
            changed = text[:at] + other + text[at + 1 :]
            one = replace(GET, headers={**GET.headers, "authorization": changed})
            assert refused(one) in ("VSS_0002", "VSS_0004"), changed
    for at in range(len(GET.path)):
        assert refused(replace(GET, path=f"{GET.path[:at]}~{GET.path[at + 1 :]}")) == "VSS_0002"
    for at in range(len(GET.raw_query)):
        raw = f"{GET.raw_query[:at]}~{GET.raw_query[at + 1 :]}"
        assert refused(replace(GET, raw_query=raw)) == "VSS_0002"
    for at in range(len(POST.body)):
        body = POST.body[:at] + bytes([POST.body[at] ^ 1]) + POST.body[at + 1 :]
        assert refused(replace(POST, body=body)) == "VSS_0002"
    for name, value in (
        ("content-type", "application/json; charset=utf-8"),
        ("timestamp", "1683354941"),
        ("host", "vssapi.ctyun.com"),
    ):
        assert refused(replace(GET, headers={**GET.headers, name: value})) == "VSS_0002"
    assert refused(replace(GET, method="POST")) == "VSS_0002"
    assert refused(replace(GET, host="vssapi.ctyun.com")) == "VSS_0002"


@pytest.mark.parametrize(
    "query",
    [
        "RecordType=-1&EndTime=2023-05-06+10%3A00%3A00&StartTime=2023-05-06+08%3A00%3A00",
        "EndTime=2023-05-06%2010%3A00%3A00&RecordType=-1&StartTime=2023-05-06%2008%3A00%3A00",
        "EndTime=2023-05-06+10:00:00&RecordType=-1&StartTime=2023-05-06+08:00:00",
    ],
)
def test_the_same_query_written_otherwise_is_another(query: str) -> None:
    assert refused(replace(GET, raw_query=query)) == "VSS_0002"


def test_what_must_be_there() -> None:
    for name, code in (
        ("version", "VSS_0001"),
        ("content-type", "VSS_0001"),
        ("timestamp", "VSS_0001"),
        ("authorization", "VSS_0002"),
    ):
        headers = {key: value for key, value in GET.headers.items() if key != name}
        assert refused(replace(GET, headers=headers)) == code
    for name, value in (("version", "2021-11-26"), ("timestamp", "1683354940000"),
                        ("timestamp", "01683354940"), ("timestamp", "now")):  # fmt: skip
        assert refused(replace(GET, headers={**GET.headers, name: value})) == "VSS_0001"


def signed(*names: str, **changes: str) -> Request:
    """A GET without a query, signed over exactly these headers."""
    headers = {"content-type": JSON, "host": HOST, "timestamp": "1683354940", **changes}
    over = {name: headers[name] for name in names}
    text = authorization("GET", "/devices", "", over, b"", ACCESS_KEY, SECRETS[ACCESS_KEY])
    one = request("GET", "/devices", "", headers["timestamp"], text)
    return replace(one, headers={**one.headers, **headers, "authorization": text})


def test_which_headers_are_signed() -> None:
    assert verify(signed(*SIGNED), SECRETS)
    # The page's own GET signs no content type, and may then change it.
    short = signed("host", "timestamp")
    assert verify(short, SECRETS)
    assert verify(replace(short, headers={**short.headers, "content-type": "text/x"}), SECRETS)
    assert verify(signed(*SIGNED, "x-note", **{"x-note": "1"}), SECRETS)
    assert refused(signed("content-type", "timestamp")) == "VSS_0002"
    lost = signed(*SIGNED, "x-note", **{"x-note": "1"})
    left = {name: value for name, value in lost.headers.items() if name != "x-note"}
    assert refused(replace(lost, headers=left)) == "VSS_0002"
    over = {"host": HOST, "timestamp": "1645679518"}
    text = authorization("POST", "/devices", "", over, POST.body, ACCESS_KEY, SECRETS[ACCESS_KEY])
    assert refused(replace(POST, headers={**POST.headers, "authorization": text})) == "VSS_0002"


def test_another_key_and_another_secret() -> None:
    with pytest.raises(Refused) as caught:
        verify(GET, {"CTTESTACCESSKEY00002": SECRETS[ACCESS_KEY]})
    assert caught.value.error == "VSS_0004"
    with pytest.raises(Refused) as caught:
        verify(GET, {ACCESS_KEY: SECRETS[ACCESS_KEY] + "1"})
    assert caught.value.error == "VSS_0002"


def test_the_clock_window() -> None:
    sent = float(GET.headers["timestamp"])
    for off in (-CLOCK_SECONDS, CLOCK_SECONDS):
        assert verify(replace(GET, now=sent + off), SECRETS)
    for off in (-CLOCK_SECONDS - 1, CLOCK_SECONDS + 1):
        assert refused(replace(GET, now=sent + off)) == "VSS_0003"


def test_the_date_is_that_of_utc_by_one_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    # 23:30 UTC, when Beijing has the next day.
    late = signed(*SIGNED, timestamp="1683415800")
    assert "/2023-05-06/vss" in late.headers["authorization"]
    assert verify(late, SECRETS)
    monkeypatch.setattr(ctyun_sign, "DATE_ZONE", timezone(timedelta(hours=8)))
    assert refused(late) == "VSS_0002"


@settings(max_examples=150)
@given(
    st.sampled_from(("GET", "POST")),
    st.text("abcdef0123456789/-_", max_size=20),
    st.text("abc=&+%20*~.:", max_size=40),
    st.binary(max_size=60),
    st.data(),
)
def test_what_is_signed_verifies_and_nothing_else(
    method: str, path: str, query: str, body: bytes, data: st.DataObject
) -> None:
    headers = {"content-type": JSON, "host": HOST, "timestamp": "1683354940"}
    text = authorization(method, f"/{path}", query, headers, body, ACCESS_KEY, SECRETS[ACCESS_KEY])
    one = request(method, f"/{path}", query, "1683354940", text, body)
    assert verify(one, SECRETS) == ACCESS_KEY
    other = data.draw(st.text("abc=&+%20*~.:", max_size=40))
    assume(other != query)
    assert refused(replace(one, raw_query=other)) == "VSS_0002"


# Over the wire


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["ctyun"]) as sandbox:
        yield Client(sandbox)


def test_over_the_wire(client: Client) -> None:
    assert client.get("/devices").data
    assert client.call("GET", "/devices", signed=("host", "timestamp")).data
    assert client.call("GET", "/devices", "DeviceName=+%2B%2A~%25&PageSize=5").data
    assert client.call("GET", "/devices", content_type="application/json").error == "VSS_0002"
    assert client.call("GET", "/devices", when=time.time() - 1000).error == "VSS_0003"
    assert client.call("GET", "/devices", version="").error == "VSS_0001"
    client.secret_key += "x"
    answer = client.get("/devices")
    assert (answer.status, answer.error) == (401, "VSS_0002")
    assert client.face.secrets.keys() == {client.access_key}


def test_faults_in_the_vendors_words(client: Client) -> None:
    for fault, code, status in (
        ("secret", "VSS_0002", 401),
        ("clock", "VSS_0003", 401),
        ("rate-limit", "VSS_0006", 429),
    ):
        client.sandbox.faults.set("ctyun", fault, count=1)
        answer = client.get("/devices")
        assert (answer.error, answer.status) == (code, status)
        assert client.last.faults == (fault,)
        assert client.get("/devices").data


def test_faults_bend_the_list(client: Client) -> None:
    parent = client.id("大厅国标NVR")

    def names() -> list[str]:
        rows = client.get("/devices", ParentDeviceId=parent).data["Devices"]
        return [row["Device"]["DeviceName"] for row in rows]

    whole = names()
    client.sandbox.faults.set("ctyun", "duplicate-page", count=1)
    assert names() == whole + whole[:2]
    client.sandbox.faults.set("ctyun", "unordered-page")
    shuffled = [names() for _ in range(12)]
    assert all(sorted(one) == sorted(whole) for one in shuffled)
    assert any(one != whole for one in shuffled)
