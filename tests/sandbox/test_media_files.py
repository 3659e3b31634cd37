"""Recording files: shared, private, bounded, fast start, and gone at the end."""

import stat
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.sandbox.media_support import BEGIN, read_frame, shots
from vsconsole.sandbox.media import FileType, Scene, recording_file, remove_recording_files, still
from vsconsole.sandbox.media.encode import AccessUnit, encode_frames
from vsconsole.sandbox.media.files import _FILES
from vsconsole.sandbox.media.scene import Codec


def test_equal_calls_share_a_file() -> None:
    scene = Scene(channel=21)
    found: list[Path] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(recording_file(scene, BEGIN, BEGIN + 2, "mp4", "sub"))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert recording_file(scene, BEGIN, BEGIN + 2, "mp4", "main") not in found
    assert found[0].name.startswith(f"21-{int(BEGIN)}-{int(BEGIN) + 2}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_the_folder_is_the_users_alone() -> None:
    path = recording_file(Scene(channel=21), BEGIN, BEGIN + 1, "ts", "sub")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["mp4", "mov"])
def test_the_index_comes_before_the_media(kind: str) -> None:
    data = recording_file(Scene(channel=21), BEGIN, BEGIN + 2, kind, "sub").read_bytes()  # type: ignore[arg-type]
    assert data.index(b"moov") < data.index(b"mdat")


def test_all_are_removed_and_can_be_made_again() -> None:
    path = recording_file(Scene(channel=22), BEGIN, BEGIN + 1, "mp4", "sub")
    remove_recording_files()
    assert not path.exists()
    assert not path.parent.exists()
    again = recording_file(Scene(channel=22), BEGIN, BEGIN + 1, "mp4", "sub")
    assert again.exists()


def test_a_file_that_leaves_the_memory_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    remove_recording_files()
    monkeypatch.setattr(_FILES, "_limit", 60_000)
    paths = [
        recording_file(Scene(channel=30 + number), BEGIN, BEGIN + 2, "mp4", "sub")
        for number in range(4)
    ]
    assert not paths[0].exists()
    assert paths[-1].exists()


def test_a_failed_file_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> object:
        yield from encode_frames(Scene(channel=23), 0, 3, "sub")
        raise OSError("no space left")

    monkeypatch.setattr("vsconsole.sandbox.media.files.encode_frames", fail)
    remove_recording_files()
    with pytest.raises(OSError, match="no space"):
        recording_file(Scene(channel=23), BEGIN, BEGIN + 2, "mp4", "sub")
    monkeypatch.undo()
    path = recording_file(Scene(channel=23), BEGIN, BEGIN + 2, "mp4", "sub")
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_nothing_is_left_when_the_process_ends() -> None:
    code = (
        "from vsconsole.sandbox.media import Scene, recording_file\n"
        f"print(recording_file(Scene(channel=1), {BEGIN}, {BEGIN} + 1, 'mp4', 'sub'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    path = Path(done.stdout.strip())
    assert path.suffix == ".mp4"
    assert not path.parent.exists()
    assert done.stderr == ""


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_the_encoders_write_nothing_to_the_terminal(codec: str) -> None:
    code = (
        "from vsconsole.sandbox.media import Scene, recording_file, ts_segment\n"
        f"scene = Scene(channel=1, codec='{codec}', audio='aac')\n"
        f"ts_segment(scene, {BEGIN}, 2.0, 0.0)\n"
        f"recording_file(scene, {BEGIN}, {BEGIN} + 2, 'mkv')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_encoding_takes_frames_as_they_are_wanted() -> None:
    """Memory stays flat because nothing runs ahead of what is written."""
    stream = encode_frames(Scene(channel=1), 0, 10**9, "sub")
    units = [next(stream) for _ in range(25)]
    assert all(isinstance(unit, AccessUnit) for unit in units)
    assert [unit.frame for unit in units if unit.key] == [0, 12, 24]
    stream.close()  # type: ignore[attr-defined]


def test_dav_carries_the_recorders_local_time() -> None:
    scene = Scene(channel=5, utc_offset_minutes=480)
    path = recording_file(scene, BEGIN, BEGIN + 4, "dav", "sub")
    with av.open(str(path), "r") as container:
        assert container.format.name == "dhav"
        first = next(container.decode(video=0))
        assert first.time == BEGIN + 8 * 3600


@pytest.mark.parametrize("kind", ["mp4", "flv", "mkv"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_gaps_are_left_out_and_time_stamps_run_on(kind: FileType, codec: Codec) -> None:
    scene = Scene(channel=5, codec=codec, audio="aac")
    ranges = [(BEGIN - 5, BEGIN + 2), (BEGIN + 60, BEGIN + 61.5), (BEGIN + 90, BEGIN + 300)]
    path = recording_file(scene, BEGIN, BEGIN + 91, kind, "sub", ranges=ranges)
    found = shots(path)
    first = scene.first_frame(BEGIN)
    wanted = [*range(24), *range(720, 738), *range(1080, 1092)]
    assert [round(shot.when * 1000) for shot in found] == [
        scene.frame_ms(first + number) for number in wanted
    ]
    assert [shot.pts for shot in found] == [
        pytest.approx(number / 12, abs=0.002) for number in range(len(wanted))
    ]
    with av.open(str(path), "r") as container:
        heard = [float(p.pts * p.time_base) for p in container.demux(audio=0) if p.pts is not None]
    assert len(heard) == pytest.approx(4.5 / 0.064, abs=3)
    # At a gap the tune's own grid begins anew; never backward, never more than a packet's hole.
    assert all(0.015 < after - before < 0.15 for before, after in pairwise(heard))


def test_the_wall_clock_of_dav_jumps_at_a_gap() -> None:
    scene = Scene(channel=5, audio="g711a")
    ranges = [(BEGIN, BEGIN + 2), (BEGIN + 60, BEGIN + 62)]
    found = shots(recording_file(scene, BEGIN, BEGIN + 99, "dav", "sub", ranges=ranges))
    assert len(found) == 48
    assert all(
        shot.pts is not None and abs(shot.pts - 8 * 3600 - shot.when) < 0.002 for shot in found
    )


def test_ranges_without_a_frame_are_refused() -> None:
    with pytest.raises(ValueError, match="no frame"):
        recording_file(Scene(channel=1), BEGIN, BEGIN + 9, "mp4", ranges=[(BEGIN + 9, BEGIN + 20)])


def test_a_still_is_a_png_of_that_moment(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(still(Scene(channel=9), BEGIN + 0.25))
    with av.open(str(path), "r") as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (640, 360)
        reading = read_frame(frame.reformat(format="gray"))
    assert reading.channel == 9
    assert reading.when.timestamp() == BEGIN + 0.25
