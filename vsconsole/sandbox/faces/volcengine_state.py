"""What the Volcengine face itself keeps between calls, beside the world."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from vsconsole.sandbox.world import Camera, Coverage, Device, Range, World
from vsconsole.sandbox.world.recordings import DAY, WHOLE_WEEK

HISTORY_DAYS = 75
"""The demo site has recorded for so long."""

TemplateKind = Literal["record", "screenshot"]


@dataclass(kw_only=True, slots=True)
class Space:
    """A space: where devices hang, and how long its stream addresses live."""

    id: str
    name: str
    access: Literal["gb28181", "rtmp"]
    description: str
    created: float
    main_key: str
    spare_key: str
    valid_minutes: int


@dataclass(kw_only=True, slots=True)
class Pull:
    """A started stream: the proof its addresses carry, and when they end."""

    stream_id: str
    since: float
    token: str
    until: float


@dataclass(kw_only=True, slots=True)
class Template:
    """A record or screenshot template; `content` is what the vendor calls Record or Screenshot."""

    id: str
    name: str
    kind: TemplateKind
    content: dict[str, Any]
    created: float

    @property
    def days(self) -> int:
        """How long what it makes is kept."""
        return int(self.content["TTL"]["Days"])


@dataclass(kw_only=True, slots=True)
class Plan:
    """A record plan: main streams bound to a record template."""

    id: str
    name: str
    description: str
    template_id: str
    enabled: bool
    created: int
    updated: int
    streams: dict[str, None] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Playback:
    """A device playback of the vendor; the session of the sandbox plays it."""

    id: str
    session_id: str
    started: float
    recorded: bool


@dataclass(kw_only=True, slots=True)
class Download:
    """A device recording on its way to the cloud."""

    id: str
    stream_id: str
    camera_id: str
    begin: int
    end: int
    to_mp4: bool
    subtitles: list[dict[str, Any]]
    started: float


@dataclass(kw_only=True, slots=True)
class ManualRecord:
    """A recording somebody switched on by hand."""

    id: str
    stream_id: str
    camera_id: str
    started: float
    seconds: int
    stopped: float | None = None

    def end(self, now: float) -> float:
        """Where it ends, or has come to by now."""
        last = self.started + self.seconds
        return min(now, last if self.stopped is None else min(self.stopped, last))

    def running(self, now: float) -> bool:
        """Whether it still records."""
        return self.stopped is None and now < self.started + self.seconds


@dataclass(kw_only=True, slots=True)
class Memory:
    """Everything above, by id; guarded by the world's lock."""

    world: World
    spaces: dict[str, Space] = field(default_factory=dict)
    pulls: dict[str, Pull] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    templates: dict[str, Template] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    bound: dict[tuple[str, TemplateKind], str] = field(default_factory=dict)
    playbacks: dict[str, Playback] = field(default_factory=dict)
    downloads: dict[str, Download] = field(default_factory=dict)
    manual: dict[str, ManualRecord] = field(default_factory=dict)
    deleted: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    tracks: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    cleared_alarms: set[str] = field(default_factory=set)
    disarmed: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)
    recent: dict[str, deque[float]] = field(default_factory=dict)
    token_seconds: float | None = None
    pull_seconds: float | None = None

    def space_of(self, device: Device) -> str:
        """The id of the space a device hangs in: GB devices share the first one."""
        access = "rtmp" if device.access == "rtmp" else "gb28181"
        return next(s.id for s in self.spaces.values() if s.access == access)

    def template_of(self, camera: Camera, kind: TemplateKind) -> Template | None:
        """What a camera is recorded or photographed by: its own template, or that of a plan."""
        own = self.bound.get((camera.id, kind))
        if own is not None:
            return self.templates.get(own)
        if kind == "record":
            for plan in self.plans.values():
                if plan.enabled and camera.id in plan.streams:
                    return self.templates.get(plan.template_id)
        return None

    def cloud_ranges(self, camera: Camera, begin: float, end: float) -> list[Range]:
        """What the cloud holds of a camera in [begin, end), without what was deleted."""
        held = self.world.cloud_ranges(camera, begin, end)
        for first, last in self.deleted.get(camera.id, ()):
            held = [
                Range(a, b, r.kind)
                for r in held
                for a, b in ((r.begin, min(r.end, first)), (max(r.begin, last), r.end))
                if a < b
            ]
        return held

    def settle_recording(self, camera: Camera) -> None:
        """Let a changed binding reach the recordings from now on; what was recorded stays."""
        now = int(self.world.now())
        template = self.template_of(camera, "record")
        held = camera.live_coverage
        open_now = held[-1] if held and held[-1].end is None else None
        if open_now is not None and (template is None or template.days != _kept(open_now)):
            held[-1] = replace(open_now, end=now)
            open_now = None
        if template is not None and open_now is None:
            held.append(
                Coverage(
                    begin=now,
                    end=None,
                    sections=WHOLE_WEEK,
                    hot_days=template.days,
                    cold_days=0,
                )
            )


def _kept(coverage: Coverage) -> int:
    return coverage.hot_days + coverage.cold_days


def first_memory(world: World) -> Memory:
    """The account as it is found: two spaces, two templates, one plan over every camera."""
    memory = Memory(world=world)
    since = world.born - HISTORY_DAYS * DAY
    rows: tuple[tuple[str, Literal["gb28181", "rtmp"], str], ...] = (
        ("物流园监控", "gb28181", "物流园国标接入"),
        ("Push-Space", "rtmp", ""),
    )
    for number, (name, access, description) in enumerate(rows, start=1):
        key = world.make_id("volcengine-space-key", number).replace("-", "")
        space = Space(
            id=world.make_id("volcengine-space", number),
            name=name,
            access=access,
            description=description,
            created=since,
            main_key=key,
            spare_key=key[::-1],
            valid_minutes=24 * 60,
        )
        memory.spaces[space.id] = space
    kept = next((_kept(c.live_coverage[0]) for c in world.cameras.values() if c.live_coverage), 75)
    record = Template(
        id=world.make_id("volcengine-template", 1),
        name="全天录像",
        kind="record",
        content={
            "RecordDuration": 3_600_000,
            "SliceDuration": 10_000,
            "Type": "continuous",
            "Format": "mp4",
            "TTL": {"Days": kept},
        },
        created=since,
    )
    screenshot = Template(
        id=world.make_id("volcengine-template", 2),
        name="Snapshot_60s",
        kind="screenshot",
        content={"ScreenshotPeriod": 60_000, "Type": ["realtime"], "TTL": {"Days": 7}},
        created=since,
    )
    memory.templates = {record.id: record, screenshot.id: screenshot}
    plan = Plan(
        id=world.make_id("volcengine-plan", 1),
        name="全园录像",
        description="",
        template_id=record.id,
        enabled=True,
        created=since,
        updated=since,
        streams={c.id: None for c in world.cameras.values() if c.live_coverage},
    )
    memory.plans = {plan.id: plan}
    for camera in world.cameras.values():
        if camera.ptz:
            memory.bound[camera.id, "screenshot"] = screenshot.id
    return memory
