"""Codes of the gateway, the platform and the video service as errors that say what to do.

The document itself lists no codes. Those here are the ones of the platform's page of common error
codes ("公共错误码"), and those that clients of the platform were seen to act on.
"""

from __future__ import annotations

import re

from vsconsole.domain.errors import (
    BadCredentials,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    SessionExpired,
    Unsupported,
)
from vsconsole.i18n import N_, _
from vsconsole.net import answers
from vsconsole.net.answers import BY_STATUS, Meaning, clipped

OK = 200
TOKEN_REFUSED = 460
REFRESH_REFUSED = 2401
NO_IDENTITY = 29003
NO_DATA = 1701

_AGAIN = N_("Try again; if it stays so, ask Alibaba Cloud with the request id.")
_CHECK_INPUT = N_("Check what was entered.")
_REFRESH = N_("It may have been deleted or unbound: refresh the list.")
_POWER = N_("Check its power and network, then try again.")
_KEYS = N_("Check AppKey and AppSecret, and this computer's clock.")
_SIGN_IN = N_(
    "Sign in again in the maker's app or service, and enter a new token or authCode here."
)

_NO_CALL = Meaning(
    Unsupported,
    N_("The server does not know this call."),
    N_("Check the server's address: regions do not offer the same."),
)

CODES: dict[int, Meaning] = {
    400: Meaning(Rejected, N_("The gateway could not read the call."), _CHECK_INPUT),
    401: Meaning(BadCredentials, N_("The signature or its keys were refused."), _KEYS),
    403: Meaning(
        PermissionDenied,
        N_("The AppKey may not make this call."),
        N_("Have it allowed for the app in the platform's console."),
    ),
    404: _NO_CALL,
    405: _NO_CALL,
    429: Meaning(
        RateLimited,
        N_("Too many calls in a short time."),
        N_("Wait a moment, then try again."),
        pause=1.0,
    ),
    # The platform's page calls 460 a wrong parameter, its clients take it for a token that has
    # ended. A new token costs one call and does no harm, so the second reading is tried first.
    TOKEN_REFUSED: Meaning(SessionExpired, N_("The login has expired."), _SIGN_IN),
    500: Meaning(Rejected, N_("The server is failing."), _AGAIN, True),
    503: Meaning(Rejected, N_("The server is not available."), _AGAIN, True),
    781: Meaning(
        PermissionDenied,
        N_("The account may not see this."),
        N_("Ask the device's owner to share it."),
    ),
    NO_DATA: Meaning(NotFound, N_("There is no such thing at the vendor."), _REFRESH),
    2000: Meaning(Rejected, N_("A parameter is not valid."), _CHECK_INPUT),
    2062: Meaning(SessionExpired, N_("The login is not known any more."), _SIGN_IN),
    2065: Meaning(NotFound, N_("The device is not bound to this account."), _REFRESH),
    2066: Meaning(
        PermissionDenied,
        N_("Only the device's owner may do this."),
        N_("Use the account that added the device."),
    ),
    REFRESH_REFUSED: Meaning(
        SessionExpired, N_("The login has ended and could not be renewed."), _SIGN_IN
    ),
    6205: Meaning(DeviceOffline, N_("The device is offline."), _POWER),
    # Asking wakes the camera's video agent, which then connects.
    9201: Meaning(
        DeviceOffline,
        N_("The camera has not connected to the video service yet."),
        _POWER,
        True,
        pause=1.0,
    ),
    20056: Meaning(
        DeviceOffline, N_("The device did not answer the platform in time."), _POWER, True
    ),
    22000: Meaning(
        Rejected,
        N_("The device could not do it."),
        N_("Check the device, for instance its storage card, then try again."),
    ),
    28560: Meaning(NotFound, N_("There is no such device."), _REFRESH),
    NO_IDENTITY: Meaning(BadCredentials, N_("The login's identity is missing or wrong."), _SIGN_IN),
    62101: Meaning(NotFound, N_("There is no such device."), _REFRESH),
}

_ABSENT = re.compile(
    r"\bnot[ _]?(exist|found|bound)|does(n't| not) exist|no such|不存在|未找到|没有找到|未绑定",
    re.IGNORECASE,
)


def error_for(
    code: int,
    *,
    message: str = "",
    status: int = 200,
    request_id: str = "",
    retry_after: float | None = None,
) -> ConsoleError:
    """The error of a code; unknown ones go by the HTTP status and the vendor's message."""
    meaning = CODES.get(429 if status == 429 else code)
    if meaning is None and _ABSENT.search(message):
        meaning = CODES[NO_DATA]
    if meaning is None:
        kind = BY_STATUS.get(status, Rejected)
        return kind(
            _("Alibaba Link Visual refused the call."),
            why=clipped(message),
            remedy=_(_AGAIN),
            code=str(code),
            request_id=request_id,
            retry_after=retry_after,
            retryable=status >= 500 or None,
        )
    return meaning.kind(
        _(meaning.what),
        why=clipped(message),
        remedy=_(meaning.remedy),
        code=str(code),
        request_id=request_id,
        retry_after=retry_after if retry_after is not None else meaning.pause,
        retryable=meaning.retryable,
    )


def refused(
    status: int, reason: str, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of a call that the gateway refused before the platform saw it, with its reason."""
    reason = _without_strings(reason)
    # The first attempt arrived and only its answer was lost; each attempt has a nonce of its own.
    if re.search(r"nonce", reason, re.IGNORECASE):
        return Rejected(
            _("The gateway has seen this very call before."),
            why=clipped(reason),
            remedy=_("Try again."),
            code=str(status),
            request_id=request_id,
            retryable=True,
        )
    if status != 429 and re.search(r"signature|appkey|timestamp|expired", reason, re.IGNORECASE):
        return error_for(401, message=reason, request_id=request_id)
    return error_for(
        status, message=reason, status=status, request_id=request_id, retry_after=retry_after
    )


def _without_strings(reason: str) -> str:
    """The gateway's reason without the text it signed itself, which holds the AppKey."""
    return re.split(r",?\s*Server StringToSign", reason, maxsplit=1)[0]


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
    if status in (404, 405, 429):
        return error_for(status, status=status, request_id=request_id, retry_after=retry_after)
    return answers.unreadable(status, body, request_id=request_id, retry_after=retry_after)


def no_login() -> ConsoleError:
    """Neither a token nor a code to get one with."""
    return BadCredentials(
        _("This account has no login."),
        why=_("Calls are made for a user of the maker's app."),
        remedy=_("Enter an iotToken with its refreshToken, or an authCode."),
    )


def cannot_renew() -> ConsoleError:
    """The token has ended and there is nothing to renew it with."""
    return SessionExpired(
        _("The login has expired."),
        why=_("There is no refreshToken to renew it with."),
        remedy=_(_SIGN_IN),
        code=str(TOKEN_REFUSED),
    )
