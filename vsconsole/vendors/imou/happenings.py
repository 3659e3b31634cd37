"""AI digests ("查询智见录像片段") with every field, alarms, and the events both tell of.

A record is one day's digest (or, of the picture package, one picture's); its `mp4Videos` are the
pieces it is made of. A piece says when it happened as `timePoint`, a time of that day; only its own
`createTime` is an instant, of when it was made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vsconsole.domain.model import Channel, Event
from vsconsole.i18n import N_, _, listed
from vsconsole.net.redact import redact_params
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

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")

# What the vendor calls one kind of thing in tags, types and labels, in lower case.
_KINDS = {
    "人": "person",
    "人形": "person",
    "human": "person",
    "humanalarm": "person",
    "车": "car",
    "车辆": "car",
    "vehicle": "car",
    "caralarm": "car",
    "宠物": "pet",
    "petalarm": "pet",
    "包裹": "parcel",
    "parcelalarm": "parcel",
    "videomotion": "motion",
    "alarmpir": "pir",
    "alarmlocal": "input",
    "videoblind": "covered",
    "crosslinedetection": "line",
    "crossregiondetection": "area",
}
TITLES = {
    "person": N_("Person"),
    "car": N_("Vehicle"),
    "pet": N_("Pet"),
    "parcel": N_("Parcel"),
    "ai_risk": N_("Risk"),
    "motion": N_("Motion"),
    "pir": N_("Infrared sensor"),
    "input": N_("Alarm input"),
    "covered": N_("Covered lens"),
    "line": N_("Line crossed"),
    "area": N_("Area entered"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One of `mp4Videos`: `begin` and `seconds` of what it shows, tags and the AI's words on it."""

    begin: datetime | None
    seconds: float
    tags: tuple[str, ...]
    summary: str
    time_point: str
    created: datetime | None
    updated: datetime | None
    expires: datetime | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A record with every documented field; `method` is 0 for the old scheme, 1 for the new.

    `ak`, `file_token` and what goes with them are for the vendor's own player only.
    """

    record_id: str
    product_id: str
    device_id: str
    channel_id: str
    channel_name: str
    encrypted: bool
    created: datetime | None
    size: int
    seconds: float
    picture: str = field(repr=False)
    kind: str
    record_path: str
    record_region_id: str
    region: str
    expires: datetime | None
    stream_server: str = field(repr=False)
    user_id: str
    ak: str = field(repr=False)
    file_token: str = field(repr=False)
    business_type: str
    method: int
    pieces: tuple[Piece, ...]
    raw: Raw = field(repr=False, compare=False)


def digests(data: Any, zone: str) -> list[Digest]:
    """The records of a page of getCondensedRecords; BadResponse for one without an id."""
    return [_digest(row, zone) for row in rows(data, "records")]


def _digest(raw: Raw, zone: str) -> Digest:
    created = moment(raw.get("createTime"), zone)
    return Digest(
        record_id=needed(raw, "recordId"),
        product_id=text(raw.get("productId")),
        device_id=text(raw.get("deviceId")),
        channel_id=text(raw.get("channelId")),
        channel_name=text(raw.get("channelName")),
        encrypted=integer(raw.get("encryptMode"), 0) == 1,
        created=created,
        size=integer(raw.get("size"), 0),
        seconds=_seconds(raw.get("length")),
        picture=address(raw.get("thumbUrl")),
        # The vendor's own app reads the tag of a picture from a field the page does not name.
        kind=text(raw.get("type")) or text(raw.get("insightTypeTag")),
        record_path=text(raw.get("recordPath")),
        record_region_id=text(raw.get("recordRegionId")),
        region=text(raw.get("region")),
        expires=moment(raw.get("expireTime"), zone),
        stream_server=text(raw.get("streamAddr")),
        user_id=text(raw.get("userId")),
        ak=text(raw.get("ak")),
        file_token=text(raw.get("fileToken")),
        business_type=text(raw.get("businessType")),
        method=integer(raw.get("method"), 0),
        pieces=tuple(_piece(row, created, zone) for row in rows(raw, "mp4Videos")),
        raw=raw,
    )


def _piece(raw: Raw, day: datetime | None, zone: str) -> Piece:
    made = moment(raw.get("createTime"), zone)
    return Piece(
        begin=_begin(text(raw.get("timePoint")), day, made, zone),
        seconds=_seconds(raw.get("duration")),
        tags=_tags(raw.get("tags")),
        summary=text(raw.get("summary")),
        time_point=text(raw.get("timePoint")),
        created=made,
        updated=moment(raw.get("updateTime"), zone),
        expires=moment(raw.get("expireTime"), zone),
        raw=raw,
    )


def _begin(point: str, day: datetime | None, made: datetime | None, zone: str) -> datetime | None:
    """When a piece happened: its time of the record's day, to the second where `made` tells it."""
    found = _TIME_OF_DAY.fullmatch(point)
    if found is None:
        return made or day
    whose = day or made
    if whose is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    local = whose.astimezone(ZoneInfo(zone)).replace(
        hour=hour, minute=minute, second=second, microsecond=0
    )
    begin = local.astimezone(whose.tzinfo)
    if (
        made is not None
        and found[3] is None
        and timedelta(0) <= made - begin < timedelta(minutes=1)
    ):
        return made
    return begin


def _seconds(value: Any) -> float:
    try:
        found = float(text(value))
    except ValueError:
        return 0.0
    return found if 0 < found < 86_400 else 0.0


def _tags(value: Any) -> tuple[str, ...]:
    """Tags that come as a list, as JSON text of one, or with commas between."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = value.strip("[] ")
    parts = value if isinstance(value, list) else text(value).split(",")
    return tuple(dict.fromkeys(tag for part in parts if (tag := text(part).strip("\"'"))))


def events(digest: Digest, channel: Channel, package: str) -> Iterator[Event]:
    """An event for each piece, or one for a record without any; none where no time is told."""
    doubles: dict[str, int] = {}
    for piece in digest.pieces:
        if piece.begin is None:
            continue
        # Pieces have no id: numbered by place, one more of today's would rename the others.
        name = f"{package}/{digest.record_id}/{piece.begin:%Y%m%dT%H%M%S}"
        doubles[name] = doubles.get(name, 0) + 1
        yield _event(
            name if doubles[name] == 1 else f"{name}/{doubles[name]}",
            channel,
            piece.begin,
            piece.seconds,
            piece.tags or _tags(digest.kind),
            piece.summary,
            digest.picture,
            {**digest.raw, "mp4Videos": [piece.raw]},
        )
    if not digest.pieces and digest.created is not None:
        yield _event(
            f"{package}/{digest.record_id}",
            channel,
            digest.created,
            digest.seconds,
            _tags(digest.kind),
            text(digest.raw.get("summary")),
            digest.picture,
            digest.raw,
        )


def _kind(name: str) -> str:
    """One word for a kind of thing, whatever the vendor calls it in this place."""
    return _KINDS.get(name.lower(), name.lower())


def _event(
    name: str,
    channel: Channel,
    begin: datetime,
    seconds: float,
    tags: tuple[str, ...],
    summary: str,
    picture: str,
    raw: Mapping[str, Any],
) -> Event:
    kinds = [_kind(tag) for tag in tags]
    named = zip(kinds, tags, strict=True)
    titles = [_(TITLES[kind]) if kind in TITLES else tag for kind, tag in named]
    return Event(
        id=name,
        channel=channel.key,
        begin=begin,
        end=begin + timedelta(seconds=seconds) if seconds else None,
        kind=kinds[0] if kinds else "digest",
        title=listed(titles) if titles else _("AI digest"),
        text=summary,
        picture=picture,
        raw=redact_params(raw, SECRET_FIELDS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmPage:
    """A page of alarms, how many rows it had, and the id that the next one begins after."""

    events: tuple[Event, ...]
    count: int
    following: str


def alarm_page(data: Any, channel: Channel) -> AlarmPage:
    """A page of getAlarmMessage; alarms that do not say when are left out."""
    found = rows(data, "alarms")
    made = (_alarm(channel, row) for row in found)
    following = text(data.get("nextAlarmId")) if isinstance(data, Mapping) else ""
    if not following and found:
        following = text(found[-1].get("alarmId"))
    return AlarmPage(
        events=tuple(one for one in made if one is not None),
        count=len(found),
        following=following,
    )


def _alarm(channel: Channel, raw: Raw) -> Event | None:
    begin = moment(raw.get("time"), channel.zone) or moment(raw.get("localDate"), channel.zone)
    if begin is None:
        return None
    labels = [label for key in ("labelType", "msgType") if (label := text(raw.get(key)))]
    kinds = [_kind(label) for label in labels]
    known = next((kind for kind in kinds if kind in TITLES), "")
    pictures = raw.get("picurlArray")
    several = pictures if isinstance(pictures, list) else []
    links = (address(one) for one in (*several, raw.get("thumbUrl")))
    return Event(
        id=f"alarm/{text(raw.get('alarmId')) or f'{begin:%Y%m%dT%H%M%S}'}",
        channel=channel.key,
        begin=begin,
        kind=known or next(iter(kinds), "alarm"),
        title=_(TITLES[known]) if known else _("Alarm"),
        text=" ".join(dict.fromkeys(labels)),
        picture=next((link for link in links if link), ""),
        raw=redact_params(raw, SECRET_FIELDS),
    )
