"""A small client for the Imou face, written apart from the program's own."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urljoin, urlsplit

import av

from tests.sandbox.media_support import read_frame
from vsconsole.sandbox.faces.imou import ImouFace
from vsconsole.sandbox.faces.imou_desk import serial_of
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.sandbox.timecode import Reading
from vsconsole.sandbox.world import Camera, Device, World

BEIJING = timezone(timedelta(hours=8))
DAY = 86_400
MORNING = 8 * 3600 + 1800
"""From 08:30 to 09:00 every camera but the event ones has recordings on every recorded day."""


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
    def code(self) -> str:
        """The result's code, which is text."""
        assert self.status == 200
        code = self.json["result"]["code"]
        assert isinstance(code, str)
        return code

    @property
    def data(self) -> Any:
        """The data of a success; None where there is none."""
        assert self.code == "0", self.json
        return self.json["result"].get("data")


class Client:
    """Signed and plain requests to a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        fields = sandbox.fields("imou")
        self.base = fields["server"]
        self.app_id = fields["app_id"]
        self.app_secret = fields["app_secret"]
        self.host = urlsplit(self.base).netloc
        self.token = ""

    @property
    def world(self) -> World:
        return self.sandbox.worlds["imou"]

    @property
    def face(self) -> ImouFace:
        face = self.sandbox.faces["imou"]
        assert isinstance(face, ImouFace)
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
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            return Answer(
                status=answer.status, headers=dict(answer.getheaders()), body=answer.read()
            )
        finally:
            connection.close()

    def system(self, **changes: object) -> dict[str, Any]:
        """A block that is right but for the changes; a change of time or nonce is signed too.

        It goes by the world's clock, which tests put ahead.
        """
        when = changes.get("time", int(self.world.now()))
        nonce = changes.get("nonce", secrets.token_hex(16))
        text = f"time:{when},nonce:{nonce},appSecret:{self.app_secret}"
        sign = hashlib.md5(text.encode()).hexdigest()
        return {
            "ver": "1.0",
            "appId": self.app_id,
            "sign": sign,
            "time": when,
            "nonce": nonce,
            **changes,
        }

    def raw(self, method: str, body: object) -> Answer:
        """A call with this whole body."""
        content = json.dumps(body, ensure_ascii=False).encode()
        return self.send(
            "POST", f"/openapi/{method}", {"Content-Type": "application/json"}, content
        )

    def call(self, method: str, **params: object) -> Answer:
        """One signed call with a token, which is fetched when there is none."""
        if not self.token and method != "accessToken":
            self.token = self.call("accessToken").data["accessToken"]
        given = {"token": self.token, **params} if method != "accessToken" else params
        body = {"system": self.system(), "id": secrets.token_hex(8), "params": given}
        answer = self.raw(method, body)
        assert answer.json["id"] == body["id"]
        return answer

    def on(self, camera: Camera, method: str, **params: object) -> Answer:
        """A call about a channel."""
        return self.call(method, **self.place(camera), **params)

    def place(self, camera: Camera) -> dict[str, str]:
        """deviceId and channelId."""
        owner = self.world.device_of(camera)
        return {
            "deviceId": serial_of(self.world, owner),
            "channelId": str(owner.cameras.index(camera)),
        }

    def fetch(self, url: str) -> Answer:
        """A media address, without a signature."""
        parts = urlsplit(url)
        return self.send("GET", parts.path + (f"?{parts.query}" if parts.query else ""), {})

    def begin_of(self, url: str, size: int) -> bytes:
        """The first bytes of a stream that does not end by itself."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.read(size)
        finally:
            connection.close()

    def camera(self, name: str) -> Camera:
        return next(c for c in self.world.cameras.values() if c.name == name)

    def device(self, name: str) -> Device:
        return next(d for d in self.world.devices.values() if d.name == name)

    def serial(self, name: str) -> str:
        return serial_of(self.world, self.device(name))


def midnight(days_ago: int) -> int:
    """The epoch second at which a Beijing day began."""
    today = (int(time.time()) + 8 * 3600) // DAY
    return (today - days_ago) * DAY - 8 * 3600


def stamp(when: float) -> str:
    """Beijing time as the platform writes it."""
    return datetime.fromtimestamp(when, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def seconds(text: str) -> int:
    """The epoch second of such a text."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp())


def span(begin: float, end: float) -> dict[str, str]:
    """beginTime and endTime."""
    return {"beginTime": stamp(begin), "endTime": stamp(end)}


def segments(base: str, playlist: Answer) -> Iterator[str]:
    """The addresses of a playlist's pieces."""
    assert playlist.status == 200, playlist.body
    for line in playlist.body.decode().splitlines():
        if line and not line.startswith("#"):
            yield urljoin(base, line)


def first_reading(media: bytes) -> Reading:
    """The time code of the first frame of a file, a piece, the begin of a stream or a picture."""
    with av.open(io.BytesIO(media), "r") as opened:
        return read_frame(next(opened.decode(video=0)))


def readings(media: bytes, most: int) -> list[Reading]:
    """The time codes of the first frames."""
    found: list[Reading] = []
    with av.open(io.BytesIO(media), "r") as opened:
        for frame in opened.decode(video=0):
            found.append(read_frame(frame))
            if len(found) == most:
                break
    return found


def height_of(media: bytes) -> int:
    """The lines of the picture."""
    with av.open(io.BytesIO(media), "r") as opened:
        return opened.streams.video[0].codec_context.height
