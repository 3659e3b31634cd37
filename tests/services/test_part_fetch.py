"""One part over a real loopback server that behaves as servers do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.services.support import day_before
from vsconsole.domain.cancel import CancelToken, bound
from vsconsole.domain.errors import Cancelled, StreamExpired, StreamUnavailable, Unreachable
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.net.transport import Transport
from vsconsole.services.download_files import Part
from vsconsole.services.part_fetch import PartFetch

BODY = bytes(range(256)) * 4096


@dataclass
class Server:
    """What the server does, and what it was asked."""

    body: bytes = BODY
    tag: str = '"one"'
    ranges: bool = True
    cut_after: list[int] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range", "")
        self.asked.append(wanted)
        if self.status:
            handler.send_error(self.status.pop(0))
            return
        start = 0
        condition = handler.headers.get("If-Range")
        if wanted and self.ranges and condition in (None, self.tag):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start and start >= len(self.body):
            handler.send_error(416)
            return
        rest = self.body[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(rest)))
        if self.tag:
            handler.send_header("ETag", self.tag)
        if start:
            end = len(self.body) - 1
            handler.send_header("Content-Range", f"bytes {start}-{end}/{len(self.body)}")
        handler.end_headers()
        if self.cut_after:
            rest = rest[: self.cut_after.pop(0)]
            handler.close_connection = True
        handler.wfile.write(rest)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_address[1]}/part.mp4"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


class Fetch:
    """A part, and what fetching it told."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.part = Part(span=day_before(1), path=folder / "x.part")
        self.bytes = 0
        self.addresses = 0
        self.transport = Transport()
        self._server = server

    def ask(self) -> MediaSource:
        self.addresses += 1
        return MediaSource(url=self._server.url, protocol=MediaProtocol.FILE)

    def run(self) -> PartFetch:
        def count(change: int) -> None:
            self.bytes += change

        fetch = PartFetch(self.part, self.ask, lambda: self.transport, count, lambda: None)
        try:
            fetch.run()
        finally:
            self.transport.close()
        return fetch


@pytest.fixture
def fetch(tmp_path: Path, server: Server) -> Fetch:
    return Fetch(tmp_path, server)


def test_a_whole_part_arrives(fetch: Fetch, server: Server) -> None:
    assert not fetch.run().resumed
    assert fetch.part.path.read_bytes() == BODY
    assert fetch.bytes == len(BODY)
    assert fetch.part.tag == '"one"'
    assert server.asked == [""]


def test_a_cut_connection_goes_on_where_it_stopped(fetch: Fetch, server: Server) -> None:
    server.cut_after = [300_000, 300_000]
    assert fetch.run().resumed
    assert fetch.part.path.read_bytes() == BODY
    assert fetch.bytes == len(BODY)
    assert server.asked[0] == ""
    assert all(asked.startswith("bytes=") for asked in server.asked[1:])
    assert fetch.addresses == 1


def test_what_an_earlier_run_left_is_kept(fetch: Fetch, server: Server) -> None:
    fetch.part.path.write_bytes(BODY[:500_000])
    fetch.part.tag = '"one"'
    assert fetch.run().resumed
    assert server.asked == ["bytes=500000-"]
    assert fetch.part.path.read_bytes() == BODY


@pytest.mark.parametrize("ranges", [True, False])
def test_another_file_or_no_ranges_mean_from_the_start(
    fetch: Fetch, server: Server, ranges: bool
) -> None:
    fetch.part.path.write_bytes(b"x" * 500_000)
    fetch.part.tag = '"older"'
    server.ranges = ranges
    assert not fetch.run().resumed
    assert fetch.part.path.read_bytes() == BODY
    assert fetch.part.tag == '"one"'


def test_a_part_that_was_whole_already_is_left_alone(fetch: Fetch) -> None:
    fetch.part.path.write_bytes(BODY)
    fetch.part.tag = '"one"'
    fetch.run()
    assert fetch.part.path.read_bytes() == BODY
    assert fetch.bytes == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_address_is_asked_for_again(fetch: Fetch, server: Server, status: int) -> None:
    server.status = [status]
    fetch.run()
    assert fetch.addresses == 2
    assert fetch.part.path.read_bytes() == BODY


def test_an_address_that_always_expires_is_told(fetch: Fetch, server: Server) -> None:
    server.status = [403] * 10
    with pytest.raises(StreamExpired):
        fetch.run()
    assert fetch.addresses == 4


def test_a_server_in_trouble_is_tried_again(fetch: Fetch, server: Server) -> None:
    server.status = [503, 503]
    fetch.run()
    assert fetch.part.path.read_bytes() == BODY


def test_a_refusal_is_not_tried_again(fetch: Fetch, server: Server) -> None:
    server.status = [400] * 10
    with pytest.raises(StreamUnavailable):
        fetch.run()
    assert len(server.asked) == 1


def test_trouble_without_progress_ends(fetch: Fetch, server: Server) -> None:
    server.cut_after = [0] * 20
    with pytest.raises(Unreachable):
        fetch.run()
    assert len(server.asked) == 5


def test_cancelling_leaves_what_came(fetch: Fetch) -> None:
    token = CancelToken()
    transport = fetch.transport

    def count(change: int) -> None:
        fetch.bytes += change
        if fetch.bytes >= 200_000:
            token.cancel()

    work = PartFetch(fetch.part, fetch.ask, lambda: transport, count, lambda: None)
    with bound(token), pytest.raises(Cancelled):
        work.run()
    transport.close()
    assert fetch.part.there >= 200_000
    assert BODY.startswith(fetch.part.path.read_bytes())


def test_a_file_on_this_computer_is_copied(tmp_path: Path, fetch: Fetch) -> None:
    source = tmp_path / "here.mp4"
    source.write_bytes(BODY)
    fetch.ask = lambda: MediaSource(  # type: ignore[method-assign]
        url=str(source), protocol=MediaProtocol.FILE
    )
    fetch.run()
    assert fetch.part.path.read_bytes() == BODY
