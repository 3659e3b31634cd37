"""RTMP chunk streams: messages cut into chunks and put together again (RTMP 1.0, part 5.3)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

SET_CHUNK_SIZE, ABORT, ACKNOWLEDGEMENT, USER_CONTROL = 1, 2, 3, 4
WINDOW_SIZE, PEER_BANDWIDTH = 5, 6
AUDIO, VIDEO, DATA = 8, 9, 18
COMMAND, COMMAND_AMF3 = 20, 17

FIRST_CHUNK_SIZE = 128
LARGEST_MESSAGE = 64 << 10
"""A viewer sends commands only; the largest of them are a few hundred bytes."""
MOST_CHUNK_STREAMS = 32

_EXTENDED = 0xFFFFFF
_WRAP = 1 << 32


class ProtocolError(ValueError):
    """What came is not RTMP, or more of it than a viewer has reason to send."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message: its type, message stream, time stamp in ms and body."""

    kind: int
    stream: int = 0
    stamp: int = 0
    body: bytes = b""


@dataclass(kw_only=True, slots=True)
class _Incoming:
    """One chunk stream as far as it was read."""

    kind: int = 0
    stream: int = 0
    stamp: int = 0
    delta: int = 0
    length: int = 0
    extended: bool = False
    begun: bool = False
    body: bytearray = field(default_factory=bytearray)


class ChunkReader:
    """Messages out of chunks; obeys SetChunkSize and Abort by itself."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """`read(n)` gives exactly n bytes or raises."""
        self._read = read
        self._size = FIRST_CHUNK_SIZE
        self._streams: dict[int, _Incoming] = {}

    def message(self) -> Message:
        """The next whole message; ProtocolError when there can be none."""
        while True:
            message = self._chunk()
            if message is None:
                continue
            if message.kind == SET_CHUNK_SIZE:
                size = _number(message) & 0x7FFFFFFF
                if not size:
                    raise ProtocolError("chunks of no size")
                self._size = size
            elif message.kind == ABORT:
                stream = self._streams.get(_number(message))
                if stream is not None:
                    stream.begun = False
                    stream.body.clear()
            else:
                return message

    def _chunk(self) -> Message | None:
        first = self._read(1)[0]
        form, number = first >> 6, first & 63
        if number == 0:
            number = 64 + self._read(1)[0]
        elif number == 1:
            number = 64 + int.from_bytes(self._read(2), "little")
        stream = self._streams.get(number)
        if stream is None:
            # Form 1 names all but the message stream; librtmp begins with it.
            if form > 1 or len(self._streams) >= MOST_CHUNK_STREAMS:
                raise ProtocolError("a chunk without a header before it")
            stream = self._streams[number] = _Incoming()
        self._head(stream, form)
        stream.body += self._read(min(self._size, stream.length - len(stream.body)))
        if len(stream.body) < stream.length:
            return None
        message = Message(
            kind=stream.kind, stream=stream.stream, stamp=stream.stamp, body=bytes(stream.body)
        )
        stream.begun = False
        stream.body.clear()
        return message

    def _head(self, stream: _Incoming, form: int) -> None:
        if form == 3:
            if stream.extended:
                self._read(4)
            if not stream.begun:
                stream.stamp = (stream.stamp + stream.delta) % _WRAP
                stream.begun = True
            return
        if stream.begun:
            raise ProtocolError("a message within a message of its chunk stream")
        head = self._read((11, 7, 3)[form])
        time = int.from_bytes(head[:3], "big")
        if form < 2:
            stream.length = int.from_bytes(head[3:6], "big")
            stream.kind = head[6]
            if stream.length > LARGEST_MESSAGE:
                raise ProtocolError("a message larger than any command")
        if form == 0:
            stream.stream = int.from_bytes(head[7:11], "little")
        stream.extended = time == _EXTENDED
        if stream.extended:
            time = int.from_bytes(self._read(4), "big")
        # A form 3 message after form 0 repeats its time stamp as the step: part 5.3.1.2.4.
        stream.delta = time
        stream.stamp = time if form == 0 else (stream.stamp + time) % _WRAP
        stream.begun = True


@dataclass(kw_only=True, slots=True)
class _Outgoing:
    """The last message of one chunk stream; `delta` is None after a whole header."""

    last: Message
    delta: int | None = None


class ChunkWriter:
    """Messages into chunks, with the shortest header that says all."""

    def __init__(self) -> None:
        self.size = FIRST_CHUNK_SIZE
        self._streams: dict[int, _Outgoing] = {}

    def chunks(self, number: int, message: Message) -> bytes:
        """The bytes of a message on chunk stream 2 to 63."""
        form, time = self._form(number, message)
        field_ = min(time, _EXTENDED)
        head = b""
        if form < 3:
            head = field_.to_bytes(3, "big")
        if form < 2:
            head += len(message.body).to_bytes(3, "big") + bytes([message.kind])
        if form == 0:
            head += message.stream.to_bytes(4, "little")
        extended = time.to_bytes(4, "big") if field_ == _EXTENDED else b""
        parts = [bytes([form << 6 | number]), head, extended, message.body[: self.size]]
        follows = bytes([3 << 6 | number]) + extended
        for at in range(self.size, len(message.body), self.size):
            parts += (follows, message.body[at : at + self.size])
        return b"".join(parts)

    def _form(self, number: int, message: Message) -> tuple[int, int]:
        """The header's form and the time or step that it carries; remembers the message."""
        before = self._streams.get(number)
        if (
            before is None
            or before.last.stream != message.stream
            # Steps only go forward; a seek backwards needs the whole time.
            or message.stamp < before.last.stamp
        ):
            self._streams[number] = _Outgoing(last=message)
            return 0, message.stamp
        delta = message.stamp - before.last.stamp
        same = before.last.kind == message.kind and len(before.last.body) == len(message.body)
        form = 1 if not same else 2 if delta != before.delta else 3
        self._streams[number] = _Outgoing(last=message, delta=delta)
        return form, delta


def control(kind: int, *numbers: int) -> Message:
    """A protocol control message of four-byte numbers."""
    return Message(kind=kind, body=struct.pack(f">{len(numbers)}I", *numbers))


def event(kind: int, *numbers: int) -> Message:
    """A user control message."""
    return Message(
        kind=USER_CONTROL, body=struct.pack(">H", kind) + struct.pack(f">{len(numbers)}I", *numbers)
    )


def _number(message: Message) -> int:
    if len(message.body) < 4:
        raise ProtocolError("a control message without its number")
    return int.from_bytes(message.body[:4], "big")
