from __future__ import annotations

import pytest

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
from vsconsole.net.answers import clipped, excerpt
from vsconsole.vendors.volcengine.errors import CODES, error_for, nothing_recorded, unreadable

# docs/6369/68677, as far as it is published.
PLATFORM = {
    "MissingParameter",
    "MissingAuthenticationToken",
    "MissingRequestInfo",
    "MissingSignature",
    "InvalidTimestamp",
    "ServiceNotFound",
    "InvalidActionOrVersion",
    "InvalidAccessKey",
    "SignatureDoesNotMatch",
    "LackPolicy",
    "AccessDenied",
    "InternalError",
    "FailToConnect",
    "InternalServiceTimeout",
}
# docs/6521/130737 and 1169968.
PRODUCT = {
    "ServiceUnavailable.AccountNotReady",
    "OperationDeny.AccountOverdue",
    "InvalidParameter.PlayBackControlArgs",
    "ErrorDeviceSipTimeout",
    "NotFound.DeviceData",
}


def test_every_documented_code_has_a_meaning() -> None:
    assert set(CODES) >= PLATFORM | PRODUCT


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_meaning_says_what_and_what_to_do(code: str) -> None:
    error = error_for(code, request_id="r-1", message="太长")
    assert isinstance(error, ConsoleError)
    assert error.what.endswith(".")
    assert error.remedy.endswith(".")
    assert error.why == "太长"
    assert (error.code, error.request_id) == (code, "r-1")


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        ("MissingParameter", Rejected, False),
        ("InvalidTimestamp", SessionExpired, False),
        ("InvalidActionOrVersion", Unsupported, False),
        ("InvalidAccessKey", BadCredentials, False),
        ("SignatureDoesNotMatch", BadCredentials, False),
        ("InvalidSecretToken", SessionExpired, False),
        ("LackPolicy", PermissionDenied, False),
        ("InternalError", Rejected, True),
        ("InternalServiceTimeout", Rejected, True),
        ("ErrorDeviceSipTimeout", DeviceOffline, False),
        ("OperationDeny.AccountOverdue", QuotaExceeded, False),
        # No pace is meant by these, in spite of the word.
        ("OperationDeny.FunctionLimit", PermissionDenied, False),
        ("InvalidParameter.PageLimit", Rejected, False),
        # By their words.
        ("AccountFlowLimitExceeded", RateLimited, True),
        ("Throttling.User", RateLimited, True),
        ("OperationDeny.SpaceOverdue", QuotaExceeded, False),
        ("OperationDeny.TokenExpired", SessionExpired, False),
        ("InternalError.SipTimeout", DeviceOffline, False),
        ("OperationDeny.DeviceOffline", DeviceOffline, False),
        ("OperationDeny.DeviceUnregistered", DeviceOffline, False),
        ("OperationDeny.DeviceDisabled", DeviceOffline, False),
        ("OperationDeny.DeviceBusy", DeviceBusy, False),
        ("InvalidParameter.NotSupportStream", Unsupported, False),
        ("InvalidParameter.StreamNotExist", NotFound, False),
        ("ErrorStreamNotFound", NotFound, False),
        ("InvalidParameter.SpaceNameExist", Conflict, False),
        # By their category.
        ("NotFound.StreamData", NotFound, False),
        ("InvalidParameter.EndTime", Rejected, False),
        ("MissingParameter.StreamID", Rejected, False),
        ("OperationDeny.Whatever", PermissionDenied, False),
        ("ServiceUnavailable.Whatever", Rejected, True),
        ("InternalError.GetAccount", Rejected, True),
        ("InteralError.AccountServiceDown", Rejected, True),
    ],
)
def test_kinds(code: str, kind: type[ConsoleError], retryable: bool) -> None:
    error = error_for(code)
    assert type(error) is kind
    assert error.retryable is retryable
    assert error.remedy


def test_unknown_codes_go_by_the_status_and_keep_the_vendors_words() -> None:
    error = error_for("Strange", message="see http://a.test/?token=HIDDEN", status=200)
    assert type(error) is Rejected
    assert "HIDDEN" not in str(error)
    assert error.why.startswith("see http://a.test/")
    assert error.code == "Strange"
    assert not error.retryable
    assert type(error_for("Strange", status=403)) is PermissionDenied
    assert type(error_for("Strange", status=404)) is NotFound
    assert error_for("Strange", status=500).retryable
    assert error_for("", status=500).code == "500"


def test_too_many_calls_by_the_status_alone() -> None:
    error = error_for("MissingParameter", status=429, retry_after=3.0)
    assert type(error) is RateLimited
    assert error.retry_after == 3.0


def test_when_nothing_was_recorded() -> None:
    assert nothing_recorded(error_for("NotFound.StreamRecord"))
    assert nothing_recorded(error_for("NotFound.RecordData"))
    assert not nothing_recorded(error_for("NotFound.StreamData"))
    assert not nothing_recorded(error_for("InvalidParameter.Record"))


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
    page = b"<html><head><title>x</title></head><body>Sign in <b>here</b></body></html>"
    error = unreadable(status, page)
    assert type(error) is kind
    assert error.code == str(status)
    assert error.remedy
    if status != 429:
        assert "Sign in here" in error.why
        assert "title" not in error.why
        assert unreadable(status, b"").why == f"Status {status}."


def test_words_are_short_and_without_secrets() -> None:
    assert excerpt(b"\x00\x01binary") == ""
    assert excerpt(b"\xff\xfe\xfd" * 20) == ""
    assert len(clipped("word " * 100)) == 160
    assert "HIDDEN" not in clipped("access_token=HIDDEN x")
    assert clipped("a\nb\x07c") == "a b c"
