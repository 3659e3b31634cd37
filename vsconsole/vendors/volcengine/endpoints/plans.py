"""Recording by hand, record plans, and the templates that say how to record."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.net.rules import Exclusive
from vsconsole.vendors.volcengine.endpoints.shared import (
    OLD,
    flag,
    get,
    ident,
    needed,
    page,
    post,
    query,
    read,
    removes,
    stream_choice,
    strings,
    whole,
)

_STATES = ("enabled", "disabled")
_ORDER = query(name="Order")

MANUAL = (
    post(
        "StreamStartRecord",
        OLD,
        "docs/6521/176057",
        ident("StreamID"),
        flag(name="AutoPull", required=True),
        whole(name="Timeout", required=True, minimum=0, doc=N_("Seconds.")),
        whole(name="RecordTime", minimum=1, doc=N_("Seconds.")),
        Param(name="Remux", choices=("mp4",)),
        whole(name="Expire", minimum=1, besides=(-1,), doc=N_("Seconds kept; -1 for ever.")),
    ),
    get(
        "StreamStopRecord",
        OLD,
        "volcenginesdk-aiotvideo: StreamStopRecord",
        ident("RecordID", "query"),
    ),
    get(
        "GetStreamRecord",
        OLD,
        "volcenginesdk-aiotvideo: GetStreamRecord",
        ident("RecordID", "query"),
    ),
)

PLANS = (
    get(
        "ListRecordPlans",
        OLD,
        "volcenginesdk-aiotvideo: ListRecordPlans",
        needed(name="FilterName", place="query", min_length=0, doc=N_("Empty for all.")),
    ),
    post(
        "CreateRecordPlan",
        OLD,
        "volcenginesdk-aiotvideo: CreateRecordPlan",
        needed(name="PlanName"),
        ident("BindTemplate"),
        needed(name="Status", choices=_STATES),
        Param(name="Description"),
        strings("MainStreams"),
        strings("BindStreams"),
        *stream_choice(),
        rules=(Exclusive(("StreamingIndex", "Resolution")),),
    ),
    get(
        "GetRecordPlan",
        OLD,
        "volcenginesdk-aiotvideo: GetRecordPlan",
        ident("PlanID", "query"),
    ),
    read(
        "UpdateRecordPlan",
        OLD,
        "volcenginesdk-aiotvideo: UpdateRecordPlan",
        ident("PlanID"),
        Param(name="PlanName"),
        ident("BindTemplate", required=False),
        Param(name="Status", choices=_STATES),
        Param(name="Description"),
        *(
            Param(name=name, type="object", fields=(strings("MainStreams"),))
            for name in ("AddList", "DelList")
        ),
    ),
    removes(
        get(
            "DeleteRecordPlan",
            OLD,
            "volcenginesdk-aiotvideo: DeleteRecordPlan",
            ident("PlanID", "query"),
        )
    ),
    get(
        "ListRecordPlanChannels",
        OLD,
        "volcenginesdk-aiotvideo: ListRecordPlanChannels",
        ident("PlanID", "query"),
        *page(),
        # Assumed: a hundred rows a page; no limit is published.
        paging=Paging(number="PageNumber", size="PageSize", largest=100),
    ),
)

TEMPLATES = (
    get("ListRecordTemplates", OLD, "docs/6521/79436", *page(), _ORDER),
    get("ListScreenshotTemplates", OLD, "docs/6521/79431", *page(), _ORDER),
    post(
        "CreateScreenshotTemplate",
        OLD,
        "docs/6521/79433",
        needed(name="TemplateName"),
        Param(
            name="Screenshot",
            type="object",
            required=True,
            fields=(
                whole(
                    name="ScreenshotPeriod",
                    required=True,
                    minimum=10001,
                    maximum=179999,
                    doc=N_("Milliseconds, more than 10 seconds and less than 3 minutes."),
                ),
                Param(
                    name="Type",
                    type="list",
                    required=True,
                    item=Param(name="Type", choices=("realtime", "lowfrequency")),
                ),
                Param(
                    name="TTL",
                    type="object",
                    required=True,
                    fields=(whole(name="Days", required=True, minimum=1),),
                ),
            ),
        ),
    ),
    read(
        "SetStreamTemplate",
        OLD,
        "volcenginesdk-aiotvideo: SetStreamTemplate",
        ident("StreamID"),
        ident("TemplateID"),
    ),
    get(
        "CancelStreamTemplate",
        OLD,
        "volcenginesdk-aiotvideo: CancelStreamTemplate",
        ident("StreamID", "query"),
        needed(name="TemplateType", place="query"),
    ),
)
