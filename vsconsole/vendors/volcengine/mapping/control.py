"""Presets, and alarms as events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vsconsole.domain.model import Channel, Cruise, Event, Preset
from vsconsole.i18n import N_, _
from vsconsole.vendors.volcengine.mapping.wire import Raw, integer, moment, rows, shown, text

METHODS = {
    1: N_("Phone alarm"),
    2: N_("Device alarm"),
    3: N_("SMS alarm"),
    4: N_("GPS alarm"),
    5: N_("Video alarm"),
    6: N_("Device fault"),
    7: N_("Alarm"),
}
# AlarmType has a meaning for three of the methods only, that of GB/T 28181.
TYPES: Mapping[tuple[int, int], str] = {
    (2, 1): N_("Video lost"),
    (2, 2): N_("Tampering with the device"),
    (2, 3): N_("Storage full"),
    (2, 4): N_("Device too hot"),
    (2, 5): N_("Device too cold"),
    (5, 1): N_("Video alarm by hand"),
    (5, 2): N_("Motion"),
    (5, 3): N_("Object left behind"),
    (5, 4): N_("Object removed"),
    (5, 5): N_("Line crossed"),
    (5, 6): N_("Intrusion"),
    (5, 7): N_("Wrong direction"),
    (5, 8): N_("Loitering"),
    (5, 9): N_("People counting"),
    (5, 10): N_("Crowd density"),
    (5, 11): N_("Picture disturbed"),
    (5, 12): N_("Fast movement"),
    (6, 1): N_("Disk fault"),
    (6, 2): N_("Fan fault"),
}
INTRUSION = (5, 6)
_DIRECTIONS = {1: N_("Entered the area"), 2: N_("Left the area")}


def presets(data: Any) -> list[Preset]:
    """The presets that are set, by number."""
    found = {
        index: Preset(index=index, name=text(row.get("PresetName")))
        for row in rows(data, "Items")
        if (index := integer(row.get("PresetID"), 0)) > 0
    }
    return [found[index] for index in sorted(found)]


def cruises(data: Any) -> list[Cruise]:
    """The cruise tracks, by number; points without a preset's number are left out."""
    found = {
        index: Cruise(
            index=index,
            presets=tuple(
                number
                for point in rows(row, "TrackList")
                if (number := integer(point.get("PresetID"), 0)) > 0
            ),
            stay=float(integer(row.get("StaySeconds"), 0)),
        )
        for row in rows(data)
        if (index := integer(row.get("TrackID"), 0)) > 0
    }
    return [found[index] for index in sorted(found)]


def ident(raw: Raw) -> str:
    """What tells alarms apart in a list."""
    return text(raw.get("AlarmNotifyID")) or json.dumps(dict(raw), sort_keys=True, default=str)


def event(one: Channel, raw: Raw) -> Event | None:
    """An alarm of a channel's device as an event; None for another channel's, or without a time."""
    begin = moment(raw.get("AlarmTime"))
    if begin is None or not _concerns(one, raw):
        return None
    method, kind = integer(raw.get("AlarmMethod"), 0), integer(raw.get("AlarmType"), 0)
    title = TYPES.get((method, kind)) or METHODS.get(method, METHODS[7])
    words = [text(raw.get("AlarmDescription"))]
    direction = integer(raw.get("EventType"), 0)
    # The field says something of intrusions only; elsewhere it is zero or left over.
    if (method, kind) == INTRUSION and direction in _DIRECTIONS:
        words.append(_(_DIRECTIONS[direction]))
    priority = integer(raw.get("AlarmPriority"), 0)
    if priority:
        words.append(_("Priority {n}").format(n=priority))
    native = text(raw.get("AlarmNotifyID"))
    return Event(
        id=native or f"{one.key.native}/{begin:%Y%m%dT%H%M%S}/{method}.{kind}",
        channel=one.key,
        begin=begin,
        kind=f"alarm-{method}.{kind}" if kind else f"alarm-{method}",
        title=_(title),
        text="; ".join(word for word in words if word),
        raw=shown(raw),
    )


def _concerns(one: Channel, raw: Raw) -> bool:
    """Whether an alarm is this channel's or its whole device's."""
    told, own = text(raw.get("ChannelID")), text(one.raw.get("ChannelID"))
    return not told or not own or told in (own, text(raw.get("DeviceNSID")))
