"""The system block: the published vector byte for byte, and a verifier written from the text."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from tests.vendors.imou.support import DOCUMENT
from vsconsole.net.client import Unsigned
from vsconsole.vendors.imou import signer
from vsconsole.vendors.imou.endpoints import ENDPOINTS

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
TEXT = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=16)


def signed(name: str, values: dict[str, Any], **more: Any) -> Unsigned:
    when = more.pop("when", datetime(2023, 11, 21, 7, 0, tzinfo=UTC))
    credentials = signer.Credentials(
        app_id=more.pop("app_id", "lcd1"), app_secret=more.pop("app_secret", "secret")
    )
    request = signer.build(BY_NAME[name], values, "openapi.lechange.cn")
    return signer.sign(request, credentials, when, **{"nonce": "n", "ident": "i", **more})


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    made = signed(
        vector["method"],
        {},
        app_id=vector["app_id"],
        app_secret=vector["app_secret"],
        when=datetime.fromtimestamp(vector["time"], UTC),
        nonce=vector["nonce"],
        ident=vector["id"],
    )
    assert made.body.decode() == vector["body"]
    assert signer.signature(vector["time"], vector["nonce"], vector["app_secret"]) == vector["sign"]


def test_there_is_a_vector() -> None:
    assert [path.stem for path in VECTORS] == ["access_token"]


def test_the_document_s_request() -> None:
    sample = DOCUMENT["request"]
    params = {name: value for name, value in sample["params"].items() if name != "token"}
    row = BY_NAME["getCondensedRecords"]
    made = signed(
        row.name,
        row.check(params),
        app_id=sample["system"]["appId"],
        when=datetime.fromtimestamp(sample["system"]["time"], UTC),
        nonce=sample["system"]["nonce"],
        ident=sample["id"],
        token=sample["params"]["token"],
    )
    body = json.loads(made.body)
    # The document masks the secret, so its own signature cannot be had.
    assert {**body, "system": {**body["system"], "sign": sample["system"]["sign"]}} == sample
    assert (made.method, made.path) == ("POST", "/openapi/getCondensedRecords")
    assert made.headers["Content-Type"] == "application/json"
    assert made.headers["Host"] == made.host == "openapi.lechange.cn"
    assert not made.query


def test_no_secret_is_shown() -> None:
    credentials = signer.Credentials(app_id="lcd1", app_secret="very-secret")
    assert "very-secret" not in repr(credentials)
    assert "At_1" not in repr(signed("deviceOnline", {"deviceId": "D"}, token="At_1"))


def verified(body: bytes, secret: str) -> bool:
    """The platform's check, from the page's words."""
    system = json.loads(body)["system"]
    text = "time:" + str(system["time"]) + ",nonce:" + system["nonce"] + ",appSecret:" + secret
    return (
        system["ver"] == "1.0" and hashlib.md5(text.encode("utf-8")).hexdigest() == (system["sign"])
    )


@gentle
@given(
    name=TEXT.filter(str.strip), secret=TEXT, nonce=TEXT, token=TEXT, seconds=st.integers(0, 2**33)
)
def test_what_is_signed_verifies(
    name: str, secret: str, nonce: str, token: str, seconds: int
) -> None:
    values = {"deviceId": "D", "name": name}
    made = signed(
        "modifyDeviceName",
        values,
        app_secret=secret,
        nonce=nonce,
        token=token,
        when=datetime.fromtimestamp(seconds, UTC),
    )
    assert verified(made.body, secret)
    assert not verified(made.body, secret + "x")
    body = json.loads(made.body)
    assert body["params"] == ({"token": token} if token else {}) | values
    assert body["system"]["time"] == seconds
    for field, changed in (("time", seconds + 1), ("nonce", nonce + "0")):
        other = {**body, "system": {**body["system"], field: changed}}
        assert not verified(json.dumps(other).encode(), secret)
