"""Pictures are fetched by http and https only, whole and not too large, and kept in memory only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadResponse,
    Cancelled,
    InvalidInput,
    NotFound,
    StreamExpired,
    Unreachable,
)
from vsconsole.domain.model import Event, Key, now
from vsconsole.net.transport import Transport
from vsconsole.services import event_pictures
from vsconsole.services.event_pictures import EventPictures

BODY = b"\xff\xd8" + b"p" * 5000


class Server(ThreadingHTTPServer):
    """Pictures, and what goes wrong with them, by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.go = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}?token=secret"


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].strip("/")
        self.server.asked.append(path)
        if path == "gone":
            self.send_response(403)
            self.end_headers()
            return
        self.send_response(200)
        length = {"cut": 9000, "huge": event_pictures.LARGEST + 1}.get(path, len(BODY))
        if path not in ("empty", "endless"):
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if path == "slow":
            self.wfile.write(BODY[:100])
            self.wfile.flush()
            self.server.go.wait(20)
        elif path == "endless":
            try:
                for _block in range(event_pictures.LARGEST // 65536 + 8):
                    self.wfile.write(bytes(65536))
            except OSError:
                return
        elif path != "empty":
            self.wfile.write(BODY)

    def log_message(self, *args: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, name="pictures")
    thread.start()
    yield made
    made.go.set()
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport()
    yield made
    made.close()


def event(address: str, name: str = "1", account: str = "a") -> Event:
    return Event(id=name, channel=Key(account, "c"), begin=now(), picture=address)


def test_a_picture_is_fetched_once_whatever_its_address(
    server: Server, transport: Transport
) -> None:
    pictures = EventPictures(lambda _account: transport)
    assert pictures.fetch(event(server.url("one"))) == BODY
    # The next listing signs the address anew; the picture is the same.
    assert pictures.fetch(event(server.url("one") + "&again")) == BODY
    assert server.asked == ["one"]
    pictures.forget("b")
    pictures.fetch(event(server.url("one")))
    assert server.asked == ["one"]
    pictures.forget("a")
    pictures.fetch(event(server.url("one")))
    assert server.asked == ["one", "one"]


def test_no_more_is_kept_than_allowed_the_oldest_goes(server: Server, transport: Transport) -> None:
    pictures = EventPictures(lambda _account: transport, kept=2 * len(BODY) + 10)
    for name in ("1", "2", "1", "3", "1", "2"):
        pictures.fetch(event(server.url(name), name))
    assert server.asked == ["1", "2", "3", "2"]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("gone", StreamExpired),
        ("cut", Unreachable),
        ("huge", BadResponse),
        ("endless", BadResponse),
        ("empty", BadResponse),
    ],
)
def test_what_goes_wrong_is_said_without_the_address(
    server: Server, transport: Transport, path: str, error: type[Exception]
) -> None:
    pictures = EventPictures(lambda _account: transport)
    with pytest.raises(error) as refused:
        pictures.fetch(event(server.url(path)))
    assert "secret" not in str(refused.value)
    # Nothing of it is kept.
    with pytest.raises(error):
        pictures.fetch(event(server.url(path)))


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "file:///etc/passwd", "data:,x", "x"])
def test_other_addresses_are_refused(transport: Transport, address: str) -> None:
    with pytest.raises(InvalidInput):
        EventPictures(lambda _account: transport).fetch(event(address))


def test_an_event_without_a_picture_says_so(transport: Transport) -> None:
    with pytest.raises(NotFound):
        EventPictures(lambda _account: transport).fetch(event(""))


def test_fetching_ends_at_once_when_called_off(server: Server, transport: Transport) -> None:
    token = cancel.CancelToken()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            with cancel.bound(token):
                EventPictures(lambda _account: transport).fetch(event(server.url("slow")))
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=work, name="fetching")
    thread.start()
    while not server.asked:
        threading.Event().wait(0.01)
    token.cancel()
    thread.join(10)
    assert len(ended) == 1


def test_nothing_is_written_to_disk(
    server: Server, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    EventPictures(lambda _account: transport).fetch(event(server.url("one")))
    assert list(tmp_path.iterdir()) == []
