"""A small client for the Ctyun face, written apart from the program's own."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus, urlsplit

from vsconsole.sandbox.faces.ctyun import CtyunFace
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.sandbox.world import Camera, World

JSON = "application/json;charset=utf-8"
BEIJING = timezone(timedelta(hours=8))
DAY = 86_400


def authorization(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
) -> str:
    """The Authorization header over these headers, by the steps of the vendor's page."""
    rows = sorted((name.lower(), value) for name, value in headers.items())
    names = ";".join(name for name, _ in rows)
    parts = [method, path, query, "".join(f"{n}:{v}\n" for n, v in rows), names,
             hashlib.sha256(body).hexdigest()]  # fmt: skip
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    stamp = dict(rows)["timestamp"]
    date = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
    key = ("CT" + secret_key).encode()
    for word in (date, "vss"):
        key = hmac.digest(key, word.encode(), "sha256")
    text = f"CT-HMAC-SHA256\n{stamp}\n{date}/vss\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return (
        f"CT-HMAC-SHA256 Credential={access_key}/{date}/vss, "
        f"SignedHeaders={names}, Signature={signature}"
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
    def data(self) -> dict[str, Any]:
        """returnObj of a success, whose envelope is whole."""
        value = self.json
        assert self.status == 200, value
        assert set(value) == {"statusCode", "message", "requestId", "returnObj"}
        assert (value["statusCode"], value["message"]) == (200, "请求成功")
        assert len(value["requestId"]) == 32
        assert value["returnObj"]["RequestId"] == value["requestId"]
        found = value["returnObj"]
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> str:
        """The code of a refusal, whose envelope is whole."""
        value = self.json
        assert set(value) == {"statusCode", "error", "message", "requestId"}
        assert self.status == value["statusCode"] >= 400
        assert value["message"]
        return str(value["error"])


class Client:
    """Signed and plain requests to a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        fields = sandbox.fields("ctyun")
        self.access_key = fields["access_key"]
        self.secret_key = fields["secret_key"]
        self.host = urlsplit(fields["server"]).netloc

    @property
    def world(self) -> World:
        return self.sandbox.worlds["ctyun"]

    @property
    def face(self) -> CtyunFace:
        face = self.sandbox.faces["ctyun"]
        assert isinstance(face, CtyunFace)
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
        query: str = "",
        body: bytes = b"",
        *,
        signed: tuple[str, ...] = ("content-type", "host", "timestamp"),
        when: float | None = None,
        **headers: str,
    ) -> Answer:
        """One signed call with exactly this query; `headers` replace or, empty, take away."""
        sent = {
            "content-type": JSON,
            "host": self.host,
            "timestamp": str(int(time.time() if when is None else when)),
            "version": "2021-11-25",
        }
        over = {name: sent[name] for name in signed}
        sent["authorization"] = authorization(
            method, path, query, over, body, self.access_key, self.secret_key
        )
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent.pop("host")
        target = f"{path}?{query}" if query else path
        return self.send(method, target, {k: v for k, v in sent.items() if v}, body or None)

    def get(self, path: str, **query: object) -> Answer:
        """A call with its parameters as the document writes them: sorted, a plus for a space."""
        text = "&".join(f"{k}={quote_plus(str(v))}" for k, v in sorted(query.items()))
        return self.call("GET", path, text)

    def post(self, path: str, value: object) -> Answer:
        return self.call("POST", path, body=json.dumps(value, ensure_ascii=False).encode())

    def fetch(self, url: str, **headers: str) -> Answer:
        """A media address, without a signature."""
        parts = urlsplit(url)
        assert parts.netloc == self.host
        assert parts.scheme == "http"
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.send("GET", target, headers)

    def camera(self, name: str) -> Camera:
        return next(c for c in self.world.cameras.values() if c.name == name)

    def id(self, name: str) -> str:
        """The DeviceId of a device or channel, found as a client finds it."""
        return str(self.found()[name]["DeviceId"])

    def found(self) -> dict[str, dict[str, Any]]:
        """`Device` of everything there is, by name, from the root down."""
        rows: dict[str, dict[str, Any]] = {}
        places: list[dict[str, Any]] = [{"IncludeDeviceDir": 1}]
        while places:
            page = self.get("/devices", PageSize=1000, **places.pop()).data
            for row in page["Devices"]:
                device = row["Device"]
                rows[device["DeviceName"]] = device
                if device["DeviceType"] != "ipc":
                    places.append({"ParentDeviceId": device["DeviceId"]})
            places += [
                {"DirId": directory["DirId"], "IncludeDeviceDir": 1}
                for directory in page.get("Dirs", ())
            ]
        return rows


def midnight(days_ago: int) -> int:
    """The epoch second at which a Beijing day began."""
    today = (int(time.time()) + 8 * 3600) // DAY
    return (today - days_ago) * DAY - 8 * 3600


def text(when: float) -> str:
    """Beijing time as /records takes it."""
    return datetime.fromtimestamp(when, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def seconds(value: str) -> int:
    """The epoch second of such a text."""
    return int(datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp())
