"""Every documented code as an error that says what happened and what to do.

Two families come in one envelope: the platform's words ("公共错误码", docs/6369/68677 and
docs/6408/78947) and the product's dotted `Category.Detail` names ("错误码", docs/6521/130737). Of
the second family the published table is long and open, so what is not listed here goes by the
words in its detail, then by its category.
"""

from __future__ import annotations

import re

from vsconsole.domain.errors import (
    BadCredentials,
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
from vsconsole.i18n import N_, _
from vsconsole.net import answers
from vsconsole.net.answers import BY_STATUS, Meaning, clipped

_AGAIN = N_("Try again; if it stays so, ask Volcengine with the request id.")
_CHECK_INPUT = N_("Check what was entered.")
_CHECK_KEYS = N_("Copy both keys again from the Volcengine console.")
_REFRESH = N_("It may have been deleted: refresh the list.")
_POWER = N_("Check its power and network, then try again.")
_PAY = N_("Pay what is due in the Volcengine console, then try again.")
_GRANT = N_("Have the AIoT video permission given to this key in the Volcengine console.")
_REPORT = N_("Report this: the program sent the call wrongly.")
_ACCOUNT = N_("Look at the account's state in the Volcengine console.")

CODES: dict[str, Meaning] = {
    "MissingParameter": Meaning(Rejected, N_("A parameter is missing."), _CHECK_INPUT),
    "MissingAuthenticationToken": Meaning(
        BadCredentials, N_("The call was sent without a signature."), _REPORT
    ),
    "MissingRequestInfo": Meaning(
        Rejected, N_("A part of the call's address or signature is missing."), _REPORT
    ),
    "MissingSignature": Meaning(
        BadCredentials, N_("The call was sent without a signature."), _REPORT
    ),
    "InvalidTimestamp": Meaning(
        SessionExpired,
        N_("The time of the signature was refused."),
        N_("Check this computer's clock, then try again."),
    ),
    "ServiceNotFound": Meaning(
        Unsupported,
        N_("This server does not offer the AIoT video service."),
        N_("Check the server's address in the account's settings."),
    ),
    "InvalidActionOrVersion": Meaning(
        Unsupported,
        N_("The service does not know this call, or no longer."),
        N_("Use the newer call where there is one."),
    ),
    "InvalidAccessKey": Meaning(BadCredentials, N_("The access key was refused."), _CHECK_KEYS),
    "SignatureDoesNotMatch": Meaning(
        BadCredentials,
        N_("The secret key was refused."),
        N_("Copy both keys again from the Volcengine console, and check the region."),
    ),
    "InvalidAuthorization": Meaning(
        BadCredentials, N_("The signature could not be read."), _CHECK_KEYS
    ),
    "InvalidCredential": Meaning(
        BadCredentials,
        N_("The access key or the region is not valid."),
        N_("Copy the access key again, and check the region."),
    ),
    "InvalidSecretToken": Meaning(
        SessionExpired,
        N_("The session token is not valid, or has expired."),
        N_("Enter a new access key, secret key and session token."),
    ),
    "LackPolicy": Meaning(PermissionDenied, N_("This key may not make the call."), _GRANT),
    "LackProjectPolicy": Meaning(PermissionDenied, N_("This key may not use the project."), _GRANT),
    "AccessDenied": Meaning(PermissionDenied, N_("Access was denied."), _GRANT),
    "InnerApiNeedAccountInfo": Meaning(
        BadCredentials, N_("The key belongs to a service, not to an account."), _CHECK_KEYS
    ),
    "ServiceShouldCallSelfApi": Meaning(
        PermissionDenied, N_("The key belongs to another service."), _CHECK_KEYS
    ),
    "InternalError": Meaning(Rejected, N_("The operation failed at the vendor."), _AGAIN, True),
    "FailToConnect": Meaning(
        Rejected, N_("The vendor's service could not be reached from its gateway."), _AGAIN, True
    ),
    "InternalServiceTimeout": Meaning(
        Rejected, N_("The vendor's service did not answer its gateway in time."), _AGAIN, True
    ),
    "ServiceUnavailable.AccountNotReady": Meaning(
        PermissionDenied,
        N_("The account is not ready for the AIoT video service."),
        N_("Open the service in the Volcengine console, then try again."),
    ),
    "NotFound.CheckAccountStatus": Meaning(
        PermissionDenied,
        N_("The account does not exist at the AIoT video service."),
        N_("Open the service in the Volcengine console, then try again."),
    ),
    "OperationDeny.AccountNotIdentification": Meaning(
        PermissionDenied,
        N_("The account's owner has not been verified."),
        N_("Finish the verification in the Volcengine console."),
    ),
    "OperationDeny.AccountStatusAbnormal": Meaning(
        PermissionDenied, N_("The account is blocked."), _ACCOUNT
    ),
    "OperationDeny.AccountOverdue": Meaning(
        QuotaExceeded, N_("The account's payment is overdue."), _PAY
    ),
    "OperationDeny.FunctionLimit": Meaning(
        PermissionDenied, N_("The account may not use this function."), _ACCOUNT
    ),
    "OperationDeny.ModeChargeInProcess": Meaning(
        Conflict, N_("The account's plan is being changed."), N_("Wait until that has ended.")
    ),
    "InvalidParameter.ChargeModeNoChange": Meaning(
        Rejected, N_("The account has this plan already."), N_("There is nothing more to do.")
    ),
    "InvalidParameter.PlayBackControlArgs": Meaning(
        Rejected,
        N_("The playback cannot do this."),
        N_("Choose another speed, or a moment inside the recording."),
    ),
    "ErrorDeviceSipTimeout": Meaning(
        DeviceOffline, N_("The device did not answer its platform in time."), _POWER
    ),
    "NotFound.DeviceData": Meaning(NotFound, N_("There is no such device."), _REFRESH),
}

# What the details of codes say, wherever they stand. The first that fits counts.
_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (
            r"overdue|arrears",
            Meaning(QuotaExceeded, N_("The account's payment is overdue."), _PAY),
        ),
        (
            r"token\w*(expire|invalid)|(expire|invalid)\w*token",
            Meaning(
                SessionExpired,
                N_("The session token is not valid, or has expired."),
                N_("Enter a new access key, secret key and session token."),
            ),
        ),
        (
            r"(sip|device|signal)\w*time_?out",
            Meaning(
                DeviceOffline,
                N_("The device did not answer its platform in time."),
                _POWER,
            ),
        ),
        (r"offline|not_?online", Meaning(DeviceOffline, N_("The device is offline."), _POWER)),
        (
            r"unregister|not_?register",
            Meaning(
                DeviceOffline,
                N_("The device has not registered yet."),
                N_("Enter the platform's address and the device's code on the device."),
            ),
        ),
        (
            r"disabled|stream\w*forbid|forbid\w*stream",
            Meaning(
                DeviceOffline,
                N_("The device or stream is disabled."),
                N_("Enable it in the Volcengine console, then try again."),
            ),
        ),
        (
            r"busy",
            Meaning(
                DeviceBusy,
                N_("The device has no free session for this."),
                N_("Close another picture of it, then try again."),
            ),
        ),
        (
            r"not_?support|unsupported",
            Meaning(
                Unsupported,
                N_("The device or service cannot do this."),
                N_("Use another way, where there is one."),
            ),
        ),
        (
            r"not_?found|not_?exist|no_?such",
            Meaning(NotFound, N_("There is no such thing at the vendor."), _REFRESH),
        ),
        (
            r"exist|duplicat|conflict|in_?use|already",
            Meaning(
                Conflict,
                N_("The thing exists already, or is in use."),
                N_("Choose another name, or end what uses it."),
            ),
        ),
    )
)

_LIMITED = Meaning(
    RateLimited, N_("Too many calls in a short time."), N_("Wait a moment, then try again.")
)
# No code for it is published; these two words are common to the vendor's other services.
_LIMIT_WORDS = re.compile(r"limit|throttl", re.IGNORECASE)

# "InteralError" stands so in the published table.
_CATEGORIES: dict[str, Meaning] = {
    "NotFound": Meaning(NotFound, N_("There is no such thing at the vendor."), _REFRESH),
    "InvalidParameter": Meaning(Rejected, N_("A parameter is not valid."), _CHECK_INPUT),
    "MissingParameter": Meaning(Rejected, N_("A parameter is missing."), _CHECK_INPUT),
    "OperationDeny": Meaning(PermissionDenied, N_("The operation is not allowed now."), _ACCOUNT),
    "ServiceUnavailable": Meaning(Rejected, N_("The service is not available."), _AGAIN, True),
    "InternalError": Meaning(Rejected, N_("The operation failed at the vendor."), _AGAIN, True),
    "InteralError": Meaning(Rejected, N_("The operation failed at the vendor."), _AGAIN, True),
}
_NOT_A_PACE = frozenset({"InvalidParameter", "MissingParameter", "OperationDeny", "NotFound"})

_NOTHING_RECORDED = re.compile(r"NotFound\.\w*Record\w*")


def error_for(
    code: str,
    *,
    message: str = "",
    status: int = 200,
    request_id: str = "",
    retry_after: float | None = None,
) -> ConsoleError:
    """The error of a code; unknown ones go by the HTTP status and keep the vendor's message."""
    meaning = _meaning(code, status)
    if meaning is None:
        kind = _BY_STATUS.get(status, Rejected)
        return kind(
            _("Volcengine refused the call."),
            why=clipped(message),
            remedy=_(_AGAIN),
            code=code or str(status),
            request_id=request_id,
            retry_after=retry_after,
            retryable=status >= 500 or None,
        )
    return meaning.kind(
        _(meaning.what),
        why=clipped(message),
        remedy=_(meaning.remedy),
        code=code or str(status),
        request_id=request_id,
        retry_after=retry_after,
        retryable=meaning.retryable,
    )


def _meaning(code: str, status: int) -> Meaning | None:
    if status == 429:
        return _LIMITED
    if code in CODES:
        return CODES[code]
    category, _dot, detail = code.partition(".")
    if category not in _NOT_A_PACE and _LIMIT_WORDS.search(code):
        return _LIMITED
    for words, meaning in _WORDS:
        if words.search(detail or category):
            return meaning
    return _CATEGORIES.get(category)


def nothing_recorded(error: ConsoleError) -> bool:
    """Whether the error of a question about recordings only says that there are none.

    Assumed: a code that names a record as what was not found; none is published for it.
    """
    return isinstance(error, NotFound) and bool(_NOTHING_RECORDED.fullmatch(error.code))


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
    if status == 429:
        return error_for("", status=status, request_id=request_id, retry_after=retry_after)
    return answers.unreadable(status, body, request_id=request_id, retry_after=retry_after)


_BY_STATUS: dict[int, type[ConsoleError]] = {**BY_STATUS, 404: NotFound}
