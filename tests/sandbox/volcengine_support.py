"""A small client for the Volcengine face, written apart from the program's own."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from vsconsole.sandbox.faces.volcengine import VolcengineFace
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.sandbox.world import Camera, Device, World

BEIJING = 8 * 3600
DAY = 86_400
MORNING = 8 * 3600 + 1800
"""Every recorded day has half an hour from here."""

OLD, NEW = "2021-01-01", "2023-10-01"
JSON = "application/json"
QUICK = {"analyzeduration": "300000", "probesize": "50000"}
"""FFmpeg options that look at a live stream no longer than needed."""

NOBODY = "00000000-0000-0000-0000-000000000000"


def quoted(text: str) -> str:
    """Percent encoding that leaves letters, digits and -_.~ alone."""
    return quote(text, safe="-_.~")


def query_text(pairs: Iterable[tuple[str, str]]) -> str:
    """A canonical query: sorted by key, the values of one key in their order."""
    return "&".join(f"{quoted(k)}={quoted(v)}" for k, v in sorted(pairs, key=lambda p: p[0]))


def sign(
    method: str,
    pairs: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
    region: str = "cn-north-1",
    path: str = "/",
) -> str:
    """The Authorization of a request over all the headers given, X-Date among them."""
    low = {k.lower(): v for k, v in headers.items()}
    names = ";".join(sorted(low))
    lines = "".join(f"{k}:{low[k]}\n" for k in sorted(low))
    digest = hashlib.sha256(body).hexdigest()
    request = f"{method}\n{path}\n{query_text(pairs)}\n{lines}\n{names}\n{digest}"
    stamp = low["x-date"]
    scope = f"{stamp[:8]}/{region}/aiotvideo/request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    key = secret_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return (
        f"HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )


def x_date(when: float) -> str:
    """X-Date of an epoch second."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y%m%dT%H%M%SZ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def error(self) -> tuple[int, str]:
        """HTTP status and Code of a failure."""
        assert "Result" not in self.json
        return self.status, str(self.json["ResponseMetadata"]["Error"]["Code"])

    @property
    def code(self) -> str:
        """Code of a failure, empty for a success."""
        return str(self.json["ResponseMetadata"].get("Error", {}).get("Code", ""))

    @property
    def result(self) -> Any:
        """Result of a success; None where the call has none."""
        assert self.status == 200, self.json
        assert "Error" not in self.json["ResponseMetadata"]
        return self.json.get("Result")


class Client:
    """Signed and plain requests to a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        fields = sandbox.fields("volcengine")
        self.base = fields["server"]
        self.access_key = fields["access_key"]
        self.secret_key = fields["secret_key"]
        self.region = fields["region"]
        self.token = ""
        self.clock = time.time
        self.host = urlsplit(self.base).netloc

    @property
    def world(self) -> World:
        return self.sandbox.worlds["volcengine"]

    @property
    def face(self) -> VolcengineFace:
        face = self.sandbox.faces["volcengine"]
        assert isinstance(face, VolcengineFace)
        return face

    @property
    def last(self) -> LogEntry:
        return self.sandbox.log[-1]

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Exactly these bytes."""
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self.host, **headers}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(
                status=answer.status, headers=dict(answer.getheaders()), body=answer.read()
            )
        finally:
            connection.close()

    def signed(
        self, method: str, pairs: list[tuple[str, str]], body: bytes = b"", kind: str = JSON
    ) -> Answer:
        """One signed call with exactly these query items."""
        headers = {"Host": self.host, "X-Date": x_date(self.clock())}
        if method == "POST":
            headers["Content-Type"] = kind
            headers["X-Content-Sha256"] = hashlib.sha256(body).hexdigest()
        if self.token:
            headers["X-Security-Token"] = self.token
        headers["Authorization"] = sign(
            method, pairs, headers, body, self.access_key, self.secret_key, self.region
        )
        target = f"/?{query_text(pairs)}"
        return self.send(method, target, headers, body if method == "POST" else None)

    def get(self, action: str, version: str = OLD, /, **query: object) -> Answer:
        pairs = [("Action", action), ("Version", version)]
        return self.signed("GET", [*pairs, *((k, str(v)) for k, v in query.items())])

    def post(self, action: str, version: str = NEW, /, **body: object) -> Answer:
        pairs = [("Action", action), ("Version", version)]
        return self.signed("POST", pairs, json.dumps(body).encode())

    def fetch(self, url: str, **headers: str) -> Answer:
        """A media address, without a signature."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.send("GET", target, headers)

    def camera(self, name: str) -> Camera:
        return next(c for c in self.world.cameras.values() if c.name == name)

    def device(self, name: str) -> Device:
        return next(d for d in self.world.devices.values() if d.name == name)

    @property
    def space(self) -> str:
        """The space that has devices."""
        return str(self.get("ListSpaces").result["Spaces"][0]["SpaceID"])


def midnight(days_ago: int) -> int:
    """The epoch second at which a Beijing day began."""
    today = (int(time.time()) + BEIJING) // DAY
    return (today - days_ago) * DAY - BEIJING


def eventually(what: Any, seconds: float = 10.0) -> None:
    """Wait until something is so; the assertion of one that never comes."""
    last = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < last, "it did not come"
        time.sleep(0.02)
