"""All 83 calls alike: listed, signed, logged, and strict about what must be given."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.face_support import Client, multipart
from vsconsole.sandbox.faces.tencent import CALLS
from vsconsole.sandbox.faces.tencent_codes import MESSAGES, http_status
from vsconsole.sandbox.faces.tencent_desk import Call
from vsconsole.sandbox.faces.tencent_rules import Rule
from vsconsole.sandbox.server import Sandbox

REQUIRED = [
    (call, part, rule)
    for call in CALLS
    for part, rules in (("query", call.query), ("body", call.body), ("form", call.form))
    for rule in rules
    if rule.required
]
SAMPLE_UUID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox(4, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def sample(rule: Rule) -> Any:
    """A value of the right kind."""
    if rule.kind == "object":
        return {r.name: sample(r) for r in rule.fields}
    return {
        "string": SAMPLE_UUID,
        "int": 1,
        "bool": True,
        "float": 1.0,
        "file": ("f.bin", b"x"),
        "array": [],
    }[rule.kind]


def send(client: Client, call: Call, leave: str = "", part: str = "", **more: Any) -> Any:
    """The call with every required parameter but one."""

    def given(name: str, rules: tuple[Rule, ...]) -> dict[str, Any]:
        return {
            r.name: sample(r)
            for r in rules
            if r.required and not (name == part and r.name == leave)
        }

    query = {**given("query", call.query), **more}
    if call.form:
        form = {
            k: v if isinstance(v, tuple) else str(v) for k, v in given("form", call.form).items()
        }
        return client.call(call.method, call.path, query, form=form)
    body = given("body", call.body) if call.body else None
    return client.call(call.method, call.path, query, body=body)


def name_of(value: Any) -> str:
    if isinstance(value, Call):
        return str(value.number)
    return value.name if isinstance(value, Rule) else str(value)


def test_there_are_83_calls_each_once() -> None:
    assert [call.number for call in CALLS] == list(range(1, 84))
    assert len({(call.method, call.path) for call in CALLS}) == 83
    assert {call.method for call in CALLS} == {"GET", "POST", "PUT", "DELETE"}
    assert len({call.name for call in CALLS}) == 83


@pytest.mark.parametrize(("call", "part", "rule"), REQUIRED, ids=name_of)
def test_a_missing_required_parameter_is_refused(
    client: Client, call: Call, part: str, rule: Rule
) -> None:
    answer = send(client, call, rule.name, part)
    assert answer.code == rule.missing
    assert answer.code in MESSAGES
    assert answer.status == http_status(answer.code)
    assert answer.json["Message"] == MESSAGES[answer.code]


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_an_unsigned_call_changes_nothing(client: Client, call: Call) -> None:
    answer = client.send(call.method, call.path, {}, b"")
    assert answer.code == 41602
    assert client.last.call == call.name


@pytest.mark.parametrize("call", CALLS, ids=name_of)
def test_a_wrong_method_is_refused(client: Client, call: Call) -> None:
    taken = {c.method for c in CALLS if c.path == call.path}
    wrong = next(m for m in ("GET", "DELETE", "PUT", "POST") if m not in taken)
    answer = client.call(wrong, call.path)
    assert answer.status == 405


@pytest.mark.parametrize("call", [c for c in CALLS if c.body and c.method != "GET"], ids=name_of)
def test_a_body_must_be_json(client: Client, call: Call) -> None:
    query = {r.name: sample(r) for r in call.query}
    kind, body = multipart({"a": "b"})
    for content_type, content in ((kind, body), ("application/json", b"{"), ("", b"{}")):
        answer = _raw(client, call, query, content_type, content)
        assert answer.code == 40001
    assert _raw(client, call, query, "application/json", b"[]").code == 40001


@pytest.mark.parametrize("call", [c for c in CALLS if c.form], ids=name_of)
def test_a_form_must_be_a_form(client: Client, call: Call) -> None:
    for content_type, content in (
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nno head\r\n--b--\r\n"),
    ):
        assert _raw(client, call, {}, content_type, content).code == 40001


def _raw(
    client: Client, call: Call, query: dict[str, Any], content_type: str, content: bytes
) -> Any:
    """A signed call with a body of one's own."""
    sent: list[Any] = []
    original = client.send

    def capture(method: str, target: str, headers: Any, body: bytes | None = None) -> Any:
        sent.append(headers)
        changed = {k: v for k, v in headers.items() if k != "Content-Type"}
        if content_type:
            changed["Content-Type"] = content_type
        return original(method, target, changed, content)

    client.send = capture  # type: ignore[method-assign]
    try:
        return client.call(call.method, call.path, query)
    finally:
        del client.send  # type: ignore[method-assign]


def test_unknown_calls_are_not_found(client: Client) -> None:
    answer = client.get("/ivc/cms/nothing")
    assert answer.status == 404
    assert answer.json["Code"] == 500


def test_unknown_parameters_are_ignored_and_noted(client: Client) -> None:
    assert client.get("/ivc/cms/organization/query", Colour="red").code == 200
    assert client.last.unknown == ("Colour",)
    answer = client.post("/ivc/cms/control/preset/get", ChannelId=SAMPLE_UUID, More=1)
    assert answer.code == 42207
    sections = [{"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "09:00:00", "Note": "x"}]
    body = {"TemplateName": "unknowns", "TimeSections": sections, "Color": 1}
    assert client.post("/ivc/record/template/add", **body).code == 200
    assert client.last.unknown == ("Color", "TimeSections.Note")


def test_a_parameter_given_twice_is_refused(client: Client) -> None:
    target = "/ivc/cms/device/describe"
    assert client.get(target, Id=SAMPLE_UUID).code == 42206
    # Two equal keys sign like any other pair; the value is what is unclear.
    import time

    from tests.sandbox.face_support import authorization

    now = int(time.time())
    text = authorization(
        "GET",
        target,
        {},
        {"host": client.host},
        client.secret_id,
        client.secret_key,
        f"{now};{now + 60}",
    )
    text = text.replace("q-url-param-list=", "q-url-param-list=id;id")
    assert client.send("GET", f"{target}?Id=a&Id=b", {"Authorization": text}).code == 41602


def test_mistyped_values_are_refused(client: Client) -> None:
    path = "/ivc/urm/resource/getUserResources"
    assert client.get(path, OrganizationId=0, PageNumber="one").code == 40001
    assert client.get(path, OrganizationId=0, IsContainSubLevel="yes").code == 40001
    body = {"ChannelId": SAMPLE_UUID, "Start": "1", "End": 2}
    assert client.post("/ivc/cms/control/timeline", **body).code == 40001
    body = {"ChannelId": SAMPLE_UUID, "Start": True, "End": 2}
    assert client.post("/ivc/cms/control/timeline", **body).code == 40001
    body = {"ChannelId": 5, "Start": 1, "End": 2}
    assert client.post("/ivc/cms/control/timeline", **body).code == 40001


def test_the_code_that_comes_with_code_zero(client: Client) -> None:
    answer = client.get("/ivc/record/plan/query/byid", PlanId="none")
    assert (answer.status, answer.code, answer.json["Code"]) == (200, 40006, 0)
