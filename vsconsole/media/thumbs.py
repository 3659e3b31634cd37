"""Single pictures out of files and streams, and PNG files made of pixels."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import CodecUnsupported, MediaError
from vsconsole.i18n import _

_CODECS = {
    b"\xff\xd8\xff": "mjpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"RIFF": "webp",
    b"GIF8": "gif",
    b"BM": "bmp",
}
"""FFmpeg's decoders by how a picture's file begins."""

_MOST_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Pixels as rows of red, green, blue without padding, and the media second they show."""

    width: int
    height: int
    rgb: bytes
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """Pixels as rows of blue, green, red and a byte that means nothing, `stride` bytes each.

    `full` are the columns and rows of the picture it was made of.
    """

    width: int
    height: int
    stride: int
    bgra: bytes
    full: tuple[int, int]


def picture(where: Path | str, at: float, *, width: int | None = None) -> Picture:
    """The frame at media second `at` (the last one before it) of a file or address; blocks.

    Scaled to `width` columns where given. MediaError where there is none.
    """
    import av
    import av.error

    name = where.name if isinstance(where, Path) else _("The stream")
    try:
        with av.open(str(where), timeout=(10.0, 10.0)) as container:
            if not container.streams.video:
                raise MediaError(_("{name} has no picture.").format(name=name))
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            base = (
                float(stream.start_time * stream.time_base)
                if stream.start_time and stream.time_base
                else 0.0
            )
            if at > 0:
                container.seek(round((at + base) * 1_000_000), backward=True)
            best = None
            for frame in container.decode(stream):
                cancel.check()
                second = (frame.time or 0.0) - base
                if best is not None and second > at + 0.001:
                    break
                best = frame
            if best is None:
                raise MediaError(_("{name} has no picture there.").format(name=name))
            size = {}
            if width is not None and width < best.width:
                size = {"width": width, "height": max(2, round(best.height * width / best.width))}
            image = best.reformat(format="rgb24", **size)
            plane = image.planes[0]
            row, stride = image.width * 3, plane.line_size
            data = bytes(plane)
            rgb = b"".join(data[y * stride : y * stride + row] for y in range(image.height))
            return Picture(
                width=image.width,
                height=image.height,
                rgb=rgb,
                second=(best.time or 0.0) - base,
            )
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(
            _("No picture could be read from {name}.").format(name=name),
            why=getattr(error, "strerror", None) or type(error).__name__,
        ) from error


def still(data: bytes, width: int, height: int) -> Still:
    """A picture's file (JPEG, PNG, WebP, GIF, BMP), made to fit `width` by `height`; blocks.

    A smaller one keeps its size. CodecUnsupported for what is no picture, or a huge one. FFmpeg is
    told the codec and never opens a container: one may name other files and addresses.
    """
    import av
    import av.error

    codec = next((codec for start, codec in _CODECS.items() if data.startswith(start)), None)
    if codec is None:
        raise _unreadable()
    try:
        context: Any = av.CodecContext.create(codec, "r")
        context.options = {"max_pixels": str(_MOST_PIXELS), "err_detect": "explode"}
        frames = context.decode(av.Packet(data)) or context.decode(None)
        frame: Any = frames[0]
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise _unreadable() from error
    part = min(1.0, width / frame.width, height / frame.height)
    image = frame.reformat(
        width=max(1, round(frame.width * part)),
        height=max(1, round(frame.height * part)),
        format="bgra",
        interpolation="AREA" if part < 1 else "BILINEAR",
    )
    plane = image.planes[0]
    return Still(
        width=image.width,
        height=image.height,
        stride=plane.line_size,
        bgra=bytes(plane),
        full=(frame.width, frame.height),
    )


def _unreadable() -> CodecUnsupported:
    return CodecUnsupported(
        _("This picture cannot be shown."), why=_("It is in a form that is not known here.")
    )


def write_png(path: Path, width: int, height: int, rgb: bytes) -> None:
    """Writes rows of red, green, blue as a PNG file; ValueError where sizes do not fit."""
    row = width * 3
    if len(rgb) != row * height:
        raise ValueError(f"{len(rgb)} bytes are not {width} x {height} pixels")
    lines = b"".join(b"\0" + rgb[y * row : (y + 1) * row] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(lines, 6)),
            (b"IEND", b""),
        ):
            file.write(struct.pack(">I", len(body)) + kind + body)
            file.write(struct.pack(">I", zlib.crc32(kind + body)))


def bgra_to_rgb(data: memoryview, width: int, height: int, stride: int) -> bytes:
    """Rows of red, green, blue from a player's frame."""
    rgb = bytearray(width * height * 3)
    for y in range(height):
        line = data[y * stride : y * stride + width * 4]
        at, end = y * width * 3, (y + 1) * width * 3
        rgb[at:end:3] = line[2::4]
        rgb[at + 1 : end : 3] = line[1::4]
        rgb[at + 2 : end : 3] = line[0::4]
    return bytes(rgb)
