"""Runs the tests on many workers; what fails among them has one more chance, by itself.

    python -m tools.run_tests [--jobs N] [ARGUMENT OF PYTEST]...

Pictures are late where four decoders share two processors, and some tests wait for pictures. A test
that fails is run once more with nothing beside it: what fails again is a fault, what passes is told
at the end and not forgotten. More than a few failures are never put down to a crowded machine.

Where a worker is lost (a crash, or a test that never ends) everything is run once more.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

AGAIN = 5
"""So many failed tests are given another chance; one more, and none of them is."""

_FAILED = 1  # the exit code of a run that came to its end with failed tests
_LAST = Path(".pytest_cache/v/cache/lastfailed")
_CRASHED = b"node down: "


def run(root: Path, jobs: int, arguments: Sequence[str]) -> int:
    """The exit code of the tests under `root`."""
    pytest = [sys.executable, "-m", "pytest", "-q"]
    many = ["-n", str(jobs), "--dist", "loadfile", "--no-loadscope-reorder"] if jobs > 1 else []
    # With another worker in its place the run may wait for ever: the files of the one that went
    # are handed to workers that wait to be told what comes next.
    many += ["--max-worker-restart=0"] if jobs > 1 else []
    code, crashed = _told([*pytest, *many, *arguments], root)
    if crashed:
        print("a worker ended in the middle of a test, see above: all of them once more")
        code, crashed = _told([*pytest, *many, *arguments], root)
    if crashed or code != _FAILED:
        return _FAILED if crashed else code
    failed = _failed(root)
    if len(failed) > AGAIN:
        print(f"{len(failed)} tests failed")
        return _FAILED
    left = [
        test
        for test in failed
        if subprocess.run([*pytest, *_appended(arguments), test], check=False, cwd=root).returncode
    ]
    for test in failed:
        print(f"failed among others, {'and' if test in left else 'but not'} by itself: {test}")
    return _FAILED if left else 0


def _told(command: Sequence[str], root: Path) -> tuple[int, bool]:
    """The exit code of a run that is printed as it goes, and whether a worker was lost in it."""
    (root / _LAST).unlink(missing_ok=True)
    crashed, before = False, b""
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        assert isinstance(process.stdout, BufferedReader)
        while said := process.stdout.read1():
            os.write(1, said)
            crashed = crashed or _CRASHED in before + said
            before = said[-len(_CRASHED) :]
    return process.returncode, crashed


def _failed(root: Path) -> list[str]:
    """The tests that failed the last time they were run; there is no file where none did."""
    with suppress(FileNotFoundError):
        return list(json.loads((root / _LAST).read_text(encoding="utf-8")))
    return []


def _appended(arguments: Sequence[str]) -> list[str]:
    """What a second run is told: it adds to the coverage and picks its test itself."""
    told = [one for one in arguments if one.startswith("-")]
    return [*told, "--cov-append"] if any(one.startswith("--cov") for one in told) else told


def main(words: list[str]) -> int:
    jobs = 1
    if words[:1] == ["--jobs"]:
        jobs, words = int(words[1]), words[2:]
    return run(Path(__file__).resolve().parent.parent, jobs, words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
