"""Windows cut out of files, probing, joining, single pictures."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tests.bench.seek_media import BEGIN, served
from vsconsole.domain.errors import InvalidInput, MediaError
from vsconsole.media import cuts, remux, thumbs
from vsconsole.media.probe import probe
from vsconsole.sandbox import timecode
from vsconsole.sandbox.media import Scene, recording_file
from vsconsole.sandbox.media.scene import FileType

SCENE = Scene(channel=9, codec="h264", audio="g711a")


def _file(file_type: FileType, seconds: float = 40.0, begin: float = BEGIN) -> Path:
    return recording_file(SCENE, begin, begin + seconds, file_type)


def _time(path: Path, second: float) -> float:
    shown = thumbs.picture(path, second)
    grey = timecode.read_with(
        lambda x, y: shown.rgb[(y * shown.width + x) * 3 + 1], shown.width, shown.height
    )
    return grey.when.timestamp() - BEGIN


@pytest.mark.parametrize("file_type", ["ts", "flv", "ps", "dav"])
def test_a_window_holds_the_moment(file_type: FileType) -> None:
    windows = cuts.Cuts(_file(file_type))
    try:
        for second in (0.0, 7.3, 33.0, 39.5):
            cut = windows.at(second)
            assert cut.begin <= second < cut.end
            assert abs(_time(cut.path, second - cut.begin) - second) < 0.2
        whole = windows.at(1.0)
        following = windows.after(whole)
        assert following is None or abs(following.begin - whole.end) < 0.01
    finally:
        windows.close()
    assert not cut.path.exists()


def test_which_files_need_windows() -> None:
    assert cuts.seeks_well(_file("mp4"))
    assert cuts.seeks_well(_file("flv"))
    assert not cuts.seeks_well(_file("ts"))
    assert not cuts.seeks_well(
        recording_file(Scene(channel=9, codec="h265"), BEGIN, BEGIN + 4, "flv")
    )


def test_probe_tells_what_is_there(tmp_path: Path) -> None:
    info = probe(_file("mp4"))
    assert (info.video, info.width, info.height) == ("h264", 640, 360)
    assert abs(info.seconds - 40) < 0.5
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(_file("mp4").read_bytes()[:200])
    empty = tmp_path / "empty.mp4"
    empty.touch()
    for path in (broken, empty, tmp_path / "none.mp4"):
        with pytest.raises(MediaError) as caught:
            probe(path)
        assert path.name in caught.value.what


@pytest.mark.parametrize(("suffix", "sound"), [(".mp4", "coded as AAC"), (".mov", "copied")])
def test_parts_are_joined(tmp_path: Path, suffix: str, sound: str) -> None:
    parts = [_file("flv", 10), _file("flv", 10, BEGIN + 10)]
    target = tmp_path / f"all{suffix}"
    joined = remux.join(parts, target)
    assert joined.sound == sound
    assert abs(joined.seconds - 20) < 0.5
    assert abs(probe(target).seconds - 20) < 0.5
    for second in (3.0, 9.9, 10.1, 17.0):
        assert abs(_time(target, second) - second) < 0.2


@pytest.mark.parametrize("file_type", ["mp4", "ts", "flv", "ps"])
@pytest.mark.parametrize("begin", [0.0, 13.4, 36.0])
def test_a_cut_ends_exactly(tmp_path: Path, file_type: FileType, begin: float) -> None:
    target = tmp_path / "cut.mp4"
    lead = remux.cut(_file(file_type), target, begin, 3.0)
    assert 0 <= lead <= 1.01
    assert abs(_time(target, 0.0) - (begin - lead)) < 0.1
    assert abs(_time(target, lead) - begin) < 0.1
    assert begin + 3.0 - 2 / SCENE.fps < _time(target, 60.0) < begin + 3.0


def test_a_cut_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no picture there"):
        remux.cut(_file("mp4"), tmp_path / "cut.mp4", 200.0, 3.0)
    assert not (tmp_path / "cut.mp4").exists()


def test_probe_of_an_address() -> None:
    data = _file("mp4").read_bytes()
    with served(lambda path: {"/a.mp4?token=x": data}[path]) as address:
        assert probe(f"{address}/a.mp4?token=x").video == "h264"
        with pytest.raises(MediaError) as caught:
            probe(f"{address}/b.mp4?token=secret")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(InvalidInput):
        probe("file:///etc/hostname")


def test_a_failed_join_leaves_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.flv"
    bad.write_bytes(b"FLV" + bytes(100))
    with pytest.raises(MediaError, match=r"bad\.flv"):
        remux.join([_file("flv", 10), bad], tmp_path / "all.mp4")
    assert not (tmp_path / "all.mp4").exists()


def test_png(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    thumbs.write_png(path, 2, 1, b"\xff\0\0\0\xff\0")
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    start = data.index(b"IDAT") + 4
    assert zlib.decompress(data[start : data.index(b"IEND") - 8]) == b"\0\xff\0\0\0\xff\0"
    with pytest.raises(ValueError, match="pixels"):
        thumbs.write_png(path, 2, 2, b"")
