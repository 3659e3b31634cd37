"""Going to a moment, by the shortest way that shows the right picture."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from vsconsole.player.backend import PlayerState
from vsconsole.player.chain import Chain
from vsconsole.player.opener import Opener
from vsconsole.player.pieces import BridgePiece, Piece
from vsconsole.player.slots import Slot, Slots
from vsconsole.player.state import Course, Screen


class Navigator:
    """Chooses the deck that shows a moment: one that is open already, or another. Command thread.

    A medium that is open is sought in: on screen, ahead of it, or left behind by the seek before.
    """

    def __init__(
        self, screen: Screen, slots: Slots, course: Course, opener: Opener, chain: Chain
    ) -> None:
        self._screen = screen
        self._slots = slots
        self._course = course
        self._opener = opener
        self._chain = chain

    def go(self, when: datetime, *, frame_exact: bool = False) -> None:
        """Shows `when` of the source, by the shortest way."""
        slots, course = self._slots, self._course
        assert course.source is not None
        course.seeking = True
        course.overshot_once = course.fell_short_once = False
        course.kicked = False
        self._screen.since = time.monotonic()
        course.target, course.frame_exact, course.unchecked = when, frame_exact, False
        course.step_check = None
        course.no_more_after = None
        loading = slots.loading
        if loading is not None and loading.piece is not None and loading.piece.holds(when):
            self._redirect(loading, loading.piece, when)
            return
        front, ahead, kept = slots.front, slots.ahead, slots.kept
        stays = loading is None or front is None or not isinstance(front.piece, BridgePiece)
        if front is not None and stays and self._can_reuse(front, when):
            slots.drop_loading()
            self._opener.reuse(front, when)
            return
        if ahead is not None and ahead.parked and self._can_reuse(ahead, when):
            slots.drop_loading()
            self._chain.switch_to_ahead()
            self._opener.reuse(ahead, when)
            return
        if kept is not None and self._can_reuse(kept, when) and kept.fresh():
            self._return_to(kept, when)
            return
        self._opener.open_at(when)

    def step_by_seek(self, front: Slot, frames: int) -> None:
        """Goes `frames` on from the picture on screen, where libVLC cannot be told to step."""
        with self._screen.lock:
            position = self._screen.position
        if position is None or self._course.source is None:
            return
        self._screen.set_state(PlayerState.SEEKING)
        period = timedelta(seconds=front.deck.period)
        self.go(position + frames * period, frame_exact=True)
        # Should single frames still be on their way, one of them may come out in its place.
        self._course.unchecked = front.stepped

    def _can_reuse(self, slot: Slot, when: datetime) -> bool:
        piece = slot.piece
        if slot.stepped and piece is not None and not self._opener.stays_paused(slot, piece):
            # After single frames libVLC goes on and seeks at once wrongly, and its signs are false.
            return False
        return (
            piece is not None
            and not slot.over
            and not slot.worn
            and piece.holds(when)
            and self._screen.state is not PlayerState.FAILED
            and (piece.control is not None or not isinstance(piece, BridgePiece))
        )

    def _redirect(self, slot: Slot, piece: Piece, when: datetime) -> None:
        """Another moment of what is being opened."""
        if isinstance(piece, BridgePiece):
            piece.server_seek(when)
            self._opener.reload(piece)
        elif slot.warm:
            self._opener.reuse(slot, when)
        else:
            self._opener.load(piece, when)

    def _return_to(self, slot: Slot, when: datetime) -> None:
        """Goes back to the medium that was left behind."""
        screen, slots = self._screen, self._slots
        assert slot.piece is not None
        slots.drop_loading()
        slots.drop_ahead()
        with screen.lock:
            slots.kept, slots.loading = None, slot
            slot.start, slot.warm, slot.shown_at = None, True, 0.0
            screen.speeds = slot.piece.speeds
            speed = screen.speed
        slots.hold_front()
        slot.deck.set_rate(speed)
        self._opener.reuse(slot, when)
