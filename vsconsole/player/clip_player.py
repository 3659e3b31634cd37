"""The player: what may be asked of it and ordered, and what it is put together from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.playback import MediaSource
from vsconsole.player.backend import (
    Frame,
    PlaybackSource,
    PlayerListener,
    PlayerState,
    PlayerStats,
)
from vsconsole.player.chain import Chain
from vsconsole.player.commands import Commands
from vsconsole.player.decks import Deck, DeckEvents
from vsconsole.player.landing import Landing
from vsconsole.player.live_change import LiveChange
from vsconsole.player.navigator import Navigator
from vsconsole.player.opener import Opener
from vsconsole.player.pieces import BridgePiece, OpenStream, Shelf
from vsconsole.player.slots import Slot, Slots
from vsconsole.player.state import Course, Screen
from vsconsole.player.watch import Watch

_SEEK_EVERY = 0.2
_DOUBT_SECONDS = 1.0
_STEP_PATIENCE = 0.25
_LARGEST_TRIM = 0.05
_SHOWS = (PlayerState.PLAYING, PlayerState.PAUSED)


class ClipPlayer:
    """See `backend.ForwardPlayer`; several decks (`Slots`): a medium is ready before its turn.

    Orders are carried out here, on the command thread. Each part knows only those named before it:
    `Screen`, `Slots`, `Course` (the state) and `Commands` (the thread), `Opener`, `Chain`,
    `Navigator`, `LiveChange`, `Watch`, `Landing`.
    """

    def __init__(
        self,
        listener: PlayerListener,
        make_deck: Callable[[DeckEvents], Deck],
        open_stream: OpenStream | None,
    ) -> None:
        self._shelf = shelf = Shelf()
        self._screen = screen = Screen(listener)
        self._slots = slots = Slots(screen.lock, lambda: make_deck(self._landing))
        self._course = course = Course()
        self._opener = opener = Opener(listener, screen, slots, course, shelf, open_stream)
        self._commands = commands = Commands(
            busy=lambda: course.busy, tick=self._tick, fail=opener.fail, finish=self._finish
        )
        chain = Chain(listener, screen, slots, course, commands, opener, shelf, open_stream)
        self._navigator = navigator = Navigator(screen, slots, course, opener, chain)
        self._change = change = LiveChange(screen, slots, course, commands, opener, open_stream)
        self._watch = watch = Watch(
            screen, slots, course, opener, chain, navigator, change, open_stream
        )
        self._landing = Landing(listener, screen, slots, course, commands, opener, chain, watch)
        # The newest seek that waits. Guarded by the screen's lock.
        self._wanted: datetime | None = None
        # Orders to play, step or stop that wait. Guarded by it, too.
        self._waiting = 0
        # The command thread's own.
        self._last_seek = 0.0
        self._trimmed: tuple[Slot | None, float] = (None, 1.0)

    # What anyone may ask

    @property
    def state(self) -> PlayerState:
        with self._screen.lock:
            return self._screen.state

    @property
    def error(self) -> ConsoleError | None:
        with self._screen.lock:
            return self._screen.error

    @property
    def live(self) -> bool:
        with self._screen.lock:
            return self._screen.live

    @property
    def speed(self) -> float:
        with self._screen.lock:
            return self._screen.speed

    @property
    def speeds(self) -> Sequence[float]:
        with self._screen.lock:
            return self._screen.speeds

    @property
    def speed_measured(self) -> float | None:
        return self._screen.speed_measured()

    @property
    def settled(self) -> bool:
        with self._screen.lock:
            waiting = self._wanted is not None or self._waiting or self._screen.state.busy
            # The picture of the seek before may have come while this one's is on its way.
            under_way = self._course.seeking and self._screen.state in _SHOWS
            return not waiting and not under_way

    def position(self) -> datetime | None:
        with self._screen.lock:
            return self._screen.position

    def frame(self) -> Frame | None:
        with self._screen.lock:
            return self._screen.frame

    def stats(self) -> PlayerStats:
        screen = self._screen
        with screen.lock:
            front, known = self._front, screen.deck_stats
            frame, shown, reopened = screen.frame, screen.frames_of_media, screen.reopened
            piece = front.piece if front else None
            media_ms = front.media_ms if front else 0.0
            refused = screen.refused
        own = piece.bytes_read() if piece else 0
        return PlayerStats(
            width=frame.width if frame else known.width,
            height=frame.height if frame else known.height,
            frames_per_second=known.frames_per_second,
            video=known.video,
            audio=known.audio,
            protocol=piece.source.protocol.value if piece else "",
            frames_shown=shown,
            frames_lost=known.lost,
            bytes_read=own or known.bytes_read,
            reopened=reopened,
            delay=piece.delay(media_ms) if piece else None,
            buffered=piece.buffered(media_ms) if piece else None,
            speed_refused=refused,
        )

    # What anyone may order

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        self._start(lambda: self._do_play_live(open))

    def switch_live(self, open: Callable[[], MediaSource]) -> None:
        self._commands.post(lambda: self._do_switch_live(open))

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        self._start(lambda: self._do_play(source, at, paused))

    def seek(self, when: datetime) -> None:
        with self._screen.lock:
            waiting, self._wanted = self._wanted is not None, when
        if not waiting:
            self._commands.post(self._do_wanted_seek)

    def pause(self) -> None:
        self._order(lambda: self._do_pause(True))

    def resume(self) -> None:
        self._order(lambda: self._do_pause(False))

    def step(self, frames: int) -> None:
        self._order(lambda: self._do_step(frames))

    def set_speed(self, speed: float) -> None:
        self._order(lambda: self._do_speed(speed))

    def trim(self, factor: float) -> None:
        self._commands.post(lambda: self._do_trim(factor))

    def set_audible(self, audible: bool) -> None:
        self._commands.post(lambda: self._do_audible(audible))

    def stop(self) -> None:
        self._start(self._do_stop)

    def close(self) -> None:
        self._commands.close(self._do_stop)

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for a closed player's thread to be gone."""
        self._commands.join(seconds)

    def _start(self, command: Callable[[], None]) -> None:
        """Calls off whatever is being opened, then does `command`."""
        with self._screen.lock:
            self._wanted = None
        self._commands.call_off()
        self._order(command)

    def _order(self, command: Callable[[], None]) -> None:
        """Has `command` done; the player is not settled until it is."""
        with self._screen.lock:
            self._waiting += 1

        def do() -> None:
            try:
                command()
            finally:
                with self._screen.lock:
                    self._waiting -= 1

        self._commands.post(do)

    # On the command thread

    @property
    def _front(self) -> Slot | None:
        """What is on screen."""
        return self._slots.front

    def _tick(self) -> None:
        now = time.monotonic()
        with self._screen.lock:
            wanted = self._wanted
        if wanted is not None:
            self._do_wanted_seek()
            return
        self._watch.look(now)

    def _finish(self) -> None:
        self._slots.close()
        self._shelf.close()

    def _do_play_live(self, open: Callable[[], MediaSource]) -> None:
        self._opener.leave()
        self._change.forget()
        self._course.open_live = open
        with self._screen.lock:
            self._screen.live = True
        self._screen.set_state(PlayerState.CONNECTING)
        self._opener.connect_live()

    def _do_switch_live(self, open: Callable[[], MediaSource]) -> None:
        front, course = self._front, self._course
        shown = front is not None and front.piece is not None and front.piece.live
        if shown and course.open_live is not None and not course.seeking and not course.paused:
            self._change.order(open)
        else:
            self._do_play_live(open)

    def _do_play(self, source: PlaybackSource, at: datetime, paused: bool) -> None:
        self._trimmed = (None, 1.0)
        self._opener.leave()
        self._course.source = source
        self._course.paused = paused
        self._screen.set_state(PlayerState.CONNECTING)
        self._navigator.go(at)

    def _do_wanted_seek(self) -> None:
        lock = self._screen.lock
        with lock:
            wanted = self._wanted
        if wanted is None or self._course.source is None:
            with lock:
                self._wanted = None
            return
        if time.monotonic() - self._last_seek < _SEEK_EVERY:
            return  # the tick does it when its time has come
        # Before the order is taken: at no moment it looks carried out.
        self._screen.set_state(PlayerState.SEEKING)
        with lock:
            wanted, self._wanted = self._wanted, None
        assert wanted is not None
        self._last_seek = time.monotonic()
        self._course.tries = 0
        self._untrim()
        self._navigator.go(wanted)

    def _do_pause(self, paused: bool) -> None:
        screen, course = self._screen, self._course
        if paused == course.paused or not course.busy:
            return
        course.paused, course.unchecked, course.at_target = paused, False, False
        front = self._front
        if front is None or front.piece is None or screen.state.busy:
            for slot in (front, self._slots.loading):
                if slot is not None:
                    self._opener.hold(slot)
            return  # carried out when the picture is there
        if not paused and front.piece.live:
            screen.set_state(PlayerState.CONNECTING)
            self._opener.reload(front.piece)
            return
        if not paused and screen.state is PlayerState.ENDED:
            return
        recent = time.monotonic() - course.playing_since < _DOUBT_SECONDS
        if paused and recent and front.deck.doubtful and course.target is not None:
            screen.set_state(PlayerState.SEEKING)
            self._navigator.go(course.target, frame_exact=course.frame_exact)
            return
        with screen.lock:
            front.holds = False
        control = front.piece.control
        if control is not None and not paused:
            control.resume()  # what comes waits for the picture, not the other way round
        front.deck.set_paused(paused)
        screen.set_state(PlayerState.PAUSED if paused else PlayerState.PLAYING)
        course.alive_at = time.monotonic()
        if control is not None and paused:
            control.pause()

    def _do_step(self, frames: int) -> None:
        screen, course = self._screen, self._course
        front, state = self._front, screen.state
        if front is None or front.piece is None or not frames:
            return
        seeking = state is PlayerState.SEEKING and course.paused
        if (seeking or course.at_target) and course.target is not None and not front.piece.live:
            # What is on screen just now may not be the picture asked for: from that one on.
            period = timedelta(seconds=front.deck.period)
            screen.set_state(PlayerState.SEEKING)
            self._navigator.go(course.target + frames * period, frame_exact=course.frame_exact)
            return
        if state.busy:
            return
        if not course.paused:
            self._do_pause(True)
        if frames > 0:
            with screen.lock:
                front.holds = False
            if front.deck.next_frames(frames):
                front.stepped, course.at_target = True, False
                with screen.lock:
                    number = screen.numbers
                course.step_check = (time.monotonic() + _STEP_PATIENCE, number, frames)
                return
        if not front.piece.live:
            self._navigator.step_by_seek(front, frames)

    def _do_speed(self, speed: float) -> None:
        screen = self._screen
        speed = min(self.speeds, key=lambda one: abs(one - speed))
        with screen.lock:
            if screen.speed == speed:
                return
            screen.speed = speed
            screen.refused = None
            screen.samples.clear()
        self._course.off = None
        self._trimmed = (None, 1.0)
        loading = self._slots.loading
        if loading is not None and loading.piece is not None and not loading.piece.live:
            if not isinstance(loading.piece, BridgePiece):
                loading.deck.set_rate(speed)
            elif loading.piece.control is not None:
                loading.piece.server_speed(speed)
                self._opener.reload(loading.piece)
        front = self._front
        if front is None or front.piece is None or front.piece.live:
            return
        if isinstance(front.piece, BridgePiece):
            if front.piece.control is not None and loading is None:
                front.piece.server_speed(speed)
                self._opener.reload(front.piece)
            return
        front.deck.set_rate(speed)
        ahead = self._slots.ahead
        if ahead is not None:
            ahead.deck.set_rate(speed)

    def _do_trim(self, factor: float) -> None:
        screen, front = self._screen, self._front
        piece = front.piece if front is not None else None
        if front is None or piece is None or piece.live or isinstance(piece, BridgePiece):
            return
        factor = min(max(factor, 1 - _LARGEST_TRIM), 1 + _LARGEST_TRIM)
        before = self._trimmed[1] if self._trimmed[0] is front else 1.0
        if factor != before and screen.state is PlayerState.PLAYING:
            self._trimmed = (front, factor)
            front.deck.set_rate(screen.speed * factor)

    def _untrim(self) -> None:
        """Where it goes from here its speed is what was asked for."""
        slot, factor = self._trimmed
        self._trimmed = (None, 1.0)
        if slot is not None and factor != 1.0 and slot.piece is not None:
            slot.deck.set_rate(self._screen.speed)

    def _do_audible(self, audible: bool) -> None:
        self._course.audible = audible
        slots = self._slots
        for slot in (slots.front, slots.loading, slots.kept):
            if slot is not None and slot.piece is not None:
                slot.deck.set_audible(audible)

    def _do_stop(self) -> None:
        self._screen.set_state(PlayerState.IDLE)
        self._opener.leave()
