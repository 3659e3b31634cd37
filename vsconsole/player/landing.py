"""What decks tell, on libVLC's threads, and what follows from it, on the command thread."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from vsconsole.player.backend import PlayerListener, PlayerState
from vsconsole.player.chain import Chain
from vsconsole.player.commands import Commands
from vsconsole.player.decks import Deck, Picture
from vsconsole.player.opener import Opener, seek_deck
from vsconsole.player.pieces import Piece
from vsconsole.player.slots import Slot, Slots
from vsconsole.player.state import Course, Screen
from vsconsole.player.watch import NEAR_END, Watch, broke_off

_OVERSHOT = timedelta(seconds=0.3)
_SHORTLY = timedelta(seconds=2.5)
_SAME_PICTURE = timedelta(seconds=0.02)


class Landing:
    """The decks' events (see DeckEvents): shows their pictures, and ends what was under way.

    On libVLC's threads it takes the lock, notes, and posts the rest to the command thread.
    """

    def __init__(
        self,
        listener: PlayerListener,
        screen: Screen,
        slots: Slots,
        course: Course,
        commands: Commands,
        opener: Opener,
        chain: Chain,
        watch: Watch,
    ) -> None:
        self._listener = listener
        self._screen = screen
        self._slots = slots
        self._course = course
        self._commands = commands
        self._opener = opener
        self._chain = chain
        self._watch = watch

    # On libVLC's threads

    def on_picture(
        self,
        deck: Deck,
        serial: int,
        picture: Picture,
        media_ms: float | None,
        now: float,
        new: bool,
        landed: bool,
    ) -> None:
        slots, post = self._slots, self._commands.post
        with self._screen.lock:
            slot = next(
                (
                    one
                    for one in (slots.front, slots.loading, slots.ahead)
                    if one is not None and one.deck is deck and one.serial in (serial, -1)
                ),
                None,
            )
            if slot is None or slot.piece is None:
                return
            if media_ms is None:
                if slot.picture is None and slot.start is not None:
                    slot.picture = picture
                    post(lambda: self._on_hidden(slot, serial))
                return
            slot.picture, slot.media_ms = picture, media_ms
            if new or not slot.shown_at:
                slot.shown_at = now
            if slot is slots.ahead:
                if landed:
                    post(lambda: self._on_parked(slot, serial))
                return
            if slot.until is not None and _shortly_before(slot.until, slot.piece.wall(media_ms)):
                return
            old = None
            if slot is slots.loading:
                old, slots.front, slots.loading = slots.front, slot, None
                landed = True
            if slot.holds and not landed:
                slot.withheld = slot.withheld or new
                return
            # What repeats a picture that was not shown is new on screen.
            shown = self._chain.show(slot, picture, now, new or slot.withheld)
            slot.withheld = False
        if shown:
            self._listener.on_frame()
        if landed:
            post(lambda: self._on_landed(slot, serial, old))

    def on_end(self, deck: Deck, serial: int) -> None:
        self._commands.post(lambda: self._on_deck_end(deck, serial))

    def on_error(self, deck: Deck, serial: int) -> None:
        self._commands.post(lambda: self._on_deck_error(deck, serial))

    # On the command thread

    def _on_hidden(self, slot: Slot, serial: int) -> None:
        """The medium is open, a little before the moment: now it can be told the moment."""
        waiting = slot in (self._slots.loading, self._slots.ahead)
        if waiting and slot.serial == serial and slot.piece is not None and slot.start is not None:
            exact = self._course.frame_exact and slot.start == self._course.target
            seek_deck(slot.deck, slot.piece, slot.start, frame_exact=exact)

    def _on_parked(self, slot: Slot, serial: int) -> None:
        slots = self._slots
        if slot is not slots.ahead or slot.serial != serial:
            return
        slot.deck.set_paused(True)
        slot.parked = True
        if slots.front is not None and slots.front.over:
            self._chain.advance()

    def _on_landed(self, slot: Slot, serial: int, old: Slot | None) -> None:
        slots, course = self._slots, self._course
        front = slots.front
        # While something is opened the seek ends with its picture, not with one sought before it.
        lands = slots.loading is None and slot is front and slot.serial == serial
        if lands and slot.piece is not None:
            if course.paused and slot.deck.doubtful and course.target is not None:
                self._opener.reuse(slot, course.target)
                return
            if self._session_overshot(slot) or self._late(slot):
                assert course.target is not None
                course.overshot_once = True
                self._opener.reuse(slot, course.target)
                return
            self._arrive(slot, slot.piece)
        if old is not None and old is not slots.front:
            slots.leave_behind(old, keep=front.piece if front is not None else None)

    def _arrive(self, slot: Slot, piece: Piece) -> None:
        """The picture asked for is on screen: holds it, or plays on from it."""
        course = self._course
        course.seeking = course.changing = False
        course.off = None
        course.alive_at = course.playing_since = time.monotonic()
        course.at_target = course.paused
        if course.paused:
            course.unchecked = course.unchecked or not slot.deck.paused
            slot.deck.set_paused(True)
        self._screen.set_state(PlayerState.PAUSED if course.paused else PlayerState.PLAYING)
        self._watch.poll(slot)
        if course.paused and piece.control is not None:
            piece.control.pause()
        if course.audible:
            slot.deck.set_audible(True)

    def _session_overshot(self, slot: Slot) -> bool:
        """Whether a session that was just opened has landed behind the moment asked for.

        A server that is told to go somewhere while it begins to send may leave out what comes
        before its next key frame; told again, it begins where it should.
        """
        piece, target = slot.piece, self._course.target
        if self._course.overshot_once or target is None or piece is None or piece.control is None:
            return False
        shown = piece.wall(slot.media_ms)
        return shown is not None and shown - target > _OVERSHOT

    def _late(self, slot: Slot) -> bool:
        """Whether what landed may be from after the moment, and nothing else will tell."""
        course, piece = self._course, slot.piece
        known = course.overshot_once or course.target is None or piece is None or piece.trusted
        return not known and slot.deck.late

    def _on_deck_end(self, deck: Deck, serial: int) -> None:
        slots, course = self._slots, self._course
        slot = slots.front
        if slot is not None and slot.deck is deck and slot.serial == serial:
            if slot.piece is not None and (slot.piece.live or slot.piece.problem is not None):
                self._watch.trouble(slot.piece.problem or broke_off())
            elif self._broke_off(slot):
                # An address that has expired ends the data like the end does.
                self._watch.trouble(broke_off())
            elif slots.loading is None:
                slot.over = True
                course.seeking = False
                self._chain.advance()
            return
        loading = slots.loading
        if loading is not None and loading.deck is deck and loading.serial == serial:
            if course.changing:
                self._watch.drop_change()
                return
            # A moment so near the end that no picture follows counts as the end.
            piece = loading.piece
            near = (
                piece is not None
                and piece.end is not None
                and course.target is not None
                and piece.end - course.target < NEAR_END
            )
            if near and piece is not None and piece.problem is None:
                self._watch.take_as_over(loading, piece)
            else:
                self._watch.trouble(piece.problem if piece is not None else None)
        else:
            self._drop_waiting(deck)

    def _drop_waiting(self, deck: Deck) -> None:
        """What was held ready cannot be played on; it is opened again when its turn has come."""
        front, ahead = self._slots.front, self._slots.ahead
        if ahead is not None and ahead.deck is deck and front is not None and front.piece:
            self._course.no_more_after = front.piece.end
        self._slots.drop_waiting(deck)

    def _broke_off(self, slot: Slot) -> bool:
        """Whether data ended well before the piece does: before the moment sought, or a server's.

        Where a server's data ended before too, it ends: not all that is listed is recorded.
        """
        piece, course = slot.piece, self._course
        if piece is None or piece.end is None:
            return False
        if course.seeking:
            return course.target is not None and piece.end - course.target >= NEAR_END
        at = piece.wall(slot.media_ms)
        near = NEAR_END * max(1.0, self._screen.speed)
        if not piece.remote or at is None or piece.end - at < near:
            return False
        again = course.broke_off_at is not None and abs(at - course.broke_off_at) < near
        course.broke_off_at = at
        return not again

    def _on_deck_error(self, deck: Deck, serial: int) -> None:
        for slot in (self._slots.front, self._slots.loading):
            if slot is not None and slot.deck is deck and slot.serial == serial:
                if slot is self._slots.loading and self._course.changing:
                    self._watch.drop_change()
                    return
                self._watch.trouble(slot.piece.problem if slot.piece is not None else None)
                return
        self._drop_waiting(deck)


def _shortly_before(moment: datetime, shown: datetime | None) -> bool:
    """Whether a stream that shows `shown` will have shown `moment` before anybody minds."""
    return shown is not None and _SAME_PICTURE < moment - shown < _SHORTLY
