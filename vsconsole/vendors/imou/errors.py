"""The error of a code, or of an answer that is none."""

from __future__ import annotations

import re
from datetime import datetime

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ClockSkew,
    ConsoleError,
    PermissionDenied,
    RateLimited,
    Rejected,
    StreamUnavailable,
)
from vsconsole.i18n import _
from vsconsole.net.redact import redact_text
from vsconsole.vendors.imou.codes import AGAIN, CODES

_LONGEST_WORDS = 160

_BY_STATUS: dict[int, type[ConsoleError]] = {
    401: BadCredentials,
    403: PermissionDenied,
    429: RateLimited,
}


def error_for(
    code: str,
    *,
    message: str = "",
    status: int = 200,
    request_id: str = "",
    retry_after: float | None = None,
    clocks: tuple[datetime, datetime] | None = None,
) -> ConsoleError:
    """The error of a code; unknown ones go by the HTTP status and the vendor's message.

    `clocks` are the server's time and this computer's, where the answer tells them.
    """
    meaning = CODES.get(code)
    if meaning is None:
        return _BY_STATUS.get(status, Rejected)(
            _("Imou refused the call."),
            why=clipped(message),
            remedy=_(AGAIN),
            code=code,
            request_id=request_id,
            retry_after=retry_after,
            retryable=status >= 500 or None,
        )
    why = clipped(message) if meaning.words else ""
    if meaning.kind is ClockSkew and clocks is not None:
        there, here = (f"{clock.astimezone():%Y-%m-%d %H:%M:%S}" for clock in clocks)
        why = _("The server's clock says {there}, this computer's {here}.").format(
            there=there, here=here
        )
    return meaning.kind(
        _(meaning.what),
        why=why,
        remedy=_(meaning.remedy),
        code=code,
        request_id=request_id,
        retry_after=meaning.retry_after if retry_after is None else retry_after,
        retryable=meaning.retryable,
    )


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
    if status == 429:
        return error_for("OP1026", status=status, request_id=request_id, retry_after=retry_after)
    if status == 401:
        what = _("The login was refused.")
    elif status == 403:
        what = _("The call is not allowed.")
    elif 300 <= status < 400:
        what = _("The server sent the call elsewhere; perhaps this network asks for a login.")
    elif status >= 500:
        what = _("The server is failing.")
    else:
        what = _("The server's answer could not be read.")
    words = _excerpt(body)
    why = _("Status {status}.").format(status=status)
    return _BY_STATUS.get(status, BadResponse)(
        what,
        why=f"{why} {words}" if words else why,
        remedy=_("Check the server's address and the network, then try again."),
        code=str(status),
        request_id=request_id,
        retry_after=retry_after,
    )


def incomplete(request_id: str = "") -> ConsoleError:
    """The error of an answer that lacks what it must have."""
    return BadResponse(
        _("The vendor's answer is incomplete."),
        why=_("A field that must be there is missing."),
        remedy=_(AGAIN),
        request_id=request_id,
    )


def no_address() -> ConsoleError:
    """The error of an answer that should have had a stream's address."""
    return StreamUnavailable(
        _("The vendor gave no address for the stream."),
        remedy=_("Check that the device is online, then try again."),
    )


def clipped(text: str) -> str:
    """One line of printable words, shortened, secrets masked."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    words = redact_text(words)
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def _excerpt(body: bytes) -> str:
    """The first readable words of a page, without markup and secrets; empty for binary data."""
    text = body[:4096].decode("utf-8", errors="replace")
    if "\x00" in text or text.count("\ufffd") > len(text) // 20:
        return ""
    text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1\s*>|$)|<!--.*?-->|<[^>]*(>|$)", " ", text)
    return clipped(text)
