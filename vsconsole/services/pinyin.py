"""Readings of Chinese names, looked up in a process of its own.

Loading the dictionaries holds the interpreter for more than a tenth of a second and keeps 59 MB: in
the program's own process every window would stand still meanwhile, on whatever thread it happens.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping
from typing import NamedTuple

_LONGEST = 30.0
_OPTION = "--pinyin"
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_known: dict[str, Reading] = {}


class Reading(NamedTuple):
    """A run of Chinese characters in pinyin without tones: "chongqing" and "cq"."""

    full: str
    initials: str


def readings(runs: Collection[str]) -> Mapping[str, Reading]:
    """The readings of runs of Chinese characters; blocks for half a second where any are new.

    Empty where the dictionaries cannot be asked: names are found by their characters then.
    """
    with _lock:
        fresh = sorted(set(runs) - _known.keys())
        if fresh:
            _known.update(_ask(fresh))
        return {run: _known[run] for run in runs if run in _known}


def _ask(runs: list[str]) -> dict[str, Reading]:
    frozen = getattr(sys, "frozen", False)
    command = [sys.executable, *(() if frozen else ("-m", "vsconsole")), _OPTION]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(runs),
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=True,
            # No console window may flash up on Windows.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return {
            run: Reading(*pair) for run, pair in zip(runs, json.loads(done.stdout), strict=True)
        }
    except (OSError, subprocess.SubprocessError, ValueError, TypeError) as error:
        _log.warning("names are not searchable by pinyin: %s", type(error).__name__)
        return {}


def asked_for(arguments: Collection[str]) -> bool:
    """Whether this process was started to look up readings."""
    return list(arguments) == [_OPTION]


def serve() -> int:
    """Answers one JSON list of runs on standard input with their readings, in order."""
    from pypinyin import lazy_pinyin

    runs: list[str] = json.loads(sys.stdin.read())
    syllables = (lazy_pinyin(run) for run in runs)
    answer = [("".join(each), "".join(part[:1] for part in each)) for each in syllables]
    # The pipe's encoding differs by system; ASCII reads the same in all of them.
    sys.stdout.write(json.dumps(answer))
    return 0
