"""Shapes on a YUV 4:2:0 picture, drawn as row slices: fast enough without numpy."""

import math
from functools import lru_cache
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]


@lru_cache(maxsize=4096)
def to_yuv(colour: Rgb) -> tuple[int, int, int]:
    """BT.601 limited range luma and chroma of a full range RGB colour."""
    red, green, blue = colour
    luma = 16 + (66 * red + 129 * green + 25 * blue) // 256
    blue_difference = 128 + (-38 * red - 74 * green + 112 * blue) // 256
    red_difference = 128 + (112 * red - 94 * green - 18 * blue) // 256
    return luma, blue_difference, red_difference


def mix(first: Rgb, second: Rgb, part: float) -> Rgb:
    """`first` at part 0, `second` at part 1."""
    return (
        round(first[0] + (second[0] - first[0]) * part),
        round(first[1] + (second[1] - first[1]) * part),
        round(first[2] + (second[2] - first[2]) * part),
    )


def dim(colour: Rgb, light: float) -> Rgb:
    """`colour` under `light` 0 to 1; the dark is bluish, as at night."""
    red, green, blue = colour
    return round(red * light), round(green * light), round(blue * (0.15 + 0.85 * light))


class Canvas:
    """Three planes of one picture; coordinates in pixels, clipped, y down. Sizes are even."""

    __slots__ = ("height", "planes", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.planes = (
            bytearray(width * height),
            bytearray(width * height // 4),
            bytearray(width * height // 4),
        )

    def copy(self) -> "Canvas":
        """The same picture, to draw on."""
        other = Canvas.__new__(Canvas)
        other.width, other.height = self.width, self.height
        luma, blue, red = self.planes
        other.planes = (bytearray(luma), bytearray(blue), bytearray(red))
        return other

    @property
    def size(self) -> int:
        """Bytes of all planes."""
        return self.width * self.height * 3 // 2

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Rgb) -> None:
        """Fill [left, right) x [top, bottom)."""
        x0, x1 = max(0, round(left)), min(self.width, round(right))
        y0, y1 = max(0, round(top)), min(self.height, round(bottom))
        if x0 >= x1 or y0 >= y1:
            return
        luma, blue, red = to_yuv(colour)
        width = self.width
        plane, line = self.planes[0], bytes((luma,)) * (x1 - x0)
        for start in range(y0 * width + x0, y1 * width + x0, width):
            plane[start : start + x1 - x0] = line
        half, x0, x1, y0, y1 = width // 2, x0 // 2, (x1 + 1) // 2, y0 // 2, (y1 + 1) // 2
        for plane, value in ((self.planes[1], blue), (self.planes[2], red)):
            line = bytes((value,)) * (x1 - x0)
            for start in range(y0 * half + x0, y1 * half + x0, half):
                plane[start : start + x1 - x0] = line

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Rgb) -> None:
        """Fill the ellipse around (x, y)."""
        if radius_x <= 0 or radius_y <= 0:
            return
        luma, blue, red = to_yuv(colour)
        self._ellipse_rows(0, 1, x, y, radius_x, radius_y, luma)
        self._ellipse_rows(1, 2, x, y, radius_x, radius_y, blue)
        self._ellipse_rows(2, 2, x, y, radius_x, radius_y, red)

    def quadrangle(
        self, top: tuple[float, float, float], bottom: tuple[float, float, float], colour: Rgb
    ) -> None:
        """Fill between two level edges, each (y, left, right): a roof, a leg, a lane."""
        luma, blue, red = to_yuv(colour)
        for index, step, value in ((0, 1, luma), (1, 2, blue), (2, 2, red)):
            width, height = self.width // step, self.height // step
            (y0, left0, right0), (y1, left1, right1) = top, bottom
            first, last = round(y0 / step), round(y1 / step)
            for row in range(max(0, first), min(height, last)):
                part = (row * step - y0) / (y1 - y0)
                x0 = max(0, round((left0 + (left1 - left0) * part) / step))
                x1 = min(width, round((right0 + (right1 - right0) * part) / step))
                if x0 < x1:
                    start = row * width
                    self.planes[index][start + x0 : start + x1] = bytes((value,)) * (x1 - x0)

    def _ellipse_rows(
        self,
        index: int,
        step: int,
        x: float,
        y: float,
        radius_x: float,
        radius_y: float,
        value: int,
    ) -> None:
        width, height = self.width // step, self.height // step
        x, y, radius_x, radius_y = x / step, y / step, radius_x / step, radius_y / step
        plane = self.planes[index]
        for row in range(max(0, math.ceil(y - radius_y)), min(height, math.ceil(y + radius_y))):
            half = radius_x * math.sqrt(max(0.0, 1 - ((row - y) / radius_y) ** 2))
            x0, x1 = max(0, round(x - half)), min(width, round(x + half))
            if x0 < x1:
                start = row * width
                plane[start + x0 : start + x1] = bytes((value,)) * (x1 - x0)
