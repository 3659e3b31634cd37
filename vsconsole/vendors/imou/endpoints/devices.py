"""Login, and devices and what they are able to do."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.vendors.imou.endpoints.shared import (
    device,
    flag,
    method,
    needed,
    read,
    whole,
)

ACCOUNT = (read("accessToken", "获取管理员token"),)

_SOURCE = Param(
    name="source",
    choices=("bind", "share", "bindAndShare"),
    default="bindAndShare",
    doc=N_("Devices of one's own, shared ones, or both."),
)


def _devices(*fields: Param, most: int | None = None) -> Param:
    return Param(
        name="deviceList",
        type="list",
        required=True,
        max_length=most,
        item=Param(
            name="deviceList",
            type="object",
            fields=(needed(name="deviceId"), *fields),
        ),
    )


def _listing() -> tuple[Param, ...]:
    return (
        whole(name="bindId", required=True, doc=N_("-1 first, then the last one's.")),
        whole(name="limit", required=True, minimum=1, maximum=50),
        Param(name="type", choices=("bind", "share", "bindAndShare"), default="bindAndShare"),
        flag(name="needApInfo", default=False, doc=N_("Accessories of gateways too.")),
    )


_CHANNELS = needed(name="channelList", doc=N_("Numbers of channels with commas, such as 0,1."))

DEVICES = (
    read(
        "listDeviceDetailsByPage",
        "分页查询设备详情列表",
        whole(name="page", required=True, minimum=1),
        whole(name="pageSize", required=True, minimum=1, maximum=50),
        _SOURCE,
        # Its `count` is the size of the page, not of the list.
        paging=Paging(number="page", size="pageSize", largest=50, items="deviceList", total=""),
    ),
    read(
        "listDeviceDetailsByIds",
        "批量查询设备详情列表",
        _devices(Param(name="productId"), Param(name="channelId", type="list"), most=50),
    ),
    read("deviceBaseList", "分页获取乐橙App账号下绑定的设备", *_listing()),
    read("deviceOpenList", "分页获取开放平台绑定的设备", *_listing()),
    read("deviceBaseDetailList", "批量获取乐橙App设备详情", _devices(_CHANNELS, most=8)),
    read("deviceOpenDetailList", "批量获取开放平台设备详情", _devices(_CHANNELS, most=8)),
    read("deviceOnline", "获取设备在线状态", *device()),
    read("listDeviceAbility", "批量获取设备能力集", _devices(_CHANNELS, most=8)),
    read(
        "modifyDeviceName",
        "修改设备或通道名称",
        *device(),
        needed(name="name", max_length=64),
        Param(name="channelId", doc=N_("Leave empty to name the device itself.")),
        Param(name="subDeviceId"),
    ),
    read("wakeUpDevice", "唤醒休眠的设备", *device()),
    read("deviceStorage", "获取设备存储介质容量信息", *device()),
    read("deviceSdcardStatus", "获取设备SD卡状态", *device()),
    read("getDevicePowerInfo", "获取设备电量信息", *device()),
    # Interrupts recording and everyone who watches, so it is confirmed like what cannot be undone.
    method("restartDevice", "设备重启", *device(), destructive=True),
)
