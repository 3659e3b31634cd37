"""The scene itself: a yard with buildings, trees, a gate, a road, a walker and cars.

Everything lies on a full circle around the camera, in degrees of azimuth and elevation, so that
pan, tilt and zoom simply look at another part of it. Each channel has its own buildings and
colours; the time of day changes the light.
"""

import math
import random
from dataclasses import dataclass
from functools import lru_cache

from vsconsole.sandbox import timecode
from vsconsole.sandbox.media.cache import ByteCache
from vsconsole.sandbox.media.drawing import Canvas, Rgb, dim, mix
from vsconsole.sandbox.media.scene import SIZES, Profile, Scene, View

_HOME_WIDTH = 60.0
_HORIZON = 1.0
_PAVEMENT, _KERB, _ROAD, _ROAD_END = -4.0, -6.6, -7.0, -12.6
_WALLS: tuple[Rgb, ...] = (
    (196, 178, 150), (168, 112, 92), (150, 164, 172), (206, 196, 176), (128, 140, 122),
    (176, 150, 168), (120, 138, 164), (190, 160, 116),
)  # fmt: skip
_SKIES: tuple[tuple[Rgb, Rgb], ...] = (
    ((96, 146, 200), (206, 222, 232)), ((120, 156, 190), (224, 220, 208)),
    ((104, 134, 170), (196, 206, 216)), ((86, 150, 190), (216, 226, 214)),
)  # fmt: skip
_COATS: tuple[Rgb, ...] = ((176, 52, 44), (38, 84, 150), (208, 152, 40), (60, 110, 76))
_CARS: tuple[Rgb, ...] = ((188, 44, 40), (236, 236, 232), (42, 74, 130), (60, 64, 70))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Building:
    left: float
    right: float
    top: float
    wall: Rgb
    floors: int
    columns: int
    lit: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """What stands where around one channel's camera."""

    sky: tuple[Rgb, Rgb]
    skyline: tuple[tuple[float, float, float], ...]
    buildings: tuple[_Building, ...]
    trees: tuple[tuple[float, float], ...]
    clouds: tuple[tuple[float, float, float], ...]
    gate: float
    coat: Rgb
    car: Rgb
    phase: float


@lru_cache(maxsize=256)
def _place(channel: int) -> _Place:
    chance = random.Random(channel * 7919 + 17)
    first_wall = channel % len(_WALLS)
    buildings: list[_Building] = []
    left = -180.0 + chance.uniform(0, 4)
    while left < 168:
        width = chance.uniform(12, 21)
        floors = chance.randint(2, 4)
        columns = max(3, round(width / 2.6))
        buildings.append(
            _Building(
                left=left,
                right=left + width,
                top=_PAVEMENT + 3.0 * floors + chance.uniform(1.2, 2.2),
                wall=_WALLS[(first_wall + len(buildings)) % len(_WALLS)],
                floors=floors,
                columns=columns,
                lit=tuple(chance.random() < 0.45 for _ in range(floors * columns)),
            )
        )
        left += width + chance.uniform(4, 12)
    skyline = []
    azimuth = -180.0
    while azimuth < 180:
        width = chance.uniform(2.5, 6)
        skyline.append((azimuth, azimuth + width, chance.uniform(2.5, 8)))
        azimuth += width
    return _Place(
        sky=_SKIES[channel % len(_SKIES)],
        skyline=tuple(skyline),
        buildings=tuple(buildings),
        trees=tuple((b.right + chance.uniform(1.5, 3.5), chance.uniform(1.7, 2.5))
                    for b in buildings),
        clouds=tuple((chance.uniform(-180, 180), chance.uniform(9.5, 15), chance.uniform(3, 7))
                     for _ in range(16)),
        gate=chance.choice((-17.0, 16.0)),
        coat=_COATS[channel % len(_COATS)],
        car=_CARS[(channel // 3) % len(_CARS)],
        phase=chance.uniform(0, 60),
    )  # fmt: skip


class _Camera:
    """Turns azimuth and elevation into pixels of a canvas under a view and a light."""

    def __init__(self, canvas: Canvas, view: View, light: float) -> None:
        self.canvas = canvas
        self.light = light
        self.scale = canvas.width / _HOME_WIDTH * view.zoom
        self._pan, self._tilt = view.pan, view.tilt

    def x(self, azimuth: float) -> float:
        return self.canvas.width / 2 + self._off(azimuth) * self.scale

    def y(self, elevation: float) -> float:
        return self.canvas.height / 2 - (elevation - self._tilt) * self.scale

    def box(
        self,
        left: float,
        right: float,
        top: float,
        bottom: float,
        colour: Rgb,
        *,
        glow: bool = False,
    ) -> None:
        x = self.x(left)
        self.canvas.rectangle(
            x,
            self.y(top),
            x + (right - left) * self.scale,
            self.y(bottom),
            colour if glow else dim(colour, self.light),
        )

    def band(self, top: float, bottom: float, upper: Rgb, lower: Rgb) -> None:
        """A gradient all around the circle, one colour a pixel row of at most 48 steps."""
        steps = 48
        for step in range(steps):
            high = top + (bottom - top) * step / steps
            low = top + (bottom - top) * (step + 1) / steps
            colour = dim(mix(upper, lower, step / (steps - 1)), self.light)
            self.canvas.rectangle(0, self.y(high), self.canvas.width, self.y(low), colour)

    def disc(
        self, azimuth: float, elevation: float, width: float, height: float, colour: Rgb,
        *, glow: bool = False,
    ) -> None:  # fmt: skip
        self.canvas.ellipse(
            self.x(azimuth),
            self.y(elevation),
            width * self.scale,
            height * self.scale,
            colour if glow else dim(colour, self.light),
        )

    def limb(
        self, azimuth: float, top: float, foot: float, bottom: float, width: float, colour: Rgb
    ) -> None:
        """A leg or arm from (azimuth, top) to (foot, bottom)."""
        x0, x1 = self.x(azimuth), self.x(azimuth) + (foot - azimuth) * self.scale
        half = width / 2 * self.scale
        self.canvas.quadrangle(
            (self.y(top), x0 - half, x0 + half),
            (self.y(bottom), x1 - half, x1 + half),
            dim(colour, self.light),
        )

    def sees(self, left: float, right: float) -> bool:
        """Whether any of [left, right] (not wider than half the circle) is in the picture."""
        x = self.x(left)
        return x < self.canvas.width and x + (right - left) * self.scale > 0

    def _off(self, azimuth: float) -> float:
        """Degrees right of the middle; the seam lies 60 degrees left of the picture's edge so
        that wide things which begin outside are still drawn."""
        seam = self.canvas.width / 2 / self.scale + 60
        return (azimuth - self._pan + seam) % 360 - seam


def clamped(view: View) -> View:
    """`view` with every value brought into its range."""
    return View(
        pan=(view.pan + 180) % 360 - 180,
        tilt=min(40.0, max(-40.0, view.tilt)),
        zoom=min(20.0, max(1.0, view.zoom)),
        focus=min(1.0, max(-1.0, view.focus)),
        iris=min(1.0, max(-1.0, view.iris)),
    )


def daylight(local_hour: float) -> float:
    """0.35 in the night, 1 in the day, smooth at dawn and dusk."""
    height = -math.cos(local_hour / 24 * 2 * math.pi)
    return 0.35 + 0.65 * min(1.0, max(0.0, height + 0.45))


_BACKGROUNDS: ByteCache[Canvas] = ByteCache(24 << 20, lambda canvas: canvas.size)


def paint(scene: Scene, frame: int, profile: Profile, view: View) -> Canvas:
    """The picture of frame number `frame`, before focus, iris and time code. `view` is clamped."""
    width, height = SIZES[profile]
    seconds = scene.frame_seconds(frame)
    local = seconds + scene.utc_offset_minutes * 60
    light = daylight(local // 900 % 96 / 4)
    looking = View(pan=view.pan, tilt=view.tilt, zoom=view.zoom)

    def make() -> Canvas:
        return _background(scene.channel, width, height, looking, light)

    key = (scene.channel, width, height, looking, light)
    canvas = _BACKGROUNDS.get(key, make).copy()
    place = _place(scene.channel)
    camera = _Camera(canvas, looking, light)
    _draw_walker(camera, place, seconds)
    _draw_car(camera, place, seconds)
    return canvas


def neutral_boxes(canvas: Canvas, channel: int) -> None:
    """Take the colour out from under the time code."""
    half = canvas.width // 2
    boxes = (
        timecode.text_box(canvas.width, channel),
        timecode.block_box(canvas.width, canvas.height),
    )
    for x, y, width, height in boxes:
        x0, x1 = x // 2, min(half, (x + width + 1) // 2)
        for row in range(y // 2, (y + height + 1) // 2):
            for plane in canvas.planes[1:]:
                plane[row * half + x0 : row * half + x1] = b"\x80" * (x1 - x0)


def _background(channel: int, width: int, height: int, view: View, light: float) -> Canvas:
    canvas = Canvas(width, height)
    camera = _Camera(canvas, view, light)
    place = _place(channel)
    zenith, haze = place.sky
    camera.band(90, 18, zenith, zenith)
    camera.band(18, _HORIZON, zenith, haze)
    for azimuth, elevation, size in place.clouds:
        cloud = mix(haze, (255, 255, 255), 0.6)
        for shift, part in ((-0.6, 0.55), (0.5, 0.7), (0, 1.0)):
            camera.disc(azimuth + shift * size, elevation, size * part, size * part * 0.16, cloud)
    for left, right, top in place.skyline:
        if camera.sees(left, right):
            camera.box(left, right, top, _HORIZON, mix(haze, (112, 124, 136), 0.45))
    camera.band(_HORIZON, _PAVEMENT, (140, 146, 116), (112, 126, 86))
    camera.band(_PAVEMENT, _KERB, (172, 168, 160), (158, 154, 146))
    camera.band(_KERB, _ROAD, (120, 118, 114), (96, 94, 92))
    camera.band(_ROAD, _ROAD_END, (84, 86, 90), (70, 72, 76))
    camera.band(_ROAD_END, -90, (104, 122, 74), (72, 92, 52))
    for dash in range(-180, 180, 6):
        if camera.sees(dash, dash + 3):
            camera.box(dash, dash + 3, -9.65, -9.9, (226, 222, 204))
    for joint in range(-180, 180, 4):
        camera.box(joint, joint + 0.12, _PAVEMENT, _KERB, (142, 138, 130))
    for building in place.buildings:
        if camera.sees(building.left - 1, building.right + 1):
            _draw_building(camera, building)
    for azimuth, size in place.trees:
        if camera.sees(azimuth - 4, azimuth + 4):
            _draw_tree(camera, azimuth, size)
    _draw_gate(camera, place.gate)
    for lamp in range(-170, 180, 40):
        _draw_lamp(camera, lamp)
    _draw_sign(camera, channel)
    neutral_boxes(canvas, channel)
    return canvas


def _draw_building(camera: _Camera, building: _Building) -> None:
    left, right, top = building.left, building.right, building.top
    camera.box(left - 0.4, right + 0.4, top + 0.7, top, mix(building.wall, (50, 46, 44), 0.6))
    camera.box(left, right, top, _PAVEMENT, building.wall)
    camera.box(left, right, _PAVEMENT + 0.7, _PAVEMENT, mix(building.wall, (60, 60, 60), 0.4))
    camera.box(right - 0.9, right, top, _PAVEMENT, mix(building.wall, (40, 40, 44), 0.22))
    pitch = (right - left - 1.2) / building.columns
    night = camera.light < 0.62
    for floor in range(building.floors):
        base = _PAVEMENT + 1.3 + floor * 3.0
        for column in range(building.columns):
            x = left + 0.5 + column * pitch
            if floor == 0 and column == building.columns // 2:
                camera.box(x, x + pitch * 0.8, base + 1.7, _PAVEMENT, (72, 56, 46))
                camera.box(x - 0.3, x + pitch * 0.8 + 0.3, base + 2.1, base + 1.7, (96, 92, 88))
                continue
            bright = night and building.lit[floor * building.columns + column]
            glass: Rgb = (232, 198, 120) if bright else (70, 90, 110)
            camera.box(x - 0.1, x + pitch * 0.62 + 0.1, base + 1.7, base - 0.1, (222, 220, 214))
            camera.box(x, x + pitch * 0.62, base + 1.6, base, glass, glow=bright)
            camera.box(x + pitch * 0.29, x + pitch * 0.33, base + 1.6, base, (222, 220, 214))


def _draw_tree(camera: _Camera, azimuth: float, size: float) -> None:
    base = _PAVEMENT - 0.3
    camera.box(azimuth - 0.22, azimuth + 0.22, base + size * 1.4, base, (84, 64, 48))
    for shift, rise, part, shade in (
        (-0.45, 1.7, 0.72, (52, 88, 46)),
        (0.5, 1.8, 0.75, (58, 98, 50)),
        (0.0, 2.3, 0.95, (70, 112, 58)),
        (-0.2, 2.6, 0.5, (88, 130, 70)),
    ):
        camera.disc(azimuth + shift * size, base + rise * size, size * part, size * part, shade)


def _draw_gate(camera: _Camera, azimuth: float) -> None:
    base = _KERB + 0.3
    iron: Rgb = (48, 60, 62)
    for bar in range(19):
        x = azimuth - 4.5 + bar * 0.5
        camera.box(x, x + 0.14, base + 3.0, base, iron)
    for rail in (2.8, 1.6, 0.4):
        camera.box(azimuth - 4.5, azimuth + 4.6, base + rail, base + rail - 0.18, iron)
    for side in (-5.3, 4.5):
        left = azimuth + side
        camera.box(left, left + 0.9, base + 3.6, base - 0.2, (154, 104, 84))
        camera.box(left - 0.15, left + 1.05, base + 3.9, base + 3.6, (196, 190, 180))


def _draw_lamp(camera: _Camera, azimuth: float) -> None:
    camera.box(azimuth - 0.1, azimuth + 0.1, 6.0, _KERB + 0.4, (80, 84, 88))
    camera.box(azimuth, azimuth + 1.6, 6.1, 5.9, (80, 84, 88))
    night = camera.light < 0.62
    lamp: Rgb = (255, 236, 180) if night else (216, 216, 208)
    camera.disc(azimuth + 1.6, 5.8, 0.55, 0.25, lamp, glow=night)


def _draw_sign(camera: _Camera, channel: int) -> None:
    """The channel number in large dots on a board, so that a glance tells channels apart."""
    dots = timecode.glyphs(f"{channel}")
    pitch = 0.42
    width = len(dots[0]) * pitch
    left, top = -width / 2, 7.0
    colour = mix(_WALLS[channel % len(_WALLS)], (20, 40, 70), 0.75)
    camera.box(-0.2, 0.2, top, _KERB + 0.5, (96, 100, 104))
    camera.box(left - 0.6, left + width + 0.2, top, top - 4.0, (232, 232, 226))
    camera.box(left - 0.4, left + width, top - 0.2, top - 3.8, colour)
    for row, line in enumerate(dots):
        for column, dot in enumerate(line):
            if dot:
                x, y = left + column * pitch, top - 0.55 - row * pitch
                camera.box(x, x + pitch, y, y - pitch, (240, 240, 232))


def _draw_walker(camera: _Camera, place: _Place, seconds: float) -> None:
    """Back and forth on the pavement, 1.6 degrees a second, from -24 to 24."""
    walked = (seconds + place.phase) * 1.6 % 96
    azimuth = walked - 24 if walked < 48 else 72 - walked
    if not camera.sees(azimuth - 2, azimuth + 2):
        return
    ahead = 1 if walked < 48 else -1
    base = _KERB + 0.7
    stride = math.sin((seconds + place.phase) * 2 * math.pi * 0.9) * 0.75
    camera.disc(azimuth, base, 0.9, 0.16, (118, 114, 108))
    camera.limb(azimuth, base + 2.0, azimuth + stride, base, 0.42, (44, 48, 62))
    camera.limb(azimuth, base + 2.0, azimuth - stride, base, 0.42, (56, 60, 76))
    camera.box(azimuth - 0.5, azimuth + 0.5, base + 3.7, base + 1.8, place.coat)
    camera.limb(azimuth, base + 3.5, azimuth - stride * 0.9, base + 1.9, 0.34,
                mix(place.coat, (20, 20, 20), 0.3))  # fmt: skip
    camera.disc(azimuth, base + 4.2, 0.46, 0.55, (214, 172, 142))
    camera.box(azimuth - 0.46, azimuth + 0.46, base + 4.85, base + 4.45, (52, 40, 34))
    camera.box(azimuth + ahead * 0.3 - 0.15, azimuth + ahead * 0.3 + 0.15, base + 4.3, base + 4.1,
               (150, 110, 92))  # fmt: skip


def _draw_car(camera: _Camera, place: _Place, seconds: float) -> None:
    """Past the camera from left to right in the near lane, then back in the far one."""
    travelled = (seconds + place.phase) * 8 % 240
    ahead = 1 if travelled < 120 else -1
    azimuth = travelled - 60 if ahead > 0 else 180 - travelled
    base = -11.9 if ahead > 0 else -9.1
    if not camera.sees(azimuth - 6, azimuth + 6):
        return
    night = camera.light < 0.62
    body, glass = place.car, (54, 66, 78)
    camera.disc(azimuth, base, 5.2, 0.35, (48, 48, 50))
    camera.box(azimuth - 4.8, azimuth + 4.8, base + 1.9, base + 0.4, body)
    x, scale = camera.x(azimuth), camera.scale
    for inset, colour, rise in ((0.0, body, 3.1), (0.35, glass, 2.95)):
        camera.canvas.quadrangle(
            (camera.y(base + rise), x + (inset - 2.0) * scale, x + (2.0 - inset) * scale),
            (camera.y(base + 1.9), x + (inset - 3.3) * scale, x + (3.3 - inset) * scale),
            dim(colour, camera.light),
        )
    camera.box(azimuth - 0.12, azimuth + 0.12, base + 3.0, base + 1.9, body)
    camera.box(azimuth - 4.8, azimuth + 4.8, base + 0.8, base + 0.45, mix(body, (0, 0, 0), 0.4))
    for wheel in (-3.0, 3.0):
        camera.disc(azimuth + wheel, base + 0.5, 0.95, 0.95, (26, 26, 28))
        camera.disc(azimuth + wheel, base + 0.5, 0.42, 0.42, (150, 150, 152))
    front, rear = azimuth + ahead * 4.6, azimuth - ahead * 4.6
    camera.disc(front, base + 1.4, 0.35, 0.28, (255, 244, 200), glow=night)
    camera.disc(rear, base + 1.4, 0.28, 0.28, (190, 30, 28), glow=night)
