"""What the handlers of the Link Visual face share: memory, finding things, times, addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vsconsole.sandbox.faces.linkvisual_codes import (
    FORBIDDEN,
    NO_DEVICE,
    OFFLINE,
    TIMEOUT,
    Refused,
)
from vsconsole.sandbox.faces.linkvisual_hours import Hours
from vsconsole.sandbox.faces.linkvisual_rules import Args, Rule
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.streams import PlaybackSession, Profile, Streams
from vsconsole.sandbox.wire import Request
from vsconsole.sandbox.world import Camera, Coverage, Device, Pose, World

if TYPE_CHECKING:
    from vsconsole.sandbox.faces.linkvisual_login import Logins
    from vsconsole.sandbox.faces.linkvisual_tape import Tape

BEIJING = timezone(timedelta(hours=8))
"""The zone of every local time: the account is in the cn-shanghai region."""

REGION = "cn-shanghai"


@dataclass(kw_only=True, slots=True)
class Plan:
    """A recording plan, or an event-triggered one where `events` are not empty."""

    id: str
    name: str
    all_day: bool = True
    hours: Hours = ()
    zone: int = 8
    events: tuple[int, ...] = ()
    before: int = 0
    seconds: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EventSpan:
    """From when to when events of a camera were recorded, and by which terms."""

    begin: int
    end: int | None
    plan_id: str
    hours: Hours | None
    before: int
    seconds: int


MONTH_SECONDS = 30 * 86_400


@dataclass(kw_only=True, slots=True)
class Storage:
    """The complimentary cloud storage of a device, and whether it has paid for another.

    `since` is None until the gift is claimed.
    """

    continuous: bool = True
    days: int = 30
    months: int = 12
    since: int | None = None
    paid: bool = False

    def expired(self, now: float) -> bool:
        """Whether the gift was claimed and is over."""
        return self.since is not None and now >= self.since + self.months * MONTH_SECONDS

    def keeps(self, now: float) -> bool:
        """Whether recordings can be kept now."""
        return self.paid or (self.since is not None and not self.expired(now))


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A picture taken by command: it is there from `ready` on."""

    id: str
    camera_id: str
    when: float
    ready: float
    pose: Pose


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """What one RTMP token opens: a live picture, or a playback from the card."""

    camera_id: str
    profile: Profile
    until: float
    session: PlaybackSession | None = None


Key = tuple[str, int]
"""A camera's id and a stream type, 0 main or 1 sub."""


@dataclass(kw_only=True, slots=True)
class Memory:
    """What the face itself keeps between calls; changed only under the world's lock."""

    plans: dict[str, Plan] = field(default_factory=dict)
    event_plans: dict[str, Plan] = field(default_factory=dict)
    bound: dict[Key, str] = field(default_factory=dict)
    event_bound: dict[Key, str] = field(default_factory=dict)
    event_spans: dict[Key, list[EventSpan]] = field(default_factory=dict)
    sub_coverage: dict[str, list[Coverage]] = field(default_factory=dict)
    triggered: dict[Key, list[tuple[int, int]]] = field(default_factory=dict)
    file_seconds: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    deleted_files: set[str] = field(default_factory=set)
    deleted_pictures: set[str] = field(default_factory=set)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    transcoding: dict[str, float] = field(default_factory=dict)
    storage: dict[str, Storage] = field(default_factory=dict)
    intervals: dict[tuple[str, int], int] = field(default_factory=dict)
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    property_times: dict[tuple[str, str], int] = field(default_factory=dict)
    waking: dict[str, float] = field(default_factory=dict)
    relays: dict[str, Relay] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One call's view of everything; `relay` gives the RTMP server's base address."""

    world: World
    streams: Streams
    memory: Memory
    tape: Tape
    logins: Logins
    request: Request
    now: float
    struck: Struck
    token: str
    app_key: str
    relay: Callable[[], str]
    hold: Callable[[Camera, str, int], None]
    release: Callable[[Camera], None]

    @property
    def base(self) -> str:
        """`http://127.0.0.1:PORT` of the face."""
        return f"http://{self.request.host}"


Handler = Callable[[Desk, Args], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of the gateway: its path, the apiVer it goes by, and what it takes.

    `user` calls need an iotToken; the others only the signature of the app.
    """

    path: str
    versions: tuple[str, ...]
    handler: Handler
    rules: tuple[Rule, ...] = ()
    user: bool = True

    @property
    def name(self) -> str:
        """The handler's name, which is the call's name in the log."""
        return self.handler.__name__


# Finding


def iot_id(world: World, native: str) -> str:
    """The platform's id of a camera or a recorder."""
    mark = hashlib.sha256(f"{world.seed}/iot/{native}".encode()).hexdigest()
    return f"lv{mark[:18]}000100"


def camera_of(desk: Desk, text: str) -> Camera:
    """The camera of an iotId; Refused when the account has none such."""
    for camera in desk.world.cameras.values():
        if iot_id(desk.world, camera.id) == text:
            return camera
    if any(iot_id(desk.world, one.id) == text for one in recorders(desk.world)):
        raise Refused(FORBIDDEN, "a gateway has no picture")
    raise Refused(NO_DEVICE, text)


def recorders(world: World) -> list[Device]:
    """Devices that are gateways: their channels are things of their own."""
    return [device for device in world.devices.values() if device.kind == "nvr"]


def require_online(desk: Desk, camera: Camera) -> None:
    """Refused when the device cannot be spoken to."""
    owner = desk.world.device_of(camera)
    if "offline" in desk.struck or owner.status != "online" or not camera.online:
        raise Refused(OFFLINE)
    if owner.asleep:
        raise Refused(TIMEOUT, "the device is asleep")


def require_storage(desk: Desk, camera: Camera) -> None:
    """Refused when recordings of the device could not be kept."""
    if not desk.memory.storage[camera.id].keeps(desk.now):
        raise Refused(FORBIDDEN, "cloud storage is not enabled")


def profile_of(stream: int) -> Profile:
    """The stream profile of a streamType."""
    return "sub" if stream == 1 else "main"


# Times


def local_text(when: float) -> str:
    """A time as the document writes it: 2018-06-01 12:30:05."""
    return datetime.fromtimestamp(int(when), BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def utc_text(when: float) -> str:
    """The twin of it: 2018-06-01T04:30:05Z."""
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def twins(name: str, when: float) -> dict[str, str]:
    """A time and its UTC twin."""
    return {name: local_text(when), f"{name}UTC": utc_text(when)}


# Lists and addresses


def page_of(rows: list[Any], args: Args) -> list[Any]:
    """The asked page of rows."""
    first = args["pageStart"] * args["pageSize"]
    return rows[first : first + args["pageSize"]]


def counted(name: str, rows: list[Any], args: Args) -> dict[str, Any]:
    """A page answer with `total` and `currentCount`."""
    page = page_of(rows, args)
    return {"total": len(rows), "currentCount": len(page), name: page}


def address(desk: Desk, path: str, fields: Mapping[str, object], life: float) -> str:
    """A media address with its token."""
    words = {k: str(v) for k, v in fields.items()}
    token = desk.streams.token(path, words, life)
    query = "".join(f"{k}={quote(v, safe='')}&" for k, v in words.items())
    return f"{desk.base}{path}?{query}token={token}"


def once(desk: Desk, path: str, fields: Mapping[str, object], life: float) -> str:
    """A media address that opens once; two of the same thing differ."""
    return address(desk, path, {**fields, "once": desk.world.fresh_id("once")}, life)
