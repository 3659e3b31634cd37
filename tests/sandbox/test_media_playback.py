"""Device playback: pause, seek and scale, proven from the tags that arrive."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.sandbox.media_support import BEGIN, flv_tags, shots
from vsconsole.sandbox.media import PlaybackFlv, Scene

PATIENCE = 20.0


@dataclass
class Viewer:
    """What has arrived: (arrival, stamp in ms, whether a key frame) of each video tag."""

    playback: PlaybackFlv
    tags: list[tuple[float, int, bool]] = field(default_factory=list)
    sounds: int = 0
    data: bytearray = field(default_factory=bytearray)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for piece in self.playback.chunks():
            self.data += piece
            for kind, stamp, body in flv_tags(piece):
                self.sounds += kind == 8
                if kind == 9 and body[1] == 1:
                    self.tags.append((time.monotonic(), stamp, body[0] >> 4 == 1))
        self.ended.set()

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"not within {PATIENCE} s; last {self.tags[-1:]}"
            time.sleep(0.01)

    def more(self, count: int) -> list[tuple[float, int, bool]]:
        """The next `count` video tags."""
        first = len(self.tags)
        self.wait(lambda: len(self.tags) >= first + count)
        return self.tags[first : first + count]


@contextmanager
def viewing(playback: PlaybackFlv) -> Iterator[Viewer]:
    viewer = Viewer(playback)
    thread = threading.Thread(target=viewer.run)
    thread.start()
    try:
        yield viewer
    finally:
        playback.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def playback(
    seconds: float = 600, *, ranges: list[tuple[float, float]] | None = None, sound: bool = False
) -> PlaybackFlv:
    scene = Scene(channel=12, audio="g711a" if sound else None)
    return PlaybackFlv(scene, BEGIN, BEGIN + seconds, "sub", ranges=ranges)


def speed(tags: list[tuple[float, int, bool]]) -> float:
    """Recording seconds per second between the first and the last tag."""
    return (tags[-1][1] - tags[0][1]) / 1000 / (tags[-1][0] - tags[0][0])


def near(found: float, wanted: float) -> bool:
    """Wide enough for a busy machine, too narrow for another speed of the vendor's list."""
    return wanted * 0.6 < found < wanted * 1.6


def test_it_plays_in_real_time_from_the_begin() -> None:
    with viewing(playback()) as viewer:
        viewer.wait(lambda: len(viewer.tags) > 20)
        assert viewer.tags[0][1:] == (0, True)
        stamps = [stamp for _, stamp, _ in viewer.tags[:20]]
        assert stamps == [round(number * 1000 / 12) for number in range(20)]
        assert near(speed(viewer.tags[6:21]), 1)
    for shot in shots(bytes(viewer.data)):
        assert shot.pts is not None
        assert shot.when == pytest.approx(BEGIN + shot.pts, abs=0.002)


def test_pause_sends_nothing_and_resume_goes_on() -> None:
    with viewing(playback()) as viewer:
        viewer.more(3)
        viewer.playback.pause()
        viewer.wait(lambda: viewer.playback.paused)
        # One frame may be on its way.
        time.sleep(0.15)
        held = len(viewer.tags)
        place = viewer.playback.position
        time.sleep(0.7)
        assert len(viewer.tags) == held
        assert viewer.playback.position == place
        assert not viewer.ended.is_set()
        viewer.playback.resume()
        following = viewer.more(2)
        assert following[0][1] == round(place * 1000)


@pytest.mark.parametrize("scale", [0.5, 2, 4, 8])
def test_scale_sets_the_pace(scale: float) -> None:
    with viewing(playback()) as viewer:
        viewer.more(2)
        viewer.playback.scale(scale)
        assert viewer.playback.speed == scale
        viewer.more(5)
        assert near(speed(viewer.more(max(8, round(scale * 15)))), scale)


def test_a_scale_out_of_range_is_refused() -> None:
    for scale in (0, -1, 33, float("nan")):
        with pytest.raises(ValueError, match="out of range"):
            playback().scale(scale)


def test_seek_lands_on_a_key_frame_exactly_there_forward_and_back() -> None:
    with viewing(playback()) as viewer:
        viewer.more(3)
        for position in (300.25, 5.0, 0.0, 299.917):
            first = len(viewer.tags)
            viewer.playback.seek(position)
            viewer.wait(lambda first=first: any(key for _, _, key in viewer.tags[first:]))  # type: ignore[misc]
            _, stamp, _ = next(tag for tag in viewer.tags[first:] if tag[2])
            assert 0 <= stamp - position * 1000 <= 1000 / 12 + 1


def test_a_paused_stream_stays_paused_over_a_seek() -> None:
    with viewing(playback()) as viewer:
        viewer.more(2)
        viewer.playback.pause()
        time.sleep(0.15)
        held = len(viewer.tags)
        viewer.playback.seek(100)
        time.sleep(0.3)
        assert len(viewer.tags) == held
        viewer.playback.resume()
        assert viewer.more(1)[0][1:] == (100_000, True)


def test_gaps_are_skipped_and_stamps_stay_recording_time() -> None:
    ranges = [(BEGIN + 2, BEGIN + 3), (BEGIN + 60, BEGIN + 61)]
    session = playback(120, ranges=ranges)
    session.scale(8)
    with viewing(session) as viewer:
        assert viewer.ended.wait(PATIENCE)
    stamps = [stamp for _, stamp, _ in viewer.tags]
    assert stamps == [
        start + round(number * 1000 / 12) for start in (2000, 60000) for number in range(12)
    ]
    assert [stamp for _, stamp, key in viewer.tags if key] == [2000, 60000]
    assert viewer.tags[-1][0] - viewer.tags[0][0] < 10


def test_seeking_into_a_gap_goes_to_the_next_recording() -> None:
    ranges = [(BEGIN, BEGIN + 30), (BEGIN + 60, BEGIN + 90)]
    with viewing(playback(120, ranges=ranges)) as viewer:
        viewer.more(2)
        first = len(viewer.tags)
        viewer.playback.seek(45)
        viewer.wait(lambda: any(stamp == 60000 and key for _, stamp, key in viewer.tags[first:]))
        viewer.playback.seek(100)
        assert viewer.ended.wait(PATIENCE)
    assert viewer.playback.stopped
    assert viewer.playback.position == 120


def test_the_end_closes_the_stream() -> None:
    with viewing(playback(1)) as viewer:
        assert viewer.ended.wait(PATIENCE)
        assert viewer.playback.stopped
        assert [stamp for _, stamp, _ in viewer.tags] == [
            round(number * 1000 / 12) for number in range(12)
        ]


@pytest.mark.parametrize("paused", [False, True])
def test_stop_ends_it_whatever_it_is_doing(paused: bool) -> None:
    with viewing(playback()) as viewer:
        viewer.more(2)
        if paused:
            viewer.playback.pause()
        viewer.playback.stop()
        viewer.playback.stop()
        assert viewer.ended.wait(PATIENCE)


def test_nothing_recorded_is_an_empty_stream() -> None:
    session = playback(60, ranges=[(BEGIN - 50, BEGIN - 10)])
    assert [kind for kind, _, _ in flv_tags(b"".join(session.chunks()))] == [18, 9]


def test_sound_only_at_normal_speed() -> None:
    with viewing(playback(sound=True)) as viewer:
        viewer.more(12)
        assert viewer.sounds > 10
        viewer.playback.scale(4)
        viewer.more(3)
        held = viewer.sounds
        viewer.more(20)
        assert viewer.sounds == held
        viewer.playback.scale(1)
        viewer.wait(lambda: viewer.sounds > held)


def test_control_from_many_threads_at_once() -> None:
    """Nothing is torn: the stream stays readable and every frame shows the time it is stamped."""
    with viewing(playback()) as viewer:
        viewer.more(1)

        def control(seed: int) -> None:
            for step in range(25):
                viewer.playback.seek((seed * 37 + step * 11) % 500)
                viewer.playback.scale((0.5, 1, 8)[step % 3])
                viewer.playback.pause()
                viewer.playback.resume()

        threads = [threading.Thread(target=control, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        viewer.more(5)
    assert list(flv_tags(bytes(viewer.data)))
