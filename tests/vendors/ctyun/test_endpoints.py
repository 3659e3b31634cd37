"""The table says what the published pages say."""

from __future__ import annotations

from typing import Any

import pytest

from vsconsole.domain.errors import InvalidInput
from vsconsole.vendors.ctyun.endpoints import ENDPOINTS

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
RECORDS = {
    "DeviceId": "719340484461969408",
    "RecordType": -1,
    "StartTime": "2023-05-06 08:00:00",
    "EndTime": "2023-05-06 10:00:00",
}


def test_the_table() -> None:
    assert {(e.name, e.method, e.path) for e in ENDPOINTS} == {
        ("DescribeRecords", "GET", "/devices/{DeviceId}/records"),
        ("DescribeDevices", "GET", "/devices"),
        ("DescribeDevice", "GET", "/devices/{DeviceId}"),
        ("CreateDevice", "POST", "/devices"),
        ("DescLocalVodStreams", "GET", "/devices/{DeviceId}/local/vod/streams"),
        ("DescribeApp", "GET", "/ai/apps/{AppId}"),
        ("DescribeAIResults", "GET", "/ai/results"),
    }
    assert len(BY_NAME) == len(ENDPOINTS)
    assert all(e.doc for e in ENDPOINTS)
    assert {e.name for e in ENDPOINTS if not e.idempotent} == {
        "CreateDevice",
        "DescLocalVodStreams",
    }
    assert not any(e.destructive for e in ENDPOINTS)
    assert all(e.paging.largest == 1000 for e in ENDPOINTS if e.paging)


def test_the_seed_s_query_has_every_parameter() -> None:
    row = BY_NAME["DescribeRecords"]
    assert [param.name for param in row.inputs] == [
        "DeviceId",
        "OutNetwork",
        "RecordSource",
        "RecordType",
        "StartTime",
        "EndTime",
        "SortBy",
        "SortDirection",
        "PageNum",
        "PageSize",
    ]
    assert row.required == ("DeviceId", "RecordType", "StartTime", "EndTime")
    # Numbers may be given as text, as a form does.
    assert row.check({**RECORDS, "RecordType": "-1"})["RecordType"] == -1


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("DescribeRecords", {**RECORDS, "RecordType": 4}, "RecordType"),
        ("DescribeRecords", {**RECORDS, "RecordSource": "disk"}, "RecordSource"),
        ("DescribeRecords", {**RECORDS, "PageSize": 1001}, "PageSize"),
        ("DescribeRecords", {**RECORDS, "SortBy": "EndTime"}, "SortBy"),
        ("DescribeRecords", {**RECORDS, "EndTime": RECORDS["StartTime"]}, "EndTime"),
        ("DescribeRecords", {**RECORDS, "EndTime": "2023-05-06T10:00:00"}, "EndTime"),
        ("DescribeRecords", {**RECORDS, "DeviceId": "../x"}, "DeviceId"),
        ("DescribeDevices", {"DeviceType": "camera"}, "DeviceType"),
        ("DescribeDevices", {"IncludeDeviceDir": 2}, "IncludeDeviceDir"),
        ("DescribeDevices", {"Recursive": 1}, "Recursive"),
        ("CreateDevice", {"Region": "1"}, "Device"),
        ("DescribeAIResults", {}, "AlgorithmsId"),
        ("DescribeAIResults", {"AlgorithmsId": "2", "ConfidenceMin": 1.5}, "ConfidenceMin"),
        (
            "DescribeAIResults",
            {"AlgorithmsId": "2", "StartTime": 0, "EndTime": 7 * 86400 + 1},
            "EndTime",
        ),
        (
            "DescLocalVodStreams",
            {"DeviceId": "1", "StreamNum": 1, "StartTime": 0, "EndTime": 86401},
            "EndTime",
        ),
        (
            "DescLocalVodStreams",
            {"DeviceId": "1", "StreamNum": 0, "StartTime": 0, "EndTime": 10},
            "StreamNum",
        ),
    ],
)
def test_what_is_refused_before_sending(name: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BY_NAME[name].check(values)
    assert caught.value.field == field


def test_the_longest_ranges_pass() -> None:
    BY_NAME["DescribeAIResults"].check({"AlgorithmsId": "2", "StartTime": 0, "EndTime": 7 * 86400})
    BY_NAME["DescLocalVodStreams"].check(
        {"DeviceId": "1", "StreamNum": 1, "StartTime": 0, "EndTime": 86400}
    )
    assert BY_NAME["DescribeRecords"].rules[0].describe() == "StartTime must be before EndTime."
