"""Signatures: published vectors, and a verifier written from the pages' text."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.net.client import Unsigned, as_query
from vsconsole.vendors.volcengine import signer
from vsconsole.vendors.volcengine.signer import Credentials

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
WHEN = datetime(2026, 3, 30, 7, 15, 5, tzinfo=UTC)


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def request_of(vector: dict[str, Any]) -> Unsigned:
    return Unsigned(
        method=vector["method"],
        host=vector["host"],
        path=vector["path"],
        query=tuple((name, value) for name, value in vector["query"]),
        headers=vector["headers"],
        body=vector["body"].encode(),
    )


def credentials_of(vector: dict[str, Any], token: str = "") -> Credentials:
    return Credentials(
        access_key=vector["access_key"],
        secret_key=vector["secret_key"],
        region=vector["region"],
        session_token=token,
    )


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 2


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = load(path)
    request, credentials = request_of(vector), credentials_of(vector)
    made = signer.sign(request, credentials, datetime.fromisoformat(vector["when"]))
    assert made["Authorization"] == vector["authorization"]
    assert made["X-Date"] == "20260330T071505Z"
    signed = sorted(
        {
            **{name.lower(): value for name, value in request.headers.items()},
            "host": request.host,
            "x-date": made["X-Date"],
            "x-content-sha256": made["X-Content-Sha256"],
        }.items()
    )
    canonical = signer.canonical_request(request, signed)
    assert canonical == vector["canonical_request"]
    assert signer.digest(canonical.encode()) == vector["canonical_digest"]
    scope = f"20260330/{vector['region']}/aiotvideo/request"
    assert signer.string_to_sign(made["X-Date"], scope, canonical) == vector["string_to_sign"]
    assert signer.signing_key(credentials, "20260330").hex() == vector["signing_key"]


def test_the_time_is_utc_whatever_its_zone() -> None:
    vector = load(VECTORS[0])
    beijing = WHEN.astimezone(timezone(timedelta(hours=8)))
    made = signer.sign(request_of(vector), credentials_of(vector), beijing)
    assert made["Authorization"] == vector["authorization"]


def test_a_session_token_is_sent_and_signed() -> None:
    vector = load(VECTORS[0])
    plain = signer.sign(request_of(vector), credentials_of(vector), WHEN)
    made = signer.sign(request_of(vector), credentials_of(vector, "temporary"), WHEN)
    assert "X-Security-Token" not in plain
    assert made["X-Security-Token"] == "temporary"
    assert ";x-security-token," in made["Authorization"]
    other = signer.sign(request_of(vector), credentials_of(vector, "temporarx"), WHEN)
    assert made["Authorization"] != other["Authorization"]
    assert vector["secret_key"] not in repr(credentials_of(vector, "temporary"))
    assert "temporary" not in repr(credentials_of(vector, "temporary"))


@pytest.mark.parametrize(
    ("host", "signed"),
    [("a.test:443", "a.test"), ("a.test:80", "a.test"), ("a.test:8080", "a.test:8080")],
)
def test_default_ports_are_not_signed(host: str, signed: str) -> None:
    credentials = Credentials(access_key="AK", secret_key="secret", region="cn-north-1")

    def made(name: str) -> str:
        request = Unsigned(method="GET", host=name, path="/", headers={"Host": name})
        return signer.sign(request, credentials, WHEN)["Authorization"]

    assert made(host) == made(signed)
    assert made(host) != made("b.test")


def test_what_is_signed_of_the_headers() -> None:
    credentials = Credentials(access_key="AK", secret_key="secret", region="cn-north-1")
    headers = {
        "Host": "a.test",
        "Accept": "application/json",
        "content-md5": "m",
        "X-Own": " spaced ",
    }
    request = Unsigned(method="GET", host="a.test", path="/", headers=headers)
    made = signer.sign(request, credentials, WHEN)["Authorization"]
    assert "SignedHeaders=content-md5;host;x-content-sha256;x-date;x-own," in made
    trimmed = Unsigned(
        method="GET", host="a.test", path="/", headers={**headers, "X-Own": "spaced"}
    )
    assert signer.sign(trimmed, credentials, WHEN)["Authorization"] == made


# A verifier of the pages' text, sharing nothing with the signer.

_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"


def url_encode(text: str) -> str:
    return "".join(c if c in _PLAIN else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def verified(method: str, target: str, headers: dict[str, str], body: bytes, secret: str) -> bool:
    authorization = headers["Authorization"]
    scheme, _, rest = authorization.partition(" ")
    fields = dict(part.split("=", 1) for part in rest.split(", "))
    _key, day, region, service, word = fields["Credential"].split("/")
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    path, _, query = target.partition("?")
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    decoded = sorted(
        ((unquote(name), unquote(value)) for name, value in pairs), key=lambda pair: pair[0]
    )
    digest = hashlib.sha256(body).hexdigest()
    names = fields["SignedHeaders"].split(";")
    canonical = (
        f"{method}\n{path}\n"
        + "&".join(f"{url_encode(name)}={url_encode(value)}" for name, value in decoded)
        + "\n"
        + "".join(f"{name}:{lowered[name]}\n" for name in names)
        + f"\n{fields['SignedHeaders']}\n{digest}"
    )
    to_sign = (
        f"{scheme}\n{lowered['x-date']}\n{day}/{region}/{service}/{word}\n"
        + hashlib.sha256(canonical.encode()).hexdigest()
    )
    key = secret.encode()
    for part in (day, region, "aiotvideo", "request"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return lowered["x-content-sha256"] == digest and hmac.compare_digest(
        expected, fields["Signature"]
    )


VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=10)
NAMES = st.text(alphabet="aBcZ09_-.~", min_size=1, max_size=8)


@gentle
@given(
    st.sampled_from(["GET", "POST"]),
    st.lists(st.tuples(NAMES, VALUES), max_size=5),
    st.binary(max_size=20),
    st.sampled_from(["open.volcengineapi.com", "127.0.0.1:8080"]),
    VALUES,
    st.sampled_from(["", "token+/="]),
)
def test_what_is_signed_verifies(
    method: str, query: list[tuple[str, str]], body: bytes, host: str, secret: str, token: str
) -> None:
    request = Unsigned(
        method=method,
        host=host,
        path="/",
        query=tuple(query),
        headers={"Host": host, "Content-Type": "application/json"},
        body=body,
    )
    credentials = Credentials(
        access_key="AK", secret_key=secret, region="cn-beijing", session_token=token
    )
    headers = {**request.headers, **signer.sign(request, credentials, WHEN)}
    target = "/" + ("?" + as_query(request.query) if query else "")
    assert verified(method, target, headers, body, secret)
    assert not verified(method, target, headers, body, secret + "x")
    assert not verified(method, target, {**headers, "Host": host + "0"}, body, secret)
    assert not verified(method, target, headers, body + b"0", secret)
    assert not verified("PUT", target, headers, body, secret)
    assert not verified(method, target + ("&" if query else "?") + "x-y=1", headers, body, secret)
    moved = {**headers, "X-Date": "20260330T071506Z"}
    assert not verified(method, target, moved, body, secret)
