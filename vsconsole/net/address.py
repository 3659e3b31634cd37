"""Which addresses may be spoken to: https everywhere, plain http to this computer and for media."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _


def split(url: str) -> SplitResult:
    """The parts of an http or https URL with a host; InvalidInput for anything else."""
    try:
        parts = urlsplit(url)
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and not any(ch <= " " or ch == "\x7f" for ch in url)
        ):
            return parts
    except ValueError:
        pass
    raise InvalidInput(
        _("This is not a usable web address."),
        remedy=_("It must begin with https:// or http:// and name a server."),
    )


def is_loopback(host: str) -> bool:
    """Whether `host` names this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def server_address(text: str, *, field: str = "server") -> str:
    """`scheme://host[:port]` of an API server: https, or http on this computer only.

    A bare host name means https. InvalidInput(field) for a path, a query, a login, or plain http.
    """
    text = text.strip()
    try:
        parts = split(text if "://" in text else f"https://{text}")
    except InvalidInput as error:
        raise InvalidInput(error.what, field=field, remedy=error.remedy) from None
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise InvalidInput(
            _("The server's address must be a name only, without path or login."), field=field
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise InvalidInput(
            _("The connection to this server would not be encrypted."),
            field=field,
            remedy=_("Use https; plain http is for servers on this computer only."),
        )
    # The default port is left out of what is signed and sent as Host.
    default = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default)}"
