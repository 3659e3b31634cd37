"""Every operation of the document has a row, in the document's order and with its parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vsconsole.domain.errors import InvalidInput
from vsconsole.vendors.linkvisual.endpoints import (
    CALLS,
    ENDPOINTS,
    OPEN_SESSION,
    REFRESH_SESSION,
)

DOCUMENT = json.loads((Path(__file__).parent / "document.json").read_text(encoding="utf-8"))
"""Path, version, title and parameters (name, type, required) of each, read from the document."""

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
TYPES = {"long": "int", "boolean": "bool", "array": "list"}
NOT_REQUIRED_HERE = {"timeSectionList"}


def test_the_table_is_the_document() -> None:
    assert len(DOCUMENT) == 38
    rows = [
        [
            endpoint.path,
            CALLS[endpoint.name].version,
            endpoint.doc,
            [[param.name, param.type] for param in endpoint.params],
        ]
        for endpoint in ENDPOINTS[:38]
    ]
    assert rows == [
        [path, version, title, [[name, TYPES.get(kind, kind)] for name, kind, _ in params]]
        for path, version, title, params in DOCUMENT
    ]
    for endpoint, (_path, _version, _title, params) in zip(ENDPOINTS, DOCUMENT, strict=False):
        wanted = {name for name, _kind, needed in params if needed} - NOT_REQUIRED_HERE
        assert set(endpoint.required) == wanted, endpoint.name


def test_names_come_from_paths() -> None:
    assert len(BY_NAME) == len(ENDPOINTS) == 48
    assert set(CALLS) == set(BY_NAME)
    assert BY_NAME["record_plan_set"].path == "/vision/customer/record/plan/set"
    assert BY_NAME["uc_listBindingByAccount"].path == "/uc/listBindingByAccount"
    assert BY_NAME["stream_query"].path == "/vision/customer/stream/query"
    assert BY_NAME["vision_stream_query"].path == "/vision/stream/query"
    assert (OPEN_SESSION, REFRESH_SESSION) == (
        "account_createSessionByAuthCode",
        "account_checkOrRefreshSession",
    )
    assert all(endpoint.method == "POST" and endpoint.doc for endpoint in ENDPOINTS)


def test_who_is_asked_for() -> None:
    assert {name for name, call in CALLS.items() if not call.user} == {
        OPEN_SESSION,
        REFRESH_SESSION,
        "vision_stream_query",
    }


def test_what_is_repeated_and_what_is_confirmed() -> None:
    assert {e.name for e in ENDPOINTS if not e.idempotent} == {
        "record_plan_set",
        "eventrecord_plan_set",
        "record_trigger",
        "cloudstorage_presented_consume",
        "picture_trigger",
        "account_createSessionByAuthCode",
        "thing_service_invoke",
        "vod_localfile_getbytime",
        "vod_localfile_getbyname",
    }
    assert {e.name for e in ENDPOINTS if e.destructive} == {
        "record_plan_delete",
        "eventrecord_plan_delete",
        "record_batchdelete",
        "picture_batchdelete",
        "thing_service_invoke",
    }
    paged = {e.name: e.paging for e in ENDPOINTS if e.paging is not None}
    assert set(paged) == {"uc_listBindingByAccount", "subdevices_list"}
    secret = {p.name for e in ENDPOINTS for p in e.params if p.secret}
    assert secret == {"authCode", "refreshToken"}


SECTION = {"dayOfWeek": 0, "begin": 0, "end": 86399}

GOOD: dict[str, dict[str, Any]] = {
    "record_plan_set": {"name": "p", "allDay": 0, "timeSectionList": [SECTION], "timeZone": -11},
    "record_plan_update": {"planId": "p", "allDay": 1},
    "eventrecord_plan_set": {
        "name": "p",
        "recordDuration": 30,
        "allDay": 1,
        "eventTypeList": [1],
        "timeZone": 12,
    },
    "record_query": {"iotId": "i", "beginTime": 1, "endTime": 2, "recordType": 99},
    "event_query": {"iotId": "i", "beginTime": 1700532000000, "endTime": 1700532000001},
    "monthrecord_query": {"iotId": "i", "month": "201806"},
    "record_batchdelete": {"iotId": "i", "fileNameList": ["f"] * 100},
    "record_durationconfig_set": {"iotId": "i", "recordDuration": 600},
    "thing_service_invoke": {
        "iotId": "i",
        "identifier": "PTZActionControl",
        "args": {"ActionType": 0, "Step": 1},
    },
}


@pytest.mark.parametrize("name", GOOD)
def test_good_parameters(name: str) -> None:
    assert BY_NAME[name].check(GOOD[name]) == GOOD[name]


def test_arguments_of_a_service_are_free_and_may_come_as_text() -> None:
    row = BY_NAME["thing_service_invoke"]
    checked = row.check({"iotId": "i", "identifier": "X", "args": '{"A": [1]}'})
    assert checked["args"] == {"A": [1]}
    assert row.check({"iotId": "i", "identifier": "StopPTZAction", "args": {}})["args"] == {}


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("record_plan_set", {"timeSectionList": None}, "timeSectionList"),
        ("record_plan_set", {"timeZone": 13}, "timeZone"),
        (
            "record_plan_set",
            {"timeSectionList": [{**SECTION, "end": 86400}]},
            "timeSectionList[0].end",
        ),
        (
            "record_plan_set",
            {"timeSectionList": [{**SECTION, "dayOfWeek": 7}]},
            "timeSectionList[0].dayOfWeek",
        ),
        ("eventrecord_plan_set", {"eventTypeList": []}, "eventTypeList"),
        ("record_query", {"endTime": 1}, "endTime"),
        ("record_query", {"pageSize": 501}, "pageSize"),
        ("record_query", {"recordType": 3}, "recordType"),
        ("event_query", {"endTime": 5}, "endTime"),
        ("monthrecord_query", {"month": "201813"}, "month"),
        ("monthrecord_query", {"month": "2018-06"}, "month"),
        ("record_batchdelete", {"fileNameList": ["f"] * 101}, "fileNameList"),
        ("record_durationconfig_set", {"recordDuration": 3601}, "recordDuration"),
        ("thing_service_invoke", {"args": "{"}, "args"),
        ("thing_service_invoke", {"args": [1]}, "args"),
    ],
)
def test_wrong_parameters(name: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BY_NAME[name].check({**GOOD[name], **change})
    assert caught.value.field == field
