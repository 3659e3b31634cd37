"""What the bar and the keys order of what is played: seeking, stepping, speed, another store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vsconsole.domain.model import Store
from vsconsole.i18n import _
from vsconsole.ui.wall.session import Mode

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow

_CLOCK_MS = 40


class PlayingDesk(QObject):
    """Every order goes to the selected tile, or to all it plays together with.

    The playhead of the timeline follows the picture.
    """

    def __init__(self, window: MainWindow, pictures: PicturesDesk) -> None:
        super().__init__(window)
        self._window = window
        self._pictures = pictures
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._connect()
        self._clock.start()

    def _connect(self) -> None:
        act = self._window.actions_
        self._clock.timeout.connect(self._follow)
        act["toggle-play"].triggered.connect(self.toggle)
        act["normal"].triggered.connect(self.normal_speed)
        act["faster"].triggered.connect(lambda: self.change_speed(1))
        act["reverse"].triggered.connect(lambda: self.set_speed(-1))
        act["slower"].triggered.connect(lambda: self.change_speed(-1))
        act["frame-on"].triggered.connect(lambda: self.step(1))
        act["frame-back"].triggered.connect(lambda: self.step(-1))
        for seconds in (1, 5, 60):
            act[f"on-{seconds}"].triggered.connect(lambda _on=False, s=seconds: self.skip(s))
            act[f"back-{seconds}"].triggered.connect(lambda _on=False, s=seconds: self.skip(-s))

    def close(self) -> None:
        """Follows no picture any more."""
        self._clock.stop()

    def seek(self, when: datetime) -> None:
        """Shows `when`."""
        if self._pictures.steering is not None:
            self._pictures.steering.seek(when)
            self._pictures.show_mode()

    def skip(self, seconds: float) -> None:
        """Goes on (or back) from the picture on screen."""
        at = self._playing_at()
        if at is not None:
            self.seek(at + timedelta(seconds=seconds))

    def step(self, frames: int) -> None:
        """One frame on or back."""
        if self._pictures.steering is not None:
            self._pictures.steering.step(frames)

    def toggle(self) -> None:
        """Plays where it is paused, pauses where it plays."""
        if self._pictures.steering is not None:
            self._pictures.steering.toggle()

    def normal_speed(self) -> None:
        """Pauses at normal speed, else goes back to normal speed."""
        steering = self._pictures.steering
        if steering is not None and (steering.speed == 1 or steering.speed < 0):
            steering.toggle()
        elif steering is not None:
            steering.set_speed(1)

    def change_speed(self, step: int) -> None:
        """The next faster or slower speed that is offered."""
        steering = self._pictures.steering
        if steering is None or not steering.speeds:
            return
        speeds = sorted(steering.speeds)
        if steering.reverses:
            speeds = [-speed for speed in reversed(speeds) if speed >= 1] + speeds
        near = min(range(len(speeds)), key=lambda i: abs(speeds[i] - steering.speed))
        self.set_speed(speeds[min(max(near + step, 0), len(speeds) - 1)])

    def set_speed(self, speed: float) -> None:
        """Plays at `speed`, below zero backwards where that can be done; else it says why not."""
        steering = self._pictures.steering
        if steering is None:
            return
        if speed < 0 and not steering.reverses:
            self._window.notifier.info(
                _("This cannot be played backwards."),
                _("Only recordings on this computer can; a stream comes forward only."),
            )
            return
        steering.set_speed(speed)

    def set_store(self, store: Store) -> None:
        """Plays the same moment from another store."""
        session = self._pictures.session
        if session is None or session.store is store:
            return
        at = session.position() or self._playing_at() or self._window.timeline_model.playhead
        session.store = store
        if session.mode is Mode.PLAYBACK and at is not None:
            session.play_at(at, store)
        self._pictures.tell_lanes()

    def _playing_at(self) -> datetime | None:
        session = self._pictures.session
        if session is None or session.mode is not Mode.PLAYBACK or self._pictures.steering is None:
            return None
        return (
            self._pictures.steering.position()
            or session.position()
            or self._window.timeline_model.playhead
        )

    def _follow(self) -> None:
        """The playhead shows the time of the picture, never a timer's."""
        where = self._pictures.steering.position() if self._pictures.steering is not None else None
        if where is not None:
            self._window.timeline_model.set_playhead(where)
