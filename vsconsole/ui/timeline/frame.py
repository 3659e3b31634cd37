"""What stands still behind the bars: names at the left, ruler, grid and events over the time.

Both are kept as pictures. That of the time is wider than what is in sight once the view begins to
pan, so that panning copies it; only a change of zoom, of size or of the lanes paints it anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter, QPixmap

from vsconsole.i18n import _, language
from vsconsole.ui import tokens
from vsconsole.ui.timeline import bars, flags, texts
from vsconsole.ui.timeline.event_ticks import EventTicks
from vsconsole.ui.timeline.rows import Row
from vsconsole.ui.timeline.ruler import HEIGHT, SECOND_HEIGHT, Ruler, corner
from vsconsole.ui.timeline.scale import Scale

MARGIN = 16.0
_MARKS = 7.0
"""Pixels at the bottom of a ruler that hold its marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All the frame depends on: `top` is where lanes begin, `bottom` where the last one ends.

    `lanes` changes with any name, place or `offset` of a lane; `names` is the room for names.
    """

    scale: Scale
    zone: str
    second: str | None
    size: QSizeF
    top: float
    bottom: float
    scroll: float
    names: float
    lanes: Hashable
    rows: Sequence[Row]
    ticks: EventTicks
    offset: Callable[[Hashable], float]


class Frame:
    """Paints and keeps both pictures."""

    def __init__(self) -> None:
        self._names = QPixmap()
        self._names_key: object = None
        self._strip = QPixmap()
        self._strip_key: object = None
        self._strip_scale: Scale | None = None
        self._at = 0.0
        self._labels: tuple[QRectF, ...] = ()
        self._sorted_key: object = None
        self._whole: list[QRectF] = []
        self._cut: list[QRectF] = []

    def draw(self, painter: QPainter, setting: Setting) -> list[QRectF]:
        """Paints everything behind the bars; returns where the ruler's labels are."""
        painter.drawPixmap(0, 0, self._names_for(painter, setting))
        scale, text = setting.scale, None
        if setting.second is not None:
            offset = texts.offset_text(scale.span.begin, setting.second)
            text = _("{offset} here").format(offset=offset)
        place = QRectF(MARGIN, 0, setting.names, setting.top)
        corner(painter, place, scale, setting.zone, text)
        return self._time(painter, setting)

    def _names_for(self, painter: QPainter, setting: Setting) -> QPixmap:
        ratio = painter.device().devicePixelRatioF()
        wide, look = math.ceil(setting.scale.left), (tokens.current().name, ratio)
        key = (setting.lanes, setting.scroll, setting.size.height(), setting.top, wide, look)
        if key != self._names_key:
            self._names = _blank(self._names, QSizeF(wide, setting.size.height()), ratio)
            below = QPainter(self._names)
            below.setClipRect(QRectF(0, setting.top, wide, setting.size.height()))
            below.translate(0, setting.top - setting.scroll)
            for row in setting.rows:
                note = flags.offset_text(setting.offset(row.lane.key))
                bars.names(below, row, MARGIN, setting.names - 8, note=note)
            below.end()
            self._names_key = key
        return self._names

    def _time(self, painter: QPainter, setting: Setting) -> list[QRectF]:
        ratio = painter.device().devicePixelRatioF()
        left = math.ceil(setting.scale.left)
        wide = setting.size.width() - left
        shift = self._shift(setting, ratio)
        if shift is None:
            self._paint(setting, ratio)
            shift = self._shift(setting, ratio) or 0
        self._at = left - shift / ratio
        view = QRectF(shift, 0, round(wide * ratio), round(setting.top * ratio))
        painter.drawPixmap(QRectF(left, 0, wide, setting.top), self._strip, view)
        return self._tidied(painter, setting)

    def behind(self, painter: QPainter, place: QRectF, part: QRectF) -> None:
        """Paints a part of what lies behind the lanes, which are at `place`, in their coordinates.

        After `draw`, whose strip this is.
        """
        ratio = self._strip.devicePixelRatio()
        source = part.translated(place.left() - self._at, place.top())
        size = source.size() * ratio
        painter.drawPixmap(part, self._strip, QRectF(source.topLeft() * ratio, size))

    @property
    def key(self) -> object:
        """All that lies behind the lanes but for when it is."""
        return self._strip_key

    def _tidied(self, painter: QPainter, setting: Setting) -> list[QRectF]:
        """Wipes what is in sight of labels cut by an edge: half a time reads as another one."""
        panel, size = tokens.current().panel, setting.size
        left, right = math.ceil(setting.scale.left), setting.scale.right
        rulers = [HEIGHT] if setting.second is None else [HEIGHT, HEIGHT + SECOND_HEIGHT]
        if right < size.width():
            beyond = size.width() - right
            painter.fillRect(QRectF(right, rulers[-1], beyond, size.height()), panel)
            for bottom in rulers:
                marks = QRectF(right + 1, bottom - _MARKS, beyond, _MARKS)
                painter.fillRect(marks, panel)
        key = (self._labels, self._at, left, right, size.width())
        if key != self._sorted_key:
            self._sorted_key = key
            self._whole, self._cut = self._sorted(left, right, size.width())
        for label in self._cut:
            painter.fillRect(label, panel)
        return self._whole

    def _sorted(self, left: float, right: float, wide: float) -> tuple[list[QRectF], list[QRectF]]:
        """The ruler's labels in the widget: whole ones, and what is in sight of cut ones."""
        whole: list[QRectF] = []
        cut: list[QRectF] = []
        for place in self._labels:
            label = place.translated(self._at, 0)
            if label.right() <= left or label.left() >= wide:
                continue
            if label.left() < left or label.right() > wide or label.left() > right:
                label.setLeft(max(left, label.left()))
                cut.append(label)
            else:
                whole.append(label)
        return whole, cut

    def _shift(self, setting: Setting, ratio: float) -> int | None:
        """Where in the strip the view begins, in device pixels; None where it has to be painted."""
        have, want = self._strip_scale, setting.scale
        if have is None or self._strip_key != _key(setting, ratio):
            return None
        # Spans are whole microseconds, so that scales differ by their rounding.
        if abs(have.ms_per_px - want.ms_per_px) * want.width > 0.05 * want.ms_per_px:
            return None
        shift = round((want.begin - have.begin) / want.ms_per_px * ratio)
        wide = round((setting.size.width() - math.ceil(want.left)) * ratio)
        return shift if 0 <= shift <= self._strip.width() - wide else None

    def _paint(self, setting: Setting, ratio: float) -> None:
        scale, have = setting.scale, self._strip_scale
        panned = have is not None and (
            abs(have.ms_per_px - scale.ms_per_px) * scale.width <= 0.05 * scale.ms_per_px
        )
        margin = round(scale.width / 2) if panned and have and have.begin != scale.begin else 0
        more = margin * scale.ms_per_px
        wide = replace(
            scale,
            begin=scale.begin - more,
            end=scale.end + more,
            left=scale.left - math.ceil(scale.left),
            width=scale.width + 2 * margin,
        )
        across = setting.size.width() - math.ceil(scale.left) + 2 * margin
        self._strip = _blank(self._strip, QSizeF(across, setting.size.height()), ratio)
        painter = QPainter(self._strip)
        ruler = Ruler.of(wide, setting.zone)
        found = ruler.paint(painter, wide, 0, HEIGHT)
        if setting.second is not None:
            second = Ruler.of(wide, setting.second)
            found += second.paint(painter, wide, HEIGHT, SECOND_HEIGHT)
        ruler.grid(painter, wide, setting.top, setting.bottom)
        painter.setClipRect(QRectF(0, setting.top, across, setting.size.height()))
        painter.translate(0, setting.top - setting.scroll)
        for row in setting.rows:
            if row.tall:
                setting.ticks.paint(painter, wide, row.top + row.head / 2)
        painter.end()
        self._labels = tuple(found)
        self._strip_scale, self._strip_key = wide, _key(setting, ratio)


def _key(setting: Setting, ratio: float) -> object:
    """All but the scale that the strip depends on."""
    return (
        setting.zone,
        setting.second,
        setting.size.toTuple(),
        setting.scale.left,
        setting.top,
        setting.bottom,
        next((row.top - setting.scroll for row in setting.rows if row.tall), None),
        setting.ticks,
        tokens.current().name,
        language(),
        ratio,
    )


def _blank(old: QPixmap, size: QSizeF, ratio: float) -> QPixmap:
    """A picture of this size in the panel's colour; the old one again where it fits."""
    wanted = QSizeF(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio)).toSize()
    if old.size() != wanted or old.devicePixelRatio() != ratio:
        old = QPixmap(wanted)
        old.setDevicePixelRatio(ratio)
    old.fill(tokens.current().panel)
    return old
