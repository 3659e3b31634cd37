"""FLV tags: both forms of H.265, G.711, the header, time stamps and the key frame index."""

import io
import struct

import av
import pytest

from tests.sandbox.media_support import BEGIN, assert_exact, flv_tags, shots
from vsconsole.sandbox.media import Scene, recording_file
from vsconsole.sandbox.media.encode import cached_frames
from vsconsole.sandbox.media.flv import FlvWriter
from vsconsole.sandbox.media.scene import Audio, FlvHevc


def stream(scene: Scene, seconds: int = 2, offset_ms: int = 0) -> bytes:
    writer = FlvWriter(scene, "sub")
    first = scene.first_frame(BEGIN)
    units = cached_frames(scene, first, first + seconds * scene.fps, "sub")
    return writer.header() + b"".join(
        writer.video(unit, round((unit.frame - first) * 1000 / scene.fps) + offset_ms)
        for unit in units
    )


def bodies(data: bytes, kind: int) -> list[bytes]:
    return [body for tag, _, body in flv_tags(data) if tag == kind]


def test_h264_tags() -> None:
    data = stream(Scene(channel=1))
    video = bodies(data, 9)
    assert video[0][:5] == b"\x17\x00\x00\x00\x00"
    assert video[0][5] == 1  # AVCDecoderConfigurationRecord
    assert video[1][:2] == b"\x17\x01"
    assert video[2][:2] == b"\x27\x01"
    assert len(video) == 25


@pytest.mark.parametrize("form", ["id12", "enhanced"])
def test_h265_tags_and_that_they_decode(form: FlvHevc) -> None:
    scene = Scene(channel=9, codec="h265", flv_hevc=form)
    data = stream(scene)
    start, key, inter = bodies(data, 9)[:3]
    if form == "id12":
        assert (start[:2], key[:2], inter[:2]) == (b"\x1c\x00", b"\x1c\x01", b"\x2c\x01")
        configuration = start[5:]
    else:
        assert (start[:5], key[:5], inter[:5]) == (b"\x90hvc1", b"\x93hvc1", b"\xa3hvc1")
        configuration = start[5:]
    assert configuration[0] == 1
    assert configuration[1] & 0x1F == 1  # Main profile
    assert configuration[22] == 3  # VPS, SPS and PPS
    assert_exact(shots(data), scene, BEGIN, BEGIN + 2)
    with av.open(io.BytesIO(data), "r") as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.width, context.height) == ("hevc", 320, 180)
        assert context.extradata == configuration


@pytest.mark.parametrize(
    ("sound", "byte", "name", "rate"),
    [("aac", 0xAF, "aac", 16000), ("g711a", 0x72, "pcm_alaw", 8000),
     ("g711u", 0x82, "pcm_mulaw", 8000)],
)  # fmt: skip
def test_sound_tags(sound: Audio, byte: int, name: str, rate: int) -> None:
    path = recording_file(Scene(channel=1, audio=sound), BEGIN, BEGIN + 4, "flv", "sub")
    data = path.read_bytes()
    assert data[4] == 5
    assert {body[0] for body in bodies(data, 8)} == {byte}
    with av.open(str(path), "r") as container:
        audio = container.streams.audio[0]
        assert (audio.codec_context.name, audio.rate, audio.channels) == (name, rate, 1)
    stamps = [stamp for _, stamp, _ in flv_tags(data)]
    assert stamps == sorted(stamps)


def test_a_stream_without_sound_says_so() -> None:
    assert stream(Scene(channel=1))[4] == 1
    with pytest.raises(ValueError, match="no sound"):
        FlvWriter(Scene(channel=1), "sub").audio(b"x", 0)


def test_time_stamps_past_24_bits() -> None:
    scene = Scene(channel=1)
    data = stream(scene, offset_ms=20 * 3600 * 1000)
    assert shots(data)[0].pts == 72000.0


def test_the_key_frame_index_points_at_key_frames() -> None:
    scene = Scene(channel=1, audio="g711a", gop_seconds=2)
    path = recording_file(scene, BEGIN, BEGIN + 7, "flv", "sub")
    data = path.read_bytes()
    script = bodies(data, 18)[0]
    assert number_after(script, b"duration") == 7.0
    assert number_after(script, b"filesize") == len(data)
    times = numbers_after(script, b"times")
    assert times == [0.0, 2.0, 4.0, 6.0]
    for seconds, place in zip(times, numbers_after(script, b"filepositions"), strict=True):
        kind, stamp, body = next(flv_tags(data[int(place) :]))
        assert (kind, stamp, body[0]) == (9, seconds * 1000, 0x17)


def number_after(script: bytes, name: bytes) -> float:
    at = script.index(name) + len(name)
    assert script[at] == 0
    value: float = struct.unpack(">d", script[at + 1 : at + 9])[0]
    return value


def numbers_after(script: bytes, name: bytes) -> list[float]:
    at = script.index(name) + len(name)
    assert script[at] == 10
    count = struct.unpack(">I", script[at + 1 : at + 5])[0]
    items = script[at + 5 : at + 5 + 9 * count]
    return [struct.unpack(">d", items[i * 9 + 1 : i * 9 + 9])[0] for i in range(count)]
