"""From the wire to the domain: the only place that knows the documents' keys.

Readers are tolerant: integers come as text, addresses as "", times in four formats. What the
published pages leave out (the rows of the device list, of AI results, of device playback) is read
by any of the names that the vendor's other calls suggest, each list of names standing once here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import BadResponse, ConsoleError, StreamUnavailable
from vsconsole.domain.model import (
    NOTHING,
    Ability,
    Box,
    Channel,
    Device,
    DeviceKind,
    Event,
    Group,
    Key,
    Status,
    now,
)
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.redact import redact_params
from vsconsole.net.retry import retry_after
from vsconsole.net.transport import Response
from vsconsole.vendors.ctyun.endpoints import ZONE
from vsconsole.vendors.ctyun.errors import error_for, unreadable

Raw = Mapping[str, Any]

_BEIJING = ZoneInfo(ZONE)
_TIME = "%Y-%m-%d %H:%M:%S"
_MILLISECONDS = 10**11
"""Numbers from here on count milliseconds: as seconds they would lie past the year 5000."""
PLAYABLE = frozenset({"hls", "ps"})
"""Types of files for which an address is documented."""

_ADDRESSES = frozenset({"http", "https", "rtmp", "rtsp"})

_STATUS = {"on": Status.ONLINE, "off": Status.OFFLINE, "new": Status.UNREGISTERED}
_KINDS = {"nvr": DeviceKind.NVR, "platform": DeviceKind.GATEWAY}
_ALWAYS = frozenset({Ability.CLOUD_RECORDS, Ability.EVENTS})
_GB28181 = frozenset({Ability.DEVICE_RECORDS})

# Assumed names: only those of the documents' other calls are known.
_PARTS = ("Device", "VideoDevice")
_DIRECTORY = ("DeviceDir", "Dir")
_PARENT = ("ParentDeviceId", "ParentId")
_DIR_NAME = ("DirName", "Name")
_DIR_PARENT = ("ParentDirId", "ParentId")
_WHEN = ("CaptureTime", "AlarmTime", "StartTime", "Timestamp", "Time", "CreatedTime")
_UNTIL = ("EndTime",)
_RESULT_ID = ("ResultId", "AlarmId", "Id")
_PICTURE = ("ImageUrl", "PictureUrl", "PicUrl", "CoverUrl", "ThumbnailUrl", "Url", "Image")
_ALGORITHM = ("AlgorithmsName", "AlgorithmName", "EventName", "Label")
_WORDS = ("Description", "Summary", "Content", "Label", "PlateNumber", "Plate")
_BOXES = ("Boxes", "Box", "Locations", "Location", "Targets", "Objects", "Rects", "DetectResult")
_STREAM_URLS = (
    # A device's stream: FLV starts soonest, and what follows is in the order of its delay.
    ("FlvUrl", MediaProtocol.FLV),
    ("RtmpUrl", MediaProtocol.RTMP),
    ("HlsUrl", MediaProtocol.HLS),
    ("RtspUrl", MediaProtocol.RTSP),
)


def payload(_endpoint: Endpoint, response: Response) -> Any:
    """`returnObj` of an answer; raises what is wrong."""
    pause = retry_after(response.headers, now())
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        raise unreadable(response.status, response.body, retry_after=pause) from None
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        raise unreadable(response.status, b"", retry_after=pause)
    code, status = text(answer.get("error")), integer(answer.get("statusCode"), 0)
    if status == 200 and not code and response.status < 400:
        if "returnObj" not in answer:
            # Only a failure leaves it out; taken for an empty list it would pass for knowledge.
            raise _incomplete(text(answer.get("requestId")))
        found = answer["returnObj"]
        return {} if found in (None, "") else found
    raise error_for(
        code,
        message=text(answer.get("message")),
        status=status if status not in (0, 200) else response.status,
        request_id=text(answer.get("requestId")),
        retry_after=pause,
    )


# Values


def text(value: Any) -> str:
    """Text or a number as text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def integer(value: Any, default: int) -> int:
    """A whole number, also from text; `default` where there is none."""
    try:
        return int(float(value)) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def number(value: Any) -> float | None:
    """A number, also from text; None where there is none."""
    try:
        found = float(text(value))
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def first(raw: Raw, names: Sequence[str]) -> str:
    """The first of `names` with text in it; empty where none has."""
    return next((found for name in names if (found := text(raw.get(name)))), "")


def rows(data: Any, key: str) -> list[Raw]:
    """The objects of the list under `key`; empty where there is no list."""
    found = data.get(key) if isinstance(data, Mapping) else None
    return _objects(found)


def _objects(value: Any) -> list[Raw]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def total(data: Any) -> int | None:
    """How many rows there are over all pages; None where the answer does not say."""
    found = integer(data.get("TotalNum"), -1) if isinstance(data, Mapping) else -1
    return found if found >= 0 else None


def instant(value: Any) -> datetime | None:
    """A time in seconds, milliseconds, or as Beijing's `yyyy-mm-dd HH:MM:SS`; None for others."""
    found = text(value)
    try:
        if re.fullmatch(r"\d{9,14}(\.\d+)?", found):
            count = float(found)
            return datetime.fromtimestamp(count / 1000 if count >= _MILLISECONDS else count, UTC)
        naive = datetime.fromisoformat(found)
        if naive.tzinfo is None:
            naive = naive.replace(tzinfo=_BEIJING)
        return naive.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def clock(when: datetime, *, up: bool = False) -> str:
    """An instant as Beijing's `yyyy-mm-dd HH:MM:SS`, rounded down or up to a whole second."""
    return whole_second(when, up=up).astimezone(_BEIJING).strftime(_TIME)


def seconds(when: datetime, *, up: bool = False) -> int:
    """Unix seconds of an instant, rounded down or up."""
    return int(whole_second(when, up=up).timestamp())


def whole_second(when: datetime, *, up: bool = False) -> datetime:
    """The whole second an instant lies in, or with `up` the next one where it is none."""
    down = when.replace(microsecond=0)
    return down + timedelta(seconds=1) if up and down < when else down


def address(value: Any) -> str:
    """An address that may be opened; empty for none or one of another kind."""
    found = text(value)
    try:
        return found if urlsplit(found).scheme.lower() in _ADDRESSES else ""
    except ValueError:
        return ""


# The tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A directory as an answer names it; `parent` is empty where it does not say."""

    id: str
    name: str
    parent: str = ""
    raw: Raw = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the device list. `kind` is `ipc`, `nvr` or `platform`."""

    id: str
    name: str
    kind: str
    status: Status
    parent: str
    directory: str
    gb28181: bool
    raw: Raw = field(compare=False, repr=False)

    @property
    def holds_others(self) -> bool:
        """Whether its cameras are devices of their own, with this one as parent."""
        return self.kind in _KINDS


def entries(data: Any) -> list[Entry]:
    """The devices of a page, laid out flat or as the single device is."""
    return [entry for row in _listed(data) if (entry := _entry(row)) is not None]


def directories(data: Any) -> list[Directory]:
    """The directories a page names: in lists of their own, or with the devices in them.

    Assumed: an object with DirId and without DeviceId is a directory; one without a name is the
    root, which the tree does not show.
    """
    found: dict[str, Directory] = {}
    for row in _listed(data):
        if not _device_id(row):
            named = [row]
        else:
            places = (row, _part(row, "Device"))
            named = [_part(place, name) for place in places for name in _DIRECTORY]
        for one in named:
            native, name = text(one.get("DirId")), first(one, _DIR_NAME)
            if native and name:
                parent = first(one, _DIR_PARENT)
                made = Directory(id=native, name=name, parent=parent, raw=redact_params(one))
                found.setdefault(native, made)
    return list(found.values())


def _listed(data: Any) -> Iterator[Raw]:
    """The objects of every list at the top of a payload."""
    for value in data.values() if isinstance(data, Mapping) else (data,):
        yield from _objects(value)


def _device_id(row: Raw) -> str:
    return text(row.get("DeviceId")) or text(_part(row, "Device").get("DeviceId"))


def _part(row: Raw, name: str) -> Raw:
    found = row.get(name)
    return found if isinstance(found, Mapping) else NOTHING


def _entry(row: Raw) -> Entry | None:
    native = _device_id(row)
    if not native:
        return None
    parts = (row, *(_part(row, name) for name in _PARTS))
    places = (*parts, *(_part(part, name) for part in parts for name in _DIRECTORY))

    def of(*names: str) -> str:
        return next((found for place in places if (found := first(place, names))), "")

    return Entry(
        id=native,
        name=of("DeviceName", "Name") or native,
        kind=of("DeviceType").lower(),
        status=_STATUS.get(of("DeviceStatus").lower(), Status.UNKNOWN),
        parent=of(*_PARENT),
        directory=of("DirId"),
        gb28181=speaks_gb28181(row),
        raw=redact_params(row),
    )


def speaks_gb28181(row: Raw) -> bool:
    """Whether a device's own row says that it came by GB28181."""
    for place in (row, _part(row, "Device"), _part(row, "VideoDevice")):
        if place.get("Gb28181Device"):
            return True
        if any("gb28181" in text(value).lower() for value in place.values()):
            return True
    return False


def group(account: str, one: Directory, parent: Key | None) -> Group:
    return Group(key=group_key(account, one.id), name=one.name, parent=parent, raw=one.raw)


def device(account: str, one: Entry, parent: Key | None) -> Device:
    """A device of the list: a camera by itself, a recorder or a platform."""
    return Device(
        key=device_key(account, one.id),
        name=one.name,
        kind=_KINDS.get(one.kind, DeviceKind.CAMERA),
        parent=parent,
        status=one.status,
        seen=now(),
        raw=one.raw,
    )


def channel(owner: Device, one: Entry, *, gb28181: bool) -> Channel:
    """A camera below `owner`, which is its recorder or, of a camera by itself, the device."""
    status = one.status
    if owner.status not in (Status.ONLINE, Status.UNKNOWN):
        status = owner.status
    return Channel(
        key=Key(owner.key.account, one.id),
        name=one.name,
        parent=owner.key,
        status=status,
        abilities=_ALWAYS | (_GB28181 if gb28181 or one.gb28181 else frozenset()),
        zone=ZONE,
        seen=now(),
        raw=one.raw,
    )


def group_key(account: str, native: str) -> Key:
    return Key(account, f"dir:{native}")


def device_key(account: str, native: str) -> Key:
    return Key(account, f"dev:{native}")


# Recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """A recorded file. `url` is empty where the answer has none, and `protocol` None with it."""

    id: str
    span: Span
    format: str
    url: str = field(repr=False, compare=False)
    protocol: MediaProtocol | None = None


def record_files(data: Any) -> list[RecordFile]:
    """The files of a page, in its order; rows that make no range are left out."""
    return [one for row in rows(data, "Records") if (one := _record_file(row)) is not None]


def _record_file(row: Raw) -> RecordFile | None:
    begin, end = instant(row.get("StartTime")), instant(row.get("EndTime"))
    if begin is None:
        return None
    if end is None:
        end = begin + timedelta(seconds=max(0, integer(row.get("FileDuration"), 0)))
    if end <= begin:
        return None
    urls = _part(row, "PlayUrl")
    hls, ps = address(urls.get("HlsUrl")), address(urls.get("PsUrl"))
    form = text(row.get("FileFormat")).lower()
    # Documented: HlsUrl counts for hls and PsUrl for ps. For mp4 and m3u8 none is documented;
    # should one be there all the same, it says by its name how it is played.
    if ps and (form == "ps" or not hls):
        url, protocol = ps, MediaProtocol.FILE
    else:
        url, protocol = hls, MediaProtocol.HLS
    return RecordFile(
        id=text(row.get("RecordId")) or f"{begin:%Y%m%dT%H%M%S}",
        span=Span(begin, end),
        format=form,
        url=url,
        protocol=protocol if url else None,
    )


def stream(data: Any, stream_num: int) -> tuple[str, MediaProtocol]:
    """The address of a device's playback stream, FLV before others; StreamUnavailable without.

    Assumed: the answer is an object or a list of them, each with StreamNum and PlayUrl, as the
    sister service's streams are.
    """
    offered = [data] if isinstance(data, Mapping) else []
    offered += _listed(data)
    offered.sort(key=lambda one: integer(one.get("StreamNum"), stream_num) != stream_num)
    for one in offered:
        for place in (_part(one, "PlayUrl"), one):
            for name, protocol in _STREAM_URLS:
                if url := address(place.get(name)):
                    return url, protocol
    raise StreamUnavailable(
        _("The vendor gave no address for the stream."),
        remedy=_("Check that the device is online, then try again."),
    )


# AI results


def event(key: Key, algorithm: str, raw: Raw, app: str) -> Event | None:
    """A result as an event of the channel `key`; None where it does not say when."""
    begin = next((when for name in _WHEN if (when := instant(raw.get(name)))), None)
    if begin is None:
        return None
    until = next((when for name in _UNTIL if (when := instant(raw.get(name)))), None)
    picture = next((url for name in _PICTURE if (url := address(raw.get(name)))), "")
    score = number(raw.get("Confidence"))
    words = [first(raw, (name,)) for name in _WORDS]
    if score is not None:
        words.append(f"{score * 100 if score <= 1 else score:.0f} %")
    return Event(
        id=f"{algorithm}/{_result_id(raw, begin, picture)}",
        channel=key,
        begin=begin,
        end=until if until is not None and until > begin else None,
        kind=f"algorithm-{algorithm}",
        title=first(raw, _ALGORITHM)
        or _("AI result of algorithm {number}").format(number=algorithm),
        text="; ".join(dict.fromkeys(word for word in (app, *words) if word)),
        picture=picture,
        boxes=tuple(boxes(raw)),
        raw=redact_params(raw),
    )


def _result_id(raw: Raw, begin: datetime, picture: str) -> str:
    """The result's own id, or one made of what does not change when it is asked for again."""
    place = urlsplit(picture).path
    print_of = json.dumps([begin.isoformat(), place, first(raw, ("Confidence",))])
    return first(raw, _RESULT_ID) or hashlib.sha256(print_of.encode()).hexdigest()[:20]


def results(data: Any) -> list[Raw]:
    """The AI results of a page."""
    return rows(data, "AnalysisResults")


def result_key(raw: Raw) -> str:
    """What tells results of one question apart."""
    return first(raw, _RESULT_ID) or json.dumps(raw, sort_keys=True, default=str)


def app_name(data: Any) -> str:
    """The name of an AI app; empty where the answer has none."""
    return text(data.get("AppName")) if isinstance(data, Mapping) else ""


def app_of(raw: Raw) -> int | None:
    """The AI app a result belongs to; None where it does not say."""
    found = integer(raw.get("AppId"), -1)
    return found if found >= 0 else None


def boxes(raw: Raw) -> Iterator[Box]:
    """Where in the picture things were seen; in its pixels where its size is not given."""
    wide = number(raw.get("ImageWidth")) or number(raw.get("Width"))
    high = number(raw.get("ImageHeight")) or number(raw.get("Height"))
    for name in _BOXES:
        value = raw.get(name)
        for one in [value] if isinstance(value, Mapping) else _objects(value):
            inner = _part(one, "Box") or one
            x, y = number(_any(inner, "X", "Left")), number(_any(inner, "Y", "Top"))
            width, height = number(_any(inner, "Width", "W")), number(_any(inner, "Height", "H"))
            if x is None or y is None or not width or not height:
                continue
            pixels = max(x, y, width, height) > 1
            if pixels and wide and high:
                x, y, width, height = x / wide, y / high, width / wide, height / high
                pixels = False
            label = first(one, ("Label", "Name", "Type"))
            yield Box(x=x, y=y, width=width, height=height, label=label, pixels=pixels)


def _any(raw: Raw, *names: str) -> str:
    return first(raw, (*names, *(name.lower() for name in names)))


def _incomplete(request_id: str) -> ConsoleError:
    return BadResponse(
        _("The vendor's answer is incomplete."),
        why=_("A field that must be there is missing."),
        remedy=_("Try again; if it stays so, ask Ctyun with the request id."),
        request_id=request_id,
    )
