"""Devices as things: what a device's own model says it can be asked for, and its answers.

PTZ, presets and card recordings are no calls of the video service but services of the device.
Which of them a device has, and what their arguments are called, stands in its model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Ability, Channel, Preset
from vsconsole.i18n import _
from vsconsole.vendors.linkvisual.wire import Raw, integer, rows, text

RECORD_LIST = "QueryRecordList"
RECORD_TIMES = "QueryRecordTimeList"
PTZ_STEP, PTZ_START, PTZ_STOP = "PTZActionControl", "StartPTZAction", "StopPTZAction"
PRESET_GO, PRESET_ADD = "PresetLocateControl", "PresetAddControl"
PRESET_DELETE, PRESET_MAP = "PresetDeleteControl", "QueryPresetMap"

# "ActionType" of the PTZ services.
MOVES = {
    PtzMove.LEFT: 0,
    PtzMove.RIGHT: 1,
    PtzMove.UP: 2,
    PtzMove.DOWN: 3,
    PtzMove.LEFT_UP: 4,
    PtzMove.RIGHT_UP: 5,
    PtzMove.LEFT_DOWN: 6,
    PtzMove.RIGHT_DOWN: 7,
    PtzMove.ZOOM_IN: 8,
    PtzMove.ZOOM_OUT: 9,
}

_PTZ = frozenset({PTZ_STEP, PTZ_START, PTZ_STOP})
_BY_POSITION = frozenset({PRESET_GO, PRESET_ADD, PRESET_DELETE})
_KNOWN = _PTZ | _BY_POSITION | {PRESET_MAP, RECORD_LIST, RECORD_TIMES}
_ZOOMS = frozenset({"8", "9"})
# How makers name the number of a preset, in lower case.
_POSITION_KEYS = ("position", "index", "presetid", "id", "preset")


@dataclass(frozen=True, slots=True)
class Model:
    """The services known here that a device has, each with the names of its arguments."""

    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zooms: bool = False

    @classmethod
    def of(cls, data: Any) -> Model:
        """The model as `/thing/tsl/get` tells it, as an object or as text of one."""
        if isinstance(data, str):
            data = _parsed(data)
        found: dict[str, tuple[str, ...]] = {}
        zooms = False
        for service in rows(data, "services"):
            name = text(service.get("identifier"))
            if name in _KNOWN:
                inputs = rows(service, "inputData")
                found[name] = tuple(text(one.get("identifier")) for one in inputs)
                zooms = zooms or (name in _PTZ - {PTZ_STOP} and _zooms(inputs))
        return cls(found, zooms)

    @classmethod
    def kept(cls, channel: Channel) -> Model:
        """The model that a channel of the tree was made with."""
        found = channel.raw.get("model")
        if not isinstance(found, Mapping):
            return cls()
        services = found.get("services")
        known = services if isinstance(services, Mapping) else {}
        return cls({name: tuple(known[name]) for name in known}, bool(found.get("zooms")))

    def as_raw(self) -> Raw:
        """What a channel keeps of it."""
        services = {name: list(inputs) for name, inputs in self.services.items()}
        return {"services": services, "zooms": self.zooms}

    @property
    def moves(self) -> bool:
        """Whether the device can be moved, for as long as wanted or by steps."""
        return PTZ_STEP in self.services or {PTZ_START, PTZ_STOP} <= self.services.keys()

    @property
    def steps(self) -> bool:
        """Whether it moves by steps only."""
        return not {PTZ_START, PTZ_STOP} <= self.services.keys()

    @property
    def abilities(self) -> frozenset[Ability]:
        """What the services let a channel do."""
        found: set[Ability] = set()
        if RECORD_LIST in self.services or RECORD_TIMES in self.services:
            found.add(Ability.DEVICE_RECORDS)
        if self.moves:
            found.add(Ability.PTZ)
            if self.zooms:
                found.add(Ability.ZOOM)
        if PRESET_MAP in self.services and all(self.position(name) for name in _BY_POSITION):
            found.add(Ability.PRESETS)
        return frozenset(found)

    def position(self, service: str) -> str:
        """The name of the argument that says which preset; empty where the model has none."""
        inputs = self.services.get(service, ())
        named = (name for name in inputs if name.lower() in _POSITION_KEYS)
        return next(named, inputs[0] if inputs else "")


def _zooms(inputs: Sequence[Raw]) -> bool:
    """Whether a PTZ service zooms; one whose model does not list its actions is taken to."""
    for one in inputs:
        kind = one.get("dataType")
        specs = kind.get("specs") if isinstance(kind, Mapping) else None
        if text(one.get("identifier")) == "ActionType" and isinstance(specs, Mapping):
            numbered = {str(name) for name in specs if str(name).isdigit()}
            return not numbered or numbered >= _ZOOMS
    return True


def answer(data: Any) -> Any:
    """What a service gave back, which some devices wrap once more."""
    inner = data.get("data") if isinstance(data, Mapping) else None
    return inner if isinstance(inner, Mapping) else data


def presets(data: Any) -> list[Preset]:
    """The presets that are set, by number; Unsupported for a form that says no numbers.

    Assumed: nothing describes the answer, so a list of numbers, a list of objects with a number
    and perhaps a name, and an object of numbers with names are read, bare or under any key, as
    JSON or as text of it.
    """
    found = _listed(answer(data))
    if found is None:
        raise Unsupported(
            _("The device lists its presets in an unknown form."),
            remedy=_("Move the camera with the arrows instead."),
        )
    made = {preset.index: preset for preset in found}
    return [made[index] for index in sorted(made)]


def _listed(data: Any) -> list[Preset] | None:
    """Presets in one of the known forms; None for any other."""
    if isinstance(data, str):
        data = _parsed(data) if data.strip() else []
    if isinstance(data, Mapping):
        if all(str(name).isdigit() for name in data):
            return [Preset(index=int(name), name=text(value)) for name, value in data.items()]
        forms = (_listed(value) for name, value in data.items() if name != "messageId")
        return next((form for form in forms if form is not None), None)
    if isinstance(data, list):
        made = [_preset(one) for one in data]
        found = [preset for preset in made if preset is not None]
        return found if found or not data else None
    return None


def _preset(value: Any) -> Preset | None:
    name = ""
    if isinstance(value, Mapping):
        named = {str(key).lower(): one for key, one in value.items()}
        name = text(named.get("name")) or text(named.get("presetname"))
        value = next((named[key] for key in _POSITION_KEYS if key in named), None)
    index = integer(value, -1)
    return Preset(index=index, name=name) if index >= 0 else None


def _parsed(words: str) -> Any:
    try:
        return json.loads(words)
    except (ValueError, RecursionError):
        return None
