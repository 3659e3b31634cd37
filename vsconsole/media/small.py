"""Small pictures to keep, made of a player's frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_QUALITY = 5
"""FFmpeg's scale, on which 1 is best."""


def small_jpeg(bgra: bytes, size: tuple[int, int], stride: int, most: tuple[int, int]) -> bytes:
    """A JPEG of rows of blue, green, red and a byte that means nothing, made to fit `most`.

    `size` and `most` are columns and rows, `stride` the bytes of a row; ValueError where the pixels
    are fewer. Some 4 kB for 160 by 90.
    """
    import av

    width, height = size
    if len(bgra) < stride * (height - 1) + width * 4:
        raise ValueError(f"{len(bgra)} bytes are not {width} x {height} pixels")
    frame = av.VideoFrame(width, height, "bgra")
    plane = frame.planes[0]
    row = width * 4
    if plane.line_size == stride and len(bgra) == plane.buffer_size:
        plane.update(bgra)
    else:
        pad = bytes(plane.line_size - row)
        lines = (bgra[y * stride : y * stride + row] + pad for y in range(height))
        plane.update(b"".join(lines))
    part = min(1.0, most[0] / width, most[1] / height)
    made = frame.reformat(
        # Chroma is half as fine: even numbers only.
        width=max(2, round(width * part / 2) * 2),
        height=max(2, round(height * part / 2) * 2),
        format="yuvj420p",
        interpolation="AREA" if part < 1 else "BILINEAR",
    )
    context: Any = av.CodecContext.create("mjpeg", "w")
    context.width, context.height, context.pix_fmt = made.width, made.height, "yuvj420p"
    context.time_base = Fraction(1, 1)
    context.qmin = context.qmax = _QUALITY
    made.pts = 0
    return b"".join(bytes(packet) for packet in context.encode(made) + context.encode(None))
