"""Steering a camera by mouse on its picture, and what a tile says about being steered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)

from vsconsole.domain.capabilities import PtzMove
from vsconsole.services.ptz_aim import DEAD, Aim, aim
from vsconsole.ui import icons, tokens
from vsconsole.ui.panels.hand import HandWatch
from vsconsole.ui.wall.tools import PictureView

if TYPE_CHECKING:
    from vsconsole.ui.wall.tile import Tile

_NOTCH = 120
_NARROW = 60
_SIGN_HEIGHT = 24
_VEIL = QColor(0, 0, 0, 200)
_ON_PICTURE = QColor("#FFFFFF")
_SHADOW = QColor(0, 0, 0, 160)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Words with an icon over a picture; `strong` ones are in the accent's frame."""

    icon: str
    text: str
    strong: bool = False


class Steered(Protocol):
    """The desk as a tile's tool sees it; calls come in the GUI thread."""

    def steers(self, view: PictureView) -> bool:
        """Whether the mouse on this tile steers its camera."""

    def moves(self) -> frozenset[PtzMove]:
        """What the camera can be told."""

    def drag(self, aimed: Aim | None) -> None:
        """The mouse points there; None near the middle."""

    def drop(self) -> None:
        """The mouse let go."""

    def turn(self, notches: int) -> None:
        """The wheel was turned: above 0 away from the operator."""

    def signs(self, view: PictureView) -> Sequence[Sign]:
        """What the tile says, one below the other."""


class PtzTool:
    """A tile's tool: dragging from the middle moves the camera, the wheel zooms it."""

    def __init__(self, desk: Steered, tile: Tile) -> None:
        self._desk = desk
        self._tile = tile
        self._at: QPointF | None = None
        self._aim: Aim | None = None
        self._wheel = 0
        self._watch = HandWatch(tile)
        self._watch.lost.connect(self._on_lost)

    @property
    def held(self) -> bool:
        """Whether the mouse steers just now."""
        return self._at is not None

    def press(self, view: PictureView, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or not self._desk.steers(view):
            return False
        self._watch.begin(self._tile, Qt.MouseButton.LeftButton)
        self._point(view, event.position())
        return True

    def move(self, view: PictureView, event: QMouseEvent) -> None:
        if self._at is None:
            return
        if not view.rect().contains(event.position().toPoint()):
            # As with a button: outside nobody sees what the hand does.
            self.cancel(view)
        else:
            self._point(view, event.position())

    def release(self, view: PictureView, event: QMouseEvent) -> None:
        self.cancel(view)

    def wheel(self, view: PictureView, event: QWheelEvent) -> bool:
        if not self._desk.steers(view):
            return False
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _NOTCH)
        if notches:
            self._wheel -= notches * _NOTCH
            self._desk.turn(notches)
        return True

    def cancel(self, view: PictureView) -> None:
        self._watch.end()
        self._wheel = 0
        if self._at is not None:
            self._at = self._aim = None
            self._desk.drop()
            view.repaint_tool()

    def paint(self, view: PictureView, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._at is not None:
            self._paint_arrow(view, painter, self._at)
        top = self._tile.free_rect().top() + 6
        for sign in self._desk.signs(view):
            top = _paint_sign(view, painter, sign, top)

    def _point(self, view: PictureView, at: QPointF) -> None:
        area = QRectF(view.rect())
        middle = area.center()
        self._at = at
        self._aim = aim(
            (at.x() - middle.x()) / max(1.0, area.width() / 2),
            (middle.y() - at.y()) / max(1.0, area.height() / 2),
            self._desk.moves(),
        )
        self._desk.drag(self._aim)
        view.repaint_tool()

    def _on_lost(self) -> None:
        if self._at is None:
            return
        self.cancel(self._tile)
        # The tile waits for a release that may never come: put in anew, the mouse is free.
        self._tile.tool = None
        self._tile.tool = self

    def _paint_arrow(self, view: PictureView, painter: QPainter, at: QPointF) -> None:
        area = QRectF(view.rect())
        middle = area.center()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_SHADOW, 5.0), (_ON_PICTURE, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, DEAD * area.width() / 2, DEAD * area.height() / 2)
        if self._aim is None:
            return
        accent = tokens.current().accent
        length = hypot(at.x() - middle.x(), at.y() - middle.y())
        along = (at - middle) / max(1.0, length)
        for colour, wide in ((_SHADOW, 4.0), (accent, 0.0)):
            painter.setPen(QPen(colour, 3 + 5 * self._aim.speed + wide))
            painter.drawLine(middle, at - along * 6)
            painter.setPen(QPen(colour, wide))
            painter.setBrush(colour)
            painter.drawPolygon(_head(at, along, 12 + 8 * self._aim.speed))
        text = f"{round(self._aim.speed * 100)} %"
        painter.setFont(tokens.font(tokens.TEXT_PX, semibold=True, tabular=True))
        metrics = QFontMetrics(painter.font())
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, 22)
        box.moveCenter(at - along * 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_VEIL)
        painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
        painter.setPen(_ON_PICTURE)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _head(at: QPointF, along: QPointF, size: float) -> QPolygonF:
    """A triangle whose tip is at `at`."""
    back = [
        QPointF(
            along.x() * cos(turn) - along.y() * sin(turn),
            along.x() * sin(turn) + along.y() * cos(turn),
        )
        for turn in (0.85 * pi, -0.85 * pi)
    ]
    return QPolygonF([at, *(at + way * size for way in back)])


def _paint_sign(view: PictureView, painter: QPainter, sign: Sign, top: int) -> int:
    """Paints one sign at the right below `top`; where the next one goes."""
    painter.setFont(tokens.font(12, semibold=sign.strong, tabular=True))
    metrics = QFontMetrics(painter.font())
    room = view.rect().width() - 16 - 34
    elided = metrics.elidedText(sign.text, Qt.TextElideMode.ElideRight, max(0, room))
    text = elided if room >= _NARROW else ""
    width = metrics.horizontalAdvance(text) + (34 if text else 30)
    corner = QPoint(view.rect().width() - 8 - width, top)
    box = QRectF(corner.x(), corner.y(), width, _SIGN_HEIGHT)
    painter.setPen(QPen(tokens.current().accent, 1.5) if sign.strong else Qt.PenStyle.NoPen)
    painter.setBrush(_VEIL)
    painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
    icons.draw(painter, sign.icon, QRectF(box.left() + 7, box.top() + 4, 16, 16), _ON_PICTURE)
    painter.setPen(_ON_PICTURE)
    painter.drawText(box.adjusted(28, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, text)
    return top + _SIGN_HEIGHT + tokens.GAP
