"""A small client for the Tencent face, written apart from the program's own."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from vsconsole.sandbox.faces.tencent import TencentFace
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.sandbox.world import Camera, Device, World

BEIJING = 8 * 3600
DAY = 86_400


def quoted(text: str) -> str:
    """Percent encoding that leaves letters, digits and -_.~ alone."""
    return quote(text, safe="-_.~")


def authorization(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    secret_id: str,
    secret_key: str,
    key_time: str,
    *,
    encode_headers: bool = True,
) -> str:
    """The Authorization header of a request, by the eight steps of the document."""

    def joined(pairs: Mapping[str, str], encode: bool) -> tuple[str, str]:
        rows = sorted((k.lower(), v) for k, v in pairs.items())
        text = "&".join(f"{quoted(k).lower()}={quoted(v) if encode else v}" for k, v in rows)
        return ";".join(quoted(k).lower() for k, _ in rows), text

    def mac(key: str, text: str) -> str:
        return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()

    params, param_text = joined(query, True)
    names, header_text = joined(headers, encode_headers)
    http_string = f"{method.lower()}\n{path}\n{param_text}\n{header_text}\n"
    digest = hashlib.sha1(http_string.encode()).hexdigest()
    signature = mac(mac(secret_key, key_time), f"sha1\n{key_time}\n{digest}\n")
    return (
        f"q-sign-algorithm=sha1&q-ak={secret_id}&q-sign-time={key_time}&q-key-time={key_time}"
        f"&q-header-list={names}&q-url-param-list={params}&q-signature={signature}"
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

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
    def code(self) -> int:
        """StatusCode."""
        return int(self.json["StatusCode"])

    @property
    def data(self) -> Any:
        """Data of a success."""
        assert self.code == 200, self.json
        assert self.json["Code"] == 0
        return self.json.get("Data")


def multipart(fields: Mapping[str, str | tuple[str, bytes]]) -> tuple[str, bytes]:
    """Content type and body of a form; a pair is a file."""
    boundary = "form-" + secrets.token_hex(8)
    out = b""
    for name, value in fields.items():
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if isinstance(value, str):
            out += b"\r\n\r\n" + value.encode()
        else:
            out += f'; filename="{value[0]}"\r\n'.encode()
            out += b"Content-Type: application/octet-stream\r\n\r\n" + value[1]
        out += b"\r\n"
    return f"multipart/form-data; boundary={boundary}", out + f"--{boundary}--\r\n".encode()


class Client:
    """Signed and plain requests to a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        fields = sandbox.fields("tencent")
        self.base = fields["server"]
        self.secret_id = fields["secret_id"]
        self.secret_key = fields["secret_key"]
        self.token = ""
        self.host = urlsplit(self.base).netloc

    @property
    def world(self) -> World:
        return self.sandbox.world

    @property
    def face(self) -> TencentFace:
        face = self.sandbox.faces["tencent"]
        assert isinstance(face, TencentFace)
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

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        form: Mapping[str, str | tuple[str, bytes]] | None = None,
    ) -> Answer:
        """One signed call with host signed."""
        words = {k: _text(v) for k, v in (query or {}).items()}
        now = int(time.time())
        headers = {
            "Authorization": authorization(
                method,
                path,
                words,
                {"host": self.host},
                self.secret_id,
                self.secret_key,
                f"{now};{now + 600}",
            )
        }
        if self.token:
            headers["x-iss-security-token"] = self.token
        content: bytes | None = b"" if method in ("POST", "PUT") else None
        if form is not None:
            headers["Content-Type"], content = multipart(form)
        elif body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        target = path + ("?" if words else "")
        target += "&".join(f"{quoted(k)}={quoted(v)}" for k, v in words.items())
        return self.send(method, target, headers, content)

    def get(self, path: str, **query: object) -> Answer:
        return self.call("GET", path, query)

    def post(self, path: str, **body: object) -> Answer:
        return self.call("POST", path, body=body)

    def put(self, path: str, query: Mapping[str, object] | None = None, **body: object) -> Answer:
        return self.call("PUT", path, query, body=body)

    def delete(self, path: str, **query: object) -> Answer:
        return self.call("DELETE", path, query)

    def fetch(self, url: str, **headers: str) -> Answer:
        """A media address, without a signature."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.send("GET", target, headers)

    def camera(self, name: str) -> Camera:
        return next(c for c in self.world.cameras.values() if c.name == name)

    def device(self, name: str) -> Device:
        return next(d for d in self.world.devices.values() if d.name == name)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def midnight(days_ago: int) -> int:
    """The epoch second at which a Beijing day began."""
    today = (int(time.time()) + BEIJING) // DAY
    return (today - days_ago) * DAY - BEIJING
