"""The transport bar, the timeline's clicks and the calendar, bound to the selected tile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vsconsole.i18n import _
from vsconsole.ui.timeline.transport import Control
from vsconsole.ui.wall.session import Mode

if TYPE_CHECKING:
    from vsconsole.ui.desk.footage import FootageDesk
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.desk.playing import PlayingDesk
    from vsconsole.ui.desk.sync import SyncDesk
    from vsconsole.ui.main_window import MainWindow

_MEASURE_MS = 500
_AGAIN = timedelta(seconds=2)
_NEEDS_PLAYBACK = (
    Control.PREVIOUS,
    Control.BACK,
    Control.FRAME_BACK,
    Control.FRAME_ON,
    Control.ON,
    Control.NEXT,
    Control.SPEED,
)


class TransportDesk(QObject):
    """Every wish of the bar goes to the selected tile; its state comes back to the bar."""

    def __init__(
        self,
        window: MainWindow,
        pictures: PicturesDesk,
        playing: PlayingDesk,
        footage: FootageDesk,
        sync: SyncDesk,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pictures = pictures
        self._playing = playing
        self._footage = footage
        self._sync = sync
        self._measured: float | None = None
        self._beat = QTimer(self, interval=_MEASURE_MS)
        self._connect()
        self._beat.start()
        self._show()

    def _connect(self) -> None:
        bar, timeline = self._window.transport, self._window.timeline
        pictures, playing, act = self._pictures, self._playing, self._window.actions_
        bar.previous_requested.connect(self.previous)
        bar.next_requested.connect(self.next)
        bar.skip_requested.connect(playing.skip)
        bar.frame_requested.connect(playing.step)
        bar.play_requested.connect(playing.toggle)
        bar.pause_requested.connect(playing.toggle)
        bar.speed_requested.connect(playing.set_speed)
        bar.time_entered.connect(self.go_to)
        bar.store_chosen.connect(playing.set_store)
        bar.live_requested.connect(lambda: pictures.set_mode(Mode.LIVE))
        timeline.seek_requested.connect(self._seek)
        timeline.play_requested.connect(self._seek)
        timeline.scrubbed.connect(playing.seek)
        timeline.seek_refused.connect(self._window.notifier.info)
        timeline.store_requested.connect(lambda _key, store: playing.set_store(store))
        self._window.calendar.day_chosen.connect(self._day)
        act["previous"].triggered.connect(self.previous)
        act["next"].triggered.connect(self.next)
        act["range-begin"].triggered.connect(lambda: self._range(begins=True))
        act["range-end"].triggered.connect(lambda: self._range(begins=False))
        pictures.session_changed.connect(self._show)
        self._beat.timeout.connect(self._measure)

    def go_to(self, when: datetime) -> None:
        """Shows a moment in the selected tile, and on the timeline."""
        if self._pictures.steering is None:
            self._window.notifier.info(
                _("Nothing to play yet."), _("Double-click a camera in the tree first.")
            )
            return
        model = self._window.timeline_model
        if when not in model.span:
            self._window.timeline.center_on(when)
        model.set_playhead(when)
        self._playing.seek(when)

    def next(self) -> None:
        """The begin of the next recording."""
        self._jump(forward=True)

    def previous(self) -> None:
        """The begin of this recording, or of the one before."""
        self._jump(forward=False)

    def _jump(self, *, forward: bool) -> None:
        session, at = self._pictures.session, self._window.timeline_model.playhead
        if session is None or at is None:
            return
        if not forward:
            # Pressed again right after a jump, it goes on to the one before.
            at -= _AGAIN

        def found(when: datetime | None) -> None:
            if self._pictures.session is not session:
                return
            if when is not None:
                self.go_to(when)
                return
            self._window.notifier.info(
                _("No later recording within a month.")
                if forward
                else _("No earlier recording within a month."),
                _("Choose another month in the calendar to look further."),
            )

        self._footage.neighbour(at, found, forward=forward)

    def _seek(self, when: datetime, asked: datetime) -> None:
        if self._sync.together:
            when = self._sync.landing(asked)
        if when != asked:
            self._pictures.tell_gap(asked, when, self._window.timeline_model.zone)
        self._playing.seek(when)

    def _day(self, day: date) -> None:
        """A day chosen in the calendar: shown from its first footage on."""
        session = self._pictures.session
        if session is not None:
            self._footage.first_of(day, self._on_first(session))

    def _on_first(self, session: object) -> Callable[[datetime], None]:
        def play(when: datetime) -> None:
            if self._pictures.session is session:
                self.go_to(when)

        return play

    def _range(self, *, begins: bool) -> None:
        model = self._window.timeline_model
        at = model.playhead
        if at is None:
            return
        if begins:
            model.range_from(at)
        else:
            model.range_until(at)

    def _show(self) -> None:
        bar, session = self._window.transport, self._pictures.session
        steering = self._pictures.steering
        bar.set_playing(steering is not None and steering.playing)
        reason = ""
        if steering is None:
            reason = _("Select a tile with a camera first.")
        elif session is not None and session.mode is Mode.LIVE and not self._sync.together:
            reason = _("This tile shows the live picture; switch to Playback first.")
        if steering is None or reason:
            bar.speed.set_offered(None)
            bar.speed.set_speed(1)
        else:
            bar.speed.set_offered(frozenset(steering.speeds))
            bar.speed.set_speed(steering.speed)
        self._measured = None
        bar.speed.set_measured(None)
        self._measure()
        # The speed's own hint would stand over why it cannot be changed.
        for control in _NEEDS_PLAYBACK:
            bar.set_reason(control, reason)

    def _measure(self) -> None:
        """The speed of the picture changes without anybody telling."""
        steering = self._pictures.steering
        if steering is not None:
            measured = steering.speed_measured
            if measured != self._measured:
                self._measured = measured
                self._window.transport.speed.set_measured(measured)
