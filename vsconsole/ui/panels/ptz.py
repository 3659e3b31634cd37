"""The PTZ pad: hold to move, speed, zoom, focus, iris, and presets and patrols."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Channel, Preset
from vsconsole.i18n import N_, _
from vsconsole.services.ptz_meter import RoundTrip
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.panels.hold import HoldButton
from vsconsole.ui.panels.patrols import PatrolBox
from vsconsole.ui.panels.presets import PresetBox

_PAD = (
    (PtzMove.LEFT_UP, "arrow-up-left", N_("Up and left")),
    (PtzMove.UP, "arrow-up", N_("Up")),
    (PtzMove.RIGHT_UP, "arrow-up-right", N_("Up and right")),
    (PtzMove.LEFT, "arrow-left", N_("Left")),
    (None, "square", N_("Stop")),
    (PtzMove.RIGHT, "arrow-right", N_("Right")),
    (PtzMove.LEFT_DOWN, "arrow-down-left", N_("Down and left")),
    (PtzMove.DOWN, "arrow-down", N_("Down")),
    (PtzMove.RIGHT_DOWN, "arrow-down-right", N_("Down and right")),
)
_LENS = (
    (N_("Zoom"), PtzMove.ZOOM_OUT, PtzMove.ZOOM_IN, N_("Zoom out"), N_("Zoom in")),
    (N_("Focus"), PtzMove.FOCUS_NEAR, PtzMove.FOCUS_FAR, N_("Focus nearer"), N_("Focus farther")),
    (N_("Iris"), PtzMove.IRIS_CLOSE, PtzMove.IRIS_OPEN, N_("Close iris"), N_("Open iris")),
)
_PAD_SIZE = (38, 34)
# The arrows to the sides are the desk's.
_SLIDER_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down})


class _Speed(QSlider):
    """A slider whose upright arrow keys are its own while it has the focus."""

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _SLIDER_KEYS
            and event.modifiers()
            in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        ):
            event.accept()
            return True
        return super().event(event)


class PtzPanel(QWidget):
    """Moves the camera of the selected tile, or says why it cannot.

    `hold` (move, speed 0 to 1) and `release`, `stop` where everything shall stand still; presets by
    number: `preset_goto`, `preset_set` (index, name), `preset_rename` (index, name),
    `preset_delete`, `presets_ordered` (numbers), `presets_wanted` to ask for them again.
    """

    hold = Signal(object, float)
    release = Signal()
    stop = Signal()
    preset_goto = Signal(int)
    preset_set = Signal(int, str)
    preset_rename = Signal(int, str)
    preset_delete = Signal(int)
    presets_ordered = Signal(object)
    presets_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[PtzMove, HoldButton] = {}
        self._name = ""
        self._build()
        self._connect()
        self.show_presets((), range(0))
        self.show_round_trip(None)
        self.show_channel(None)

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(tokens.SPACE)
        head = QHBoxLayout()
        self._title = plain.label("", "heading")
        self._title.setMinimumWidth(0)
        head.addWidget(self._title, 1)
        self._head = head
        head.addWidget(plain.label(_("PTZ"), "dim"))
        column.addLayout(head)
        self._reason = plain.label("", "dim", wrap=True)
        column.addWidget(self._reason)
        self._controls = QWidget()
        controls = QVBoxLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        controls.setSpacing(tokens.SPACE)
        hands = QHBoxLayout()
        hands.addStretch(1)
        hands.addLayout(self._build_pad())
        hands.addStretch(1)
        hands.addLayout(self._build_lens())
        hands.addStretch(1)
        controls.addLayout(hands)
        controls.addLayout(self._build_speed())
        self._meter = plain.label("", "dim")
        self._meter.setFont(tokens.font(12, tabular=True))
        controls.addWidget(self._meter)
        column.addWidget(self._controls)
        self.presets = PresetBox()
        self.patrols = PatrolBox()
        self.more = QTabWidget()
        self.more.setDocumentMode(True)
        self.more.addTab(self.presets, _("Presets"))
        self.more.addTab(self.patrols, _("Patrols"))
        self.more.tabBar().setAccessibleName(_("Presets and patrols"))
        self.presets.count.setMinimumHeight(self.more.tabBar().sizeHint().height())
        self.more.setCornerWidget(self.presets.count)
        self.more.currentChanged.connect(lambda place: self.presets.count.setVisible(place == 0))
        column.addWidget(self.more, 1)
        column.addStretch(0)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumWidth(inner.minimumSizeHint().width())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _build_pad(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(tokens.GAP)
        for place, (move, icon, name) in enumerate(_PAD):
            button: QToolButton
            if move is None:
                button = self.stop_button = QToolButton()
                button.setIcon(icons.icon(icon))
                button.setToolTip(_(name))
                button.setAccessibleName(_(name))
            else:
                button = self._hold_button(move, icon, _(name))
            button.setFixedSize(*_PAD_SIZE)
            grid.addWidget(button, *divmod(place, 3))
        grid.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return grid

    def _build_speed(self) -> QHBoxLayout:
        row = QHBoxLayout()
        caption = plain.label(_("Speed"), "dim")
        self.speed = _Speed(Qt.Orientation.Horizontal)
        self.speed.setRange(1, 10)
        self.speed.setValue(5)
        self.speed.setPageStep(2)
        self.speed.setAccessibleName(_("Speed"))
        self._speed_text = plain.label("", "dim")
        self._speed_text.setFont(tokens.font(tabular=True))
        self._speed_text.setMinimumWidth(
            QFontMetrics(self._speed_text.font()).horizontalAdvance("100 %")
        )
        self._speed_text.setAlignment(Qt.AlignmentFlag.AlignRight)
        caption.setBuddy(self.speed)
        row.addWidget(caption)
        row.addWidget(self.speed, 1)
        row.addWidget(self._speed_text)
        return row

    def _build_lens(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(tokens.GAP)
        for row, (title, less, more, less_name, more_name) in enumerate(_LENS):
            grid.addWidget(plain.label(_(title), "dim"), row, 0)
            grid.addWidget(self._hold_button(less, "minus", _(less_name)), row, 1)
            grid.addWidget(self._hold_button(more, "plus", _(more_name)), row, 2)
        return grid

    def _hold_button(self, move: PtzMove, icon: str, name: str) -> HoldButton:
        button = HoldButton(icon, name)
        button.held.connect(lambda: self._on_held(move))
        button.let_go.connect(self.release)
        self._buttons[move] = button
        return button

    def _connect(self) -> None:
        self.stop_button.clicked.connect(self._stop)
        self.speed.valueChanged.connect(self._on_speed)
        self._on_speed()
        self.presets.goto.connect(self.preset_goto)
        self.presets.stored.connect(self.preset_set)
        self.presets.renamed.connect(self.preset_rename)
        self.presets.deleted.connect(self.preset_delete)
        self.presets.ordered.connect(self.presets_ordered)
        self.presets.wanted.connect(self.presets_wanted)

    def _on_held(self, move: PtzMove) -> None:
        # A key and the mouse may hold two: the newer one counts, and nothing is left turning.
        for other, button in self._buttons.items():
            if other is not move:
                button.release()
        self.hold.emit(move, self.share)

    def _on_speed(self) -> None:
        self._speed_text.setText(f"{self.speed.value() * 10} %")
        for move, button in self._buttons.items():
            if button.is_held:
                self.hold.emit(move, self.share)

    def _stop(self) -> None:
        self.release_all()
        self.stop.emit()

    @property
    def share(self) -> float:
        """The speed that is chosen, above 0 to 1."""
        return self.speed.value() / 10

    def add_action(self, action: QAction) -> None:
        """Puts a button for an action beside the camera's name."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setProperty("flat", "true")
        self._head.addWidget(button)

    def button(self, move: PtzMove) -> HoldButton:
        """The button of a movement."""
        return self._buttons[move]

    def show_channel(
        self, channel: Channel | None, moves: Collection[PtzMove] = (), reason: str = ""
    ) -> None:
        """What the channel can do; `reason` says what is missing where that is nothing."""
        self._name = channel.name if channel else _("No camera selected")
        self._title.setToolTip(plain.tip(self._name))
        self._elide()
        text = reason or ("" if channel else _("Select a tile to move its camera."))
        self._reason.setText(text)
        self._reason.setVisible(bool(text))
        self._controls.setVisible(bool(moves))
        for move, button in self._buttons.items():
            button.set_reason(
                ""
                if move in moves
                else _("{name}: this camera does not offer it.").format(
                    name=button.accessibleName()
                )
            )

    def show_round_trip(self, trip: RoundTrip | None) -> None:
        """How long the platform took to answer: the last time, and the middle of the newest."""
        text = ""
        if trip is not None:
            text = _("Answer in {last} ms, usually {median} ms").format(
                last=round(trip.last * 1000), median=round(trip.median * 1000)
            )
            told = _(
                "The time from sending a movement to the platform's answer, and the median of the "
                "last {n}."
            )
            self._meter.setToolTip(told.format(n=trip.count))
        self._meter.setText(text)
        self._meter.setVisible(bool(text))

    def show_presets(
        self,
        presets: Sequence[Preset],
        indexes: range,
        *,
        pictures: Mapping[int, QImage] | None = None,
        here: Collection[int] = (),
    ) -> None:
        """The presets that are set, of the numbers there are; an empty range hides the part."""
        self.more.setVisible(len(indexes) > 0)
        self.presets.show_presets(presets, indexes, pictures=pictures, here=here)

    def show_presets_loading(self) -> None:
        """Says that the presets are being asked for."""
        self.more.show()
        self.presets.show_loading()

    def show_presets_error(self, text: str) -> None:
        """Why the presets could not be had, with Retry."""
        self.more.show()
        self.presets.show_error(text)

    def release_all(self) -> None:
        """Lets go of whatever is held."""
        for button in self._buttons.values():
            button.release()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(tokens.font(semibold=True))
        room = self.width() - 24 - 44 - 34
        self._title.setText(
            metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, max(60, room))
        )
