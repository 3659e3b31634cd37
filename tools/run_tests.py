"""Runs the tests on many workers; what fails among them has one more chance, by itself.

    python -m tools.run_tests [--jobs N] [ARGUMENT OF PYTEST]...

Pictures are late where four decoders share two processors, and some tests wait for pictures. A test
that fails is run once more with nothing beside it: what fails again is a fault, what passes is told
at the end and not forgotten. More than a few failures are never put down to a crowded machine.

A test that never ends costs its worker; another takes its place and runs that test once more.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

AGAIN = 5
"""So many failed tests are given another chance; one more, and none of them is."""

_FAILED = 1  # the exit code of a run that came to its end with failed tests
_RESTARTS = 3
_CACHE = Path(".pytest_cache/v/cache")
_LAST = _CACHE / "lastfailed"
_KNOWN = _CACHE / "nodeids"  # written by every run that came to its end


def run(root: Path, jobs: int, arguments: Sequence[str]) -> int:
    """The exit code of the tests under `root`."""
    pytest = [sys.executable, "-m", "pytest", "-q"]
    for told in (_LAST, _KNOWN):
        (root / told).unlink(missing_ok=True)
    many = ["-n", str(jobs), "--dist", "loadfile", "--no-loadscope-reorder"] if jobs > 1 else []
    many += [f"--max-worker-restart={_RESTARTS}"] if jobs > 1 else []
    code = subprocess.run([*pytest, *many, *arguments], check=False, cwd=root).returncode
    if code != _FAILED or not (root / _KNOWN).exists():
        return code
    failed = _failed(root)
    if not failed:
        print("a worker ended in the middle of a test that passed with another: see above")
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
