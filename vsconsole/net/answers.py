"""What every vendor's table of errors shares: a code's meaning, and answers that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ConsoleError,
    PermissionDenied,
    RateLimited,
    WrongChannel,
)
from vsconsole.i18n import _
from vsconsole.net.redact import redact_text

_LONGEST_WORDS = 160

BY_STATUS: Mapping[int, type[ConsoleError]] = {
    401: BadCredentials,
    403: PermissionDenied,
    429: RateLimited,
}
"""What an HTTP status says by itself."""


class Meaning(NamedTuple):
    """What a code means; texts are marked and translated when the error is made.

    `pause` is how many seconds to wait before the call is made again, where that helps.
    """

    kind: type[ConsoleError]
    what: str
    remedy: str = ""
    retryable: bool | None = None
    pause: float | None = None


def unreadable(
    status: int, body: bytes, *, request_id: str = "", retry_after: float | None = None
) -> ConsoleError:
    """The error of an answer that is not the documented JSON, such as a proxy's page."""
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
    words = excerpt(body)
    why = _("Status {status}.").format(status=status)
    return BY_STATUS.get(status, BadResponse)(
        what,
        why=f"{why} {words}" if words else why,
        remedy=_("Check the server's address and the network, then try again."),
        code=str(status),
        request_id=request_id,
        retry_after=retry_after,
    )


def excerpt(body: bytes) -> str:
    """The first readable words of a page, without markup and secrets; empty for binary data."""
    text = body[:4096].decode("utf-8", errors="replace")
    if "\x00" in text or text.count("\ufffd") > len(text) // 20:
        return ""
    text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1\s*>|$)|<!--.*?-->|<[^>]*(>|$)", " ", text)
    return clipped(text)


def clipped(text: str) -> str:
    """One line of printable words, shortened, secrets masked."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    words = redact_text(words)
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def needs_same(data: object, field: str, wanted: str) -> None:
    """WrongChannel where an answer names another thing under `field` than the one asked for."""
    named = data.get(field) if isinstance(data, Mapping) else None
    if named is None or isinstance(named, Mapping | list) or str(named) == "":
        return
    if str(named).casefold() != wanted.casefold():
        raise WrongChannel(
            _("The platform answered with another camera's stream."),
            why=_("It is not shown, because it would stand under the wrong name."),
            remedy=_("Try again; if it stays so, tell the platform's support."),
        )
