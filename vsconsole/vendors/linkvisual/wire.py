"""The gateway's frame: requests into it, answers out of it, and tolerant readers of values.

Numbers come as text and text as numbers, empty lists as null, {} or "".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from vsconsole.domain.errors import BadResponse, ConsoleError
from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.net.client import Unsigned
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.retry import retry_after
from vsconsole.net.transport import Response
from vsconsole.vendors.linkvisual.endpoints import OPEN_SESSION, REFRESH_SESSION, Call
from vsconsole.vendors.linkvisual.errors import OK, error_for, refused, unreadable
from vsconsole.vendors.linkvisual.signer import ACCEPT, CONTENT_TYPE

Raw = Mapping[str, Any]


def request(
    call: Call,
    values: Mapping[str, Any],
    host: str,
    *,
    ident: str,
    token: str = "",
    language: str = "",
) -> Unsigned:
    """The request for checked `values`: the gateway's frame around them, as compact JSON.

    `ident` is new for each request; `language` is the one that refusals are worded in.
    """
    params: Mapping[str, Any] = values
    if call.endpoint.name in (OPEN_SESSION, REFRESH_SESSION):
        params = {"request": values}
    frame: dict[str, Any] = {"apiVer": call.version}
    if token:
        frame["iotToken"] = token
    if language:
        frame["language"] = language
    body = {"id": ident, "version": "1.0", "params": params, "request": frame}
    return Unsigned(
        method=call.endpoint.method,
        host=host,
        path=call.endpoint.path,
        headers={"accept": ACCEPT, "content-type": CONTENT_TYPE},
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def payload(_endpoint: Endpoint, response: Response) -> Any:
    """`data` of an answer; raises what is wrong."""
    pause = retry_after(response.headers, now())
    request_id = response.headers.get("x-ca-request-id", "")
    reason = response.headers.get("x-ca-error-message", "")
    if reason and response.status >= 400:
        raise refused(response.status, reason, request_id=request_id, retry_after=pause)
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, Mapping) or "code" not in answer:
        raise unreadable(
            response.status,
            b"" if answer is not None else response.body,
            request_id=request_id,
            retry_after=pause,
        )
    code = integer(answer["code"], 0)
    if code == OK and response.status < 400:
        return answer.get("data")
    raise error_for(
        code if code not in (0, OK) else response.status,
        message=text(answer.get("localizedMsg")) or text(answer.get("message")),
        status=response.status,
        # The answer's own id is the one that the request came with.
        request_id=request_id or text(answer.get("id")),
        retry_after=pause,
    )


def text(value: Any) -> str:
    """Text or a number as text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def integer(value: Any, default: int | None = None) -> int:
    """A whole number, also from text; `default` where there is none, BadResponse without one."""
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        return int(float(value)) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        if default is None:
            raise incomplete() from None
        return default


def truth(value: Any) -> bool:
    """A boolean, also from text or a number."""
    return value is True or text(value).lower() in ("true", "1")


def needed(raw: Raw, key: str) -> str:
    """Text that must be there; BadResponse otherwise."""
    found = text(raw.get(key))
    if not found:
        raise incomplete()
    return found


def rows(data: Any, key: str) -> list[Raw]:
    """The objects of a list that may be the payload itself or stand under `key`."""
    if isinstance(data, Mapping):
        data = data.get(key)
    if not isinstance(data, Sequence) or isinstance(data, str):
        return []
    return [row for row in data if isinstance(row, Mapping)]


def total(data: Any) -> int | None:
    """How many rows there are over all pages; None where the answer does not say."""
    found = integer(data.get("total"), -1) if isinstance(data, Mapping) else -1
    return found if found >= 0 else None


def incomplete() -> ConsoleError:
    return BadResponse(
        _("The vendor's answer is incomplete."),
        why=_("A field that must be there is missing."),
        remedy=_("Try again; if it stays so, ask Alibaba Cloud."),
    )
