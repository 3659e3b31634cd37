"""Makes documented calls: checks, encodes, signs, paces, sends, reads and, where safe, repeats."""

from __future__ import annotations

import difflib
import json
import secrets
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ClockSkew,
    ConsoleError,
    InvalidInput,
    NetworkError,
    NotFound,
    QuotaExceeded,
    RateLimited,
    SessionExpired,
)
from vsconsole.domain.model import now
from vsconsole.i18n import _, ngettext
from vsconsole.net.endpoint import Endpoint, FilePart
from vsconsole.net.pacing import Pacer
from vsconsole.net.paging import pages
from vsconsole.net.redact import redact_params
from vsconsole.net.retry import RetryPolicy, http_date
from vsconsole.net.transport import Request, Response, Transport
from vsconsole.net.workers import spread

T = TypeVar("T")
R = TypeVar("R")

_TOLERATED_SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A request before its signature. `query` holds names and values as they are, unencoded."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


Signer = Callable[[Unsigned, datetime], Mapping[str, str] | Unsigned]
"""Headers that make a request genuine at a time; or the request anew, signed elsewhere."""

Builder = Callable[[Endpoint, Mapping[str, Any], str], Unsigned]
"""The request for checked values at a host."""

QueryEncoder = Callable[[Sequence[tuple[str, str]]], str]
"""Names and values as they stand in the address."""

Reader = Callable[[Endpoint, Response], Any]
"""The payload of an answer; raises what the vendor says is wrong."""


class Client:
    """The calls of one account at one vendor; used from any thread.

    `renew` gets a new session where the one of a request sent at that time has expired; the request
    is then made once more. It is called from several threads at once. `server` is asked for each
    request where a vendor sends its clients elsewhere.
    """

    def __init__(
        self,
        *,
        server: str | Callable[[], str],
        endpoints: Iterable[Endpoint],
        sign: Signer,
        read: Reader,
        transport: Transport,
        build: Builder | None = None,
        encode_query: QueryEncoder | None = None,
        renew: Callable[[datetime], None] | None = None,
        pacer: Pacer | None = None,
        retry: RetryPolicy | None = None,
        clock: Callable[[], datetime] = now,
        workers: int = 8,
    ) -> None:
        self._server = server
        self._build = build or request_for
        self._encode_query = encode_query or as_query
        self._renew = renew
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._sign = sign
        self._read = read
        self._transport = transport
        self._pacer = pacer or Pacer()
        self._retry = retry or RetryPolicy()
        self._clock = clock
        self._workers = workers

    def endpoint(self, name: str) -> Endpoint:
        """The row of a call; InvalidInput for an unknown one."""
        try:
            return self._endpoints[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._endpoints, n=1)
            raise InvalidInput(
                _("There is no call {name}.").format(name=name),
                field="endpoint",
                remedy=_("Did you mean {near}?").format(near=near[0]) if near else "",
            ) from None

    def call(
        self, name: str, params: Mapping[str, Any] | None = None, *, urgent: bool = False
    ) -> Any:
        """The payload of one call, repeated after a passing failure where that does no harm.

        Raises InvalidInput before anything is sent, and members of the error family after; a call
        that may have happened although it failed says so.
        """
        endpoint = self.endpoint(name)
        values = endpoint.check(params or {})
        attempt = 0
        renewed = False
        while True:
            attempt += 1
            sent = self._clock()
            try:
                with self._pacer.slot(urgent=urgent):
                    sent = self._clock()
                    return self._once(endpoint, values, sent)
            except SessionExpired:
                if self._renew is None or renewed:
                    raise
                # Refused before anything was done, so that any call may be made again.
                attempt, renewed = attempt - 1, True
                self._renew(sent)
                continue
            except NotFound:
                # The first attempt did its work and only its answer was lost.
                if attempt > 1 and endpoint.destructive:
                    return None
                raise
            except ConsoleError as error:
                _settle(endpoint, error)
                if isinstance(error, RateLimited):
                    self._pacer.hold(min(error.retry_after or 0.0, self._retry.patience))
                delay = self._retry.delay(attempt, error, idempotent=endpoint.idempotent)
                if delay is None:
                    raise
            cancel.current().wait(delay)

    def masked(self, name: str, params: Mapping[str, Any]) -> Any:
        """As `call`, with the secrets in the payload masked."""
        hidden = {param.name for param in self.endpoint(name).params if param.secret}
        return redact_params(self.call(name, params), hidden)

    def pages(
        self,
        name: str,
        params: Mapping[str, Any],
        *,
        rows: Callable[[Any], Sequence[R]],
        total: Callable[[Any], int | None],
        ident: Callable[[R], Hashable],
    ) -> Iterator[list[R]]:
        """The rows of a paged call as they arrive, each once; `ident` tells them apart."""
        paging = self.endpoint(name).paging
        if paging is None:
            raise ValueError(f"{name} has no pages")
        return pages(
            lambda number: self.call(
                name, {**params, paging.number: number, paging.size: paging.largest}
            ),
            size=paging.largest,
            rows=rows,
            total=total,
            ident=ident,
        )

    def map(self, fn: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
        """`(item, fn(item))` in the order they are done, several at a time."""
        return spread(fn, items, self._workers)

    def _once(self, endpoint: Endpoint, values: Mapping[str, Any], sent: datetime) -> Any:
        server = self._server if isinstance(self._server, str) else self._server()
        request = self._build(endpoint, values, urlsplit(server).netloc)
        signed = self._sign(request, sent)
        if isinstance(signed, Unsigned):
            request, headers = signed, signed.headers
        else:
            headers = {**request.headers, **signed}
        query = self._encode_query(request.query)
        response = self._transport.send(
            Request(
                method=request.method,
                url=f"{server}{request.path}{'?' if query else ''}{query}",
                headers=headers,
                body=request.body,
            )
        )
        try:
            return self._read(endpoint, response)
        except (RateLimited, QuotaExceeded):
            self._transport.meter.refused()
            raise
        except (BadCredentials, SessionExpired) as error:
            if isinstance(error, SessionExpired) and self._renew is not None:
                raise
            raise _or_skew(error, response, self._clock()) from None


def request_for(endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
    """The request for checked `values`, everything in its place."""
    query = tuple(
        (name, as_text(value)) for name, value in endpoint.placed(values, "query").items()
    )
    headers = {"Host": host, "Accept": "application/json"}
    body = b""
    places = {param.place for param in endpoint.params}
    if "form" in places:
        headers["Content-Type"], body = multipart(endpoint.placed(values, "form"))
    elif "body" in places:
        headers["Content-Type"] = "application/json"
        body = json.dumps(
            endpoint.placed(values, "body"), ensure_ascii=False, separators=(",", ":")
        ).encode()
    return Unsigned(
        method=endpoint.method,
        host=host,
        path=endpoint.path.format(**_in_path(endpoint, values)),
        query=query,
        headers=headers,
        body=body,
    )


def _in_path(endpoint: Endpoint, values: Mapping[str, Any]) -> dict[str, str]:
    placed = endpoint.placed(values, "path")
    return {name: encode(as_text(value)) for name, value in placed.items()}


def as_text(value: Any) -> str:
    """A checked value as it stands in a query or a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def encode(text: str) -> str:
    """Percent encoding of UTF-8 with upper-case hex; letters, digits and `-_.~` stay."""
    return quote(text, safe="-_.~")


def as_query(pairs: Sequence[tuple[str, str]]) -> str:
    """`name=value&name=value`, encoded once."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)


def multipart(values: Mapping[str, Any]) -> tuple[str, bytes]:
    """Content type and body of a form with fields and files."""
    boundary = f"vsconsole-{secrets.token_hex(16)}"
    parts: list[bytes] = []
    for name, value in values.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
        if isinstance(value, FilePart):
            head += f'; filename="{_quoted(value.name)}"\r\nContent-Type: application/octet-stream'
            content = value.content
        else:
            content = as_text(value).encode()
        parts.append(head.encode() + b"\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _settle(endpoint: Endpoint, error: ConsoleError) -> None:
    """Whether the call may have happened, in the error's own words."""
    unsure = isinstance(error, BadResponse) or (
        isinstance(error, NetworkError) and error.may_have_happened
    )
    error.may_have_happened = unsure and not endpoint.idempotent
    if error.may_have_happened:
        error.remedy = _("It may have happened all the same: refresh to check, then try again.")


def _or_skew(error: ConsoleError, response: Response, here: datetime) -> ConsoleError:
    """ClockSkew in place of a refused login where this computer's clock is to blame."""
    there = http_date(response.headers.get("date", ""))
    if there is None or abs(there - here) <= _TOLERATED_SKEW:
        return error
    if there > here:
        text = _("This computer's clock is {amount} behind the server's.")
    else:
        text = _("This computer's clock is {amount} ahead of the server's.")
    return ClockSkew(
        text.format(amount=_amount(abs(there - here))),
        why=_("The server refuses signatures from another time."),
        remedy=_("Set the clock, best by switching on automatic time, then try again."),
        code=error.code,
        request_id=error.request_id,
    )


def _amount(skew: timedelta) -> str:
    seconds = round(skew.total_seconds())
    if seconds < 120:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    minutes = round(seconds / 60)
    if minutes < 120:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = round(hours / 24)
    return ngettext("{n} day", "{n} days", days).format(n=days)
