"""JPEG pictures of a scene, as cameras send them."""

from __future__ import annotations

import io
from fractions import Fraction

from vsconsole.sandbox.media.encode import still
from vsconsole.sandbox.media.scene import HOME, Profile, Scene, View

_QUALITY = 2
"""FFmpeg's scale from 1 (best): fine enough that the time code can be read back."""


def jpeg(scene: Scene, when: float, view: View = HOME, profile: Profile = "main") -> bytes:
    """A JPEG of the first frame at or after `when` (epoch seconds), time code and all."""
    import av

    with av.open(io.BytesIO(still(scene, when, view, profile)), "r") as opened:
        picture = next(opened.decode(video=0))
    context = av.CodecContext.create("mjpeg", "w")
    context.width, context.height = picture.width, picture.height
    context.pix_fmt = "yuvj420p"
    context.time_base = Fraction(1, scene.fps)
    context.qmin = context.qmax = _QUALITY
    frame = picture.reformat(format="yuvj420p")
    frame.pts = 0
    packets = context.encode(frame) + context.encode(None)
    return b"".join(bytes(packet) for packet in packets)
