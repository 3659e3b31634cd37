"""A player's command queue: one thread does what was ordered, one order after the other."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled, ConsoleError, MediaError
from vsconsole.i18n import _
from vsconsole.work.threads import Thread

_log = logging.getLogger(__name__)

_TICK = 0.1


class Commands:
    """Does commands in order on a thread of its own, which begins with the first of them.

    On that thread, too: `tick`, again and again while nothing is ordered and `busy` says that there
    is something to watch; `fail`, with what a command has raised; `finish`, after the last one.
    """

    def __init__(
        self,
        *,
        busy: Callable[[], bool],
        tick: Callable[[], None],
        fail: Callable[[ConsoleError], None],
        finish: Callable[[], None],
    ) -> None:
        self._busy = busy
        self._tick = tick
        self._fail = fail
        self._finish = finish
        # Guards all that follows.
        self._wake = threading.Condition()
        self._queue: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._token = cancel.CancelToken()

    @property
    def token(self) -> cancel.CancelToken:
        """Cancelled by the next `call_off`: for work of the commands that others do."""
        return self._token

    def post(self, command: Callable[[], None]) -> None:
        """Orders `command`, from any thread; nothing happens once closed."""
        with self._wake:
            if self._closed:
                return
            self._queue.append(command)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="player", daemon=True)
                self._thread.begin()
            self._wake.notify()

    def call_off(self) -> None:
        """Cancels whatever is being opened; what is posted after it is done."""
        with self._wake:
            self._token.cancel()
            self._token = cancel.CancelToken()

    def close(self, last: Callable[[], None]) -> None:
        """Does what was ordered and `last`, and no more; safe to repeat."""
        with self._wake:
            if self._closed:
                return
            self._closed = True
            if self._thread is None:
                return
            self._token.cancel()
            self._queue.append(last)
            self._wake.notify()

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for the thread to be gone, after `close`."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._wake:
                if not self._queue:
                    if self._closed:
                        break
                    self._wake.wait(_TICK if self._busy() else None)
                command = self._queue.popleft() if self._queue else self._tick
                token = self._token
            self._guarded(command, token)
        self._finish()

    def _guarded(self, command: Callable[[], None], token: cancel.CancelToken) -> None:
        try:
            with cancel.bound(token):
                command()
        except Cancelled:
            pass
        except ConsoleError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 a bug; the player goes on
            _log.exception("a player's command failed")
            self._fail(MediaError(_("The player failed."), why=f"{type(error).__name__}: {error}"))
