"""The `sandbox` command: serve until interrupted."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from vsconsole.sandbox import footage
from vsconsole.sandbox.faults import parse
from vsconsole.sandbox.server import Sandbox

WATCH_SECONDS = 0.5


def main(
    seed: int = 1,
    channels: int | None = None,
    faults: Sequence[str] = (),
    vendors: Sequence[str] = (),
    *,
    lifetime: float | None = None,
    parent: int | None = None,
    footage_folder: Path | None = None,
) -> int:
    """Print one line of JSON when ready, serve until SIGINT, SIGTERM or the parent's end.

    `faults` are `NAME=RATE`, `lifetime` is the Sandbox's. A `footage_folder` is filled with
    recordings meanwhile. Returns 0, or 2 with the reason on standard error.
    """
    try:
        sandbox = Sandbox(seed, channels, parse(faults), list(vendors) or None, lifetime)
    except ValueError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    if parent is not None and hasattr(os, "nice"):
        # It makes pictures beside a window on the same machine, which goes first; but not so far
        # behind that others leave it nothing: then no picture comes at all.
        os.nice(5)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with sandbox:
        print(sandbox.info.as_json(), flush=True)
        if footage_folder is not None:
            make = partial(footage.make, footage_folder, datetime.now().astimezone())
            threading.Thread(target=make, name="footage", daemon=True).start()
        wanted = _watch(parent)
        while not ended.wait(WATCH_SECONDS) and wanted():
            pass
    return 0


def _watch(pid: int | None) -> Callable[[], bool]:
    """A look at whether a process still runs; nobody's end is never seen."""
    if pid is None:
        return lambda: True
    if sys.platform == "win32":
        return lambda: _alive_windows(pid)
    if os.getppid() == pid:
        # A dead parent may still be listed, but its children have been adopted by another.
        return lambda: os.getppid() == pid
    return lambda: _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_windows(pid: int) -> bool:
    """The same where signal 0 would end the process."""
    import ctypes

    synchronize, timed_out = 0x00100000, 0x102
    kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)
    finally:
        kernel.CloseHandle(handle)
