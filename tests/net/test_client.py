from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import Handler, gentle, serving
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    ClockSkew,
    InvalidInput,
    NotFound,
    RateLimited,
    Rejected,
    SessionExpired,
    Unreachable,
)
from vsconsole.domain.model import now
from vsconsole.net.client import Client, Unsigned, as_query, encode, multipart, request_for
from vsconsole.net.endpoint import Endpoint, FilePart, Paging, Param
from vsconsole.net.pacing import Pacer
from vsconsole.net.retry import RetryPolicy
from vsconsole.net.transport import Response, Transport

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

ENDPOINTS = (
    Endpoint(
        name="look",
        method="GET",
        path="/look",
        params=(
            Param(name="Id", place="query", required=True),
            Param(name="Deep", type="bool", place="query"),
        ),
        idempotent=True,
    ),
    Endpoint(
        name="make",
        method="POST",
        path="/make",
        params=(
            Param(name="Name"),
            Param(name="Password", secret=True),
            Param(name="Own", secret=True),
        ),
    ),
    Endpoint(
        name="remove",
        method="DELETE",
        path="/remove",
        params=(Param(name="Id", place="query"),),
        idempotent=True,
        destructive=True,
    ),
    Endpoint(
        name="one",
        method="GET",
        path="/things/{Id}/parts",
        params=(
            Param(name="Id", place="path", required=True),
            Param(name="Sort", place="query"),
        ),
        idempotent=True,
    ),
    Endpoint(
        name="send",
        method="POST",
        path="/send",
        params=(
            Param(name="Id", type="int", place="form"),
            Param(name="File", type="file", place="form"),
        ),
    ),
    Endpoint(
        name="list",
        method="GET",
        path="/list",
        params=(
            Param(name="Page", type="int", place="query"),
            Param(name="Size", type="int", place="query"),
        ),
        idempotent=True,
        paging=Paging(number="Page", size="Size", largest=2),
    ),
)


def read(endpoint: Endpoint, response: Response) -> Any:
    errors: dict[int, Exception] = {
        401: BadCredentials("refused", code="41602", request_id="r"),
        419: SessionExpired("over"),
        404: NotFound("gone"),
        409: Rejected("no"),
        429: RateLimited("slow down", retry_after=0.01),
        502: BadResponse("garbled"),
        503: Rejected("later", retryable=True),
    }
    if response.status in errors:
        raise errors[response.status]
    return json.loads(response.body)


@pytest.fixture
def transport():
    made = Transport()
    yield made
    made.close()


def client(server: str | Callable[[], str], transport: Transport, **more: Any) -> Client:
    def sign(request: Unsigned, when: datetime) -> dict[str, str]:
        return {"Authorization": f"{request.method} {request.path} {when:%H%M}"}

    habits: dict[str, Any] = {
        "server": server,
        "endpoints": ENDPOINTS,
        "sign": sign,
        "read": read,
        "transport": transport,
        "pacer": Pacer(1000, burst=100),
        "retry": RetryPolicy(first=0.01, jitter=0),
        "clock": lambda: NOW,
    }
    return Client(**{**habits, **more})


def statuses(*given_: int, **headers: str):
    """Answers with one status after the other, the last one for ever."""
    left = list(given_)

    def answer(handler: Handler) -> None:
        status = left.pop(0) if len(left) > 1 else left[0]
        handler.reply(b'{"a": 1}', status, **headers)

    return answer


def test_a_call_is_built_signed_and_read(transport: Transport) -> None:
    with serving(statuses(200)) as server:
        assert client(server.url, transport).call("look", {"Id": "中 文&/", "Deep": True}) == {
            "a": 1
        }
        seen = server.seen[0]
    assert seen.target == "/look?Id=%E4%B8%AD%20%E6%96%87%26%2F&Deep=true"
    assert seen.headers["authorization"] == "GET /look 0800"
    assert seen.headers["host"] == server.url.removeprefix("http://")
    assert seen.body == b""


def test_a_parameter_in_the_path(transport: Transport) -> None:
    with serving(statuses(200)) as server:
        client(server.url, transport).call("one", {"Id": "门/1?", "Sort": "up"})
    assert server.seen[0].target == "/things/%E9%97%A8%2F1%3F/parts?Sort=up"
    assert server.seen[0].headers["authorization"].startswith("GET /things/%E9%97%A8%2F1%3F/parts")


def test_a_signature_that_lies_in_the_request(transport: Transport) -> None:
    def sign(request: Unsigned, when: datetime) -> Unsigned:
        body = json.dumps({"sign": f"{when:%H%M}", "params": json.loads(request.body)})
        return replace(request, body=body.encode())

    with serving(statuses(200)) as server:
        made = client(server.url, transport, sign=sign)
        assert made.call("make", {"Name": "x"}) == {"a": 1}
    assert json.loads(server.seen[0].body) == {"sign": "0800", "params": {"Name": "x"}}
    assert server.seen[0].headers["content-type"] == "application/json"


def test_a_vendor_may_build_and_encode_and_move_by_itself(transport: Transport) -> None:
    def build(endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
        made = request_for(endpoint, values, host)
        return replace(made, query=(("Action", endpoint.name), *made.query))

    with serving(statuses(200)) as server:
        made = client(
            lambda: server.url,
            transport,
            build=build,
            encode_query=lambda pairs: "&".join(f"{k}={v.replace(' ', '+')}" for k, v in pairs),
        )
        made.call("look", {"Id": "a b"})
    assert server.seen[0].target == "/look?Action=look&Id=a+b"


@pytest.mark.parametrize("name", ["look", "make"])
def test_an_expired_session_is_renewed_once(transport: Transport, name: str) -> None:
    renewed: list[datetime] = []
    with serving(statuses(419, 200)) as server:
        made = client(server.url, transport, renew=renewed.append)
        assert made.call(name, {"Id": "1"} if name == "look" else {"Name": "x"}) == {"a": 1}
    assert renewed == [NOW]
    with serving(statuses(419)) as server:
        made = client(server.url, transport, renew=renewed.append)
        with pytest.raises(SessionExpired):
            made.call("look", {"Id": "1"})
        assert len(server.seen) == 2
    assert len(renewed) == 2


def test_a_session_that_nobody_can_renew(transport: Transport) -> None:
    with serving(statuses(419)) as server:
        with pytest.raises(SessionExpired):
            client(server.url, transport, clock=now).call("look", {"Id": "1"})
        assert len(server.seen) == 1


def test_a_json_body(transport: Transport) -> None:
    with serving(statuses(200)) as server:
        client(server.url, transport).call("make", {"Name": "大厅"})
        client(server.url, transport).call("make")
    assert server.seen[0].body == '{"Name":"大厅"}'.encode()
    assert server.seen[0].headers["content-type"] == "application/json"
    assert server.seen[1].body == b"{}"


def test_a_form(transport: Transport) -> None:
    content = b"PK\x00\r\n--x\r\n"
    with serving(statuses(200)) as server:
        client(server.url, transport).call(
            "send", {"Id": 5, "File": FilePart('a"中.xlsx', content)}
        )
        seen = server.seen[0]
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode() + seen.body
    )
    number, file = message.iter_parts()  # type: ignore[attr-defined]
    assert number.get_content().strip() == "5"
    assert file.get_payload(decode=True) == content


def test_names_in_a_form_cannot_break_it() -> None:
    kind, body = multipart({'a"\r\nX: y': "1"})
    assert b'name="a%22%0D%0AX: y"' in body
    assert kind.partition("boundary=")[2].encode() in body


@gentle
@given(st.text(alphabet="aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}é中😀\n\0", max_size=20))
def test_encoding_is_undone_by_decoding_and_leaves_nothing_special(text: str) -> None:
    once = encode(text)
    assert unquote(once) == text
    assert all(c.isascii() and (c.isalnum() or c in "-_.~%") for c in once)
    assert as_query([(text, text)]) == f"{once}={once}"


def test_unknown_calls_and_wrong_input_send_nothing(transport: Transport) -> None:
    with serving(statuses(200)) as server:
        made = client(server.url, transport)
        with pytest.raises(InvalidInput) as caught:
            made.call("lok", {})
        assert caught.value.field == "endpoint"
        assert "look" in caught.value.remedy
        with pytest.raises(InvalidInput) as caught:
            made.call("zzzzzzzzz", {})
        assert caught.value.remedy == ""
        with pytest.raises(InvalidInput) as caught:
            made.call("look", {})
        assert caught.value.field == "Id"
        assert not server.seen


@pytest.mark.parametrize("passing", [429, 502, 503])
def test_passing_trouble_is_passed_over(transport: Transport, passing: int) -> None:
    with serving(statuses(passing, passing, 200)) as server:
        assert client(server.url, transport).call("look", {"Id": 1}) == {"a": 1}
        assert len(server.seen) == 3


def test_lasting_trouble_is_raised_in_the_end(transport: Transport) -> None:
    with serving(statuses(503)) as server:
        with pytest.raises(Rejected):
            client(server.url, transport).call("look", {"Id": 1})
        assert len(server.seen) == 3


def test_a_lost_connection_is_tried_again(transport: Transport) -> None:
    left = [1]

    def answer(handler: Handler) -> None:
        if left:
            left.pop()
            handler.leave()
        else:
            handler.reply(b"[]")

    with serving(answer) as server:
        assert client(server.url, transport).call("look", {"Id": 1}) == []
        assert len(server.seen) == 2


def test_a_no_is_a_no(transport: Transport) -> None:
    with serving(statuses(409)) as server:
        with pytest.raises(Rejected):
            client(server.url, transport).call("look", {"Id": 1})
        assert len(server.seen) == 1


@pytest.mark.parametrize("answer", [Handler.leave, statuses(502)])
def test_what_may_have_happened_is_not_done_twice(transport: Transport, answer: Any) -> None:
    with serving(answer) as server:
        with pytest.raises((Unreachable, BadResponse)) as caught:
            client(server.url, transport).call("make", {"Name": "x"})
        assert len(server.seen) == 1
    assert caught.value.may_have_happened  # type: ignore[attr-defined]
    assert "refresh" in caught.value.remedy  # type: ignore[attr-defined]


def test_what_cannot_have_happened_is_done_again(transport: Transport) -> None:
    with serving(statuses(429, 200)) as server:
        assert client(server.url, transport).call("make", {"Name": "x"}) == {"a": 1}
        assert len(server.seen) == 2
    with pytest.raises(Unreachable) as caught:
        client(server.url, transport).call("make", {"Name": "x"})
    assert not caught.value.may_have_happened


def test_a_read_never_says_that_it_may_have_happened(transport: Transport) -> None:
    with serving(Handler.leave) as server, pytest.raises(Unreachable) as caught:
        client(server.url, transport).call("look", {"Id": 1})
    assert not caught.value.may_have_happened


def test_removing_what_is_gone_after_a_lost_answer_is_done(transport: Transport) -> None:
    with serving(statuses(502, 404)) as server:
        assert client(server.url, transport).call("remove", {"Id": 1}) is None
    with serving(statuses(404)) as server, pytest.raises(NotFound):
        client(server.url, transport).call("remove", {"Id": 1})
    with serving(statuses(502, 404)) as server, pytest.raises(NotFound):
        client(server.url, transport).call("look", {"Id": 1})


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(seconds=61), "61 seconds behind"),
        (timedelta(seconds=-90), "90 seconds ahead"),
        (timedelta(minutes=5), "5 minutes behind"),
        (timedelta(hours=-3), "3 hours ahead"),
        (timedelta(days=400), "400 days behind"),
    ],
)
@pytest.mark.parametrize("status", [401, 419])
def test_a_wrong_clock_is_told_from_a_wrong_secret(
    transport: Transport, off: timedelta, words: str, status: int
) -> None:
    date = (NOW + off).strftime("%a, %d %b %Y %H:%M:%S GMT")

    def answer(handler: Handler) -> None:
        handler.send_response_only(status)
        handler.send_header("Date", date)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving(answer) as server, pytest.raises(ClockSkew, match=words):
        client(server.url, transport).call("look", {"Id": 1})


@pytest.mark.parametrize("date", ["Fri, 20 Nov 2026 08:00:30 GMT", "yesterday", None])
def test_a_right_clock_leaves_the_blame_where_it_is(transport: Transport, date: str | None) -> None:
    def answer(handler: Handler) -> None:
        handler.send_response_only(401)
        if date:
            handler.send_header("Date", date)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving(answer) as server, pytest.raises(BadCredentials):
        client(server.url, transport).call("look", {"Id": 1})


def test_cancelling_ends_the_wait_between_attempts(transport: Transport) -> None:
    with serving(statuses(503)) as server, cancel.bound(cancel.CancelToken()) as token:
        made = client(server.url, transport)
        made._retry = RetryPolicy(first=60, longest=60)
        with pytest.raises(Cancelled):
            for _item, _done in made.map(
                lambda n: made.call("look", {"Id": n}) if n else stop_when_seen(server, token),
                range(2),
            ):
                pass


def stop_when_seen(server: Any, token: cancel.CancelToken) -> None:
    while not server.seen:
        cancel.current().wait(0.01)
    token.cancel()


def test_secrets_in_a_payload_are_masked(transport: Transport) -> None:
    body = {"Password": "HIDDEN", "Own": "HIDDEN", "Url": "http://a.test/?t=HIDDEN"}
    with serving(lambda h: h.reply(json.dumps(body).encode())) as server:
        got = client(server.url, transport).masked("make", {})
    assert "HIDDEN" not in str(got)


def test_pages(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        number = int(handler.path.partition("Page=")[2].partition("&")[0])
        rows = [1, 2, 3][2 * (number - 1) : 2 * number]
        handler.reply(json.dumps({"rows": rows, "total": 3}).encode())

    with serving(answer) as server:
        made = client(server.url, transport)
        found = list(
            made.pages(
                "list",
                {},
                rows=lambda data: data["rows"],
                total=lambda data: data["total"],
                ident=lambda row: row,
            )
        )
        assert found == [[1, 2], [3]]
        assert server.seen[0].target == "/list?Page=1&Size=2"
        with pytest.raises(ValueError, match="no pages"):
            made.pages("look", {}, rows=lambda _d: [], total=lambda _d: None, ident=lambda row: row)


def test_it_comes_with_sensible_habits(transport: Transport) -> None:
    with serving(statuses(200)) as server:
        made = Client(
            server=server.url,
            endpoints=ENDPOINTS,
            sign=lambda _request, _when: {},
            read=read,
            transport=transport,
        )
        assert made.call("look", {"Id": 1}, urgent=True) == {"a": 1}
