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
from vsconsole.net.client import Unsigned, as_query, request_for
from vsconsole.net.transport import Request, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.tencent import signer
from vsconsole.vendors.tencent.endpoints import ENDPOINTS

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)
wire = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REFUSED = (41601, 41602)


@dataclass
class Wire:
    sandbox: Sandbox
    transport: Transport

    @property
    def credentials(self) -> signer.Credentials:
        fields = self.sandbox.fields("tencent")
        return signer.Credentials(secret_id=fields["secret_id"], secret_key=fields["secret_key"])

    @property
    def server(self) -> str:
        return self.sandbox.url("tencent")

    def build(self, name: str, params: dict[str, Any]) -> Unsigned:
        endpoint = BY_NAME[name]
        return request_for(endpoint, endpoint.check(params), self.server.removeprefix("http://"))

    def request(self, unsigned: Unsigned, **changed: Any) -> Request:
        query = as_query(unsigned.query)
        signed = signer.sign(unsigned, changed.pop("credentials", self.credentials), now())
        return Request(
            method=unsigned.method,
            url=f"{self.server}{unsigned.path}{'?' if query else ''}{query}",
            headers={**unsigned.headers, **signed},
            body=unsigned.body,
        )

    def code(self, request: Request) -> int:
        """StatusCode of the answer; the HTTP status where it is no envelope."""
        response = self.transport.send(request)
        try:
            return int(json.loads(response.body)["StatusCode"])
        except (ValueError, KeyError, TypeError):
            return response.status


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with Sandbox(seed=2, vendors=["tencent"]) as sandbox:
        transport = Transport()
        yield Wire(sandbox, transport)
        transport.close()


@wire
@given(keyword=VALUES, page=st.integers(1, 99), deep=st.booleans())
def test_any_query_verifies(line: Wire, keyword: str, page: int, deep: bool) -> None:
    params = {
        "OrganizationId": "0",
        "IsContainSubLevel": deep,
        "Keyword": keyword,
        "PageNumber": page,
    }
    assert line.code(line.request(line.build("get_user_resources", params))) == 200
    assert line.sandbox.log[-1].query["Keyword"] == keyword


@wire
@given(data=st.data())
def test_any_call_verifies(line: Wire, data: st.DataObject) -> None:
    """Values may be refused, signatures never."""
    endpoint = data.draw(st.sampled_from([e for e in ENDPOINTS if e.answer == "json"]))
    texts = {
        param.name: data.draw(VALUES if param.type == "string" else st.just(1), label=param.name)
        for param in endpoint.inputs
        if param.required
    }
    try:
        unsigned = line.build(endpoint.name, texts)
    except InvalidInput:
        # What the row refuses is not sent; send it all the same, the signature must hold.
        unsigned = request_for(
            endpoint,
            {k: v for k, v in texts.items() if isinstance(v, str)},
            line.server.removeprefix("http://"),
        )
    assert line.code(line.request(unsigned)) not in REFUSED


GOOD = {"OrganizationId": "0", "Keyword": "大厅 a/b", "PageNumber": 1}


@wire
@given(data=st.data())
def test_one_changed_byte_is_refused(line: Wire, data: st.DataObject) -> None:
    good = line.request(line.build("get_user_resources", GOOD))
    place = data.draw(st.sampled_from(["target", "Authorization", "Host", "method"]))
    method, url, headers = good.method, good.url, dict(good.headers)
    if place == "method":
        method = data.draw(st.sampled_from(["POST", "PUT", "DELETE"]))
    elif place == "target":
        # Other addresses than these are none of the vendor's calls.
        begin = len(line.server) + len("/ivc/")
        url = changed(data, url, begin)
    else:
        headers[place] = changed(data, headers[place], 0)
    code = line.code(Request(method=method, url=url, headers=headers, body=good.body))
    assert code in REFUSED


def changed(data: st.DataObject, text: str, begin: int) -> str:
    """`text` with one character put in place of another that means something else.

    Names of parameters count in either case and `%2f` is `%2F`, so letters change to others.
    """
    at = data.draw(st.integers(begin, len(text) - 1), label="at")
    new = data.draw(
        st.sampled_from([c for c in "0123456789abcxyz" if c != text[at].lower()]), label="new"
    )
    return text[:at] + new + text[at + 1 :]


@wire
@given(secret=st.text(alphabet="abcXYZ019/+", min_size=1, max_size=40))
def test_another_secret_is_refused(line: Wire, secret: str) -> None:
    wrong = signer.Credentials(secret_id=line.credentials.secret_id, secret_key=secret)
    unsigned = line.build("get_user_resources", GOOD)
    assert line.code(line.request(unsigned, credentials=wrong)) == 41602


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (timedelta(0), 200),
        (timedelta(seconds=50), 200),
        (timedelta(seconds=-3500), 200),
        (timedelta(seconds=90), 41602),
        (timedelta(hours=-2), 41601),
    ],
)
def test_the_time_of_a_signature(line: Wire, off: timedelta, code: int) -> None:
    unsigned = line.build("config_get_user_region", {})
    signed = signer.sign(unsigned, line.credentials, now() + off)
    request = Request(
        method="GET",
        url=line.server + unsigned.path,
        headers={**unsigned.headers, **signed},
    )
    assert line.code(request) == code


def test_the_account_form_takes_the_sandbox_s_fields(line: Wire) -> None:
    fields = line.sandbox.fields("tencent")
    assert registry.vendor("tencent").check(fields) == fields
