"""Signatures: the vendor's own vectors, and a verifier written from the vendor's text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.net.client import Unsigned
from vsconsole.vendors.linkvisual import signer, wire
from vsconsole.vendors.linkvisual.endpoints import CALLS
from vsconsole.vendors.linkvisual.signer import Credentials

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def unsigned(vector: dict[str, Any]) -> Unsigned:
    return Unsigned(
        method=vector["method"],
        host=vector["host"],
        path=vector["path"],
        headers={
            name: value
            for name, value in vector["headers"].items()
            if name.lower() in ("accept", "content-type")
        },
        body=vector["body"].encode(),
    )


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 4


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = load(path)
    request = unsigned(vector)
    text = signer.string_to_sign(request, vector["headers"], vector["signed"])
    assert text == vector["string"]
    assert signer.content_md5(request.body) == vector["content_md5"]
    assert signer.header_list(reversed(vector["signed"])) == vector["signature_headers"]
    made = signer.signature(text, vector["app_secret"], vector["algorithm"])
    assert made == vector["signature"]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_vectors_bodies_are_made_byte_for_byte(path: Path) -> None:
    vector = load(path)
    call = CALLS[vector["call"]]
    values = call.endpoint.check(vector["params"])
    assert list(values) == list(vector["params"])
    made = wire.request(call, values, vector["host"], ident=vector["id"], token=vector["token"])
    assert json.loads(made.body) == json.loads(vector["body"])
    assert made.body == vector["body"].encode()
    assert (made.method, made.path, made.query) == ("POST", vector["path"], ())


def test_the_whole_of_the_sdk_s_request() -> None:
    vector = load(Path(__file__).parent / "vectors" / "sdk_record_query.json")
    credentials = Credentials(app_key=vector["app_key"], app_secret=vector["app_secret"])
    when = datetime.fromisoformat(vector["when"]).astimezone(timezone(timedelta(hours=8)))
    headers = signer.sign(unsigned(vector), credentials, when, vector["nonce"])
    assert headers == {
        **{k: v for k, v in vector["headers"].items() if k not in ("accept", "content-type")},
        "x-ca-signature-headers": vector["signature_headers"],
        "x-ca-signature": vector["signature"],
    }
    assert vector["app_secret"] not in repr(credentials)


def test_without_a_body_and_with_a_query() -> None:
    request = Unsigned(
        method="get",
        host="h",
        path="/p",
        query=(("b", "2 &"), ("a", ""), ("b", "1")),
    )
    assert signer.content_md5(b"") == ""
    assert signer.string_to_sign(request, {}, ()) == "GET\n\n\n\n\n/p?a&b=1&b=2 &"


# A verifier of the vendor's text, sharing nothing with the signer.

NEVER = {"accept", "content-md5", "content-type", "date", "host", "token", "user-agent"}


def verified(
    method: str, path: str, headers: dict[str, str], body: bytes, key: str, secret: str
) -> bool:
    if headers["content-md5"] != base64.b64encode(hashlib.md5(body).digest()).decode():
        return False
    names = headers["x-ca-signature-headers"].split(",")
    if names != sorted(names) or NEVER & set(names) or headers["x-ca-key"] != key:
        return False
    if not {"x-ca-key", "x-ca-nonce"} <= set(names):
        return False
    text = "\n".join(
        [method, headers["accept"], headers["content-md5"], headers["content-type"]]
        + [headers["date"]]
        + [f"{name}:{headers[name]}" for name in names]
        + [path]
    )
    made = base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()
    return hmac.compare_digest(made, headers["x-ca-signature"])


WORDS = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)


@gentle
@given(WORDS, WORDS.filter(str.strip), st.text("abc123", min_size=1), WORDS, st.data())
def test_what_is_signed_verifies(
    name: str, device: str, key: str, secret: str, data: st.DataObject
) -> None:
    call = CALLS["record_plan_set"]
    values = {"name": name, "allDay": 1, "timeSectionList": [], "device": device}
    request = wire.request(call, values, "h", ident="1" * 32, token=device)
    credentials = Credentials(app_key=key, app_secret=secret)
    when = datetime(2026, 1, 1, tzinfo=UTC)
    added = signer.sign(request, credentials, when, "nonce")
    headers = {**request.headers, **added}
    assert verified("POST", request.path, headers, request.body, key, secret)
    assert json.loads(request.body)["params"] == values
    assert not verified("PUT", request.path, headers, request.body, key, secret)
    assert not verified("POST", request.path + "x", headers, request.body, key, secret)
    assert not verified("POST", request.path, headers, request.body, key, secret + "x")
    at = data.draw(st.integers(0, len(request.body) - 1))
    bent = bytearray(request.body)
    bent[at] ^= 1
    assert not verified("POST", request.path, headers, bytes(bent), key, secret)
    for one in ("accept", "content-type", "date", "x-ca-nonce", "x-ca-signaturemethod"):
        changed = {**headers, one: headers[one] + "x"}
        assert not verified("POST", request.path, changed, request.body, key, secret)
