"""Whatever the client sends verifies at the sandbox's face; any changed signed byte does not."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import now
from vsconsole.net.transport import Request, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.imou import signer
from vsconsole.vendors.imou.endpoints import ENDPOINTS

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)
wire = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REFUSED = {"SN1001", "SN1002", "SN1003", "SN1004", "SN1005"}


@dataclass
class Wire:
    sandbox: Sandbox
    transport: Transport
    token: str = ""

    @property
    def credentials(self) -> signer.Credentials:
        fields = self.sandbox.fields("imou")
        return signer.Credentials(app_id=fields["app_id"], app_secret=fields["app_secret"])

    def body(self, name: str, params: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """A signed body as the client makes it."""
        request = signer.build(BY_NAME[name], params, "127.0.0.1")
        made = signer.sign(
            request,
            changed.get("credentials", self.credentials),
            changed.get("when", now()),
            nonce=changed.get("nonce", secrets.token_hex(16)),
            ident="q",
            token="" if name == "accessToken" else self.token,
        )
        found: dict[str, Any] = json.loads(made.body)
        return found

    def result(self, name: str, body: dict[str, Any] | bytes) -> dict[str, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self.transport.send(
            Request(
                method="POST",
                url=f"{self.sandbox.url('imou')}/openapi/{name}",
                headers={"Content-Type": "application/json"},
                body=content,
            )
        )
        found: dict[str, Any] = json.loads(response.body)["result"]
        return found

    def code(self, name: str, body: dict[str, Any] | bytes) -> str:
        return str(self.result(name, body)["code"])


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with Sandbox(seed=2, vendors=["imou"]) as sandbox:
        transport = Transport()
        made = Wire(sandbox, transport)
        login = made.result("accessToken", made.body("accessToken", {}))
        made.token = login["data"]["accessToken"]
        yield made
        transport.close()


@wire
@given(name=VALUES.filter(str.strip), url=VALUES)
def test_any_text_verifies_and_arrives(line: Wire, name: str, url: str) -> None:
    """Values are no part of the signature, yet none may break what is."""
    params = {"status": "on", "callbackUrl": url + "x", "callbackFlag": name}
    assert line.code("setMessageCallback", line.body("setMessageCallback", params)) == "0"
    kept = line.result("getMessageCallback", line.body("getMessageCallback", {}))["data"]
    assert (kept["callbackUrl"], kept["callbackFlag"]) == (url + "x", name)


@wire
@given(data=st.data())
def test_any_call_verifies(line: Wire, data: st.DataObject) -> None:
    """Values may be refused, signatures never."""
    endpoint = data.draw(st.sampled_from(ENDPOINTS))
    texts = {
        param.name: data.draw(VALUES if param.type == "string" else st.just(1), label=param.name)
        for param in endpoint.inputs
        if param.required
    }
    try:
        values = endpoint.check(texts)
    except InvalidInput:
        # What the row refuses is not sent; send it all the same, the signature must hold.
        values = texts
    assert line.code(endpoint.name, line.body(endpoint.name, values)) not in REFUSED


@wire
@given(data=st.data())
def test_one_changed_byte_is_refused(line: Wire, data: st.DataObject) -> None:
    body = line.body("getMessageCallback", {})
    system = body["system"]
    name = data.draw(st.sampled_from(["time", "nonce", "sign", "appId"]))
    text = str(system[name])
    at = data.draw(st.integers(0, len(text) - 1), label="at")
    others = "0123456789" if name == "time" else "0123456789abcdefxyz"
    new = data.draw(st.sampled_from([c for c in others if c != text[at].lower()]), label="new")
    changed = text[:at] + new + text[at + 1 :]
    system[name] = int(changed) if name == "time" else changed
    expected = "SN1004" if name == "appId" else "SN1001"
    assert line.code("getMessageCallback", body) == expected


@wire
@given(secret=st.text(alphabet="abcXYZ019/+", min_size=1, max_size=40))
def test_another_secret_is_refused(line: Wire, secret: str) -> None:
    wrong = signer.Credentials(app_id=line.credentials.app_id, app_secret=secret)
    body = line.body("getMessageCallback", {}, credentials=wrong)
    assert line.code("getMessageCallback", body) == "SN1001"


def test_a_block_counts_once(line: Wire) -> None:
    body = line.body("getMessageCallback", {})
    assert line.code("getMessageCallback", body) == "0"
    assert line.code("getMessageCallback", body) == "SN1005"


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (timedelta(0), "0"),
        (timedelta(seconds=290), "0"),
        (timedelta(seconds=-290), "0"),
        (timedelta(seconds=310), "SN1002"),
        (timedelta(hours=-2), "SN1002"),
    ],
)
def test_the_time_of_a_signature(line: Wire, off: timedelta, code: str) -> None:
    body = line.body("getMessageCallback", {}, when=now() + off)
    assert line.code("getMessageCallback", body) == code


def test_the_account_form_takes_the_sandbox_s_fields(line: Wire) -> None:
    fields = line.sandbox.fields("imou")
    assert registry.vendor("imou").check(fields) == fields
