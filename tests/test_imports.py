"""What a start pays for: each part, in an interpreter of its own, loads only what it may."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import vsconsole

PACKAGE = Path(vsconsole.__file__).parent
QT = {"PySide6", "shiboken6"}
# Loaded on first use, by a worker.
LAZY = {
    "av", "cryptography", "keyring", "m3u8", "openpyxl", "platformdirs", "pypinyin", "requests",
    "urllib3", "vlc",
}  # fmt: skip


def modules(*parts: str) -> list[str]:
    """The names of all modules in these parts of the package."""
    found = []
    for part in parts:
        place = PACKAGE.joinpath(*part.split("."))
        files = [place.with_suffix(".py")] if not place.is_dir() else sorted(place.rglob("*.py"))
        for file in files:
            name = ".".join(("vsconsole", *file.relative_to(PACKAGE).with_suffix("").parts))
            found.append(name.removesuffix(".__init__"))
    return found


def loaded(names: list[str], *options: str) -> set[str]:
    """The modules that are loaded once `names` were imported; libraries by their top name."""
    code = f"import {', '.join(names)}, sys, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return {
        name if name.startswith("vsconsole.") else name.partition(".")[0]
        for name in json.loads(done.stdout)
    }


def test_the_domain_is_the_standard_library_alone() -> None:
    # Without the site module nothing else can be found.
    found = loaded(modules("domain"), "-S")
    ours = {name for name in found if name.startswith("vsconsole.")}
    assert ours == {name for name in ours if name.startswith("vsconsole.domain")}


@pytest.mark.parametrize(
    "part",
    ["domain", "media", "net", "sandbox", "services", "store", "vendors", "work.lanes",
     "player.backend", "player.vlc", "cli"],
)  # fmt: skip
def test_everything_under_the_window_runs_without_qt(part: str) -> None:
    assert loaded(modules(part)) & QT == set()


@pytest.mark.parametrize("part", ["__main__", "cli", "i18n", "logs", "paths"])
def test_the_command_line_starts_with_nothing_heavy(part: str) -> None:
    assert loaded(modules(part)) & (QT | LAZY) == set()


@pytest.mark.parametrize("part", ["domain", "services", "store", "vendors", "work", "net.endpoint"])
def test_parts_load_their_libraries_when_they_use_them(part: str) -> None:
    assert loaded(modules(part)) & LAZY == set()


def test_the_window_opens_before_anything_heavy_is_loaded() -> None:
    top = loaded(modules("app", "ui"))
    assert "PySide6" in top
    assert top & LAZY == set()
