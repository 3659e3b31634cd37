"""How a world begins: a small one with one of everything, or many cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vsconsole.sandbox.world import recordings
from vsconsole.sandbox.world.model import (
    ROOT_GROUP,
    AnalysisTask,
    Camera,
    Cluster,
    Device,
    Domain,
    Gateway,
    Habit,
    Picture,
    Plan,
    Pose,
    Preset,
    Section,
    Service,
    Template,
)

if TYPE_CHECKING:
    from vsconsole.sandbox.world.core import World

FIRST_CLOUD = "tencent"
"""The cloud whose world is built here; the others have a site each."""

HISTORY_DAYS = 75
HOT_DAYS = 40
COLD_DAYS = 60
"""The plans began 75 days ago; recordings older than 40 days lie in cold storage."""

PER_RECORDER = 16
PER_GROUP = 160

VARIANTS = (
    Picture(codec="h264", audio="aac", clock="continues"),
    Picture(codec="h264", audio="g711a", clock="jumps"),
    Picture(codec="h264", audio="g711u", clock="restarts"),
    Picture(codec="h265", audio="aac", clock="continues", flv_hevc="id12"),
    Picture(codec="h265", audio="g711a", clock="jumps", flv_hevc="enhanced"),
    Picture(codec="h265", audio=None, clock="restarts", flv_hevc="id12"),
    Picture(codec="h265", audio="g711u", clock="continues", flv_hevc="enhanced"),
    Picture(codec="h264", audio=None, clock="jumps"),
)
"""Every codec, sound, clock and FLV form; the eight channels of the demo recorder in order."""

_HALL_NAMES = ("前门", "大厅", "Reception", "楼梯间", "电梯口", "Server-Room", "后门", "走廊2F")


def habit_of(number: int) -> Habit:
    """Cameras 1 to 8 record all day; further on every kind of habit turns up."""
    if number <= len(VARIANTS):
        return Habit.WHOLE_DAY
    return (Habit.WHOLE_DAY, Habit.EVENTS, Habit.WORKING_HOURS)[number % 3]


def populate(world: World, channels: int | None) -> None:
    """Fill an empty world; `channels` counts the cameras that listings show."""
    with world.lock:
        _clusters(world)
        _templates(world)
        limit = 10**9 if channels is None else channels
        _Demo(world, limit).build()
        if channels is not None:
            _crowd(world, channels)
        _plans(world)
        if channels is None:
            _analysis(world)


def _clusters(world: World) -> None:
    for number, name in enumerate(("上海一区", "上海二区", "上海三区"), start=1):
        cluster_id = world.make_id("cluster", number)
        cname = f"node{number}.play-iss.ap-shanghai.tencentivc.cn"
        world.clusters[cluster_id] = Cluster(id=cluster_id, name=name, cname=cname)
    for number, cluster in enumerate(list(world.clusters.values())[:2], start=1):
        domain_id = world.make_id("domain", number)
        world.domains[domain_id] = Domain(
            id=domain_id,
            name=f"play{number}.sandbox-video.cn",
            cname=cluster.cname,
            cluster_id=cluster.id,
        )


class _Demo:
    """The small world; stops adding cameras when the limit is reached."""

    def __init__(self, world: World, limit: int) -> None:
        self.world = world
        self.limit = limit
        self.clusters = list(world.clusters)

    def build(self) -> None:
        world = self.world
        campus = world.add_group("总部园区", ROOT_GROUP)
        building = world.add_group("一号楼", campus.id)
        garage = world.add_group("地下车库", building.id)
        gate = world.add_group("North-Gate", campus.id)
        depot = world.add_group("Warehouse_A", ROOT_GROUP)
        cold = world.add_group("冷库", depot.id)
        shops = world.add_group("门店", ROOT_GROUP)

        hall = self.device("大厅NVR", "nvr", building.id, maker="Hikvision")
        for name, picture in zip(_HALL_NAMES, VARIANTS, strict=True):
            self.camera(hall, name, picture)

        dome = self.device("东门球机", "ipc", gate.id, maker="Dahua")
        self.with_ptz(self.camera(dome, "东门球机", VARIANTS[0]))
        entry = self.device("车库入口", "ipc", garage.id, maker="Uniview")
        self.camera(entry, "车库入口", VARIANTS[3])
        dock = self.device("Loading-Dock", "ipc", depot.id, maker="Axis")
        self.with_ptz(self.camera(dock, "Loading-Dock", VARIANTS[4]))

        old = self.device("Warehouse-NVR", "nvr", cold.id, maker="Dahua")
        self.camera(old, "Shelf-1", VARIANTS[1])
        broken = self.camera(old, "Shelf-2", VARIANTS[2])
        if broken:
            broken.online = False
        if self.limit > 10**6:
            world.add_camera(old, "Shelf-3", VARIANTS[0], listed=False)

        dark = self.device("停车场西", "ipc", garage.id, maker="Hikvision")
        self.camera(dark, "停车场西", VARIANTS[0])
        dark.online = False
        closed = self.device("旧机房", "ipc", building.id, maker="Hikvision")
        self.camera(closed, "旧机房", VARIANTS[0])
        closed.enabled = False
        closed.online = False
        fresh = self.device("New-Camera", "ipc", gate.id)
        fresh.registered = False
        fresh.online = False

        if self.room:
            push = world.add_device(
                name="移动推流",
                kind="ipc",
                access="rtmp",
                group_id=shops.id,
                cluster_id=self.clusters[0],
                registered=True,
            )
            push.description = "展会-移动直播"
        self.gateway(shops.id)

    @property
    def room(self) -> bool:
        return len(self.world.cameras) < self.limit

    def device(
        self, name: str, kind: Literal["ipc", "nvr"], group_id: int, *, maker: str = ""
    ) -> Device:
        device = self.world.add_device(
            name=name,
            kind=kind,
            access="gb",
            group_id=group_id,
            cluster_id=self.clusters[0],
            registered=True,
        )
        device.manufacturer = maker
        device.password = "12345678"
        return device

    def camera(self, device: Device, name: str, picture: Picture) -> Camera | None:
        if not self.room:
            return None
        camera = self.world.add_camera(device, name, picture)
        camera.manufacturer = device.manufacturer
        return camera

    def with_ptz(self, camera: Camera | None) -> None:
        if camera is None:
            return
        camera.ptz = True
        camera.presets[1] = Preset(index=1, name="1", pose=Pose())
        camera.presets[2] = Preset(index=2, name="2", pose=Pose(pan=40.0, tilt=-12.0, zoom=2.0))

    def gateway(self, group_id: int) -> None:
        world = self.world
        gateway_id = world.make_id("gateway", 1)
        world.gateways[gateway_id] = Gateway(
            id=gateway_id,
            code=world.make_id("gateway-code", 1).replace("-", ""),
            name="A店铺",
            description="A店铺网关",
            cluster_id=self.clusters[1],
            online=True,
            activated=world.born - 200 * recordings.DAY,
            services=[
                Service(
                    name="管理服务", version="t0.0.0.16", latest="t0.0.0.31", news="新增网关功能"
                ),
                Service(
                    name="海康SDK服务", version="t0.0.0.3", latest="t0.0.0.15", news="新增接入能力"
                ),
                Service(name="nats服务", version="t0.0.0.1", latest="t0.0.0.1", news=""),
            ],
        )
        other_id = world.make_id("gateway", 2)
        world.gateways[other_id] = Gateway(
            id=other_id,
            code=world.make_id("gateway-code", 2).replace("-", ""),
            name="B-Shop",
            description="",
            cluster_id=self.clusters[1],
            online=False,
            activated=world.born - 30 * recordings.DAY,
            services=[Service(name="管理服务", version="t0.0.0.31", latest="t0.0.0.31", news="")],
        )
        recorder = self.gateway_device("收银NVR", "nvr", group_id, gateway_id, 1)
        self.camera(recorder, "收银台", VARIANTS[5])
        self.camera(recorder, "Shop-Floor", VARIANTS[6])
        single = self.gateway_device("门口Onvif", "ipc", group_id, gateway_id, 4)
        self.camera(single, "门口", VARIANTS[7])

    def gateway_device(
        self,
        name: str,
        kind: Literal["ipc", "nvr"],
        group_id: int,
        gateway_id: str,
        protocol: int,
    ) -> Device:
        device = self.world.add_device(
            name=name,
            kind=kind,
            access="gateway",
            group_id=group_id,
            cluster_id=self.clusters[1],
            registered=True,
        )
        device.gateway_id = gateway_id
        device.gateway_protocol = protocol
        device.address = f"192.168.0.{10 + protocol}"
        device.port = 8000 if protocol == 1 else 80
        return device


def _crowd(world: World, channels: int) -> None:
    """Recorders of sixteen cameras over two levels of groups until there are enough."""
    clusters = list(world.clusters)
    missing = channels - len(world.cameras)
    region = site = None
    made = 0
    while missing > 0:
        if made % PER_GROUP == 0 or site is None or region is None:
            place = made // PER_GROUP
            if place % 10 == 0 or region is None:
                region = world.add_group(f"大区{place // 10 + 1}", ROOT_GROUP)
            site = world.add_group(f"Site-{place + 1:03d}", region.id)
        recorder = world.add_device(
            name=f"NVR-{made // PER_RECORDER + 1:04d}",
            kind="nvr",
            access="gb",
            group_id=site.id,
            cluster_id=clusters[0],
            registered=True,
        )
        recorder.online = (made // PER_RECORDER) % 23 != 22
        recorder.manufacturer = "Hikvision"
        for _ in range(min(PER_RECORDER, missing)):
            picture = VARIANTS[made % len(VARIANTS)]
            camera = world.add_camera(recorder, f"通道{made + 1:05d}", picture)
            camera.ptz = made % 4 == 0
            made += 1
            missing -= 1


def _templates(world: World) -> None:
    whole = Template(
        id=world.make_id("template", 1),
        kind="live",
        name="全天",
        sections=recordings.WHOLE_WEEK,
        created=world.born - HISTORY_DAYS * recordings.DAY,
    )
    office = tuple(Section(weekday=d, begin=7 * 3600, end=20 * 3600) for d in range(1, 8))
    working = Template(
        id=world.make_id("template", 2),
        kind="live",
        name="Office_Hours",
        sections=office,
        created=world.born - HISTORY_DAYS * recordings.DAY,
    )
    night = Template(
        id=world.make_id("template", 3),
        kind="backup",
        name="夜间上云",
        sections=tuple(Section(weekday=d, begin=0, end=6 * 3600) for d in range(1, 8)),
        device_sections=tuple(
            Section(weekday=d, begin=9 * 3600, end=18 * 3600) for d in range(1, 8)
        ),
        scale=2,
        created=world.born - HISTORY_DAYS * recordings.DAY,
    )
    for template in (whole, working, night):
        template.updated = template.created
        world.plans.templates[template.id] = template


def _plans(world: World) -> None:
    """Everything is recorded live, gateway cameras in office hours, and one is backed up too."""
    since = recordings.day_begin(world.first_day - HISTORY_DAYS)
    whole, working, night = world.plans.templates.values()
    shop = [c for c in world.cameras.values() if world.device_of(c).access == "gateway"]
    others = [c for c in world.cameras.values() if world.device_of(c).access != "gateway"]
    rows = (
        ("全天录像", "live", whole, others),
        ("Shop-Plan", "live", working, shop),
        ("设备录像上云", "backup", night, shop[-1:]),
    )
    for number, (name, kind, template, cameras) in enumerate(rows, start=1):
        plan = Plan(
            id=world.make_id("plan", number),
            kind="live" if kind == "live" else "backup",
            name=name,
            template_id=template.id,
            description="",
            stream="main" if kind == "live" else "",
            hot_days=HOT_DAYS,
            cold_days=COLD_DAYS,
            created=since,
            updated=since,
        )
        world.plans.add(plan, cameras, since)


def _analysis(world: World) -> None:
    """One task that has looked at the gate and the garage for a month, and one switched off."""
    since = recordings.day_begin(world.first_day - 30)
    by_name = {c.name: c for c in world.cameras.values()}
    slots = [{"Start": "06:00:00", "End": "12:00:00"}, {"Start": "12:00:00", "End": "22:00:00"}]
    rows = (
        ("门岗识别", ("东门球机", "前门"), ("Body", "Car"), True),
        ("Kitchen_Check", ("收银台",), ("Chefhat", "Facemask"), False),
    )
    for number, (name, cameras, kinds, on) in enumerate(rows, start=1):
        task_id = "at" + world.make_id("analysis", number).replace("-", "")
        world.analysis.tasks[task_id] = AnalysisTask(
            id=task_id,
            name=name,
            description="",
            cameras=[by_name[c].id for c in cameras],
            callback="",
            templates=[
                {
                    "Tag": "AI",
                    "AIConfig": {"DetectType": k, "TimeInterval": 10, "OperTimeslot": slots},
                }
                for k in kinds
            ],
            created=since,
            updated=since,
            spans=[(since, None)] if on else [],
        )
