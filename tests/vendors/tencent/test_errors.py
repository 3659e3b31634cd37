from __future__ import annotations

import pytest

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
)
from vsconsole.net.answers import clipped, excerpt
from vsconsole.vendors.tencent import errors
from vsconsole.vendors.tencent.errors import CODES, error_for, unreadable

# "错误码": every code of the table; the second 51603 is taken for 51604.
DOCUMENTED = {
    *range(40001, 40007),
    41301,
    *range(41601, 41640),
    *range(42205, 42208),
    *range(42501, 42509),
    *range(43401, 43413),
    *range(43701, 43728),
    *range(50000, 50003),
    *range(51601, 51605),
}


def test_every_documented_code_has_a_meaning() -> None:
    assert set(CODES) == DOCUMENTED


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_meaning_says_what_and_what_to_do(code: int) -> None:
    error = error_for(code, request_id="r-1", detail="Name: 太长")
    assert isinstance(error, ConsoleError)
    assert error.what.endswith(".")
    assert error.remedy.endswith(".")
    assert error.why == "Name: 太长"
    assert (error.code, error.request_id) == (str(code), "r-1")


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        (41601, SessionExpired, False),
        (41602, BadCredentials, False),
        (41617, DeviceOffline, False),
        (41637, DeviceOffline, True),
        (42207, NotFound, False),
        (42508, RateLimited, True),
        (50000, Rejected, True),
    ],
)
def test_kinds(code: int, kind: type[ConsoleError], retryable: bool) -> None:
    error = error_for(code)
    assert type(error) is kind
    assert error.retryable is retryable


def test_unknown_codes_go_by_the_status() -> None:
    error = error_for(49999, message="see http://a.test/?token=HIDDEN", status=200)
    assert type(error) is Rejected
    assert "HIDDEN" not in str(error)
    assert error.code == "49999"
    assert not error.retryable
    assert type(error_for(1, status=403)) is PermissionDenied
    assert error_for(1, status=500).retryable


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
def test_pages_instead_of_answers(status: int, kind: type[ConsoleError]) -> None:
    page = b"<html><head><title>x</title></head><body>Please <b>sign in</b></body></html>"
    error = unreadable(status, page, request_id="r", retry_after=3)
    assert type(error) is kind
    assert error.what
    assert error.remedy
    assert error.code == str(status)
    assert error.retry_after == 3
    if status != 429:
        assert str(status) in error.why
        assert "Please sign in" in error.why
        assert "<" not in error.why


def test_excerpts_are_short_safe_and_one_line() -> None:
    text = excerpt(b"a\r\n\x1b[31m token=HIDDEN " + b"word " * 500)
    assert len(text) <= 160
    assert "HIDDEN" not in text
    assert text.isprintable()
    assert excerpt(b"\x00\x01\x02") == ""
    assert excerpt(b"\xff\xfe" * 100) == ""
    assert excerpt(b"<script>var secret = 1</script><!-- x -->ok") == "ok"
    assert excerpt(b"") == ""
    assert clipped("短") == "短"


def test_rate_limits_without_a_code_of_their_own() -> None:
    assert type(error_for(50000, detail="request limit exceeded")) is RateLimited
    assert type(error_for(500, message="调用过于频繁")) is RateLimited
    assert type(error_for(41617, status=429)) is RateLimited
    assert type(error_for(43704, detail="limit exceeded")) is Rejected


def test_nothing_recorded_is_known() -> None:
    assert set(CODES) >= errors.NOTHING_RECORDED
