"""The scene: channels look different, something moves, PTZ shows, the time code stands still."""

import pytest

from tests.sandbox.media_support import BEGIN
from vsconsole.sandbox import timecode
from vsconsole.sandbox.media import HOME, Profile, Scene, View
from vsconsole.sandbox.media.drawing import Canvas, to_yuv
from vsconsole.sandbox.media.encode import FrameEncoder, _video_frame
from vsconsole.sandbox.media.picture import clamped, daylight, paint


def luma(scene: Scene, seconds: float = 0, view: View = HOME, profile: Profile = "sub") -> bytes:
    """The luma plane as it goes to the encoder."""
    frame = scene.first_frame(BEGIN + seconds)
    return bytes(_video_frame(scene, frame, profile, clamped(view)).planes[0])


def scenery(plane: bytes) -> bytes:
    """Rows of a 320 x 180 picture without text and blocks."""
    return plane[320 * 20 : 320 * 150]


def difference(first: bytes, second: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)


def test_channels_can_be_told_apart() -> None:
    pictures = [scenery(luma(Scene(channel=channel))) for channel in range(1, 13)]
    for number, first in enumerate(pictures):
        for second in pictures[number + 1 :]:
            assert difference(first, second) > 4


def test_the_same_moment_is_the_same_picture() -> None:
    assert luma(Scene(channel=4)) == luma(Scene(channel=4, name="another name"))


def test_something_moves_all_the_time() -> None:
    scene = Scene(channel=4)
    for second in range(0, 60, 5):
        assert scenery(luma(scene, second)) != scenery(luma(scene, second + 0.5))


def test_most_of_it_stands_still() -> None:
    scene = Scene(channel=4)
    first, second = scenery(luma(scene)), scenery(luma(scene, 3))
    changed = sum(a != b for a, b in zip(first, second, strict=True))
    assert changed < len(first) * 0.1


@pytest.mark.parametrize(
    "view",
    [
        View(pan=5),
        View(pan=-170),
        View(tilt=4),
        View(tilt=-30),
        View(zoom=1.5),
        View(zoom=20),
        View(focus=0.6),
        View(focus=-0.6),
        View(iris=0.4),
        View(iris=-0.4),
    ],
)
def test_ptz_shows_and_leaves_the_time_code(view: View) -> None:
    scene = Scene(channel=4)
    home, moved = luma(scene), luma(scene, view=view)
    assert difference(scenery(home), scenery(moved)) > 2
    assert timecode.read(moved, 320, 320, 180) == timecode.read(home, 320, 320, 180)
    x, y, width, height = timecode.text_box(320, 4)
    for row in range(y, y + height):
        line = slice(row * 320 + x, row * 320 + x + width)
        assert moved[line] == home[line]


def test_panning_all_around_comes_home() -> None:
    scene = Scene(channel=4)
    assert luma(scene, view=View(pan=360)) == luma(scene) == luma(scene, view=View(pan=-720))


def test_panning_right_moves_the_scene_left() -> None:
    scene = Scene(channel=4)
    # 3 degrees are 16 pixels of the small picture; row 70 crosses windows and nothing that moves.
    home = luma(scene)[320 * 70 : 320 * 71]
    moved = luma(scene, view=View(pan=3))[320 * 70 : 320 * 71]
    assert difference(home[16:], moved[:-16]) < 3
    assert difference(home, moved) > 8


def test_views_out_of_range_are_clamped() -> None:
    wild = View(pan=1e6, tilt=500, zoom=0, focus=9, iris=-9)
    calm = clamped(wild)
    assert (calm.tilt, calm.zoom, calm.focus, calm.iris) == (40, 1, 1, -1)
    assert -180 <= calm.pan < 180
    encoded = FrameEncoder(Scene(channel=1), "sub").encode(0, wild)
    assert encoded.key


def test_blur_takes_away_detail() -> None:
    scene = Scene(channel=4)

    def detail(view: View) -> float:
        plane = scenery(luma(scene, view=view))
        return difference(plane[1:], plane[:-1])

    sharp, soft, softer = (detail(View(focus=focus)) for focus in (0, 0.3, 1))
    assert sharp > soft > softer


def test_night_is_darker_than_day() -> None:
    scene = Scene(channel=4)
    day = scenery(luma(scene, (12 - 16.7) * 3600))
    night = scenery(luma(scene, (24 - 16.7) * 3600))
    assert sum(night) < sum(day) * 0.7
    assert daylight(12) == 1
    assert daylight(0) == pytest.approx(0.35)


@pytest.mark.parametrize("channel", [0, 1, 99999, 1048575])
def test_every_channel_can_be_painted_everywhere(channel: int) -> None:
    scene = Scene(channel=channel)
    for pan in range(-180, 180, 45):
        for zoom in (1.0, 7.0):
            canvas = paint(scene, scene.first_frame(BEGIN), "sub", View(pan=pan, zoom=zoom))
            assert [len(plane) for plane in canvas.planes] == [57600, 14400, 14400]


def test_shapes_are_clipped() -> None:
    canvas = Canvas(32, 18)
    canvas.rectangle(-50, -50, 5, 5, (255, 255, 255))
    canvas.ellipse(32, 18, 10, 10, (255, 0, 0))
    canvas.ellipse(0, 0, 0, 5, (255, 0, 0))
    canvas.quadrangle((-3, -5, 40), (40, -9, 60), (0, 255, 0))
    canvas.rectangle(40, 40, 50, 50, (0, 0, 0))
    assert [len(plane) for plane in canvas.planes] == [576, 144, 144]


def test_colours_are_limited_range() -> None:
    assert to_yuv((0, 0, 0)) == (16, 128, 128)
    assert to_yuv((255, 255, 255)) == (235, 128, 128)
    blue, red = to_yuv((0, 0, 255)), to_yuv((255, 0, 0))
    assert blue[1] > 200 > blue[2]
    assert red[2] > 200 > red[1]
