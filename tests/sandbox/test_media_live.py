"""Live FLV: at once, in real time, shared, and following PTZ."""

import io
import threading
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest

from tests.sandbox.media_support import flv_tags, shots
from vsconsole.sandbox.media import Scene, View, live, live_flv
from vsconsole.sandbox.media.encode import FrameEncoder
from vsconsole.sandbox.media.scene import Codec


def take(stream: Iterator[bytes], frames: int) -> bytes:
    """The header and so many pieces."""
    return b"".join(next(stream) for _ in range(frames + 1))


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_live_is_now_and_begins_with_a_key_frame(codec: Codec) -> None:
    scene = Scene(channel=501, codec=codec, audio="g711a")
    stop = threading.Event()
    stream = live_flv(scene, "sub", None, stop)
    before = time.time()
    data = take(stream, 1)
    key = [body for kind, _, body in flv_tags(data) if kind == 9][1]
    assert key[0] >> 4 & 7 == 1
    data += take(stream, 17)
    after = time.time()
    found = shots(data)
    assert found[0].pts == 0
    assert before - 1.2 < found[0].when <= before + 1
    # Paced by the clock: the last frame is not ahead of it.
    assert found[-1].when <= after
    assert after - before >= 18 / 12 - 0.2
    for shot in found:
        assert shot.pts is not None
        assert abs(shot.when - found[0].when - shot.pts) < 0.005
    stop.set()
    with pytest.raises(StopIteration):
        next(stream)


def test_viewers_share_one_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(FrameEncoder):
        def __init__(self, *args: Any) -> None:
            made.append(args)
            super().__init__(*args)

    monkeypatch.setattr(live, "FrameEncoder", Counted)
    scene = Scene(channel=502)
    stop = threading.Event()
    first, second = (live_flv(scene, "sub", None, stop) for _ in range(2))
    a = take(first, 6)
    b = take(second, 6)
    a += take(first, 3)
    whens = {shot.when for shot in shots(a)}
    assert len(made) == 1
    assert shots(b)[0].when in whens
    take(live_flv(scene, "main", None, stop), 1)
    assert len(made) == 2


def test_a_viewer_that_was_away_comes_back_at_a_key_frame() -> None:
    scene = Scene(channel=503)
    stop = threading.Event()
    slow = live_flv(scene, "sub", None, stop)
    data = take(slow, 2)
    begin = time.time()
    stop.wait(2.6)
    data += b"".join(next(slow) for _ in range(3))
    found = shots(data)
    assert found[-1].when > begin + 1.5
    assert all(
        shot.pts is not None and abs(shot.when - found[0].when - shot.pts) < 0.005 for shot in found
    )


def test_the_view_moves_the_picture() -> None:
    scene = Scene(channel=504)
    stop = threading.Event()
    view = View()
    stream = live_flv(scene, "sub", lambda: view, stop)
    data = take(stream, 2)
    view = View(pan=90)
    data += take(stream, 2)
    with av.open(io.BytesIO(data), "r") as container:
        rows = [bytes(frame.planes[0])[320 * 60 : 320 * 80] for frame in container.decode(video=0)]
    difference = [
        sum(abs(a - b) for a, b in zip(rows[0], row, strict=True)) / len(row) for row in rows
    ]
    assert max(difference[:1]) == 0
    assert difference[-1] > 5


def test_a_clock_set_back_does_not_set_back_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    stop = threading.Event()
    stream = live_flv(Scene(channel=508, audio="g711a"), "sub", None, stop)
    data = take(stream, 3)
    monkeypatch.setattr(live.time, "time", lambda: now() - 3600)
    data += b"".join(next(stream) for _ in range(3))
    found = shots(data)
    assert found[3].when - found[2].when < -3590
    stamps = [stamp for kind, stamp, _ in flv_tags(data) if kind == 9][1:]
    assert stamps == sorted(stamps)
    assert stamps[-1] < 5000


def test_late_viewers_of_a_long_group_get_its_key_frame() -> None:
    scene = Scene(channel=507, fps=24, gop_seconds=30)
    stop = threading.Event()
    first = live_flv(scene, "sub", None, stop)
    begin = shots(take(first, 12))[0].when
    late = shots(take(live_flv(scene, "sub", None, stop), 1))
    assert late[0].when == begin


def test_channels_nobody_looks_at_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    take(live_flv(Scene(channel=505), "sub", None, stop), 1)
    assert any(scene.channel == 505 for scene, _ in live._CHANNELS)
    monkeypatch.setattr(live, "_IDLE_SECONDS", -1.0)
    take(live_flv(Scene(channel=506), "sub", None, stop), 1)
    assert not any(scene.channel == 505 for scene, _ in live._CHANNELS)
