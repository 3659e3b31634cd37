"""Every code says what, and what to do; answers that are none are told apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ChannelOffline,
    ClockSkew,
    ConsoleError,
    DeviceBusy,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    StreamUnavailable,
    Unsupported,
)
from vsconsole.net.answers import clipped
from vsconsole.vendors.imou import codes
from vsconsole.vendors.imou.errors import error_for, unreadable

# The table of the vendor's file, code by code.
TABLE = dict.fromkeys(("OP1001", "OP1002", "OP1003", "OP1004", "OP1006"), Rejected) | {
    "OP1005": Unsupported,
    "OP1007": SessionExpired,
    "OP1008": BadCredentials,
    "OP1009": PermissionDenied,
    "OP1010": PermissionDenied,
    "OP1011": QuotaExceeded,
    "OP1012": PermissionDenied,
    "OP1013": QuotaExceeded,
    "OP1014": QuotaExceeded,
    "OP1015": PermissionDenied,
    "OP1016": QuotaExceeded,
    "OP1019": NotFound,
    "OP1021": StreamUnavailable,
    "OP1026": RateLimited,
    "SN1001": BadCredentials,
    "SN1002": ClockSkew,
    "SN1003": Rejected,
    "SN1004": BadCredentials,
    "SN1005": Rejected,
    "TK1002": SessionExpired,
    "TK1003": SessionExpired,
    "DV1002": NotFound,
    "DV1007": DeviceOffline,
    "DV1009": DeviceBusy,
    "DV1010": RateLimited,
    "DV1012": PermissionDenied,
    "DV1019": Unsupported,
    "DV1020": ChannelOffline,
    "DV1024": NotFound,
    "DV1026": Unsupported,
    "DV1030": DeviceOffline,
    "DV1049": NotFound,
    "DV1053": DeviceOffline,
    "DV1057": NotFound,
    "DV1061": DeviceOffline,
    "DV1062": DeviceOffline,
    "DV1066": DeviceBusy,
    "RC1001": NotFound,
    "LV1002": NotFound,
    "LD1001": NotFound,
    "FL1004": QuotaExceeded,
    "SUB1001": PermissionDenied,
    "SUB1005": SessionExpired,
}


def test_the_class_of_each_code() -> None:
    for code, kind in TABLE.items():
        error = error_for(code, message="操作失败", request_id="r1")
        assert type(error) is kind, code
        assert (error.code, error.request_id) == (code, "r1")


def test_every_code_says_what_to_do() -> None:
    for code in codes.CODES:
        error = error_for(code)
        assert error.what.endswith("."), code
        assert error.remedy.endswith(".") or code == "DV1006", code


def test_the_whole_list_is_there() -> None:
    counted = {
        family: sum(code.startswith(family) for code in codes.CODES)
        for family in ("OP", "SN", "TK", "DV", "ST", "LV", "FL", "SUB", "YL", "GT", "PF")
    }
    assert counted == {
        "OP": 20, "SN": 5, "TK": 7, "DV": 69, "ST": 12, "LV": 7, "FL": 5, "SUB": 9, "YL": 5,
        "GT": 11, "PF": 7,
    }  # fmt: skip
    special = (
        codes.NOTHING_RECORDED
        | codes.ASLEEP
        | codes.LIVE_MISSING
        | codes.NO_RIGHT_TO_CALL
        | codes.NO_PACKAGE
        | {codes.LIVE_EXISTS}
    )
    assert special <= codes.CODES.keys()


def test_an_unknown_code_keeps_the_vendor_s_words() -> None:
    error = error_for("ZZ9999", message="新错误 token=abc", request_id="r2")
    assert type(error) is Rejected
    assert error.why == "新错误 token=***"
    assert error.code == "ZZ9999"
    assert error.remedy
    assert not error.retryable
    assert type(error_for("ZZ9999", status=403)) is PermissionDenied
    assert error_for("ZZ9999", status=500).retryable


def test_the_vendor_s_words_stand_where_they_tell_more() -> None:
    assert error_for("OP1002", message="参数缺失:channelId").why == "参数缺失:channelId"
    assert error_for("OP1009", message="没有权限").why == ""


def test_a_snapshot_waits_a_second_and_a_server_may_ask_for_more() -> None:
    assert error_for("DV1010").retry_after == 1.0
    assert error_for("DV1010", retry_after=7.0).retry_after == 7.0
    assert error_for("OP1026").retry_after is None


def test_a_wrong_clock_shows_both() -> None:
    there = datetime(2026, 4, 27, 3, 0, tzinfo=UTC)
    here = datetime(2026, 4, 27, 4, 0, tzinfo=UTC)
    error = error_for("SN1002", clocks=(there, here))
    for clock in (there, here):
        assert f"{clock.astimezone():%Y-%m-%d %H:%M:%S}" in error.why
    assert error_for("SN1002").why == ""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, BadResponse),
        (302, BadResponse),
        (401, BadCredentials),
        (403, PermissionDenied),
        (404, BadResponse),
        (429, RateLimited),
        (500, BadResponse),
    ],
)
def test_an_answer_that_is_none(status: int, kind: type[ConsoleError]) -> None:
    page = b"<html><head><title>x</title></head><body><h1>Please sign in</h1></body></html>"
    error = unreadable(status, page, retry_after=3.0)
    assert type(error) is kind
    assert error.retry_after == 3.0
    assert ("Please sign in" in error.why) == (status != 429)


def test_binary_and_long_answers() -> None:
    assert unreadable(200, b"\x00\x01").why == "Status 200."
    assert len(clipped("x" * 500)) == 160
