"""Another live stream, or a newer address of it, without a moment of black."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vsconsole.domain import cancel
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.playback import MediaSource
from vsconsole.player.commands import Commands
from vsconsole.player.opener import Opener
from vsconsole.player.pieces import OpenStream, Piece, open_live
from vsconsole.player.slots import Slots, close_piece
from vsconsole.player.state import Course, Screen

_log = logging.getLogger(__name__)

_PATIENCE = 12.0
_LONGEST_LEAD = timedelta(seconds=30)
_AGAIN = 5.0
_AGAIN_LATE = 60.0


class LiveChange:
    """Opens a live stream behind the one on screen, which plays on until the new one's picture.

    If that does not come, nothing has changed on screen. On the command thread, but for the opening
    itself: while a vendor is asked, commands and the watch over the picture go on.
    """

    def __init__(
        self,
        screen: Screen,
        slots: Slots,
        course: Course,
        commands: Commands,
        opener: Opener,
        open_stream: OpenStream | None,
    ) -> None:
        self._screen = screen
        self._slots = slots
        self._course = course
        self._commands = commands
        self._opener = opener
        self._open_stream = open_stream
        self._number = 0
        self._renewing: datetime | None = None
        self._coming: Piece | None = None
        self._seen: Piece | None = None
        self._owed = False
        self._since = 0.0
        self._pause = _AGAIN
        self._not_before = 0.0

    def order(self, open: Callable[[], MediaSource]) -> None:
        """Shows what `open` gives as soon as it has a picture, however often it has to be tried.

        What was ordered before and has not come is called off.
        """
        self._owed, self._pause = True, _AGAIN
        self._begin(open)

    def _begin(self, open: Callable[[], MediaSource], ends: datetime | None = None) -> None:
        """Tries once; with `ends` only an address that lives longer than that."""
        self.drop()
        self._renewing = ends
        self._course.open_live = open
        self._course.changing = True
        self._since = time.monotonic()
        number, token = self._number, self._commands.token

        def work() -> None:
            found: Piece | None = None
            try:
                with cancel.bound(token):
                    found = open_live(open(), self._open_stream)
            except ConsoleError as error:
                _log.info("a live stream was not changed: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 a bug; the player goes on
                _log.exception("a live stream failed to open")
            if found is not None and token.cancelled:
                close_piece(found)
                found = None
            self._commands.post(lambda: self._on_opened(found, number, token))

        threading.Thread(target=work, name="player change", daemon=True).start()

    def look(self, now: float) -> None:
        """Gives up on a stream that does not come; call it while one is being opened."""
        loading = self._slots.loading
        failed = loading is not None and loading.piece is not None and loading.piece.problem
        if failed or now - self._since > _PATIENCE:
            self.drop()

    def renew(self, now: float, piece: Piece) -> None:
        """Asks for a new address before that of the live stream on screen ends.

        And again for a stream that should be on screen and did not come.
        """
        if piece is not self._seen:
            self._seen, self._not_before = piece, 0.0
            if piece is self._coming:
                self._owed, self._pause = False, _AGAIN
        expires, open = piece.source.expires, self._course.open_live
        if not piece.live or open is None or self._course.changing or now < self._not_before:
            return
        if self._owed:
            self._not_before = now + self._pause
            self._pause = min(self._pause * 2, _AGAIN_LATE)
            self._begin(open)
            return
        if expires is None:
            return
        life, left = expires - piece.opened, expires - datetime.now(UTC)
        # An address that had ended when it came is one of another clock.
        if life <= timedelta(0) or left > min(life / 5, _LONGEST_LEAD):
            return
        self._not_before = now + (_AGAIN if left > timedelta(0) else _AGAIN_LATE)
        self._begin(open, expires)

    def forget(self) -> None:
        """Something else is played: nothing is owed."""
        self._number += 1
        self._owed, self._pause, self._not_before = False, _AGAIN, 0.0
        self._coming = self._seen = None

    def drop(self) -> None:
        """Calls off the change; what is on screen stays."""
        self._number += 1
        if self._course.changing:
            self._course.changing = False
            self._not_before = max(self._not_before, time.monotonic() + self._pause)
            self._slots.drop_loading()

    def _on_opened(self, found: Piece | None, number: int, token: cancel.CancelToken) -> None:
        if number != self._number or token.cancelled or not self._course.changing:
            if found is not None:
                close_piece(found)
            return
        ends, until = self._renewing, found.source.expires if found else None
        if found is not None and ends is not None and until is not None and until <= ends:
            # A platform that gives a new address only once the old one has ended.
            left = (ends - datetime.now(UTC)).total_seconds()
            self._not_before = time.monotonic() + max(_AGAIN, left + 1)
            close_piece(found)
            found = None
        if found is None:
            self.drop()
            return
        slots = self._slots
        slot = slots.spare(found)
        with self._screen.lock:
            slots.loading = slot
        self._since, self._coming = time.monotonic(), found
        self._opener.open_on(slot, found, None, 1.0)
