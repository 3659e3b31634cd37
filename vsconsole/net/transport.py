"""The way to the network, and the only place that knows the HTTP library.

What was signed is what is sent: addresses, headers and bodies go out unchanged, no cookie and no
login of a `.netrc` is added, and API calls follow no redirect. Certificates are always verified.
Errors name the host and never the address, whose query may hold a token.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import SplitResult, urljoin

from vsconsole import __version__
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadResponse,
    Cancelled,
    ConsoleError,
    InvalidInput,
    ProxyFailed,
    StreamExpired,
    StreamUnavailable,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from vsconsole.domain.playback import MediaSource
from vsconsole.i18n import _
from vsconsole.net import address
from vsconsole.net.line import Line
from vsconsole.net.meter import UNMETERED, Meter

if TYPE_CHECKING:
    from requests import Response as _Answer
    from requests.adapters import HTTPAdapter

AGENT = f"vsconsole/{__version__}"
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
# Left by a redirect to another server, which has no business with them.
_PRIVATE = frozenset({"authorization", "cookie", "x-iss-security-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to reach the network. Seconds; `proxy` None means what the system says, "" none at all.

    `ca_file` holds further certificates to trust, for a company's own authority.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    proxy: str | None = field(default=None, repr=False)
    ca_file: str = ""
    largest_answer: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, ready to go; `url` is already encoded."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _Pool:
    """The connections of a program, and which request runs on which thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adapter: HTTPAdapter | None = None
        self.running = threading.local()

    def adapter(self) -> HTTPAdapter:
        with self._lock:
            if self._adapter is None:
                self._adapter = _make_adapter(lambda: getattr(self.running, "line", None))
            return self._adapter

    def close(self) -> None:
        with self._lock:
            adapter, self._adapter = self._adapter, None
        if adapter is not None:
            adapter.close()


class Transport:
    """Sends requests and opens streams, from any thread; one per program."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.meter: Meter = UNMETERED
        """Told of every request and every byte of media that goes this way."""
        self._pool = _Pool()

    def metered(self, meter: Meter) -> Transport:
        """The same way, over the same connections, for one whose traffic is counted."""
        way = copy(self)
        way.meter = meter
        return way

    def send(self, request: Request) -> Response:
        """The whole answer to one API request, whatever its status.

        Raises Cancelled, InvalidInput for an address that may not be spoken to, NetworkError
        with `may_have_happened` set where the request may have reached the server, BadResponse
        for an answer that is cut or too large.
        """
        parts = address.split(request.url)
        if parts.scheme == "http" and not address.is_loopback(parts.hostname or ""):
            raise InvalidInput(
                _("The connection to this server would not be encrypted."),
                field="server",
                remedy=_("Use https; plain http is for servers on this computer only."),
            )
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", **request.headers}
        deadline = time.monotonic() + self.settings.total_timeout
        line = Line()
        body = bytearray()
        token = cancel.current()
        token.on_cancel(line.cut)
        try:
            answer = self._open(
                line, request.method, request.url, headers, request.body, self._read_timeout
            )
            try:
                return self._whole(line, answer, body, parts, deadline)
            finally:
                answer.close()
        except ConsoleError as error:
            error.may_have_happened = line.sent and not isinstance(error, InvalidInput | Cancelled)
            raise
        finally:
            token.forget(line.cut)
            line.detach()
            if line.sent:
                self.meter.called(len(body))

    def stream(
        self,
        source: MediaSource | str,
        *,
        start: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> ByteStream:
        """The media at an http or https address from byte `start`, followed through redirects.

        Raises StreamExpired where the address is refused (401, 403, 410), StreamUnavailable for
        any other status but 200 and 206 (`code` is the status), and what `send` raises.
        """
        if isinstance(source, MediaSource):
            url, wanted = source.url, {**source.headers, **(headers or {})}
            # While a server-controlled stream is paused, nothing arrives for as long as it takes.
            patience = None if source.control is not None else self._read_timeout
        else:
            url, wanted, patience = source, dict(headers or {}), self._read_timeout
        wanted = {"User-Agent": AGENT, "Accept-Encoding": "identity", **wanted}
        if start:
            wanted["Range"] = f"bytes={start}-"
        line = Line()
        token = cancel.current()
        token.on_cancel(line.cut)
        try:
            for _hop in range(_MOST_REDIRECTS + 1):
                parts = address.split(url)
                answer = self._open(line, "GET", url, wanted, b"", patience)
                if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                    break
                answer.close()
                line.detach()
                url, wanted = _redirected(url, answer.headers["location"], wanted)
            else:
                raise StreamUnavailable(
                    _("The stream's address redirects in a loop."), retryable=False
                )
            if answer.status_code not in (200, 206):
                answer.close()
                raise _refused(answer.status_code, parts)
            return ByteStream(answer, line, token, parts, self.meter)
        except BaseException:
            token.forget(line.cut)
            line.detach()
            raise

    def close(self) -> None:
        """Closes idle connections; the transport can still be used."""
        self._pool.close()

    @property
    def _read_timeout(self) -> float:
        return self.settings.read_timeout

    def _open(
        self,
        line: Line,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        read_timeout: float | None,
    ) -> _Answer:
        """The answer's head; the body is still on the line."""
        cancel.check()
        parts = address.split(url)
        from requests import PreparedRequest
        from requests.structures import CaseInsensitiveDict
        from requests.utils import get_environ_proxies

        prepared = PreparedRequest()
        # Set one by one: `prepare` would re-encode the address and look for a .netrc.
        prepared.method, prepared.url, prepared.body = method, url, body or None
        prepared.headers = CaseInsensitiveDict(headers)
        if body or method in ("POST", "PUT"):
            prepared.headers["Content-Length"] = str(len(body))
        prepared.hooks = {"response": []}
        proxy = self.settings.proxy
        if proxy == "" or address.is_loopback(parts.hostname or ""):
            proxies = {}
        elif proxy is None:
            proxies = get_environ_proxies(url)
        else:
            proxies = {"http": proxy, "https": proxy}
        timeout: Any = (self.settings.connect_timeout, read_timeout)
        self._pool.running.line = line
        try:
            return self._pool.adapter().send(
                prepared,
                stream=True,
                timeout=timeout,
                verify=self.settings.ca_file or _system_ca_file() or True,
                proxies=proxies,
            )
        except Exception as error:  # noqa: BLE001 - the library leaks several families
            raise _translated(error, line, parts) from None
        finally:
            self._pool.running.line = None

    def _whole(
        self, line: Line, answer: _Answer, body: bytearray, parts: SplitResult, deadline: float
    ) -> Response:
        """Reads the answer into `body`, which keeps what came where it fails."""
        try:
            while chunk := answer.raw.read1(_CHUNK, decode_content=True):
                cancel.check()
                body += chunk
                if len(body) > self.settings.largest_answer:
                    raise BadResponse(
                        _("The answer of {host} is too large to be real.").format(
                            host=parts.hostname
                        ),
                        retryable=False,
                    )
                if time.monotonic() > deadline:
                    raise _too_slow(parts)
        except ConsoleError:
            raise
        except Exception as error:  # noqa: BLE001 - the library leaks several families
            raise _translated(error, line, parts) from None
        if line.cut_off:
            raise Cancelled
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=bytes(body),
        )


class ByteStream:
    """A body as it arrives; `read` from any one thread, `close` from any other at any time.

    `length` is how many bytes the body has from its start on, None where the server does not say.
    """

    def __init__(
        self,
        answer: _Answer,
        line: Line,
        token: cancel.CancelToken,
        parts: SplitResult,
        meter: Meter = UNMETERED,
    ) -> None:
        self.status = answer.status_code
        self.headers: Mapping[str, str] = {k.lower(): v for k, v in answer.headers.items()}
        length = self.headers.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() else None
        self._answer = answer
        self._line = line
        self._token = token
        self._parts = parts
        self._meter = meter
        self._position = 0
        self._reading = threading.Lock()

    def read(self, size: int = _CHUNK) -> bytes:
        """At most `size` bytes as soon as there are any; empty at the end.

        Raises Cancelled after `close` or when the work that opened the stream was called off,
        Unreachable for a body cut short, TimedOut where nothing came for too long.
        """
        with self._reading:
            if self._line.cut_off:
                raise Cancelled
            try:
                data = self._answer.raw.read1(size if size > 0 else _CHUNK, decode_content=True)
            except Exception as error:  # noqa: BLE001 - the library leaks several families
                raise _translated(error, self._line, self._parts) from None
            if not data and self._line.cut_off:
                raise Cancelled
            self._position += len(data)
            self._meter.fetched(len(data))
            return bytes(data)

    def tell(self) -> int:
        """How many bytes were read."""
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """Ends the connection, also under a reader that waits; safe to repeat."""
        self._line.cut()
        self._token.forget(self._line.cut)
        with self._reading:
            self._answer.close()
        self._line.detach()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _redirected(url: str, location: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Where a redirect leads, and the headers that may go there."""
    target = urljoin(url, location)
    here, there = address.split(url), address.split(target)
    kept = dict(headers)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        kept = {name: value for name, value in kept.items() if name.lower() not in _PRIVATE}
    return target, kept


def _refused(status: int, parts: SplitResult) -> ConsoleError:
    if status in (401, 403, 410):
        return StreamExpired(
            _("The stream's address is no longer valid."),
            why=_("{host} refused it.").format(host=parts.hostname),
            remedy=_("Open it again to get a new one."),
            code=str(status),
        )
    return StreamUnavailable(
        _("The stream cannot be opened."),
        why=_("{host} answered with status {status}.").format(host=parts.hostname, status=status),
        code=str(status),
        retryable=status >= 500 or status in (404, 408, 429),
    )


def _too_slow(parts: SplitResult) -> TimedOut:
    return TimedOut(
        _("{host} did not answer in time.").format(host=parts.hostname),
        remedy=_("Check the network, then try again."),
    )


def _translated(error: Exception, line: Line, parts: SplitResult) -> ConsoleError:
    """The library's exception as one of ours; its text is dropped, it may hold the address."""
    import requests
    import urllib3

    if line.cut_off:
        return Cancelled()
    host = parts.hostname
    if isinstance(
        error,
        requests.exceptions.ProxyError
        | requests.exceptions.InvalidProxyURL
        | requests.exceptions.InvalidSchema,
    ):
        return ProxyFailed(
            _("The proxy on the way to {host} failed.").format(host=host),
            remedy=_("Check the proxy in the system's or the program's settings."),
        )
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return TlsFailed(
            _("The certificate of {host} was not accepted.").format(host=host),
            why=_tls_reason(error),
            remedy=_(
                "Check this computer's clock; behind a company proxy, "
                "have its certificate set as trusted."
            ),
        )
    if isinstance(
        error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError | TimeoutError
    ):
        return _too_slow(parts)
    if isinstance(error, urllib3.exceptions.DecodeError):
        return BadResponse(_("The answer of {host} is damaged.").format(host=host))
    if isinstance(
        error,
        requests.exceptions.RequestException | urllib3.exceptions.HTTPError | OSError | ValueError,
    ):
        if isinstance(error, urllib3.exceptions.ProtocolError):
            why = _("The connection ended in the middle of the answer.")
        else:
            why = _connect_reason(error)
        return Unreachable(
            _("{host} cannot be reached.").format(host=host),
            why=why,
            remedy=_("Check the network, then try again."),
        )
    raise error


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and all it was made from."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or one in found:
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _tls_reason(error: Exception) -> str:
    import ssl

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
    return ""


def _connect_reason(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return _("Its name is not known here.")
        if isinstance(cause, ConnectionRefusedError):
            return _("It refused the connection.")
        if isinstance(cause, ConnectionError):
            return _("The connection was cut.")
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return ""


def _system_ca_file() -> str:
    import os

    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""


def _make_adapter(current: Callable[[], Line | None]) -> HTTPAdapter:
    """A connection pool whose connections tell `current()` which socket a request runs on."""
    import urllib3
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection

    # Below that level the library writes whole addresses.
    logging.getLogger("urllib3").setLevel(logging.ERROR)

    class Plain(HTTPConnection):
        line: Line | None = None

        def connect(self) -> None:
            super().connect()
            self.line = _attached(current(), self.line, self.sock)

        def request(self, *args: Any, **kwargs: Any) -> None:
            self.line = _attached(current(), self.line, self.sock)
            super().request(*args, **kwargs)

    class Secure(HTTPSConnection):
        line: Line | None = None

        def connect(self) -> None:
            super().connect()
            self.line = _attached(current(), self.line, self.sock)

        def request(self, *args: Any, **kwargs: Any) -> None:
            self.line = _attached(current(), self.line, self.sock)
            super().request(*args, **kwargs)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    classes = {"http": PlainPool, "https": SecurePool}
    options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, socket_options=options)
            self.poolmanager.pool_classes_by_scheme = classes

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            # SOCKS has connections of its own, whose waits end by their time-outs only.
            own = manager.pool_classes_by_scheme
            manager.pool_classes_by_scheme = own if proxy.startswith("socks") else classes
            return manager

    return Adapter(pool_connections=16, pool_maxsize=64)


def _attached(line: Line | None, before: Line | None, sock: Any) -> Line | None:
    """Puts the running request's line on a connection that an earlier one may have used."""
    if before is not None and before is not line:
        before.detach()
    if line is not None and sock is not None:
        line.attach(sock)
        line.sent = True
    return line
