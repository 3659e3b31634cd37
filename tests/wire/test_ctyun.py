"""Whatever the client sends verifies at the sandbox's face; any changed signed byte does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import now
from vsconsole.net.client import Unsigned
from vsconsole.net.transport import Request, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.ctyun import signer
from vsconsole.vendors.ctyun.endpoints import ENDPOINTS

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)
wire = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REFUSED = 401


@dataclass
class Wire:
    sandbox: Sandbox
    transport: Transport

    @property
    def credentials(self) -> signer.Credentials:
        fields = self.sandbox.fields("ctyun")
        return signer.Credentials(access_key=fields["access_key"], secret_key=fields["secret_key"])

    @property
    def server(self) -> str:
        return self.sandbox.url("ctyun")

    @property
    def host(self) -> str:
        return self.server.removeprefix("http://")

    def build(self, name: str, params: dict[str, Any]) -> Unsigned:
        endpoint = BY_NAME[name]
        return signer.build(endpoint, endpoint.check(params), self.host)

    def request(self, unsigned: Unsigned, **changed: Any) -> Request:
        when = changed.get("when", now())
        signed = signer.sign(unsigned, changed.get("credentials", self.credentials), when)
        query = signer.encode_query(unsigned.query)
        return Request(
            method=unsigned.method,
            url=f"{self.server}{unsigned.path}{'?' if query else ''}{query}",
            headers={**unsigned.headers, **signed},
            body=unsigned.body,
        )

    def code(self, request: Request) -> int:
        """statusCode of the answer; the HTTP status where it is no envelope."""
        response = self.transport.send(request)
        try:
            return int(json.loads(response.body)["statusCode"])
        except (ValueError, KeyError, TypeError):
            return response.status


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with Sandbox(seed=2, vendors=["ctyun"]) as sandbox:
        transport = Transport()
        yield Wire(sandbox, transport)
        transport.close()


@wire
@given(name=VALUES, vendor=VALUES, page=st.integers(1, 99))
def test_any_query_verifies(line: Wire, name: str, vendor: str, page: int) -> None:
    params = {"DeviceName": name, "DeviceVendor": vendor, "PageNum": page}
    assert line.code(line.request(line.build("DescribeDevices", params))) == 200
    seen = line.sandbox.log[-1].params
    assert (seen["DeviceName"] or "", seen["DeviceVendor"] or "") == (name, vendor)


@wire
@given(name=VALUES.filter(str.strip), region=VALUES.filter(str.strip))
def test_any_body_verifies(line: Wire, name: str, region: str) -> None:
    device = {"DeviceType": "ipc", "DeviceName": name}
    unsigned = line.build("CreateDevice", {"Region": region, "Device": device})
    assert line.code(line.request(unsigned)) == 200
    assert line.sandbox.log[-1].params["Device"]["DeviceName"] == name


@wire
@given(data=st.data())
def test_any_call_verifies(line: Wire, data: st.DataObject) -> None:
    """Values may be refused, signatures never."""
    endpoint = data.draw(st.sampled_from(ENDPOINTS))
    texts = {
        param.name: data.draw(VALUES if param.type == "string" else st.just(1), label=param.name)
        for param in endpoint.inputs
        if param.required and param.place != "path"
    }
    texts |= {param.name: "7" for param in endpoint.inputs if param.place == "path"}
    try:
        unsigned = line.build(endpoint.name, texts)
    except InvalidInput:
        # What the row refuses is not sent; send it all the same, the signature must hold.
        unsigned = signer.build(endpoint, texts, line.host)
    assert line.code(line.request(unsigned)) != REFUSED


GOOD = {"DeviceName": "大厅 a/b", "PageNum": 1, "SortDirection": "asc"}


@wire
@given(data=st.data())
def test_one_changed_byte_is_refused(line: Wire, data: st.DataObject) -> None:
    good = line.request(line.build("DescribeDevices", GOOD))
    places = ["path", "query", "Authorization", "Host", "Content-Type", "Timestamp", "method"]
    place = data.draw(st.sampled_from(places))
    method, url, headers = good.method, good.url, dict(good.headers)
    begin = url.index("?")
    if place == "method":
        method = data.draw(st.sampled_from(["POST", "PUT", "DELETE"]))
    elif place == "path":
        url = changed(data, url, len(line.server) + 1, begin)
    elif place == "query":
        url = changed(data, url, begin + 1, len(url))
    else:
        headers[place] = changed(data, headers[place], 0, len(headers[place]))
    code = line.code(Request(method=method, url=url, headers=headers, body=good.body))
    # A time that is no number is refused as such.
    assert code == REFUSED or (place == "Timestamp" and code == 400)


@wire
@given(data=st.data())
def test_one_changed_byte_of_a_body_is_refused(line: Wire, data: st.DataObject) -> None:
    device = {"DeviceType": "ipc", "DeviceName": "北门"}
    good = line.request(line.build("CreateDevice", {"Region": "1", "Device": device}))
    at = data.draw(st.integers(0, len(good.body) - 1))
    bit = data.draw(st.integers(0, 7))
    body = bytearray(good.body)
    body[at] ^= 1 << bit
    bent = Request(method="POST", url=good.url, headers=good.headers, body=bytes(body))
    assert line.code(bent) == REFUSED


def changed(data: st.DataObject, text: str, begin: int, end: int) -> str:
    """`text` with one character put in place of another.

    Not `%3a` for `%3A`: that is the same address, and HTTP libraries write it the one way.
    """
    at = data.draw(st.integers(begin, end - 1), label="at")
    others = [c for c in "0123456789abcxyz" if c not in (text[at], text[at].lower())]
    new = data.draw(st.sampled_from(others), label="new")
    return text[:at] + new + text[at + 1 :]


@wire
@given(secret=st.text(alphabet="abcXYZ019/+", min_size=1, max_size=40))
def test_another_secret_is_refused(line: Wire, secret: str) -> None:
    wrong = signer.Credentials(access_key=line.credentials.access_key, secret_key=secret)
    unsigned = line.build("DescribeDevices", GOOD)
    assert line.code(line.request(unsigned, credentials=wrong)) == REFUSED


@pytest.mark.parametrize(
    ("off", "code"),
    [(timedelta(0), 200), (timedelta(minutes=1), 200), (timedelta(hours=-9), REFUSED)],
)
def test_the_time_of_a_signature(line: Wire, off: timedelta, code: int) -> None:
    unsigned = line.build("DescribeDevices", {})
    assert line.code(line.request(unsigned, when=now() + off)) == code


def test_the_account_form_takes_the_sandbox_s_fields(line: Wire) -> None:
    fields = line.sandbox.fields("ctyun")
    assert registry.vendor("ctyun").check(fields) == fields
