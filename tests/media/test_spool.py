"""A stream that is handed out once is read once, and can be read anywhere all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from vsconsole.domain.errors import Cancelled, ConsoleError, StreamUnavailable, TimedOut
from vsconsole.media.spool import Spool

DATA = bytes(range(256)) * 4000


class Stream:
    """`data` in pieces, each of which waits to be let go; `fails` comes after the last."""

    def __init__(
        self, data: bytes = DATA, *, length: int | None = None, fails: Exception | None = None
    ) -> None:
        self.length = length
        self.allowed = threading.Semaphore(0)
        self.closed = threading.Event()
        self._data = data
        self._fails = fails

    def let(self, pieces: int) -> None:
        self.allowed.release(pieces)

    def read(self, size: int = -1, /) -> bytes:
        self.allowed.acquire()
        if self.closed.is_set():
            raise Cancelled
        piece, self._data = self._data[:100_000], self._data[100_000:]
        if not piece and self._fails is not None:
            raise self._fails
        return piece

    def close(self) -> None:
        self.closed.set()
        self.allowed.release(1000)


def spool(stream: Stream) -> tuple[Spool, list[int]]:
    opened: list[int] = []

    def open() -> Stream:
        opened.append(1)
        return stream

    made = Spool(open)
    made.start()
    return made, opened


def test_behind_the_end_there_is_nothing_to_wait_for() -> None:
    stream = Stream(length=len(DATA))
    made, _opened = spool(stream)
    stream.let(1)
    reader = made.reader()
    assert reader.length() == len(DATA)
    reader.seek(len(DATA))
    assert reader.read(100) == b""
    assert made.fetched < len(DATA)
    made.close()


def test_it_is_read_anywhere_and_fetched_once() -> None:
    stream = Stream(length=len(DATA))
    made, opened = spool(stream)
    stream.let(100)
    one, other = made.reader(), made.reader()
    assert one.length() == len(DATA)
    whole = b""
    while data := one.read(70_000):
        whole += data
    assert whole == DATA
    other.seek(500_123)
    assert other.read(10) == DATA[500_123:500_133]
    other.seek(3)
    assert other.read(10) == DATA[3:13]
    assert made.fetched == len(DATA)
    assert opened == [1]
    made.close()
    made.close()


def test_a_read_waits_for_its_bytes() -> None:
    stream = Stream()
    made, _opened = spool(stream)
    reader = made.reader()
    reader.seek(250_000)
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(reader.read(5)))
    thread.start()
    stream.let(2)
    thread.join(0.2)
    assert thread.is_alive()
    stream.let(1)
    thread.join(10)
    assert found == [DATA[250_000:250_005]]
    made.close()
    assert stream.closed.is_set()


@pytest.mark.parametrize("leave", [lambda m, r: r.close(), lambda m, r: m.close()])
def test_who_waits_is_let_go(leave: Callable[..., None]) -> None:
    stream = Stream()
    made, _opened = spool(stream)
    reader = made.reader()
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(reader.read(5)))
    thread.start()
    leave(made, reader)
    thread.join(10)
    assert found == [b""]
    made.close()
    assert made.error is None


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Stream(DATA[:1000], length=2000), StreamUnavailable),
        (Stream(DATA[:1000], fails=TimedOut("nothing came")), TimedOut),
        (Stream(DATA[:1000], fails=OSError(5, "input/output error")), ConsoleError),
    ],
)
def test_what_breaks_off_says_so(stream: Stream, expected: type[ConsoleError]) -> None:
    made, _opened = spool(stream)
    stream.let(100)
    reader = made.reader()
    assert reader.read(5000) == DATA[:1000]
    assert reader.read(1) == b""
    assert isinstance(made.error, expected)
    made.close()


@pytest.mark.allow_log("fetching a recording failed")
def test_a_bug_lets_nobody_wait() -> None:
    made, _opened = spool(Stream(b"", fails=ZeroDivisionError()))
    made._thread.join(0.1)

    def open() -> Stream:
        raise ZeroDivisionError

    broken = Spool(open)
    broken.start()
    assert broken.reader().read(1) == b""
    assert broken.reader().length() is None
    assert isinstance(broken.error, StreamUnavailable)
    broken.close()
    made.close()


def test_an_address_that_is_refused() -> None:
    def open() -> Stream:
        raise StreamUnavailable("used up")

    made = Spool(open)
    made.start()
    assert made.reader().read(1) == b""
    assert made.error is not None
    assert made.error.what == "used up"
    made.close()
