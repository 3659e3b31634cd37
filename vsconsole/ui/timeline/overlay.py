"""Paints what moves over the lanes: range, live edge, now, playhead, hover card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.ui import icons, labels, tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.model import Lane, what_at
from vsconsole.ui.timeline.patterns import Look
from vsconsole.ui.timeline.scale import Scale

FINE = 100.0
"""Milliseconds a pixel below which times are shown with milliseconds."""
_DAYS = 36 * 3_600_000.0
"""Milliseconds in sight above which a time alone does not say which day it is on."""
_PICTURE = (128.0, 72.0)
_CARD = 320.0
"""Pixels a line of the hover card may be wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoverPicture:
    """What is seen and said of the moment under the mouse; `framed` keeps the place for it."""

    image: QImage | None = None
    note: str = ""
    framed: bool = False


NO_PICTURE = HoverPicture()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Where lanes may be painted: below the ruler, right of the names."""

    scale: Scale
    top: float
    bottom: float
    ruler_top: float
    zone: str

    @property
    def rect(self) -> QRectF:
        return QRectF(self.scale.left, self.top, self.scale.width, self.bottom - self.top)


def selected_range(painter: QPainter, tracks: Tracks, span: Span) -> None:
    """The range as a veil with two edges to drag."""
    scheme, scale = tokens.current(), tracks.scale
    left, right = scale.x_of(span.begin), scale.x_of(span.end)
    top = tracks.ruler_top + 18
    painter.fillRect(
        QRectF(left, top, right - left, tracks.bottom - top), patterns.faded(scheme.accent, 0.20)
    )
    painter.setPen(QPen(scheme.accent, 2))
    for x in (left, right):
        painter.drawLine(QLineF(x, top, x, tracks.bottom))


def live_edge(painter: QPainter, tracks: Tracks, edge: datetime | None, now: datetime) -> None:
    """Stripes where recordings may still appear, and the line of this instant."""
    scale = tracks.scale
    right = scale.x_of(now)
    if edge is not None:
        left = max(scale.left, scale.x_of(edge))
        if right > left:
            painter.setBrushOrigin(QPointF(right, tracks.top))
            stripes = patterns.brush(Look.LIVE, painter.device().devicePixelRatioF())
            width = min(right, scale.right) - left
            painter.fillRect(QRectF(left, tracks.top, width, tracks.bottom - tracks.top), stripes)
    if scale.left <= right <= scale.right:
        painter.setPen(QPen(patterns.colour(Look.LIVE), 1))
        x = round(right - 0.5) + 0.5
        painter.drawLine(QLineF(x, tracks.top - 4, x, tracks.bottom))


def playhead(
    painter: QPainter, tracks: Tracks, when: datetime, *, held: bool, times: Iterable[QRectF]
) -> QRectF:
    """The line of the picture's time with its label, which covers the ruler's `times` wholly.

    Returns the label's place.
    """
    scheme = tokens.current()
    x, text = playhead_sign(tracks, when)
    label = playhead_label(tracks, x, text)
    for place in times:
        # Half a time beside the label would read as another time.
        if place.intersects(label):
            painter.fillRect(place, scheme.panel)
    ink = scheme.accent if held else scheme.text
    painter.setPen(QPen(ink, 2))
    painter.drawLine(QLineF(x, label.bottom(), x, tracks.bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(label, 3, 3)
    on = scheme.on_accent if held else scheme.window
    labels.draw_in(painter, label, text, on, labels.STRONG_TIME, centred=True, once=True)
    return label


def playhead_sign(tracks: Tracks, when: datetime) -> tuple[float, str]:
    """Where the playhead is, to half a pixel, and what its label says: all that is seen of it."""
    scale = tracks.scale
    text = texts.stamp(when, tracks.zone, milliseconds=scale.ms_per_px < FINE)
    text = text[11:] if scale.end - scale.begin <= _DAYS else text[5:16]
    return round(scale.x_of(when) * 2) / 2, text


def playhead_label(tracks: Tracks, x: float, text: str) -> QRectF:
    """The place of the playhead's label, inside the tracks."""
    scale, width = tracks.scale, labels.width(text, labels.STRONG_TIME) + 16
    left = min(max(x - width / 2, scale.left - 8), scale.right - width)
    return QRectF(left, tracks.ruler_top + 3, width, 17)


def nothing(painter: QPainter, rect: QRectF) -> None:
    """What to do where there is no lane yet."""
    painter.setFont(tokens.font())
    painter.setPen(tokens.current().dim)
    text = _("Put a camera from the tree on the wall, and its recordings appear here.")
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def hover_lines(
    lane: Lane | None, when: datetime, zone: str, fine: bool, now: datetime
) -> list[str]:
    """What the card says: the time with its offset, then what was recorded there."""
    first = texts.stamp(when, zone, milliseconds=fine)[5:]
    lines = [f"{first}  {texts.offset_text(when, zone)}"]
    if when > now:
        return [*lines, _("in the future")]
    if lane is None:
        return lines
    return [*lines, *states(lane, when)]


def states(lane: Lane, when: datetime) -> list[str]:
    """One line a store that has or may have something at an instant, else "no recording"."""
    found = [
        f"{texts.store_text(store)} · {texts.kind_text(kind)}"
        for store, kind in what_at(lane, when).items()
    ]
    for store in lane.stores:
        footage = lane.footage[store]
        name = texts.store_text(store)
        found += [
            _("{store}: could not be read. {why}").format(store=name, why=message)
            for span, message in footage.failed.items()
            if when in span
        ]
        if any(when in span for span in footage.loading):
            found.append(_("{store}: loading").format(store=name))
        elif any(when in span for span in footage.unknown):
            found.append(_("{store}: not asked yet").format(store=name))
    return found or [_("no recording")]


def hover_card(
    painter: QPainter, tracks: Tracks, at: QPointF, lines: list[str], picture: HoverPicture
) -> None:
    """A line at the cursor and a card near it that stays inside the lanes."""
    scheme = tokens.current()
    painter.setPen(QPen(patterns.faded(scheme.text, 0.35), 1))
    x = round(at.x() - 0.5) + 0.5
    painter.drawLine(QLineF(x, tracks.top - 6, x, tracks.bottom))
    faces = [labels.STRONG_TIME] + [labels.PLAIN] * (len(lines) - 1)
    shown = [labels.elided(text, _CARD, face) for face, text in zip(faces, lines, strict=True)]
    line = labels.height() + 2
    width = max(labels.width(text, face) for face, text in zip(faces, shown, strict=True)) + 16
    height = line * len(shown) + 8
    above = 0.0
    if picture.image is not None or picture.framed:
        width, above = max(width, _PICTURE[0] + 8), _PICTURE[1] + 6
    rect = _card_place(tracks, at, width, height + above)
    painter.setPen(QPen(scheme.line, 1))
    painter.setBrush(scheme.raised)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), tokens.RADIUS, tokens.RADIUS)
    top = rect.top() + 4
    if above:
        place = QRectF(round(rect.center().x() - _PICTURE[0] / 2), top, *_PICTURE)
        painter.fillRect(place, scheme.tile)
        if picture.image is not None:
            painter.drawImage(_whole(picture.image, place), picture.image)
        else:
            sign = QRectF(0, 0, 20, 20)
            sign.moveCenter(place.center())
            icons.draw(painter, "video-off" if picture.note else "loader", sign, tokens.DARK.dim)
        top += above
    for n, (text, face) in enumerate(zip(shown, faces, strict=True)):
        place = QRectF(rect.left() + 8, top, width - 12, line)
        ink = scheme.text if n == 0 else scheme.dim
        labels.draw_in(painter, place, text, ink, face, once=n == 0)
        top += line


def _whole(image: QImage, room: QRectF) -> QRectF:
    """Where an image goes that is to be seen whole."""
    size = image.deviceIndependentSize().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(0, 0, size.width(), size.height())
    place.moveCenter(room.center())
    return place


def _card_place(tracks: Tracks, at: QPointF, width: float, height: float) -> QRectF:
    """Above the cursor, else below it; never over the cursor, never outside."""
    left = min(max(at.x() - width / 2, tracks.scale.left), tracks.scale.right - width)
    top = at.y() - height - 10
    if top < tracks.ruler_top:
        top = at.y() + 18
    if top + height > tracks.bottom:
        # No room above or below: beside the cursor.
        top = max(tracks.ruler_top, tracks.bottom - height)
        left = at.x() + 14
        if left + width > tracks.scale.right:
            left = at.x() - 14 - width
    return QRectF(round(left), round(top), round(width), round(height))
