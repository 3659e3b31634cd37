"""Whatever the client sends verifies at the sandbox's face; any changed signed byte does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import now
from vsconsole.net.client import Unsigned
from vsconsole.net.transport import Request, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.linkvisual import signer, wire
from vsconsole.vendors.linkvisual.endpoints import CALLS

VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)
checks = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REFUSED = 401


@dataclass
class Wire:
    sandbox: Sandbox
    transport: Transport
    fields: dict[str, str]

    @property
    def credentials(self) -> signer.Credentials:
        return signer.Credentials(
            app_key=self.fields["app_key"], app_secret=self.fields["app_secret"]
        )

    def build(self, name: str, values: dict[str, Any], token: str | None = None) -> Unsigned:
        """The request for values that were checked, or that no check would let through."""
        return wire.request(
            CALLS[name],
            values,
            self.fields["server"].removeprefix("http://"),
            ident=uuid4().hex,
            token=self.fields["iot_token"] if token is None else token,
        )

    def request(self, unsigned: Unsigned, **changed: Any) -> Request:
        signed = signer.sign(
            unsigned,
            changed.get("credentials", self.credentials),
            changed.get("when", now()),
            changed.get("nonce", str(uuid4())),
        )
        return Request(
            method=unsigned.method,
            url=self.fields["server"] + unsigned.path,
            headers={**unsigned.headers, **signed},
            body=unsigned.body,
        )

    def code(self, request: Request) -> int:
        """The answer's code; the HTTP status where it is no envelope."""
        response = self.transport.send(request)
        try:
            return int(json.loads(response.body)["code"])
        except (ValueError, KeyError, TypeError):
            return response.status


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with Sandbox(seed=2, vendors=["linkvisual"]) as sandbox:
        transport = Transport()
        yield Wire(sandbox, transport, sandbox.fields("linkvisual"))
        transport.close()


@checks
@given(name=VALUES, plan=VALUES)
def test_any_text_verifies_and_arrives(line: Wire, name: str, plan: str) -> None:
    values = {"name": name or "x", "allDay": 1, "timeSectionList": []}
    assert line.code(line.request(line.build("record_plan_set", values))) == 200
    assert line.sandbox.log[-1].params["name"] == (name or "x")
    code = line.code(line.request(line.build("record_plan_get", {"planId": plan})))
    assert code not in (200, REFUSED)


@checks
@given(data=st.data())
def test_any_call_verifies(line: Wire, data: st.DataObject) -> None:
    """Values may be refused, signatures never."""
    call = CALLS[data.draw(st.sampled_from(sorted(CALLS)))]
    values: dict[str, Any] = {
        param.name: data.draw(VALUES if param.type == "string" else st.just(1), label=param.name)
        for param in call.endpoint.inputs
        if param.required
    }
    try:
        values = call.endpoint.check(values)
    except InvalidInput:
        # What the row refuses is not sent; send it all the same, the signature must hold.
        pass
    token = data.draw(VALUES | st.just(line.fields["iot_token"]), label="token")
    unsigned = line.build(call.endpoint.name, values, token)
    assert line.code(line.request(unsigned)) != REFUSED


GOOD = {"pageNo": 1, "pageSize": 20}
SIGNED = (
    "accept",
    "content-type",
    "content-md5",
    "date",
    "x-ca-key",
    "x-ca-nonce",
    "x-ca-signaturemethod",
    "x-ca-signature-headers",
    "x-ca-signature",
)


@checks
@given(data=st.data())
def test_one_changed_byte_is_refused(line: Wire, data: st.DataObject) -> None:
    good = line.request(line.build("uc_listBindingByAccount", GOOD))
    place = data.draw(st.sampled_from(["path", "body", "query", "method", *SIGNED]))
    method, url, headers, body = good.method, good.url, dict(good.headers), good.body
    if place == "method":
        method = data.draw(st.sampled_from(["PUT", "DELETE"]))
    elif place == "path":
        # Another call that there is: any other path is none of the vendor's.
        url = url.replace("/uc/listBindingByAccount", "/thing/tsl/get")
    elif place == "query":
        url += "?a=1"
    elif place == "body":
        at = data.draw(st.integers(0, len(body) - 1), label="at")
        bent = bytearray(body)
        bent[at] ^= data.draw(st.integers(1, 127), label="bits")
        body = bytes(bent)
    else:
        headers[place] = changed(data, headers[place])
    code = line.code(Request(method=method, url=url, headers=headers, body=body))
    assert code == REFUSED


def changed(data: st.DataObject, text: str) -> str:
    """`text` with one character put in place of another."""
    at = data.draw(st.integers(0, len(text) - 1), label="at")
    new = data.draw(st.sampled_from("0123456789abcxyzABC"), label="new")
    return text[:at] + (new if new != text[at] else "-") + text[at + 1 :]


@checks
@given(secret=st.text(alphabet="abcXYZ019/+", min_size=1, max_size=40))
def test_another_secret_is_refused(line: Wire, secret: str) -> None:
    wrong = replace(line.credentials, app_secret=secret)
    unsigned = line.build("uc_listBindingByAccount", GOOD)
    assert line.code(line.request(unsigned, credentials=wrong)) == REFUSED


def test_a_request_is_good_once(line: Wire) -> None:
    request = line.request(line.build("uc_listBindingByAccount", GOOD))
    assert line.code(request) == 200
    assert line.code(request) == REFUSED


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (timedelta(0), 200),
        (timedelta(minutes=14), 200),
        (timedelta(minutes=-14), 200),
        (timedelta(minutes=16), REFUSED),
        (timedelta(hours=-2), REFUSED),
    ],
)
def test_the_time_of_a_signature(line: Wire, off: timedelta, code: int) -> None:
    unsigned = line.build("uc_listBindingByAccount", GOOD)
    assert line.code(line.request(unsigned, when=now() + off)) == code


def test_the_account_form_takes_the_sandbox_s_fields(line: Wire) -> None:
    assert registry.vendor("linkvisual").check(line.fields) == line.fields
