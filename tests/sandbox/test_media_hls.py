"""HLS: segments that join, the three clocks at a gap, and the live window."""

import io
import re
from itertools import pairwise

import av
import m3u8
import pytest

from tests.sandbox.media_support import BEGIN, assert_exact, shots
from vsconsole.sandbox.media import LiveHls, Scene, View, hls_playlist, ts_segment
from vsconsole.sandbox.media.scene import Clock, Codec

RANGES = [(BEGIN, BEGIN + 15), (BEGIN + 600, BEGIN + 612.5), (BEGIN + 700, BEGIN + 703)]
Part = tuple[int, float, float, float]


def cut(scene: Scene, ranges: list[tuple[float, float]] = RANGES, *, dated: bool = False
        ) -> tuple[m3u8.M3U8, list[Part]]:  # fmt: skip
    parts: list[Part] = []

    def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
        parts.append((index, begin, seconds, stamp))
        return f"http://127.0.0.1:1/{index}.ts"

    return m3u8.loads(hls_playlist(scene, ranges, uri, program_date_time=dated)), parts


def packet_times(data: bytes) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"video": [], "audio": []}
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux():
            if packet.pts is not None:
                times[packet.stream.type].append(float(packet.pts * packet.time_base))
    return times


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize(
    ("clock", "stamps"),
    [
        ("continues", [0, 6, 12, 15, 21, 27.5]),
        ("jumps", [0, 6, 12, 600, 606, 700]),
        ("restarts", [0, 6, 12, 0, 6, 0]),
    ],
)
def test_the_clock_at_a_gap(codec: Codec, clock: Clock, stamps: list[float]) -> None:
    scene = Scene(channel=12, codec=codec, clock=clock, audio="aac")
    playlist, parts = cut(scene)
    assert [part[3] for part in parts] == stamps
    for (_, begin, seconds, stamp), entry in zip(parts, playlist.segments, strict=True):
        data = ts_segment(scene, begin, seconds, stamp, "sub")
        assert entry.duration == seconds
        found = shots(data)
        assert_exact(found, scene, begin, begin + seconds)
        assert found[0].pts == pytest.approx(stamp, abs=0.001)
        with av.open(io.BytesIO(data), "r") as container:
            assert next(container.demux(video=0)).is_keyframe


def test_the_playlist_says_where_the_gaps_are() -> None:
    playlist, parts = cut(Scene(channel=1))
    assert [entry.discontinuity for entry in playlist.segments] == [
        False, False, False, True, False, True,
    ]  # fmt: skip
    assert [part[:3] for part in parts] == [
        (0, BEGIN, 6), (1, BEGIN + 6, 6), (2, BEGIN + 12, 3),
        (3, BEGIN + 600, 6), (4, BEGIN + 606, 6.5), (5, BEGIN + 700, 3),
    ]  # fmt: skip
    assert playlist.is_endlist
    assert playlist.playlist_type == "vod"
    assert playlist.target_duration == 7
    assert all(entry.program_date_time is None for entry in playlist.segments)


def test_dates_are_those_of_the_segments() -> None:
    playlist, parts = cut(Scene(channel=1), dated=True)
    assert [entry.program_date_time.timestamp() for entry in playlist.segments] == [
        part[1] for part in parts
    ]


def test_a_range_without_a_frame_is_left_out() -> None:
    sliver = (BEGIN + 20.01, BEGIN + 20.02)
    playlist, parts = cut(Scene(channel=1), [sliver, (BEGIN + 60, BEGIN + 62), sliver])
    assert [part[1] for part in parts] == [BEGIN + 60]
    assert not playlist.segments[0].discontinuity
    assert not cut(Scene(channel=1), [])[1]


@pytest.mark.parametrize("begin", [BEGIN, BEGIN + 0.35])
@pytest.mark.parametrize("fps", [12, 25])
def test_segments_join_without_double_or_missing_packets(begin: float, fps: int) -> None:
    scene = Scene(channel=1, audio="aac", fps=fps)
    _, parts = cut(scene, [(begin, begin + 20)])
    whens: list[float] = []
    times: dict[str, list[float]] = {"video": [], "audio": []}
    for _, start, seconds, stamp in parts:
        data = ts_segment(scene, start, seconds, stamp, "sub")
        whens += [shot.when for shot in shots(data)]
        for kind, found in packet_times(data).items():
            times[kind] += found
    assert len(whens) == 20 * fps
    assert all(abs(b - a - 1 / fps) < 0.002 for a, b in pairwise(whens))
    assert all(abs(b - a - 1 / fps) < 0.001 for a, b in pairwise(times["video"]))
    assert all(abs(b - a - 0.064) < 0.001 for a, b in pairwise(times["audio"]))
    assert len(times["audio"]) == pytest.approx(20 / 0.064, abs=2)


@pytest.mark.parametrize("sound", ["g711a", "g711u"])
def test_sound_that_ts_cannot_carry_is_aac(sound: str) -> None:
    scene = Scene(channel=1, audio=sound)  # type: ignore[arg-type]
    with av.open(io.BytesIO(ts_segment(scene, BEGIN, 2, 0, "sub")), "r") as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == ["aac"]


def test_a_segment_is_made_once() -> None:
    scene = Scene(channel=3)
    assert ts_segment(scene, BEGIN, 2, 0, "sub") is ts_segment(scene, BEGIN, 2, 0, "sub")
    assert ts_segment(scene, BEGIN, 2, 5, "sub") != ts_segment(scene, BEGIN, 2, 0, "sub")


def test_a_segment_without_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="no frame"):
        ts_segment(Scene(channel=1), BEGIN + 0.01, 0.01, 0)


class Clockwork:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


def sequences(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\.ts$", text, re.MULTILINE)]


def test_the_live_window_slides() -> None:
    clock = Clockwork()
    live = LiveHls(Scene(channel=1), "sub", now=clock)
    first = live.playlist(lambda number: f"{number}.ts")
    assert sequences(first) == list(range(int(BEGIN // 2) - 5, int(BEGIN // 2)))
    clock.now += 4
    second = m3u8.loads(live.playlist(lambda number: f"{number}.ts", program_date_time=True))
    assert second.media_sequence == sequences(first)[2]
    assert not second.is_endlist
    dated = second.segments[0].program_date_time.timestamp()
    assert dated == second.media_sequence * 2


def test_live_segments_join_and_are_never_ahead() -> None:
    clock = Clockwork()
    scene = Scene(channel=1, audio="aac", codec="h265")
    live = LiveHls(scene, "sub", now=clock)
    numbers = sequences(live.playlist(lambda number: f"{number}.ts"))
    found = []
    for number in numbers:
        data = live.segment(number)
        assert live.segment(number) is data
        found += shots(data)
    assert_exact(found, scene, numbers[0] * 2, numbers[-1] * 2 + 2)
    assert found[-1].when <= clock.now
    with pytest.raises(KeyError):
        live.segment(numbers[-1] + 1)
    clock.now += 4
    live.segment(numbers[0])
    clock.now += 2
    with pytest.raises(KeyError):
        live.segment(numbers[0])


def test_the_live_view_is_asked_for_each_segment() -> None:
    clock = Clockwork()
    view = View()
    live = LiveHls(Scene(channel=1), "sub", lambda: view, now=clock)
    number = int(BEGIN // 2) - 1
    home = upper_rows(live.segment(number))
    view = View(pan=40)
    clock.now += 2
    moved = upper_rows(live.segment(number + 1))
    still = LiveHls(Scene(channel=1), "sub", now=clock)
    assert upper_rows(still.segment(number)) == home
    assert sum(abs(a - b) for a, b in zip(moved, home, strict=True)) / len(home) > 5


def upper_rows(data: bytes) -> bytes:
    """The upper rows of the first frame."""
    with av.open(io.BytesIO(data), "r") as container:
        frame = next(container.decode(video=0))
        return bytes(frame.planes[0])[320 * 40 : 320 * 100]
