"""The sandbox as a child process, so that making pictures never slows the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from vsconsole.domain.errors import StreamUnavailable
from vsconsole.i18n import _

_START_SECONDS = 30.0


class SandboxProcess:
    """Starts the sandbox and reads its one line; it ends with this process, or at `stop`."""

    def __init__(
        self,
        *,
        seed: int | None = None,
        channels: int | None = None,
        footage: Path | None = None,
    ) -> None:
        """`footage` is a folder that appears, filled with recordings, some time after the start."""
        self._arguments = [
            *(("--seed", str(seed)) if seed is not None else ()),
            *(("--channels", str(channels)) if channels is not None else ()),
            *(("--footage", str(footage)) if footage is not None else ()),
        ]
        self._process: subprocess.Popen[str] | None = None
        self.info: Mapping[str, Any] = {}

    def start(self) -> None:
        """Blocks until it is ready; StreamUnavailable when it does not come up."""
        frozen = getattr(sys, "frozen", False)
        command = [sys.executable, *(() if frozen else ("-m", "vsconsole")), "sandbox"]
        self._process = subprocess.Popen(
            [*command, *self._arguments, "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        output = self._process.stdout
        assert output is not None
        lines: list[str] = []
        reader = threading.Thread(target=_read_line, args=(output, lines), daemon=True)
        reader.start()
        reader.join(_START_SECONDS)
        if not lines or not lines[0]:
            self.stop()
            raise StreamUnavailable(
                _("The sandbox did not start."),
                remedy=_("Run “vsconsole sandbox” in a terminal to see why."),
            )
        self.info = json.loads(lines[0])

    def stop(self) -> None:
        """Ends the process; safe to repeat."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(3)
        if process.stdout:
            process.stdout.close()


def _read_line(output: IO[str], lines: list[str]) -> None:
    lines.append(output.readline())
