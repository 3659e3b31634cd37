"""The vendors' faces; a new vendor is one module and one row here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from vsconsole.sandbox.wire import Face

if TYPE_CHECKING:
    from vsconsole.sandbox.streams import Streams
    from vsconsole.sandbox.world import World

_FACES = {
    "tencent": "vsconsole.sandbox.faces.tencent:TencentFace",
    "linkvisual": "vsconsole.sandbox.faces.linkvisual:LinkVisualFace",
    "volcengine": "vsconsole.sandbox.faces.volcengine:VolcengineFace",
    "imou": "vsconsole.sandbox.faces.imou:ImouFace",
    "ctyun": "vsconsole.sandbox.faces.ctyun:CtyunFace",
}


def vendors_known() -> tuple[str, ...]:
    """Vendors that have a face."""
    return tuple(_FACES)


def make_face(vendor: str, world: World, streams: Streams) -> Face:
    """A vendor's face over a world; KeyError for a vendor without one."""
    module, _, name = _FACES[vendor].partition(":")
    return cast("Face", getattr(import_module(module), name)(world, streams))
