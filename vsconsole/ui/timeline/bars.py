"""Paints lanes: names, recordings by runs, and the ranges nothing is known of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.ui import icons, labels, tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.model import StoreFootage
from vsconsole.ui.timeline.patterns import Look
from vsconsole.ui.timeline.raster import Raster
from vsconsole.ui.timeline.rows import Bar, Row
from vsconsole.ui.timeline.runs import Budget, RunCache
from vsconsole.ui.timeline.scale import Scale

NAME = labels.Face(px=tokens.TEXT_PX - 1, semibold=True)
_PLAIN_NAME = labels.Face(px=tokens.TEXT_PX - 1)
_ICON = 12.0
_SMALL = 9.0
_SHEEN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlace:
    """Where a failed range can be clicked to be asked for again."""

    rect: QRectF
    key: Hashable
    store: Store
    span: Span
    message: str


class Runs:
    """The run caches of all lanes; one is kept as long as its SegmentSet is shown."""

    def __init__(self) -> None:
        self._caches: dict[tuple[Hashable, Store], RunCache] = {}

    def of(self, key: Hashable, store: Store, footage: StoreFootage) -> RunCache:
        """The cache for what a store of a lane shows at this moment."""
        cache = self._caches.get((key, store))
        if cache is None or cache.segments is not footage.segments:
            cache = self._caches[key, store] = RunCache(footage.segments)
        return cache

    def keep(self, keys: Iterable[Hashable]) -> None:
        """Drops the caches of all other lanes."""
        wanted = set(keys)
        self._caches = {key: one for key, one in self._caches.items() if key[0] in wanted}


class BarPainter:
    """Paints the bars of rows over one part of the scale; made anew for each frame."""

    def __init__(
        self,
        painter: QPainter,
        scale: Scale,
        part: QRectF,
        runs: Runs,
        budget: Budget,
        down: float = 0.0,
    ) -> None:
        """`down` is how far the painter is moved down from whole device pixels."""
        self._painter = painter
        self._scale = scale
        self._left = max(scale.left, part.left())
        self._right = min(scale.right, part.right())
        self._runs = runs
        self._budget = budget
        self._down = down
        self._ratio = painter.device().devicePixelRatioF()
        self._scheme = tokens.current()
        self._raster = Raster(scale, part, self._ratio)

    def paint(self, row: Row) -> None:
        """All bars of a row."""
        for bar in row.bars:
            footage = row.lane.footage[bar.store]
            if len(footage.segments):
                self._recorded(row, bar, footage)
            for span in footage.unknown:
                self._unknown(bar, span)
            for span in footage.loading:
                self._loading(bar, span)
            for span in footage.failed:
                self._failed(bar, span)

    def _recorded(self, row: Row, bar: Bar, footage: StoreFootage) -> None:
        ratio, raster = self._ratio, self._raster
        top = round((bar.top + self._down) * ratio)
        height = max(1, round((bar.top + bar.height + self._down) * ratio) - top)
        middle = round(height / 2 - patterns.period(ratio) / 2)
        cache = self._runs.of(row.lane.key, bar.store, footage)
        image = raster.row(cache, bar.store, height, middle, self._budget)
        if image is not None:
            self._painter.drawImage(QPointF(raster.left / ratio, top / ratio - self._down), image)

    def _unknown(self, bar: Bar, span: Span) -> None:
        rect = self._rect(bar, span)
        if rect is None:
            return
        self._anchor(bar)
        self._painter.fillRect(rect, patterns.brush(Look.UNKNOWN, self._ratio))
        self._outline(rect, Look.UNKNOWN)

    def _loading(self, bar: Bar, span: Span) -> None:
        rect = self._rect(bar, span)
        if rect is not None:
            self._painter.fillRect(rect, patterns.faded(self._scheme.accent, 0.10))
            self._outline(rect, Look.UNKNOWN)

    def _failed(self, bar: Bar, span: Span) -> None:
        rect = self._rect(bar, span)
        if rect is None:
            return
        painter, scheme = self._painter, self._scheme
        painter.fillRect(rect, patterns.faded(scheme.bad, 0.16))
        painter.setPen(QPen(patterns.faded(scheme.bad, 0.7), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _rect(self, bar: Bar, span: Span) -> QRectF | None:
        """A range inside a bar, None where it is out of sight."""
        # Ends out of sight stay out of it when the picture is moved.
        return _rect(self._scale, bar, span, self._left - 16, self._right + 16)

    def _outline(self, rect: QRectF, look: Look) -> None:
        pen = QPen(patterns.colour(look), 1)
        pen.setDashPattern([3, 3])
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _anchor(self, bar: Bar) -> None:
        """Patterns move with the time they lie on."""
        shift = -self._scale.begin / self._scale.ms_per_px % patterns.TILE
        middle = bar.top + bar.height / 2 - patterns.TILE / 2
        self._painter.setBrushOrigin(QPointF(round(self._scale.left + shift), middle))


def _rect(scale: Scale, bar: Bar, span: Span, low: float, high: float) -> QRectF | None:
    left, right = max(low, scale.x_of(span.begin)), min(high, scale.x_of(span.end))
    if right <= low or left >= high:
        return None
    return QRectF(round(left), bar.top, max(1.0, round(right) - round(left)), bar.height)


def signs(painter: QPainter, rows: Iterable[Row], scale: Scale) -> list[RetryPlace]:
    """Words and icons over what is loading or failed; returns where a click asks again."""
    found: list[RetryPlace] = []
    for row in rows:
        for bar in row.bars:
            footage = row.lane.footage[bar.store]
            for span in footage.loading:
                if (rect := _rect(scale, bar, span, scale.left, scale.right)) is not None:
                    _sign(painter, rect, _("Loading"), tokens.current().dim, icon="")
            for span, message in footage.failed.items():
                if (rect := _rect(scale, bar, span, scale.left, scale.right)) is not None:
                    _sign(painter, rect, _("Retry"), tokens.current().bad, icon="rotate-cw")
                    found.append(
                        RetryPlace(
                            rect=rect,
                            key=row.lane.key,
                            store=bar.store,
                            span=span,
                            message=message,
                        )
                    )
    return found


def _sign(painter: QPainter, rect: QRectF, text: str, ink: QColor, *, icon: str) -> None:
    """An icon and a word in the middle of a bar, as far as it has room for them."""
    words = labels.width(text)
    # Two bars that share a thin lane have room for a small icon only, three for none.
    side = _ICON if rect.height() >= _ICON - 1 else _SMALL
    lead = side + 5 if icon else 0.0
    if rect.width() < side + 4 or rect.height() < _SMALL - 3:
        return
    roomy = side == _ICON and rect.width() >= lead + words + 12
    x = rect.center().x() - ((lead + words) if roomy else side) / 2
    if icon:
        icons.draw(painter, icon, QRectF(x, rect.center().y() - side / 2, side, side), ink)
    if roomy:
        place = QRectF(x + lead, rect.top() - 4, words + 4, rect.height() + 8)
        labels.draw_in(painter, place, text, ink)


def names(painter: QPainter, row: Row, left: float, width: float, *, note: str = "") -> None:
    """A row's title with a note behind it; where it is tall, its stores beside their bars."""
    scheme = tokens.current()
    face = NAME if row.tall else _PLAIN_NAME
    head = QRectF(left, row.top, width, row.head)
    room = width - (labels.width(note) + 6 if note else 0)
    title = labels.elided(row.lane.title, room, face)
    labels.draw_in(painter, head, title, scheme.text, face)
    if note:
        head.setLeft(left + labels.width(title, face) + 6)
        labels.draw_in(painter, head, note, scheme.warn)
    if not row.tall:
        return
    for bar in row.bars:
        played = row.lane.store is bar.store and len(row.bars) > 1
        place = QRectF(left, bar.top - 3, width, bar.height + 6)
        ink = scheme.accent if played else scheme.dim
        labels.draw_in(painter, place, texts.store_text(bar.store), ink)


def sheen(painter: QPainter, rows: Iterable[Row], scale: Scale, phase: float) -> bool:
    """A soft light over ranges being loaded, `phase` 0 to 1 of its way; False where none is."""
    found = False
    for row in rows:
        for bar in row.bars:
            for span in row.lane.footage[bar.store].loading:
                left = max(scale.left, scale.x_of(span.begin))
                right = min(scale.right, scale.x_of(span.end))
                if left < right:
                    found = True
                    _sheen(painter, QRectF(left, bar.top, right - left, bar.height), phase)
    return found


def _sheen(painter: QPainter, rect: QRectF, phase: float) -> None:
    accent = tokens.current().accent
    centre = rect.left() - _SHEEN + (rect.width() + 2 * _SHEEN) * phase
    light = QLinearGradient(centre - _SHEEN, 0, centre + _SHEEN, 0)
    light.setColorAt(0, patterns.faded(accent, 0))
    light.setColorAt(0.5, patterns.faded(accent, 0.25))
    light.setColorAt(1, patterns.faded(accent, 0))
    painter.fillRect(rect, light)
