"""Signs for kinds of events: one shape each, so that they are told apart without their colour."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from vsconsole.domain.timeline import SegmentKind
from vsconsole.ui import tokens


class Shape(Enum):
    """What a kind of event is drawn as."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    CROSS = "cross"
    DIAMOND = "diamond"


# Words that vendors' names for kinds are made of, whichever vendor it is.
_WORDS: tuple[tuple[Shape, tuple[str, ...]], ...] = (
    (Shape.CROSS, ("offline", "covered", "tamper", "risk", "fault", "fire", "smok")),
    (Shape.CROSS, ("离线", "遮挡", "风险", "故障", "火", "烟")),
    (Shape.SQUARE, ("car", "vehicle", "plate", "traffic", "parcel", "车", "包裹")),
    (Shape.CIRCLE, ("person", "human", "body", "face", "people", "head", "chef", "phone", "人")),
    (Shape.TRIANGLE, ("motion", "move", "pir", "pet", "line", "area", "region")),
    (Shape.TRIANGLE, ("移动", "动物", "宠物", "越界", "区域")),
    (Shape.CROSS, ("alarm", "报警", "告警")),
)


@lru_cache(maxsize=512)
def shape_of(kind: str, title: str = "") -> Shape:
    """The shape of a kind by its title, else by its vendor's name; a diamond where none tells."""
    for name in (title.casefold(), kind.casefold()):
        for shape, words in _WORDS:
            if any(word in name for word in words):
                return shape
    return Shape.DIAMOND


def colour_of(shape: Shape) -> QColor:
    """A shape's colour in the scheme in force; all differ in lightness as well."""
    scheme = tokens.current()
    return {
        Shape.CIRCLE: scheme.kinds[SegmentKind.EVENT],
        Shape.SQUARE: scheme.accent,
        Shape.TRIANGLE: scheme.ok,
        Shape.CROSS: scheme.kinds[SegmentKind.ALARM],
        Shape.DIAMOND: scheme.device,
    }[shape]


def path_of(shape: Shape, centres: Iterable[QPointF], radius: float) -> QPainterPath:
    """One path with a sign at each centre: painted by one call, however many they are."""
    made = QPainterPath()
    made.setFillRule(Qt.FillRule.WindingFill)
    if shape is Shape.CIRCLE:
        for at in centres:
            made.addEllipse(at, radius, radius)
    elif shape is Shape.SQUARE:
        side = radius * 0.88
        for at in centres:
            made.addRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side))
    else:
        outline = QPolygonF([QPointF(x * radius, y * radius) for x, y in _OUTLINES[shape]])
        for at in centres:
            made.addPolygon(outline.translated(at))
            made.closeSubpath()
    return made


def draw(painter: QPainter, shape: Shape, centre: QPointF, radius: float) -> None:
    """One sign in its colour; the painter should smooth edges."""
    painter.fillPath(path_of(shape, (centre,), radius), colour_of(shape))


_ARM = 0.36
_OUTLINES = {
    Shape.TRIANGLE: ((0, -1.05), (1.1, 0.85), (-1.1, 0.85)),
    Shape.DIAMOND: ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    Shape.CROSS: (
        (-1, -1 + _ARM),
        (-1 + _ARM, -1),
        (0, -_ARM),
        (1 - _ARM, -1),
        (1, -1 + _ARM),
        (_ARM, 0),
        (1, 1 - _ARM),
        (1 - _ARM, 1),
        (0, _ARM),
        (-1 + _ARM, 1),
        (-1, 1 - _ARM),
        (-_ARM, 0),
    ),
}
