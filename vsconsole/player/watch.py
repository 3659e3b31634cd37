"""Watches a player while nothing is ordered: what does not come, stalls, breaks off or ends."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from math import log

from vsconsole.domain.errors import ConsoleError, StreamUnavailable
from vsconsole.i18n import _
from vsconsole.player import failures
from vsconsole.player.backend import PlayerState
from vsconsole.player.chain import Chain
from vsconsole.player.live_change import LiveChange
from vsconsole.player.navigator import Navigator
from vsconsole.player.opener import Opener, seek_deck
from vsconsole.player.pieces import BridgePiece, OpenStream, Piece
from vsconsole.player.slots import Slot, Slots
from vsconsole.player.state import Course, Screen

_log = logging.getLogger(__name__)

CONNECT_SECONDS = 12.0
STALL_SECONDS = 5.0
_LATE_SECONDS = 1.0
_TRIES = 2
_STEADY_SECONDS = 10.0
_WARM_PATIENCE = 3.0
_KICK_AFTER = 0.15
_HEARD_WITHIN = 2.0
_SPEED_OFF = 0.2
_SPEED_PATIENCE = 3.0
_SHORT = timedelta(seconds=0.7)
NEAR_END = timedelta(seconds=2)
"""How near an end of data has to be to where one is expected, or was before."""


class Watch:
    """Has what does not come by itself asked for again, and answers trouble. Command thread."""

    def __init__(
        self,
        screen: Screen,
        slots: Slots,
        course: Course,
        opener: Opener,
        chain: Chain,
        navigator: Navigator,
        change: LiveChange,
        open_stream: OpenStream | None,
    ) -> None:
        self._screen = screen
        self._slots = slots
        self._course = course
        self._opener = opener
        self._chain = chain
        self._navigator = navigator
        self._change = change
        self._open_stream = open_stream
        self._decoded = 0
        self._polled = 0.0
        self._fetched = (0, 0.0)

    def look(self, now: float) -> None:
        """One look at what is waited for or on screen; call it some times a second."""
        slots, course = self._slots, self._course
        state, front, loading = self._screen.state, slots.front, slots.loading
        if course.changing:
            loading = None
            self._change.look(now)
        if loading is not None or course.seeking:
            self._look_at_waiting(now, front, loading)
            return
        if front is None or front.piece is None:
            return
        if slots.kept is not None and not slots.kept.fresh():
            slots.drop_kept()
        if now - self._polled > 0.5:
            self.poll(front)
        self._check_step(now)
        front.deck.insist()
        if state is PlayerState.PAUSED:
            self._check_landing(front, front.piece)
        if state is PlayerState.PLAYING and front.over and now - front.shown_at > _LATE_SECONDS:
            self._screen.set_state(PlayerState.SEEKING)
        if state is not PlayerState.PLAYING or front.over:
            return
        if now - max(front.shown_at, course.alive_at) > STALL_SECONDS:
            self._screen.set_state(PlayerState.STALLED)
            problem = front.piece.problem
            self.trouble(problem or failures.nothing_comes(STALL_SECONDS), slow=problem is None)
            return
        if self._fell_short(now, front.piece):
            assert course.target is not None
            course.fell_short_once = True
            self._screen.set_state(PlayerState.SEEKING)
            self._opener.reuse(front, course.target)
            return
        if now - course.playing_since > _STEADY_SECONDS:
            course.tries = 0
        self._check_speed(now, front, front.piece)
        self._change.renew(now, front.piece)
        self._chain.look_ahead(front.piece)

    def _fell_short(self, now: float, piece: Piece) -> bool:
        """Whether libVLC's clock, heard a moment after landing, is well before the target.

        The signs of a medium's opening may come so late that they are taken for those of the first
        seek in it; then what was shown is the medium's beginning.
        """
        course = self._course
        with self._screen.lock:
            position = self._screen.position
        return (
            not course.fell_short_once
            and not piece.live
            and not isinstance(piece, BridgePiece)
            and course.target is not None
            and position is not None
            and now - course.playing_since < _HEARD_WITHIN
            and course.target - position > _SHORT
        )

    def _look_at_waiting(self, now: float, front: Slot | None, loading: Slot | None) -> None:
        course = self._course
        waiting = loading or front
        waited = now - self._screen.since
        problem = waiting.piece.problem if waiting and waiting.piece else None
        if problem is not None:
            self.trouble(problem)
        elif loading is not None and loading.warm and waited > _WARM_PATIENCE:
            assert course.target is not None
            loading.worn = True
            self._opener.open_at(course.target)
        elif course.paused and waiting is not None and self._kick_due(waiting, waited):
            # A paused libVLC now and then keeps the new picture to itself; on landing it is
            # paused again.
            assert waiting.piece is not None
            assert course.target is not None
            waiting.deck.set_paused(False)
            exact = course.frame_exact
            seek_deck(waiting.deck, waiting.piece, course.target, frame_exact=exact)
        elif self._sought_in_vain(waited, loading, front) and not self._on_its_way(now, waiting):
            # The medium is open and played, so what does not follow is stuck.
            self._screen.set_state(PlayerState.STALLED)
            self.trouble(failures.nothing_comes(STALL_SECONDS))
        elif waited > CONNECT_SECONDS and not self._on_its_way(now, waiting):
            self.trouble(failures.nothing_comes(CONNECT_SECONDS), slow=True)
        elif waiting is not None:
            waiting.deck.insist()

    def _sought_in_vain(self, waited: float, loading: Slot | None, front: Slot | None) -> bool:
        """Whether a seek in what is open and plays has shown nothing for too long."""
        return (
            waited > STALL_SECONDS
            and front is not None
            and front.piece is not None
            and (loading is None or loading.piece is front.piece)
            and not self._course.paused
            and self._screen.state is PlayerState.SEEKING
        )

    def _check_speed(self, now: float, front: Slot, piece: Piece) -> None:
        """A device that does not follow the speed is played as it sends: smoothly, and said."""
        course, screen = self._course, self._screen
        measured, asked = screen.speed_measured(), screen.speed
        if not isinstance(piece, BridgePiece) or piece.control is None:
            return
        if measured is None or asked <= 1 or screen.refused is not None:
            return
        waiting = piece.buffered(front.media_ms)
        # With much to show still, it is this computer that does not keep up.
        if measured > (1 - _SPEED_OFF) * asked or waiting is None or waiting > asked:
            course.off = None
        elif course.off is None:
            with screen.lock:
                position = screen.position
            course.off = None if position is None else (now, position)
        elif now - course.off[0] > _SPEED_PATIENCE:
            (_since, when), course.off = course.off, None
            with screen.lock:
                screen.refused = asked
            # Of those it may have: what was measured over some seconds is none of them quite.
            piece.follow_speed(
                min(piece.speeds, key=lambda one: abs(log(one / max(1.0, measured))))
            )
            # Pictures stamped for a speed they do not come at are thrown away as late: from where
            # that began, so that none of the footage is missed.
            course.target, course.overshot_once = when, False
            self._opener.reuse(front, when)

    def drop_change(self) -> None:
        """The stream that was being opened behind the one on screen does not come."""
        self._change.drop()

    def _on_its_way(self, now: float, slot: Slot | None) -> bool:
        """Whether more has come of a file, lately, that has to come whole up to the moment."""
        fetched = slot.piece.fetched() if slot is not None and slot.piece is not None else 0
        if fetched != self._fetched[0]:
            self._fetched = (fetched, now)
        return fetched > 0 and now - self._fetched[1] < CONNECT_SECONDS

    def _kick_due(self, slot: Slot, waited: float) -> bool:
        if self._course.kicked or waited <= _KICK_AFTER or not slot.deck.paused:
            return False
        self._course.kicked = True
        return slot.piece is not None and (slot is self._slots.front or slot.warm)

    def _check_step(self, now: float) -> None:
        """libVLC may not follow the order for the next frame: then by a seek."""
        course, screen = self._course, self._screen
        if course.step_check is None or now < course.step_check[0]:
            return
        _due, number, frames = course.step_check
        course.step_check = None
        front = self._slots.front
        with screen.lock:
            moved = screen.numbers != number
        if not moved and front is not None and course.paused and not screen.state.busy:
            self._navigator.step_by_seek(front, frames)

    def _check_landing(self, slot: Slot, piece: Piece) -> None:
        """Asks once more for a picture that landed while others could still come out.

        Now that none does, what comes is the one asked for: nearly always the one on screen.
        """
        course = self._course
        if course.unchecked and piece.seeks_paused and course.target and slot.deck.still:
            course.unchecked = False
            exact = course.frame_exact
            seek_deck(slot.deck, piece, course.target, frame_exact=exact, check=True)

    def poll(self, slot: Slot) -> None:
        """Counters of the deck on screen; decoded pictures are a sign of life in a still scene."""
        self._polled = time.monotonic()
        known = slot.deck.stats()
        if known.decoded != self._decoded:
            self._decoded = known.decoded
            self._course.alive_at = self._polled
        if 1 <= known.frames_per_second <= 240:
            slot.deck.set_period(1 / known.frames_per_second)
        with self._screen.lock:
            self._screen.deck_stats = known

    def trouble(self, error: ConsoleError | None, *, slow: bool = False) -> None:
        """Reopens with a fresh address, twice if need be; then says why.

        Where finding out was `slow`, once: nobody should look at nothing for that long again.
        """
        screen, course = self._screen, self._course
        self._change.drop()
        waiting = self._slots.loading or self._slots.front
        piece = waiting.piece if waiting is not None else None
        if course.tries >= _TRIES or (error is not None and not error.retryable):
            if waiting is not None and piece is not None and self._ends_there(piece):
                self.take_as_over(waiting, piece)
                return
            reason = error
            if piece is not None and (reason is None or isinstance(reason, StreamUnavailable)):
                found = failures.explain(piece, self._open_stream)
                reason = found if error is None or not _vague(found) else error
            self._opener.fail(reason or broke_off())
            return
        course.tries = _TRIES if slow else course.tries + 1
        if waiting is not None:
            waiting.worn = True
        with screen.lock:
            screen.reopened += 1
            position = screen.position
        _log.info("a stream is opened again after trouble")
        if screen.state is PlayerState.PLAYING:
            screen.set_state(PlayerState.STALLED)
        screen.since = time.monotonic()
        if course.open_live is not None:
            self._opener.connect_live()
        elif course.source is not None:
            when = course.target if course.seeking or position is None else position
            assert when is not None
            course.target = when
            course.seeking = True
            self._opener.open_at(when)

    def take_as_over(self, slot: Slot, piece: Piece) -> None:
        """Goes on with what follows a piece of which no more comes."""
        slots, old = self._slots, None
        with self._screen.lock:
            if slots.loading is slot:
                slots.loading = None
                old, slots.front = slots.front, slot
        slot.over = True
        self._course.seeking = False
        if old is not None:
            slots.retire(old, keep=piece)
        self._chain.advance()

    def _ends_there(self, piece: Piece) -> bool:
        """Whether data ended here before, and its server still answers: less is there than listed.

        Blocks while the server is asked.
        """
        course = self._course
        with self._screen.lock:
            when = course.target if course.seeking else self._screen.position
        if course.broke_off_at is None or when is None:
            return False
        near = abs(when - course.broke_off_at) < NEAR_END
        return near and _vague(failures.explain(piece, self._open_stream))


def broke_off() -> StreamUnavailable:
    """The data ended where none was expected to end."""
    return StreamUnavailable(
        _("The stream ended."), remedy=_("Try again; the device may have gone offline.")
    )


def _vague(error: ConsoleError) -> bool:
    return type(error) is StreamUnavailable
