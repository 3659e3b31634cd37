"""The error of a code, or of an answer that is none."""

from __future__ import annotations

from datetime import datetime

from vsconsole.domain.errors import (
    BadResponse,
    ClockSkew,
    ConsoleError,
    Rejected,
    StreamUnavailable,
)
from vsconsole.i18n import _
from vsconsole.net import answers
from vsconsole.net.answers import BY_STATUS, clipped
from vsconsole.vendors.imou.codes import AGAIN, CODES


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
        return BY_STATUS.get(status, Rejected)(
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
    return answers.unreadable(status, body, request_id=request_id, retry_after=retry_after)


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
