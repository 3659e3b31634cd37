"""Measures the program against bare references in the same run: a table, and rows as JSON.

    python -m tests.bench.run [--json FILE] [--only NAME]...

Every module `bench_*.py` beside this one has `measure()`, which yields `Row`s.
"""

import argparse
import importlib
import json
import sys
import time
import traceback
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measurement: `ours` beside the `reference`, both in `unit`.

    `goal` is the highest ratio of ours to the reference that is good enough; a measurement that
    stands alone has neither reference nor ratio, and its goal, if any, is in `unit`.
    """

    name: str
    ours: float
    reference: float | None = None
    unit: str
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.reference if self.reference else None

    @property
    def missed(self) -> bool:
        measured = self.ours if self.ratio is None else self.ratio
        return self.goal is not None and measured > self.goal

    def as_dict(self) -> dict[str, float | str | None]:
        return {**asdict(self), "ratio": self.ratio}


_HEAD = ("", "ours", "reference", "ratio", "unit", "goal", "")


def modules(only: Iterable[str]) -> Iterator[str]:
    """The names of the modules that measure, those that contain one of `only` if it names any."""
    wanted = list(only)
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        if not wanted or any(name in file.stem for name in wanted):
            yield f"tests.bench.{file.stem}"


def table(rows: list[Row]) -> str:
    """The rows in columns, the numbers to the right."""
    lines = [_HEAD] + [
        (
            row.name, _number(row.ours), _number(row.reference), _number(row.ratio), row.unit,
            _number(row.goal), "missed" if row.missed else "",
        )
        for row in rows
    ]  # fmt: skip
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            _pad(cell, width, right=index in (1, 2, 3, 5))
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument("--only", action="append", default=[], help="part of a module's name")
    options = parser.parse_args()
    rows: list[Row] = []
    failed = []
    for name in modules(options.only):
        began = time.monotonic()
        try:
            rows += importlib.import_module(name).measure()
        except Exception:
            # One broken measurement must not cost the others.
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(table(rows))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([row.as_dict() for row in rows], indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    for name in failed:
        print(f"{name} failed, see above", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
