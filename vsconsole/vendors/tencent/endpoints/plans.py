"""录像管理: plans, templates and retrieval from cold storage."""

from __future__ import annotations

from datetime import timedelta

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.net.rules import ClockRange, TimeRange
from vsconsole.vendors.tencent.endpoints.shared import (
    CLOCK,
    DAY,
    ZONE,
    channels,
    get,
    ident,
    name,
    needed,
    page,
    post,
    query,
    remove,
    required,
    seconds,
    strings,
    whole,
    words,
)

_LIFE_CYCLE = Param(
    name="LifeCycle",
    type="object",
    fields=(
        whole(
            name="Transition",
            required=True,
            minimum=1,
            maximum=3650,
            doc=N_("Days in standard storage."),
        ),
        whole(
            name="Expiration",
            required=True,
            minimum=60,
            maximum=3650,
            besides=(0,),
            doc=N_("Days in cold storage; 0 for none."),
        ),
    ),
)


def _sections(name: str, *, required: bool) -> Param:
    return Param(
        name=name,
        type="list",
        required=required,
        item=Param(
            name=name,
            type="object",
            fields=(
                whole(
                    name="DayOfWeek",
                    required=True,
                    minimum=1,
                    maximum=7,
                    doc=N_("1 Monday to 7 Sunday"),
                ),
                needed(name="StartTime", pattern=CLOCK, doc="HH:MM:SS"),
                needed(name="EndTime", pattern=CLOCK, doc="HH:MM:SS"),
            ),
            rules=(ClockRange("StartTime", "EndTime", timedelta(minutes=10)),),
        ),
    )


def _plan(*, streams: bool) -> tuple[Param, ...]:
    return (
        name("PlanName"),
        ident("TemplateId", "body"),
        words("Describe"),
        *((_PLAN_STREAM,) if streams else ()),
        required(_LIFE_CYCLE),
        channels("Channels", most=5000),
        strings("OrganizationId"),
    )


def _plan_change(*, streams: bool) -> tuple[Param, ...]:
    return (
        ident("PlanId", "body"),
        Param(
            name="Mod",
            type="object",
            required=True,
            fields=(
                name("PlanName", required=False),
                Param(name="TemplateId"),
                words("Describe"),
                *((_PLAN_STREAM,) if streams else ()),
                _LIFE_CYCLE,
                channels("Add", most=5000),
                strings("Del"),
                strings("OrganizationId"),
            ),
        ),
    )


_PLAN_STREAM = Param(
    name="StreamType",
    default="default",
    doc=N_("default, main, sub, or another the device knows"),
)
_PLAN_FILTERS = (
    query(name="DeviceName"),
    query(name="ChannelName"),
    query(name="OrganizationName"),
)


PLANS = (
    post("record_plan_add", "/ivc/record/plan/add", "新增实时上云计划", *_plan(streams=True)),
    remove("record_plan_delete", "/ivc/record/plan/delete", "删除实时上云计划", "PlanId"),
    post(
        "record_plan_modify",
        "/ivc/record/plan/modify",
        "修改实时上云计划",
        *_plan_change(streams=True),
    ),
    get(
        "record_plan_query_by_id",
        "/ivc/record/plan/query/byid",
        "查询实时上云计划详情",
        ident("PlanId"),
    ),
    get("record_planlist_query", "/ivc/record/planlist/query", "查询实时上云计划列表"),
    get(
        "record_devicelist_query",
        "/ivc/record/devicelist/query",
        "查询实时上云计划下的设备通道列表",
        ident("PlanId"),
        *_PLAN_FILTERS,
        *page(required=True),
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
    get(
        "record_allchannellist_query",
        "/ivc/record/allchannellist/query",
        "查询用户下所有实时上云计划中的通道列表",
    ),
    get(
        "record_channellist_query",
        "/ivc/record/channellist/query",
        "查询组织下的通道列表",
        ident("OrganizationId"),
        query(name="DeviceName"),
        query(name="ChannelName"),
        *page(required=True),
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
    post(
        "record_channelcount_query",
        "/ivc/record/channelcount/query",
        "查询组织下未添加到实时上云计划的通道数量",
        strings("OrganizationId", required=True, max_length=10),
        idempotent=True,
    ),
    post(
        "recordbackup_plan_add",
        "/ivc/recordbackup/plan/add",
        "新增录像上云计划",
        *_plan(streams=False),
    ),
    remove(
        "recordbackup_plan_delete", "/ivc/recordbackup/plan/delete", "删除录像上云计划", "PlanId"
    ),
    post(
        "recordbackup_plan_modify",
        "/ivc/recordbackup/plan/modify",
        "修改录像上云计划",
        *_plan_change(streams=False),
    ),
    get(
        "recordbackup_plan_query_by_id",
        "/ivc/recordbackup/plan/query/byid",
        "查询录像上云计划详情",
        ident("PlanId"),
    ),
    get("recordbackup_planlist_query", "/ivc/recordbackup/planlist/query", "查询录像上云计划列表"),
    get(
        "recordbackup_devicelist_query",
        "/ivc/recordbackup/devicelist/query",
        "查询录像上云计划下的设备通道列表",
        query(
            name="PlanId",
            required=True,
            min_length=0,
            doc=N_("Empty for the devices of all plans."),
        ),
        *_PLAN_FILTERS,
        *page(required=True),
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
)

_BACKUP_TEMPLATE = (
    _sections("TimeSections", required=True),
    _sections("DevTimeSections", required=True),
    whole(name="Scale", required=True, choices=(1, 2, 4)),
)

RECORD_TEMPLATES = (
    post(
        "record_template_add",
        "/ivc/record/template/add",
        "新增实时上云模板",
        name("TemplateName"),
        _sections("TimeSections", required=True),
    ),
    remove(
        "record_template_delete", "/ivc/record/template/delete", "删除实时上云模板", "TemplateId"
    ),
    post(
        "record_template_modify",
        "/ivc/record/template/modify",
        "修改实时上云模板",
        ident("TemplateId", "body"),
        Param(
            name="Mod",
            type="object",
            required=True,
            fields=(
                name("TemplateName", required=False),
                _sections("TimeSections", required=False),
            ),
        ),
        idempotent=True,
    ),
    get(
        "record_template_query",
        "/ivc/record/template/query",
        "查询实时上云模板详情",
        ident("TemplateId"),
    ),
    get("record_templatelist_query", "/ivc/record/templatelist/query", "查询实时上云模板列表"),
    post(
        "recordbackup_template_add",
        "/ivc/recordbackup/template/add",
        "新增录像上云模板",
        name("TemplateName"),
        *_BACKUP_TEMPLATE,
    ),
    remove(
        "recordbackup_template_delete",
        "/ivc/recordbackup/template/delete",
        "删除录像上云模板",
        "TemplateId",
    ),
    post(
        "recordbackup_template_modify",
        "/ivc/recordbackup/template/modify",
        "修改录像上云模板",
        ident("TemplateId", "body"),
        Param(
            name="Mod",
            type="object",
            required=True,
            fields=(name("TemplateName", required=False), *_BACKUP_TEMPLATE),
        ),
        idempotent=True,
    ),
    get(
        "recordbackup_template_query",
        "/ivc/recordbackup/template/query",
        "查询录像上云模板详情",
        ident("TemplateId"),
    ),
    get(
        "recordbackup_templatelist_query",
        "/ivc/recordbackup/templatelist/query",
        "查询录像上云模板列表",
    ),
)

RETRIEVAL = (
    post(
        "record_retrievetask_add",
        "/ivc/record/retrievetask/add",
        "新增取回任务",
        name("TaskName"),
        seconds("StartTime", "body"),
        seconds("EndTime", "body"),
        whole(name="Mode", required=True, choices=(1,), doc=N_("1 fast")),
        whole(name="Expiration", required=True, minimum=1, maximum=365, doc=N_("Days.")),
        channels("Channels", most=32, required=True),
        rules=(TimeRange("StartTime", "EndTime", DAY, ZONE),),
    ),
    remove(
        "record_retrievetask_delete", "/ivc/record/retrievetask/delete", "删除取回任务", "TaskId"
    ),
    get(
        "record_retrievetask_details_query",
        "/ivc/record/retrievetaskdetails/query",
        "查询取回任务详情",
        ident("TaskId"),
    ),
    get(
        "record_retrievetask_list_query",
        "/ivc/record/retrievetasklist/query",
        "查询取回任务列表",
    ),
)
