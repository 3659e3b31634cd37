"""FLV, tag by tag: H.265 as codec id 12 or as enhanced `hvc1`, AAC and G.711 sound.

Own writer because FFmpeg writes only the enhanced form, and because playback needs time stamps
that jump. Layout: Adobe's FLV specification 10.1 and the Enhanced RTMP v1 extension.
"""

import struct
from collections.abc import Iterable

from vsconsole.sandbox.media.encode import (
    AccessUnit,
    is_parameter_set,
    nal_type,
    nal_units,
    stream_header,
)
from vsconsole.sandbox.media.scene import SIZES, Profile, Scene
from vsconsole.sandbox.media.sound import Sound, sound

_AUDIO, _VIDEO, _SCRIPT = 8, 9, 18
_H264_ID, _H265_ID = 7, 12
_ENHANCED = 0x80
_SEQUENCE_START, _CODED_FRAMES_X = 0, 3
# Sound format << 4; for AAC the flags are fixed, for G.711 the rate bits mean nothing (8 kHz).
_SOUND_BYTE = {"aac": 0xAF, "g711a": 0x72, "g711u": 0x82}
_SOUND_ID = {"aac": 10, "g711a": 7, "g711u": 8}

Metadata = dict[str, "float | bool | str | list[float] | Metadata"]


class FlvWriter:
    """Makes the tags of one scene and profile; keeps no state between tags."""

    def __init__(self, scene: Scene, profile: Profile) -> None:
        self._scene = scene
        self._profile = profile
        self.sound: Sound | None = sound(scene.audio) if scene.audio else None
        """The sound of the stream, or None."""

    def header(self, *, metadata: Metadata | None = None, begin_ms: int = 0) -> bytes:
        """File header, `onMetaData` and the codecs' sequence headers; what every stream begins
        with. `metadata` adds to the usual keys."""
        flags = 0x05 if self.sound else 0x01
        parts = [
            b"FLV\x01" + bytes([flags]) + struct.pack(">II", 9, 0),
            _tag(_SCRIPT, begin_ms, _script_data(self._usual_metadata() | (metadata or {}))),
            _tag(_VIDEO, begin_ms, self._video_start()),
        ]
        if self.sound and self.sound.config:
            parts.append(_tag(_AUDIO, begin_ms, b"\xaf\x00" + self.sound.config))
        return b"".join(parts)

    def video(self, unit: AccessUnit, milliseconds: int) -> bytes:
        """The tag of one frame."""
        codec = self._scene.codec
        data = b"".join(
            struct.pack(">I", len(nal)) + nal
            for nal in nal_units(unit.data)
            if not is_parameter_set(codec, nal)
        )
        frame_type = 1 if unit.key else 2
        if codec == "h265" and self._scene.flv_hevc == "enhanced":
            head = bytes([_ENHANCED | frame_type << 4 | _CODED_FRAMES_X]) + b"hvc1"
        else:
            head = bytes([frame_type << 4 | self._codec_id(), 1, 0, 0, 0])
        return _tag(_VIDEO, milliseconds, head + data)

    def audio(self, data: bytes, milliseconds: int) -> bytes:
        """The tag of one sound packet; ValueError when the scene has no sound."""
        if self.sound is None:
            raise ValueError("the scene has no sound")
        head = bytes([_SOUND_BYTE[self.sound.audio]])
        return _tag(_AUDIO, milliseconds, head + (b"\x01" if self.sound.config else b"") + data)

    def end(self, milliseconds: int) -> bytes:
        """The end of sequence tag of H.264 and of H.265 in both forms."""
        if self._scene.codec == "h265" and self._scene.flv_hevc == "enhanced":
            return _tag(_VIDEO, milliseconds, bytes([_ENHANCED | 1 << 4 | 2]) + b"hvc1")
        return _tag(_VIDEO, milliseconds, bytes([1 << 4 | self._codec_id(), 2, 0, 0, 0]))

    def _codec_id(self) -> int:
        return _H264_ID if self._scene.codec == "h264" else _H265_ID

    def _video_start(self) -> bytes:
        scene = self._scene
        sets = nal_units(stream_header(scene.codec, self._profile, scene.fps, scene.gop_frames))
        if scene.codec == "h264":
            return bytes([1 << 4 | _H264_ID, 0, 0, 0, 0]) + avc_configuration(sets)
        if scene.flv_hevc == "enhanced":
            return (
                bytes([_ENHANCED | 1 << 4 | _SEQUENCE_START]) + b"hvc1" + hevc_configuration(sets)
            )
        return bytes([1 << 4 | _H265_ID, 0, 0, 0, 0]) + hevc_configuration(sets)

    def _usual_metadata(self) -> Metadata:
        width, height = SIZES[self._profile]
        scene = self._scene
        codec_id: float = self._codec_id()
        if scene.codec == "h265" and scene.flv_hevc == "enhanced":
            codec_id = int.from_bytes(b"hvc1", "big")
        values: Metadata = {
            "width": width,
            "height": height,
            "framerate": scene.fps,
            "videocodecid": codec_id,
        }
        if self.sound:
            values |= {
                "audiocodecid": _SOUND_ID[self.sound.audio],
                "audiosamplerate": self.sound.rate,
                "audiosamplesize": 16,
                "stereo": False,
            }
        return values


def avc_configuration(sets: Iterable[bytes]) -> bytes:
    """AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1) of SPS and PPS units."""
    by_type = {nal_type("h264", unit): unit for unit in sets}
    sps, pps = by_type[7], by_type[8]
    return b"".join(
        (
            bytes([1]) + sps[1:4] + bytes([0xFF, 0xE1]),
            struct.pack(">H", len(sps)) + sps,
            bytes([1]) + struct.pack(">H", len(pps)) + pps,
        )
    )


def hevc_configuration(sets: Iterable[bytes]) -> bytes:
    """HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1) of VPS, SPS and PPS units; 4:2:0,
    8 bits, one temporal layer."""
    by_type = {nal_type("h265", unit): unit for unit in sets}
    # Two bytes of NAL header, one of ids, then twelve of profile, tier and level.
    profile = by_type[33].replace(b"\x00\x00\x03", b"\x00\x00")[3:15]
    record = [
        b"\x01" + profile,
        struct.pack(">HBBBBHB", 0xF000, 0xFC, 0xFC | 1, 0xF8, 0xF8, 0, 0x0F),
        bytes([3]),
    ]
    for kind in (32, 33, 34):
        unit = by_type[kind]
        record.append(struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit)
    return b"".join(record)


def _tag(kind: int, milliseconds: int, data: bytes) -> bytes:
    size = struct.pack(">I", len(data))[1:]
    stamp = struct.pack(">I", milliseconds & 0xFFFFFFFF)
    tag = bytes([kind]) + size + stamp[1:] + stamp[:1] + b"\x00\x00\x00" + data
    return tag + struct.pack(">I", len(tag))


def _script_data(values: Metadata) -> bytes:
    name = b"onMetaData"
    head = b"\x02" + struct.pack(">H", len(name)) + name
    return head + b"\x08" + struct.pack(">I", len(values)) + _properties(values)


def _properties(values: Metadata) -> bytes:
    parts = []
    for key, value in values.items():
        parts.append(struct.pack(">H", len(key)) + key.encode())
        parts.append(_amf(value))
    return b"".join(parts) + b"\x00\x00\x09"


def _amf(value: "float | bool | str | list[float] | Metadata") -> bytes:
    """AMF 0 of one value."""
    if isinstance(value, bool):
        return b"\x01" + bytes([value])
    if isinstance(value, str):
        data = value.encode()
        return b"\x02" + struct.pack(">H", len(data)) + data
    if isinstance(value, list):
        items = b"".join(b"\x00" + struct.pack(">d", item) for item in value)
        return b"\x0a" + struct.pack(">I", len(value)) + items
    if isinstance(value, dict):
        return b"\x03" + _properties(value)
    return b"\x00" + struct.pack(">d", value)
