"""One tile of the wall: the picture, what is written over it, and what can be done to it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from vsconsole.i18n import _, listed
from vsconsole.player.surface import Surface
from vsconsole.ui import tokens
from vsconsole.ui.drag import dropped
from vsconsole.ui.kept import KeptPaint, Place
from vsconsole.ui.wall import captions, info, zoom
from vsconsole.ui.wall.menu import menu_of
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileState
from vsconsole.ui.wall.tools import PictureTool, ToolBox
from vsconsole.ui.wall.zoom import ZoomTool

_CLOCK_MS = 100
_SMALLEST = QSize(48, 27)


class Tile(Surface):
    """Shows one session, or says that it is empty.

    `chosen` when clicked or focused, `enlarge` on a double-click or Enter, `took` with what was
    dropped on it (keys, addresses), `acted` with a TileAction, `cleared` when it was emptied,
    `profile_asked` with a stream to keep to (None: by size), `menu_filling` with its menu, to which
    others may add.
    """

    chosen = Signal()
    enlarge = Signal()
    took = Signal(object)
    acted = Signal(object)
    cleared = Signal()
    profile_asked = Signal(object)
    snapshot_asked = Signal()
    menu_filling = Signal(object)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.session: TileSession | None = None
        self._selected = False
        self._audible = False
        self._info = False
        self._side: TileState | None = None
        self._last_strip: object = None
        self._title_paint, self._strip_paint, self._state_paint = (KeptPaint() for _ in range(3))
        self._tool: PictureTool | None = None
        self._zoom_tool = ZoomTool()
        self._tools = ToolBox(self, (self._zoom_tool,))
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_SMALLEST)
        self._button = QPushButton(self)
        self._button.hide()
        self._button.clicked.connect(self._act)
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self.zoom_changed.connect(self._look)
        self._describe()
        self.tint()

    def show_session(self, session: TileSession | None) -> None:
        """Puts a session in the tile; the one before is closed."""
        if self.session is not None:
            self.session.close()
            self.session.deleteLater()
        self._tools.cancel()
        self.session = session
        # The picture of one camera must never stand under the name of another.
        self.clear()
        zoom.reset(self)
        self.set_player(session.player if session else None)
        if session:
            session.changed.connect(self._on_changed)
            session.frame_ready.connect(self.take_frame)
            session.measured.connect(self._on_measured)
            self._look()
            self._clock.start()
        else:
            self._clock.stop()
        self._on_changed()

    def set_selected(self, selected: bool) -> None:
        """Draws the frame of the selected tile."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    def set_number(self, number: int) -> None:
        """Its place on the wall, from 1 on."""
        if number != self.number:
            self.number = number
            self._describe()

    @property
    def selected(self) -> bool:
        return self._selected

    def set_audible(self, audible: bool) -> None:
        """Lets this tile be heard."""
        self._audible = audible
        if self.session:
            self.session.player.set_audible(audible)
        self.update()

    @property
    def info(self) -> bool:
        """Whether what is measured is written over the picture."""
        return self._info

    def set_info(self, shown: bool) -> None:
        """Writes what is measured over the picture, or not."""
        self._info = shown
        self.update()

    # Tools

    @property
    def tool(self) -> PictureTool | None:
        """What works on the picture by mouse, before the zoom does; None for the zoom alone."""
        return self._tool

    @tool.setter
    def tool(self, tool: PictureTool | None) -> None:
        self._tool = tool
        self._tools.set_tools((tool, self._zoom_tool) if tool else (self._zoom_tool,))

    def arm_zoom(self) -> None:
        """The next drag draws the box to zoom to; Escape calls it off."""
        self._zoom_tool.armed = True
        self.setCursor(Qt.CursorShape.CrossCursor)

    def free_rect(self) -> QRect:
        """What the captions leave free of the tile."""
        return QRect(*self._free_place())

    def _free_place(self) -> Place:
        if self.session is None:
            return 0, 0, self.width(), self.height()
        strip = self._measure.strip
        lower = strip if self._strip_shown() else 0
        return 0, strip, self.width(), self.height() - strip - lower

    def repaint_tool(self) -> None:
        self.update()

    # What it says

    def has_picture(self) -> bool:
        """Whether a picture is on screen."""
        return self.frame is not None

    def state(self) -> TileState | None:
        """What is written in the middle of the tile now."""
        if self.session is None:
            return TileState(
                icon="video",
                word=_("Empty"),
                detail=_("Drag a camera here, or double-click one in the tree."),
            )
        return self.session.tile_state()

    def clock_text(self) -> str:
        """The wall-clock time of the picture with its zone; empty where nobody knows."""
        clocks = self._clocks()
        return clocks[0] if clocks else ""

    def side_text(self) -> str:
        """What stands at the right of the strip, where there is room for all of it."""
        state = self.session.strip_state() if self.session else None
        return state.word if state else ""

    def paint_over(self, painter: QPainter) -> None:
        """Captions, state and frame over the picture."""
        self._tools.paint(painter)
        size, session = self._measure, self.session
        state = self.state()
        if state is not None:
            if state.hides:
                painter.fillRect(0, 0, self.width(), self.height(), tokens.current().tile)
            self._paint_state(painter, size, state)
        else:
            self._state_paint.forget()
        if session is not None:
            if self._info:
                captions.paint_info(painter, self.free_rect(), size, info.rows(session))
            self._paint_captions(painter, session, size)
        if self._selected or self.hasFocus():
            painter.setPen(QPen(tokens.current().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(1, 1, self.width() - 2, self.height() - 2)
        if self.hasFocus():
            # The selected tile keeps its frame while the keys are elsewhere.
            painter.setPen(QPen(captions.ON_PICTURE, 1))
            painter.drawRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5))

    def _paint_state(self, painter: QPainter, size: captions.Measure, state: TileState) -> None:
        picture = self.has_picture() and not state.hides

        def middle(onto: QPainter, area: QRect) -> None:
            captions.paint_state(onto, area, size, state, picture=picture)

        ratio, place = self.devicePixelRatioF(), self._free_place()
        self._state_paint.paint(painter, place, ratio, (state, picture, size), middle)

    def _paint_captions(
        self, painter: QPainter, session: TileSession, size: captions.Measure
    ) -> None:
        ratio, title, subtitle = self.devicePixelRatioF(), session.title, session.subtitle
        signs = ("volume-2",) * self._audible + ("zoom-in",) * zoom.zoomed(self)

        def head(onto: QPainter, area: QRect) -> None:
            captions.paint_title(onto, area, size, title, subtitle, signs)

        place = (0, 0, self.width(), size.strip)
        self._title_paint.paint(painter, place, ratio, (title, subtitle, signs, size), head)
        if not self._strip_shown():
            return
        side, when = self._side, self._moment()

        def foot(onto: QPainter, area: QRect) -> None:
            captions.paint_strip(onto, area, size, self._clocks(), side)

        low = (0, self.height() - size.strip, self.width(), size.strip)
        second = int(when.timestamp()) if when else None
        self._strip_paint.paint(painter, low, ratio, (second, session.zone, side, size), foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        self.paint_over(painter)
        painter.end()

    @property
    def _measure(self) -> captions.Measure:
        return captions.measure_of(self.width(), self.height())

    def _moment(self) -> datetime | None:
        """When the picture was taken; None of a hidden one, whose time would be read as right."""
        state = self.state()
        hidden = state is not None and state.hides
        return self.session.position() if self.session and not hidden else None

    def _clocks(self) -> tuple[str, ...]:
        when = self._moment()
        return captions.times(when, self.session.zone) if when and self.session else ()

    def _strip_shown(self) -> bool:
        session, side = self.session, self._side
        if session is None:
            return False
        # A tiny live tile has room for the picture or for the word LIVE.
        tiny = self.height() < 70 and session.mode is Mode.LIVE
        if tiny and (side is None or not side.warn):
            return False
        return side is not None or self._moment() is not None

    def _on_changed(self) -> None:
        self._side = self.session.strip_state() if self.session else None
        self._show_button()
        self._describe()
        self.update()

    def _on_measured(self) -> None:
        if self._info:
            self.update(self.free_rect())

    def _show_button(self) -> None:
        state = self.state()
        if state is None or state.action is None or not self._measure.button:
            self._button.hide()
            return
        self._button.setText(state.action_text)
        self._button.adjustSize()
        free = self.free_rect()
        below = captions.state_places(free, self._measure, state).below
        wide = self._button.width() + 16 <= free.width()
        self._button.setVisible(wide and below + self._button.height() <= free.bottom())
        self._button.move((self.width() - self._button.width()) // 2, below)

    def _tick(self) -> None:
        """Repaints the lower strip alone, and only when what it says changed."""
        session = self.session
        when = self._moment()
        self._side = session.strip_state() if session else None
        strip = (int(when.timestamp()) if when else None, self._side)
        if strip != self._last_strip:
            self._last_strip = strip
            high = self._measure.strip
            self.update(0, self.height() - high, self.width(), high)

    def _act(self) -> None:
        state = self.state()
        if state is not None and state.action is not None:
            self.acted.emit(state.action)

    def _describe(self) -> None:
        session = self.session
        state = self.state() or (session.strip_state() if session else None)
        words = [_("Tile {number}").format(number=self.number)]
        if session:
            words.append(session.title)
            words.append(_("live") if session.mode is Mode.LIVE else _("playback"))
        if state:
            words += [state.word, state.detail]
        self.setAccessibleName(listed(word for word in words if word))

    def _look(self) -> None:
        """Tells the session how many pixels there are for its picture."""
        if self.session is not None:
            pixels = self.size() * self.devicePixelRatioF()
            self.session.look(pixels, zoomed=zoom.zoomed(self))

    def tint(self) -> None:
        """The colour around the picture is the tile's own in both schemes."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, tokens.current().tile)
        self.setPalette(palette)

    def menu(self) -> QMenu:
        """What can be done to this tile."""
        return menu_of(self)

    # Events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._look()
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._cancel_tools()
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._cancel_tools()
        self.chosen.emit()
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_button()
        if self.isVisible():
            self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._cancel_tools()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit()
        if self._tools.press(event):
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._tools.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._tools.release(event):
            self.unsetCursor()
        else:
            super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._tools.wheel(event):
            event.accept()
        else:
            super().wheelEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self._tools.held and not self._zoom_tool.armed:
            self._tools.cancel()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.enlarge.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.cleared.emit()
        elif event.key() == Qt.Key.Key_Escape and (self._tools.held or self._zoom_tool.armed):
            self._cancel_tools()
        elif event.key() == Qt.Key.Key_Escape and zoom.zoomed(self):
            zoom.reset(self)
        else:
            super().keyPressEvent(event)

    def _cancel_tools(self) -> None:
        self._tools.cancel()
        self.unsetCursor()

    def focusInEvent(self, event: object) -> None:
        self.chosen.emit()
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self._cancel_tools()
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        items = dropped(event.mimeData(), copy=event.dropAction() is Qt.DropAction.CopyAction)
        if items:
            event.acceptProposedAction()
            self.took.emit(items)
