"""Every call of "API 文档（旧版）", one row each, in the document's order.

Where the document contradicts itself the row follows its examples: `ID` in tables is `Id` on the
wire, `Cret` is `Cert`, the second `ChannelId` of the preset call is `Cmd`, `AIType` is
`DetectType`, "no body" calls with a body example have that body. `preset/mange` is spelled so.
POST calls that only read, or that set a state which is the same the second time, are idempotent;
opening a device playback is not, as each call takes one of the recorder's sessions.
"""

from __future__ import annotations

from vsconsole.net.endpoint import Endpoint
from vsconsole.vendors.tencent.endpoints.analysis import AI, GATEWAYS
from vsconsole.vendors.tencent.endpoints.control import CONTROL, LIVE, RECORDINGS
from vsconsole.vendors.tencent.endpoints.devices import DEVICES, ORGANIZATIONS, SERVICE
from vsconsole.vendors.tencent.endpoints.plans import PLANS, RECORD_TEMPLATES, RETRIEVAL
from vsconsole.vendors.tencent.endpoints.shared import ZONE

ENDPOINTS: tuple[Endpoint, ...] = (
    *SERVICE,
    *ORGANIZATIONS,
    *DEVICES,
    *CONTROL,
    *LIVE,
    *RECORDINGS,
    *PLANS,
    *RECORD_TEMPLATES,
    *RETRIEVAL,
    *AI,
    *GATEWAYS,
)

__all__ = ["ENDPOINTS", "ZONE"]
