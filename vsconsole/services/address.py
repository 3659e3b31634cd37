"""Opens what was typed, pasted or dropped: an address or a file, live or recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from vsconsole.domain.errors import InvalidInput, MediaError, StreamUnavailable
from vsconsole.domain.model import Key, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback, TimeMap
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.services.far_files import media_seconds
from vsconsole.services.hls_clips import HlsClips, RunFiles, largest, read_text
from vsconsole.store.files import told

if TYPE_CHECKING:
    from vsconsole.net.transport import Transport

_KEY = Key("address", "opened")
_STREAMS = {"rtmp": MediaProtocol.RTMP, "rtmps": MediaProtocol.RTMP, "rtsp": MediaProtocol.RTSP}
_HEAD = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """What an address leads to: `live` opens a live stream, or `source` plays from `begin`.

    Times are `estimated` where nothing tells when the recording was made. `title` holds neither
    login nor query. `path` is where a file on disk is, empty for anything else.
    """

    title: str
    live: Callable[[], MediaSource] | None = field(default=None, repr=False)
    source: Playback | None = None
    begin: datetime | None = None
    estimated: bool = False
    path: str = ""


def open_address(text: str, transport: Callable[[], Transport], files: RunFiles) -> Opened:
    """What `text` leads to; blocks. InvalidInput, NetworkError or MediaError say what is wrong."""
    text = text.strip().strip("\"'")
    if not text:
        raise InvalidInput(_("Type an address or the path of a file."), field="address")
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme == "file":
        # Brings half of the standard library's network code along.
        from urllib.request import url2pathname

        return _file(Path(url2pathname(unquote(parts.path))))
    # A single letter is a drive of Windows, not a scheme.
    if "://" not in text or len(scheme) < 2:
        return _file(Path(text).expanduser())
    if not parts.hostname:
        raise InvalidInput(_("The address names no server."), field="address")
    title = f"{parts.hostname}{parts.path}"
    if scheme in _STREAMS:
        source = MediaSource(url=text, protocol=_STREAMS[scheme], live=True)
        return Opened(title=title, live=lambda: source)
    if scheme in ("http", "https"):
        return _web(text, title, transport(), files)
    raise InvalidInput(
        _("Addresses of the kind {scheme} cannot be opened.").format(scheme=scheme),
        field="address",
        remedy=_("Use http, https, rtmp or rtsp, or the path of a file."),
    )


def _file(path: Path) -> Opened:
    from vsconsole.media import probe

    if path.is_dir():
        raise InvalidInput(
            _("{path} is a folder.").format(path=path),
            field="address",
            remedy=_("Add it as an account to see all footage in it."),
        )
    if not path.is_file():
        raise InvalidInput(
            _("There is no file {path}.").format(path=path),
            field="address",
            remedy=_("Check the path."),
        )
    path = path.absolute()
    info = probe.probe(path)
    begin = info.begin
    if begin is None:
        with told(path):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        begin = written - timedelta(seconds=info.seconds)
    source = MediaSource(url=str(path), protocol=MediaProtocol.FILE)
    opened = _recording(path.name, source, begin, info.seconds, estimated=info.begin is None)
    return replace(opened, path=str(path))


def _recording(
    title: str, source: MediaSource, begin: datetime, seconds: float, *, estimated: bool
) -> Opened:
    """One piece of media as a playback."""
    if seconds <= 0:
        raise MediaError(_("{name} holds no video.").format(name=title))
    span = Span(begin, begin + timedelta(seconds=seconds))
    clip = Clip.linear(span, Store.LOCAL, lambda _when: source, estimated=estimated)
    return Opened(
        title=title,
        source=Playback(channel=_KEY, span=span, clips=(clip,)),
        begin=begin,
        estimated=estimated,
    )


def _web(url: str, title: str, transport: Transport, files: RunFiles) -> Opened:
    """An http address: what comes tells what it is, not how it is called."""
    with transport.stream(url) as stream:
        length = stream.length
        head = b""
        while len(head) < _HEAD and (data := stream.read(_HEAD)):
            head += data
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"#EXTM3U"):
        return _playlist(MediaSource(url=url, protocol=MediaProtocol.HLS), title, transport, files)
    if head.startswith(b"FLV") and length is None:
        # Nobody knows its end: it is being made now.
        live = MediaSource(url=url, protocol=MediaProtocol.FLV, live=True)
        return Opened(title=title, live=lambda: live)
    if not head or head.lstrip()[:1] in (b"<", b"{"):
        raise StreamUnavailable(
            _("There is no video at this address."),
            why=_("The server sent a page, not a stream."),
            remedy=_("Check the address."),
            retryable=False,
        )
    seconds = media_seconds(transport, url, head, length or 0)
    begin = now() - timedelta(seconds=seconds)
    source = MediaSource(url=url, protocol=MediaProtocol.FILE)
    return _recording(title, source, begin, seconds, estimated=True)


def _playlist(source: MediaSource, title: str, transport: Transport, files: RunFiles) -> Opened:
    from vsconsole.media import hls

    text, source = largest(transport, read_text(transport, source), source)
    if hls.is_live(text):
        live = MediaSource(url=source.url, protocol=MediaProtocol.HLS, live=True)
        return Opened(title=title, live=lambda: live)
    runs = hls.split(text, source.url)
    seconds = sum(run.seconds for run in runs)
    dates = [run.program_date_time for run in runs if run.program_date_time]
    begin = dates[0] if dates else now() - timedelta(seconds=seconds)
    laid = hls.lay(runs, (), Span(begin, begin + timedelta(seconds=seconds)))
    if not laid:
        raise StreamUnavailable(_("The playlist is empty."), retryable=False)
    span = Span(laid[0][1].begin, laid[-1][1].end)
    whole = Clip(
        span=span,
        store=Store.LOCAL,
        open=lambda _when: source,
        time_map=TimeMap.linear(span),
        estimated=not dates,
    )
    clips = HlsClips(whole, source, SegmentSet(), transport, files).clips()
    return Opened(
        title=title,
        source=Playback(channel=_KEY, span=span, clips=tuple(clips)),
        begin=span.begin,
        estimated=not dates,
    )
