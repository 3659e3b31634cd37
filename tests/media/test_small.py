"""Small pictures can be read back, whatever the frame's rows look like."""

from __future__ import annotations

import pytest

from vsconsole.media import small, thumbs

ORANGE = bytes([0, 128, 255, 0])


@pytest.mark.parametrize(
    ("size", "pad", "made"),
    [((1920, 1080), 0, (160, 90)), ((640, 480), 64, (120, 90)), ((31, 21), 4, (32, 20))],
)
def test_a_frame_becomes_a_small_picture(
    size: tuple[int, int], pad: int, made: tuple[int, int]
) -> None:
    width, height = size
    row = ORANGE * width + bytes(pad)
    data = small.small_jpeg(row * height, size, len(row), (160, 90))
    assert len(data) < 6000
    still = thumbs.still(data, 160, 90)
    assert (still.width, still.height) == made
    blue, green, red = still.bgra[still.stride * 9 + 40 : still.stride * 9 + 43]
    assert blue < 20
    assert abs(green - 128) < 10
    assert red > 240


def test_too_few_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="not 20 x 20 pixels"):
        small.small_jpeg(ORANGE * 100, (20, 20), 80, (160, 90))
