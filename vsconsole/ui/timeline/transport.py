"""The transport bar: playing, speed, the playback clock, the time box, the range."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum, IntEnum

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from vsconsole.domain import days
from vsconsole.domain.model import Store, now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import N_, _, language
from vsconsole.ui import icons, tokens
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.legend import Legend
from vsconsole.ui.timeline.speed import SpeedButton
from vsconsole.ui.timeline.store_button import StoreButton
from vsconsole.ui.timeline.time_box import RangeFields, TimeBox


class Control(Enum):
    """What can be pressed; used to say why something cannot, and which key does the same."""

    PREVIOUS = "previous"
    BACK = "back"
    FRAME_BACK = "frame-back"
    PLAY = "play"
    FRAME_ON = "frame-on"
    ON = "on"
    NEXT = "next"
    SPEED = "speed"
    LIVE = "live"
    EXPORT = "export"


SKIP_SECONDS = 10.0

_NAMES = {
    Control.PREVIOUS: N_("Previous recording"),
    Control.BACK: N_("Back 10 s"),
    Control.FRAME_BACK: N_("One frame back"),
    Control.PLAY: N_("Play"),
    Control.FRAME_ON: N_("One frame on"),
    Control.ON: N_("On 10 s"),
    Control.NEXT: N_("Next recording"),
    Control.SPEED: N_("Speed of playback"),
    Control.LIVE: N_("Go to live"),
    Control.EXPORT: N_("Export the selected range"),
}
_ICONS = {
    Control.PREVIOUS: "skip-back",
    Control.FRAME_BACK: "chevron-left",
    Control.PLAY: "play",
    Control.FRAME_ON: "chevron-right",
    Control.NEXT: "skip-forward",
}
_BUTTONS = (
    Control.PREVIOUS,
    Control.BACK,
    Control.FRAME_BACK,
    Control.PLAY,
    Control.FRAME_ON,
    Control.ON,
    Control.NEXT,
)


_SAMPLE = "0000-00-00 00:00:00"
_WITHOUT_YEAR = 14


class _Squeeze(IntEnum):
    """What is left out where the bar is narrow, in this order."""

    NOTHING = 0
    NOTE = 1
    BOX = 2
    LIVE = 3
    LEGEND = 4
    NO_NOTE = 5
    EXPORT = 6
    SKIPS = 7
    YEAR = 8
    FRAMES = 9
    LENGTH = 10
    NO_LEGEND = 11


class TransportBar(QWidget):
    """Buttons and fields; every wish leaves as a signal, every state comes in by a setter."""

    previous_requested = Signal()
    next_requested = Signal()
    skip_requested = Signal(float)
    """Seconds to go on by, negative to go back."""
    frame_requested = Signal(int)
    """+1 for the next frame, -1 for the one before."""
    play_requested = Signal()
    pause_requested = Signal()
    speed_requested = Signal(float)
    time_entered = Signal(object)
    """The instant typed into the time box, in UTC."""
    store_chosen = Signal(object)
    """The Store to play from."""
    range_edited = Signal(object)
    """The Span typed, None when the range was cleared."""
    export_requested = Signal(object)
    """The selected Span."""
    live_requested = Signal()
    zoom_requested = Signal(object)
    """The selected Span, to be shown over the whole width."""
    bookmark_requested = Signal(object)
    """The selected Span, to be kept as a bookmark."""

    def __init__(
        self, *, clock: Callable[[], datetime] = now, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone = "UTC"
        self._when: datetime | None = None
        self._range: Span | None = None
        self._fine = False
        self._playing = False
        self._reasons: dict[Control, str] = {}
        self._keys: Mapping[Control, str] = {}
        self._shown = ("", "")
        self._year = True
        self._fitted: tuple[object, ...] = ()
        self._levels: dict[tuple[object, ...], int] = {}
        self._level = -1
        self._build(clock)
        self._connect()
        self.retranslate()

    def _build(self, clock: Callable[[], datetime]) -> None:
        self.buttons: dict[Control, QAbstractButton] = {}
        for control in _BUTTONS:
            button = QToolButton()
            button.setProperty("flat", control is not Control.PLAY)
            button.setFixedSize(tokens.BUTTON + (12 if control not in _ICONS else 2), tokens.BUTTON)
            self.buttons[control] = button
        self.buttons[Control.BACK].setText(f"\u2212{SKIP_SECONDS:g}")
        self.buttons[Control.ON].setText(f"+{SKIP_SECONDS:g}")
        for control in (Control.FRAME_BACK, Control.FRAME_ON, Control.BACK, Control.ON):
            self.buttons[control].setAutoRepeat(True)
        self.speed = SpeedButton()
        self.buttons[Control.SPEED] = self.speed
        self.clock = QLabel()
        self.clock.setFont(tokens.font(tokens.CLOCK_PX, semibold=True, tabular=True))
        self.clock.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QLabel()
        self.note.setProperty("role", "dim")
        self.box = TimeBox(clock=clock)
        self.stores = StoreButton()
        self.live = QPushButton()
        self.live.setIcon(icons.icon("radio"))
        self.buttons[Control.LIVE] = self.live
        self.legend = Legend()
        self.fields = RangeFields(clock=clock)
        self.export = QPushButton()
        self.export.setIcon(icons.icon("download"))
        self.buttons[Control.EXPORT] = self.export
        self._lay_out()
        self._show_icons()

    def _lay_out(self) -> None:
        whole = QHBoxLayout(self)
        whole.setContentsMargins(8, 5, 8, 5)
        # The bar shrinks by leaving things out, see `_fit`; it never widens its window.
        whole.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        whole.setSpacing(tokens.GAP)
        for control in _BUTTONS:
            whole.addWidget(self.buttons[control])
        whole.addSpacing(tokens.GAP)
        whole.addWidget(self.speed)
        whole.addSpacing(tokens.SPACE)
        left: tuple[QWidget, ...] = (self.clock, self.note, self.stores)
        for widget in left:
            whole.addWidget(widget)
            whole.addSpacing(tokens.GAP)
        whole.addWidget(self.box, 1)
        whole.addSpacing(tokens.SPACE)
        right: tuple[QWidget, ...] = (self.legend, self.fields, self.export, self.live)
        for widget in right:
            whole.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        presses: dict[Control, Callable[[], None]] = {
            Control.PREVIOUS: self.previous_requested.emit,
            Control.BACK: lambda: self.skip_requested.emit(-SKIP_SECONDS),
            Control.FRAME_BACK: lambda: self.frame_requested.emit(-1),
            Control.PLAY: self._toggle,
            Control.FRAME_ON: lambda: self.frame_requested.emit(1),
            Control.ON: lambda: self.skip_requested.emit(SKIP_SECONDS),
            Control.NEXT: self.next_requested.emit,
            Control.LIVE: self.live_requested.emit,
            Control.EXPORT: self._export,
        }
        for control, act in presses.items():
            # The checked state that comes along is of no use here.
            self.buttons[control].clicked.connect(lambda _checked=False, act=act: act())
        self.speed.chosen.connect(self.speed_requested)
        self.box.entered.connect(self.time_entered)
        self.fields.edited.connect(self.range_edited)
        self.fields.zoom_asked.connect(self.zoom_requested)
        self.fields.bookmark_asked.connect(self.bookmark_requested)
        self.box.problem_changed.connect(self._fit)
        self.fields.problem_changed.connect(self._fit)
        self.stores.chosen.connect(self.store_chosen)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Playback"))
        self.clock.setAccessibleName(_("Time of the picture"))
        for part in (self.legend, self.box, self.fields, self.speed, self.stores):
            part.retranslate()
        self._shown, self._fitted = ("", ""), ()
        self._levels.clear()
        self._show_hints()
        self._show_clock()

    def set_playing(self, playing: bool) -> None:
        """Whether the picture runs; the button in the middle offers the other."""
        if playing != self._playing:
            self._playing = playing
            self._show_icons()
            self._show_hints()

    def set_clock(self, when: datetime | None, zone: str) -> None:
        """The wall-clock time of the picture on screen in the channel's zone; None without one."""
        if (when, zone) != (self._when, self._zone):
            moved = zone != self._zone
            self._when, self._zone = when, zone
            self._show_clock()
            if moved:
                self.fields.set_range(self._range, zone, fine=self._fine)

    def set_range(self, span: Span | None, *, fine: bool = False) -> None:
        """The selected range, None without one; `fine` where it can be cut at a frame."""
        self._range, self._fine = span, fine
        self.fields.set_range(span, self._zone, fine=fine)
        self._show_hints()
        self._fit()

    def set_stores(self, stores: Sequence[Store], current: Store | None) -> None:
        """The stores to choose from; the chooser is there only where there are several."""
        self.stores.set_stores(stores, current)
        self._fit()

    def set_reason(self, control: Control, reason: str) -> None:
        """Why a control cannot work here, shown as its hint; an empty reason makes it work."""
        self._reasons[control] = reason
        self._show_hints()

    def set_keys(self, keys: Mapping[Control, str]) -> None:
        """The keys that do the same, for the hints."""
        self._keys = dict(keys)
        self._show_hints()

    def go_to_time(self) -> None:
        """Puts the cursor into the time box."""
        self.box.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.edit.selectAll()

    def _toggle(self) -> None:
        (self.pause_requested if self._playing else self.play_requested).emit()

    def _export(self) -> None:
        if self._range is not None:
            self.export_requested.emit(self._range)

    def _show_icons(self) -> None:
        for control, icon in _ICONS.items():
            name = "pause" if control is Control.PLAY and self._playing else icon
            tint = "accent" if control is Control.PLAY and self._playing else "text"
            self.buttons[control].setIcon(icons.icon(name, tint))

    def _show_hints(self) -> None:
        for control, button in self.buttons.items():
            name = _(_NAMES[control])
            if control is Control.PLAY and self._playing:
                name = _("Pause")
            reason = self._reasons.get(control, "")
            if control is Control.EXPORT and self._range is None:
                reason = reason or _("Select a range first: hold Ctrl and drag on the timeline.")
            key = self._keys.get(control, "")
            button.setEnabled(not reason)
            button.setToolTip(f"{name}: {reason}" if reason else f"{name} ({key})" if key else name)
            button.setAccessibleName(name)

    def _show_clock(self) -> None:
        """Called for each picture, so nothing is done that would show nothing."""
        text = "\u2013\u2013:\u2013\u2013:\u2013\u2013"
        if self._when is not None:
            text = texts.stamp(self._when, self._zone)
        if (text, self._zone) == self._shown:
            return
        self._shown = (text, self._zone)
        self.clock.setText(text if self._year else text[-_WITHOUT_YEAR:])
        day = days.day_of(self._when, self._zone) if self._when else None
        self.box.set_context(self._zone, day)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(1200, tokens.BUTTON + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, tokens.BUTTON + 10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._levels.clear()
        self._fit()

    def _show_year(self, *, shown: bool) -> None:
        """The clock with its year, or without it where there is no room."""
        self._year = shown
        text = self._shown[0]
        self.clock.setText(text if shown else text[-_WITHOUT_YEAR:])
        # As wide as any time, so that nothing beside it moves while it runs.
        sample = _SAMPLE if shown else _SAMPLE[-_WITHOUT_YEAR:]
        width = QFontMetricsF(self.clock.font()).horizontalAdvance(sample)
        self.clock.setMinimumWidth(round(width) + 2)

    def _fit(self) -> None:
        """Leaves words out, the least needed first, until everything has its room."""
        layout = self.layout()
        wants = (
            self.width(),
            language(),
            self._note_text(short=False),
            self.stores.text() if not self.stores.isHidden() else None,
            self.fields.sizeHint().width() if not self.fields.isHidden() else None,
            self.box.problem.isHidden(),
            self.speed.sizeHint().width(),
        )
        if layout is None or wants == self._fitted:
            return
        self._fitted = wants
        level = self._levels.get(wants)
        if level is None:
            # Each try lays everything out anew: as few as can be.
            level = bisect_left(range(len(_Squeeze) - 1), True, key=self._has_room)
            self._levels[wants] = level
            if level == self._level:
                return
        self._squeeze(level)

    def _has_room(self, level: int) -> bool:
        self._squeeze(level)
        layout = self.layout()
        return layout is None or layout.minimumSize().width() <= self.width()

    def _squeeze(self, level: int) -> None:
        self._level = level
        self.legend.set_compact(level >= _Squeeze.LEGEND)
        self.legend.setVisible(level < _Squeeze.NO_LEGEND)
        self.note.setText(self._note_text(short=level >= _Squeeze.NOTE))
        self.note.setVisible(level < _Squeeze.NO_NOTE)
        self.export.setText("" if level >= _Squeeze.EXPORT else _("Export"))
        self._show_year(shown=level < _Squeeze.YEAR)
        self.live.setText("" if level >= _Squeeze.LIVE else _("Live"))
        self.box.edit.fit(9 if level >= _Squeeze.BOX else 16)
        for control in (Control.BACK, Control.ON):
            self.buttons[control].setVisible(level < _Squeeze.SKIPS)
        for control in (Control.FRAME_BACK, Control.FRAME_ON):
            self.buttons[control].setVisible(level < _Squeeze.FRAMES)
        self.fields.length.setVisible(level < _Squeeze.LENGTH)
        # Layouts within tell of their new sizes later; they are needed now.
        for part in (self.box, self.fields, self):
            layout = part.layout()
            if layout is not None:
                layout.invalidate()
                layout.activate()

    def _note_text(self, *, short: bool) -> str:
        if self._when is None:
            return "" if short else _("no picture")
        offset = texts.offset_text(self._when, self._zone)
        return offset if short else _("{offset} · shown by the picture").format(offset=offset)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
