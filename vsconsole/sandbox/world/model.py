"""What the world is made of: plain records, changed only under the world's lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

Codec = Literal["h264", "h265"]
Audio = Literal["aac", "g711a", "g711u"]
Clock = Literal["continues", "jumps", "restarts"]
FlvHevc = Literal["id12", "enhanced"]
Store = Literal["cloud", "device"]

ROOT_GROUP = 0


class Range(NamedTuple):
    """A recorded stretch: half-open epoch seconds and why it was recorded."""

    begin: int
    end: int
    kind: str


class Habit(StrEnum):
    """When a camera records, apart from what a plan allows."""

    WHOLE_DAY = "whole-day"
    WORKING_HOURS = "working-hours"
    EVENTS = "events"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """How a camera's pictures and sound are coded, and what its clock does at a gap."""

    codec: Codec = "h264"
    audio: Audio | None = "aac"
    clock: Clock = "continues"
    flv_hevc: FlvHevc = "id12"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pose:
    """Where a camera looks: pan (full circle) and tilt (-40 to 40) in degrees, zoom 1 to 20.

    Focus and iris go from -1 to 1; 0 is sharp and right.
    """

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 1.0
    focus: float = 0.0
    iris: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """A remembered pose under a small number."""

    index: int
    name: str
    pose: Pose


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A stretch of every week: weekday 1 Monday to 7 Sunday, seconds of the day."""

    weekday: int
    begin: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """From when to when a plan recorded a camera, in which hours, and how long it is kept."""

    begin: int
    end: int | None
    sections: tuple[Section, ...]
    hot_days: int
    cold_days: int


@dataclass(kw_only=True, slots=True)
class Group:
    """A node above devices; the parent 0 is the root."""

    id: int
    name: str
    parent: int


@dataclass(kw_only=True, slots=True)
class Camera:
    """One video source; `number` is what its time code shows."""

    id: str
    number: int
    name: str
    code: str
    device_id: str
    picture: Picture
    habit: Habit
    online: bool = True
    ptz: bool = False
    manufacturer: str = "ONVIF"
    resolutions: tuple[str, ...] = ("6", "3")
    pose: Pose = field(default_factory=Pose)
    presets: dict[int, Preset] = field(default_factory=dict)
    live_coverage: list[Coverage] = field(default_factory=list)
    backup_coverage: list[Coverage] = field(default_factory=list)
    viewers: int = 0


@dataclass(kw_only=True, slots=True)
class Device:
    """A recorder, a camera or a pushing encoder, and the cameras that hang on it."""

    id: str
    code: str
    name: str
    kind: Literal["ipc", "nvr"]
    access: Literal["rtmp", "gb", "gateway"]
    group_id: int
    cluster_id: str
    transport: Literal["udp", "tcp"] = "udp"
    password: str = ""
    description: str = ""
    manufacturer: str = ""
    registered: bool = True
    online: bool = True
    enabled: bool = True
    asleep: bool = False
    returns: bool = False
    gateway_id: str | None = None
    gateway_protocol: int = 0
    address: str = ""
    port: int = 0
    cameras: list[Camera] = field(default_factory=list)
    unlisted: list[Camera] = field(default_factory=list)

    @property
    def status(self) -> Literal["unregistered", "online", "offline", "disabled"]:
        """What a listing says about the device."""
        if not self.enabled:
            return "disabled"
        if not self.registered:
            return "unregistered"
        return "online" if self.online else "offline"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A service node a device or a domain can be bound to."""

    id: str
    name: str
    cname: str


@dataclass(kw_only=True, slots=True)
class Domain:
    """A play domain bound to a service node."""

    id: str
    name: str
    cname: str
    cluster_id: str


@dataclass(kw_only=True, slots=True)
class StreamAuth:
    """Whether stream addresses expire, in minutes, and with which secrets."""

    id: str
    pull: bool = False
    pull_secret: str = ""
    pull_minutes: int = 0
    push: bool = False
    push_secret: str = ""
    push_minutes: int = 0


@dataclass(kw_only=True, slots=True)
class Service:
    """A program on a gateway and the version it could have."""

    name: str
    version: str
    latest: str
    news: str


@dataclass(kw_only=True, slots=True)
class Gateway:
    """A box on site that brings devices of other makes to the platform."""

    id: str
    code: str
    name: str
    description: str
    cluster_id: str
    online: bool
    activated: int
    services: list[Service]


@dataclass(kw_only=True, slots=True)
class Template:
    """Hours of a week; a backup template also says which recorded hours it fetches, how fast."""

    id: str
    kind: Literal["live", "backup"]
    name: str
    sections: tuple[Section, ...]
    device_sections: tuple[Section, ...] = ()
    scale: int = 1
    created: int = 0
    updated: int = 0


@dataclass(kw_only=True, slots=True)
class Plan:
    """Cameras recorded to the cloud by a template, kept hot and then cold for some days."""

    id: str
    kind: Literal["live", "backup"]
    name: str
    template_id: str
    description: str
    stream: str
    hot_days: int
    cold_days: int
    cameras: dict[str, None] = field(default_factory=dict)
    created: int = 0
    updated: int = 0


@dataclass(kw_only=True, slots=True)
class Retrieval:
    """A request to bring cold recordings back for some days."""

    id: str
    name: str
    begin: int
    end: int
    days: int
    cameras: tuple[str, ...]
    created: float


@dataclass(kw_only=True, slots=True)
class AnalysisTask:
    """Looking at recordings for things; `spans` are when it was switched on."""

    id: str
    name: str
    description: str
    cameras: list[str]
    callback: str
    templates: list[dict[str, object]]
    created: int
    updated: int
    spans: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def on(self) -> bool:
        """Whether it is looking now."""
        return bool(self.spans) and self.spans[-1][1] is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """Something seen: when, of which kind, and boxes of (name, score, x, y, width, height)."""

    when: int
    kind: str
    boxes: tuple[tuple[str, int, int, int, int, int], ...]
    plate: str = ""
