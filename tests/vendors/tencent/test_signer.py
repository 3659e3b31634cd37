"""Signatures: the document's, published vectors, and a verifier written from the document."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.net.client import Unsigned, as_query
from vsconsole.vendors.tencent import signer
from vsconsole.vendors.tencent.signer import Credentials

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
CREDENTIALS = Credentials(secret_id="AKID12345678", secret_key="key", token="")


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = load(path)
    assert signer.digest(vector["http_string"]) == vector["digest"]
    made = signer.signature(vector["sign_key"], vector["key_time"], vector["digest"])
    assert made == vector["signature"]
    if "secret_key" not in vector:
        return
    assert signer.sign_key(vector["secret_key"], vector["key_time"]) == vector["sign_key"]
    request = Unsigned(
        method=vector["method"],
        host=vector["host"],
        path=vector["path"],
        query=tuple((name, value) for name, value in vector["query"]),
    )
    credentials = Credentials(secret_id=vector["secret_id"], secret_key=vector["secret_key"])
    assert (
        signer.authorization(
            request,
            credentials,
            vector["key_time"],
            vector["headers"],
            encoded=vector["encoded"],
        )
        == vector["authorization"]
    )


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 6


def test_only_host_is_signed_and_the_token_is_sent() -> None:
    when = datetime(2023, 11, 21, 7, 1, tzinfo=UTC)
    vector = load(Path(__file__).parent / "vectors" / "get_user_resources.json")
    request = Unsigned(
        method="GET",
        host=vector["host"],
        path=vector["path"],
        query=tuple((name, value) for name, value in vector["query"]),
        headers={"Content-Type": "application/json"},
    )
    credentials = Credentials(
        secret_id=vector["secret_id"], secret_key=vector["secret_key"], token="temporary"
    )
    headers = signer.sign(request, credentials, when)
    # Begun a minute ago, for an hour: exactly the vector's time.
    assert headers["Authorization"] == vector["authorization"]
    assert headers["x-iss-security-token"] == "temporary"
    assert "x-iss-security-token" not in signer.sign(request, CREDENTIALS, when)
    assert vector["secret_key"] not in repr(credentials)
    assert "temporary" not in repr(credentials)


# A verifier of the document's text, sharing nothing with the signer.

_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"


def url_encode(text: str) -> str:
    return "".join(c if c in _PLAIN else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def verified(method: str, target: str, host: str, authorization: str, secret: str) -> bool:
    path, _, query = target.partition("?")
    fields = dict(part.split("=", 1) for part in authorization.split("&"))
    pairs = []
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        pairs.append((unquote(name).lower(), unquote(value)))
    pairs.sort()
    if fields["q-url-param-list"] != ";".join(url_encode(k).lower() for k, _ in pairs):
        return False
    text = "\n".join(
        (
            method.lower(),
            path,
            "&".join(f"{url_encode(k).lower()}={url_encode(v)}" for k, v in pairs),
            f"host={url_encode(host)}",
            "",
        )
    )
    key = hmac.new(secret.encode(), fields["q-key-time"].encode(), "sha1").hexdigest()
    to_sign = f"sha1\n{fields['q-sign-time']}\n{hashlib.sha1(text.encode()).hexdigest()}\n"
    expected = hmac.new(key.encode(), to_sign.encode(), "sha1").hexdigest()
    return hmac.compare_digest(expected, fields["q-signature"])


NAMES = st.text(alphabet="aBcZ09_-.~", min_size=1, max_size=8)
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=10)
QUERIES = st.dictionaries(NAMES, VALUES, max_size=5).filter(
    lambda pairs: len({name.lower() for name in pairs}) == len(pairs)
)


@gentle
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    QUERIES,
    st.sampled_from(["ivc.myqcloud.com", "127.0.0.1:8080"]),
    VALUES,
)
def test_what_is_signed_verifies(
    method: str, query: dict[str, str], host: str, secret: str
) -> None:
    request = Unsigned(method=method, host=host, path="/ivc/a/B", query=tuple(query.items()))
    credentials = Credentials(secret_id="AKID", secret_key=secret)
    header = signer.sign(request, credentials, datetime(2026, 1, 1, tzinfo=UTC))["Authorization"]
    target = "/ivc/a/B" + ("?" + as_query(request.query) if query else "")
    assert verified(method, target, host, header, secret)
    assert not verified(method, target, host, header, secret + "x")
    assert not verified(method, target, host + "0", header, secret)
    assert not verified("PATCH", target, host, header, secret)
    assert not verified(method, "/ivc/a/b" + target[8:], host, header, secret)
    assert not verified(method, target + ("&" if query else "?") + "x-y=1", host, header, secret)
