"""Small pictures of recorded moments, found without a player and without taking a session."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.errors import ConsoleError, MediaError, NotFound, Unsupported
from vsconsole.domain.model import Channel, Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.i18n import _
from vsconsole.services.usage_words import wait_words

if TYPE_CHECKING:
    from vsconsole.media.thumbs import Still
    from vsconsole.net.transport import ByteStream, Transport
    from vsconsole.services.playback import FootageSource, PlaybackService
    from vsconsole.services.usage import Usage

WITHIN = 3.0
"""Seconds a picture may be off the moment it was asked for; one further off is not shown."""

_LARGEST = 24 * 1024 * 1024
_BUFFER = 128 * 1024
_SOURCES = 64
_PIECES = 6
_FRESH = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A small picture of `when`; `shown` is the moment it really shows."""

    when: datetime
    shown: datetime
    still: Still

    @property
    def off(self) -> float:
        """Seconds between the two."""
        return abs((self.shown - self.when).total_seconds())


class Previews:
    """Pictures of recordings in clouds and on disk; thread-safe, every call but `refusal` blocks.

    A device plays one recording at a time and some addresses work once: those are left alone, and
    `refusal` says so. Bytes go through the same transport as everything else, so they are counted.
    """

    def __init__(
        self, playback: PlaybackService, transport: Callable[[str], Transport], usage: Usage
    ) -> None:
        self._playback = playback
        self._transport = transport
        self._usage = usage
        self._lock = threading.Lock()
        self._sources: OrderedDict[tuple[Key, Store], FootageSource] = OrderedDict()
        self._refused: dict[tuple[Key, Store], str] = {}
        self._opened: OrderedDict[Clip, tuple[MediaSource, float]] = OrderedDict()
        self._pieces: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def refusal(self, channel: Channel, store: Store) -> str:
        """Why there are no pictures of a channel's recordings; empty where there may be some."""
        if store is Store.DEVICE:
            return _("No pictures of these: they would take the device's only playback.")
        with self._lock:
            if why := self._refused.get((channel.key, store)):
                return why
        for counted in ("media", "calls"):
            level = self._usage.near(channel.key.account, counted)
            if level is not None:
                return wait_words(level)
        return ""

    def of_channel(
        self, channel: Channel, store: Store, when: datetime, width: int, height: int
    ) -> Preview:
        """A picture of a channel's recording; Unsupported where `refusal` says why from now on."""
        if why := self.refusal(channel, store):
            raise Unsupported(why)
        name = (channel.key, store)
        with self._lock:
            source = self._sources.get(name)
            if source is None:
                source = self._sources[name] = self._playback.source(channel, store)
            self._sources.move_to_end(name)
            while len(self._sources) > _SOURCES:
                self._sources.popitem(last=False)
        clip = source.clip_at(when)
        if clip is None:
            raise NotFound(_("Nothing was recorded at that time."))
        try:
            return self.of_clip(clip, when, width, height, account=channel.key.account)
        except Unsupported as error:
            with self._lock:
                self._refused[name] = error.what
            raise

    def of_clip(
        self, clip: Clip, when: datetime, width: int, height: int, *, account: str = ""
    ) -> Preview:
        """A picture out of one clip."""
        if clip.single_use:
            raise _once()
        source = self._source(clip, when)
        if source.control is not None or source.single_use:
            _leave(source)
            raise _once()
        if source.protocol not in (MediaProtocol.FILE, MediaProtocol.HLS):
            raise Unsupported(_("No pictures of these: their stream can only be played."))
        second = clip.time_map.media_at(when)
        if source.begins is not None:
            second -= clip.time_map.media_at(source.begins)
        try:
            still, found = self._still(source, max(0.0, second), width, height, account)
        except ConsoleError:
            # Its address may have ended: the next picture gets a new one.
            with self._lock:
                self._opened.pop(clip, None)
            raise
        return Preview(when=when, shown=when + timedelta(seconds=found - second), still=still)

    def forget(self, account_id: str) -> None:
        """Drops what is in memory of an account."""
        with self._lock:
            for name in [one for one in self._sources if one[0].account == account_id]:
                del self._sources[name]
            for name in [one for one in self._refused if one[0].account == account_id]:
                del self._refused[name]

    def _source(self, clip: Clip, when: datetime) -> MediaSource:
        """Where a clip's media is; an address is used for as many pictures as it surely lasts."""
        with self._lock:
            kept = self._opened.get(clip)
        if kept is not None and monotonic() < kept[1]:
            return kept[0]
        source = clip.open(when)
        if source.control is None and not source.single_use:
            with self._lock:
                self._opened[clip] = (source, monotonic() + _FRESH)
                while len(self._opened) > _SOURCES:
                    self._opened.popitem(last=False)
        return source

    def _still(
        self, source: MediaSource, second: float, width: int, height: int, account: str
    ) -> tuple[Still, float]:
        from vsconsole.media import thumbs

        if source.protocol is MediaProtocol.HLS:
            begin, data = self._piece(source, second, account)
            still, found = thumbs.key_still(
                io.BytesIO(data), second - begin, width, height, within=WITHIN
            )
            return still, found + begin
        if "://" not in source.url:
            return thumbs.key_still(Path(source.url), second, width, height, within=WITHIN)
        with io.BufferedReader(_Ranged(self._transport(account), source), _BUFFER) as reader:
            return thumbs.key_still(reader, second, width, height, within=WITHIN)

    def _piece(self, source: MediaSource, second: float, account: str) -> tuple[float, bytes]:
        """The segment of a run that shows a media second: where it begins, and its bytes."""
        from vsconsole.media import hls

        piece = hls.piece_at(Path(source.url).read_text(encoding="utf-8"), second)
        if piece.encrypted:
            raise Unsupported(_("No pictures of these: the recordings are encrypted."))
        name = (piece.url, piece.start)
        with self._lock:
            if name in self._pieces:
                self._pieces.move_to_end(name)
                return piece.begin, self._pieces[name]
        transport = self._transport(account)
        head = b""
        if piece.init_url:
            head = _read(transport, source, piece.init_url, piece.init_start, piece.init_size)
        data = head + _read(transport, source, piece.url, piece.start, piece.size)
        with self._lock:
            self._pieces[name] = data
            while len(self._pieces) > _PIECES:
                self._pieces.popitem(last=False)
        return piece.begin, data


def _read(transport: Transport, source: MediaSource, url: str, start: int, size: int) -> bytes:
    body = bytearray()
    with transport.stream(url, start=start, headers=source.headers) as stream:
        while (not size or len(body) < size) and (data := stream.read()):
            body += data
            if len(body) > _LARGEST:
                raise MediaError(_("The recording's pieces are too large for a picture."))
    return bytes(body[:size] if size else body)


class _Ranged(io.RawIOBase):
    """A file on a web server as one that can be sought in; reads no more than a picture needs."""

    def __init__(self, transport: Transport, source: MediaSource) -> None:
        self._transport = transport
        self._source = source
        self._stream: ByteStream | None = None
        self._at = self._read_to = self._got = 0
        self._length: int | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            offset += self._whole()
        elif whence == io.SEEK_CUR:
            offset += self._at
        self._at = max(0, offset)
        return self._at

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        cancel.check()
        if self._length is not None and self._at >= self._length:
            return 0
        if self._stream is None or self._read_to != self._at:
            self._open()
        assert self._stream is not None
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        self._read_to = self._at
        self._got += len(data)
        if self._got > _LARGEST:
            raise MediaError(_("Too much would have to be read for a picture."))
        return len(data)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        super().close()

    def _whole(self) -> int:
        if self._length is None:
            self._open()
        return self._length or 0

    def _open(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = self._transport.stream(self._source, start=self._at)
        if self._at and self._stream.status != 206:
            raise Unsupported(_("No pictures of these: their server sends files only whole."))
        self._read_to = self._at
        if self._length is None and self._stream.length is not None:
            self._length = self._at + self._stream.length


def _once() -> Unsupported:
    return Unsupported(_("No pictures of these: each would take a playback of its own."))


def _leave(source: MediaSource) -> None:
    if source.control is None:
        return
    try:
        source.control.stop()
    except ConsoleError:
        # It ends by itself; what matters here is that none is opened again.
        return
