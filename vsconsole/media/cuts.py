"""Windows of local files that libVLC cannot seek in, copied into a container that it can."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import MediaError
from vsconsole.i18n import _
from vsconsole.media.packets import first_second, is_key, second_of, stamped

if TYPE_CHECKING:
    import av.container

_AHEAD = 20.0
"""Seconds of media that a window holds after the moment asked for, at least to a key frame."""

_MOST_BYTES = 48 << 20
"""A window ends at the next key frame once it holds this much."""

_BACK = (1.0, 5.0, 20.0, 80.0)
"""How far before the moment a key frame is looked for, in turn."""

_KEPT = 6

_SMALL_FILE = 96 << 20
"""A file up to this size is copied as a whole in the background: then every seek is at home."""


def seeks_well(path: Path) -> bool:
    """Whether libVLC by itself shows exactly the frame asked for in this local file.

    It does for MP4, MOV, Matroska and AVI, and for FLV with H.264; it lands seconds off in MPEG-TS,
    shows nothing of H.264 in a PS without map or of H.265 in FLV, and does not know DAV.
    MediaError where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(256 << 10)
    except OSError as error:
        raise MediaError(
            _("{name} cannot be read.").format(name=path.name), why=error.strerror or str(error)
        ) from error
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"):
        return True
    if head[:4] == b"\x1aE\xdf\xa3" or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return True
    return head[:3] == b"FLV" and _flv_codec(head) in (7, None)


def _flv_codec(head: bytes) -> int | None:
    """Codec id of the first video tag, 12 for an enhanced header; None where there is no video."""
    at = int.from_bytes(head[5:9], "big") + 4
    while at + 12 <= len(head):
        kind, size = head[at] & 0x1F, int.from_bytes(head[at + 1 : at + 4], "big")
        if kind == 9 and size:
            return 12 if head[at + 11] & 0x80 else head[at + 11] & 0x0F
        at += 11 + size + 4
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A file with the media of [begin, end) seconds of the original; it starts at its second 0."""

    path: Path
    begin: float
    end: float
    last: bool


class Cuts:
    """Windows of one file, made when asked for, in a private folder that `close` removes.

    Nothing is decoded or coded again. Thread-safe; one window is made at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._cuts: list[Cut] = []
        self._numbers = count(1)
        self._source: Any = None
        self._start = 0.0
        self._widening: threading.Thread | None = None
        self._closed = False

    def at(self, second: float) -> Cut:
        """The window that holds `second` of the file (the last one, after its end).

        MediaError where the file cannot be read or has no picture there.
        """
        with self._lock:
            for cut in reversed(self._cuts):
                if cut.begin <= second < (cut.end - 0.5 if not cut.last else float("inf")):
                    self._cuts.remove(cut)
                    self._cuts.append(cut)
                    return cut
            cut = self._make(max(0.0, second))
            self._cuts.append(cut)
            if self._widening is None and not (cut.begin <= 0.001 and cut.last):
                self._widening = threading.Thread(target=self._widen, name="cut", daemon=True)
                self._widening.start()
            return cut

    def after(self, cut: Cut) -> Cut | None:
        """The window that begins where `cut` ends; None at the end of the file."""
        if cut.last:
            return None
        with self._lock:
            for other in self._cuts:
                if abs(other.begin - cut.end) < 0.001:
                    return other
            following = self._make(cut.end, exactly=True)
            self._cuts.append(following)
            return following

    def drop_unused(self, used: set[Path]) -> None:
        """Removes the oldest windows but a few; those in `used` stay."""
        with self._lock:
            spare = [cut for cut in self._cuts if cut.path not in used]
            for cut in spare[: max(0, len(self._cuts) - _KEPT)]:
                if cut.begin <= 0.001 and cut.last:
                    continue
                with suppress(OSError):
                    cut.path.unlink()
                    self._cuts.remove(cut)

    def close(self) -> None:
        """Closes the file and removes every window; never raises."""
        with self._lock:
            self._closed = True
            if self._source is not None:
                self._source.close()
                self._source = None
        if self._widening is not None:
            self._widening.join(5.0)
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None
            self._cuts.clear()

    def _widen(self) -> None:
        import av

        with suppress(OSError, av.error.FFmpegError, MediaError):
            if self._path.stat().st_size > _SMALL_FILE:
                return
            with av.open(str(self._path)) as source:
                cut = self._write(source, 0.0, exactly=False, whole=True)
            with self._lock:
                self._cuts.append(cut)

    def _open(self, *, anew: bool = False) -> av.container.InputContainer:
        import av
        import av.error

        if anew and self._source is not None:
            self._source.close()
            self._source = None
        if self._source is None:
            try:
                self._source = av.open(str(self._path))
            except (av.error.FFmpegError, OSError) as error:
                raise _unreadable(self._path, error) from error
            if not self._source.streams.video:
                raise MediaError(_("{name} has no picture.").format(name=self._path.name))
            self._start = first_second(self._source)
        # Held as Any, because PyAV is imported when it is used.
        return self._source  # type: ignore[no-any-return]

    def _make(self, second: float, *, exactly: bool = False) -> Cut:
        import av.error

        source = self._open()
        try:
            return self._write(source, second, exactly=exactly)
        except (av.error.FFmpegError, OSError) as error:
            raise _unreadable(self._path, error) from error

    def _write(
        self,
        source: av.container.InputContainer,
        second: float,
        *,
        exactly: bool,
        whole: bool = False,
    ) -> Cut:
        import av

        if whole:
            packets, first = self._first_key_frame(source)
        else:
            packets, first = self._from_key_frame(source, second, exactly=exactly)
        source = first.stream.container
        begin = second_of(first)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="vsconsole-cut-"))
        path = self._folder / ("whole.mov" if whole else f"{next(self._numbers)}.mov")
        video = source.streams.video[0]
        written, end, last = 0, begin, True
        # QuickTime rather than MP4: it also carries G.711. Without an edit list, because libVLC
        # shows pictures of a list with a delay late by that delay.
        options = {"use_editlist": "0", "movflags": "negative_cts_offsets"}
        with av.open(str(path), "w", format="mov", options=options) as target:
            streams = {
                stream.index: target.add_stream_from_template(stream)
                for stream in (video, *_carried_sound(source))
            }
            for packet in packets:
                if packet.stream.index not in streams:
                    continue
                at = second_of(packet)
                if packet.stream is video:
                    if (
                        packet.is_keyframe
                        and packet is not first
                        and not whole
                        and at - self._start > second
                        and (at - self._start - second >= _AHEAD or written >= _MOST_BYTES)
                    ):
                        end, last = at, False
                        break
                    length = packet.duration * packet.time_base if packet.duration else 0
                    end = max(end, at + float(length))
                elif at < begin:
                    continue
                written += packet.size
                if self._closed:
                    break
                cancel.check()
                self._move(packet, begin)
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
        return Cut(path=path, begin=begin - self._start, end=end - self._start, last=last)

    @staticmethod
    def _move(packet: Any, begin: float) -> None:
        shift = round(begin / packet.time_base)
        packet.dts -= shift
        if packet.pts is not None:
            packet.pts -= shift

    def _from_key_frame(
        self, source: av.container.InputContainer, second: float, *, exactly: bool
    ) -> tuple[Iterator[Any], Any]:
        """Packets from the last suitable key frame at or before `second`, and that key frame."""
        target = second + self._start
        for back in _BACK:
            wanted = target - back
            if wanted <= self._start:
                break
            source.seek(round(wanted * 1_000_000), backward=True)
            packets = stamped(source.demux())
            for packet in packets:
                if not is_key(packet):
                    continue
                if exactly and second_of(packet) < target - 0.001:
                    continue
                if second_of(packet) <= target + 0.001:
                    return _chain(packet, packets), packet
                break
        # Near the start, or key frames further apart than any camera makes them. Seeking to the
        # very start misses the first key frame of a TS, so the file is opened anew.
        return self._first_key_frame(self._open(anew=True), target if exactly else None)

    def _first_key_frame(
        self, source: av.container.InputContainer, target: float | None = None
    ) -> tuple[Iterator[Any], Any]:
        """Packets from the first key frame of a file just opened (or the one at `target`)."""
        packets = stamped(source.demux())
        for packet in packets:
            if is_key(packet) and (target is None or second_of(packet) >= target - 0.001):
                return _chain(packet, packets), packet
        raise MediaError(_("{name} has no picture.").format(name=self._path.name))


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


_QUICKTIME_SOUND = frozenset(
    {"aac", "mp3", "ac3", "pcm_alaw", "pcm_mulaw", "pcm_s16le", "pcm_s16be", "adpcm_ms"}
)


def _carried_sound(source: av.container.InputContainer) -> list[Any]:
    """The first sound stream, where QuickTime can hold it as it is."""
    for stream in source.streams.audio:
        if stream.codec_context.name in _QUICKTIME_SOUND:
            return [stream]
    return []


def _unreadable(path: Path, error: Exception) -> MediaError:
    return MediaError(
        _("{name} cannot be played.").format(name=path.name),
        why=getattr(error, "strerror", None) or str(error),
        remedy=_("The file may be damaged or still being written."),
    )
