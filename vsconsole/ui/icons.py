"""Lucide icons tinted from the scheme; painted once a size and colour, then kept."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from vsconsole import paths
from vsconsole.ui import tokens


class Drawn(QIconEngine):
    """An icon that is painted anew for every size; `paint` is the heir's."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():
            # A button that was not laid out yet.
            return QPixmap()
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            self.paint(painter, made.rect(), mode, state)
        finally:
            painter.end()
        return made


class _Engine(Drawn):
    """Draws one icon in the colour its state asks for, sharp at every scale."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():
            return QPixmap()
        # A window of another size paints every button: what is kept need not be painted into
        # another pixmap each time.
        tint = self._tint(mode, state).rgba()
        return QPixmap(_painted(self._name, tint, size.width(), size.height()))

    def paint(self, painter: QPainter, rect, mode: QIcon.Mode, state: QIcon.State) -> None:  # type: ignore[no-untyped-def]
        draw(painter, self._name, QRectF(rect), self._tint(mode, state))

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        scheme = tokens.current()
        if mode == QIcon.Mode.Disabled:
            colour = QColor(scheme.dim)
            colour.setAlphaF(0.5)
            return colour
        if state == QIcon.State.On and self._colour == "text":
            return QColor(scheme.accent)
        return QColor(getattr(scheme, self._colour))

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)


@cache
def _all() -> dict[str, str]:
    """Every icon's drawing, read at once before the window is there: never a disk in a paint."""
    folder = paths.resources() / "icons"
    return {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.svg")}


def _svg(name: str) -> str:
    try:
        return _all()[name]
    except KeyError:
        raise FileNotFoundError(f"there is no icon {name}") from None


@lru_cache(maxsize=1024)
def _painted(name: str, colour: int, width: int, height: int) -> QPixmap:
    """An icon in device pixels, in a colour given as 0xAARRGGBB."""
    tint = QColor.fromRgba(colour)
    made = QPixmap(width, height)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    try:
        painter.setOpacity(tint.alphaF())
        svg = _svg(name).replace("currentColor", tint.name())
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(made.rect()))
    finally:
        # Qt does not survive a painter that outlives its pixmap.
        painter.end()
    return made


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draws an icon into `rect`; the colour's alpha counts too. OSError if unknown."""
    _draw(painter, name, (rect.x(), rect.y(), rect.width(), rect.height()), colour)


def draw_at(
    painter: QPainter, name: str, left: float, top: float, px: float, colour: QColor
) -> None:
    """Draws an icon of `px` logical pixels; without a rectangle, for what is painted often."""
    _draw(painter, name, (left, top, px, px), colour)


def _draw(
    painter: QPainter, name: str, place: tuple[float, float, float, float], colour: QColor
) -> None:
    left, top, width, height = place
    ratio = painter.device().devicePixelRatioF()
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    made = _painted(name, colour.rgba(), *size)
    # On whole pixels, or it would be drawn soft.
    x, y = round(left * ratio), round(top * ratio)
    if ratio == 1:
        painter.drawPixmap(x, y, made)
        return
    painter.drawPixmap(QRectF(x / ratio, y / ratio, width, height), made, QRectF(made.rect()))


@lru_cache(maxsize=512)
def icon(name: str, colour: str = "text") -> QIcon:
    """An icon by its Lucide name in the colour of a token ("text", "dim", "ok", "accent"...)."""
    return QIcon(_Engine(name, colour))


def pixmap(name: str, px: int, colour: str = "text", ratio: float = 1.0) -> QPixmap:
    """An icon as a pixmap of `px` logical pixels at a device pixel ratio."""
    size = round(px * ratio)
    made = QPixmap(_painted(name, QColor(getattr(tokens.current(), colour)).rgba(), size, size))
    made.setDevicePixelRatio(ratio)
    return made


def forget() -> None:
    """Drops what was painted, for a change of scheme."""
    _painted.cache_clear()
    icon.cache_clear()
