"""The calls of open.imou.com that a console needs, one row each; getCondensedRecords is complete.

Every call is a POST to `/openapi/` and its name. `token`, which all but accessToken carry in their
`params`, stands in no row: it is added when a call is signed.
"""

from __future__ import annotations

from vsconsole.net.endpoint import Endpoint
from vsconsole.vendors.imou.endpoints.devices import ACCOUNT, DEVICES
from vsconsole.vendors.imou.endpoints.happenings import ALARMS, DIGESTS, PICTURES, PUSH
from vsconsole.vendors.imou.endpoints.shared import STAMP, ZONE
from vsconsole.vendors.imou.endpoints.video import LIVE, PRESETS, PTZ, RECORDINGS

LOGIN: tuple[Endpoint, ...] = ACCOUNT

ENDPOINTS: tuple[Endpoint, ...] = (
    *ACCOUNT,
    *DEVICES,
    *LIVE,
    *PTZ,
    *PRESETS,
    *RECORDINGS,
    *DIGESTS,
    *ALARMS,
    *PICTURES,
    *PUSH,
)

__all__ = ["ENDPOINTS", "LOGIN", "STAMP", "ZONE"]
