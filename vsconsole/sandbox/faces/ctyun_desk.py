"""What the calls of the Ctyun face share: devices with numbers for ids, pages and addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from vsconsole.sandbox.faces.ctyun_codes import DEVICE_OFFLINE, NO_DEVICE, ONLY_GB28181, Refused
from vsconsole.sandbox.faces.ctyun_rules import BEIJING, Args, Rule
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.world import ROOT_GROUP, Camera, Device, World

ADDRESS_SECONDS = 3600.0
"""Assumed: how long an address counts; the vendor's limit is not published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One VSS device: a recorder, a camera of its own, or a recorder's channel with a parent.

    `camera` is its picture; a recorder has none, nor has a camera that never registered.
    """

    id: str
    device: Device
    camera: Camera | None = None
    parent: str = ""

    @property
    def name(self) -> str:
        """DeviceName."""
        return self.camera.name if self.parent and self.camera else self.device.name

    @property
    def status(self) -> str:
        """DeviceStatus: on, off or new."""
        if self.device.status == "unregistered":
            return "new"
        on = self.device.status == "online" and (self.camera is None or self.camera.online)
        return "on" if on else "off"


@dataclass(kw_only=True, slots=True)
class Memory:
    """What the face keeps: how made devices were described, and when (epoch milliseconds)."""

    made: dict[str, Args] = field(default_factory=dict)
    made_at: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One call's view of everything; `rtmp` begins the RTMP server and gives its base."""

    world: World
    streams: Streams
    memory: Memory
    base: str
    rtmp: Callable[[], str]
    seconds: float
    now: float
    struck: Struck


Handler = Callable[[Desk, Args], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One documented operation; `{Name}` in the path becomes an argument."""

    name: str
    path: str
    handler: Handler
    method: str = "GET"
    query: tuple[Rule, ...] = ()
    body: tuple[Rule, ...] = ()


# Ids: the vendor's are numbers of 18 digits for devices and of 15 for directories.


@lru_cache(maxsize=4096)
def device_number(id: str) -> str:
    """The DeviceId of something in the world; the same for the same id."""
    return f"7{_number(id) % 10**17:017d}"


def directory_number(world: World, group_id: int) -> str:
    """The DirId of a group or of the root."""
    return f"8{_number(f'{world.seed}/directory/{group_id}') % 10**14:014d}"


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:12], "big")


# Finding


def nodes(world: World) -> Iterator[Node]:
    """Every VSS device; channels come after their recorder."""
    for device in world.devices.values():
        number = device_number(device.id)
        if device.kind == "nvr":
            yield Node(id=number, device=device)
            for camera in device.cameras:
                yield Node(id=device_number(camera.id), device=device, camera=camera, parent=number)
        else:
            first = device.cameras[0] if device.cameras else None
            yield Node(id=number, device=device, camera=first)


def node(world: World, text: str) -> Node:
    """The VSS device of an id; Refused when there is none."""
    for one in nodes(world):
        if one.id == text:
            return one
    raise Refused(NO_DEVICE, text)


def require_gb28181(desk: Desk, one: Node) -> None:
    """Refused when a device cannot be asked for what it recorded, or is not there to answer."""
    if one.device.access != "gb":
        raise Refused(ONLY_GB28181)
    if one.status != "on" or "offline" in desk.struck:
        raise Refused(DEVICE_OFFLINE)


def group_of(world: World, text: str) -> int | None:
    """The group of a DirId, the root for its own id; None when there is none."""
    for group_id in (ROOT_GROUP, *world.groups):
        if directory_number(world, group_id) == text:
            return group_id
    return None


# Time, pages and addresses


def stamp(when: float) -> str:
    """Beijing time as /records has it: 2023-05-06 08:42:49."""
    return datetime.fromtimestamp(when, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def paged(name: str, rows: Sequence[Any], args: Args) -> dict[str, Any]:
    """One page of rows under its name, with the four numbers of a page."""
    number, size = args["PageNum"], args["PageSize"]
    return {
        "PageNum": number,
        "PageSize": size,
        "TotalPage": -(-len(rows) // size),
        "TotalNum": len(rows),
        name: list(rows[(number - 1) * size : number * size]),
    }


def address(desk: Desk, path: str, fields: Mapping[str, object] | None = None) -> str:
    """A media address that counts for the face's time; plain http, as in the document."""
    texts = {key: str(value) for key, value in (fields or {}).items()}
    token = desk.streams.token(path, texts, desk.seconds)
    query = "".join(f"{key}={quote(value, safe='')}&" for key, value in texts.items())
    return f"{desk.base}{path}?{query}token={token}"
