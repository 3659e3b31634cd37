"""What a media file holds, or why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vsconsole.domain.errors import InvalidInput, MediaError
from vsconsole.i18n import _

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Containers write an unset creation time as 1904 or 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """A file's container and streams.

    `seconds` is the length of its picture; `begin` the creation time the container tells, None
    where it tells none that can be true; `complete` is False where the end is missing. Codecs are
    FFmpeg's names (h264, hevc, aac, pcm_alaw), `audio` empty without sound.
    """

    container: str
    seconds: float
    begin: datetime | None
    video: str
    width: int
    height: int
    frames_per_second: float
    audio: str
    complete: bool


def probe(where: Path | str) -> MediaInfo:
    """Reads the head (and index or tail) of a file or http(s) address; blocks, not on its length.

    MediaError with the reason for media that is empty, damaged or without a picture; InvalidInput
    for an address of another kind. FFmpeg itself reads an address, without the program's proxy.
    """
    import av
    import av.error

    if isinstance(where, str):
        return _probe_address(where)
    path, name = where, where.name
    try:
        if path.stat().st_size == 0:
            raise MediaError(_("{name} is empty.").format(name=name))
        container: Any = av.open(str(path))
        with container:
            return _info(container, name)
    except av.error.FFmpegError as error:
        raise MediaError(
            _("{name} cannot be read as video.").format(name=name), why=_reason(path, error)
        ) from error
    except OSError as error:
        raise MediaError(
            _("{name} cannot be opened.").format(name=name), why=error.strerror or ""
        ) from error


def _probe_address(url: str) -> MediaInfo:
    import av
    import av.error

    if urlsplit(url).scheme.lower() not in ("http", "https"):
        raise InvalidInput(_("This is no http address."), field="address")
    name = _("The stream")
    try:
        # A playlist must not lead to files of this computer.
        options = {"protocol_whitelist": "http,https,tcp,tls,crypto"}
        container: Any = av.open(url, options=options, timeout=(10.0, 10.0))
        with container:
            return _info(container, name)
    except (av.error.FFmpegError, OSError) as error:
        # The error's own text may hold the address, and with it a token.
        raise MediaError(
            _("{name} cannot be read as video.").format(name=name),
            why=getattr(error, "strerror", None) or type(error).__name__,
        ) from None


def _reason(path: Path, error: Any) -> str:
    """What most likely is wrong with the file."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] == b"ftyp" and isinstance(error, OSError | ValueError):
        return _("Its index is missing: the recording was cut off, or is still being written.")
    if not head.strip(b"\0"):
        return _("It holds only zeros.")
    return str(getattr(error, "strerror", None) or type(error).__name__)


def _info(container: Any, name: str) -> MediaInfo:
    if not container.streams.video:
        raise MediaError(_("{name} has no picture.").format(name=name))
    video = container.streams.video[0]
    context = video.codec_context
    if context is None or not video.width:
        raise MediaError(
            _("{name} has no picture that can be decoded.").format(name=name),
            why=_("It may have been cut off before its first picture."),
        )
    seconds, complete = _length(container, video)
    sound = container.streams.audio[0] if container.streams.audio else None
    return MediaInfo(
        container=container.format.name.split(",")[0],
        seconds=seconds,
        begin=_begin(container, video),
        video=context.name,
        width=video.width,
        height=video.height,
        frames_per_second=float(video.average_rate or video.guessed_rate or 0),
        audio=sound.codec_context.name if sound is not None and sound.codec_context else "",
        complete=complete,
    )


def _length(container: Any, video: Any) -> tuple[float, bool]:
    """Seconds of picture, and whether the container says so itself."""
    if video.duration and video.time_base:
        return float(video.duration * video.time_base), True
    if container.duration:
        return container.duration / 1_000_000, True
    # FLV and DAV that were cut off tell no length: the last packet does.
    first = last = None
    for packet in container.demux(video):
        if packet.pts is not None:
            first = packet.pts if first is None else first
            last = packet.pts + (packet.duration or 0)
    if first is None or last is None:
        return 0.0, False
    return float((last - first) * video.time_base), container.format.name == "dhav"


def _begin(container: Any, video: Any) -> datetime | None:
    for holder in (container, video):
        text = holder.metadata.get("creation_time") or holder.metadata.get("date")
        if not text:
            continue
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            continue
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if when >= _EARLIEST:
            return when.astimezone(UTC)
    return None
