"""The timeline: lanes of footage over a ruler, with zoom, pan, seek, scrub and range."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.ui.timeline import menu, texts
from vsconsole.ui.timeline.bars import RetryPlace
from vsconsole.ui.timeline.gestures import (
    THRESHOLD,
    Drag,
    Gestures,
    PanDrag,
    RangeDrag,
    ScrubDrag,
)
from vsconsole.ui.timeline.model import Lane, TimelineModel, land
from vsconsole.ui.timeline.view import TimelineView

SETTLED_MS = 150
_NOTCH = 120
_ZOOM = 1.4
_ZOOM_KEY = 1.6
_PAN = 0.10
_SHEEN_MS = 60
_SHEEN_STEP = 0.04


class TimelineWidget(TimelineView):
    """Shows a TimelineModel and steers it; asks its owner for footage and pictures by signals."""

    seek_requested = Signal(object, object)
    """Where to play from and the moment asked for; they differ where that lies in a gap."""
    seek_refused = Signal(str)
    """Why a click goes nowhere: the future, or no recording after it."""
    play_requested = Signal(object, object)
    """As `seek_requested`, by a double click: play from there."""
    scrubbed = Signal(object)
    """The instant of a held playhead, at most five a second; `seek_requested` follows."""
    retry_requested = Signal(object, object, object)
    """A lane's key, the failed Span, the Store: to be asked for again."""
    store_requested = Signal(object, object)
    """A lane's key and the Store whose bar was clicked while another one is played."""
    hovered = Signal(object)
    """The instant under the mouse, None when it left; `hovered_lane` is whose it is.

    Answer with `set_hover_picture`.
    """

    def __init__(
        self,
        model: TimelineModel,
        *,
        viewer_zone: str | None = None,
        clock: Callable[[], datetime] = now,
        parent: QWidget | None = None,
    ) -> None:
        """`viewer_zone` is this computer's unless given; `clock` tells the present instant."""
        super().__init__(model, viewer_zone=viewer_zone, clock=clock, parent=parent)
        self._gestures = Gestures(self, model, self)
        self._press: QPointF | None = None
        self._pressed_retry: RetryPlace | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._gestures.scrubbed.connect(self.scrubbed)

    @property
    def busy(self) -> bool:
        return self._gestures.drag is not None or self._press is not None or self.model.held

    @property
    def hover_shown(self) -> bool:
        return self._gestures.drag is None

    def hovered_lane(self) -> Lane | None:
        """The lane under the mouse; the selected one where it is over none."""
        row = self._canvas.row_at(self._hover.y()) if self._hover else None
        return row.lane if row else self.model.selected

    def play_at(self, when: datetime) -> None:
        """Asks to play the selected lane from `when`, as a double click there does."""
        if self.model.selected:
            self._land(self.model.selected, when, self.play_requested)

    def retry_failed(self) -> None:
        """Asks again for every failed range of the selected lane that is in sight."""
        lane = self.model.selected
        for store, footage in lane.footage.items() if lane else ():
            for span in footage.failed:
                if lane and span.overlaps(self.model.span):
                    self.retry_requested.emit(lane.key, span, store)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._gestures.cancel()
        self._press = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta, at = event.angleDelta(), event.position()
        event.accept()
        if at.x() < self.scale.left and not delta.x():
            self._bar.setValue(self._bar.value() - delta.y() // 2)
        elif abs(delta.x()) > abs(delta.y()) or event.modifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
        ):
            # Some systems turn Shift or Alt with the wheel into a sideways wheel themselves.
            turned = delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()
            self.pan(-turned / _NOTCH * _PAN)
        elif delta.y():
            factor = _ZOOM ** (-delta.y() / _NOTCH)
            if abs(delta.y()) < _NOTCH // 2:
                self._zoom_by(factor, at.x())
            else:
                self._glide.zoom(factor, at.x())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._glide.stop()
        at = event.position()
        self._press = at
        self._pressed_retry = self._canvas.retry_at(at)
        if self._pressed_retry or at.x() < self.scale.left:
            return
        drag = self._drag_for(at, event.modifiers())
        if drag is not None:
            self._gestures.begin(drag)
            self.update()

    def _drag_for(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> Drag | None:
        """What a press begins at once; None where it depends on whether the mouse moves."""
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return RangeDrag(self, at, self.model, self.scale.at(at.x()))
        if edges := self._gestures.range_edge_at(at.x()):
            edge, fixed = edges
            return RangeDrag(self, at, self.model, fixed, self.scale.x_of(edge) - at.x())
        label = self._canvas.label.contains(at)
        if label or self._gestures.playhead_at(at.x()):
            return ScrubDrag(self, at, self.model, self._gestures, label=label)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is not None and self._gestures.drag is None:
            far = (at - self._press).manhattanLength() >= THRESHOLD
            if far and self._press.x() >= self.scale.left and self._pressed_retry is None:
                self._gestures.begin(PanDrag(self, self._press))
        if self._gestures.drag is not None:
            self._gestures.move(at)
        self._hover_at(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        press, self._press = self._press, None
        retry, self._pressed_retry = self._pressed_retry, None
        at = event.position()
        if self._gestures.drag is not None:
            self._gestures.release()
        elif retry is not None:
            if retry.rect.contains(at):
                self.retry_requested.emit(retry.key, retry.span, retry.store)
        elif press.x() < self.scale.left:
            self._select_at(press.y())
        else:
            self._go(at, self.seek_requested)
        self._hover_at(at)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() != Qt.MouseButton.LeftButton or at.x() < self.scale.left:
            return
        if self._canvas.retry_at(at) is None:
            # The release that follows belongs to this click and seeks no more.
            self._press = None
            self._go(at, self.play_requested)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        if self._hover is not None:
            self._hover = None
            self.set_hover_picture(None)
            self.hovered.emit(None)
            self.update()

    def _hover_at(self, at: QPointF) -> None:
        scale = self.scale
        inside = scale.left <= at.x() <= scale.right and self.rect().contains(at.toPoint())
        if inside or self._hover is not None:
            self._hover = at if inside else None
            self.hovered.emit(scale.at(at.x()) if inside else None)
            self.update()
        self.setCursor(self._cursor(at))

    def _cursor(self, at: QPointF) -> Qt.CursorShape:
        if isinstance(self._gestures.drag, PanDrag):
            return Qt.CursorShape.ClosedHandCursor
        if self._gestures.drag is not None:
            return Qt.CursorShape.SplitHCursor
        if at.x() < self.scale.left or self._canvas.retry_at(at):
            return Qt.CursorShape.PointingHandCursor
        if self._gestures.range_edge_at(at.x()) or self._gestures.playhead_at(at.x()):
            return Qt.CursorShape.SplitHCursor
        return Qt.CursorShape.ArrowCursor

    def _select_at(self, y: float) -> None:
        if row := self._canvas.row_at(y):
            self.model.select(row.lane.key)

    def _go(self, at: QPointF, signal: SignalInstance) -> None:
        """Plays or seeks from a point: the lane and the store under it, the time at it."""
        self._select_at(at.y())
        lane, row = self.model.selected, self._canvas.row_at(at.y())
        if lane is None:
            return
        bar = row.bar_at(at.y() - self._canvas.top + self._canvas.scroll) if row else None
        if bar and row and row.tall and lane.store not in (None, bar.store):
            self.store_requested.emit(lane.key, bar.store)
            lane = replace(lane, store=bar.store)
        self._land(lane, self._canvas.sign_at(at) or self.scale.at(at.x()), signal)

    def drop_playhead(self, when: datetime) -> datetime | None:
        """Asks to seek to where the playhead was let go; where that leads, None for nowhere."""
        lane = self.model.selected
        return self._land(lane, when, self.seek_requested) if lane else None

    def _land(self, lane: Lane, asked: datetime, signal: SignalInstance) -> datetime | None:
        time = texts.stamp(asked, lane.zone)
        landing = land(lane, asked)
        if asked > self._clock():
            self.seek_refused.emit(_("{time} is in the future.").format(time=time))
            return None
        if landing is None:
            self.seek_refused.emit(_("No recording at {time} or after it.").format(time=time))
            return None
        signal.emit(landing.when, landing.asked)
        return landing.when

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        self._show_focus(True)
        if key == Qt.Key.Key_Escape and self.busy:
            self._gestures.cancel()
            self._press = None
            self.update()
        elif (action := self._keys().get(key)) is not None:
            action()
        else:
            super().keyPressEvent(event)

    def _keys(self) -> dict[int, Callable[[], None]]:
        return {
            Qt.Key.Key_Left: lambda: self.pan(-_PAN),
            Qt.Key.Key_Right: lambda: self.pan(_PAN),
            Qt.Key.Key_PageUp: lambda: self.pan(-0.9),
            Qt.Key.Key_PageDown: lambda: self.pan(0.9),
            Qt.Key.Key_Plus: lambda: self.zoom(1 / _ZOOM_KEY),
            Qt.Key.Key_Equal: lambda: self.zoom(1 / _ZOOM_KEY),
            Qt.Key.Key_Minus: lambda: self.zoom(_ZOOM_KEY),
            Qt.Key.Key_Home: self._to_first,
            Qt.Key.Key_End: lambda: self.show_scale(self.scale.centred(self._clock(), 0.9)),
            Qt.Key.Key_Up: lambda: self._select_next(-1),
            Qt.Key.Key_Down: lambda: self._select_next(1),
            Qt.Key.Key_R: self.retry_failed,
        }

    def _to_first(self) -> None:
        """Shows where the known recordings of the selected lane begin."""
        lane = self.model.selected
        known = [one.segments.bounds for one in lane.footage.values()] if lane else []
        if begins := [bounds.begin for bounds in known if bounds]:
            self.show_scale(self.scale.centred(min(begins), 0.1))

    def _select_next(self, step: int) -> None:
        keys: list[Hashable] = [lane.key for lane in self.model.lanes]
        if self.model.selected is not None:
            place = keys.index(self.model.selected.key) + step
            if 0 <= place < len(keys):
                self.model.select(keys[place])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            head = self.model.playhead or self.scale.at(self.scale.left + self.scale.width / 2)
            at = QPointF(self.scale.x_of(head), self._canvas.top + 12)
        menu.open_at(self, at, self.mapToGlobal(at.toPoint()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_hint(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _show_hint(self, at: QPoint, place: QPoint) -> None:
        """Titles that were cut short, in full."""
        row = self._canvas.row_at(at.y())
        if row and at.x() < self.scale.left:
            QToolTip.showText(place, row.lane.title, self)
        else:
            QToolTip.hideText()

    def _show_focus(self, shown: bool) -> None:
        """The frame of focus is for those who use keys; a click does not bring it up."""
        self._focus_shown = shown
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show_focus(event.reason() != Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Focus that goes while the mouse holds something, as to a dialog, lets go of it."""
        self._gestures.cancel()
        self._press = None
        self.update()
