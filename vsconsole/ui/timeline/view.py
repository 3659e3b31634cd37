"""Shows a TimelineModel: painting, zoom and pan, following the picture; takes no input."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from vsconsole.domain import days
from vsconsole.domain.model import now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _, listed
from vsconsole.ui.timeline import motion, overlay, ruler, texts
from vsconsole.ui.timeline.canvas import Canvas, Moment
from vsconsole.ui.timeline.layer import Pending
from vsconsole.ui.timeline.model import TimelineModel
from vsconsole.ui.timeline.scale import Scale

SETTLED_MS = 150
_SHEEN_MS = 60
_SHEEN_STEP = 0.04
_REST_MS = 80
_STEP_SECONDS = 0.006


class TimelineView(QWidget):
    """The picture of the timeline; TimelineWidget adds mouse and keys."""

    visible_span_changed = Signal(object)
    """The Span in sight, when first shown and whenever it has rested for 150 ms."""

    def __init__(
        self,
        model: TimelineModel,
        *,
        viewer_zone: str | None = None,
        clock: Callable[[], datetime] = now,
        parent: QWidget | None = None,
    ) -> None:
        """`viewer_zone` is this computer's unless given; `clock` tells the present instant."""
        super().__init__(parent)
        self.model = model
        self._clock = clock
        self._canvas = Canvas(model, viewer_zone or ruler.viewer_zone())
        self._glide = motion.Glide(self._zoom_by, self)
        self._hover: QPointF | None = None
        self._picture: QImage | None = None
        self._phase: float | None = None
        self._head_in_view = True
        self._focus_shown = True
        self._head_sign: object = None
        self._head_places: list[QRectF] = []
        self._now_sign: object = None
        self._said: datetime | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.hide()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_MS)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._sheen = QTimer(self)
        self._sheen.setInterval(_SHEEN_MS)
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self.retranslate()

    def _connect(self) -> None:
        model = self.model
        model.lanes_changed.connect(self._arrange)
        model.selected_changed.connect(self._select_lane)
        model.footage_changed.connect(self._take_footage)
        model.playhead_changed.connect(self._playhead_moved)
        model.live_edge_changed.connect(self._beat)
        model.range_changed.connect(self.update)
        model.span_changed.connect(self._span_moved)
        model.events_changed.connect(self._take_events)
        self._settle.timeout.connect(lambda: self.visible_span_changed.emit(self.model.span))
        self._tick.timeout.connect(self._beat)
        self._sheen.timeout.connect(self._shine)
        self._more.timeout.connect(self._make_more)
        self._rest.timeout.connect(self._sharpen)
        self._bar.valueChanged.connect(self._scrolled)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Timeline"))
        self._describe()
        self._arrange()

    @property
    def scale(self) -> Scale:
        """Time against pixels of this widget, at this moment."""
        return self._canvas.scale

    def show_scale(self, scale: Scale) -> None:
        """Moves the visible span, within the limits of zoom and of time."""
        self.model.set_span(scale.limited(self._clock()).span)

    def zoom_to(self, span: Span) -> None:
        """Shows `span` over the whole width."""
        self._glide.stop()
        scale = self.scale
        self.show_scale(Scale.of(span, scale.left, scale.width))

    def center_on(self, when: datetime) -> None:
        """Shows an instant in the middle, at the zoom there is."""
        self._glide.stop()
        self.show_scale(self.scale.centred(when))

    def show_day(self, day: date) -> None:
        """Shows a calendar day of the selected lane's zone from its first to its last hour."""
        self.zoom_to(days.span_of(day, self.model.zone))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Shows `factor` times as much time, holding the playhead or else the middle in place."""
        scale, head = self.scale, self.model.playhead
        if x is None:
            x = scale.left + scale.width / 2
            if head is not None and scale.left <= scale.x_of(head) <= scale.right:
                x = scale.x_of(head)
        self._glide.zoom(factor, x)

    def pan(self, share: float) -> None:
        """Moves by a share of the width, forward for a positive one."""
        self._glide.stop()
        self.show_scale(self.scale.panned(round(self.scale.width * share)))

    def set_hover_picture(self, picture: QImage | None) -> None:
        """The picture of the moment under the mouse, shown in the hover card."""
        self._picture = picture
        self.update()

    def playhead_text(self) -> str:
        """What is at the playhead, for those who hear it."""
        lane, when = self.model.selected, self.model.playhead
        if lane is None:
            return _("no camera")
        if when is None:
            return lane.title
        time = f"{texts.stamp(when, lane.zone)} {texts.offset_text(when, lane.zone)}"
        return listed([time, lane.title, *overlay.states(lane, when)])

    def sizeHint(self) -> QSize:
        return QSize(960, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 96)

    def _arrange(self) -> None:
        self._canvas.arrange()
        self._fit_bar()
        self._describe()
        self._shine_where_loading()

    def _select_lane(self) -> None:
        """The tall lane is another one; it is scrolled into sight."""
        self._arrange()
        lane = self.model.selected
        row = self._canvas.rows.of(lane.key) if lane else None
        if row is not None:
            room = self.height() - self._canvas.top
            low, high = row.top + row.height - room, row.top
            self._bar.setValue(round(min(max(self._canvas.scroll, low), high)))

    def _take_footage(self) -> None:
        self._canvas.arrange_footage()
        self._describe()
        self._shine_where_loading()

    def _take_events(self) -> None:
        self._canvas.arrange_events()
        self.update()

    def _shine_where_loading(self) -> None:
        """Runs the sheen exactly while something in sight is loading, and paints."""
        shining = motion.allowed(self) and self.isVisible() and self._canvas.loading_in_sight()
        if shining and not self._sheen.isActive():
            self._phase = 0.0
            self._sheen.start()
        elif not shining:
            self._sheen.stop()
            self._phase = None
        self.update()

    def _shine(self) -> None:
        if not self._canvas.loading_in_sight():
            self._shine_where_loading()
            return
        self._phase = ((self._phase or 0.0) + _SHEEN_STEP) % 1.0
        self.update()

    def _span_moved(self) -> None:
        self._head_in_view = self._shows_playhead()
        self._fit_bar()
        self._settle.start()
        if self._rest.isActive():
            self._rest.start()
        self._shine_where_loading()

    def _shows_playhead(self) -> bool:
        head = self.model.playhead
        return head is None or head in self.model.span

    def _playhead_moved(self) -> None:
        """Follows the picture across the edge, but never to where the user has looked away."""
        head, followed = self.model.playhead, self._head_in_view
        self._head_in_view = self._shows_playhead()
        if head and followed and not self._head_in_view and not self.busy:
            forward = head >= self.model.span.end
            self.show_scale(self.scale.centred(head, 0.15 if forward else 0.85))
        self._paint_playhead()
        # Said to the second; a picture comes 25 times in one.
        said = head.replace(microsecond=0) if head else None
        if said != self._said:
            self._said = said
            self._describe()

    def _paint_playhead(self) -> None:
        """Paints anew where the playhead was and where it is, and only if that looks different."""
        sign = self._canvas.head_sign()
        if sign == self._head_sign:
            return
        self._head_sign = sign
        places = self._canvas.head_places()
        for place in (*self._head_places, *places):
            self.update(place.toAlignedRect())
        self._head_places = places

    @property
    def busy(self) -> bool:
        """Whether the user holds something; the view then stays where it is."""
        return self.model.held

    @property
    def hover_shown(self) -> bool:
        """Whether the card at the mouse is wanted at this moment."""
        return not self.busy

    def _describe(self) -> None:
        text = self.playhead_text()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _fit_bar(self) -> None:
        overflow = round(self._canvas.overflow)
        self._bar.setVisible(overflow > 0)
        self._bar.setRange(0, overflow)
        top = round(self._canvas.top)
        self._bar.setPageStep(max(1, self.height() - top))
        self._bar.setSingleStep(24)
        self._bar.setGeometry(self.width() - 10, top, 10, max(0, self.height() - top))

    def _scrolled(self, value: int) -> None:
        self._canvas.set_scroll(value)
        self.update()

    def _zoom_by(self, factor: float, x: float) -> None:
        self.show_scale(self.scale.zoomed(factor, x))

    def paintEvent(self, event: QPaintEvent) -> None:
        # However this paint came about, it shows the playhead where it is.
        self._head_sign, self._head_places = self._canvas.head_sign(), self._canvas.head_places()
        painter = QPainter(self)
        hovering = self._hover if self.hover_shown else None
        self._canvas.paint(
            painter,
            Moment(
                now=self._clock(),
                hover=hovering,
                picture=self._picture,
                focused=self.hasFocus() and self._focus_shown,
                phase=self._phase,
            ),
        )
        painter.end()
        if self._canvas.pending is Pending.TILES:
            self._more.start()
        elif self._canvas.pending is Pending.SHARPNESS and not self._rest.isActive():
            # Paints go on while a picture plays; only another zoom puts the rest off.
            self._rest.start()

    def _beat(self) -> None:
        """Time went on; most of the time that shows nowhere."""
        sign = self._canvas.now_sign(self._clock())
        if sign != self._now_sign:
            self._now_sign = sign
            self.update()

    def _make_more(self) -> None:
        """Makes what the last paint lacked in small steps, so that input comes between them."""
        if self._canvas.prepare(_STEP_SECONDS):
            self.update()
        else:
            self._more.start()

    def _sharpen(self) -> None:
        self._canvas.sharpen()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._canvas.resize(event.size())
        self._fit_bar()

    def showEvent(self, event: QShowEvent) -> None:
        self._tick.start()
        self._settle.start()
        self._shine_where_loading()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        self._sheen.stop()
        self._glide.stop()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._arrange()
        super().changeEvent(event)
