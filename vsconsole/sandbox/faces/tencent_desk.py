"""What the handlers of the Tencent face share: the world, the clock, and finding things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_rules import UUID, Args, Rule
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.world import (
    ROOT_GROUP,
    Camera,
    Cluster,
    Device,
    Group,
    World,
)
from vsconsole.sandbox.world.recordings import DAY, day_of

ACCESS = {"rtmp": 1, "gb": 2, "gateway": 3}
KIND = {"ipc": 1, "nvr": 2}
TRANSPORT = {"udp": 1, "tcp": 2}
STATUS = {"unregistered": 0, "online": 1, "offline": 2, "disabled": 3}

BEIJING = timezone(timedelta(hours=8))


class NoData:
    """An answer without a Data field."""


NO_DATA = NoData()


@dataclass(frozen=True, kw_only=True, slots=True)
class Xlsx:
    """An answer that is a spreadsheet instead of JSON."""

    name: str
    content: bytes


@dataclass(kw_only=True, slots=True)
class ImportJob:
    """A spreadsheet being imported: rows as (cells, reason of failure or empty)."""

    access: int
    rows: list[tuple[tuple[str, ...], str]]
    done: int = 0
    failed: int = 0

    @property
    def finished(self) -> bool:
        """Whether every row was tried."""
        return self.done == len(self.rows)


@dataclass(kw_only=True, slots=True)
class Memory:
    """What the face itself keeps between calls."""

    jobs: dict[str, ImportJob] = field(default_factory=dict)
    downloads: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One call's view of everything."""

    world: World
    streams: Streams
    memory: Memory
    base: str
    now: float
    struck: Struck
    background: Callable[[Callable[[], None]], None]


Handler = Callable[[Desk, Args], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One documented call: its number in the document's order, and what it takes."""

    number: int
    method: str
    path: str
    handler: Handler
    query: tuple[Rule, ...] = ()
    body: tuple[Rule, ...] = ()
    form: tuple[Rule, ...] = ()

    @property
    def name(self) -> str:
        """The handler's name, which is the call's name in the log."""
        return self.handler.__name__


# Finding


def group(desk: Desk, text: str) -> Group:
    """The organization of an id; Refused 40006 when there is none."""
    found = desk.world.groups.get(int(text)) if text.isascii() and text.isdigit() else None
    if found is None:
        raise Refused(40006, f"organization {text}")
    return found


def group_number(desk: Desk, text: str) -> int:
    """The number of an organization or of the root "0"."""
    return ROOT_GROUP if text == "0" else group(desk, text).id


def device(desk: Desk, text: str) -> Device:
    """The device of an id; Refused 41638 for no id, 42206 for no device."""
    if not UUID.fullmatch(text):
        raise Refused(41638, text)
    found = desk.world.devices.get(text)
    if found is None:
        raise Refused(42206, text)
    return found


def camera(desk: Desk, text: str) -> Camera:
    """The channel of an id; Refused 41639 for no id, 42207 for no channel."""
    if not UUID.fullmatch(text):
        raise Refused(41639, text)
    found = desk.world.cameras.get(text)
    if found is None:
        raise Refused(42207, text)
    return found


def camera_of(desk: Desk, device_text: str, channel_text: str) -> Camera:
    """A channel named together with its device; Refused 41639 when they do not belong together."""
    owner = device(desk, device_text)
    found = camera(desk, channel_text)
    if found.device_id != owner.id:
        raise Refused(41639, "the channel belongs to another device")
    return found


def cluster(desk: Desk, text: str) -> Cluster:
    """The service node of an id; Refused 41610 when there is none."""
    found = desk.world.clusters.get(text)
    if found is None:
        raise Refused(41610, text)
    return found


def require_device(desk: Desk, owner: Device) -> None:
    """Refused when the device cannot be spoken to."""
    if not owner.enabled:
        raise Refused(41621)
    if not owner.registered:
        raise Refused(41628)
    if not owner.online or "offline" in desk.struck:
        raise Refused(41617)
    if owner.gateway_id is not None and not desk.world.gateways[owner.gateway_id].online:
        raise Refused(41617, "gateway")


def require_channel(desk: Desk, target: Camera) -> Device:
    """The device of a channel; Refused when device or channel cannot be spoken to."""
    owner = desk.world.device_of(target)
    require_device(desk, owner)
    if not target.online:
        raise Refused(41634)
    return owner


def signalling_failed(owner: Device, detail: str) -> Refused:
    """The refusal of a device that does not follow a command."""
    return Refused(51603 if owner.access == "gateway" else 51602, detail)


# Time


def check_span(desk: Desk, begin: int, end: int) -> None:
    """Refused 41611 or 41612 for times the wrong way round or ahead."""
    if begin > end:
        raise Refused(41611)
    if begin > desk.now:
        raise Refused(41612)


def check_one_day(begin: int, end: int, longest: int = DAY) -> None:
    """Refused 40005 for a span that is too long or crosses a Beijing midnight."""
    if end - begin > longest:
        raise Refused(40005, f"longer than {longest} s")
    if end > begin and day_of(begin) != day_of(end - 1):
        raise Refused(40005, "across midnight")


def stamp(when: float) -> str:
    """Beijing time as the document writes it: 2023-02-09 15:05:03."""
    return datetime.fromtimestamp(when, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def stamp_t(when: float) -> str:
    """The other form the document has: 2022-09-22T09:22:23."""
    return datetime.fromtimestamp(when, BEIJING).strftime("%Y-%m-%dT%H:%M:%S")


# Lists and addresses


def page_of(rows: list[Any], args: Args) -> list[Any]:
    """The asked page of rows."""
    first = (args["PageNumber"] - 1) * args["PageSize"]
    return rows[first : first + args["PageSize"]]


def address(desk: Desk, path: str, fields: Mapping[str, object], seconds: float) -> str:
    """A media address with its token."""
    token = desk.streams.token(path, {k: str(v) for k, v in fields.items()}, seconds)
    query = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in fields.items())
    return f"{desk.base}{path}?{query}&token={token}"
