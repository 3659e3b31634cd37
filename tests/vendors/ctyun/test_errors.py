"""What an error means goes by its words, then by its status; what the vendor said is kept."""

from __future__ import annotations

import pytest

from vsconsole import i18n
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Conflict,
    ConsoleError,
    DeviceBusy,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    Unsupported,
)
from vsconsole.vendors.ctyun.errors import error_for, unreadable


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "SignatureDoesNotMatch", BadCredentials),
        (400, "签名不匹配", BadCredentials),
        (400, "AccessKey 不存在", BadCredentials),
        (401, "请求时间戳超出有效期 RequestExpired", SessionExpired),
        (401, "签名已过期", SessionExpired),
        (400, "设备不存在", NotFound),
        (400, "Device not found", NotFound),
        (409, "设备不在线", DeviceOffline),
        (500, "设备离线", DeviceOffline),
        (500, "设备忙", DeviceBusy),
        (400, "会话数已达上限", DeviceBusy),
        (400, "仅支持国标设备", Unsupported),
        (400, "该设备不支持此操作", Unsupported),
        (429, "签名不匹配", RateLimited),
        (400, "请求过于频繁", RateLimited),
        (403, "账户已欠费", QuotaExceeded),
        (400, "没有操作权限", PermissionDenied),
        (400, "设备名称已存在", Conflict),
        (400, "StartTime 时间戳格式错误", Rejected),
        (400, "仅支持查询30天内的数据", Rejected),
        (500, "系统繁忙", Rejected),
        # Without a word that is known.
        (400, "奇怪", Rejected),
        (401, "奇怪", BadCredentials),
        (403, "奇怪", PermissionDenied),
        (404, "奇怪", NotFound),
        (409, "奇怪", Conflict),
        (429, "奇怪", RateLimited),
        (418, "奇怪", Rejected),
        (500, "奇怪", Rejected),
    ],
)
def test_meanings(status: int, message: str, kind: type[ConsoleError]) -> None:
    error = error_for("VSS_9999", message=message, status=status, request_id="r" * 32)
    assert type(error) is kind
    assert error.what
    assert error.remedy
    assert error.why == message
    assert (error.code, error.request_id) == ("VSS_9999", "r" * 32)
    assert error.retryable == (kind is RateLimited or (status == 500 and kind is Rejected))


def test_a_status_stands_in_for_a_code() -> None:
    assert error_for("", status=503).code == "503"
    assert error_for("", status=429, retry_after=7).retry_after == 7


def test_words_of_the_vendor_hold_no_secret() -> None:
    message = (
        "bad signature=abcdef0123 at https://vssapi.ctyun.cn/devices?token=t0k \x07" + "长" * 300
    )
    error = error_for("VSS_0002", message=message, status=401)
    assert "abcdef0123" not in error.why
    assert "t0k" not in error.why
    assert len(error.why) == 160
    assert "\x07" not in error.why


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, BadResponse),
        (302, BadResponse),
        (401, BadCredentials),
        (403, PermissionDenied),
        (404, BadResponse),
        (429, RateLimited),
        (502, BadResponse),
    ],
)
def test_pages_that_are_no_answer(status: int, kind: type[ConsoleError]) -> None:
    page = b"<html><head><title>x</title></head><body>Bad <b>gateway</b></body></html>"
    error = unreadable(status, page)
    assert type(error) is kind
    assert error.code == str(status)
    assert status == 429 or error.why == f"Status {status}. Bad gateway"


def test_binary_pages_are_not_quoted() -> None:
    assert unreadable(200, b"\x00\x01\xff" * 50).why == "Status 200."


def test_texts_are_translated_when_made() -> None:
    i18n.set_language("en")
    assert error_for("x", message="设备不存在").what == "Ctyun does not know what was asked for."
