"""One piece into the next: notices that one is over, and has what follows ready before that."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from vsconsole.domain import cancel
from vsconsole.domain.errors import ConsoleError, StreamUnavailable
from vsconsole.domain.playback import Clip
from vsconsole.i18n import _
from vsconsole.player.backend import PlaybackSource, PlayerListener, PlayerState
from vsconsole.player.commands import Commands
from vsconsole.player.decks import Picture
from vsconsole.player.opener import Opener
from vsconsole.player.pieces import OpenStream, Piece, Shelf, open_clip
from vsconsole.player.slots import Slot, Slots, close_piece
from vsconsole.player.state import Course, Screen

_log = logging.getLogger(__name__)

_AHEAD_SECONDS = 3.0
_GAP = timedelta(seconds=1)
_SHORTEST = timedelta(milliseconds=1)


class Chain:
    """What follows what is on screen. On the command thread, but for `show` and the opening."""

    def __init__(
        self,
        listener: PlayerListener,
        screen: Screen,
        slots: Slots,
        course: Course,
        commands: Commands,
        opener: Opener,
        shelf: Shelf,
        open_stream: OpenStream | None,
    ) -> None:
        self._listener = listener
        self._screen = screen
        self._slots = slots
        self._course = course
        self._commands = commands
        self._opener = opener
        self._shelf = shelf
        self._open_stream = open_stream
        self._preparing: threading.Thread | None = None

    def show(self, slot: Slot, picture: Picture, now: float, new: bool) -> bool:
        """Makes the picture the current frame, under the lock; False where it is not shown.

        One from behind the end of the piece is not: the next piece's turn has come.
        """
        piece, screen = slot.piece, self._screen
        assert piece is not None
        when = piece.wall(slot.media_ms)
        if when is not None and piece.end is not None and when >= piece.end - _SHORTEST:
            if not slot.over and slot.shown_at:
                slot.over = True
                serial = slot.serial
                self._commands.post(lambda: self._on_over(slot, serial))
            if screen.frame is not None and screen.position is not None:
                return False
        return screen.show(picture, when, now, new)

    def _on_over(self, slot: Slot, serial: int) -> None:
        if slot is self._slots.front and slot.serial == serial and not self._course.seeking:
            slot.deck.set_paused(True)
            self.advance()

    def advance(self) -> None:
        """The piece on screen is over: the next one, or the end."""
        front, ahead = self._slots.front, self._slots.ahead
        if front is None or front.piece is None or self._course.source is None:
            return
        if ahead is not None and ahead.piece is not None:
            if ahead.parked:
                self._tell_gap(front.piece, ahead.piece)
                self.switch_to_ahead()
                paused = self._course.paused
                self._screen.set_state(PlayerState.PAUSED if paused else PlayerState.PLAYING)
            else:
                self._wait_for(front.piece, ahead, ahead.piece)
            return
        if self._preparing is None:
            self._prepare(front.piece)

    def _wait_for(self, piece: Piece, ahead: Slot, following: Piece) -> None:
        """What follows is late: from now on it is watched like anything that was asked for."""
        self._tell_gap(piece, following)
        self._course.target = following.begin
        self._course.seeking = True
        with self._screen.lock:
            self._slots.ahead, self._slots.loading = None, ahead
            self._screen.speeds = following.speeds
        self._screen.set_state(PlayerState.SEEKING)

    def switch_to_ahead(self) -> None:
        """Puts the picture that was prepared on screen, and plays on from it."""
        screen, slots, course = self._screen, self._slots, self._course
        with screen.lock:
            ahead, old = slots.ahead, slots.front
            assert ahead is not None
            assert ahead.piece is not None
            slots.ahead, slots.front = None, ahead
            screen.speeds = ahead.piece.speeds
            picture = ahead.picture
            if picture is not None:
                self.show(ahead, picture, time.monotonic(), True)
        self._listener.on_frame()
        if not course.paused:
            ahead.deck.set_paused(False)
        if course.audible:
            ahead.deck.set_audible(True)
        if old is not None:
            slots.leave_behind(old, keep=ahead.piece)
        course.alive_at = time.monotonic()

    def look_ahead(self, piece: Piece) -> None:
        """Prepares what follows `piece`, which is on screen, once its end is near."""
        if (
            piece.live
            or piece.control is not None
            or piece.end is None
            or self._slots.ahead is not None
            or self._preparing is not None
            or self._course.no_more_after == piece.end
        ):
            return
        with self._screen.lock:
            position, speed = self._screen.position, self._screen.speed
        if position and (piece.end - position).total_seconds() < _AHEAD_SECONDS * max(1.0, speed):
            self._prepare(piece)

    def _prepare(self, piece: Piece) -> None:
        """Finds and opens what follows `piece` on a thread of its own: commands do not wait."""
        source, token = self._course.source, self._commands.token
        assert source is not None

        def work() -> None:
            found: Piece | None = None
            failure: ConsoleError | None = None
            try:
                with cancel.bound(token):
                    found = self._find_next(source, piece)
            except ConsoleError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 a bug; the player goes on
                _log.exception("the next clip failed to open")
                failure = StreamUnavailable(
                    _("The next recording cannot be opened."), why=type(error).__name__
                )
            if found is not None and token.cancelled:
                close_piece(found)
                found = None
            self._commands.post(lambda: self._on_prepared(piece, found, failure, token))

        self._preparing = threading.Thread(target=work, name="player next", daemon=True)
        self._preparing.start()

    def _find_next(self, source: PlaybackSource, piece: Piece) -> Piece | None:
        rest = piece.following()
        if rest is not None:
            return rest
        clip = piece.clip
        assert clip is not None
        end = clip.span.end
        following: Clip | None = source.clip_at(end)
        if following is None or following.span.begin <= clip.span.begin:
            following = source.clip_after(max(end - _SHORTEST, clip.span.begin))
        if following is None:
            return None
        if piece.control is not None:
            close_piece(piece)  # a device has one session
        return open_clip(following, following.span.begin, self._open_stream, self._shelf)

    def _on_prepared(
        self,
        piece: Piece,
        found: Piece | None,
        failure: ConsoleError | None,
        token: cancel.CancelToken,
    ) -> None:
        screen, slots, course = self._screen, self._slots, self._course
        self._preparing = None
        front = slots.front
        if token.cancelled or front is None or front.piece is not piece or course.seeking:
            if found is not None:
                close_piece(found)
            return
        if found is None and not front.over:
            course.no_more_after = piece.end
            return
        if failure is not None:
            self._opener.fail(failure)
        elif found is None:
            screen.set_state(PlayerState.ENDED)
        elif front.over:
            self._tell_gap(piece, found)
            course.target = found.begin
            screen.set_state(PlayerState.SEEKING)
            self._opener.load(found, found.begin)
        else:
            slot = slots.spare()
            with screen.lock:
                slots.ahead = slot
            self._opener.open_on(slot, found, found.begin, screen.speed)

    def _tell_gap(self, piece: Piece, following: Piece) -> None:
        if piece.end and following.begin and following.begin - piece.end >= _GAP:
            self._listener.on_gap(piece.end, following.begin)
