"""Small real videos, made in a moment."""

import os
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av

_FORMATS = {
    ".mp4": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".ts": "mpegts",
    ".flv": "flv",
    ".avi": "avi",
    ".mpg": "vob",
}
RATE = 5


def video(
    path: Path,
    seconds: float = 2.0,
    *,
    created: datetime | None = None,
    modified: datetime | None = None,
) -> Path:
    """Writes a video of `seconds`; its kind follows the ending, `created` goes inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=_FORMATS[path.suffix]) as container:
        if created is not None:
            container.metadata["creation_time"] = created.isoformat()
        codec = "mpeg2video" if path.suffix == ".mpg" else "libx264"
        stream = container.add_stream(codec, rate=25 if path.suffix == ".mpg" else RATE)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "5"}
        rate = stream.codec_context.framerate or Fraction(RATE)
        for i in range(round(seconds * rate)):
            frame = av.VideoFrame(64, 64, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([i * 7 % 256]) * plane.buffer_size)
            frame.pts = i
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    if modified is not None:
        stamp(path, modified)
    return path


def stamp(path: Path, modified: datetime) -> None:
    """Sets a file's date."""
    os.utime(path, (modified.timestamp(), modified.timestamp()))
