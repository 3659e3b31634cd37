"""Calls of the AIoT video service that a console needs, one row each.

Two versions live side by side: 2023-10-01 names everything by its StreamID and takes seconds,
2021-01-01 is used for what only it has and for CloudRecordPlay, as its page describes it. A row's
path is the page's address: Action and Version stand in its query. Names are the actions' own.
Whether a call is GET or POST follows the call's page and the vendor's newer kit; the gateway takes
both. Starting a playback, a download, a recording or a talk is not idempotent: each call makes one.
"""

from __future__ import annotations

from vsconsole.net.endpoint import Endpoint
from vsconsole.vendors.volcengine.endpoints.control import ALARMS, CRUISE, PTZ
from vsconsole.vendors.volcengine.endpoints.devices import DEVICES, GROUPS, SPACES, STREAMS
from vsconsole.vendors.volcengine.endpoints.plans import MANUAL, PLANS, TEMPLATES
from vsconsole.vendors.volcengine.endpoints.records import CLOUD, DEVICE, SCREENSHOTS
from vsconsole.vendors.volcengine.endpoints.shared import ZONE

ENDPOINTS: tuple[Endpoint, ...] = (
    *SPACES,
    *GROUPS,
    *DEVICES,
    *STREAMS,
    *PTZ,
    *CRUISE,
    *CLOUD,
    *DEVICE,
    *MANUAL,
    *PLANS,
    *TEMPLATES,
    *SCREENSHOTS,
    *ALARMS,
)

__all__ = ["ENDPOINTS", "ZONE"]
