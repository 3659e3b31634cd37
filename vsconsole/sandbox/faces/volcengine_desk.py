"""What the handlers of the Volcengine face share: world, memory, clock, and finding things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid, not_found, timed_out
from vsconsole.sandbox.faces.volcengine_rules import Args, Rule
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.streams import Profile, Streams
from vsconsole.sandbox.world import Camera, Device, World

if TYPE_CHECKING:
    from vsconsole.sandbox.faces.volcengine_motion import Motions
    from vsconsole.sandbox.faces.volcengine_state import Memory

BEIJING = timezone(timedelta(hours=8))

OLD, NEW = "2021-01-01", "2023-10-01"

TOKEN_SECONDS = 3600
"""TokenValid where a call does not say (the document)."""

_SMALL = ("1", "2", "3", "4")
"""Up to D1 the picture comes from the sub stream."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One call's view of everything."""

    world: World
    streams: Streams
    memory: Memory
    motions: Motions
    base: str
    rtmp: Callable[[], str]
    now: float
    method: str
    region: str
    struck: Struck


Handler = Callable[[Desk, Args], Any]


class NoResult:
    """An answer without a Result."""


NO_RESULT = NoResult()


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: its name, version, the methods published for it, and what it takes."""

    action: str
    version: str
    methods: tuple[str, ...]
    handler: Handler
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    per_second: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """A camera's main or sub stream under its id."""

    id: str
    camera: Camera
    profile: Profile

    @property
    def index(self) -> int:
        """StreamingIndex: 0 main, 1 sub."""
        return 0 if self.profile == "main" else 1


# Finding


def space(desk: Desk, text: str | None) -> None:
    """Refused when a space is named that does not exist."""
    if text is not None and text not in desk.memory.spaces:
        raise not_found("Space", text)


def device(desk: Desk, text: str, space_id: str | None = None) -> Device:
    """The device of a platform id, in the space where one is named."""
    space(desk, space_id)
    found = desk.world.devices.get(text)
    if found is None or space_id not in (None, desk.memory.space_of(found)):
        raise not_found("Device", text)
    return found


def device_by_code(desk: Desk, text: str) -> Device:
    """The device of a national-standard id."""
    found = next((d for d in desk.world.devices.values() if d.code == text), None)
    if found is None:
        raise not_found("Device", text)
    return found


def channel(desk: Desk, owner: Device, text: str) -> Camera:
    """The channel of a device by its channel id."""
    found = next((c for c in owner.cameras if c.code == text), None)
    if found is None:
        raise not_found("Channel", text)
    return found


def sub_id(world: World, camera: Camera) -> str:
    """The id of a camera's sub stream; that of its main stream is the camera's own."""
    return world.make_id("volcengine-sub", camera.number)


def stream_of(world: World, camera: Camera, profile: Profile) -> Stream:
    """A camera's stream by profile."""
    text = camera.id if profile == "main" else sub_id(world, camera)
    return Stream(id=text, camera=camera, profile=profile)


def find_stream(world: World, text: str) -> Stream | None:
    """The stream of an id."""
    if text in world.cameras:
        return stream_of(world, world.cameras[text], "main")
    for camera in world.cameras.values():
        if sub_id(world, camera) == text:
            return stream_of(world, camera, "sub")
    return None


def stream(desk: Desk, args: Args) -> Stream:
    """The stream a call names: StreamID, or DeviceNSID (DeviceID) with ChannelID, and which of
    main and sub."""
    if args.get("StreamID") is not None:
        found = find_stream(desk.world, args["StreamID"])
        if found is None:
            raise not_found("Stream", args["StreamID"])
    else:
        if args.get("ChannelID") is None:
            raise Refused("MissingParameter", "StreamID, or DeviceNSID and ChannelID")
        if args.get("DeviceNSID") is not None:
            owner = device_by_code(desk, args["DeviceNSID"])
        elif args.get("DeviceID") is not None:
            owner = device(desk, args["DeviceID"])
        else:
            raise Refused("MissingParameter", "DeviceNSID")
        found = stream_of(desk.world, channel(desk, owner, args["ChannelID"]), "main")
    profile = _profile(args)
    return found if profile is None else stream_of(desk.world, found.camera, profile)


def _profile(args: Args) -> Profile | None:
    """Main or sub where the call says; Refused when it says so twice (page 1104891)."""
    index, resolution = args.get("StreamingIndex"), args.get("Resolution")
    if index is not None and resolution is not None:
        raise invalid("Resolution", "StreamingIndex and Resolution exclude each other")
    if index is not None:
        if index > 1:
            raise not_found("Stream", f"StreamingIndex {index}")
        return "main" if index == 0 else "sub"
    if resolution is None:
        return None
    width = resolution.partition("x")[0]
    if not width.isascii() or not width.isdigit():
        raise invalid("Resolution", resolution)
    if "x" in resolution:
        return "main" if int(width) > 704 else "sub"
    return "sub" if resolution in _SMALL else "main"


def require_online(desk: Desk, camera: Camera) -> Device:
    """The device of a channel; ErrorDeviceSipTimeout when it cannot be spoken to."""
    owner = desk.world.device_of(camera)
    require_device(desk, owner)
    if not camera.online:
        raise timed_out("channel")
    return owner


def require_device(desk: Desk, owner: Device) -> None:
    """ErrorDeviceSipTimeout when a device cannot be spoken to; a stopped one is refused."""
    if not owner.enabled:
        # Assumed: the detail of the code; that StopDevice disables is published (133496).
        raise Refused("OperationDeny.DeviceDisabled", owner.id)
    if owner.status != "online" or "offline" in desk.struck:
        raise timed_out("device")


# Time


def check_span(args: Args, first: str = "StartTime", last: str = "EndTime") -> tuple[int, int]:
    """Begin and end of a question; Refused when they are the wrong way round."""
    begin, end = args[first], args[last]
    if begin >= end:
        raise invalid(last, f"{last} must be after {first}")
    return begin, end


def rfc3339(when: float) -> str:
    """Beijing time as spaces, devices and streams state it: 2023-07-03T21:10:10+08:00."""
    return datetime.fromtimestamp(when, BEIJING).isoformat(timespec="seconds")


# Lists and addresses


def page_of(rows: list[Any], args: Args) -> list[Any]:
    """The asked page of rows."""
    first = (args["PageNumber"] - 1) * args["PageSize"]
    return rows[first : first + args["PageSize"]]


def paged(name: str, rows: list[Any], args: Args) -> dict[str, Any]:
    """A page under its name with the counts that go with it."""
    return {
        name: page_of(rows, args),
        "PageNumber": args["PageNumber"],
        "PageSize": args["PageSize"],
        "TotalCount": len(rows),
    }


def backwards(order: object) -> bool:
    """Whether an Order asks for the newest first; the calls write it in several ways."""
    return str(order).lower() in ("-1", "true", "desc")


def signed(desk: Desk, path: str, fields: Mapping[str, object], seconds: float) -> str:
    """A recording's address with the token that page 1169962 shows."""
    words = {k: str(v) for k, v in fields.items()}
    token = desk.streams.token(path, words, seconds)
    query = "&".join(f"{k}={quote(v, safe='')}" for k, v in {**words, "X-JWT-Token": token}.items())
    return f"{desk.base}{path}?{query}"


def token_seconds(desk: Desk, asked: int | None = None) -> float:
    """How long a token lives: what a test set, what the call asked, or what is documented."""
    if desk.memory.token_seconds is not None:
        return desk.memory.token_seconds
    return TOKEN_SECONDS if asked is None else asked
