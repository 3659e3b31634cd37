"""A small client for the Link Visual face, written apart from the program's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import io
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import av
import av.container

from tests.sandbox.media_support import read_frame
from vsconsole.sandbox.faces.linkvisual import CALLS, LinkVisualFace
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.sandbox.timecode import Reading
from vsconsole.sandbox.world import Camera, World

DAY = 86_400
BEIJING = 8 * 3600
MORNING = 8 * 3600 + 1800
VERSIONS = {call.path: call.versions[0] for call in CALLS}


def md5(body: bytes) -> str:
    """Content-MD5."""
    return base64.b64encode(hashlib.md5(body).digest()).decode() if body else ""


def signature(secret: str, text: str, digest: Any = hashlib.sha256) -> str:
    """The signature of a string."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest()).decode()


def signed(
    path: str,
    body: bytes,
    key: str,
    secret: str,
    *,
    method: str = "POST",
    nonce: str = "",
    date: str = "",
) -> dict[str, str]:
    """The headers of a call as the vendor's IoT SDK makes them."""
    nonce = nonce or str(uuid.uuid4())
    date = date or formatdate(usegmt=True)
    own = {"x-ca-key": key, "x-ca-nonce": nonce, "x-ca-signaturemethod": "HmacSHA256"}
    lines = [method, "application/json", md5(body), "application/octet-stream", date]
    lines += [f"{name}:{own[name]}" for name in sorted(own)]
    return {
        **own,
        "accept": "application/json",
        "content-md5": md5(body),
        "content-type": "application/octet-stream",
        "date": date,
        "x-ca-signature-headers": ",".join(sorted(own)),
        "x-ca-signature": signature(secret, "\n".join([*lines, path])),
    }


def enveloped(
    params: Mapping[str, Any], version: str, token: str = "", language: str = ""
) -> bytes:
    """The body of a call."""
    about = {"apiVer": version}
    if token:
        about["iotToken"] = token
    if language:
        about["language"] = language
    whole = {"id": uuid.uuid4().hex, "version": "1.0", "request": about, "params": params}
    return json.dumps(whole, ensure_ascii=False).encode()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def code(self) -> int:
        """`code` of the envelope."""
        return int(self.json["code"])

    @property
    def data(self) -> Any:
        """`data` of a success."""
        assert self.code == 200, self.json
        return self.json.get("data")


class Client:
    """Signed and plain requests to a running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.fields = sandbox.fields("linkvisual")
        self.token = self.fields["iot_token"]
        self.host = urlsplit(self.fields["server"]).netloc

    @property
    def world(self) -> World:
        return self.sandbox.worlds["linkvisual"]

    @property
    def face(self) -> LinkVisualFace:
        face = self.sandbox.faces["linkvisual"]
        assert isinstance(face, LinkVisualFace)
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
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
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

    def post(self, path: str, body: bytes) -> Answer:
        """A signed body, by the world's clock."""
        date = formatdate(self.world.now(), usegmt=True)
        own = self.fields["app_key"], self.fields["app_secret"]
        headers = signed(path, body, *own, date=date)
        return self.send("POST", path, headers, body)

    def raw(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        version: str = "",
        token: str | None = None,
        language: str = "",
    ) -> Answer:
        """One call by its whole path."""
        token = self.token if token is None else token
        return self.post(
            path, enveloped(params, version or VERSIONS.get(path, "1.0.0"), token, language)
        )

    def call(self, name: str, /, **params: Any) -> Answer:
        """One call of the video service."""
        return self.raw(f"/vision/customer/{name}", params)

    def invoke(self, camera: Camera, service: str, /, **args: Any) -> Answer:
        """A service of a device."""
        return self.raw(
            "/thing/service/invoke",
            {"iotId": self.iot(camera), "identifier": service, "args": args},
        )

    def fetch(self, url: str, method: str = "GET", **headers: str) -> Answer:
        """A media address, without a signature."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.send(method, target, headers)

    def camera(self, name: str) -> Camera:
        return next(c for c in self.world.cameras.values() if c.name == name)

    def devices(self) -> dict[str, dict[str, Any]]:
        """Every thing of the account by its name."""
        data = self.raw("/uc/listBindingByAccount", {"pageNo": 1, "pageSize": 100}).data
        # A recorder and its picture never share a name here, but a camera is its own device.
        return {row["nickName"]: row for row in data["data"]}

    def iot(self, camera: Camera) -> str:
        """The iotId of a camera, from the list of devices."""
        return str(self.devices()[camera.name]["iotId"])


def opened(url: str) -> av.container.InputContainer:
    """A stream, without the seconds that FFmpeg would look at it before; OSError when refused."""
    return av.open(url, timeout=10, options={"analyzeduration": "200000", "probesize": "65536"})


def midnight(days_ago: int) -> int:
    """The epoch second at which a Beijing day began."""
    today = (int(time.time()) + BEIJING) // DAY
    return (today - days_ago) * DAY - BEIJING


def first_frame(data: bytes, at: float = 0.0) -> Reading:
    """The code burnt into the frame at some seconds of a file."""
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(video=0):
            assert frame.time is not None
            if frame.time >= at - 1e-6:
                return read_frame(frame)
    raise AssertionError("no such frame")


def readings(frames: Iterable[Any], count: int) -> list[Reading]:
    """The codes of the first frames of a stream."""
    found = []
    for frame in frames:
        found.append(read_frame(frame))
        if len(found) == count:
            break
    return found
