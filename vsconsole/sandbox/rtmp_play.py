"""One stream sent to one RTMP viewer: FLV tags as messages until either side has enough."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from vsconsole.sandbox import rtmp_amf as amf
from vsconsole.sandbox.rtmp_chunks import AUDIO, COMMAND, DATA, VIDEO, Message, event

if TYPE_CHECKING:
    from vsconsole.sandbox.rtmp_session import Session

log = logging.getLogger(__name__)

OpenStream = Callable[[str, str], Iterator[bytes]]
"""(app, stream name with its query) to FLV bytes; PermissionError, LookupError."""

STREAM_BEGIN, STREAM_EOF = 0, 1
_STATUS_CHUNKS, _MEDIA_CHUNKS = 5, {AUDIO: 6, VIDEO: 7, DATA: 5}


class Play:
    """What `play` began; its thread ends with the stream, `stop`, or the connection."""

    def __init__(self, session: Session, stream: int, app: str, name: str) -> None:
        self._session = session
        self._stream = stream
        self._app = app
        self._name = name
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self.thread = threading.Thread(target=self._run, name="sandbox-rtmp-play", daemon=True)

    def pause(self, paused: bool) -> None:
        """Send nothing while paused; the source waits and decides itself what it skips."""
        with self._changed:
            self._paused = paused
            self._changed.notify_all()
        word = "Pause" if paused else "Unpause"
        self._session.send(self._status(f"NetStream.{word}.Notify", f"{word}d."))

    def stop(self) -> None:
        """End soon, without a word."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            self._play()
        except OSError:
            # The viewer left or the server ends; the session sees it as well.
            self._session.shut()
        except Exception:
            log.exception("an RTMP stream of the sandbox failed")
            self._session.shut()

    def _play(self) -> None:
        session = self._session
        pieces: Iterator[bytes] = iter(())
        try:
            try:
                pieces = session.open_stream(self._app, self._name)
                first = next(pieces, b"")
            except PermissionError:
                self._refuse("NetStream.Play.Failed", "Not allowed.")
                return
            except LookupError:
                first = b""
            if not first:
                self._refuse("NetStream.Play.StreamNotFound", "No such stream.")
                return
            session.send(
                (2, event(STREAM_BEGIN, self._stream)),
                self._status("NetStream.Play.Reset", "Playing and resetting stream."),
                self._status("NetStream.Play.Start", "Started playing stream."),
                self._data(amf.encode("|RtmpSampleAccess", True, True)),
            )
            if self._send_all(_first_and_rest(first, pieces)):
                session.send(
                    (2, event(STREAM_EOF, self._stream)),
                    self._status("NetStream.Play.Stop", "The stream has ended."),
                )
        finally:
            # Closing tells a live source that its viewer has gone.
            close = getattr(pieces, "close", None)
            if close is not None:
                cast("Any", close)()

    def _send_all(self, pieces: Iterable[bytes]) -> bool:
        """Whether the source came to its end."""
        tags = FlvTags()
        for piece in pieces:
            messages = [
                (_MEDIA_CHUNKS[kind], Message(kind=kind, stream=self._stream, stamp=stamp, body=b))
                for kind, stamp, b in tags.feed(piece)
            ]
            # Sent under the lock, so that nothing comes after the answer to a pause.
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or not self._paused)
                if self._stopped:
                    return False
                if messages:
                    self._session.send(*messages)
        return True

    def _refuse(self, code: str, words: str) -> None:
        self._session.send(self._status(code, words, level="error"))
        self._session.finish()

    def _status(self, code: str, words: str, level: str = "status") -> tuple[int, Message]:
        return status(self._stream, code, words, level)

    def _data(self, body: bytes) -> tuple[int, Message]:
        return _STATUS_CHUNKS, Message(kind=DATA, stream=self._stream, body=body)


def status(stream: int, code: str, words: str, level: str = "status") -> tuple[int, Message]:
    """An onStatus command with the chunk stream it goes on."""
    info: dict[str, amf.Amf] = {"level": level, "code": code, "description": words}
    body = amf.encode("onStatus", 0, None, info)
    return _STATUS_CHUNKS, Message(kind=COMMAND, stream=stream, body=body)


class FlvTags:
    """Takes FLV apart, however it is cut into pieces."""

    def __init__(self) -> None:
        self._waiting = b""
        self._skip: int | None = None

    def feed(self, piece: bytes) -> Iterator[tuple[int, int, bytes]]:
        """(type, time stamp in ms, body) of each audio, video or script tag that is whole now.

        ValueError when the stream does not begin as FLV does.
        """
        data = self._waiting + piece
        at = 0
        if self._skip is None:
            if len(data) < 9:
                self._waiting = data
                return
            if data[:3] != b"FLV":
                raise ValueError("not an FLV stream")
            # The header says its own length; the size of "the tag before it" follows.
            self._skip = int.from_bytes(data[5:9], "big") + 4
        if len(data) < self._skip:
            self._waiting = data
            return
        at, self._skip = self._skip, 0
        while at + 11 <= len(data):
            size = int.from_bytes(data[at + 1 : at + 4], "big")
            if at + 15 + size > len(data):
                break
            kind = data[at] & 0x1F
            stamp = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
            if kind in _MEDIA_CHUNKS:
                yield kind, stamp, data[at + 11 : at + 11 + size]
            at += 15 + size
        self._waiting = data[at:]


def _first_and_rest(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
