"""What is told of an account's traffic."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.net.support import Handler, serving
from vsconsole.domain.errors import ConsoleError, QuotaExceeded, RateLimited, StreamExpired
from vsconsole.net.client import Client
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.meter import UNMETERED
from vsconsole.net.pacing import Pacer
from vsconsole.net.retry import RetryPolicy
from vsconsole.net.transport import Request, Response, Settings, Transport


@dataclass
class Notes:
    """A meter that keeps what it was told."""

    calls: list[int] = field(default_factory=list)
    refusals: int = 0
    media: list[int] = field(default_factory=list)

    def called(self, received: int) -> None:
        self.calls.append(received)

    def refused(self) -> None:
        self.refusals += 1

    def fetched(self, received: int) -> None:
        self.media.append(received)


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(connect_timeout=3, read_timeout=3))
    yield made
    made.close()


def get(url: str) -> Request:
    return Request(method="GET", url=url)


def cut(handler: Handler) -> None:
    handler.head(Content_Length="100")
    handler.wfile.write(b"half")
    handler.leave()


def test_calls_and_their_answers_whatever_came_of_them(transport: Transport) -> None:
    packed = gzip.compress(b"hello" * 1000)
    notes = Notes()
    way = transport.metered(notes)
    with serving(
        {
            "/no": lambda h: h.reply(b"no", 500),
            "/packed": lambda h: h.reply(packed, Content_Encoding="gzip"),
            "/cut": cut,
            "/lost": Handler.leave,
        }
    ) as server:
        way.send(get(server.url + "/no"))
        way.send(get(server.url + "/packed"))
        assert notes.calls == [2, 5000]
        for path in ("/cut", "/lost"):
            with pytest.raises(ConsoleError):
                way.send(get(server.url + path))
        assert notes.calls == [2, 5000, 4, 0]
        # Those of others are none of its business.
        transport.send(get(server.url + "/no"))
        assert len(notes.calls) == 4
    assert (notes.media, notes.refusals) == ([], 0)


def test_what_never_left_is_no_call(transport: Transport) -> None:
    notes = Notes()
    way = transport.metered(notes)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://example.test/"):
        with pytest.raises(ConsoleError):
            way.send(get(url))
    assert notes.calls == []


def test_media_is_told_as_it_is_read(transport: Transport) -> None:
    notes = Notes()
    way = transport.metered(notes)
    with serving(
        {"/ok": lambda h: h.reply(b"x" * 10), "/over": lambda h: h.reply(b"over", 403)}
    ) as server:
        with way.stream(server.url + "/ok") as stream:
            assert notes.media == []
            stream.read(4)
            assert notes.media == [4]
            while stream.read():
                pass
        with pytest.raises(StreamExpired):
            way.stream(server.url + "/over")
    assert sum(notes.media) == 10
    assert notes.calls == []


def test_every_way_goes_over_the_same_connections(transport: Transport) -> None:
    ways = [transport, transport.metered(Notes()), transport.metered(Notes())]
    assert all(way.settings is transport.settings for way in ways)
    with serving(lambda h: h.reply(b"ok")) as server:
        for way in ways:
            way.send(get(server.url + "/"))
        assert len({way._pool.adapter() for way in ways}) == 1
    assert transport.meter is UNMETERED


@pytest.mark.parametrize("error", [RateLimited("slow down"), QuotaExceeded("used up")])
def test_what_was_refused_for_rate_or_quota_is_told(
    transport: Transport, error: ConsoleError
) -> None:
    def read(_endpoint: Endpoint, response: Response) -> bytes:
        if response.status != 200:
            raise error
        return response.body

    notes = Notes()
    client = Client(
        server=lambda: server.url,
        endpoints=(Endpoint(name="look", method="GET", path="/look"),),
        sign=lambda _request, _when: {},
        read=read,
        transport=transport.metered(notes),
        pacer=Pacer(1000),
        retry=RetryPolicy(attempts=1),
    )
    answers = iter([429, 200])
    with serving(lambda h: h.reply(b"ok", next(answers))) as server:
        with pytest.raises(type(error)):
            client.call("look")
        assert (notes.refusals, notes.calls) == (1, [2])
        assert client.call("look") == b"ok"
    assert (notes.refusals, notes.calls) == (1, [2, 2])


def test_nobody_s_traffic_is_told_to_nobody(transport: Transport) -> None:
    with serving({"/slow": lambda h: h.reply(b"no", 429), "*": lambda h: h.reply(b"x")}) as server:
        transport.send(get(server.url + "/"))
        with transport.stream(server.url + "/") as stream:
            stream.read()
    UNMETERED.refused()
    assert transport.meter is UNMETERED
