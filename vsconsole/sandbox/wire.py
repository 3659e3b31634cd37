"""What passes between the HTTP server and a vendor face."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import unquote

from vsconsole.sandbox.faults import Struck

Kind = Literal["api", "media"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One HTTP request as it came; `query` keeps order and doubles, decoded once."""

    method: str
    path: str
    raw_query: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    now: float
    host: str
    struck: Struck

    def first(self, name: str, default: str = "") -> str:
        """The value of a query key, or the default."""
        return next((v for k, v in self.query if k == name), default)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileBody:
    """A file on disk as an answer, sent with Range when the client asks for a part."""

    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer: `payload` is JSON that faults may still bend, or `body` is sent as it is.

    `after` is called when the answer was sent, or could not be.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: dict[str, Any] | None = None
    body: bytes | Iterator[bytes] | FileBody = b""
    kind: Kind = "api"
    call: str = ""
    code: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    session: str = ""
    after: Callable[[], None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEntry:
    """One request as the sandbox saw it; `unknown` names parameters no document speaks of."""

    at: float
    face: str
    kind: Kind
    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    params: Mapping[str, Any]
    call: str
    status: int
    code: int | None
    session: str
    faults: tuple[str, ...]
    unknown: tuple[str, ...]


class Face(Protocol):
    """One vendor's way to show the world."""

    vendor: str
    server_name: str
    account_name: str

    def kind_of(self, path: str) -> Kind:
        """Whether a path is a call or media."""

    def answer(self, request: Request) -> Reply:
        """The vendor's answer; a fault in here is a bug and becomes HTTP 500."""

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """The vendor's answer to a fault it has words for, else None."""

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """The list that a paged answer carries, if it carries one."""

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in to this face at `base`."""

    def cut(self) -> None:
        """Break what flows past the web server."""

    def close(self) -> None:
        """Stop what runs in the background."""


def parse_query(raw: str) -> tuple[tuple[str, str], ...]:
    """Keys and values of a query string, decoded once; a plus sign stays a plus sign."""
    pairs = []
    for part in raw.split("&"):
        if part:
            key, _, value = part.partition("=")
            pairs.append((unquote(key), unquote(value)))
    return tuple(pairs)
