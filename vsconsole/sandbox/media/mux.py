"""Access units and sound packets into FFmpeg's containers, without encoding again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from vsconsole.sandbox.media.encode import AccessUnit, encode_frames
from vsconsole.sandbox.media.scene import Codec, Profile, Scene
from vsconsole.sandbox.media.sound import Sound

if TYPE_CHECKING:
    from typing import BinaryIO

    from av.container import InputContainer, OutputContainer
    from av.stream import Stream

_MICROSECOND = Fraction(1, 1_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Muxer:
    """How to write one container: FFmpeg's name of it and its options."""

    container: str
    options: tuple[tuple[str, str], ...] = ()
    video_tag: str | None = None


def write(
    target: BinaryIO | str,
    muxer: Muxer,
    scene: Scene,
    profile: Profile,
    units: Iterable[AccessUnit],
    sound: Sound | None,
    origin: float,
) -> int:
    """Write `units` and the sound under them; PTS are epoch seconds less `origin` and
    less the gaps between units.

    Takes units as it writes, so memory stays flat. Gives the number of frames written.
    """
    import av

    frames = 0
    with av.open(target, "w", format=muxer.container, options=dict(muxer.options)) as output:
        video = _video_stream(output, muxer, scene, profile)
        audio = _sound_stream(output, sound) if sound else None
        pieces = without_gaps(scene, interleave(scene, units, sound), origin)
        for seconds, piece in pieces:
            if isinstance(piece, AccessUnit):
                _mux(output, video, piece.data, seconds, 1 / scene.fps, key=piece.key)
                frames += 1
            elif audio and sound:
                _mux(output, audio, piece, seconds, sound.samples / sound.rate)
    return frames


def interleave(
    scene: Scene, units: Iterable[AccessUnit], sound: Sound | None
) -> Iterator[tuple[float, AccessUnit | bytes]]:
    """(epoch seconds, frame or sound packet) in time order; sound only beneath the frames."""
    heard: Iterator[tuple[float, bytes]] | None = None
    waiting: tuple[float, bytes] | None = None
    end = 0.0
    for unit in units:
        seconds = scene.frame_seconds(unit.frame)
        gap = seconds - end > 0.5 / scene.fps
        # Up to this frame, or to the end of the one before a gap.
        until = end - 1e-4 if gap else seconds
        while heard and waiting and waiting[0] < until:
            yield waiting
            waiting = next(heard)
        if sound and gap:
            heard = sound.packets(seconds)
            waiting = next(heard)
        end = scene.frame_seconds(unit.frame + 1)
        yield seconds, unit
    while heard and waiting and waiting[0] < end - 1e-4:
        yield waiting
        waiting = next(heard)


def without_gaps(
    scene: Scene, pieces: Iterable[tuple[float, AccessUnit | bytes]], origin: float
) -> Iterator[tuple[float, AccessUnit | bytes]]:
    """`pieces` with media time: seconds since `origin` less what was not recorded."""
    following: int | None = None
    for seconds, piece in pieces:
        if isinstance(piece, AccessUnit):
            if following is not None and piece.frame != following:
                origin += scene.frame_seconds(piece.frame) - scene.frame_seconds(following)
            following = piece.frame + 1
        yield seconds - origin, piece


def _video_stream(output: OutputContainer, muxer: Muxer, scene: Scene, profile: Profile) -> Stream:
    template = _template(scene.codec, profile, scene.fps, scene.gop_frames)
    stream = output.add_stream_from_template(template.streams.video[0], opaque=True)
    if muxer.video_tag:
        stream.codec_context.codec_tag = muxer.video_tag
    # AVI has no time stamps, only a frame rate: the time base must be the frame.
    stream.time_base = Fraction(1, scene.fps)
    return stream


def _sound_stream(output: OutputContainer, sound: Sound) -> Stream:
    import av

    # An encoder of the same settings is opened and never fed: it gives the muxer its header.
    stream = output.add_stream(sound.codec_name, rate=sound.rate)
    assert isinstance(stream, av.AudioStream)
    stream.layout = "mono"
    if sound.audio == "aac":
        stream.bit_rate = 32000
    stream.time_base = Fraction(1, sound.rate)
    return stream


def _mux(
    output: OutputContainer,
    stream: Stream,
    data: bytes,
    seconds: float,
    duration: float,
    *,
    key: bool = True,
) -> None:
    import av

    packet = av.Packet(data)
    packet.stream = stream
    packet.time_base = _MICROSECOND
    packet.pts = packet.dts = round(seconds * 1_000_000)
    packet.duration = round(duration * 1_000_000)
    packet.is_keyframe = key
    output.mux_one(packet)


@lru_cache(maxsize=16)
def _template(codec: Codec, profile: Profile, fps: int, gop_frames: int) -> InputContainer:
    """An opened raw stream whose parameters describe every stream of this kind.

    FFmpeg's muxers want dimensions and parameter sets before the first packet; reading one key
    frame back is how PyAV can give them without an encoder of its own for every file.
    """
    import av

    scene = Scene(channel=0, codec=codec, fps=fps, gop_seconds=gop_frames / fps)
    units = encode_frames(scene, 0, 3, profile)
    raw = io.BytesIO(b"".join(unit.data for unit in units))
    return av.open(raw, "r", format="h264" if codec == "h264" else "hevc")
