"""Pictures of events as the list and the view below it show them: decoded small, few kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen

from vsconsole.domain.model import Box
from vsconsole.domain.timeline import SegmentKind
from vsconsole.services.event_pictures import shrunk
from vsconsole.ui import tokens
from vsconsole.ui.timeline import patterns

THUMB = QSize(80, 45)
LARGE = QSize(960, 540)
KEPT = 400
_FULL = "full-size"


class Thumbs:
    """What is known of the pictures by their events: the picture, or why there is none."""

    def __init__(self) -> None:
        self._images: OrderedDict[Hashable, QImage] = OrderedDict()
        self._failed: dict[Hashable, str] = {}

    def of(self, name: Hashable) -> QImage | None:
        """The picture; None while it is not there."""
        image = self._images.get(name)
        if image is not None:
            self._images.move_to_end(name)
        return image

    def failure(self, name: Hashable) -> str:
        """Why a picture could not be had; empty where that was not tried, or it is there."""
        return self._failed.get(name, "")

    def put(self, name: Hashable, image: QImage) -> None:
        self._failed.pop(name, None)
        self._images[name] = image
        while len(self._images) > KEPT:
            self._images.popitem(last=False)

    def fail(self, name: Hashable, why: str) -> None:
        self._failed[name] = why

    def retry(self) -> None:
        """What failed may be tried again."""
        self._failed.clear()


def decoded(data: bytes, room: QSize, ratio: float = 1.0) -> QImage:
    """A picture's file as an image that fills `room` at most, sharp at a device pixel ratio.

    For a worker: a large one takes its time. CodecUnsupported for what is no picture. Qt's own
    readers make QObjects, and to connect one on a worker, which holds the interpreter's lock, can
    stop the program for ever: the window's thread, as it ends an object of its own, holds Qt's
    lock and waits for the interpreter's.
    """
    room = room * ratio
    still = shrunk(data, room.width(), room.height())
    made = QImage(
        still.bgra, still.width, still.height, still.stride, QImage.Format.Format_RGB32
    ).copy()
    made.setDevicePixelRatio(ratio)
    made.setText(_FULL, "{}x{}".format(*still.full))
    return made


def full_size(image: QImage) -> QSizeF:
    """Columns and rows of the picture that an image of `decoded` was made of."""
    width, _x, height = image.text(_FULL).partition("x")
    return QSizeF(int(width), int(height)) if height else QSizeF(image.size())


def fitted(image: QImage, room: QRectF) -> QRectF:
    """Where an image goes that is to be seen whole in the middle of `room`."""
    size = image.deviceIndependentSize().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left = round(room.center().x() - size.width() / 2)
    top = round(room.center().y() - size.height() / 2)
    # On whole pixels an image of that size is copied, not resampled.
    return QRectF(left, top, round(size.width()), round(size.height()))


def draw_boxes(
    painter: QPainter, place: QRectF, boxes: Sequence[Box], full: QSizeF, *, labels: bool
) -> None:
    """The boxes over a picture at `place`: a light line on a dark one, seen on any picture.

    `full` is the size of the picture as it came, for boxes in its pixels.
    """
    if not boxes:
        return
    rects = [rect for box in boxes if not (rect := _rect(place, box, full)).isEmpty()]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setClipRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if labels:
        painter.setPen(QPen(patterns.faded(tokens.DARK.window, 0.8), 4))
        painter.drawRects(rects)
    painter.setPen(QPen(tokens.DARK.kinds[SegmentKind.EVENT], 2 if labels else 1))
    painter.drawRects(rects)
    if labels:
        font = tokens.font(tokens.CAPTION_PX, semibold=True)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        for box in boxes:
            rect = _rect(place, box, full)
            if box.label and not rect.isEmpty():
                _label(painter, place, rect, box.label, metrics)
    painter.restore()


def _label(
    painter: QPainter, place: QRectF, rect: QRectF, text: str, metrics: QFontMetricsF
) -> None:
    """The box's word on a dark veil above it, inside it where there is no room above."""
    shown = metrics.elidedText(
        " ".join(text.split()), Qt.TextElideMode.ElideRight, max(48.0, place.right() - rect.left())
    )
    width, height = metrics.horizontalAdvance(shown) + 8, metrics.height() + 2
    top = rect.top() - height if rect.top() - height >= place.top() else rect.top()
    veil = QRectF(min(rect.left(), place.right() - width), top, width, height)
    painter.fillRect(veil, patterns.faded(tokens.DARK.window, 0.8))
    painter.setPen(tokens.DARK.text)
    painter.drawText(veil, Qt.AlignmentFlag.AlignCenter, shown)


def _rect(place: QRectF, box: Box, full: QSizeF) -> QRectF:
    """A box in pixels of the picture at `place`, as far as it lies in it."""
    across = place.width() / (full.width() if box.pixels else 1)
    down = place.height() / (full.height() if box.pixels else 1)
    found = QRectF(
        place.left() + box.x * across,
        place.top() + box.y * down,
        box.width * across,
        box.height * down,
    )
    return found.intersected(place)
