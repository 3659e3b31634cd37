"""Fails where an icon is kept that nothing shows; with --prune removes it.

    python -m tools.check_icons [--prune]

An icon is used when its name stands as a text of its own somewhere in the window's code, and an
icon that is asked for and not there fails in the tests of the window.
"""

import argparse
import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def texts(folder: Path) -> set[str]:
    """Every string constant of the code in `folder`."""
    return {
        node.value
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--prune", action="store_true", help="remove the unused ones")
    prune = parser.parse_args().prune
    used = texts(ROOT / "vsconsole")
    unused = [f for f in sorted((ROOT / "resources/icons").glob("*.svg")) if f.stem not in used]
    for file in unused:
        print(f"{file.relative_to(ROOT)} is not used")
        if prune:
            file.unlink()
    return int(bool(unused) and not prune)


if __name__ == "__main__":
    sys.exit(main())
