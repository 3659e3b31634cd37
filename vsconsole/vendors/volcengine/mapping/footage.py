"""Recorded ranges, addresses of media, and downloads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from vsconsole.domain.errors import StreamUnavailable
from vsconsole.domain.model import Store
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Segment, SegmentKind, Span
from vsconsole.i18n import _
from vsconsole.net.answers import clipped
from vsconsole.vendors.volcengine.mapping.wire import Raw, moment, rows, text

_FAILED = re.compile(r"fail|error|delete|cancel|abort|timeout|expired", re.IGNORECASE)
_RECORD_KINDS = {
    "alarm": SegmentKind.ALARM,
    "manual": SegmentKind.MANUAL,
    "time": SegmentKind.CONTINUOUS,
}


def cloud_files(data: Any) -> Iterator[Span]:
    """Ranges of files (`Record`) or slices (`RecordMeta`); rows that make no range are left out."""
    for row in rows(data):
        about = row.get("Record") or row.get("RecordMeta")
        if isinstance(about, Mapping):
            span = _span(about)
            if span is not None:
                yield span


def cloud_ident(row: Raw) -> str:
    """What tells rows of the list of recordings or screenshots apart."""
    return json.dumps([row.get("Path"), row.get("Record"), row.get("RecordMeta")], sort_keys=True)


def device_files(data: Any) -> Iterator[Segment]:
    """Recorded ranges on a device, with what caused them."""
    for row in rows(data, "Items"):
        span = _span(row)
        if span is not None:
            kind = _RECORD_KINDS.get(text(row.get("Type")).lower(), SegmentKind.CONTINUOUS)
            yield Segment(span=span, kind=kind, store=Store.DEVICE)


def _span(raw: Raw) -> Span | None:
    """A range in any of the forms there are: `…TimeStamp` first, then numbers, then text."""
    begin, end = (
        next(
            (
                when
                for key in (f"{name}TimeStamp", f"{name}Time", f"{name}Ts")
                if (when := moment(raw.get(key))) is not None
            ),
            None,
        )
        for name in ("Start", "End")
    )
    return Span(begin, end) if begin and end and begin < end else None


def addresses(data: Any) -> list[str]:
    """The pull addresses of a stream; those made by transcoding where there are no others."""
    if not isinstance(data, Mapping):
        return []
    for key in ("PullUrls", "TransPullUrls"):
        found = list(_strings(data.get(key)))
        if found:
            return found
    return []


def _strings(value: Any) -> Iterator[str]:
    """Every text in a list, an object, or in lists of them."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _strings(one)


def chosen(urls: Sequence[str], order: Sequence[MediaProtocol]) -> tuple[str, MediaProtocol]:
    """The address whose protocol stands first in `order`; StreamUnavailable where none does."""
    found = [(url, protocol_of(url)) for url in urls]
    for wanted in order:
        for url, protocol in found:
            if protocol is wanted:
                return url, wanted
    raise no_address()


def ends(url: str) -> datetime | None:
    """When a stream's address stops working, from its `volcTime` (seconds, decimal or hex)."""
    found = parse_qs(urlsplit(url).query).get("volcTime", [""])[0]
    try:
        seconds = int(found, 10 if len(found) == 10 and found.isdecimal() else 16)
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def protocol_of(url: str) -> MediaProtocol | None:
    """How an address carries media, by its scheme, its path or its `Format`; None where unknown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme == "rtmp":
        return MediaProtocol.RTMP
    if scheme == "rtsp":
        return MediaProtocol.RTSP
    if scheme not in ("http", "https"):
        return None
    ending = parts.path.lower().rpartition(".")[2]
    told = [value.lower() for value in parse_qs(parts.query).get("Format", ())]
    for name, protocol in _ENDINGS.items():
        if ending == name or name in told or parts.path.lower().endswith(f"get_{name}"):
            return protocol
    return None


_ENDINGS = {"flv": MediaProtocol.FLV, "m3u8": MediaProtocol.HLS, "mp4": MediaProtocol.FILE}


def record_url(data: Any, *names: str) -> str:
    """The first web address under one of `names`, in any letter case; else StreamUnavailable."""
    if isinstance(data, Mapping):
        lowered = {str(key).lower(): value for key, value in data.items()}
        for name in names:
            found = text(lowered.get(name.lower()))
            if found.lower().startswith(("http://", "https://")):
                return found
    raise no_address()


def download(data: Any, native: str) -> Raw:
    """The row of a download; empty where it is not listed yet."""
    listed = rows(data, "GBMedias")
    own = [row for row in listed if text(row.get("ID")) == native]
    # A row's id may be that of the stream it came over; the question was for one download only.
    return own[0] if own else listed[0] if len(listed) == 1 else {}


def has_failed(status: str) -> bool:
    """Whether the state of a download means that nothing will come any more.

    Assumed: only `done` is published; these are words of the vendor's other states and events.
    """
    return bool(_FAILED.search(status))


def reason(row: Raw) -> str:
    """What a download says of its failure."""
    return clipped(text(row.get("Msg")) or text(row.get("DeviceMsg")))


def no_address() -> StreamUnavailable:
    return StreamUnavailable(
        _("The vendor gave no address for the stream."),
        remedy=_("Check that the device is online, then try again."),
    )
