"""Recording plans and event-triggered recording plans."""

from __future__ import annotations

from dataclasses import replace

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Param
from vsconsole.net.rules import NeededWhen
from vsconsole.vendors.linkvisual.endpoints.shared import (
    ALL_DAY,
    IOT_ID,
    PLAN_ID,
    STREAM,
    ZONE,
    Call,
    change,
    page,
    read,
    text,
    whole,
)

_DAY_SECONDS = N_("Seconds since midnight.")
_SECTIONS = Param(
    name="timeSectionList",
    type="list",
    item=Param(
        name="timeSectionList",
        type="object",
        fields=(
            whole(
                name="dayOfWeek",
                required=True,
                minimum=0,
                maximum=6,
                doc=N_("0 Sunday to 6 Saturday"),
            ),
            whole(name="begin", required=True, minimum=0, maximum=86399, doc=_DAY_SECONDS),
            whole(name="end", required=True, minimum=0, maximum=86399, doc=_DAY_SECONDS),
        ),
    ),
)
# The tables call the sections required and say in the same line when they are.
_BY_SECTIONS = (NeededWhen("timeSectionList", "allDay", 0),)
_ALL_DAY = replace(ALL_DAY, required=True)
_NAME = text("name")
_PRE = whole(name="preRecordDuration", minimum=0, default=0, doc=N_("Seconds."))
_LENGTH = whole(
    name="recordDuration", minimum=1, doc=N_("Seconds in all, those before the event included.")
)
_EVENTS = Param(
    name="eventTypeList",
    type="list",
    item=whole(name="eventTypeList", required=True),
    doc=N_("1 motion detection"),
)

PLANS: tuple[Call, ...] = (
    change(
        "record/plan/set",
        "2.1.0",
        "Configure a recording plan",
        _NAME,
        _ALL_DAY,
        _SECTIONS,
        ZONE,
        rules=_BY_SECTIONS,
    ),
    read(
        "record/plan/update",
        "2.1.0",
        "Update a recording plan",
        PLAN_ID,
        replace(_NAME, required=False),
        ALL_DAY,
        _SECTIONS,
        ZONE,
        rules=_BY_SECTIONS,
    ),
    read("record/plan/query", "2.1.0", "Query a list of recording plans", *page(), ZONE),
    read("record/plan/get", "2.1.0", "Get the details of a recording plan", PLAN_ID, ZONE),
    read("record/plan/delete", "2.0.0", "Delete a recording plan", PLAN_ID, destructive=True),
    read(
        "record/plan/bind",
        "2.0.0",
        "Attach a recording plan to a device",
        PLAN_ID,
        IOT_ID,
        STREAM,
    ),
    read("record/plan/unbind", "2.0.0", "Detach a recording plan from a device", IOT_ID, STREAM),
    read(
        "record/plan/getbyiotid",
        "2.1.0",
        "Query the attached recording plan by device ID",
        IOT_ID,
        STREAM,
        ZONE,
    ),
    read(
        "record/plan/bind/device/query",
        "2.0.0",
        "Query the list of devices attached to a recording plan",
        PLAN_ID,
        *page(),
    ),
)

EVENT_PLANS: tuple[Call, ...] = (
    change(
        "eventrecord/plan/set",
        "2.1.0",
        "Configure an event-triggered recording plan",
        _NAME,
        _PRE,
        replace(_LENGTH, required=True),
        _ALL_DAY,
        replace(_EVENTS, required=True),
        _SECTIONS,
        ZONE,
        rules=_BY_SECTIONS,
    ),
    read(
        "eventrecord/plan/update",
        "2.1.0",
        "Update an event-triggered recording plan",
        PLAN_ID,
        replace(_NAME, required=False),
        _PRE,
        _LENGTH,
        ALL_DAY,
        _EVENTS,
        _SECTIONS,
        ZONE,
        rules=_BY_SECTIONS,
    ),
    read(
        "eventrecord/plan/query",
        "2.1.0",
        "Query a list of event-triggered recording plans",
        *page(),
        ZONE,
    ),
    read(
        "eventrecord/plan/delete",
        "2.0.0",
        "Delete an event-triggered recording plan",
        PLAN_ID,
        destructive=True,
    ),
    read(
        "eventrecord/plan/getbyid",
        "2.1.0",
        "Get the details of an event-triggered recording plan",
        PLAN_ID,
        ZONE,
    ),
    read(
        "eventrecord/plan/device/bind",
        "2.0.0",
        "Attach an event-triggered recording plan to a device",
        PLAN_ID,
        IOT_ID,
        STREAM,
    ),
    read(
        "eventrecord/plan/unbind",
        "2.0.0",
        "Detach an event-triggered recording plan from a device",
        IOT_ID,
        STREAM,
    ),
    read(
        "eventrecord/plan/getbyiotid",
        "2.1.0",
        "Query the event-triggered recording plan by device ID",
        IOT_ID,
        STREAM,
        ZONE,
    ),
    read(
        "eventrecord/bind/device/query",
        "2.0.0",
        "Query the list of devices associated with an event-triggered recording plan",
        PLAN_ID,
        *page(),
    ),
)
