"""Ctrl-C ends a command, whatever it is doing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from vsconsole.cli.output import INTERRUPTED
from vsconsole.domain.cancel import CancelToken

_PATIENCE = 5.0
"""Seconds a command has to end by itself; whatever is written survives a sudden end."""


@contextmanager
def ends(token: CancelToken, patience: float = _PATIENCE) -> Iterator[None]:
    """Calls the work of `token` off at Ctrl-C, and leaves the process where it does not end.

    KeyboardInterrupt alone is not enough: raised while a lock is taken it can leave that lock
    taken, and raised in a callback of the interpreter it is lost.
    """
    done = threading.Event()

    def leave() -> None:
        token.cancel()
        if not done.wait(patience):
            os._exit(INTERRUPTED)

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=leave, name="interrupt", daemon=True).start()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        done.set()
        signal.signal(signal.SIGINT, before)
