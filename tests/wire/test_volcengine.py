"""Whatever the client sends verifies at the sandbox's face; any changed signed byte does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import now
from vsconsole.net.client import Unsigned, as_query
from vsconsole.net.transport import Request, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.volcengine import signer
from vsconsole.vendors.volcengine.endpoints import ENDPOINTS
from vsconsole.vendors.volcengine.mapping import wire as mapping

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
VALUES = st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀", max_size=12)
wire = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
REFUSED = frozenset(
    {
        "MissingParameter",
        "MissingAuthenticationToken",
        "MissingRequestInfo",
        "MissingSignature",
        "InvalidTimestamp",
        "ServiceNotFound",
        "InvalidActionOrVersion",
        "InvalidAccessKey",
        "SignatureDoesNotMatch",
    }
)


@dataclass
class Wire:
    sandbox: Sandbox
    transport: Transport
    space: str = ""

    @property
    def credentials(self) -> signer.Credentials:
        fields = self.sandbox.fields("volcengine")
        return signer.Credentials(
            access_key=fields["access_key"],
            secret_key=fields["secret_key"],
            region=fields["region"],
        )

    @property
    def server(self) -> str:
        return self.sandbox.url("volcengine")

    @property
    def host(self) -> str:
        return self.server.removeprefix("http://")

    def build(self, name: str, params: dict[str, Any]) -> Unsigned:
        endpoint = BY_NAME[name]
        return mapping.request(endpoint, endpoint.check(params), self.host)

    def request(self, unsigned: Unsigned, **changed: Any) -> Request:
        query = as_query(unsigned.query)
        signed = signer.sign(unsigned, changed.pop("credentials", self.credentials), now())
        return Request(
            method=unsigned.method,
            url=f"{self.server}{unsigned.path}{'?' if query else ''}{query}",
            headers={**unsigned.headers, **signed},
            body=unsigned.body,
        )

    def code(self, request: Request) -> str:
        """The error's code in the answer, empty where there is none."""
        response = self.transport.send(request)
        try:
            about = json.loads(response.body)["ResponseMetadata"]
        except (ValueError, KeyError, TypeError):
            return f"status {response.status}"
        return str(about.get("Error", {}).get("Code", ""))


@pytest.fixture(scope="module")
def line() -> Iterator[Wire]:
    with Sandbox(seed=2, vendors=["volcengine"]) as sandbox:
        transport = Transport()
        made = Wire(sandbox, transport)
        listed = transport.send(made.request(made.build("ListSpaces", {})))
        made.space = json.loads(listed.body)["Result"]["Spaces"][0]["SpaceID"]
        yield made
        transport.close()


@wire
@given(name=VALUES, page=st.integers(1, 99))
def test_any_query_verifies(line: Wire, name: str, page: int) -> None:
    params = {"SpaceID": line.space, "DeviceName": name, "PageNumber": page, "PageSize": 10}
    assert line.code(line.request(line.build("ListDevices", params))) == ""
    assert line.sandbox.log[-1].query["DeviceName"] == name


@wire
@given(text=VALUES, more=VALUES)
def test_any_body_verifies(line: Wire, text: str, more: str) -> None:
    unsigned = line.build(
        "StartStream", {"StreamID": "none", "SpaceID": text, "FreshExpiredPull": "1"}
    )
    body = json.loads(unsigned.body)
    assert body.get("SpaceID", "") == text
    changed = replace(unsigned, body=json.dumps({**body, "SpaceID": more}).encode())
    assert line.code(line.request(changed)) not in REFUSED


@wire
@given(pairs=st.lists(st.tuples(st.sampled_from(["A", "a", "b~", "B-"]), VALUES), max_size=5))
def test_empty_and_repeated_values_verify(line: Wire, pairs: list[tuple[str, str]]) -> None:
    """Names twice, in any order, and without a value: they may be refused, signatures never."""
    unsigned = line.build("ListSpaces", {})
    query = tuple(sorted((*unsigned.query, *pairs), key=lambda pair: pair[0]))
    assert line.code(line.request(replace(unsigned, query=query))) not in REFUSED


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
        unsigned = line.build(endpoint.name, texts)
    except InvalidInput:
        # What the row refuses is not sent; send it all the same, the signature must hold.
        kept = {name: value for name, value in texts.items() if isinstance(value, str)}
        unsigned = mapping.request(endpoint, kept, line.host)
    assert line.code(line.request(unsigned)) not in REFUSED - {"MissingParameter"}


GOOD = {"SpaceID": "大厅 a/b", "DeviceName": "x*+%~", "PageNumber": 1, "PageSize": 10}


@wire
@given(data=st.data())
def test_one_changed_byte_is_refused(line: Wire, data: st.DataObject) -> None:
    good = line.request(line.build("ListDevices", GOOD))
    place = data.draw(
        st.sampled_from(["target", "Authorization", "Host", "X-Date", "X-Content-Sha256", "method"])
    )
    method, url, headers = good.method, good.url, dict(good.headers)
    if place == "method":
        method = data.draw(st.sampled_from(["POST", "PUT", "DELETE"]))
    elif place == "target":
        url = changed(data, url, len(line.server) + len("/?"))
    else:
        headers[place] = changed(data, headers[place], 0)
    code = line.code(Request(method=method, url=url, headers=headers, body=good.body))
    assert code in REFUSED


@wire
@given(data=st.data())
def test_one_changed_byte_of_the_body_is_refused(line: Wire, data: st.DataObject) -> None:
    times = {"StartTime": 1688390000, "EndTime": 1688393600}
    good = line.request(line.build("PlayCloudRecord", {"StreamID": "大厅", **times}))
    assert line.code(good) not in REFUSED
    at = data.draw(st.integers(0, len(good.body) - 1), label="at")
    new = data.draw(st.integers(0, 255).filter(lambda byte: byte != good.body[at]), label="new")
    body = good.body[:at] + bytes((new,)) + good.body[at + 1 :]
    assert line.code(replace(good, body=body)) == "SignatureDoesNotMatch"


def changed(data: st.DataObject, text: str, begin: int) -> str:
    """`text` with one character put in place of another that means something else.

    `%2f` is `%2F` and a header's `-` counts, so letters and digits change to others.
    """
    at = data.draw(st.integers(begin, len(text) - 1), label="at")
    new = data.draw(
        st.sampled_from([c for c in "0123456789abcxyz" if c != text[at].lower()]), label="new"
    )
    return text[:at] + new + text[at + 1 :]


@wire
@given(secret=st.text(alphabet="abcXYZ019/+=", min_size=1, max_size=40))
def test_another_secret_is_refused(line: Wire, secret: str) -> None:
    wrong = replace(line.credentials, secret_key=secret)
    unsigned = line.build("ListDevices", GOOD)
    assert line.code(line.request(unsigned, credentials=wrong)) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (timedelta(0), ""),
        (timedelta(seconds=50), ""),
        (timedelta(seconds=-50), ""),
        (timedelta(hours=2), "InvalidTimestamp"),
        (timedelta(hours=-2), "InvalidTimestamp"),
    ],
)
def test_the_time_of_a_signature(line: Wire, off: timedelta, code: str) -> None:
    unsigned = line.build("ListSpaces", {})
    signed = signer.sign(unsigned, line.credentials, now() + off)
    request = Request(
        method="GET",
        url=f"{line.server}/?{as_query(unsigned.query)}",
        headers={**unsigned.headers, **signed},
    )
    assert line.code(request) == code


def test_a_session_token_verifies_and_is_part_of_the_signature(line: Wire) -> None:
    made = line.sandbox.faces["volcengine"].add_temporary(3600)  # type: ignore[attr-defined]
    temporary = signer.Credentials(
        access_key=made.access_key,
        secret_key=made.secret_key,
        region="cn-beijing",
        session_token=made.session_token,
    )
    good = line.request(line.build("ListSpaces", {}), credentials=temporary)
    assert line.code(good) == ""
    other = {**good.headers, "X-Security-Token": made.session_token + "x"}
    assert line.code(replace(good, headers=other)) == "SignatureDoesNotMatch"


def test_the_account_form_takes_the_sandbox_s_fields(line: Wire) -> None:
    fields = line.sandbox.fields("volcengine")
    assert registry.vendor("volcengine").check(fields) == fields
