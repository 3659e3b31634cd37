"""A player that can play backwards what lies on disk: another's pictures, or a backward run's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.playback import MediaSource
from vsconsole.media.thumbs import Still
from vsconsole.player.backend import (
    ForwardPlayer,
    Frame,
    PlaybackSource,
    PlayerListener,
    PlayerState,
    PlayerStats,
)
from vsconsole.player.backward_run import BackwardRun

_JUST_BEFORE = timedelta(milliseconds=2)


class Reversible:
    """See `backend.Player`; all but `reverse` is `inner`'s.

    While a run is on, `inner` stands paused and what it says is not passed on. At the run's end it
    is sent to the last picture, which stays on screen until that has come.
    """

    def __init__(
        self, listener: PlayerListener, make: Callable[[PlayerListener], ForwardPlayer]
    ) -> None:
        self._listener = listener
        # Guards all that follows.
        self._lock = threading.Lock()
        self._run: BackwardRun | None = None
        self._ended: list[BackwardRun] = []
        self._source: PlaybackSource | None = None
        self._state = PlayerState.IDLE
        self._returning = False
        self._stepping = 0
        self._forward_only: PlaybackSource | None = None
        self._error: ConsoleError | None = None
        self._frame: Frame | None = None
        self._numbers = 0
        self._inner_frame: tuple[Frame | None, Frame | None] = (None, None)
        self._inner = make(self)

    # Told by `inner`, on any thread

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        with self._lock:
            if self._run is not None:
                return
            self._returning = False
            if not state.busy:
                self._frame = None
        self._listener.on_state(state, error)

    def on_frame(self) -> None:
        with self._lock:
            if self._run is not None:
                return
        self._listener.on_frame()

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        self._listener.on_gap(asked, shown)

    # What anyone may ask

    @property
    def state(self) -> PlayerState:
        with self._lock:
            if self._run is not None or self._returning:
                return self._state
        return self._inner.state

    @property
    def error(self) -> ConsoleError | None:
        with self._lock:
            if self._run is not None:
                return self._error
        return self._inner.error

    @property
    def live(self) -> bool:
        return self._inner.live

    @property
    def speed(self) -> float:
        with self._lock:
            run = self._run
        return self._inner.speed if run is None else -run.speed

    @property
    def speeds(self) -> Sequence[float]:
        return self._inner.speeds

    @property
    def speed_measured(self) -> float | None:
        with self._lock:
            run = self._run
        return self._inner.speed_measured if run is None else run.speed_measured()

    @property
    def settled(self) -> bool:
        with self._lock:
            if self._run is not None:
                return not self._state.busy
        return self._inner.settled

    def position(self) -> datetime | None:
        frame = self._of_run()
        return self._inner.position() if frame is None else frame.when

    def frame(self) -> Frame | None:
        frame = self._of_run()
        if frame is not None:
            return frame
        inner = self._inner.frame()
        with self._lock:
            if inner is not self._inner_frame[0]:
                # Numbers go on rising over both kinds of pictures.
                self._numbers += 1
                shown = None if inner is None else replace(inner, number=self._numbers)
                self._inner_frame = (inner, shown)
            return self._inner_frame[1]

    def _of_run(self) -> Frame | None:
        """The run's picture, as long as it is the newest."""
        settled = self._inner.settled
        with self._lock:
            if self._run is None and settled:
                self._frame = None
            return self._frame

    def stats(self) -> PlayerStats:
        return self._inner.stats()

    # What anyone may order

    def reverse(self, at: datetime, speed: float) -> None:
        self._begin_run(at, speed, stepping=0)

    def _begin_run(self, at: datetime, speed: float, *, stepping: int) -> None:
        """A run to play, or one that goes back by `stepping` pictures at first."""
        self._end_run()
        self._inner.pause()
        with self._lock:
            source = self._source
            if source is None:
                return
            self._stepping = stepping
            self._state, self._error = PlayerState.SEEKING, None
            run = BackwardRun(
                source,
                at,
                speed,
                lambda still, when: self._on_picture(run, still, when),
                lambda state, error: self._on_told(run, state, error),
                self._listener.on_gap,
            )
            self._run = run
        self._listener.on_state(PlayerState.SEEKING, None)
        if stepping:
            run.step(stepping)
        run.start()

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        self._forget(None)
        self._inner.play_live(open)

    def switch_live(self, open: Callable[[], MediaSource]) -> None:
        self._forget(None)
        self._inner.switch_live(open)

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        self._forget(source)
        self._inner.play(source, at, paused=paused)

    def seek(self, when: datetime) -> None:
        self._end_run()
        self._inner.seek(when)

    def pause(self) -> None:
        with self._lock:
            stands = self._run is not None and bool(self._stepping)
        if not stands and not self._go_on_forward():
            self._inner.pause()

    def resume(self) -> None:
        with self._lock:
            run, stepping = self._run, bool(self._stepping)
        if run is None:
            self._inner.resume()
        elif stepping:
            self._go_on_forward()
            self._inner.resume()
        else:
            run.go()

    def step(self, frames: int) -> None:
        with self._lock:
            run, stepping, source = self._run, bool(self._stepping), self._source
            forward_only = source is None or source is self._forward_only
            self._stepping -= min(0, frames) if run is not None and stepping else 0
        if frames < 0 and run is not None and stepping:
            run.step(-frames)
        elif run is not None:
            self._go_on_forward(frames)
        elif frames < 0 and not forward_only and not self._inner.live and self._steps_back(frames):
            return
        else:
            self._inner.step(frames)

    def _steps_back(self, frames: int) -> bool:
        """Begins to step back from the picture on screen, by pictures decoded together."""
        at = self._inner.position() if self._inner.settled else None
        if at is None:
            return False  # its way leads elsewhere first
        self._begin_run(at - _JUST_BEFORE, 1.0, stepping=-frames)
        return True

    def set_speed(self, speed: float) -> None:
        with self._lock:
            going = self._run is not None and self._run.going
        self._go_on_forward()
        self._inner.set_speed(speed)
        if going:
            self._inner.resume()

    def trim(self, factor: float) -> None:
        self._inner.trim(factor)

    def set_audible(self, audible: bool) -> None:
        self._inner.set_audible(audible)

    def stop(self) -> None:
        self._forget(None)
        self._inner.stop()

    def close(self) -> None:
        self._forget(None)
        self._inner.close()

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for the threads of its runs to be gone, after `close`."""
        with self._lock:
            ended, self._ended = self._ended, []
        for run in ended:
            run.join(seconds)

    def _forget(self, source: PlaybackSource | None) -> None:
        self._end_run()
        with self._lock:
            self._source, self._frame, self._forward_only = source, None, None

    def _end_run(self) -> None:
        with self._lock:
            run, self._run = self._run, None
            self._stepping = 0
            if run is not None:
                self._ended = [run]
        if run is not None:
            run.end()

    def _go_on_forward(self, frames: int = 0) -> bool:
        """Ends a run, `inner` on its way to its picture or `frames` on; whether there was one."""
        with self._lock:
            run, frame = self._run, self._frame
        if run is None:
            return False
        self._end_run()
        if frame is None or frame.when is None:
            self._listener.on_state(self._inner.state, self._inner.error)
            return True
        with self._lock:
            self._state, self._returning = PlayerState.SEEKING, True
        self._listener.on_state(PlayerState.SEEKING, None)
        self._inner.seek(frame.when + frames * timedelta(seconds=run.period))
        return True

    # Told by a run, on its threads

    def _on_picture(self, run: BackwardRun, still: Still, when: datetime) -> None:
        with self._lock:
            if run is not self._run:
                return
            self._numbers += 1
            self._frame = Frame(
                width=still.width,
                height=still.height,
                stride=still.stride,
                data=memoryview(still.bgra),
                number=self._numbers,
                when=when,
            )
        self._listener.on_frame()

    def _on_told(self, run: BackwardRun, state: PlayerState, error: ConsoleError | None) -> None:
        with self._lock:
            if run is not self._run:
                return
            steps = self._stepping if state is PlayerState.FAILED else 0
            if steps:
                # A stream: the forward player steps back by seeking.
                self._run, self._forward_only = None, self._source
            else:
                self._state, self._error = state, error
        if steps:
            self._inner.step(-steps)
            return
        if state is PlayerState.ENDED and self._stepping:
            state = self._state = PlayerState.PAUSED  # at the first picture there is
        self._listener.on_state(state, error)
