"""From the wire to the domain: the only place that knows the document's keys.

Readers are tolerant: numbers come as text and text as numbers, empty lists as null, {} or "".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import BadResponse, ConsoleError, StreamUnavailable
from vsconsole.domain.model import (
    Ability,
    Box,
    Channel,
    Device,
    DeviceKind,
    Event,
    Group,
    Key,
    Preset,
    Status,
    now,
)
from vsconsole.domain.timeline import Span
from vsconsole.i18n import N_, _
from vsconsole.net.endpoint import Endpoint, FilePart
from vsconsole.net.redact import redact_params
from vsconsole.net.retry import retry_after
from vsconsole.net.transport import Response
from vsconsole.vendors.tencent.endpoints import ZONE
from vsconsole.vendors.tencent.errors import error_for, unreadable

Raw = Mapping[str, Any]

ROOT = "0"
RTMP = 1

_STATUS = {
    0: Status.UNREGISTERED,
    1: Status.ONLINE,
    2: Status.OFFLINE,
    3: Status.DISABLED,
}
_ALWAYS = frozenset({Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DOWNLOAD, Ability.EVENTS})
_BY_SIGNALLING = frozenset({Ability.SUB_STREAM, Ability.DEVICE_RECORDS})
_MOVABLE = frozenset({Ability.PTZ, Ability.ZOOM, Ability.FOCUS, Ability.IRIS, Ability.PRESETS})
_FARTHEST = 32_503_680_000  # The year 3000; beyond it, seconds were milliseconds.
_SESSION = re.compile(r"/([^/@?#]+)@([^/?#.]+)")

_SIDES = ("X", "Y", "Width", "Height")
EVENT_TITLES = {
    "Body": N_("Person"),
    "Pet": N_("Pet"),
    "Car": N_("Vehicle"),
    "Chefhat": N_("Chef's hat"),
    "Chefcloth": N_("Chef's clothes"),
    "Facemask": N_("Face mask"),
    "Smoking": N_("Smoking"),
    "PhoneCall": N_("Phone call"),
}


def payload(endpoint: Endpoint, response: Response) -> Any:
    """`Data` of an answer, or the file of a call that answers with one; raises what is wrong."""
    pause = retry_after(response.headers, now())
    request_id = response.headers.get("requestid", "")
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        if endpoint.answer == "file" and _is_file(response):
            return FilePart(_file_name(response, endpoint), response.body)
        raise unreadable(
            response.status, response.body, request_id=request_id, retry_after=pause
        ) from None
    if not isinstance(answer, Mapping) or not ({"StatusCode", "Code"} & answer.keys()):
        raise unreadable(response.status, b"", request_id=request_id, retry_after=pause)
    code, status = integer(answer.get("Code"), 0), integer(answer.get("StatusCode"), 0)
    # The document's own example of an error has Code 0, so neither alone is enough.
    if status == 200 and code == 0 and response.status < 400:
        return answer.get("Data")
    if status in (0, 200) and code == 0 and response.status < 400:
        raise _incomplete()
    detail = answer.get("Data")
    raise error_for(
        status if status not in (0, 200) else code or response.status,
        message=text(answer.get("Message")),
        detail=detail if isinstance(detail, str) else "",
        status=response.status,
        request_id=text(answer.get("RequestId")) or request_id,
        retry_after=pause,
    )


def _is_file(response: Response) -> bool:
    kind = response.headers.get("content-type", "").lower()
    return response.status == 200 and bool(response.body) and "html" not in kind


def _file_name(response: Response, endpoint: Endpoint) -> str:
    found = re.search(
        r"filename\s*=\s*\"?([^\";]+)", response.headers.get("content-disposition", "")
    )
    name = re.split(r"[/\\]", found.group(1).strip())[-1] if found else ""
    return name if name.strip(". ") else f"{endpoint.name}.xlsx"


def text(value: Any) -> str:
    """Text or a number as text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def integer(value: Any, default: int | None = None) -> int:
    """A whole number, also from text; `default` where there is none, BadResponse without one."""
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        return int(float(value)) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        if default is None:
            raise _incomplete() from None
        return default


def needed(raw: Raw, key: str) -> str:
    """Text that must be there; BadResponse otherwise."""
    found = text(raw.get(key))
    if not found:
        raise _incomplete()
    return found


def rows(data: Any, key: str = "List") -> list[Raw]:
    """The objects of a list that may be the payload itself or stand under `key`."""
    if isinstance(data, Mapping):
        data = data.get(key)
    if not isinstance(data, Sequence) or isinstance(data, str):
        return []
    return [row for row in data if isinstance(row, Mapping)]


def total(data: Any, key: str = "TotalCount") -> int | None:
    """How many rows there are over all pages; None where the answer does not say."""
    if not isinstance(data, Mapping) or key not in data:
        return None
    found = integer(data[key], -1)
    return found if found >= 0 else None


def groups(account: str, data: Any) -> list[Group]:
    """The flat list of organizations, parents before children; orphans hang at the top."""
    found = {needed(row, "Id"): row for row in rows(data)}
    made: dict[str, Group] = {}

    def make(native: str, above: frozenset[str]) -> Group:
        if native not in made:
            row = found[native]
            parent = text(row.get("ParentId"))
            known = parent in found and parent not in above | {native}
            key = make(parent, above | {native}).key if known else None
            made[native] = Group(
                key=group_key(account, native),
                name=text(row.get("Name")) or native,
                parent=key,
                raw=redact_params(row),
            )
        return made[native]

    for native in found:
        make(native, frozenset())
    return list(made.values())


def device(account: str, raw: Raw, known: Iterable[Key]) -> Device:
    """A device of the list; its parent only where that organization is known."""
    native = needed(raw, "Id")
    parent = group_key(account, text(raw.get("OrganizationId")))
    return Device(
        key=device_key(account, native),
        name=text(raw.get("Name")) or native,
        kind=DeviceKind.NVR if integer(raw.get("Type"), 1) == 2 else DeviceKind.CAMERA,
        parent=parent if parent in known else None,
        status=_STATUS.get(integer(raw.get("Status"), -1), Status.UNKNOWN),
        seen=now(),
        raw=redact_params(raw),
    )


def is_rtmp(raw: Raw) -> bool:
    """Whether a device or channel pushes RTMP, which cannot be controlled."""
    return integer(raw.get("AccessProtocol"), 0) == RTMP


def channel(owner: Device, raw: Raw) -> Channel:
    """A channel of a device's list."""
    native = needed(raw, "ChannelId")
    status = owner.status
    if status in (Status.ONLINE, Status.UNKNOWN):
        state = integer(raw.get("State"), -1)
        status = {0: Status.OFFLINE, 1: Status.ONLINE}.get(state, status)
    abilities = _ALWAYS
    if not is_rtmp(owner.raw):
        abilities |= _BY_SIGNALLING
        if integer(raw.get("PtzType"), 0) != 0:
            abilities |= _MOVABLE
    return Channel(
        key=Key(owner.key.account, native),
        name=text(raw.get("Name")) or owner.name,
        parent=owner.key,
        status=status,
        abilities=abilities,
        zone=ZONE,
        seen=now(),
        raw={
            **redact_params(raw),
            "DeviceId": native_device(owner.key),
            "AccessProtocol": integer(owner.raw.get("AccessProtocol"), 0),
        },
    )


def pushing_channel(owner: Device) -> Channel:
    """The one channel of an RTMP device, which the vendor lists none for."""
    native = native_device(owner.key)
    return Channel(
        key=Key(owner.key.account, native),
        name=owner.name,
        parent=owner.key,
        status=owner.status,
        abilities=_ALWAYS,
        zone=ZONE,
        seen=owner.seen,
        raw={"ChannelId": native, "DeviceId": native, "AccessProtocol": RTMP},
    )


def group_key(account: str, native: str) -> Key:
    return Key(account, f"org:{native}")


def device_key(account: str, native: str) -> Key:
    return Key(account, f"dev:{native}")


def native_device(key: Key) -> str:
    """The vendor's id of a device."""
    return key.native.removeprefix("dev:")


def device_of(one: Channel) -> str:
    """The vendor's id of the device a channel belongs to."""
    if one.parent is not None and one.parent.native.startswith("dev:"):
        return native_device(one.parent)
    return text(one.raw.get("DeviceId")) or one.key.native


def pushes(one: Channel) -> bool:
    """Whether a channel is an RTMP device's own."""
    return is_rtmp(one.raw) or device_of(one) == one.key.native


def spans(data: Any) -> Iterator[Span]:
    """Begin and end of each listed recording; rows that make no range are left out."""
    for row in rows(data):
        begin, end = integer(row.get("Begin"), 0), integer(row.get("End"), 0)
        if 0 < begin < end < _FARTHEST:
            yield Span(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))


def seconds(when: datetime, *, up: bool = False) -> int:
    """Unix seconds of an instant, rounded down or up."""
    whole = int(when.timestamp() // 1)
    return whole + 1 if up and datetime.fromtimestamp(whole, UTC) < when else whole


def stream_urls(data: Any) -> tuple[str, str]:
    """The FLV and HLS addresses of a live stream; either may be empty, not both.

    The document's own example of an HLS address begins with `hls://`, where the FLV's scheme, or
    https, is meant.
    """
    if not isinstance(data, Mapping):
        raise no_address()
    flv, hls = text(data.get("Flv")), text(data.get("Hls"))
    if hls.lower().startswith("hls://"):
        scheme = urlsplit(flv).scheme if flv.lower().startswith(("http:", "https:")) else "https"
        hls = f"{scheme}{hls[3:]}"
    if not flv and not hls:
        raise no_address()
    return flv, hls


def url(data: Any, key: str) -> str:
    """The address under `key`; StreamUnavailable where there is none."""
    found = text(data.get(key)) if isinstance(data, Mapping) else ""
    if not found:
        raise no_address()
    return found


def session(flv: str) -> tuple[str, str]:
    """Channel id and session of a device playback, cut from its address."""
    found = _SESSION.search(urlsplit(flv).path)
    if not found:
        raise no_address()
    return found.group(1), found.group(2)


def presets(data: Any) -> list[Preset]:
    """The presets that are set, by number."""
    found = {
        index: Preset(index=index, name=text(row.get("Name")))
        for row in rows(data)
        if (index := integer(row.get("Index"), 0)) > 0
    }
    return [found[index] for index in sorted(found)]


def watches(task: Raw, native: str) -> bool:
    """Whether an AI task looks at a channel."""
    listed = task.get("ChannelList")
    return isinstance(listed, Sequence) and native in listed


def results(data: Any) -> list[tuple[str, Raw]]:
    """Kind and content of every result on a page of an AI task."""
    kinds = data.get("AIResults") if isinstance(data, Mapping) else None
    if not isinstance(kinds, Mapping):
        return []
    return [(str(kind), row) for kind, items in kinds.items() for row in rows(items)]


def event(key: Key, task: str, kind: str, raw: Raw) -> Event | None:
    """A result as an event; None where it does not say when. Times are Beijing's."""
    begin = beijing(raw.get("Time"))
    if begin is None:
        return None
    picture = text(raw.get("Url"))
    place = urlsplit(picture).path.rpartition("/")[2]
    return Event(
        id=f"{task}/{kind}/{begin:%Y%m%dT%H%M%S}/{place}",
        channel=key,
        begin=begin,
        kind=kind,
        title=_(EVENT_TITLES[kind]) if kind in EVENT_TITLES else kind,
        text="; ".join(_described(one) for one in rows(raw, f"{kind}Info")),
        picture=picture,
        boxes=tuple(box for one in rows(raw, f"{kind}Info") for box in _boxes(one)),
        raw=redact_params(raw),
    )


def _boxes(info: Raw) -> Iterator[Box]:
    """Where in the picture a result is, and a car's plate; in pixels, as text or as numbers."""
    plate = info.get("PlateContent")
    for one, names in ((info, ("Name", "Type")), (plate, ("Plate",))):
        if not isinstance(one, Mapping):
            continue
        place = one.get("Location")
        if not isinstance(place, Mapping):
            continue
        x, y, width, height = (integer(place.get(key), -1) for key in _SIDES)
        if x < 0 or y < 0 or width <= 0 or height <= 0:
            continue
        label = next((found for name in names if (found := text(one.get(name)))), "")
        yield Box(x=x, y=y, width=width, height=height, label=label, pixels=True)


def _described(info: Raw) -> str:
    plate = info.get("PlateContent")
    number = text(plate.get("Plate")) if isinstance(plate, Mapping) else ""
    words = [text(info.get(name)) for name in ("Name", "Color", "Brand", "Serial", "Type")]
    score = text(info.get("Score")) or text(info.get("Confidence"))
    parts = [word for word in (*words, number) if word]
    return " ".join([*parts, f"{score} %"] if score else parts)


def beijing(value: Any) -> datetime | None:
    """A time as `yyyy-MM-dd HH:mm:ss` in Beijing, or as Unix seconds; None for neither."""
    found = text(value)
    try:
        if re.fullmatch(r"\d{9,11}(\.\d+)?", found):
            return datetime.fromtimestamp(int(float(found)), UTC)
        naive = datetime.fromisoformat(found)
    except ValueError:
        return None
    if naive.tzinfo is None:
        naive = naive.replace(tzinfo=ZoneInfo(ZONE))
    return naive.astimezone(UTC)


def day_end(when: datetime) -> bool:
    """Whether an instant is midnight in Beijing."""
    local = when.astimezone(ZoneInfo(ZONE))
    return local.time() == datetime.min.time()


def one_day(span: Span) -> bool:
    """Whether a range lies within one Beijing day."""
    zone = ZoneInfo(ZONE)
    last = span.end - timedelta(microseconds=1)
    return span.begin.astimezone(zone).date() == last.astimezone(zone).date()


def no_address() -> StreamUnavailable:
    return StreamUnavailable(
        _("The vendor gave no address for the stream."),
        remedy=_("Check that the device is online, then try again."),
    )


def _incomplete() -> ConsoleError:
    return BadResponse(
        _("The vendor's answer is incomplete."),
        why=_("A field that must be there is missing."),
        remedy=_("Try again; if it stays so, ask Tencent Cloud."),
    )
