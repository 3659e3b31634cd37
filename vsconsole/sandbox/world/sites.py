"""What the clouds other than the first one hold: a small site each, with one of everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from vsconsole.sandbox.world import recordings
from vsconsole.sandbox.world.model import ROOT_GROUP, Coverage, Habit, Picture, Pose, Preset

if TYPE_CHECKING:
    from vsconsole.sandbox.world.core import World

HISTORY_DAYS = 75
HOT_DAYS = 40
COLD_DAYS = 35

State = Literal["online", "offline", "asleep", "disabled"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Camera:
    """A camera of a site; `number` where it is one that another cloud shows too."""

    name: str
    picture: Picture
    habit: Habit = Habit.WHOLE_DAY
    ptz: bool = False
    number: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Device:
    """A device of a site, in the group at an index of the site's groups."""

    name: str
    group: int
    kind: Literal["ipc", "nvr"] = "ipc"
    state: State = "online"
    cameras: tuple[_Camera, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Site:
    """Groups as (name, index of the parent or None), devices, and where numbers begin."""

    first: int
    maker: str
    groups: tuple[tuple[str, int | None], ...]
    devices: tuple[_Device, ...] = field(repr=False)


_AAC = Picture(codec="h264", audio="aac", clock="continues")
_JUMPS = Picture(codec="h264", audio="g711a", clock="jumps")
_RESTARTS = Picture(codec="h264", audio="g711u", clock="restarts")
_SILENT = Picture(codec="h264", audio=None, clock="jumps")
_HEVC = Picture(codec="h265", audio="aac", clock="continues", flv_hevc="id12")
_HEVC_NEW = Picture(codec="h265", audio="g711a", clock="jumps", flv_hevc="enhanced")
_HEVC_SILENT = Picture(codec="h265", audio=None, clock="restarts", flv_hevc="id12")

SHARED_CAMERA = 9
"""The dome at the east gate, which the first cloud and Volcengine both show."""

SITES = {
    "linkvisual": _Site(
        first=100,
        maker="Aliyun",
        groups=(("物业中心", None), ("南区", 0), ("Kindergarten", None)),
        devices=(
            _Device(
                name="物业NVR",
                group=0,
                kind="nvr",
                cameras=(
                    _Camera(name="南区大门", picture=_AAC),
                    _Camera(name="电梯厅", picture=_HEVC),
                    _Camera(name="Mailroom", picture=_SILENT),
                    _Camera(name="自行车棚", picture=_AAC, habit=Habit.EVENTS),
                ),
            ),
            _Device(
                name="喷泉球机",
                group=1,
                cameras=(_Camera(name="喷泉球机", picture=_AAC, ptz=True),),
            ),
            _Device(
                name="Playground", group=2, cameras=(_Camera(name="Playground", picture=_HEVC),)
            ),
            _Device(
                name="旧门卫室",
                group=1,
                state="offline",
                cameras=(_Camera(name="旧门卫室", picture=_AAC),),
            ),
        ),
    ),
    "ctyun": _Site(
        first=200,
        maker="Hikvision",
        groups=(("政务大厅", None), ("二楼窗口", 0), ("River-Watch", None)),
        devices=(
            _Device(
                name="大厅国标NVR",
                group=0,
                kind="nvr",
                cameras=(
                    _Camera(name="一号窗口", picture=_JUMPS),
                    _Camera(name="二号窗口", picture=_HEVC_NEW),
                    _Camera(name="等候区", picture=_RESTARTS),
                    _Camera(name="自助终端", picture=_AAC, habit=Habit.WORKING_HOURS),
                ),
            ),
            _Device(
                name="河道一号", group=2, cameras=(_Camera(name="河道一号", picture=_HEVC_SILENT),)
            ),
            _Device(name="Weir", group=2, cameras=(_Camera(name="Weir", picture=_AAC),)),
            _Device(
                name="二楼走廊",
                group=1,
                state="offline",
                cameras=(_Camera(name="二楼走廊", picture=_SILENT),),
            ),
        ),
    ),
    "volcengine": _Site(
        first=300,
        maker="Dahua",
        groups=(("物流园", None), ("分拣区", 0), ("Dock-East", 0)),
        devices=(
            _Device(
                name="分拣NVR",
                group=1,
                kind="nvr",
                cameras=(
                    _Camera(name="分拣线1", picture=_AAC),
                    _Camera(name="分拣线2", picture=_HEVC),
                    _Camera(name="Conveyor", picture=_JUMPS),
                    _Camera(name="打包台", picture=_HEVC_NEW, habit=Habit.EVENTS),
                ),
            ),
            _Device(
                name="东门球机",
                group=0,
                cameras=(_Camera(name="东门球机", picture=_AAC, ptz=True, number=SHARED_CAMERA),),
            ),
            _Device(
                name="Dock-Dome",
                group=2,
                cameras=(_Camera(name="Dock-Dome", picture=_HEVC, ptz=True),),
            ),
            _Device(
                name="地磅房",
                group=0,
                state="offline",
                cameras=(_Camera(name="地磅房", picture=_AAC),),
            ),
        ),
    ),
    "imou": _Site(
        first=400,
        maker="Imou",
        groups=(("连锁门店", None),),
        devices=(
            _Device(
                name="门店NVR",
                group=0,
                kind="nvr",
                cameras=(
                    _Camera(name="收银", picture=_AAC),
                    _Camera(name="货架", picture=_HEVC),
                    _Camera(name="Backdoor", picture=_SILENT),
                    _Camera(name="试衣间走廊", picture=_JUMPS, habit=Habit.EVENTS),
                ),
            ),
            _Device(
                name="店门云台",
                group=0,
                cameras=(_Camera(name="店门云台", picture=_AAC, ptz=True),),
            ),
            _Device(
                name="Garden-Battery",
                group=0,
                state="asleep",
                cameras=(_Camera(name="Garden-Battery", picture=_AAC, habit=Habit.EVENTS),),
            ),
            _Device(
                name="仓库后墙",
                group=0,
                state="offline",
                cameras=(_Camera(name="仓库后墙", picture=_AAC),),
            ),
        ),
    ),
}


def populate(world: World) -> None:
    """Fill an empty world with the site of its cloud; KeyError where it has none."""
    site = SITES[world.cloud]
    groups: list[int] = []
    for name, parent in site.groups:
        above = ROOT_GROUP if parent is None else groups[parent]
        groups.append(world.add_group(name, above).id)
    world.number_from(site.first)
    since = recordings.day_begin(world.first_day - HISTORY_DAYS)
    always = Coverage(
        begin=since,
        end=None,
        sections=recordings.WHOLE_WEEK,
        hot_days=HOT_DAYS,
        cold_days=COLD_DAYS,
    )
    for row in site.devices:
        device = world.add_device(
            name=row.name,
            kind=row.kind,
            access="gb",
            group_id=groups[row.group],
            cluster_id="",
            registered=True,
        )
        device.manufacturer = site.maker
        for one in row.cameras:
            camera = world.add_camera(device, one.name, one.picture, number=one.number)
            camera.manufacturer = site.maker
            camera.habit = one.habit
            camera.ptz = one.ptz
            if one.ptz:
                camera.presets[1] = Preset(index=1, name="正门", pose=Pose())
                camera.presets[2] = Preset(
                    index=2, name="Corner", pose=Pose(pan=40.0, tilt=-12.0, zoom=2.0)
                )
            camera.live_coverage.append(always)
        device.online = row.state in ("online", "asleep")
        device.asleep = row.state == "asleep"
        device.enabled = row.state != "disabled"
