"""Parts of a recording joined to one file, without coding the picture again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import DiskFull, MediaError, NotWritable
from vsconsole.i18n import _
from vsconsole.media.packets import first_second, is_key, second_of, stamped
from vsconsole.media.sound import AacEncoder

_FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".ts": "mpegts"}
_MP4_SOUND = frozenset({"aac", "mp3", "ac3", "opus", "flac"})
_ANY_SOUND = {
    "mp4": _MP4_SOUND,
    "mov": _MP4_SOUND | {"pcm_alaw", "pcm_mulaw", "pcm_s16le"},
    "matroska": _MP4_SOUND | {"pcm_alaw", "pcm_mulaw", "pcm_s16le"},
    "mpegts": frozenset({"aac", "mp3", "mp2", "ac3", "opus"}),
}
_FINE = Fraction(1, 90_000)
_BACK = (0.0, 2.0, 10.0, 60.0)
"""How far before its begin a cut looks for a key frame, in turn, before it reads from the start."""

_SOUND_BEHIND = 0.5
"""Seconds by which sound may come behind the picture in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What was written: `sound` is "copied", "coded as AAC" or "" where there is none."""

    path: Path
    seconds: float
    sound: str


def join(
    parts: Sequence[Path],
    target: Path,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> Joined:
    """Writes `parts` one after the other into `target`; its suffix chooses the container.

    Time stamps rise throughout, whatever those of the parts were. The picture is copied; sound is
    copied where the container carries it, else coded as AAC (G.711 in MP4). Parts must have the
    same picture codec. `on_progress` gets the number of bytes handled. MediaError naming a part
    that cannot be read; the target is removed after any failure.
    """
    if not parts:
        raise MediaError(_("There is nothing to join."))
    with _writing(target) as (output, kind):
        joiner = _Joiner(output, kind, on_progress)
        for part in parts:
            with _reading(part) as source:
                joiner.add(source, part.name)
        joiner.finish()
    return Joined(path=target, seconds=joiner.seconds, sound=joiner.sound)


def cut(source: Path, target: Path, begin: float, seconds: float) -> float:
    """Writes media seconds [begin, begin + seconds) of `source` into `target`, as `join` does.

    It starts at the key frame at or before `begin` and ends with the last picture before the end;
    returns how many seconds before `begin` it starts. MediaError where nothing is recorded there.
    """
    with _writing(target) as (output, kind):
        for back in (*_BACK, None):
            if back is not None and back >= begin:
                continue
            with _reading(source) as container:
                if not container.streams.video:
                    raise MediaError(_("{name} has no picture.").format(name=source.name))
                at = first_second(container) + begin
                if back is not None:
                    container.seek(round((at - back) * 1_000_000), backward=True)
                packets = _between(container, at, at + seconds)
                first = next(packets, None)
                if first is None:
                    continue  # the demuxer landed behind the key frame
                lead = at - second_of(first)
                joiner = _Joiner(output, kind, None)
                joiner.add(container, source.name, chain((first,), packets))
                joiner.finish()
                return max(0.0, lead)
        raise MediaError(_("{name} has no picture there.").format(name=source.name))


def _between(container: Any, begin: float, end: float) -> Iterator[Any]:
    """Packets from the last key frame at or before `begin` to `end`, in the container's seconds.

    None where the container is past that key frame already, or ends before `begin`.
    """
    waiting: list[Any] = []
    started = False
    for packet in stamped(container.demux()):
        cancel.check()
        at = second_of(packet)
        video = packet.stream.type == "video"
        if started:
            if at < end:
                yield packet
            elif video and float(packet.dts * packet.time_base) > end + _SOUND_BEHIND:
                return
            continue
        if is_key(packet):
            if at <= begin + 0.001:
                waiting.clear()
            elif not waiting:
                return
        elif not waiting:
            continue
        waiting.append(packet)
        if video and at > begin:
            started = True
            yield from (one for one in waiting if second_of(one) < end)
            waiting.clear()


@contextmanager
def _writing(target: Path) -> Iterator[tuple[Any, str]]:
    """The container of a new file, and its kind; the file is removed after any failure."""
    import av

    kind = _FORMATS.get(target.suffix.lower())
    if kind is None:
        raise MediaError(
            _("{name}: this kind of file cannot be written.").format(name=target.name),
            remedy=_("Choose .mp4, .mkv, .mov or .ts."),
        )
    options = {"movflags": "faststart"} if kind in ("mp4", "mov") else {}
    try:
        with av.open(str(target), "w", format=kind, options=options) as output:
            yield output, kind
    except BaseException as error:
        with suppress(OSError):
            target.unlink()
        if isinstance(error, OSError) and error.errno == 28:
            raise DiskFull(_("The disk is full.")) from error
        if isinstance(error, PermissionError):
            raise NotWritable(_("{name} cannot be written.").format(name=target.name)) from error
        raise


@contextmanager
def _reading(part: Path) -> Iterator[Any]:
    """A part opened; MediaError naming it where it cannot be read."""
    import av
    import av.error

    try:
        with av.open(str(part)) as source:
            yield source
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno in (28, 27):
            raise
        raise MediaError(
            _("{name} cannot be read.").format(name=part.name),
            why=error.strerror or type(error).__name__,
        ) from error


class _Joiner:
    """Moves packets of one part after another to where the last one ended."""

    def __init__(self, output: Any, kind: str, on_progress: Callable[[int], None] | None) -> None:
        self._output = output
        self._kind = kind
        self._on_progress = on_progress
        self._video: Any = None
        self._codec = ""
        self._audio: Any = None
        self._audio_codec = ""
        self._encoder: AacEncoder | None = None
        self._last: dict[str, Fraction] = {}
        self._end = Fraction(0)
        self._bytes = 0
        self.sound = ""

    @property
    def seconds(self) -> float:
        return float(self._end)

    def add(self, source: Any, name: str, packets: Iterator[Any] | None = None) -> None:
        """Appends what `source` holds, or only `packets` of it."""
        if not source.streams.video:
            raise MediaError(_("{name} has no picture.").format(name=name))
        video = source.streams.video[0]
        audio = source.streams.audio[0] if source.streams.audio else None
        if self._video is None:
            self._begin(video, audio)
        elif video.codec_context.name != self._codec:
            raise MediaError(
                _("The parts cannot be joined: the picture of {name} is coded differently.").format(
                    name=name
                )
            )
        if audio is not None and audio.codec_context.name != self._audio_codec:
            audio = None
        streams = [video] if audio is None else [video, audio]
        shift: Fraction | None = None
        begin = self._end
        for packet in packets or stamped(source.demux(streams)):
            cancel.check()
            if packet.stream not in streams:
                continue
            own = packet.dts * packet.time_base
            if shift is None:
                if packet.stream is not video or not packet.is_keyframe:
                    continue
                stamp = packet.pts if packet.pts is not None else packet.dts
                shift = begin - stamp * packet.time_base
            self._bytes += packet.size
            if packet.stream is video:
                self._move_video(packet, own + shift)
            else:
                self._move_audio(packet, own + shift)
            if self._on_progress is not None:
                self._on_progress(self._bytes)

    def finish(self) -> None:
        if self._encoder is not None:
            self._encoder.finish()

    def _begin(self, video: Any, audio: Any) -> None:
        self._codec = video.codec_context.name
        self._video = self._output.add_stream_from_template(video)
        if self._kind in ("mp4", "mov") and self._codec == "hevc":
            # QuickTime and Windows play H.265 only under this name.
            self._video.codec_context.codec_tag = "hvc1"
        if audio is None or audio.codec_context is None:
            return
        self._audio_codec = audio.codec_context.name
        if self._audio_codec in _ANY_SOUND[self._kind]:
            self._audio = self._output.add_stream_from_template(audio)
            self.sound = "copied"
        else:
            self._encoder = AacEncoder(self._output, audio)
            self.sound = "coded as AAC"

    def _move_video(self, packet: Any, dts: Fraction) -> None:
        shown = (packet.pts - packet.dts) * packet.time_base if packet.pts is not None else 0
        length = (packet.duration or 0) * packet.time_base or Fraction(1, 25)
        dts = self._rising("video", dts)
        self._end = max(self._end, dts + shown + length)
        self._mux(packet, dts, dts + shown, self._video)

    def _move_audio(self, packet: Any, dts: Fraction) -> None:
        if dts < 0:
            return
        if self._encoder is not None:
            self._encoder.move(packet, float(dts))
        elif self._audio is not None:
            dts = self._rising("audio", dts)
            self._mux(packet, dts, dts, self._audio)

    def _rising(self, kind: str, dts: Fraction) -> Fraction:
        last = self._last.get(kind)
        if last is not None and dts <= last:
            dts = last + Fraction(1, 1000)
        self._last[kind] = dts
        return dts

    def _mux(self, packet: Any, dts: Fraction, pts: Fraction, stream: Any) -> None:
        duration = (packet.duration or 0) * packet.time_base
        packet.time_base = _FINE
        packet.dts, packet.pts = round(dts / _FINE), round(max(pts, dts) / _FINE)
        packet.duration = round(duration / _FINE)
        packet.stream = stream
        self._output.mux(packet)
