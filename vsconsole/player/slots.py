"""A player's decks: one on screen, and what the others stand by for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vsconsole.domain.errors import ConsoleError
from vsconsole.player.decks import Deck, Picture
from vsconsole.player.pieces import BridgePiece, Piece

_log = logging.getLogger(__name__)

_WARM_SECONDS = 300.0


@dataclass(eq=False, slots=True)
class Slot:
    """A deck and what it plays. Guarded by the player's lock.

    `start` is the moment to seek to once the medium is open; `warm`: it was open already when it
    was chosen; `worn`: it gave trouble, so it is not kept; `stepped`: it showed single frames;
    `holds`: the picture that lands stays, though libVLC may show some more until it is paused;
    `withheld`: it has shown some since, which are not on screen;
    `until`: pictures from shortly before that moment are not shown;
    `left_at` is when it was left behind.
    """

    deck: Deck
    piece: Piece | None = None
    serial: int = -1
    start: datetime | None = None
    picture: Picture | None = None
    media_ms: float = 0.0
    shown_at: float = 0.0
    parked: bool = False
    over: bool = False
    warm: bool = False
    worn: bool = False
    stepped: bool = False
    holds: bool = False
    withheld: bool = False
    until: datetime | None = None
    left_at: float = 0.0

    def fresh(self) -> bool:
        """Whether a medium that was left behind will still be answered by its server."""
        expires = self.piece.source.expires if self.piece is not None else None
        if expires is not None and expires <= datetime.now(UTC) + timedelta(seconds=5):
            return False
        return time.monotonic() - self.left_at < _WARM_SECONDS


class Slots:
    """The decks of one player, and the places that some of them have.

    `front` is on screen; `loading` opens what a seek leads to; `ahead` holds ready what comes next;
    `kept` stays paused where the last seek left it, because seeks often go back there.

    The places are guarded by `lock` (see Screen): a picture moves `loading` to `front` on libVLC's
    thread. Everything else is done on the command thread.
    """

    def __init__(self, lock: threading.Lock, make_deck: Callable[[], Deck]) -> None:
        self._lock = lock
        self._make_deck = make_deck
        self._all: list[Slot] = []
        self.front: Slot | None = None
        self.loading: Slot | None = None
        self.ahead: Slot | None = None
        self.kept: Slot | None = None

    def spare(self, keep: Piece | None = None) -> Slot:
        """A slot that is not on screen, silent; `keep` stays open if that slot has it."""
        with self._lock:
            loading, self.loading = self.loading, None
        if loading is not None:
            self.retire(loading, keep=keep)
            return loading
        for slot in self._all:
            if slot not in (self.front, self.ahead, self.kept):
                return slot
        slot = Slot(self._make_deck())
        self._all.append(slot)
        return slot

    def hold_front(self) -> None:
        """Pauses what is on screen while something else is opened."""
        if self.front is not None and self.front.piece is not None and not self.front.over:
            self.front.deck.set_paused(True)

    def leave_behind(self, slot: Slot, keep: Piece | None) -> None:
        """Keeps what was on screen open, where a seek can come back to it; else closes it."""
        piece = slot.piece
        worn = slot.over or slot.worn or slot.stepped
        if piece is None or worn or piece is keep or not _can_wait(piece):
            self.retire(slot, keep=keep)
            return
        slot.deck.set_paused(True)
        with self._lock:
            before, self.kept = self.kept, slot
            slot.picture = None
            slot.left_at = time.monotonic()
        if before is not None and before is not slot:
            self.retire(before)

    def retire(self, slot: Slot, keep: Piece | None = None) -> None:
        """Stops the slot's deck and closes its piece, unless that is `keep`."""
        piece, slot.piece = slot.piece, None
        with self._lock:
            slot.serial = -1
            slot.picture = None
        slot.deck.stop()
        if piece is not None and piece is not keep:
            close_piece(piece)

    def drop_loading(self) -> None:
        with self._lock:
            loading, self.loading = self.loading, None
        if loading is None:
            return
        if loading.warm:
            self.leave_behind(loading, keep=None)
        else:
            front = self.front
            self.retire(loading, keep=front.piece if front is not None else None)

    def drop_kept(self) -> None:
        with self._lock:
            kept, self.kept = self.kept, None
        if kept is not None:
            self.retire(kept)

    def drop_ahead(self) -> None:
        with self._lock:
            ahead, self.ahead = self.ahead, None
        if ahead is not None:
            self.retire(ahead)

    def drop_waiting(self, deck: Deck) -> None:
        """What was held ready on `deck` cannot be played on."""
        if self.ahead is not None and self.ahead.deck is deck:
            self.drop_ahead()
        if self.kept is not None and self.kept.deck is deck:
            self.drop_kept()

    def end_sessions(self) -> None:
        """Ends a device's session before another is opened: many allow only one."""
        for slot in (self.front, self.loading):
            if slot is not None and slot.piece is not None and slot.piece.control is not None:
                self.retire(slot)
                slot.over = True

    def quiet(self) -> None:
        """Stops every deck and session; the last frame stays."""
        with self._lock:
            self.front = self.loading = self.ahead = self.kept = None
        for slot in self._all:
            self.retire(slot)

    def close(self) -> None:
        """Gives the decks back."""
        for slot in self._all:
            with suppress(Exception):
                slot.deck.close()
        self._all.clear()


def close_piece(piece: Piece) -> None:
    """Ends the piece's session, whatever its server answers."""
    try:
        piece.close()
    except ConsoleError as error:
        _log.info("ending a playback session failed: %s", type(error).__name__)


def _can_wait(piece: Piece) -> bool:
    """Whether it can stay open, paused, without holding up anybody."""
    return not piece.live and piece.control is None and not isinstance(piece, BridgePiece)
