"""What the handlers of the Imou face share: the world, the clock, and finding things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_motion import Motions
from vsconsole.sandbox.faces.imou_rules import Args, Rule
from vsconsole.sandbox.faces.imou_sleep import Sleepers
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.streams import Profile, Streams
from vsconsole.sandbox.world import Camera, Device, Pose, World
from vsconsole.sandbox.world.recordings import DAY, ZONE

PICTURE_SECONDS = float(DAY)
"""Assumed: how long the picture of an alarm or recording can be fetched; no page says it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Live:
    """A live address that was created, good until it is deleted."""

    token: str
    camera_id: str
    stream: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A picture that was ordered: when, and where the camera looked then."""

    camera_id: str
    when: float
    pose: Pose


@dataclass(kw_only=True, slots=True)
class Memory:
    """What the face itself keeps between calls.

    `encrypted` holds ids of devices whose owner set an encryption key of their own, `flv_lives`
    those of channels that have live FLV addresses.
    """

    lives: dict[str, Live] = field(default_factory=dict)
    flv_lives: set[str] = field(default_factory=set)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    snapped: dict[str, float] = field(default_factory=dict)
    restarts: dict[str, float] = field(default_factory=dict)
    deleted_records: set[tuple[str, int]] = field(default_factory=set)
    deleted_alarms: set[int] = field(default_factory=set)
    encrypted: set[str] = field(default_factory=set)
    callback: dict[str, str] = field(default_factory=lambda: {"status": "off"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One call's view of everything."""

    world: World
    streams: Streams
    memory: Memory
    sleepers: Sleepers
    motions: Motions
    base: str
    now: float
    struck: Struck


Handler = Callable[[Desk, Args], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Call:
    """One documented method, what it takes in `params`, and what answers it."""

    name: str
    handler: Handler
    params: tuple[Rule, ...]


# Identity


def serial_of(world: World, found: Device) -> str:
    """The serial number printed on a device: fifteen digits and capitals."""
    return world.make_id("imou-serial", found.code).replace("-", "").upper()[:15]


def product_of(desk: Desk, found: Device) -> str | None:
    """The product id of an IoT device, as battery cameras are; None for the others."""
    if not desk.sleepers.has(found):
        return None
    world = desk.world
    return world.make_id("imou-product", found.manufacturer).replace("-", "")[:8].upper()


def channel_of(world: World, found: Camera) -> int:
    """The number of a channel on its device, from 0."""
    return world.device_of(found).cameras.index(found)


def device(desk: Desk, args: Args) -> Device:
    """The device of a serial number; Refused DV1002 when there is none."""
    found = device_by_serial(desk, args["deviceId"])
    given = args.get("productId")
    if given is not None and given != product_of(desk, found):
        raise Refused("DV1002", "productId")
    return found


def device_by_serial(desk: Desk, serial: str) -> Device:
    """The device of a serial number; Refused DV1002 when there is none."""
    for found in desk.world.devices.values():
        if serial_of(desk.world, found) == serial:
            return found
    raise Refused("DV1002")


def camera(desk: Desk, args: Args) -> Camera:
    """The channel of a device; Refused DV1002 or DV1057 when there is none."""
    found = device(desk, args)
    text: str = args["channelId"]
    if not text.isascii() or not text.isdigit() or int(text) >= len(found.cameras):
        raise Refused("DV1057")
    return found.cameras[int(text)]


# State


def status_of(found: Device) -> str:
    """online, offline or sleep."""
    if found.status != "online":
        return "offline"
    return "sleep" if found.asleep else "online"


def require_device(desk: Desk, found: Device) -> None:
    """Refused DV1007 or DV1030 when the device cannot be spoken to; else it stays awake."""
    if found.status != "online" or "offline" in desk.struck:
        raise Refused("DV1007")
    if found.asleep:
        raise Refused("DV1030")
    desk.sleepers.touch(found, desk.now)


def require_channel(desk: Desk, found: Camera) -> Device:
    """The device of a channel; Refused when device or channel cannot be spoken to."""
    owner = desk.world.device_of(found)
    require_device(desk, owner)
    if not found.online:
        raise Refused("DV1020")
    return owner


def require_readable(desk: Desk, found: Camera) -> None:
    """Refused LV1004 for a device whose pictures only its owner's key opens."""
    if found.device_id in desk.memory.encrypted:
        raise Refused("LV1004")


def encrypt_mode(desk: Desk, device_id: str) -> int:
    """0 for the platform's encryption, 1 for a key of the owner's."""
    return int(device_id in desk.memory.encrypted)


# Times, profiles and addresses


def check_span(args: Args) -> tuple[int, int]:
    """beginTime and endTime; Refused OP1003 for the wrong way round."""
    begin, end = args["beginTime"], args["endTime"]
    if begin >= end:
        raise Refused("OP1003", "endTime")
    return begin, end


def stamp(when: float) -> str:
    """Local time as most answers write it: 2023-02-09 15:05:03."""
    return _local(when).strftime("%Y-%m-%d %H:%M:%S")


def compact_stamp(when: float) -> str:
    """Local time as digests write it: 20230209T150503."""
    return _local(when).strftime("%Y%m%dT%H%M%S")


def clock_stamp(when: float) -> str:
    """The local time of day: 15:05."""
    return _local(when).strftime("%H:%M")


def _local(when: float) -> datetime:
    return datetime.fromtimestamp(when, UTC) + timedelta(seconds=ZONE)


def profile_of(stream: int) -> Profile:
    """Stream 0 is the main one (HD), 1 the sub one (SD)."""
    return "sub" if stream == 1 else "main"


def address(desk: Desk, path: str, fields: Mapping[str, object], seconds: float) -> str:
    """A media address with its token."""
    token = desk.streams.token(path, {k: str(v) for k, v in fields.items()}, seconds)
    query = "".join(f"{k}={quote(str(v), safe='')}&" for k, v in fields.items())
    return f"{desk.base}{path}?{query}token={token}"


def picture_url(desk: Desk, found: Camera, when: int) -> str:
    """The address of what a camera saw at an epoch second."""
    return address(desk, f"/picture/{found.id}/{when}.jpg", {}, PICTURE_SECONDS)
