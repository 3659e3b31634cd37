"""The sandbox in a process of its own, which the bench can trouble while it runs."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

_START_SECONDS = 60.0
_NICE = 15
"""As the demo's: the window goes first."""


class Clouds:
    """A sandbox beside this process, so that its work is not counted as the program's.

    `accounts` is what it prints when ready; every order returns when it is carried out.
    """

    def __init__(self, vendors: Sequence[str] = (), *, channels: int | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, tuple(vendors), channels), daemon=True
        )
        self._process.start()
        theirs.close()
        if not self._line.poll(_START_SECONDS):
            self.stop()
            raise TimeoutError("the sandbox did not start")
        self.accounts: list[dict[str, Any]] = self._line.recv()

    def cut(self, vendor: str) -> None:
        """Breaks every connection to a vendor; new ones are served."""
        self._order("cut", vendor)

    def trouble(self, vendor: str, fault: str, *, seconds: float | None = None) -> None:
        """Has every call and every medium of a vendor meet a fault from now on."""
        self._order("trouble", vendor, fault, seconds)

    def well(self, vendor: str) -> None:
        """Takes all of a vendor's trouble away."""
        self._order("well", vendor)

    def stop(self) -> None:
        """Ends it; safe to repeat."""
        self._line.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(5)

    def _order(self, *words: object) -> None:
        self._line.send(words)
        self._line.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _serve(line: Connection, vendors: tuple[str, ...], channels: int | None) -> None:
    from vsconsole.sandbox.server import Sandbox

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    os.nice(_NICE)
    with Sandbox(seed=7, channels=channels, vendors=list(vendors) or None) as sandbox:
        line.send(
            [
                {"vendor": one.vendor, "name": one.name, "fields": one.fields}
                for one in sandbox.info.accounts
            ]
        )
        while True:
            try:
                order, *words = line.recv()
            except EOFError:
                return
            if order == "cut":
                sandbox.cut(words[0])
            elif order == "trouble":
                vendor, fault, seconds = words
                sandbox.faults.set(vendor, fault, seconds=seconds, path="*")
            elif order == "well":
                sandbox.faults.clear(words[0])
            line.send(None)
