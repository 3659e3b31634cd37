"""The world itself: everything there is, found by id, with its own clock."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from typing import Literal

from vsconsole.sandbox.world import build, recordings, sites
from vsconsole.sandbox.world.analysis import AnalysisDesk
from vsconsole.sandbox.world.control import step
from vsconsole.sandbox.world.model import (
    ROOT_GROUP,
    Camera,
    Cluster,
    Device,
    Domain,
    Gateway,
    Group,
    Picture,
    Preset,
    Range,
    Retrieval,
    Store,
    StreamAuth,
)
from vsconsole.sandbox.world.plans import PlanBook

REGISTER_SECONDS = 2.0
"""How long an enabled device takes to come back."""

RETRIEVAL_WAIT = 1.0
RETRIEVAL_WORK = 2.0
"""Seconds a retrieval waits and then works before the recordings are back."""


class World:
    """Deterministic from `seed`; hold `lock` over every look that spans more than one call."""

    def __init__(
        self, seed: int = 1, channels: int | None = None, *, cloud: str = build.FIRST_CLOUD
    ) -> None:
        """What one cloud holds: its demo site, or on the first cloud `channels` cameras."""
        self.seed = seed
        self.cloud = cloud
        self.ahead = 0.0
        self.lock = threading.RLock()
        self.born = int(time.time())
        self.first_day = recordings.day_of(self.born)
        self.groups: dict[int, Group] = {}
        self.devices: dict[str, Device] = {}
        self.cameras: dict[str, Camera] = {}
        self.clusters: dict[str, Cluster] = {}
        self.domains: dict[str, Domain] = {}
        self.gateways: dict[str, Gateway] = {}
        self.retrievals: dict[str, Retrieval] = {}
        self.stream_auth = StreamAuth(id=self.make_id("auth", 1))
        self.plans = PlanBook(self)
        self.analysis = AnalysisDesk(self)
        self._group_number = 1000
        self._made = 0
        self._returning: dict[str, float] = {}
        self._numbers = 0
        self._serial = 0
        if cloud == build.FIRST_CLOUD:
            build.populate(self, channels)
        else:
            sites.populate(self)

    def now(self) -> float:
        """The world's epoch seconds; `ahead` puts them before or behind the machine's."""
        return time.time() + self.ahead

    # Identity

    def make_id(self, kind: str, number: int | str) -> str:
        """A UUID that is the same for the same seed, kind and number."""
        text = hashlib.md5(f"{self.seed}/{kind}/{number}".encode(), usedforsecurity=False)
        h = text.hexdigest()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def fresh_id(self, kind: str) -> str:
        """An id for something made at run time."""
        with self.lock:
            self._made += 1
            return self.make_id(f"new-{kind}", self._made)

    def next_code(self, device_type: str) -> str:
        """A 20-digit GB/T 28181 code; the type is 132 camera, 118 recorder or 111 channel."""
        with self.lock:
            self._serial += 1
            return f"3101150000{device_type}0{self._serial:06d}"

    # Groups

    def add_group(self, name: str, parent: int) -> Group:
        """A new group under an existing one or under the root 0."""
        with self.lock:
            self._group_number += 1
            group = Group(id=self._group_number, name=name, parent=parent)
            self.groups[group.id] = group
            return group

    def level(self, group_id: int) -> int:
        """How deep a group lies: 1 just below the root."""
        depth = 0
        while group_id != ROOT_GROUP:
            depth += 1
            group_id = self.groups[group_id].parent
        return depth

    def children(self, group_id: int) -> list[Group]:
        """The groups directly below."""
        return [g for g in self.groups.values() if g.parent == group_id]

    def below(self, group_id: int) -> set[int]:
        """The group and all groups below it."""
        children: dict[int, list[int]] = {}
        for group in self.groups.values():
            children.setdefault(group.parent, []).append(group.id)
        found = {group_id}
        open_ids = [group_id]
        while open_ids:
            for child in children.get(open_ids.pop(), ()):
                found.add(child)
                open_ids.append(child)
        return found

    def devices_in(self, groups: set[int]) -> Iterator[Device]:
        """Devices of any of the groups, in the order they were added."""
        return (d for d in self.devices.values() if d.group_id in groups)

    # Devices and cameras

    def add_device(
        self,
        *,
        name: str,
        kind: Literal["ipc", "nvr"],
        access: Literal["rtmp", "gb", "gateway"],
        group_id: int,
        cluster_id: str,
        registered: bool = False,
    ) -> Device:
        """A device without cameras; one added at run time waits to be registered."""
        with self.lock:
            code = self.next_code("118" if kind == "nvr" else "132")
            device = Device(
                id=self.make_id("device", code),
                code=code,
                name=name,
                kind=kind,
                access=access,
                group_id=group_id,
                cluster_id=cluster_id,
                registered=registered,
                online=registered,
            )
            self.devices[device.id] = device
            if access == "rtmp":
                # A pushing encoder has no channel list: the device is its own picture.
                self.add_camera(device, name, Picture(), id=device.id)
            return device

    def number_from(self, first: int) -> None:
        """Cameras added from now on are numbered from `first` on."""
        self._numbers = first - 1

    def add_camera(
        self,
        device: Device,
        name: str,
        picture: Picture,
        *,
        id: str = "",
        listed: bool = True,
        number: int | None = None,
    ) -> Camera:
        """One more video source on a device; an unlisted one appears at the next refresh.

        `number` is given for a camera that another cloud shows too.
        """
        with self.lock:
            if number is None:
                self._numbers += 1
                number = self._numbers
            camera = Camera(
                id=id or self.make_id("camera", number),
                number=number,
                name=name,
                code=self.next_code("131"),
                device_id=device.id,
                picture=picture,
                habit=build.habit_of(number),
            )
            if listed:
                device.cameras.append(camera)
                self.cameras[camera.id] = camera
            else:
                device.unlisted.append(camera)
            return camera

    def refresh(self, device: Device) -> None:
        """Take in what the device has and the listing lacks; nothing is ever removed."""
        with self.lock:
            for camera in device.unlisted:
                device.cameras.append(camera)
                self.cameras[camera.id] = camera
            device.unlisted.clear()

    def disable(self, device: Device) -> None:
        """Keep a device out; it goes offline at once."""
        with self.lock:
            if device.enabled:
                device.enabled = False
                device.returns = device.online
                device.online = False

    def enable(self, device: Device) -> None:
        """Let a device in again; one that was online registers after a moment."""
        with self.lock:
            if not device.enabled:
                device.enabled = True
                if device.returns:
                    self._returning[device.id] = self.now() + REGISTER_SECONDS

    def settle(self) -> None:
        """Let happen what was due by now."""
        with self.lock:
            now = self.now()
            for device_id in [i for i, due in self._returning.items() if due <= now]:
                del self._returning[device_id]
                device = self.devices.get(device_id)
                if device is not None and device.enabled:
                    device.online = True

    def remove_device(self, device: Device) -> None:
        """Forget a device with its cameras, also in plans and tasks."""
        with self.lock:
            for camera in device.cameras:
                self.plans.forget(camera)
                self.analysis.forget(camera)
                self.cameras.pop(camera.id, None)
            self.devices.pop(device.id, None)

    def device_of(self, camera: Camera) -> Device:
        """The device a camera hangs on."""
        return self.devices[camera.device_id]

    # Control

    def move(self, camera: Camera, command: str, speed: int) -> None:
        """One step of pan, tilt, zoom, focus or iris; speed 1 to 8."""
        with self.lock:
            camera.pose = step(camera.pose, command, speed)

    def set_preset(self, camera: Camera, index: int) -> None:
        """Remember where the camera looks now."""
        with self.lock:
            camera.presets[index] = Preset(index=index, name=str(index), pose=camera.pose)

    def go_to_preset(self, camera: Camera, index: int) -> None:
        """Look where the preset looked; KeyError when it was never set."""
        with self.lock:
            camera.pose = camera.presets[index].pose

    # Recordings

    def cloud_ranges(self, camera: Camera, begin: float, end: float) -> list[Range]:
        """What the cloud holds of a camera in [begin, end), up to now, hot or cold."""
        now = int(self.now())
        found: list[Range] = []
        with self.lock:
            for day in self._days(begin, end):
                daily = self._habit(camera, "cloud", day)
                for coverage in camera.live_coverage:
                    found.extend(recordings.covered(daily, coverage, day, now))
                found.extend(self.plans.backed_up(camera, day, now))
        first, last = int(begin), min(int(end), now)
        # Cut only when merged: of ranges that begin together the longer one would win otherwise.
        return list(recordings.intersect(recordings.merged(found), first, last))

    def device_ranges(self, camera: Camera, begin: float, end: float) -> list[Range]:
        """What the device itself holds of a camera in [begin, end), up to now."""
        now = int(self.now())
        found: list[Range] = []
        for day in self._days(begin, end):
            found.extend(self.device_day(camera, day))
        oldest = now - recordings.KEPT_ON_DEVICE * recordings.DAY
        first, last = max(int(begin), oldest), min(int(end), now)
        # Cut only when merged: of ranges that begin together the longer one would win otherwise.
        return list(recordings.intersect(recordings.merged(found), first, last))

    def device_day(self, camera: Camera, day: int) -> tuple[Range, ...]:
        """What the device recorded on one Beijing day, also beyond now."""
        if self.device_of(camera).access == "rtmp":
            return ()
        return self._habit(camera, "device", day)

    def is_cold(self, camera: Camera, begin: float, end: float) -> bool:
        """Whether part of [begin, end) left hot storage and was not brought back."""
        now = self.now()
        with self.lock:
            held = [*camera.live_coverage, *camera.backup_coverage]
            hot = max((c.hot_days for c in held), default=0)
            if begin >= now - hot * recordings.DAY:
                return False
            return not any(
                camera.id in task.cameras
                and task.begin <= begin
                and end <= task.end
                and self.retrieval_state(task) == "done"
                and now < task.created + task.days * recordings.DAY
                for task in self.retrievals.values()
            )

    def retrieval_state(self, task: Retrieval) -> Literal["waiting", "running", "done"]:
        """How far bringing cold recordings back has come."""
        age = self.now() - task.created
        if age < RETRIEVAL_WAIT:
            return "waiting"
        return "running" if age < RETRIEVAL_WAIT + RETRIEVAL_WORK else "done"

    def _habit(self, camera: Camera, store: Store, day: int) -> tuple[Range, ...]:
        age = self.first_day - day
        return recordings.habit_day(self.seed, camera.number, camera.habit, store, day, age)

    def _days(self, begin: float, end: float) -> range:
        """The Beijing days of a span, bounded to what can have recordings at all."""
        first = max(recordings.day_of(begin), self.first_day - build.HISTORY_DAYS - 1)
        last = min(recordings.day_of(end), recordings.day_of(self.now()))
        return range(first, last + 1)
