"""Fails where a file of the list in `[tool.coverage.run]` has a line or a branch no test takes.

    python -m tools.check_coverage

Reads what the last test run recorded. A file of the list that no test imported counts as well.
"""

import sys
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent


def listed(coverage: Coverage) -> list[Path]:
    """The files that have to be covered, as their patterns find them."""
    patterns = coverage.get_option("run:include")
    assert isinstance(patterns, list)
    return sorted({file for pattern in patterns for file in ROOT.glob(str(pattern))})


def main() -> int:
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    try:
        coverage.load()
    except NoDataError as error:
        print(f"there is nothing to read: {error}")
        return 1
    measured = coverage.get_data().measured_files()
    if not measured:
        print("the tests recorded nothing: run them with --cov")
        return 1
    failed = False
    for file in listed(coverage):
        name = file.relative_to(ROOT)
        # An empty package file has nothing to cover and is never measured.
        if str(file) not in measured:
            if file.read_text(encoding="utf-8").strip():
                failed = True
                print(f"{name}: no test imports it")
            continue
        _, _, _, missing, text = coverage.analysis2(str(file))
        branches = _missing_branches(coverage, file)
        if missing or branches:
            failed = True
            arcs = ", ".join(f"{start}->{_line(end)}" for start, end in branches)
            print(f"{name}: lines {text or 'all'}; branches {arcs or 'all'}")
    if failed:
        print("these files stay at 100 % of lines and branches (pyproject.toml, coverage)")
    return int(failed)


def _missing_branches(coverage: Coverage, file: Path) -> list[tuple[int, int]]:
    taken = coverage.branch_stats(str(file))
    if all(total == hit for total, hit in taken.values()):
        return []
    # The public interface counts branches; which ones they are is one step below it.
    arcs = coverage._analyze(str(file)).missing_branch_arcs()
    return sorted((start, end) for start, ends in arcs.items() for end in ends)


def _line(number: int) -> str:
    return "exit" if number < 0 else str(number)


if __name__ == "__main__":
    sys.exit(main())
