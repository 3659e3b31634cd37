"""Signatures: vectors byte for byte, and a verifier written from the vendor's text."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.net.client import Unsigned
from vsconsole.vendors.ctyun import signer
from vsconsole.vendors.ctyun.endpoints import ENDPOINTS
from vsconsole.vendors.ctyun.signer import Credentials

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
HOST = "vssapi.ctyun.cn"


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = load(path)
    endpoint = BY_NAME[vector["call"]]
    request = signer.build(endpoint, endpoint.check(vector["values"]), HOST)
    assert target(request) == vector["target"]
    assert request.body == vector["body"].encode()
    assert signer.canonical(request, vector["timestamp"]) == vector["canonical"]
    digest = hashlib.sha256(vector["canonical"].encode()).hexdigest()
    assert digest == vector["canonical_sha256"]
    key = signer.signing_key(vector["secret_key"], vector["date"])
    assert key.hex() == vector["signing_key"]
    credentials = Credentials(access_key=vector["access_key"], secret_key=vector["secret_key"])
    when = datetime.fromtimestamp(int(vector["timestamp"]) + 0.7, UTC)
    assert signer.sign(request, credentials, when) == {
        "Authorization": vector["authorization"],
        "Timestamp": vector["timestamp"],
    }
    assert vector["secret_key"] not in repr(credentials)


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 2


@pytest.mark.parametrize("name", ["DescribeDevices", "CreateDevice"])
def test_every_call_has_the_documented_headers(name: str) -> None:
    device = {"Region": "1", "Device": {"DeviceType": "ipc", "DeviceName": "x"}}
    values = device if name == "CreateDevice" else {}
    request = signer.build(BY_NAME[name], BY_NAME[name].check(values), HOST)
    assert request.headers["Content-Type"] == "application/json;charset=utf-8"
    assert request.headers["Version"] == "2021-11-25"
    assert request.headers["Host"] == HOST


def test_the_date_is_that_of_utc() -> None:
    """Half past midnight in Beijing is still the day before."""
    request = Unsigned(method="GET", host=HOST, path="/devices")
    credentials = Credentials(access_key="AK", secret_key="secret")
    when = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    header = signer.sign(request, credentials, when)["Authorization"]
    assert "Credential=AK/2026-03-01/vss," in header


@pytest.mark.parametrize(
    ("pairs", "encoded"),
    [
        ((), ""),
        ((("b", "2"), ("a", "1")), "a=1&b=2"),
        ((("t", "2023-05-06 08:00:00"),), "t=2023-05-06+08%3A00%3A00"),
        ((("a", ""), ("b", "0")), "b=0"),
        ((("n", "大厅 a+b*~%/"),), "n=%E5%A4%A7%E5%8E%85+a%2Bb%2A~%25%2F"),
        ((("k", "2"), ("k", "1")), "k=1&k=2"),
    ],
)
def test_the_query(pairs: tuple[tuple[str, str], ...], encoded: str) -> None:
    assert signer.encode_query(pairs) == encoded


# A verifier of the vendor's text, sharing nothing with the signer.


def target(request: Unsigned) -> str:
    query = signer.encode_query(request.query)
    return request.path + (f"?{query}" if query else "")


def verified(method: str, target: str, headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Whether what arrived has the signature that the secret gives."""
    found = re.fullmatch(
        r"CT-HMAC-SHA256 Credential=([^/]+)/([^/]+)/vss, SignedHeaders=([a-z;-]+), "
        r"Signature=([0-9a-f]{64})",
        headers["Authorization"],
    )
    assert found
    _key, date, names, signature = found.groups()
    low = {name.lower(): value for name, value in headers.items()}
    path, _, query = target.partition("?")
    lines = [method, path, query]
    lines += [f"{name}:{low[name]}" for name in names.split(";")]
    lines += ["", names, hashlib.sha256(body).hexdigest()]
    hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = f"CT-HMAC-SHA256\n{low['timestamp']}\n{date}/vss\n{hashed}"
    key = b"CT" + secret.encode()
    for step in (date, "vss"):
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signature)


NAMES = st.text(alphabet="aBcZ09_-.~ 中+", min_size=1, max_size=8)
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=10)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=6)


@gentle
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    PAIRS,
    st.sampled_from([HOST, "127.0.0.1:8080"]),
    VALUES,
    st.binary(max_size=20),
)
def test_what_is_signed_verifies(
    method: str, pairs: list[tuple[str, str]], host: str, secret: str, body: bytes
) -> None:
    request = Unsigned(
        method=method,
        host=host,
        path="/devices/1",
        query=tuple(pairs),
        headers={"Host": host, "Content-Type": signer.CONTENT_TYPE},
        body=body,
    )
    credentials = Credentials(access_key="AK", secret_key=secret)
    signed = signer.sign(request, credentials, datetime(2026, 1, 1, tzinfo=UTC))
    headers = {**request.headers, **signed}
    sent = target(request)
    assert sorted(parse_qsl(sent.partition("?")[2])) == sorted(
        (name, value) for name, value in pairs if value
    )
    assert verified(method, sent, headers, body, secret)
    assert not verified(method, sent, headers, body, secret + "x")
    assert not verified("PATCH", sent, headers, body, secret)
    assert not verified(method, sent, headers, body + b" ", secret)
    assert not verified(method, sent.replace("/1", "/2", 1), headers, body, secret)
    assert not verified(method, sent + "&x=1", headers, body, secret)
    for name in ("Host", "Content-Type", "Timestamp"):
        changed = {**headers, name: headers[name] + "0"}
        assert not verified(method, sent, changed, body, secret)
    # Not signed.
    assert verified(method, sent, {**headers, "Version": "x"}, body, secret)


def test_the_order_of_parameters_does_not_count() -> None:
    pairs = (("b", "2"), ("a", "1"))
    one = Unsigned(method="GET", host=HOST, path="/devices", query=pairs)
    other = replace(one, query=pairs[::-1])
    assert target(one) == target(other) == "/devices?a=1&b=2"
