"""Scene frames through x264 and x265 to Annex B access units. PyAV is imported at first use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from vsconsole.sandbox import timecode
from vsconsole.sandbox.media.cache import ByteCache
from vsconsole.sandbox.media.drawing import Canvas
from vsconsole.sandbox.media.picture import clamped, neutral_boxes, paint
from vsconsole.sandbox.media.scene import HOME, SIZES, Codec, Profile, Scene, View, ViewSource

if TYPE_CHECKING:
    import av
    from av.video.codeccontext import VideoCodecContext

_START_CODE = b"\x00\x00\x00\x01"
# Parameter sets per codec: H.264 SPS 7 and PPS 8; H.265 VPS 32, SPS 33, PPS 34.
_PARAMETER_SETS: dict[Codec, tuple[int, ...]] = {"h264": (7, 8), "h265": (32, 33, 34)}
_FRAME_CACHE_BYTES = 32 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessUnit:
    """One coded frame: its number on the scene's grid and its Annex B bytes.

    There are no B frames, so decoding order is showing order. Key frames carry parameter sets.
    """

    frame: int
    key: bool
    data: bytes


class FrameEncoder:
    """One encoder for a run of frames; the first frame is a key frame, then one per GOP.

    Not thread-safe. No frame is held back: each `encode` gives its own access unit.
    """

    def __init__(self, scene: Scene, profile: Profile) -> None:
        self._scene = scene
        self._profile = profile
        self._context = _context(scene, profile)
        self._count = 0

    def encode(self, frame: int, view: View = HOME) -> AccessUnit:
        """The coded picture of `frame`; calls must ask for rising numbers."""
        picture = _video_frame(self._scene, frame, self._profile, clamped(view))
        picture.pts = self._count
        self._count += 1
        packets = self._context.encode(picture)
        if len(packets) != 1:
            raise RuntimeError(f"encoder gave {len(packets)} packets for one frame")
        return AccessUnit(frame=frame, key=packets[0].is_keyframe, data=bytes(packets[0]))


def encode_frames(
    scene: Scene, first: int, end: int, profile: Profile, view: ViewSource | None = None
) -> Iterator[AccessUnit]:
    """Frames [first, end) from one encoder, made as they are taken."""
    encoder = FrameEncoder(scene, profile)
    for frame in range(first, end):
        yield encoder.encode(frame, view() if view else HOME)


def cached_frames(scene: Scene, first: int, end: int, profile: Profile) -> tuple[AccessUnit, ...]:
    """Frames [first, end) at the home view; few at a time, as they are kept in memory."""
    key = (
        *(scene.channel, scene.codec, scene.fps, scene.gop_frames, scene.utc_offset_minutes),
        *(first, end, profile),
    )
    return _FRAMES.get(key, lambda: tuple(encode_frames(scene, first, end, profile)))


def still(scene: Scene, when: float, view: View = HOME, profile: Profile = "main") -> bytes:
    """A PNG of the first frame at or after `when` (epoch seconds), time code and all."""
    import av

    picture = _video_frame(scene, scene.first_frame(when), profile, clamped(view))
    context = av.CodecContext.create("png", "w")
    context.width, context.height = picture.width, picture.height
    context.pix_fmt = "rgb24"
    context.time_base = Fraction(1, scene.fps)
    packets = context.encode(picture.reformat(format="rgb24")) + context.encode(None)
    return b"".join(bytes(packet) for packet in packets)


_FRAMES: ByteCache[tuple[AccessUnit, ...]] = ByteCache(
    _FRAME_CACHE_BYTES, lambda units: sum(len(unit.data) + 120 for unit in units)
)


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B access unit, without start codes."""
    units = []
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        following = data.find(b"\x00\x00\x01", at + 3)
        # A zero before the next start code belongs to that code, never to this unit.
        unit = data[at + 3 : following if following >= 0 else len(data)].rstrip(b"\x00")
        if unit:
            units.append(unit)
        at = following
    return units


def nal_type(codec: Codec, unit: bytes) -> int:
    """The type number of a NAL unit."""
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def is_parameter_set(codec: Codec, unit: bytes) -> bool:
    """Whether a NAL unit is a VPS, SPS or PPS."""
    return nal_type(codec, unit) in _PARAMETER_SETS[codec]


def parameter_sets(codec: Codec, key_unit: bytes) -> list[bytes]:
    """The parameter sets of a key frame's access unit, in order."""
    return [unit for unit in nal_units(key_unit) if is_parameter_set(codec, unit)]


@lru_cache(maxsize=64)
def stream_header(codec: Codec, profile: Profile, fps: int, gop_frames: int) -> bytes:
    """Parameter sets as Annex B, the same for every stream of this kind: what muxers need."""
    scene = Scene(channel=0, codec=codec, fps=fps, gop_seconds=gop_frames / fps)
    key_unit = FrameEncoder(scene, profile).encode(0).data
    return b"".join(_START_CODE + unit for unit in parameter_sets(codec, key_unit))


def _context(scene: Scene, profile: Profile) -> VideoCodecContext:
    import av

    gop = scene.gop_frames
    if scene.codec == "h264":
        context = av.CodecContext.create("libx264", "w")
        options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "23",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:log=-1",
        }
    else:
        context = av.CodecContext.create("libx265", "w")
        # x265 writes to standard error by itself; bframes and look-ahead off so that every
        # frame comes out at once; 16 pixel blocks are its quickest setting for this picture.
        settings = (
            f"log-level=none:info=0:keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:"
            "bframes=0:rc-lookahead=0:repeat-headers=1:pools=none:frame-threads=1:wpp=0:"
            "ctu=16:min-cu-size=16"
        )
        options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "25",
            "x265-params": settings,
        }
    context.width, context.height = SIZES[profile]
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, scene.fps)
    context.framerate = Fraction(scene.fps)
    context.gop_size = gop
    context.max_b_frames = 0
    context.thread_count = 1
    context.options = options
    context.open()
    return context


def _video_frame(scene: Scene, frame: int, profile: Profile, view: View) -> av.VideoFrame:
    canvas = paint(scene, frame, profile, view)
    if abs(view.focus) > 0.02:
        canvas = _blurred(canvas, abs(view.focus))
        neutral_boxes(canvas, scene.channel)
    luma, blue, red = canvas.planes
    if view.iris:
        luma = luma.translate(_brightness(round(view.iris * 100)))
    timecode.draw(
        luma,
        canvas.width,
        canvas.width,
        canvas.height,
        scene.frame_ms(frame),
        scene.channel,
        utc_offset_minutes=scene.utc_offset_minutes,
    )
    return _to_frame(canvas.width, canvas.height, (luma, blue, red))


@lru_cache(maxsize=256)
def _brightness(percent: int) -> bytes:
    """Luma through an opened (positive) or closed iris: up to two stops."""
    gain = 2 ** (percent / 50)
    return bytes(min(235, max(16, round(16 + (value - 16) * gain))) for value in range(256))


def _to_frame(
    width: int, height: int, planes: tuple[bytearray, bytearray, bytearray]
) -> av.VideoFrame:
    import av

    frame = av.VideoFrame(width, height, "yuv420p")
    rows = (width, width // 2, width // 2)
    for plane, data, row in zip(frame.planes, planes, rows, strict=True):
        target = memoryview(plane)
        stride = plane.line_size
        if stride == row:
            target[: len(data)] = data
        else:
            for line in range(len(data) // row):
                target[line * stride : line * stride + row] = data[line * row : (line + 1) * row]
    return frame


def _blurred(canvas: Canvas, strength: float) -> Canvas:
    """`canvas` out of focus: made small and large again, which costs little."""
    width, height = canvas.width, canvas.height
    part = 1 + 15 * strength
    small = (max(16, round(width / part) // 2 * 2), max(16, round(height / part) // 2 * 2))
    frame = _to_frame(width, height, canvas.planes)
    soft = frame.reformat(*small, interpolation="AREA").reformat(
        width, height, interpolation="BICUBIC"
    )
    result = canvas.copy()
    rows = (width, width // 2, width // 2)
    for plane, target, row in zip(soft.planes, result.planes, rows, strict=True):
        source = memoryview(plane)
        for line in range(len(target) // row):
            start = line * plane.line_size
            target[line * row : (line + 1) * row] = source[start : start + row]
    return result
