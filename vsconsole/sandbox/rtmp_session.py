"""One RTMP connection: the handshake and the commands of a viewer (RTMP 1.0, parts 5.2 and 7.2)."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Sequence

from vsconsole.sandbox import rtmp_amf as amf
from vsconsole.sandbox import rtmp_chunks as chunks
from vsconsole.sandbox.rtmp_chunks import ChunkReader, ChunkWriter, Message, ProtocolError
from vsconsole.sandbox.rtmp_play import OpenStream, Play, status

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
"""How long a viewer may be silent while nothing plays, and how long one write may wait."""
JOIN_SECONDS = 3.0

_VERSION, _HANDSHAKE = 3, 1536
_WINDOW = 2_500_000
_DYNAMIC = 2
_CHUNK_SIZE = 4096
_MOST_STREAMS = 8
_CONTROL_CHUNKS, _COMMAND_CHUNKS = 2, 3
_PING, _PONG = 6, 7
# What publishers and older players say out of habit; nothing waits for an answer.
_IGNORED = frozenset({"releaseStream", "FCPublish", "FCUnpublish", "FCSubscribe", "receiveAudio",
                      "receiveVideo", "getStreamLength"})  # fmt: skip


class Session:
    """A viewer's connection; `serve` runs in its thread, `send` is safe from any."""

    def __init__(self, connection: socket.socket, open_stream: OpenStream) -> None:
        """Take over a connected socket."""
        self.open_stream = open_stream
        self._socket = connection
        self._reader = ChunkReader(self._read)
        self._writer = ChunkWriter()
        self._sending = threading.Lock()
        self._buffer = b""
        self._received = 0
        self._acknowledged = 0
        self._window = 0
        self._app: str | None = None
        self._streams: dict[int, Play | None] = {}
        self._next_stream = 1

    def serve(self) -> None:
        """Talk until either side leaves; no thread of the session is left afterwards."""
        try:
            self._socket.settimeout(IDLE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._shake_hands()
            while True:
                self._take(self._reader.message())
        except (OSError, EOFError):
            pass
        except (ProtocolError, amf.AmfError) as error:
            log.info("an RTMP viewer was cut off: %s", error)
        finally:
            self.shut()
            plays = [play for play in self._streams.values() if play is not None]
            for play in plays:
                play.stop()
            last = time.monotonic() + JOIN_SECONDS
            for play in plays:
                play.thread.join(max(0.0, last - time.monotonic()))
            self._socket.close()

    def send(self, *messages: tuple[int, Message]) -> None:
        """Send messages, each with its chunk stream, in one piece; OSError when nobody is there."""
        with self._sending:
            self._socket.sendall(b"".join(self._writer.chunks(n, m) for n, m in messages))

    def shut(self) -> None:
        """End both directions; may be called from any thread and again."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def finish(self) -> None:
        """Say nothing more; what was sent still arrives, then the viewer sees the end."""
        with self._sending:
            self._socket.shutdown(socket.SHUT_WR)

    def _shake_hands(self) -> None:
        if self._read(1)[0] != _VERSION:
            raise ProtocolError("not the plain handshake")
        theirs = self._read(_HANDSHAKE)
        # Zeros in place of a version say that this is the simple handshake, without digests.
        ours = struct.pack(">II", int(time.monotonic() * 1000) & 0xFFFFFFFF, 0)
        ours += os.urandom(_HANDSHAKE - len(ours))
        self._socket.sendall(bytes([_VERSION]) + ours + theirs)
        self._read(_HANDSHAKE)

    def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            try:
                piece = self._socket.recv(16 << 10)
            except TimeoutError:
                if any(play and play.thread.is_alive() for play in self._streams.values()):
                    continue
                raise
            if not piece:
                raise EOFError
            self._buffer += piece
            self._received += len(piece)
        wanted, self._buffer = self._buffer[:size], self._buffer[size:]
        if self._window and self._received - self._acknowledged >= self._window:
            self._acknowledged = self._received
            self._control(chunks.control(chunks.ACKNOWLEDGEMENT, self._received & 0xFFFFFFFF))
        return wanted

    def _control(self, *messages: Message) -> None:
        self.send(*((_CONTROL_CHUNKS, message) for message in messages))

    def _take(self, message: Message) -> None:
        body = message.body
        if message.kind == chunks.COMMAND:
            self._command(message.stream, amf.decode(body))
        elif message.kind == chunks.COMMAND_AMF3:
            # One byte says that AMF 0 follows, as every player sends it for these commands.
            self._command(message.stream, amf.decode(body[1:]))
        elif message.kind == chunks.WINDOW_SIZE and len(body) >= 4:
            self._window = int.from_bytes(body[:4], "big")
        elif message.kind == chunks.PEER_BANDWIDTH:
            self._control(chunks.control(chunks.WINDOW_SIZE, _WINDOW))
        elif message.kind == chunks.USER_CONTROL and body[:2] == struct.pack(">H", _PING):
            self._control(
                Message(kind=chunks.USER_CONTROL, body=struct.pack(">H", _PONG) + body[2:6])
            )

    def _command(self, stream: int, values: Sequence[amf.Amf]) -> None:
        name, number, *rest = [*values, None, None][: max(2, len(values))]
        if not isinstance(name, str):
            raise ProtocolError("a command without a name")
        transaction = number if isinstance(number, float) else 0.0
        arguments = rest[1:]
        match name:
            case "connect":
                self._connect(transaction, rest[0] if rest else None)
            case "createStream":
                self._create(transaction)
            case "play":
                self._play(stream, arguments)
            case "pause" | "pauseRaw":
                play = self._streams.get(stream)
                if play is not None:
                    play.pause(bool(arguments and arguments[0]))
            case "closeStream":
                self._close(stream, forget=False)
            case "deleteStream":
                wanted = arguments[0] if arguments else None
                self._close(int(wanted) if isinstance(wanted, float) else stream, forget=True)
            case "publish":
                self.send(status(stream, "NetStream.Publish.Denied", "Viewers only.", "error"))
            case "seek":
                self.send(status(stream, "NetStream.Seek.Failed", "The stream is live.", "error"))
            case _ if name not in _IGNORED and transaction:
                self._answer("_error", transaction, None, _info(
                    "error", "NetConnection.Call.Failed", "No such method."))  # fmt: skip

    def _connect(self, transaction: float, command: amf.Amf) -> None:
        app = command.get("app") if isinstance(command, dict) else None
        if not isinstance(app, str):
            raise ProtocolError("connect without an application")
        self._app = app
        self._control(
            chunks.control(chunks.WINDOW_SIZE, _WINDOW),
            Message(
                kind=chunks.PEER_BANDWIDTH, body=struct.pack(">I", _WINDOW) + bytes([_DYNAMIC])
            ),
            chunks.control(chunks.SET_CHUNK_SIZE, _CHUNK_SIZE),
        )
        with self._sending:
            self._writer.size = _CHUNK_SIZE
        self._answer(
            "_result",
            transaction,
            {"fmsVer": "FMS/3,5,3,888", "capabilities": 127, "mode": 1},
            _info("status", "NetConnection.Connect.Success", "Connection succeeded.")
            | {"objectEncoding": 0},
        )

    def _create(self, transaction: float) -> None:
        if self._app is None or len(self._streams) >= _MOST_STREAMS:
            failed = _info("error", "NetConnection.Call.Failed", "No stream to give.")
            self._answer("_error", transaction, None, failed)
            return
        number = self._next_stream
        self._next_stream += 1
        self._streams[number] = None
        self._answer("_result", transaction, None, number)

    def _play(self, stream: int, arguments: Sequence[amf.Amf]) -> None:
        name = arguments[0] if arguments else None
        if self._app is None or stream not in self._streams or not isinstance(name, str):
            self.send(status(stream, "NetStream.Play.Failed", "Nothing to play.", "error"))
            return
        self._close(stream, forget=False)
        play = self._streams[stream] = Play(self, stream, self._app, name)
        play.thread.start()

    def _close(self, stream: int, *, forget: bool) -> None:
        play = self._streams.get(stream)
        if play is not None:
            play.stop()
            # Nothing of the old stream may come after the answer to the next command.
            play.thread.join(JOIN_SECONDS)
            self._streams[stream] = None
        if forget:
            self._streams.pop(stream, None)

    def _answer(self, name: str, transaction: float, *values: amf.Amf) -> None:
        body = amf.encode(name, transaction, *values)
        self.send((_COMMAND_CHUNKS, Message(kind=chunks.COMMAND, body=body)))


def _info(level: str, code: str, words: str) -> dict[str, amf.Amf]:
    return {"level": level, "code": code, "description": words}
