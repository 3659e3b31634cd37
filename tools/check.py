"""Runs every check of the code, several at a time; quiet about what is in order.

python -m tools.check
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_BIN = Path(sys.executable).parent
# The slowest first.
CHECKS = {
    "types": [sys.executable, "-m", "mypy", "--no-error-summary"],
    # That all can be collected; the workers that run them find them compiled.
    "tests": [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"],
    "import rules": [str(_BIN / "lint-imports"), "--no-cache", "--no-logo"],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "--diff"],
    "lint": [sys.executable, "-m", "ruff", "check", "--quiet"],
    "translations": [sys.executable, "-m", "tools.check_translations"],
    "untranslated texts": [sys.executable, "-m", "tools.check_strings"],
    "icons": [sys.executable, "-m", "tools.check_icons"],
}


def run(name: str) -> tuple[str, int, str, float]:
    """The name of a check, its exit code, what it said and the seconds it took."""
    began = time.monotonic()
    # lint-imports looks for the package where it was started only when it is told to.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, env=environment, text=True, check=False, timeout=600,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return name, done.returncode, done.stdout, time.monotonic() - began


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 2)) as pool:
        for done in as_completed([pool.submit(run, name) for name in CHECKS]):
            name, code, said, seconds = done.result()
            if code:
                failed.append(name)
                print(f"{name}: failed\n{said.rstrip()}\n")
            elif sys.stdout.isatty():
                print(f"{name}: fine ({seconds:.1f} s)")
    print(f"checks: {', '.join(failed)} failed" if failed else f"checks: {len(CHECKS)} passed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
