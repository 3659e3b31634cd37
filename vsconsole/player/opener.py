"""Opens media on decks, and seeks in media that are open."""

from __future__ import annotations

import math
from datetime import datetime

from vsconsole.domain import cancel
from vsconsole.domain.errors import ConsoleError
from vsconsole.player.backend import PlayerListener, PlayerState
from vsconsole.player.decks import Deck
from vsconsole.player.pieces import BridgePiece, OpenStream, Piece, Shelf, open_clip, open_live
from vsconsole.player.slots import Slot, Slots
from vsconsole.player.state import Course, Screen

_SAME_FRAME = 0.02


class Opener:
    """Gives pieces to decks: opened anew, from another point on, or sought in. Command thread."""

    def __init__(
        self,
        listener: PlayerListener,
        screen: Screen,
        slots: Slots,
        course: Course,
        shelf: Shelf,
        open_stream: OpenStream | None,
    ) -> None:
        self._listener = listener
        self._screen = screen
        self._slots = slots
        self._course = course
        self._shelf = shelf
        self._open_stream = open_stream

    def connect_live(self) -> None:
        """Opens the live stream that is asked for, with an address of its own."""
        assert self._course.open_live is not None
        source = self._course.open_live()
        cancel.check()
        piece = open_live(source, self._open_stream)
        self.load(piece, None)

    def open_at(self, when: datetime) -> None:
        """Opens what the source has at `when`, or next after it; ENDED where there is nothing."""
        course = self._course
        assert course.source is not None
        clip = course.source.clip_at(when)
        if clip is None:
            clip = course.source.clip_after(when)
            if clip is None:
                course.seeking = False
                self._slots.quiet()
                self._screen.set_state(PlayerState.ENDED)
                return
            self._listener.on_gap(when, clip.span.begin)
            when = course.target = clip.span.begin
        cancel.check()
        self._slots.end_sessions()
        piece = open_clip(clip, when, self._open_stream, self._shelf)
        self.load(piece, when)

    def load(self, piece: Piece, when: datetime | None) -> None:
        """Opens `piece` on the deck that is not on screen; it takes over with its first picture."""
        screen, slots = self._screen, self._slots
        slots.drop_ahead()
        slot = slots.spare(piece)
        with screen.lock:
            screen.speeds = piece.speeds
            if screen.speed not in piece.speeds:
                screen.speed = 1.0
            speed = screen.speed
            slots.loading = slot
        if isinstance(piece, BridgePiece) and piece.control is not None and speed != 1.0:
            piece.server_speed(speed)
        self._course.seeking = True
        slots.hold_front()
        self.open_on(slot, piece, when, speed)

    def open_on(self, slot: Slot, piece: Piece, when: datetime | None, speed: float) -> None:
        """Opens `piece` on a slot that has its place already."""
        lock, slots = self._screen.lock, self._slots
        medium = piece.medium(when, speed)
        with lock:
            slot.piece = piece
            slot.picture = None
            slot.parked = slot.over = slot.warm = slot.worn = slot.stepped = False
            slot.shown_at = 0.0
            slot.start = when if medium.start_ms > 0 else None
            slot.serial = -1
        self.hold(slot)
        # One voice at a time: a stream that is opened behind another is heard when it is seen.
        unseen = slot is slots.ahead or self._course.changing
        audible = self._course.audible and not unseen
        serial = slot.deck.open(medium, audible=audible)
        with lock:
            slot.serial = serial

    def reload(self, piece: Piece) -> None:
        """The same stream from another point on, on the other deck."""
        slots = self._slots
        slot = slots.spare(piece)
        with self._screen.lock:
            slots.loading = slot
            old = slots.front
        self._course.seeking = True
        if old is not None and old.piece is not None:
            old.deck.set_paused(True)
        self.open_on(slot, piece, None, 1.0)

    def reuse(self, slot: Slot, when: datetime) -> None:
        """Seeks in a medium that is open."""
        course, piece = self._course, slot.piece
        assert piece is not None
        course.seeking = True
        if isinstance(piece, BridgePiece):
            assert piece.control is not None
            if course.paused:
                piece.control.resume()
            piece.server_seek(when)
            self.reload(piece)
            return
        # A libVLC that was paused just now may still show pictures, and while it is paused there
        # is no telling them from the one asked for. It is paused when that is there.
        if not self.stays_paused(slot, piece):
            slot.deck.set_paused(False)
        self.hold(slot)
        seek_deck(slot.deck, piece, when, frame_exact=course.frame_exact)

    def stays_paused(self, slot: Slot, piece: Piece) -> bool:
        """Whether a seek is carried out without going on meanwhile."""
        return self._course.paused and piece.seeks_paused and slot.deck.still

    def hold(self, slot: Slot) -> None:
        """Has the picture that lands stay while paused, where it is not asked for once more.

        A server goes to whole seconds or key frames: of its pictures that of the target lands.
        """
        piece, course = slot.piece, self._course
        session = piece is not None and piece.control is not None
        asked_again = piece is None or (piece.seeks_paused and not session)
        with self._screen.lock:
            slot.holds = course.paused and not asked_again and slot is not self._slots.ahead
            slot.until = course.target if slot.holds and session else None

    def leave(self) -> None:
        """Forgets what was playing."""
        self._course.leave()
        self._slots.quiet()
        self._screen.forget()

    def fail(self, error: ConsoleError) -> None:
        """Stops everything and says why; what was asked for stays, to be tried again."""
        self._course.seeking = False
        self._slots.quiet()
        self._screen.set_state(PlayerState.FAILED, error)


def seek_deck(
    deck: Deck, piece: Piece, when: datetime, *, frame_exact: bool = False, check: bool = False
) -> None:
    """Seeks to the frame at `when`; `frame_exact` where one is known to be right there."""
    period_ms = deck.period * 1000
    media_ms = piece.media_ms(when)
    if frame_exact:
        # Half a frame off it, to the side from which the demuxer comes back to it.
        deck.seek(max(0.0, media_ms - piece.lands * period_ms), media_ms, check=check)
        return
    # Frames are at even distances from the start, in all but a few recordings.
    frames = media_ms / period_ms
    if piece.lands < 0:
        shows = math.floor(frames + _SAME_FRAME) * period_ms
        media_ms = max(media_ms, shows + 1)
    elif piece.lands > 0:
        shows = math.ceil(frames - _SAME_FRAME) * period_ms
    else:
        shows = media_ms
    deck.seek(media_ms, shows, check=check)
