"""What the mouse does on the timeline: click, pan, scrub, select a range; one drag at a time.

A drag that comes within 32 pixels of an edge goes on by itself, the faster the nearer.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from vsconsole.domain.timeline import Span, from_ms, to_ms
from vsconsole.ui.timeline.model import TimelineModel
from vsconsole.ui.timeline.scale import Scale

THRESHOLD = 5.0
GRIP = 5.0
EDGE = 32.0
SCRUB_MS = 200
_TICK_MS = 16
_FASTEST = 24.0
_COARSE = 20.0


class View(Protocol):
    """What a drag needs of the widget."""

    @property
    def scale(self) -> Scale: ...

    def show_scale(self, scale: Scale) -> None:
        """Moves the visible span."""

    def drop_playhead(self, when: datetime) -> datetime | None:
        """Seeks to where the playhead was let go; None where there is nothing to play."""


class Drag:
    """One press of the left button until it is released or called off."""

    def __init__(self, view: View, start: QPointF) -> None:
        self.view = view
        self.start = start
        self.last = start

    def move(self, at: QPointF) -> None:
        """The mouse is at `at`, inside of the widget or not."""
        self.last = at

    def pull(self) -> float:
        """Pixels to pan by each tick, 0 while the mouse is away from the edges."""
        scale = self.view.scale
        inside = min(EDGE, scale.width / 4)
        past_right = self.last.x() - (scale.right - inside)
        past_left = scale.left + inside - self.last.x()
        depth = max(past_right, past_left)
        if depth <= 0:
            return 0.0
        speed = _FASTEST * math.pow(min(1.0, depth / inside), 1.5)
        return speed if past_right > 0 else -speed

    def release(self) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Everything goes back to what it was."""


class PanDrag(Drag):
    """Moves the visible span under the mouse."""

    def __init__(self, view: View, start: QPointF) -> None:
        super().__init__(view, start)
        self._from = view.scale

    def move(self, at: QPointF) -> None:
        self.view.show_scale(self.view.scale.panned(self.last.x() - at.x()))
        super().move(at)

    def pull(self) -> float:
        # Pulled to the left the time goes forward, and only toward the edge that was aimed at.
        speed, moved = super().pull(), self.last.x() - self.start.x()
        return -speed if speed * moved > 0 else 0.0

    def cancel(self) -> None:
        self.view.show_scale(self._from)


class ScrubDrag(Drag):
    """Holds the playhead; the picture follows a few times a second.

    Let go where it was pressed it is a click and goes to that pixel; not so on the playhead's
    `label`, which is as wide as many minutes.
    """

    def __init__(
        self,
        view: View,
        start: QPointF,
        model: TimelineModel,
        gestures: Gestures,
        *,
        label: bool = False,
    ) -> None:
        super().__init__(view, start)
        self._label = label
        self._model = model
        self._gestures = gestures
        head = model.playhead
        # The line does not jump under a press that misses its middle.
        self._offset = view.scale.x_of(head) - start.x() if head else 0.0
        model.hold_playhead(self._at(start))

    def move(self, at: QPointF) -> None:
        super().move(at)
        when = self._at(at)
        if when != self._model.playhead:
            self._model.hold_playhead(when)
            self._gestures.scrub(when)

    def release(self) -> None:
        self._gestures.scrub_ended()
        landed: datetime | None = None
        # Still held, so that nothing the seek sets off can move it.
        if self.last != self.start:
            landed = self.view.drop_playhead(self._at(self.last))
        elif not self._label:
            landed = self.view.drop_playhead(self.view.scale.at(self.start.x()))
        self._model.release_playhead(landed)

    def cancel(self) -> None:
        self._gestures.scrub_ended()
        self._model.release_playhead()

    def _at(self, point: QPointF) -> datetime:
        scale = self.view.scale
        x = min(max(point.x() + self._offset, scale.left), scale.right)
        return scale.at(x)


class RangeDrag(Drag):
    """Draws a range from a fixed instant to the mouse; also moves one edge of a range."""

    def __init__(
        self, view: View, start: QPointF, model: TimelineModel, fixed: datetime, offset: float = 0.0
    ) -> None:
        super().__init__(view, start)
        self._model = model
        self._fixed = fixed
        self._offset = offset
        self._before = model.range

    def move(self, at: QPointF) -> None:
        super().move(at)
        scale = self.view.scale
        x = min(max(at.x() + self._offset, scale.left), scale.right)
        begin, end = sorted((self._fixed, scale.at(x)))
        step = 1000 if scale.ms_per_px >= _COARSE else 1
        self._model.set_range(Span(_rounded(begin, step), _rounded(end, step)))

    def cancel(self) -> None:
        self._model.set_range(self._before)


def _rounded(when: datetime, step: int) -> datetime:
    """To whole seconds, or to milliseconds where the eye could tell: what the fields show is it."""
    return from_ms(round(to_ms(when) / step) * step)


class Gestures(QObject):
    """Runs the present drag and its timers."""

    scrubbed = Signal(object)
    """A held playhead's instant, at most five a second."""

    def __init__(self, view: View, model: TimelineModel, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._model = model
        self._drag: Drag | None = None
        self._pending: datetime | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SCRUB_MS)
        self._pause.timeout.connect(self._send)
        self._pull = QTimer(self)
        self._pull.setInterval(_TICK_MS)
        self._pull.timeout.connect(self._pulled)

    @property
    def drag(self) -> Drag | None:
        """What is being dragged, None when nothing is."""
        return self._drag

    def range_edge_at(self, x: float) -> tuple[datetime, datetime] | None:
        """The range's edge under a pixel with the one that stays; None away from both."""
        span = self._model.range
        if span is None:
            return None
        near = [
            (abs(self._view.scale.x_of(edge) - x), edge, other)
            for edge, other in ((span.begin, span.end), (span.end, span.begin))
        ]
        distance, edge, other = min(near)
        return (edge, other) if distance <= GRIP else None

    def playhead_at(self, x: float) -> bool:
        """Whether a pixel is on the playhead's line."""
        head = self._model.playhead
        return head is not None and abs(self._view.scale.x_of(head) - x) <= GRIP

    def begin(self, drag: Drag) -> None:
        """Starts a drag; what was being dragged is called off."""
        self.cancel()
        self._drag = drag

    def move(self, at: QPointF) -> None:
        """The mouse moved with the button down."""
        if self._drag is None:
            return
        self._drag.move(at)
        if self._drag.pull() and not self._pull.isActive():
            self._pull.start()

    def release(self) -> None:
        """The button was let go; the drag decides what that means."""
        drag, self._drag = self._drag, None
        self._pull.stop()
        if drag is not None:
            drag.release()

    def cancel(self) -> None:
        """Calls the drag off."""
        drag, self._drag = self._drag, None
        self._pull.stop()
        if drag is not None:
            drag.cancel()

    def scrub(self, when: datetime) -> None:
        """Tells of a held playhead now, or when the pause since the last time is over."""
        if self._pause.isActive():
            self._pending = when
        else:
            self.scrubbed.emit(when)
            self._pause.start()

    def scrub_ended(self) -> None:
        """Nothing more is told of a playhead that was let go."""
        self._pending = None
        self._pause.stop()

    def _send(self) -> None:
        when, self._pending = self._pending, None
        if when is not None:
            self.scrub(when)

    def _pulled(self) -> None:
        pixels = self._drag.pull() if self._drag else 0.0
        if self._drag is None or not pixels:
            self._pull.stop()
            return
        # Whole pixels, so that what is painted can be moved.
        self._view.show_scale(self._view.scale.panned(round(pixels) or math.copysign(1, pixels)))
        if not isinstance(self._drag, PanDrag):
            self._drag.move(self._drag.last)
