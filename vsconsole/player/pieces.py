"""A clip, a window of a clip or a live stream, opened: what a deck plays and what time it shows."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, StreamControl, TimeMap
from vsconsole.i18n import _
from vsconsole.media.bridge import Bridge, Readable
from vsconsole.media.bridge_reader import BridgeReader
from vsconsole.media.cuts import Cut, Cuts, seeks_well
from vsconsole.media.spool import Spool, SpoolReader
from vsconsole.player.decks import Medium

OpenStream: TypeAlias = Callable[[MediaSource], Readable]

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)

_ADDRESSES = frozenset({"http", "https", "rtmp", "rtmps", "rtsp"})
_FILE_OPTIONS = (":file-caching=150",)
_NETWORK_OPTIONS = (":network-caching=500",)
_LIVE_OPTIONS = (
    ":network-caching=300",
    ":live-caching=300",
    ":clock-jitter=500",
    # KiB and bytes, where 16 MiB are usual: nothing can be read ahead of what is live, but every
    # tile would use its 16 MiB in turn.
    ":prefetch-buffer-size=1024",
    ":prefetch-read-size=262144",
)
_ENDLESS = timedelta(days=36500)
_OPENED_FILES = 3
_NO_INDEX = frozenset({".ps", ".dav", ".mpg", ".vob"})
_SESSION_SLACK = timedelta(seconds=0.5)
_FLOW_SECONDS = 5.0


class Shelf:
    """The cut files of one player, kept while they may be played again."""

    def __init__(self) -> None:
        self._cuts: OrderedDict[tuple[Path, int], Cuts] = OrderedDict()

    def cuts(self, path: Path) -> Cuts:
        """The windows of `path` as it is now; a file that has grown is opened anew."""
        with suppress(OSError):
            key = (path, path.stat().st_size)
            if key not in self._cuts:
                while len(self._cuts) >= _OPENED_FILES:
                    self._cuts.popitem(last=False)[1].close()
                self._cuts[key] = Cuts(path)
            self._cuts.move_to_end(key)
            return self._cuts[key]
        return Cuts(path)

    def close(self) -> None:
        """Removes every window."""
        while self._cuts:
            self._cuts.popitem()[1].close()


class Piece:
    """A stretch [begin, end) that one medium shows, or a live stream without ends."""

    speeds: Sequence[float] = SPEEDS
    live = False
    remote = False
    """Read by libVLC from a server, whose failing looks like the end of the data."""
    trusted = True
    """Whether the time of what is shown is known, whatever picture landed."""

    def __init__(self, clip: Clip | None, source: MediaSource) -> None:
        self.clip = clip
        self.source = source
        self.opened = datetime.now(UTC)
        self.begin: datetime | None = clip.span.begin if clip else None
        self.end: datetime | None = clip.span.end if clip else None
        # Where the frame shown lies from the moment asked for, in frames, on average: demuxers
        # take the frame before (-0.5) or the one after (0.5).
        self.lands = 0.5
        # Whether a seek while libVLC is paused stays on the first frame.
        self.seeks_paused = True

    @property
    def control(self) -> StreamControl | None:
        return self.source.control

    @property
    def problem(self) -> ConsoleError | None:
        """What is known of why nothing comes; None where that is not known here."""
        return None

    def holds(self, when: datetime) -> bool:
        """Whether `when` can be shown without opening anything else."""
        return self.begin is not None and self.end is not None and self.begin <= when < self.end

    def medium(self, when: datetime | None, rate: float) -> Medium:
        """What a deck opens to show `when`."""
        raise NotImplementedError

    def media_ms(self, when: datetime) -> float:
        """The media time that shows `when`."""
        raise NotImplementedError

    def wall(self, media_ms: float) -> datetime | None:
        """The wall-clock time shown at a media time; None where it is not known."""
        raise NotImplementedError

    def following(self) -> Piece | None:
        """The rest of the same clip, where it takes several pieces; may take a moment."""
        return None

    def delay(self, media_ms: float) -> float | None:
        """Seconds of a live picture behind the moment it shows; None where it is not known."""
        return None

    def buffered(self, media_ms: float) -> float | None:
        """Seconds behind the newest data that has arrived; None where it is not known."""
        return None

    def bytes_read(self) -> int:
        return 0

    def fetched(self) -> int:
        """Bytes of a file that is fetched from its beginning, wherever the moment lies in it."""
        return 0

    def close(self) -> None:
        """Ends the server's session; ConsoleError where that was refused."""
        if self.control is not None:
            self.control.stop()


class MappedPiece(Piece):
    """A recording whose medium begins at second `offset` of the source."""

    def __init__(self, clip: Clip, source: MediaSource, offset: float = 0.0) -> None:
        super().__init__(clip, source)
        self._map: TimeMap = clip.time_map
        self._offset = begin_of(clip, source) + offset

    def media_ms(self, when: datetime) -> float:
        return max(0.0, (self._map.media_at(when) - self._offset) * 1000)

    def wall(self, media_ms: float) -> datetime:
        return self._map.wall_at(media_ms / 1000 + self._offset)


class DirectPiece(MappedPiece):
    """Media that libVLC opens and seeks by itself."""

    def __init__(self, clip: Clip, source: MediaSource, address: str, *, local: bool) -> None:
        super().__init__(clip, source)
        self._address = address
        self._hls = source.protocol is MediaProtocol.HLS
        self.remote = self._hls or not local
        self.trusted = not self._hls
        self._options = _FILE_OPTIONS if local and not self._hls else _network_options(source)
        self.seeks_paused = not self._hls
        suffix = Path(urlsplit(address).path).suffix.lower()
        if not self._hls and suffix not in (".mkv", ".webm", ".avi"):
            self.lands = -0.5

    def medium(self, when: datetime | None, rate: float) -> Medium:
        start = self.media_ms(when) if when is not None else 0.0
        options = self._options
        if self._hls and start > 0:
            options += (f":start-time={start / 1000:.3f}",)  # spares the first segment
        return Medium(
            address=self._address,
            options=options,
            start_ms=start,
            trust_times=not self._hls,
            rate=rate,
        )


class CutPiece(MappedPiece):
    """A window of a local file, in a container that libVLC can seek in."""

    def __init__(self, clip: Clip, source: MediaSource, cuts: Cuts, cut: Cut) -> None:
        super().__init__(clip, source, cut.begin)
        self.lands = -0.5
        self._cuts, self.cut = cuts, cut
        self.begin = max(clip.span.begin, self.wall(0.0))
        if not cut.last:
            self.end = min(clip.span.end, self.wall((cut.end - cut.begin) * 1000))

    def medium(self, when: datetime | None, rate: float) -> Medium:
        return Medium(
            address=self.cut.path.as_uri(),
            options=_FILE_OPTIONS,
            start_ms=self.media_ms(when) if when is not None else 0.0,
            rate=rate,
        )

    def following(self) -> Piece | None:
        assert self.clip is not None
        if self.end is None or self.end >= self.clip.span.end:
            return None
        cut = self._cuts.after(self.cut)
        self._cuts.drop_unused({self.cut.path} | ({cut.path} if cut else set()))
        return CutPiece(self.clip, self.source, self._cuts, cut) if cut else None


class _Fetched:
    """A file that was fetched to be cut; it goes with the last piece of it."""

    def __init__(self, spool: Spool) -> None:
        self.cuts = Cuts(spool.whole())
        self._spool = spool
        self._lock = threading.Lock()
        self._users = 0

    def taken(self) -> None:
        with self._lock:
            self._users += 1

    def left(self) -> None:
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self.cuts.close()
            self._spool.close()


class FetchedPiece(CutPiece):
    """A window of a file that was fetched for it."""

    def __init__(self, clip: Clip, source: MediaSource, fetched: _Fetched, cut: Cut) -> None:
        super().__init__(clip, source, fetched.cuts, cut)
        self._fetched: _Fetched | None = fetched
        fetched.taken()

    def following(self) -> Piece | None:
        following = super().following()
        if self._fetched is None or not isinstance(following, CutPiece):
            return None
        assert self.clip is not None
        return FetchedPiece(self.clip, self.source, self._fetched, following.cut)

    def close(self) -> None:
        try:
            super().close()
        finally:
            fetched, self._fetched = self._fetched, None
            if fetched is not None:
                fetched.left()


class SpooledPiece(MappedPiece):
    """A file whose address works once: fetched whole over one connection, and sought in here."""

    def __init__(self, clip: Clip, source: MediaSource, open_stream: OpenStream) -> None:
        super().__init__(clip, source)
        self.lands = -0.5
        self._reader: SpoolReader | None = None
        self._spool = Spool(lambda: open_stream(source))
        self._spool.start()

    @property
    def problem(self) -> ConsoleError | None:
        return self._spool.error

    def medium(self, when: datetime | None, rate: float) -> Medium:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._spool.reader()
        return Medium(
            address=self._reader,
            options=_FILE_OPTIONS,
            start_ms=self.media_ms(when) if when is not None else 0.0,
            rate=rate,
        )

    def bytes_read(self) -> int:
        return self._spool.fetched

    def fetched(self) -> int:
        return self._spool.fetched

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._spool.close()


class BridgePiece(Piece):
    """A stream that the bridge reads: device playback, or live."""

    def __init__(
        self, clip: Clip | None, source: MediaSource, open_stream: OpenStream | None
    ) -> None:
        super().__init__(clip, source)
        self.lands = 0.0
        self.seeks_paused = False
        self.live = clip is None
        self.speeds = tuple(source.control.speeds) if source.control is not None else (1.0,)
        begins = None if clip is None else source.begins or clip.span.begin

        def opened() -> Readable | str:
            if open_stream is None or source.protocol is MediaProtocol.RTMP:
                return source.url
            return open_stream(source)

        self._bridge = Bridge(opened, live=self.live, begins=begins)
        self._reader: BridgeReader | None = None
        # From its first byte on, where nothing sends it anywhere else.
        first = clip is not None and source.control is None
        self._next: BridgeReader | None = self._bridge.reader() if first else None
        self._bridge.start()

    @property
    def problem(self) -> ConsoleError | None:
        return self._bridge.error

    def holds(self, when: datetime) -> bool:
        return self.control is not None and not self._bridge.ended and super().holds(when)

    def medium(self, when: datetime | None, rate: float) -> Medium:
        reader, self._next = self._next or self._bridge.reader(), None
        self._reader = reader
        # The server does the speed: what arrives is played as it comes.
        live = self.live
        return Medium(address=reader, options=_LIVE_OPTIONS, trust_times=not live, live=live)

    def wait_until_flowing(self, seconds: float) -> None:
        """Waits until the stream has begun to arrive, or failed."""
        self._bridge.wait_until_flowing(seconds)

    def server_seek(self, when: datetime) -> None:
        """Sends the server to `when`; the next `medium` begins there."""
        assert self.control is not None
        # Before the order, so that its first key frame is not missed.
        self._next = self._bridge.reader()
        self._bridge.expect(when)
        self.control.seek(when)

    def server_speed(self, speed: float) -> None:
        """Has the server send at another speed; the next `medium` is in step with it."""
        assert self.control is not None
        self.control.set_speed(speed)
        self._bridge.set_scale(speed)

    def follow_speed(self, speed: float) -> None:
        """The server sends at `speed`, whatever it was told; the next `medium` is in step."""
        self._bridge.set_scale(speed)

    def media_ms(self, when: datetime) -> float:
        return 0.0

    def wall(self, media_ms: float) -> datetime | None:
        return None if self._reader is None else self._bridge.wall_at(self._reader, media_ms)

    def delay(self, media_ms: float) -> float | None:
        shown = self.wall(media_ms) if self.live else None
        return None if shown is None else max(0.0, (datetime.now(UTC) - shown).total_seconds())

    def buffered(self, media_ms: float) -> float | None:
        return None if self._reader is None else self._bridge.buffered(self._reader, media_ms)

    def bytes_read(self) -> int:
        return self._bridge.bytes_read

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._bridge.close()


class LivePiece(Piece):
    """A live stream that libVLC opens by itself: HLS and RTSP."""

    live = True
    speeds = (1.0,)

    def __init__(self, source: MediaSource) -> None:
        super().__init__(None, source)
        self._began: float | None = None

    def delay(self, media_ms: float) -> float | None:
        """At least: by how much it fell behind since its first picture."""
        if media_ms <= 0:
            return None
        now = time.monotonic()
        if self._began is None:
            self._began = now - media_ms / 1000
        return max(0.0, now - self._began - media_ms / 1000)

    def medium(self, when: datetime | None, rate: float) -> Medium:
        return Medium(
            address=_checked(self.source.url),
            options=_network_options(self.source),
            trust_times=False,
        )

    def media_ms(self, when: datetime) -> float:
        return 0.0

    def wall(self, media_ms: float) -> datetime | None:
        return None


def open_clip(clip: Clip, when: datetime, open_stream: OpenStream | None, shelf: Shelf) -> Piece:
    """Asks the clip for its media and opens it at `when`; blocks; raises ConsoleError."""
    source = clip.open(when)
    path = local_path(source.url)
    if path is not None and source.protocol in (MediaProtocol.FILE, MediaProtocol.FLV):
        if seeks_well(path):
            return DirectPiece(clip, source, path.absolute().as_uri(), local=True)
        cuts = shelf.cuts(path)
        return CutPiece(clip, source, cuts, cuts.at(_second_of(clip, source, when)))
    if source.protocol in (MediaProtocol.FLV, MediaProtocol.RTMP):
        _checked(source.url)
        piece = BridgePiece(clip, source, open_stream)
        begins = source.begins or clip.span.begin
        if source.control is not None and when - begins > _SESSION_SLACK:
            # A session begins where the vendor lets it begin; the way to the moment is a seek.
            piece.wait_until_flowing(_FLOW_SECONDS)
            piece.server_seek(when)
        return piece
    if path is not None:
        return DirectPiece(clip, source, path.absolute().as_uri(), local=True)
    if source.protocol is MediaProtocol.FILE and open_stream is not None:
        if Path(urlsplit(source.url).path).suffix.lower() in _NO_INDEX:
            return _fetched(clip, when, source, open_stream)
        if source.single_use:
            _checked(source.url)
            return SpooledPiece(clip, source, open_stream)
    return DirectPiece(clip, source, _checked(source.url), local=False)


def begin_of(clip: Clip, source: MediaSource) -> float:
    """The second of the clip's map at which the source begins."""
    if source.begins is None:
        return 0.0
    first = clip.time_map.stretches[0]
    before = (first.begin - source.begins).total_seconds()
    # A clip may be the later part of its file, which begins where the map counts from.
    return max(0.0, first.media - before) if before > 0 else clip.time_map.media_at(source.begins)


def _second_of(clip: Clip, source: MediaSource, when: datetime) -> float:
    """The second of the source that shows `when`."""
    return clip.time_map.media_at(when) - begin_of(clip, source)


def _fetched(clip: Clip, when: datetime, source: MediaSource, open_stream: OpenStream) -> Piece:
    """A file in which nothing tells where a moment is: fetched whole, then cut like one on disk."""
    _checked(source.url)
    spool = Spool(lambda: open_stream(source))
    spool.start()
    try:
        fetched = _Fetched(spool)
        cut = fetched.cuts.at(_second_of(clip, source, when))
    except BaseException:
        spool.close()
        raise
    return FetchedPiece(clip, source, fetched, cut)


def open_live(source: MediaSource, open_stream: OpenStream | None) -> Piece:
    """Opens a live stream; InvalidInput for an address that is none."""
    _checked(source.url)
    if source.protocol in (MediaProtocol.FLV, MediaProtocol.RTMP):
        return BridgePiece(None, source, open_stream)
    return LivePiece(source)


def local_path(url: str) -> Path | None:
    """The file that `url` names, given as path or file: address; None for one on a network."""
    parts = urlsplit(url)
    if parts.scheme.lower() == "file":
        return Path(url2pathname(parts.path))
    # One letter before the colon is a drive of Windows.
    return Path(url) if len(parts.scheme) <= 1 or "://" not in url else None


def _checked(url: str) -> str:
    if urlsplit(url).scheme.lower() not in _ADDRESSES:
        raise InvalidInput(
            _("This kind of address cannot be played."),
            field="address",
            remedy=_("Use an http, https, rtmp or rtsp address."),
        )
    return url


def _network_options(source: MediaSource) -> tuple[str, ...]:
    options = list(_LIVE_OPTIONS if source.live else _NETWORK_OPTIONS)
    if source.protocol is MediaProtocol.RTSP:
        options.append(":rtsp-tcp")
    for name, value in source.headers.items():
        # libVLC sends no others; those that carry a login are the bridge's and transport's.
        if name.lower() == "user-agent":
            options.append(f":http-user-agent={value}")
        elif name.lower() == "referer":
            options.append(f":http-referrer={value}")
    return tuple(options)
