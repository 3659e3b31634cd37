"""Dahua's DAV: frames between `DHAV` and `dhav` marks, each with the recorder's local time.

Own writer because FFmpeg reads this format (`dhav`) and does not write it.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vsconsole.sandbox.media.encode import AccessUnit
from vsconsole.sandbox.media.mux import interleave
from vsconsole.sandbox.media.scene import SIZES, Audio, Profile, Scene
from vsconsole.sandbox.media.sound import Sound

_KEY, _INTER, _SOUND = 0xFD, 0xFC, 0xF0
_VIDEO_CODEC = {"h264": 0x02, "h265": 0x0C}
_SOUND_CODEC: dict[Audio, int] = {"g711a": 0x0E, "g711u": 0x0A}
_HEADER = struct.Struct("<4s4BIIIHB")


def write_dav(
    path: Path, scene: Scene, profile: Profile, units: Iterable[AccessUnit], sound: Sound | None
) -> None:
    """Write `units` and G.711 `sound` to `path`.

    Each piece carries local wall-clock seconds and a 16 bit millisecond counter, from which
    readers make time stamps; only a frame that lies on a whole second is placed exactly, so
    recordings should begin on one.
    """
    number = 0
    with path.open("wb") as target:
        for seconds, piece in interleave(scene, units, sound):
            if isinstance(piece, AccessUnit):
                kind = _KEY if piece.key else _INTER
                extension = _video_extension(scene, profile) if piece.key else b""
                milliseconds = scene.frame_ms(piece.frame)
                data = piece.data
                number += 1
            else:
                assert sound is not None
                kind, extension = _SOUND, _sound_extension(sound)
                milliseconds = round(seconds * 1000)
                data = piece
            target.write(_frame(scene, kind, number, milliseconds, extension, data))


def _frame(
    scene: Scene, kind: int, number: int, milliseconds: int, extension: bytes, data: bytes
) -> bytes:
    length = _HEADER.size + 1 + len(extension) + len(data) + 8
    head = _HEADER.pack(
        b"DHAV",
        *(kind, 0, scene.channel & 0xFF, 0, number, length),
        _date(milliseconds, scene.utc_offset_minutes),
        milliseconds & 0xFFFF,
        len(extension),
    )
    return b"".join(
        (head, bytes([sum(head) & 0xFF]), extension, data, b"dhav", struct.pack("<I", length))
    )


def _date(milliseconds: int, utc_offset_minutes: int) -> int:
    """Local date and time to the second, packed into 32 bits."""
    local = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(
        minutes=utc_offset_minutes
    )
    return (
        (local.year - 2000) << 26
        | local.month << 22
        | local.day << 17
        | local.hour << 12
        | local.minute << 6
        | local.second
    )


def _video_extension(scene: Scene, profile: Profile) -> bytes:
    width, height = SIZES[profile]
    codec = bytes([0x81, 0, _VIDEO_CODEC[scene.codec], scene.fps])
    return codec + struct.pack("<B3xHH", 0x82, width, height)


def _sound_extension(sound: Sound) -> bytes:
    # One channel, codec, sample rate by number (0 is 8 kHz).
    return bytes([0x83, 1, _SOUND_CODEC[sound.audio], 0])
