"""Runs the command line, inside the test or as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENVIRONMENT = {"VSCONSOLE_PASSPHRASE": "pass", "PYTHONPATH": str(Path(__file__).parents[2])}


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on standard output."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The one object on standard error, with nothing on standard output."""
        assert self.out == ""
        found = json.loads(self.err)
        assert set(found) == {"error", "message", "remedy", "code", "request_id"}
        return found  # type: ignore[no-any-return]


def process(profile: Path, *words: str, stdin: str = "", timeout: float = 90) -> Ran:
    """Runs `vsconsole` as a process of its own."""
    done = subprocess.run(
        command(profile, *words),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
        env={**os.environ, **ENVIRONMENT},
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


def command(profile: Path, *words: str) -> list[str]:
    """The words that start `vsconsole` on a profile."""
    return [sys.executable, "-m", "vsconsole", *words, "--profile", str(profile)]
