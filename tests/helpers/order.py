"""The order of the files of tests: the long ones early, so that none is left alone at the end.

Files that play video for minutes share the processors badly with each other, and well with the
many short ones between them.
"""

from pathlib import Path

import pytest

LONG = (
    "e2e/test_tour.py",
    "player/test_seek_accuracy_files.py",
    "e2e/test_nights.py",
    "player/test_seek_accuracy.py",
    "e2e/test_faults.py",
    "player/test_races.py",
    "ui/desk/test_camera.py",
    "player/test_playing.py",
    "ui/desk/test_pictures.py",
    "player/test_broken_off.py",
    "ui/desk/test_events.py",
    "contract/test_fault_matrix.py",
    "e2e/test_clouds.py",
    "ui/desk/test_walls.py",
)
"""Files that take half a minute and more, the longest first."""

_WITHIN = 0.7
"""The last of them begins when so much of the others is done."""

_TESTS = Path(__file__).resolve().parent.parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts the files and leaves the order within each."""
    order = {file: place for place, file in enumerate(sorted_files(_files(items)))}
    items.sort(key=lambda item: order[item.path])


def _files(items: list[pytest.Item]) -> list[Path]:
    return list(dict.fromkeys(item.path for item in items))


def sorted_files(files: list[Path]) -> list[Path]:
    """The long ones of `files` spread among the others."""
    long = [file for name in LONG if (file := _TESTS / name) in files]
    others = [file for file in files if file not in long]
    apart = max(1, int(len(others) * _WITHIN / max(1, len(long))))
    found: list[Path] = []
    for place, file in enumerate(long):
        found += [file, *others[place * apart : (place + 1) * apart]]
    return found + others[len(long) * apart :]
