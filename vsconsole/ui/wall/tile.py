"""One tile of the wall: the picture, what is written over it, and what can be done to it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from vsconsole.domain.model import Ability, StreamProfile
from vsconsole.i18n import _, listed
from vsconsole.player.backend import PlayerState
from vsconsole.player.surface import Surface
from vsconsole.ui import icons, tokens
from vsconsole.ui.drag import dropped
from vsconsole.ui.wall.guide import nudge_text
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction, TileState

_VEIL = QColor(0, 0, 0, 200)
_ON_PICTURE = QColor("#FFFFFF")
_DIM_ON_PICTURE = QColor(255, 255, 255, 170)
_CAPTION = 26
_CLOCK_MS = 100


class Tile(Surface):
    """Shows one session, or says that it is empty.

    `chosen` when clicked or focused, `enlarge` on a double-click or Enter, `took` with what was
    dropped on it (keys, addresses), `acted` with a TileAction, `cleared` when it was emptied,
    `menu_filling` with its menu, to which others may add.
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
        self._last_clock = ""
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 90)
        self._button = QPushButton(self)
        self._button.hide()
        self._button.clicked.connect(self._act)
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self._tick)
        self._describe()
        self.tint()

    def show_session(self, session: TileSession | None) -> None:
        """Puts a session in the tile; the one before is closed."""
        if self.session is not None:
            self.session.close()
            self.session.deleteLater()
        self.session = session
        # The picture of one camera must never stand under the name of another.
        self.clear()
        self.set_player(session.player if session else None)
        if session:
            session.changed.connect(self._on_changed)
            session.frame_ready.connect(self.frame_arrived)
            self._clock.start()
        else:
            self._clock.stop()
        self._on_changed()

    def set_selected(self, selected: bool) -> None:
        """Draws the frame of the selected tile."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    @property
    def selected(self) -> bool:
        return self._selected

    def set_audible(self, audible: bool) -> None:
        """Lets this tile be heard."""
        self._audible = audible
        if self.session:
            self.session.player.set_audible(audible)
        self.update()

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
        state = self.session.tile_state()
        if state is None or self.session.retry_in is None:
            return state
        return TileState(
            icon=state.icon,
            word=state.word,
            detail=_("{reason} Retrying in {seconds} s.").format(
                reason=state.detail, seconds=self.session.retry_in
            ),
            action=state.action,
            action_text=state.action_text,
        )

    def clock_text(self) -> str:
        """The wall-clock time of the picture with its zone; empty where nobody knows."""
        when = self.session.position() if self.session else None
        if when is None or self.session is None:
            return ""
        local = when.astimezone(ZoneInfo(self.session.zone))
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}"

    def paint_over(self, painter: QPainter) -> None:
        """Captions, state and frame over the picture."""
        area = self.rect()
        state = self.state()
        if state is not None:
            self._paint_state(painter, area, state)
        if self.session is not None:
            self._paint_caption(painter, area)
            self._paint_clock(painter, area)
        if self._selected or self.hasFocus():
            painter.setPen(QPen(tokens.current().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        self.paint_over(painter)
        painter.end()

    def _paint_caption(self, painter: QPainter, area: QRect) -> None:
        assert self.session is not None
        painter.fillRect(QRect(0, 0, area.width(), _CAPTION), _VEIL)
        x = 10
        room = area.width() - 20
        for text, colour, bold in (
            (self.session.title, _ON_PICTURE, True),
            (self.session.subtitle, _DIM_ON_PICTURE, False),
        ):
            font = tokens.font(tokens.TEXT_PX, semibold=bold)
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(
                QRect(x, 0, room, _CAPTION),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                shown,
            )
            used = metrics.horizontalAdvance(shown) + 8
            x, room = x + used, room - used
        if self._audible:
            icons.draw(painter, "volume-2", QRectF(area.width() - 26, 5, 16, 16), _ON_PICTURE)

    def _paint_clock(self, painter: QPainter, area: QRect) -> None:
        assert self.session is not None
        state = self.state()
        # The time of a picture that is hidden would be read as that of the moment.
        text = "" if state is not None and state.hides else self.clock_text()
        side = self._side_text()
        if not (text or side):
            return
        strip = QRect(0, area.height() - _CAPTION, area.width(), _CAPTION)
        painter.fillRect(strip, _VEIL)
        painter.setFont(tokens.font(tokens.TEXT_PX, tabular=True))
        painter.setPen(_ON_PICTURE)
        inner = strip.adjusted(10, 0, -10, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, side)

    def _side_text(self) -> str:
        session = self.session
        if session is None:
            return ""
        if session.mode is Mode.LIVE:
            return _("LIVE") if session.state is PlayerState.PLAYING else ""
        nudge = nudge_text(session.offset)
        if session.guide is not None:
            return "  ".join(word for word in (nudge, session.guide.strip()) if word)
        return "  ".join(word for word in (nudge, self._speed_text(session)) if word)

    @staticmethod
    def _speed_text(session: TileSession) -> str:
        player = session.player
        measured = player.speed_measured
        if session.state is PlayerState.PAUSED:
            return _("paused")
        if measured is None:
            return f"{player.speed:g}×"
        if abs(measured - player.speed) > 0.2 * abs(player.speed):
            return _("{measured}× asked {asked}×").format(
                measured=f"{measured:.1f}", asked=f"{player.speed:g}"
            )
        return f"{measured:.1f}×"

    def _paint_state(self, painter: QPainter, area: QRect, state: TileState) -> None:
        picture = self.has_picture()
        if state.busy and picture:
            self._paint_small_state(painter, area, state)
            return
        if picture:
            shade = tokens.current().tile if state.hides else QColor(0, 0, 0, 170)
            painter.fillRect(area, shade)
        middle = area.height() // 2
        icons.draw(
            painter, state.icon, QRectF(area.width() / 2 - 13, middle - 56, 26, 26), _DIM_ON_PICTURE
        )
        painter.setPen(_ON_PICTURE)
        painter.setFont(tokens.font(tokens.TEXT_PX, semibold=True))
        wide = QRect(8, middle - 26, area.width() - 16, 22)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(wide, centre, state.word)
        painter.setFont(tokens.font(12))
        painter.setPen(_DIM_ON_PICTURE)
        lines = QRect(16, middle - 4, area.width() - 32, 34)
        wrap = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(lines, wrap | Qt.TextFlag.TextWordWrap, state.detail)

    def _paint_small_state(self, painter: QPainter, area: QRect, state: TileState) -> None:
        font = tokens.font(12)
        width = QFontMetrics(font).horizontalAdvance(state.word) + 44
        box = QRectF((area.width() - width) / 2, area.height() / 2 - 15, width, 30)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_VEIL)
        painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
        icons.draw(painter, state.icon, QRectF(box.left() + 10, box.top() + 7, 16, 16), _ON_PICTURE)
        painter.setPen(_ON_PICTURE)
        painter.setFont(font)
        painter.drawText(box.adjusted(32, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, state.word)

    def _on_changed(self) -> None:
        state = self.state()
        if state is not None and state.action is not None:
            self._button.setText(state.action_text)
            self._button.show()
            self._place_button()
        else:
            self._button.hide()
        self._describe()
        self.update()

    def _place_button(self) -> None:
        self._button.adjustSize()
        self._button.move((self.width() - self._button.width()) // 2, self.height() // 2 + 34)

    def _tick(self) -> None:
        """Repaints the clock strip alone, and only when its text changed."""
        text = self.clock_text() + self._side_text()
        if text != self._last_clock:
            self._last_clock = text
            self.update(0, self.height() - _CAPTION, self.width(), _CAPTION)

    def _act(self) -> None:
        state = self.state()
        if state is not None and state.action is not None:
            self.acted.emit(state.action)

    def _describe(self) -> None:
        state = self.state()
        words = [_("Tile {number}").format(number=self.number)]
        if self.session:
            words.append(self.session.title)
            words.append(_("live") if self.session.mode is Mode.LIVE else _("playback"))
        if state:
            words += [state.word, state.detail]
        self.setAccessibleName(listed(word for word in words if word))

    def tint(self) -> None:
        """The colour around the picture is the tile's own in both schemes."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, tokens.current().tile)
        self.setPalette(palette)

    def menu(self) -> QMenu:
        """What can be done to this tile."""
        menu = QMenu(self)
        session = self.session
        menu.addAction(_("Enlarge or back"), self.enlarge.emit)
        if session and session.channel and Ability.SUB_STREAM in session.channel.abilities:
            for profile, text in (
                (StreamProfile.MAIN, _("Main stream")),
                (StreamProfile.SUB, _("Sub stream")),
            ):
                action = QAction(text, menu, checkable=True, checked=session.profile is profile)
                action.triggered.connect(lambda _on, p=profile: self.profile_asked.emit(p))
                menu.addAction(action)
        if session:
            menu.addAction(_("Save a snapshot…"), self.snapshot_asked.emit)
            menu.addAction(_("Open again"), lambda: self.acted.emit(TileAction.RETRY))
            self.menu_filling.emit(menu)
            menu.addSeparator()
            menu.addAction(_("Empty this tile"), self.cleared.emit)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.chosen.emit()
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.enlarge.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.cleared.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self.chosen.emit()
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        items = dropped(event.mimeData())
        if items:
            event.acceptProposedAction()
            self.took.emit(items)
