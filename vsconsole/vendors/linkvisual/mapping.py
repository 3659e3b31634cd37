"""From the wire to the domain: devices, recordings, addresses, events, sessions.

Times come twice, as local text and as UTC; UTC is preferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import Rejected, StreamUnavailable
from vsconsole.domain.model import Ability, Channel, Device, DeviceKind, Event, Key, Status, now
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.i18n import N_, _
from vsconsole.net.redact import redact_params
from vsconsole.vendors.linkvisual.things import Model, answer
from vsconsole.vendors.linkvisual.wire import (
    Raw,
    incomplete,
    integer,
    needed,
    rows,
    text,
    truth,
)

ZONE = "Asia/Shanghai"
"""Assumed: local times are UTC+8, the default of every `timeZone` parameter."""

_ALWAYS = frozenset(
    {
        Ability.LIVE,
        Ability.SUB_STREAM,
        Ability.CLOUD_RECORDS,
        Ability.DOWNLOAD,
        Ability.EVENTS,
    }
)
_STATUS = {
    0: Status.UNREGISTERED,
    1: Status.ONLINE,
    3: Status.OFFLINE,
    8: Status.DISABLED,
}
# "Query a list of cloud recordings by time range"; 3, recorded while somebody watched, is told on
# the call's own page only.
_CLOUD_KINDS = {
    0: SegmentKind.CONTINUOUS,
    1: SegmentKind.ALARM,
    2: SegmentKind.MANUAL,
    3: SegmentKind.MANUAL,
}
# A card counts in another order than the cloud.
_CARD_KINDS = {1: SegmentKind.MANUAL, 2: SegmentKind.ALARM, 3: SegmentKind.CONTINUOUS}
_HUMAN = "3"
_MILLISECONDS = 100_000_000_000  # In seconds that is the year 5138.
_SCHEMES = frozenset({"http", "https", "rtmp", "rtsp"})
_LONGEST_MONTH = 31

EVENT_TITLES = {
    "human": N_("Person"),
    "motion": N_("Motion"),
    "picture": N_("Picture"),
}


class File(NamedTuple):
    """A recorded file; `name` is empty where a card tells times only."""

    name: str
    span: Span
    kind: SegmentKind


class Tokens(NamedTuple):
    """What a session consists of; all but the first may be missing."""

    iot_token: str
    refresh_token: str = ""
    identity_id: str = ""


def tokens(data: Any) -> Tokens:
    """A session's tokens; BadResponse without an iotToken."""
    if not isinstance(data, Mapping):
        raise incomplete()
    return Tokens(
        needed(data, "iotToken"), text(data.get("refreshToken")), text(data.get("identityId"))
    )


# Devices


def device_key(account: str, native: str) -> Key:
    return Key(account, f"dev:{native}")


def iot_id(raw: Raw) -> str:
    """The id of a device or sub device."""
    return needed(raw, "iotId")


def is_gateway(raw: Raw) -> bool:
    """Whether a device has others below it, as an NVR has."""
    return text(raw.get("nodeType")).upper() == "GATEWAY"


def product(raw: Raw) -> str:
    """What devices with the same model share."""
    return text(raw.get("productKey")) or iot_id(raw)


def device(account: str, raw: Raw) -> Device:
    """A device of the account's list."""
    return Device(
        key=device_key(account, iot_id(raw)),
        name=_name(raw),
        kind=DeviceKind.NVR if is_gateway(raw) else DeviceKind.CAMERA,
        status=_status(raw),
        seen=now(),
        raw=redact_params(raw),
    )


def channel(owner: Device, raw: Raw, model: Model) -> Channel:
    """The picture of a camera or of an NVR's sub device; both have an iotId of their own."""
    status = _status(raw)
    if status in (Status.ONLINE, Status.UNKNOWN):
        # Nothing behind an NVR that is off answers, whatever was last heard of it.
        status = owner.status if owner.status is not Status.UNKNOWN else status
    return Channel(
        key=Key(owner.key.account, iot_id(raw)),
        name=_name(raw),
        parent=owner.key,
        status=status,
        abilities=_ALWAYS | model.abilities,
        zone=ZONE,
        seen=now(),
        raw={**redact_params(raw), "model": model.as_raw()},
    )


def _name(raw: Raw) -> str:
    names = (text(raw.get(key)) for key in ("nickName", "deviceName", "productName"))
    return next((name for name in names if name), iot_id(raw))


def _status(raw: Raw) -> Status:
    return _STATUS.get(integer(raw.get("status"), -1), Status.UNKNOWN)


# Pages and times


def following(data: Any, *, milliseconds: bool) -> tuple[bool, int]:
    """Whether there is another page, and when it begins in the call's own unit; 0 for unknown.

    The unit of `nextBeginTime` is not told, and the type given would not hold milliseconds.
    """
    if not isinstance(data, Mapping):
        return False, 0
    begin = max(0, integer(data.get("nextBeginTime"), 0))
    if milliseconds and begin < _MILLISECONDS:
        begin *= 1000
    elif not milliseconds and begin >= _MILLISECONDS:
        begin //= 1000
    return truth(data.get("nextValid")), begin


def seconds(when: datetime, *, up: bool = False) -> int:
    """Unix seconds of an instant, rounded down or up."""
    whole = int(when.timestamp() // 1)
    return whole + 1 if up and datetime.fromtimestamp(whole, UTC) < when else whole


def moment(raw: Raw, key: str) -> datetime | None:
    """The time under `key`: its UTC twin where there is one, else local text, else a number."""
    return _instant(raw.get(f"{key}UTC"), UTC) or _instant(raw.get(key), ZoneInfo(ZONE))


def _instant(value: Any, zone: tzinfo) -> datetime | None:
    found = text(value)
    try:
        if re.fullmatch(r"\d{9,14}", found):
            number = int(found)
            return datetime.fromtimestamp(number / (1000 if number >= _MILLISECONDS else 1), UTC)
        read = datetime.fromisoformat(found)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


# Recordings


def cloud_files(data: Any) -> list[File]:
    """The files of a page; rows without a name or a range are left out."""
    found: list[File] = []
    for raw in rows(data, "recordFileList"):
        name = text(raw.get("fileName"))
        begin, end = moment(raw, "beginTime"), moment(raw, "endTime")
        if name and begin is not None and end is not None and begin < end:
            kind = _CLOUD_KINDS.get(integer(raw.get("recordType"), -1), SegmentKind.UNKNOWN)
            found.append(File(name, Span(begin, end), kind))
    return found


def card_rows(data: Any) -> list[Raw]:
    """The files or times of a card, as a service answers with them.

    Assumed: `RecordList` or `TimeList` with BeginTime, EndTime, Type, FileName, as apps read them.
    """
    return [row for key in ("RecordList", "TimeList") for row in rows(answer(data), key)]


def card_files(found: Sequence[Raw]) -> list[File]:
    """The rows of a card that make a range; their times are Unix seconds."""
    made: list[File] = []
    for raw in found:
        begin, end = integer(raw.get("BeginTime"), 0), integer(raw.get("EndTime"), 0)
        if 0 < begin < end < _MILLISECONDS:
            kind = _CARD_KINDS.get(integer(raw.get("Type"), -1), SegmentKind.UNKNOWN)
            span = Span(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
            made.append(File(text(raw.get("FileName")), span, kind))
    return made


def days(data: Any) -> frozenset[int]:
    """The days of a month that have recordings, from one sign for each day."""
    flags = text(data.get("recordFlags")) if isinstance(data, Mapping) else ""
    return frozenset(day for day, sign in enumerate(flags[:_LONGEST_MONTH], 1) if sign != "0")


def transcoded(data: Any) -> tuple[str, int]:
    """The address of a file for downloading, empty while it is being made, and how far that is.

    Progress is a percentage. Rejected where the vendor has failed to make the file.
    """
    if not isinstance(data, Mapping):
        raise incomplete()
    status = integer(data.get("status"))
    if status < 0:
        raise Rejected(
            _("The vendor could not make a file of this recording."),
            remedy=_("Try again later, or play the recording instead."),
            code=str(status),
        )
    if status == 0:
        return address(data, "url"), 100
    return "", min(100, max(0, integer(data.get("progress"), 0)))


# Addresses


def address(data: Any, key: str) -> str:
    """The address under `key`; StreamUnavailable where there is none that can be opened."""
    found = text(data.get(key)) if isinstance(data, Mapping) else ""
    if _scheme(found) not in _SCHEMES:
        raise StreamUnavailable(
            _("The vendor gave no address for the stream."),
            remedy=_("Check that the device is online, then try again."),
        )
    return found


def protocol(url: str) -> MediaProtocol:
    """How the media at an address is carried, told from the address alone: it works once.

    The document does not say. Assumed: an address that names no kind is that of a file.
    """
    scheme, path = _scheme(url), urlsplit(url).path.lower()
    if scheme in ("rtmp", "rtsp"):
        return MediaProtocol(scheme)
    if path.endswith(".m3u8") or "/hls/" in path:
        return MediaProtocol.HLS
    if path.endswith(".flv") or "/flv/" in path:
        return MediaProtocol.FLV
    return MediaProtocol.FILE


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


# Events and pictures


def events(key: Key, data: Any) -> list[Event]:
    """The events of a page; rows that do not say which or when are left out."""
    made: list[Event] = []
    for raw in rows(data, "eventList"):
        begin, ident = moment(raw, "eventTime"), text(raw.get("eventId"))
        if begin is not None and ident:
            kind = _kind(raw)
            words = (text(raw.get("eventDesc")), _readable(raw.get("eventData")))
            made.append(
                Event(
                    id=ident,
                    channel=key,
                    begin=begin,
                    kind=kind,
                    title=_(EVENT_TITLES[kind]) if kind in EVENT_TITLES else kind,
                    text="; ".join(word for word in words if word),
                    picture=picture(raw),
                    raw=redact_params(raw),
                )
            )
    return made


def pictures(key: Key, data: Any) -> list[Event]:
    """The pictures of a page as events of their own."""
    made: list[Event] = []
    for raw in rows(data, "pictureList"):
        begin, ident = moment(raw, "pictureTime"), text(raw.get("pictureId"))
        if begin is not None and ident:
            made.append(
                Event(
                    id=f"picture:{ident}",
                    channel=key,
                    begin=begin,
                    kind="picture",
                    title=_(EVENT_TITLES["picture"]),
                    picture=picture(raw),
                    raw=redact_params(raw),
                )
            )
    return made


def pictures_by_event(data: Any) -> dict[str, str]:
    """The addresses of events' pictures by the events' ids."""
    found = ((text(raw.get("eventId")), picture(raw)) for raw in rows(data, "pictureList"))
    return {ident: url for ident, url in found if ident and url}


def picture(raw: Raw) -> str:
    """The address of a picture, the whole one before the small one; empty for none."""
    keys = ("eventPicUrl", "picUrl", "pictureUrl", "eventPicThumbUrl", "thumbUrl")
    found = (text(raw.get(key)) for key in keys)
    return next((url for url in found if _scheme(url) in ("http", "https")), "")


def picture_id(raw: Raw) -> str:
    """The id of a picture, or of an event's picture; empty for none."""
    keys = ("eventPicId", "alarmPicId", "pictureId")
    return next((found for key in keys if (found := text(raw.get(key)))), "")


def _readable(value: Any) -> str:
    """Additional information, unless it is meant for programs."""
    words = text(value)
    return "" if words.startswith(("{", "[")) else words


def _kind(raw: Raw) -> str:
    if _HUMAN in intelligent(raw.get("intelligentTypeList")):
        return "human"
    kind = integer(raw.get("eventType"), 0)
    return "motion" if kind == 1 else str(kind)


def intelligent(value: Any) -> list[str]:
    """The kinds of intelligent events, which come as a list, as text and as a number."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [found for one in value for found in intelligent(one)]
    return re.findall(r"\d+", text(value))
