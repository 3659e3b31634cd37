"""Acme's side: checks each signature, and hands out files that are what they say."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.net.support import Handler, LoopbackServer, serving
from tests.vendors.local.support import video

KEY_ID, KEY = "4711", "acme-test-key-not-real"
CAMERAS = (("c1", "Loading ramp"), ("c2", "白短袖 Lager"), ("c3", "Roof"))
PAGE = 2
BEGIN = datetime.fromisoformat("2026-03-01T12:00:00+01:00")
SECONDS = 4


@contextmanager
def acme(folder: Path) -> Iterator[LoopbackServer]:
    """A server that runs; each camera has one file of four seconds."""
    content = video(folder / "acme.mp4", seconds=SECONDS).read_bytes()

    def calls(handler: Handler) -> None:
        path, _mark, query = handler.seen.target.partition("?")
        text = f"{handler.seen.headers.get('x-acme-time')}\n{handler.seen.target}"
        right = hmac.digest(KEY.encode(), text.encode(), hashlib.sha256).hex()
        if handler.seen.headers.get("x-acme-sign") != right:
            handler.reply(json.dumps({"fault": "K1", "words": "wrong key"}).encode(), 401)
            return
        found = _answer(path, dict(parse_qsl(query)), handler.server.url)
        handler.reply(json.dumps(found).encode())

    def media(handler: Handler) -> None:
        handler.reply(content, Content_Type="video/mp4")

    with serving({"*": calls, "/media/file.mp4": media}) as server:
        yield server


def _answer(path: str, asked: dict[str, str], url: str) -> dict[str, Any]:
    known = {ident for ident, _name in CAMERAS}
    if path == "/cameras":
        first = (int(asked["page"]) - 1) * PAGE
        rows = [{"id": ident, "title": name} for ident, name in CAMERAS[first : first + PAGE]]
        return {"total": len(CAMERAS), "cameras": rows}
    if asked.get("camera") not in known:
        return {"fault": "C4", "words": "no such camera"}
    begin = int(BEGIN.timestamp())
    if path == "/files":
        touches = int(asked["from"]) < begin + SECONDS and begin < int(asked["to"])
        return {"files": [{"begin": begin, "seconds": SECONDS}] if touches else []}
    if path == "/open":
        return {"url": f"{url}/media/file.mp4?camera={asked['camera']}"}
    return {"fault": "X", "words": "no such call"}
