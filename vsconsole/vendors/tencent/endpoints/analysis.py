"""AI 分析, 视图接入网关: AI tasks and gateways."""

from __future__ import annotations

from datetime import timedelta

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.net.rules import Alike, ClockRange, Exclusive, NeededWhen, TimeRange
from vsconsole.vendors.tencent.endpoints.shared import (
    CLOCK,
    delete,
    flag,
    get,
    ident,
    name,
    needed,
    page,
    post,
    put,
    query,
    required,
    seconds,
    strings,
    whole,
    words,
)

_SLOTS = Param(
    name="OperTimeslot",
    type="list",
    max_length=5,
    item=Param(
        name="OperTimeslot",
        type="object",
        fields=(
            needed(name="Start", pattern=CLOCK, doc="hh:mm:ss"),
            needed(name="End", pattern=CLOCK, doc="hh:mm:ss"),
        ),
        rules=(ClockRange("Start", "End"),),
    ),
)
_INTERVAL = whole(
    name="TimeInterval", required=True, minimum=1, maximum=20, doc=N_("Seconds between pictures.")
)
DETECT_TYPES = (
    "Facemask",
    "Chefhat",
    "Smoking",
    "Chefcloth",
    "PhoneCall",
    "Pet",
    "Body",
    "Car",
)
_TEMPLATES = Param(
    name="Templates",
    type="list",
    item=Param(
        name="Templates",
        type="object",
        fields=(
            needed(name="Tag", choices=("AI", "Snapshot")),
            Param(
                name="AIConfig",
                type="object",
                fields=(
                    needed(name="DetectType", choices=DETECT_TYPES),
                    _INTERVAL,
                    required(_SLOTS),
                ),
            ),
            Param(name="SnapshotConfig", type="object", fields=(_INTERVAL, _SLOTS)),
        ),
        rules=(
            Exclusive(("AIConfig", "SnapshotConfig")),
            NeededWhen("AIConfig", "Tag", "AI"),
            NeededWhen("SnapshotConfig", "Tag", "Snapshot"),
        ),
    ),
)
_CALLBACK = Param(
    name="CallbackUrl", pattern=r"https?://\S+", doc=N_("Begins with http:// or https://.")
)
_AI_CHANNELS = strings("ChannelList", max_length=999)


AI = (
    post(
        "create_ai_task",
        "/ivc/ai/task",
        "创建 AI 任务",
        name("Name"),
        words("Desc"),
        required(_AI_CHANNELS),
        _CALLBACK,
        flag(name="IsStartTheTask", default=False),
        required(_TEMPLATES),
        rules=(Alike("Templates", "Tag"),),
    ),
    put(
        "update_ai_task",
        "/ivc/ai/task",
        "更新 AI 任务",
        ident("TaskId"),
        name("Name", required=False),
        words("Desc"),
        _AI_CHANNELS,
        _CALLBACK,
        _TEMPLATES,
        rules=(Alike("Templates", "Tag"),),
    ),
    delete("delete_ai_task", "/ivc/ai/task", "删除 AI 任务", "TaskId"),
    get("get_ai_task_detail", "/ivc/ai/task/detail", "查询 AI 任务详情", ident("TaskId")),
    get(
        "get_ai_task_result",
        "/ivc/ai/task/result",
        "查询 AI 任务结果",
        ident("TaskId"),
        ident("ChannelId"),
        query(name="Object", doc=N_("The path of a file in the bucket.")),
        query(name="DetectType", choices=DETECT_TYPES),
        seconds("BeginTime", "query", required=False),
        seconds("EndTime", "query", required=False),
        *page(largest=100, size=10),
        rules=(TimeRange("BeginTime", "EndTime", timedelta(days=30)),),
        paging=Paging(
            number="PageNumber",
            size="PageSize",
            largest=100,
            items="AIResults",
            total="AIResultCount",
        ),
    ),
    get(
        "list_ai_tasks",
        "/ivc/ai/tasks",
        "获取 AI 任务列表",
        query(name="IsContainChannelList", type="bool", default=False),
        query(name="IsContainTemplate", type="bool", default=False),
        *page(largest=200),
        paging=Paging(number="PageNumber", size="PageSize", largest=200),
    ),
    # Switching off what is off is an error, so a repeat could report a success as a failure.
    put(
        "update_ai_task_status",
        "/ivc/ai/task/status",
        "更新 AI 任务状态",
        ident("TaskId"),
        query(name="Status", required=True, choices=("on", "off")),
        idempotent=False,
    ),
)

GATEWAYS = (
    get(
        "gateway_list",
        "/ivc/cms/gateway/list",
        "获取网关列表",
        *page(),
        query(name="Name"),
        query(name="ClusterId"),
        query(name="Status", type="int", choices=(0, 1), doc=N_("0 offline, 1 online")),
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
    get("gateway_describe", "/ivc/cms/gateway/describe", "获取网关详情", ident()),
    get("gateway_monitor", "/ivc/cms/gateway/monitor", "获取网关监控信息", ident()),
    get("gateway_devicelist", "/ivc/cms/gateway/devicelist", "查询网关下设备列表", ident()),
    get("gateway_protocoltype", "/ivc/cms/gateway/protocoltype", "查询网关接入协议"),
    get("gateway_version", "/ivc/cms/gateway/version", "查询网关服务版本", ident()),
    post("gateway_upgrade", "/ivc/cms/gateway/upgrade", "网关升级", ident()),
    put(
        "gateway_update",
        "/ivc/cms/gateway/update",
        "修改网关信息",
        ident("Id", "body"),
        name("Name"),
        words("Description"),
    ),
    delete("gateway_delete", "/ivc/cms/gateway/delete", "删除网关"),
)
