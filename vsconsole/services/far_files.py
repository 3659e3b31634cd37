"""How long a media file on a web server is, from a few small pieces of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vsconsole.domain.errors import StreamUnavailable
from vsconsole.i18n import _

if TYPE_CHECKING:
    from vsconsole.net.transport import Transport

_MOST_BOXES = 64
_LARGEST_MOOV = 64 * 1024 * 1024


def media_seconds(transport: Transport, url: str, head: bytes, length: int) -> float:
    """The playing time of an MP4, MOV or FLV file that begins with `head`.

    `length` is its number of bytes, 0 where the server did not tell it with the whole.
    StreamUnavailable for other kinds, for damaged ones, and where the server gives no pieces.
    """
    seconds = 0.0
    length = length or _whole_length(transport, url)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"):
        seconds = _mp4_seconds(transport, url, length)
    elif head.startswith(b"FLV"):
        seconds = _flv_seconds(transport, url, length)
    if seconds <= 0:
        raise StreamUnavailable(
            _("This file cannot be played over the network."),
            why=_("Its length is not known before it is read whole."),
            remedy=_("Download it, then open the file."),
            retryable=False,
        )
    return seconds


def _whole_length(transport: Transport, url: str) -> int:
    """What a server that sends the whole in chunks says of it when asked for a piece; else 0."""
    with transport.stream(url, start=1) as stream:
        total = stream.headers.get("content-range", "").rpartition("/")[2]
    return int(total) if total.isascii() and total.isdigit() else 0


def _mp4_seconds(transport: Transport, url: str, length: int) -> float:
    """From the movie header (ISO/IEC 14496-12, 8.2.2), wherever its box lies."""
    at = 0
    for _box in range(_MOST_BOXES):
        if at + 16 > length:
            return 0.0
        header = _piece(transport, url, at, 16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            size = length - at
        if size < 8:
            return 0.0
        if kind == b"moov":
            return _movie_seconds(_piece(transport, url, at, min(size, _LARGEST_MOOV)))
        at += size
    return 0.0


def _movie_seconds(moov: bytes) -> float:
    at = moov.find(b"mvhd")
    if at < 0:
        return 0.0
    wide = moov[at + 4] == 1
    scale_at = at + (24 if wide else 16)
    scale = int.from_bytes(moov[scale_at : scale_at + 4], "big")
    duration = int.from_bytes(moov[scale_at + 4 : scale_at + (12 if wide else 8)], "big")
    return duration / scale if scale else 0.0


def _flv_seconds(transport: Transport, url: str, length: int) -> float:
    """From the time stamp of the last tag, which the last four bytes lead to (FLV 10.1, E.3)."""
    size = int.from_bytes(_piece(transport, url, length - 4, 4), "big")
    at = length - 4 - size
    if not 11 <= size <= length - 13:
        return 0.0
    tag = _piece(transport, url, at, 11)
    return int.from_bytes(tag[7:8] + tag[4:7], "big") / 1000


def _piece(transport: Transport, url: str, start: int, size: int) -> bytes:
    """Bytes of the file, fewer at its end; empty where the server sends it from the start only."""
    found = b""
    with transport.stream(url, start=start) as stream:
        if start and stream.status != 206:
            return b""
        while len(found) < size and (data := stream.read(size - len(found))):
            found += data
    return found
