"""Every operation of "Link Visual video service", in the document's order, and the platform's.

A call is named by its path without `/vision/customer/`, with underscores for slashes:
`/vision/customer/record/plan/set` is `record_plan_set`, `/uc/listBindingByAccount` is
`uc_listBindingByAccount`, and `/vision/stream/query`, the application's twin of `stream_query`,
is `vision_stream_query`.

Where the document contradicts itself the row takes the looser reading: time sections are needed
where `allDay` is 0. Calls that only read, or set a state that is the same the second time, are
idempotent.
"""

from __future__ import annotations

from vsconsole.net.endpoint import Endpoint
from vsconsole.vendors.linkvisual.endpoints.plans import EVENT_PLANS, PLANS
from vsconsole.vendors.linkvisual.endpoints.platform import CARD, DEVICES, LIVE, SESSION
from vsconsole.vendors.linkvisual.endpoints.recordings import (
    EVENTS,
    PICTURES,
    RECORDINGS,
    STORAGE,
)
from vsconsole.vendors.linkvisual.endpoints.shared import Call

_CALLS: tuple[Call, ...] = (
    *PLANS,
    *EVENT_PLANS,
    *RECORDINGS,
    *STORAGE,
    *PICTURES,
    *EVENTS,
    *SESSION,
    *DEVICES,
    *LIVE,
    *CARD,
)

CALLS: dict[str, Call] = {call.endpoint.name: call for call in _CALLS}
"""What each call needs beside its row, by name."""

ENDPOINTS: tuple[Endpoint, ...] = tuple(call.endpoint for call in _CALLS)

OPEN_SESSION, REFRESH_SESSION = (call.endpoint.name for call in SESSION)

__all__ = ["CALLS", "ENDPOINTS", "OPEN_SESSION", "REFRESH_SESSION", "Call"]
