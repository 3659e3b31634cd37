"""What can be dragged onto the wall: channels of the tree, files and addresses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QUrl

from vsconsole.domain.model import Key

CHANNELS = "application/x-vsconsole-channels"
TILE = "application/x-vsconsole-tile"
_SCHEMES = ("http", "https", "rtmp", "rtsp", "file")
_LONGEST = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Channels and addresses (or paths) that were let go over a tile, in order.

    `tile` is another tile of the wall: its wall's number and its own; `copy` tells that it stays.
    """

    channels: tuple[Key, ...] = ()
    addresses: tuple[str, ...] = ()
    tile: tuple[int, int] | None = None
    copy: bool = False

    def __bool__(self) -> bool:
        return bool(self.channels or self.addresses or self.tile)


def channels_data(keys: Iterable[Key]) -> QMimeData:
    """Channels as drag data."""
    data = QMimeData()
    # A vendor's id may hold any character, so no separator is safe.
    data.setData(CHANNELS, json.dumps([[key.account, key.native] for key in keys]).encode())
    return data


def tile_data(wall: int, tile: int) -> QMimeData:
    """A tile of the wall as drag data."""
    data = QMimeData()
    data.setData(TILE, json.dumps([wall, tile]).encode())
    return data


def dropped(data: QMimeData, *, copy: bool = False) -> Dropped:
    """What the data holds; empty where there is nothing for the wall, or it cannot be read."""
    if data.hasFormat(TILE):
        return Dropped(tile=_tile(bytes(data.data(TILE).data())), copy=copy)
    if data.hasFormat(CHANNELS):
        return Dropped(channels=tuple(_keys(bytes(data.data(CHANNELS).data()))))
    if data.hasUrls():
        return Dropped(addresses=tuple(_addresses(data.urls())))
    text = data.text()[:_LONGEST] if data.hasText() else ""
    lines = (line.strip() for line in text.splitlines())
    return Dropped(addresses=tuple(_addresses(QUrl(line) for line in lines if "://" in line)))


def _keys(payload: bytes) -> Iterator[Key]:
    try:
        rows = json.loads(payload)
    except ValueError:
        # Another program may use the same name for something else.
        return
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list) and len(row) == 2 and all(isinstance(x, str) for x in row):
            yield Key(*row)


def _tile(payload: bytes) -> tuple[int, int] | None:
    try:
        wall, tile = json.loads(payload)
        return int(wall), int(tile)
    except (TypeError, ValueError):
        return None


def _addresses(urls: Iterable[QUrl]) -> Iterator[str]:
    for url in urls:
        if url.isLocalFile():
            yield url.toLocalFile()
        elif url.isValid() and url.scheme().lower() in _SCHEMES and url.host():
            yield url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
