"""What is written over a tile's picture: all of it where there is room, else what matters most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from vsconsole.ui import icons, tokens
from vsconsole.ui.wall.states import TileState

VEIL = QColor(0, 0, 0, 200)
ON_PICTURE = QColor("#FFFFFF")
DIM_ON_PICTURE = QColor(255, 255, 255, 170)
WARN_ON_PICTURE = QColor("#FFC658")
_SHADE = QColor(0, 0, 0, 170)
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_WRAP = _TOP | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Sizes for a tile: `strip` is the height of a caption, `px` that of its text.

    `words`: the line under a state's word has room; `button`: so has the button.
    """

    strip: int
    px: int
    pad: int
    icon: int
    words: bool
    button: bool
    subtitle: bool


_LARGE = Measure(strip=26, px=13, pad=10, icon=26, words=True, button=True, subtitle=True)
_MIDDLE = Measure(strip=22, px=12, pad=8, icon=20, words=True, button=False, subtitle=True)
_SMALL = Measure(strip=18, px=11, pad=6, icon=16, words=False, button=False, subtitle=False)
_TINY = Measure(strip=15, px=11, pad=3, icon=12, words=False, button=False, subtitle=False)


def measure_of(width: int, height: int) -> Measure:
    """The sizes that keep a tile of so many logical pixels readable."""
    if height >= 180 and width >= 240:
        return _LARGE
    if height >= 126 and width >= 190:
        return _MIDDLE
    if height >= 70 and width >= 120:
        return _SMALL
    return _TINY


def times(when: datetime, zone: str) -> tuple[str, ...]:
    """A moment in a zone, from its longest form to its shortest; each says the zone."""
    local = when.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    hours, minutes = offset[1:3], offset[3:5]
    long = f"{offset[0]}{hours}:{minutes}"
    short = f"{offset[0]}{int(hours)}" + (f":{minutes}" if minutes != "00" else "")
    return (
        f"{local:%Y-%m-%d %H:%M:%S} {long}",
        f"{local:%m-%d %H:%M:%S} {long}",
        f"{local:%H:%M:%S} {long}",
        f"{local:%H:%M:%S}{short}",
    )


def fitting(metrics: QFontMetrics, texts: Sequence[str], room: int) -> str:
    """The first of `texts` that fits into `room` pixels; else the last, cut."""
    for text in texts:
        if metrics.horizontalAdvance(text) <= room:
            return text
    return metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, max(0, room)) if texts else ""


def paint_title(
    painter: QPainter, area: QRect, size: Measure, title: str, subtitle: str, signs: Sequence[str]
) -> None:
    """The strip at the top: the camera's name, its account, and small signs at the right."""
    painter.fillRect(QRect(area.x(), area.y(), area.width(), size.strip), VEIL)
    icon = size.px + 3
    right = area.right() + 1 - size.pad
    for name in signs:
        right -= icon
        icons.draw(
            painter, name, QRectF(right, area.y() + (size.strip - icon) / 2, icon, icon), ON_PICTURE
        )
        right -= 4
    x, room = area.x() + size.pad, right - area.x() - size.pad
    for text, colour, bold in (
        (title, ON_PICTURE, True),
        (subtitle if size.subtitle else "", DIM_ON_PICTURE, False),
    ):
        font = tokens.font(size.px, semibold=bold)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QRect(x, area.y(), max(0, room), size.strip), _LEFT, shown)
        used = metrics.horizontalAdvance(shown) + 8
        x, room = x + used, room - used


def strip_texts(
    metrics: QFontMetrics, clocks: Sequence[str], side: TileState | None, size: Measure, room: int
) -> tuple[str, str]:
    """(clock, word at the right) of the lower strip: the time is readable before anything else."""
    if not clocks:
        return "", fitting(metrics, [side.word], room - size.px - 6) if side else ""
    wanted = metrics.horizontalAdvance(side.word) + size.px + 16 if side else 0
    roomy = next((t for t in clocks if metrics.horizontalAdvance(t) + wanted <= room), None)
    if roomy is not None:
        return roomy, side.word if side else ""
    icon = size.px + 8 if side else 0
    beside = next((t for t in clocks if metrics.horizontalAdvance(t) <= room - icon), None)
    return beside or fitting(metrics, clocks, room), ""


def paint_strip(
    painter: QPainter,
    area: QRect,
    size: Measure,
    clocks: Sequence[str],
    side: TileState | None,
) -> None:
    """The strip at the bottom: time with zone at the left, state or speed at the right."""
    strip = QRect(area.x(), area.bottom() + 1 - size.strip, area.width(), size.strip)
    painter.fillRect(strip, VEIL)
    font = tokens.font(size.px, tabular=True)
    metrics = QFontMetrics(font)
    inner = strip.adjusted(size.pad, 0, -size.pad, 0)
    clock, word = strip_texts(metrics, clocks, side, size, inner.width())
    painter.setFont(font)
    painter.setPen(ON_PICTURE)
    painter.drawText(inner, _LEFT, clock)
    if side is None:
        return
    colour = WARN_ON_PICTURE if side.warn else ON_PICTURE
    icon = size.px + 1
    taken = metrics.horizontalAdvance(word) + (4 if word else 0)
    left = inner.right() + 1 - taken - icon
    if left < inner.left() + (metrics.horizontalAdvance(clock) if clock else 0):
        return
    place = QRectF(left, strip.y() + (size.strip - icon) / 2, icon, icon)
    icons.draw(painter, side.icon, place, colour)
    painter.setPen(colour)
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, word)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePlaces:
    """Where the parts of a state are, one under the other; `below` is where a button goes."""

    icon: QRectF
    word: QRect
    detail: QRect
    below: int


def state_places(area: QRect, size: Measure, state: TileState) -> StatePlaces:
    """The places of a state in the middle of `area`; its line gets what the rest leaves."""
    word_height = QFontMetrics(_word_font(size)).height()
    metrics = QFontMetrics(_detail_font(size))
    room = area.width() - 2 * size.pad
    button = tokens.BUTTON + tokens.SPACE if size.button and state.action else 0
    fixed = size.icon + 6 + word_height + 4 + button
    wanted = metrics.boundingRect(QRect(0, 0, room - 16, 10_000), _WRAP, state.detail).height()
    high = min(wanted, max(0, area.height() - fixed - 4)) if state.detail else 0
    high = high if high >= metrics.height() else 0
    top = area.y() + max(2, (area.height() - fixed - high) // 2)
    middle = area.x() + area.width() / 2
    y = top + size.icon + 6
    word = QRect(area.x() + size.pad, y, room, word_height)
    y += word_height + 4
    detail = QRect(area.x() + size.pad + 8, y, room - 16, high)
    icon = QRectF(middle - size.icon / 2, top, size.icon, size.icon)
    return StatePlaces(icon=icon, word=word, detail=detail, below=y + high + tokens.SPACE)


def _word_font(size: Measure) -> QFont:
    return tokens.font(size.px, semibold=True)


def _detail_font(size: Measure) -> QFont:
    return tokens.font(max(11, size.px - 1))


def paint_state(
    painter: QPainter, area: QRect, size: Measure, state: TileState, *, picture: bool
) -> None:
    """A state in the middle of `area`: with its line, as one line, or as a sign on a picture."""
    if state.busy and picture:
        _paint_sign(painter, area, size, state)
        return
    if picture:
        painter.fillRect(area, _SHADE)
    font = _word_font(size)
    if not size.words:
        _paint_line(painter, area, size, state, font)
        return
    places = state_places(area, size, state)
    icons.draw(painter, state.icon, places.icon, DIM_ON_PICTURE)
    painter.setPen(ON_PICTURE)
    painter.setFont(font)
    elide = Qt.TextElideMode.ElideRight
    word = QFontMetrics(font).elidedText(state.word, elide, places.word.width())
    painter.drawText(places.word, _CENTRE, word)
    painter.setFont(_detail_font(size))
    painter.setPen(DIM_ON_PICTURE)
    if places.detail.height():
        painter.drawText(places.detail, _WRAP, state.detail)


def _paint_line(
    painter: QPainter, area: QRect, size: Measure, state: TileState, font: QFont
) -> None:
    """Icon and word beside each other, in a tile too small for more."""
    metrics = QFontMetrics(font)
    room = area.width() - 2 * size.pad - size.icon - 4
    if metrics.horizontalAdvance(state.word) > room:
        _paint_stacked(painter, area, size, state, font)
        return
    word = metrics.elidedText(state.word, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(word) + size.icon + 4
    left = area.x() + (area.width() - width) / 2
    middle = area.y() + area.height() / 2
    icons.draw(
        painter,
        state.icon,
        QRectF(left, middle - size.icon / 2, size.icon, size.icon),
        DIM_ON_PICTURE,
    )
    painter.setPen(ON_PICTURE)
    painter.setFont(font)
    painter.drawText(QRectF(left + size.icon + 4, area.y(), width, area.height()), _LEFT, word)


def _paint_stacked(
    painter: QPainter, area: QRect, size: Measure, state: TileState, font: QFont
) -> None:
    """Icon above, and the word in as many lines as it takes: half a word says nothing."""
    room = area.width() - 2 * size.pad
    words = QFontMetrics(font).boundingRect(QRect(0, 0, room, 10_000), _WRAP, state.word)
    icon = size.icon if size.icon + words.height() <= area.height() else 0
    top = area.y() + max(0, (area.height() - icon - words.height()) // 2)
    if icon:
        place = QRectF(area.x() + (area.width() - icon) / 2, top, icon, icon)
        icons.draw(painter, state.icon, place, DIM_ON_PICTURE)
    painter.setPen(ON_PICTURE)
    painter.setFont(font)
    place_of_words = QRect(area.x() + size.pad, top + icon, room, area.bottom() + 1 - top - icon)
    painter.drawText(place_of_words, _WRAP, state.word)


def _paint_sign(painter: QPainter, area: QRect, size: Measure, state: TileState) -> None:
    """A small sign over a picture that stands."""
    font = tokens.font(min(12, size.px))
    metrics = QFontMetrics(font)
    icon, pad = size.px + 3, size.pad
    word = metrics.elidedText(
        state.word, Qt.TextElideMode.ElideRight, area.width() - icon - 3 * pad - 4
    )
    width = metrics.horizontalAdvance(word) + icon + 3 * pad
    height = max(icon, metrics.height()) + 8
    box = QRectF(
        area.x() + (area.width() - width) / 2,
        area.y() + (area.height() - height) / 2,
        width,
        height,
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(VEIL)
    painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
    colour = WARN_ON_PICTURE if state.warn else ON_PICTURE
    icons.draw(
        painter,
        state.icon,
        QRectF(box.left() + pad, box.top() + (height - icon) / 2, icon, icon),
        colour,
    )
    painter.setPen(colour)
    painter.setFont(font)
    painter.drawText(box.adjusted(icon + 2 * pad, 0, 0, 0), _LEFT, word)


def paint_info(
    painter: QPainter, area: QRect, size: Measure, rows: Sequence[tuple[str, str]]
) -> None:
    """Measured numbers at the left of `area`, the first ones where there is not room for all."""
    font = tokens.font(11, tabular=True)
    metrics = QFontMetrics(font)
    line = metrics.height() + 1
    shown = rows[: max(0, (area.height() - 8) // line)]
    if not shown or area.width() < 90:
        return
    names = max(metrics.horizontalAdvance(name) for name, _value in shown)
    values = max(metrics.horizontalAdvance(value) for _name, value in shown)
    wide = names + values + 3 * 8 <= area.width() - 8
    width = min(area.width() - 8, (names + 8 if wide else 0) + values + 16)
    box = QRect(area.x() + 4, area.y() + 4, width, line * len(shown) + 6)
    painter.fillRect(box, VEIL)
    painter.setFont(font)
    left = box.x() + 8
    for number, (name, value) in enumerate(shown):
        y = box.y() + 3 + number * line
        if wide:
            painter.setPen(DIM_ON_PICTURE)
            painter.drawText(QRect(left, y, names, line), _LEFT, name)
        x = left + (names + 8 if wide else 0)
        room = box.right() - x
        painter.setPen(ON_PICTURE)
        painter.drawText(
            QRect(x, y, room, line),
            _LEFT,
            metrics.elidedText(value, Qt.TextElideMode.ElideRight, room),
        )
