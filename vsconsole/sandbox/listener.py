"""One loopback HTTP server for one face: connections, faults, Range, chunks, and the log."""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from vsconsole.sandbox import bend
from vsconsole.sandbox.faults import Faults, Struck
from vsconsole.sandbox.wire import Face, FileBody, Kind, LogEntry, Reply, Request, parse_query

log = logging.getLogger(__name__)

LARGEST_BODY = 64 << 20
PIECE = 64 << 10
JOIN_SECONDS = 3.0


class Listener(ThreadingHTTPServer):
    """A server that knows its connections, so that ending it leaves no thread behind."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    allow_reuse_address = False

    def __init__(
        self,
        face: Face,
        faults: Faults,
        now: Callable[[], float],
        record: Callable[[LogEntry], None],
    ) -> None:
        """Listen for one face; `now` is the world's clock, `record` keeps the log."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.face = face
        self.faults = faults
        self.now = now
        self.record = record
        self.port = int(self.server_address[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.ending = threading.Event()
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._workers: set[threading.Thread] = set()
        self._loop: threading.Thread | None = None

    def begin(self) -> None:
        """Serve in the background."""
        self._loop = threading.Thread(
            target=self.serve_forever, args=(0.02,), name=f"sandbox-{self.face.vendor}", daemon=True
        )
        self._loop.start()

    def end(self) -> None:
        """Close the port and all connections and wait for their threads."""
        self.ending.set()
        self.shutdown()
        self.server_close()
        with self._guard:
            connections, workers = list(self._open), list(self._workers)
        for connection in connections:
            _shut(connection)
        last = time.monotonic() + JOIN_SECONDS
        for worker in workers:
            worker.join(max(0.0, last - time.monotonic()))
        if self._loop is not None:
            self._loop.join(JOIN_SECONDS)

    def cut(self) -> None:
        """Breaks every connection there is, as a line does that is torn; new ones are served."""
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            _shut(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection in its own thread, remembered until it ends."""
        worker = threading.Thread(
            target=self._serve,
            args=(request, client_address),
            name=f"sandbox-{self.face.vendor}-connection",
            daemon=True,
        )
        with self._guard:
            self._open.add(request)
            self._workers.add(worker)
        worker.start()

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.discard(request)
                self._workers.discard(threading.current_thread())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; anything else is a bug of the sandbox."""
        error = sys.exception()
        if not isinstance(error, OSError) and not self.ending.is_set():
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, lets faults and the face at it, writes the answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: Listener

    def version_string(self) -> str:
        """The Server header as the vendor writes it."""
        return self.server.face.server_name

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error; the sandbox keeps its own log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header by the world's clock, which a fault may have put wrong."""
        now = self.server.now() + self._clock_off
        return formatdate(now if timestamp is None else timestamp, usegmt=True)

    def do_GET(self) -> None:
        """Every method goes the same way."""
        self._serve()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET

    _clock_off = 0.0

    def _serve(self) -> None:
        face = self.server.face
        path, _, raw_query = self.path.partition("?")
        kind = face.kind_of(path)
        struck = self.server.faults.draw(face.vendor, kind, path)
        self._clock_off = struck.get("clock", 0.0)
        body = self._read_body()
        if body is None:
            return
        request = Request(
            method=self.command,
            path=path,
            raw_query=raw_query,
            query=parse_query(raw_query),
            headers={k.lower(): v for k, v in self.headers.items()},
            body=body,
            now=self.server.now() + self._clock_off,
            host=f"127.0.0.1:{self.server.port}",
            struck=struck,
        )
        if "slow" in struck and self.server.ending.wait(struck.get("slow", 0.0)):
            self.close_connection = True
            return
        reply = self._reply(face, request, kind)
        self.server.record(self._entry(request, reply, struck, kind))
        try:
            if "reset" in struck:
                self._reset()
            else:
                self._write(request, reply)
        finally:
            if reply.after is not None:
                reply.after()

    def _read_body(self) -> bytes | None:
        """The body, or None after an answer that refused it."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            try:
                return self._read_chunks()
            except ValueError:
                self.close_connection = True
                self.send_error(400)
                return None
        text = self.headers.get("Content-Length")
        if text is None:
            return b""
        if not text.isascii() or not text.isdigit() or int(text) > LARGEST_BODY:
            self.close_connection = True
            self.send_error(413 if text.isdigit() else 400)
            return None
        return self.rfile.read(int(text))

    def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int(self.rfile.readline(64).split(b";")[0], 16)
            if size == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline(8)

    def _reply(self, face: Face, request: Request, kind: Kind) -> Reply:
        for fault in request.struck.names:
            own = face.refuse(fault, request)
            if own is not None:
                return own
            if fault in bend.INSTEAD:
                return bend.instead(fault, kind)
        try:
            reply = face.answer(request)
        except Exception:
            log.exception("the %s face failed at %s %s", face.vendor, request.method, request.path)
            return bend.instead("http-500", kind)
        if reply.payload is None:
            return reply
        rows = face.rows(reply.payload)
        random = self.server.faults.random()
        return bend.bent(reply, rows, request.struck.names, random)

    def _entry(self, request: Request, reply: Reply, struck: Struck, kind: Kind) -> LogEntry:
        return LogEntry(
            at=request.now - self._clock_off,
            face=self.server.face.vendor,
            kind=kind,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            body=request.body,
            params=reply.params,
            call=reply.call,
            status=reply.status,
            code=reply.code,
            session=reply.session,
            faults=struck.names,
            unknown=reply.unknown,
        )

    def _reset(self) -> None:
        """Leave with a reset: nothing is answered and what was sent may be lost."""
        self.close_connection = True
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # Only closing the descriptor itself resets; close() waits for the reader and writer.
        socket.close(self.connection.detach())

    def _write(self, request: Request, reply: Reply) -> None:
        if isinstance(reply.body, FileBody):
            self._write_file(request, reply, reply.body)
        elif isinstance(reply.body, bytes):
            body = reply.body
            if reply.payload is not None:
                body = json.dumps(reply.payload, ensure_ascii=False).encode()
            if "truncated-json" in request.struck:
                body = body[: len(body) // 2]
            self._write_bytes(request, reply, body)
        else:
            self._write_stream(request, reply, reply.body)

    def _head(self, reply: Reply, status: int, extra: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**reply.headers, **extra}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()

    def _write_bytes(self, request: Request, reply: Reply, body: bytes) -> None:
        status, part, extra = _ranged(request, reply, len(body))
        if part is not None:
            body = body[part[0] : part[1]]
        extra["Content-Length"] = str(len(body))
        self._head(reply, status, extra)
        if self.command == "HEAD":
            return
        if "cut-body" in request.struck:
            self.close_connection = True
            self.wfile.write(body[: len(body) // 2])
            return
        self.wfile.write(body)

    def _write_file(self, request: Request, reply: Reply, file: FileBody) -> None:
        size = file.path.stat().st_size
        status, part, extra = _ranged(request, reply, size)
        begin, end = part if part is not None else (0, size)
        if status == 416:
            end = begin
        if part is None and reply.headers.get("Transfer-Encoding") == "chunked":
            self._write_stream(request, reply, _pieces(file, 0, size))
            return
        headers = {k: v for k, v in reply.headers.items() if k != "Transfer-Encoding"}
        extra["Content-Length"] = str(end - begin)
        self._head(replace(reply, headers=headers), status, extra)
        if self.command == "HEAD":
            return
        if "cut-body" in request.struck:
            self.close_connection = True
            end = begin + (end - begin) // 2
        for piece in _pieces(file, begin, end):
            self.wfile.write(piece)

    def _write_stream(self, request: Request, reply: Reply, pieces: Iterator[bytes]) -> None:
        self._head(reply, reply.status, {"Transfer-Encoding": "chunked"})
        # Closing tells a live stream that its viewer has gone, also when the viewer just left.
        close = getattr(pieces, "close", None)
        try:
            if self.command == "HEAD":
                return
            sent = 0
            for piece in pieces:
                if self.server.ending.is_set():
                    self.close_connection = True
                    return
                if piece:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                    sent += len(piece)
                if "cut-body" in request.struck and sent > 2 * PIECE:
                    break
            if "cut-body" in request.struck:
                self.close_connection = True
                return
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
        finally:
            if close is not None:
                cast("Any", close)()


def _ranged(
    request: Request, reply: Reply, size: int
) -> tuple[int, tuple[int, int] | None, dict[str, str]]:
    """Status, the asked part of a body and headers, for one `Range: bytes=a-b`."""
    if reply.kind != "media" or reply.status != 200:
        return reply.status, None, {}
    extra = {"Accept-Ranges": "bytes"}
    text = request.headers.get("range", "")
    unit, _, spec = text.partition("=")
    first, dash, last = spec.partition("-")
    if unit.strip() != "bytes" or not dash or "," in spec:
        return 200, None, extra
    try:
        if first:
            begin, end = int(first), min(int(last) + 1, size) if last else size
        else:
            begin, end = max(0, size - int(last)), size
    except ValueError:
        return 200, None, extra
    if begin >= size or begin >= end:
        return 416, (0, 0), {**extra, "Content-Range": f"bytes */{size}"}
    return 206, (begin, end), {**extra, "Content-Range": f"bytes {begin}-{end - 1}/{size}"}


def _pieces(file: FileBody, begin: int, end: int) -> Iterator[bytes]:
    with file.path.open("rb") as opened:
        opened.seek(begin)
        while begin < end:
            piece = opened.read(min(PIECE, end - begin))
            if not piece:
                return
            begin += len(piece)
            yield piece


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
