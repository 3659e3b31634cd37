"""Login, devices, live addresses and recordings from the wire to the domain.

Together with `happenings`, the only place that knows the vendor's keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from vsconsole.domain.errors import QuotaExceeded, Rejected
from vsconsole.domain.model import Ability, Channel, Device, DeviceKind, Key, Status, now
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.i18n import _
from vsconsole.net.redact import redact_params
from vsconsole.vendors.imou.errors import no_address
from vsconsole.vendors.imou.wire import (
    SECRET_FIELDS,
    Raw,
    address,
    integer,
    moment,
    needed,
    rows,
    text,
)

MAIN, SUB = 0, 1

_THREE_DAYS = 3 * 24 * 3600.0
_HOSTS = ("easy4ip.com", "lechange.cn")
_SEPARATOR = ":"

_STATUS = {
    "online": Status.ONLINE,
    "1": Status.ONLINE,
    "offline": Status.OFFLINE,
    "0": Status.OFFLINE,
    # While it is being upgraded a device answers nothing.
    "upgrading": Status.OFFLINE,
    "sleep": Status.SLEEPING,
    "4": Status.SLEEPING,
    "close": Status.DISABLED,
}
_KINDS = {
    "NVR": DeviceKind.NVR,
    "DVR": DeviceKind.NVR,
    "HCVR": DeviceKind.NVR,
    "IHG": DeviceKind.GATEWAY,
    "ARC": DeviceKind.GATEWAY,
    "IPC": DeviceKind.CAMERA,
    "SD": DeviceKind.CAMERA,
}
_MOVABLE = frozenset({"PT", "PTZ", "PT1", "PT2"})
_STORING = frozenset({"LocalStorage", "LocalRecord"})
_MANUAL = re.compile(r"manual", re.IGNORECASE)
_EVENTFUL = re.compile(r"event|alarm|motion|human|smart", re.IGNORECASE)


# Login


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An accessToken, how many seconds it lives, and the server that calls are to go to."""

    token: str = field(repr=False)
    seconds: float
    server: str = ""


def grant(data: Any) -> Grant:
    """The answer of accessToken; a server that is not the vendor's own counts as none."""
    raw = data if isinstance(data, Mapping) else {}
    seconds = float(integer(raw.get("expireTime"), 0))
    return Grant(
        token=needed(raw, "accessToken"),
        seconds=seconds if seconds > 0 else _THREE_DAYS,
        server=own_server(raw.get("currentDomain")),
    )


def own_server(value: Any) -> str:
    """`https://host[:port]` of one of the vendor's own servers; empty for any other."""
    found = text(value)
    try:
        parts = urlsplit(found if "://" in found else f"https://{found}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    own = any(host == one or host.endswith(f".{one}") for one in _HOSTS)
    if parts.scheme != "https" or not own or "@" in parts.netloc:
        return ""
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"


# Devices and channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel as the vendor names it."""

    device: str
    channel: str
    product: str = ""

    @property
    def of_device(self) -> dict[str, str]:
        """Parameters that name the device."""
        return {"deviceId": self.device, **({"productId": self.product} if self.product else {})}

    @property
    def params(self) -> dict[str, str]:
        """Parameters that name the channel."""
        return {**self.of_device, "channelId": self.channel}


def device_key(account: str, native: str) -> Key:
    return Key(account, f"dev{_SEPARATOR}{quote(native, safe='')}")


def channel_key(account: str, place: Place) -> Key:
    parts = (place.device, place.channel, *((place.product,) if place.product else ()))
    return Key(account, _SEPARATOR.join(quote(part, safe="") for part in parts))


def place_of(key: Key) -> Place:
    """What a channel's key stands for; the first channel where it names none."""
    parts = [unquote(part) for part in key.native.split(_SEPARATOR)]
    return Place(
        device=parts[0],
        channel=parts[1] if len(parts) > 1 else "0",
        product=parts[2] if len(parts) > 2 else "",
    )


def device_ident(raw: Raw) -> str:
    """What tells two devices of the list apart."""
    return needed(raw, "deviceId")


def parent_of(raw: Raw) -> str:
    """The vendor's id of the gateway a device hangs on; empty where there is none."""
    return text(raw.get("parentDeviceId"))


def device(account: str, raw: Raw, parent: Key | None) -> Device:
    """A device of the list."""
    native = needed(raw, "deviceId")
    many = integer(raw.get("channelNum"), 0) > 1
    kind = _KINDS.get(
        text(raw.get("catalog")).upper(), DeviceKind.NVR if many else DeviceKind.CAMERA
    )
    return Device(
        key=device_key(account, native),
        name=text(raw.get("deviceName")) or native,
        kind=kind,
        parent=parent,
        status=_status(raw.get("deviceStatus")),
        seen=now(),
        raw=redact_params(raw, SECRET_FIELDS),
    )


def channels(owner: Device, raw: Raw, zone: str) -> list[Channel]:
    """The channels of a device of the list."""
    listed = rows(raw, "channelList")
    return [_channel(owner, raw, row, zone, alone=len(listed) == 1) for row in listed]


def _channel(owner: Device, device_raw: Raw, raw: Raw, zone: str, *, alone: bool) -> Channel:
    place = Place(
        device=needed(device_raw, "deviceId"),
        channel=needed(raw, "channelId"),
        product=text(device_raw.get("productId")),
    )
    status = owner.status
    if status in (Status.ONLINE, Status.UNKNOWN):
        status = _status(raw.get("channelStatus"), status)
    shown = redact_params(raw, SECRET_FIELDS)
    return Channel(
        key=channel_key(owner.key.account, place),
        name=text(raw.get("channelName")) or owner.name,
        parent=owner.key,
        status=status,
        abilities=_abilities(device_raw, raw, alone=alone),
        zone=zone,
        seen=owner.seen,
        raw={"deviceId": place.device, **shown},
    )


def _status(value: Any, default: Status = Status.UNKNOWN) -> Status:
    return _STATUS.get(text(value).lower(), default)


def _abilities(device_raw: Raw, raw: Raw, *, alone: bool) -> frozenset[Ability]:
    """What the vendor's ability names, the streams listed and the storage package allow."""
    whole = _names(device_raw.get("deviceAbility"))
    own = _names(raw.get("channelAbility"))
    if alone or not own:
        # A recorder's own abilities are not those of each camera on it.
        own = own | whole
    found = {Ability.LIVE, Ability.EVENTS}
    streams = rows(raw, "resolutions")
    if not streams or any(integer(one.get("streamType"), MAIN) == SUB for one in streams):
        found.add(Ability.SUB_STREAM)
    package = text(raw.get("csStatus")).lower()
    if package in ("using", "expired") or (not package and "CloudStorage" in own | whole):
        found.add(Ability.CLOUD_RECORDS)
    if (own | whole) & _STORING:
        found.add(Ability.DEVICE_RECORDS)
    if own & _MOVABLE:
        found.add(Ability.PTZ)
    if "PTZ" in own:
        found.add(Ability.ZOOM)
    if "CollectionPoint" in own:
        found.add(Ability.PRESETS)
    return frozenset(found)


def _names(value: Any) -> frozenset[str]:
    return frozenset(name for part in text(value).split(",") if (name := part.strip()))


# Live pictures and presets


def flv(data: Any, stream: int) -> str:
    """The FLV address; `flvHD` is the main stream's where both are there."""
    raw = data if isinstance(data, Mapping) else {}
    # Assumed: the page's table of fields is not published; these are the names clients read.
    names = ("flvHD", "flv", "url") if stream == MAIN else ("flv", "flvHD", "url")
    for name in names:
        if found := address(raw.get(name)):
            return found
    raise no_address()


def hls(data: Any, stream: int) -> str:
    """The HLS address of a stream, https before http; empty where that stream is not bound.

    QuotaExceeded where the live address is out of traffic, Rejected where it is paused.
    """
    raw = data if isinstance(data, Mapping) else {}
    state = integer(raw.get("liveStatus"), 1)
    if state == 3:
        raise QuotaExceeded(
            _("The live address is out of traffic."),
            remedy=_("Buy traffic in the open platform's console."),
        )
    if state == 2:
        raise Rejected(
            _("The live address is paused."),
            remedy=_("Resume it in the open platform's console."),
        )
    found = [
        link
        for row in rows(raw, "streams")
        if integer(row.get("streamId"), MAIN) == stream and (link := address(row.get("hls")))
    ]
    return min(found, key=lambda link: not link.lower().startswith("https:"), default="")


def url(data: Any) -> str:
    """The address under `url`; StreamUnavailable where there is none."""
    found = address(data.get("url")) if isinstance(data, Mapping) else ""
    if not found:
        raise no_address()
    return found


def preset_names(data: Any) -> list[str]:
    """The names of the presets that are set, each once."""
    found = (text(row.get("name")) for row in rows(data, "collections"))
    return list(dict.fromkeys(name for name in found if name))


# Recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A recording of a list: `ident` tells it apart, `cursor` is its id for the next page."""

    ident: tuple[str, str, str]
    cursor: str
    span: Span
    kind: SegmentKind


def records(data: Any, zone: str) -> Iterator[Record]:
    """The recordings of a page; rows that make no range are left out."""
    for row in rows(data, "records"):
        begin, end = moment(row.get("beginTime"), zone), moment(row.get("endTime"), zone)
        if begin is not None and end is not None and begin < end:
            cursor = text(row.get("recordId"))
            yield Record(
                ident=(cursor, text(row.get("beginTime")), text(row.get("endTime"))),
                cursor=cursor,
                span=Span(begin, end),
                kind=_record_kind(text(row.get("type"))),
            )


def _record_kind(name: str) -> SegmentKind:
    if _MANUAL.search(name):
        return SegmentKind.MANUAL
    return SegmentKind.EVENT if _EVENTFUL.search(name) else SegmentKind.CONTINUOUS


def record_days(data: Any) -> frozenset[int]:
    """Days of the month whose sign in the bitmap is 1; BadResponse without a bitmap."""
    raw = data if isinstance(data, Mapping) else {}
    return frozenset(day for day, sign in enumerate(needed(raw, "bitmap"), 1) if sign == "1")


def total_after(data: Any, key: str, listed: int) -> int | None:
    """How many rows there are in all, by an empty page that says it holds some after `listed`
    others; None where a page says nothing of the whole."""
    if not isinstance(data, Mapping) or rows(data, key):
        return None
    said = integer(data.get("count"), 0)
    return listed + said if said > 0 else None


def count(data: Any, key: str) -> int:
    """How many rows a page has, also such as cannot be read."""
    return len(rows(data, key))
