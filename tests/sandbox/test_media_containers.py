"""Every container, codec, sound and profile: each frame is where its time stamp says."""

from pathlib import Path

import av
import pytest

from tests.sandbox.media_support import BEGIN, assert_exact, pitch, shots
from vsconsole.sandbox.media import FileType, Profile, Scene, recording_file
from vsconsole.sandbox.media.scene import Audio, Codec, FlvHevc

H264: list[FileType] = ["mp4", "ts", "flv", "mkv", "mov", "avi", "ps", "dav"]
H265: list[FileType] = ["mp4", "ts", "flv", "mkv", "mov", "dav"]
SOUNDS: list[Audio | None] = ["aac", "g711a", "g711u", None]
KINDS: list[tuple[Codec, FileType]] = [
    *(("h264", kind) for kind in H264),
    *(("h265", kind) for kind in H265),
]


@pytest.mark.parametrize("profile", ["main", "sub"])
@pytest.mark.parametrize(("codec", "kind"), KINDS)
def test_frames_are_exact(codec: Codec, kind: FileType, profile: Profile) -> None:
    scene = Scene(channel=12, codec=codec)
    path = recording_file(scene, BEGIN, BEGIN + 3, kind, profile)
    assert_exact(shots(path), scene, BEGIN, BEGIN + 3)


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(("codec", "kind"), KINDS)
def test_sound_is_there_and_moves_no_frame(
    codec: Codec, kind: FileType, sound: Audio | None
) -> None:
    scene = Scene(channel=12, codec=codec, audio=sound)
    path = recording_file(scene, BEGIN, BEGIN + 3, kind, "sub")
    assert_exact(shots(path), scene, BEGIN, BEGIN + 3)
    names = {None: [], "aac": ["aac"], "g711a": ["pcm_alaw"], "g711u": ["pcm_mulaw"]}
    expected = names[sound]
    if sound and kind == "ps":
        expected = []
    elif sound == "aac" and kind == "dav":
        expected = ["pcm_alaw"]
    elif sound and kind in ("mp4", "ts", "mkv"):
        expected = ["aac"]
    with av.open(str(path), "r") as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == expected
        if expected:
            heard = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
            assert heard == pytest.approx(3, abs=0.13)


@pytest.mark.parametrize(("sound", "kind"), [("aac", "mp4"), ("g711a", "flv"), ("g711u", "mov")])
def test_the_tone_changes_with_each_second(sound: Audio, kind: FileType) -> None:
    path = recording_file(Scene(channel=1, audio=sound), BEGIN, BEGIN + 6, kind, "sub")
    samples: list[float] = []
    with av.open(str(path), "r") as container:
        rate = container.streams.audio[0].rate
        start = next(container.decode(audio=0)).time or 0.0
        container.seek(0)
        resampler = av.AudioResampler("s16", "mono", rate)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples += memoryview(bytes(part.planes[0])[: part.samples * 2]).cast("h").tolist()
    tune = (262, 294, 330, 349, 392, 349, 330, 294)
    for second in range(1, 5):
        middle = round((second + 0.5 - start) * rate)
        heard = pitch(samples[middle - rate // 4 : middle + rate // 4], rate)
        assert heard == pytest.approx(tune[(int(BEGIN) + second) % 8], rel=0.02)
    assert 500 < max(samples) < 6000


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize(
    ("profile", "size"),
    [
        ("main", (1280, 720)),
        ("main", (960, 540)),
        ("main", (427, 240)),
        ("sub", (1280, 720)),
        ("sub", (480, 270)),
    ],
)
def test_codes_survive_scaling(codec: Codec, size: tuple[int, int], profile: Profile) -> None:
    scene = Scene(channel=1048575, codec=codec)
    path = recording_file(scene, BEGIN, BEGIN + 2, "mp4", profile)
    found = shots(path, lambda frame: frame.reformat(*size, interpolation="BILINEAR"))
    assert_exact(found, scene, BEGIN, BEGIN + 2)


@pytest.mark.parametrize("profile", ["main", "sub"])
def test_codes_survive_a_second_compression(profile: Profile, tmp_path: Path) -> None:
    """What a screen recorder or a transcoding vendor makes of it."""
    scene = Scene(channel=12, codec="h265")
    again = tmp_path / "again.mp4"
    source = recording_file(scene, BEGIN, BEGIN + 2, "mp4", profile)
    with av.open(str(source), "r") as container, av.open(str(again), "w") as output:
        stream = output.add_stream("libx264", rate=12)
        stream.options = {"crf": "33", "preset": "ultrafast"}
        first = container.streams.video[0]
        stream.width, stream.height = first.width, first.height
        for frame in container.decode(video=0):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert [round(shot.when * 1000) for shot in shots(again)] == [
        scene.frame_ms(scene.first_frame(BEGIN) + number) for number in range(24)
    ]


@pytest.mark.parametrize("fps", [5, 12, 15, 25])
@pytest.mark.parametrize("begin", [BEGIN, BEGIN + 0.5, BEGIN + 0.01, BEGIN - 0.0417])
def test_any_rate_and_any_begin(fps: int, begin: float) -> None:
    scene = Scene(channel=2, fps=fps)
    found = shots(recording_file(scene, begin, begin + 1.5, "mp4", "sub"))
    assert_exact(found, scene, begin, begin + 1.5)
    assert begin - 0.001 <= found[0].when < begin + 1 / fps + 0.001


@pytest.mark.parametrize("hevc", ["id12", "enhanced"])
def test_key_frames_come_once_a_group(hevc: FlvHevc) -> None:
    scene = Scene(channel=2, codec="h265", flv_hevc=hevc, gop_seconds=2)
    path = recording_file(scene, BEGIN, BEGIN + 5, "flv", "sub")
    with av.open(str(path), "r") as container:
        keys = [packet.pts for packet in container.demux(video=0) if packet.is_keyframe]
    assert keys == [0, 2000, 4000]


def test_h265_of_many_pieces_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long H.265 files are encoded in pieces side by side; none is lost or out of order."""
    monkeypatch.setattr("vsconsole.sandbox.media.files._PIECE_SECONDS", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    scene = Scene(channel=4, codec="h265", fps=6, audio="aac")
    path = recording_file(scene, BEGIN, BEGIN + 15, "mkv", "sub")
    assert_exact(shots(path), scene, BEGIN, BEGIN + 15)


@pytest.mark.parametrize("kind", ["avi", "ps"])
def test_h265_where_it_cannot_be_is_refused(kind: FileType) -> None:
    with pytest.raises(ValueError, match=r"does not take H\.265"):
        recording_file(Scene(channel=1, codec="h265"), BEGIN, BEGIN + 1, kind)


def test_a_range_without_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame"):
        recording_file(Scene(channel=1), BEGIN + 0.01, BEGIN + 0.02, "mp4")
