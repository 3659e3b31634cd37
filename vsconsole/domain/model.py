"""Accounts and what hangs below them: groups, devices, channels, and what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    # Below Python 3.12 a mapping proxy has no hash, and dataclasses refuse it as a default.
    return NOTHING


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names one thing for ever: the account's id and the vendor's opaque id inside it."""

    account: str
    native: str

    def __str__(self) -> str:
        return f"{self.account}/{self.native}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Reads `account/native-id`; ValueError when either part is missing."""
        account, slash, native = text.partition("/")
        if not (account and slash and native):
            raise ValueError(text)
        return cls(account, native)


class Store(StrEnum):
    """Where a recording lies."""

    CLOUD = "cloud"
    DEVICE = "device"
    LOCAL = "local"


class Status(StrEnum):
    """How a device or channel is known to be; UNKNOWN where the vendor does not say."""

    ONLINE = "online"
    OFFLINE = "offline"
    SLEEPING = "sleeping"
    DISABLED = "disabled"
    UNREGISTERED = "unregistered"
    UNKNOWN = "unknown"


class DeviceKind(StrEnum):
    """What a device is."""

    CAMERA = "camera"
    NVR = "nvr"
    GATEWAY = "gateway"
    FOLDER = "folder"


class StreamProfile(StrEnum):
    """Which of a channel's streams: the full picture or the small one."""

    MAIN = "main"
    SUB = "sub"


class Ability(StrEnum):
    """What one channel can do; whether the adapter can ask for it is its Capability."""

    LIVE = "live"
    SUB_STREAM = "sub-stream"
    CLOUD_RECORDS = "cloud-records"
    DEVICE_RECORDS = "device-records"
    LOCAL_RECORDS = "local-records"
    DOWNLOAD = "download"
    PTZ = "ptz"
    ZOOM = "zoom"
    FOCUS = "focus"
    IRIS = "iris"
    PRESETS = "presets"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A saved login. `options` are its fields that are not secret (server, region, folder)."""

    id: str
    vendor: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A node above devices: organization, directory, space, folder."""

    key: Key
    name: str
    parent: Key | None = None
    raw: Mapping[str, Any] = field(default_factory=_nothing, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An NVR, camera or gateway; `seen` is when its status was learned."""

    key: Key
    name: str
    kind: DeviceKind = DeviceKind.CAMERA
    parent: Key | None = None
    status: Status = Status.UNKNOWN
    seen: datetime | None = field(default=None, compare=False)
    raw: Mapping[str, Any] = field(default_factory=_nothing, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One video source. `zone` is the IANA name its days and times are read in."""

    key: Key
    name: str
    parent: Key | None = None
    status: Status = Status.UNKNOWN
    abilities: frozenset[Ability] = frozenset()
    zone: str = "Asia/Shanghai"
    seen: datetime | None = field(default=None, compare=False)
    raw: Mapping[str, Any] = field(default_factory=_nothing, compare=False, repr=False)

    @property
    def stores(self) -> tuple[Store, ...]:
        """The stores this channel may have recordings in, cloud first."""
        return tuple(store for store, needs in _STORE_ABILITY.items() if needs in self.abilities)


_STORE_ABILITY = {
    Store.CLOUD: Ability.CLOUD_RECORDS,
    Store.DEVICE: Ability.DEVICE_RECORDS,
    Store.LOCAL: Ability.LOCAL_RECORDS,
}

Node = Group | Device | Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A camera position stored under a number; the name is empty where none was given."""

    index: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where something is in a picture, as fractions of its width and height.

    With `pixels` in pixels of the picture as it came: some vendors do not say how large it is.
    """

    x: float
    y: float
    width: float
    height: float
    label: str = ""
    pixels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something at a time on a channel: alarm, AI result, digest."""

    id: str
    channel: Key
    begin: datetime
    end: datetime | None = None
    kind: str = ""
    title: str = ""
    text: str = ""
    picture: str = field(default="", repr=False)
    boxes: tuple[Box, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=_nothing, compare=False, repr=False)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)
