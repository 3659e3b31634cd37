"""Words painted again and again: each is laid out once, kept as a picture, and then copied.

Places are numbers here: each point and rectangle that Qt makes for Python gives the interpreter
away when it goes, and others take it in the middle of a paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from vsconsole.ui import tokens

_AIR = 2.0
"""Pixels around the words, for what leans out of its advance."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font of the program; small enough to be a key."""

    px: int = tokens.CAPTION_PX
    semibold: bool = False
    tabular: bool = False

    @property
    def font(self) -> QFont:
        return tokens.font(self.px, semibold=self.semibold, tabular=self.tabular)


PLAIN = Face()
TIME = Face(tabular=True)
STRONG_TIME = Face(semibold=True, tabular=True)


@lru_cache(maxsize=32)
def _metrics(face: Face) -> QFontMetricsF:
    return QFontMetricsF(face.font)


@lru_cache(maxsize=4096)
def width(text: str, face: Face = PLAIN) -> float:
    """How far a line of text reaches, in logical pixels."""
    return _metrics(face).horizontalAdvance(text)


@lru_cache(maxsize=32)
def height(face: Face = PLAIN) -> float:
    """The height of a line."""
    return _metrics(face).height()


@lru_cache(maxsize=32)
def _ascent(face: Face) -> float:
    return _metrics(face).ascent()


@lru_cache(maxsize=1024)
def elided(text: str, room: float, face: Face = PLAIN) -> str:
    """The text as far as it fits, ending in an ellipsis where it does not."""
    return _metrics(face).elidedText(text, Qt.TextElideMode.ElideRight, room)


@lru_cache(maxsize=1024)
def _picture(text: str, face: Face, ink: int, ratio: float) -> QPixmap:
    metrics = _metrics(face)
    wide, tall = metrics.horizontalAdvance(text) + 2 * _AIR, metrics.height()
    made = QPixmap(max(1, round(wide * ratio)), max(1, round(tall * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setFont(face.font)
    painter.setPen(QColor.fromRgba(ink))
    painter.drawText(QPointF(_AIR, metrics.ascent()), text)
    painter.end()
    return made


def draw(
    painter: QPainter, left: float, base: float, text: str, ink: QColor, face: Face = PLAIN
) -> None:
    """Paints text that begins at `left` on the base line, on whole device pixels."""
    if not text:
        return
    ratio = painter.device().devicePixelRatioF()
    made = _picture(text, face, ink.rgba(), ratio)
    x, y = round((left - _AIR) * ratio), round((base - _ascent(face)) * ratio)
    if ratio == 1:
        painter.drawPixmap(x, y, made)
    else:
        painter.drawPixmap(QPointF(x / ratio, y / ratio), made)


def draw_once(
    painter: QPainter, left: float, base: float, text: str, ink: QColor, face: Face = PLAIN
) -> None:
    """As `draw`, for what is another text each second: it would crowd out what comes again."""
    ratio, ascent = painter.device().devicePixelRatioF(), _ascent(face)
    x, y = round((left - _AIR) * ratio) / ratio, round((base - ascent) * ratio) / ratio
    painter.setFont(face.font)
    painter.setPen(ink)
    painter.drawText(QPointF(x + _AIR, y + ascent), text)


def draw_in(
    painter: QPainter,
    rect: QRectF,
    text: str,
    ink: QColor,
    face: Face = PLAIN,
    *,
    centred: bool = False,
    once: bool = False,
) -> None:
    """Paints text in the middle of a rectangle's height, from its left side or in its middle."""
    left, middle = rect.x(), rect.y() + rect.height() / 2
    if centred:
        left += (rect.width() - width(text, face)) / 2
    draw_from(painter, left, middle, text, ink, face, once=once)


def draw_from(
    painter: QPainter,
    left: float,
    middle: float,
    text: str,
    ink: QColor,
    face: Face = PLAIN,
    *,
    once: bool = False,
) -> None:
    """Paints text that begins at `left`, `middle` in the middle of its height."""
    base = middle - height(face) / 2 + _ascent(face)
    (draw_once if once else draw)(painter, left, base, text, ink, face)
