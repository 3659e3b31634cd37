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
    Unsupported,
)
from vsconsole.net.answers import clipped, excerpt
from vsconsole.vendors.linkvisual import errors
from vsconsole.vendors.linkvisual.errors import CODES, error_for, unreadable


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_meaning_says_what_and_what_to_do(code: int) -> None:
    error = error_for(code, request_id="r-1", message="设备 忙")
    assert error.what.endswith(".")
    assert error.remedy.endswith(".")
    assert error.why == "设备 忙"
    assert (error.code, error.request_id) == (str(code), "r-1")


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        (401, BadCredentials, False),
        (403, PermissionDenied, False),
        (404, Unsupported, False),
        (429, RateLimited, True),
        (500, Rejected, True),
        (1701, NotFound, False),
        (2065, NotFound, False),
        (6205, DeviceOffline, False),
        (9201, DeviceOffline, True),
        (20056, DeviceOffline, True),
        (22000, Rejected, False),
        (62101, NotFound, False),
    ],
)
def test_kinds(code: int, kind: type[ConsoleError], retryable: bool) -> None:
    error = error_for(code)
    assert type(error) is kind
    assert error.retryable is retryable


def test_three_ways_in_which_a_login_ends_are_told_apart() -> None:
    token, refresh, identity = (error_for(code) for code in (460, 2401, 29003))
    assert type(token) is type(refresh) is SessionExpired
    assert type(identity) is BadCredentials
    assert len({token.what, refresh.what, identity.what}) == 3
    assert all("token" in error.remedy for error in (token, refresh, identity))


def test_waits() -> None:
    assert error_for(9201).retry_after == 1.0
    assert error_for(429).retry_after == 1.0
    assert error_for(429, retry_after=7).retry_after == 7
    assert error_for(6205).retry_after is None


def test_unknown_codes_keep_the_vendor_s_words() -> None:
    error = error_for(71234, message="see http://a.test/?token=HIDDEN now")
    assert type(error) is Rejected
    assert "HIDDEN" not in str(error)
    assert error.why.startswith("see http://a.test/")
    assert error.code == "71234"
    assert not error.retryable
    assert error_for(71234, status=502).retryable
    assert type(error_for(71234, status=403)) is PermissionDenied
    assert type(error_for(6205, status=429)) is RateLimited


@pytest.mark.parametrize(
    "words", ["plan does not exist", "file not found", "录像不存在", "not_exist"]
)
def test_unknown_codes_for_what_is_not_there(words: str) -> None:
    error = error_for(71234, message=words)
    assert type(error) is NotFound
    assert (error.code, error.why) == ("71234", words)


def test_the_gateway_s_own_reasons() -> None:
    shown = "Invalid Signature, Server StringToSign:`POST#application/json#x-ca-key:203712345`"
    error = errors.refused(401, shown, request_id="r")
    assert type(error) is BadCredentials
    assert "203712345" not in str(error)
    assert error.why == "Invalid Signature"
    assert error.request_id == "r"
    assert type(errors.refused(400, "Invalid AppKey")) is BadCredentials
    assert type(errors.refused(401, "Timestamp Expired")) is BadCredentials
    replayed = errors.refused(401, "Nonce Used")
    assert type(replayed) is Rejected
    assert replayed.retryable
    limited = errors.refused(429, "Throttled by USER Flow Control", retry_after=2)
    assert type(limited) is RateLimited
    assert limited.retry_after == 2
    assert type(errors.refused(403, "Unauthorized")) is PermissionDenied


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, BadResponse),
        (302, BadResponse),
        (401, BadCredentials),
        (403, PermissionDenied),
        (404, Unsupported),
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
    if status not in (404, 429):
        assert str(status) in error.why
        assert "Please sign in" in error.why
        assert "<" not in error.why


def test_excerpts_are_short_safe_and_one_line() -> None:
    text = excerpt(b"a\r\n\x1b[31m iotToken=HIDDEN " + b"word " * 500)
    assert len(text) <= 160
    assert "HIDDEN" not in text
    assert text.isprintable()
    assert excerpt(b"\x00\x01\x02") == ""
    assert excerpt(b"\xff\xfe" * 100) == ""
    assert excerpt(b"<script>var secret = 1</script><!-- x -->ok") == "ok"
    assert excerpt(b"") == ""
    assert clipped("短") == "短"


def test_no_login_says_what_to_enter() -> None:
    assert type(errors.no_login()) is BadCredentials
    assert "authCode" in errors.no_login().remedy
    assert type(errors.cannot_renew()) is SessionExpired
    assert errors.cannot_renew().code == "460"
