"""The runner of tests, on small suites of its own."""

from pathlib import Path

import pytest

from tools import run_tests

# Fails at its first run, and counts its runs.
_LATE = """
from pathlib import Path
def test_{name}():
    runs = Path(__file__).with_suffix(".{name}")
    runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
    assert len(runs.read_text()) > {fails}
"""

_STUCK = """
import ctypes
from pathlib import Path
def test_stuck():
    mark = Path(__file__).with_suffix(".mark")
    if not mark.exists():
        mark.touch()
        ctypes.PyDLL(None).pause()
"""


@pytest.fixture(autouse=True)
def _plain_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs within do without the plugins of this one, which take a second to load."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def suite(folder: Path, **fails: int) -> Path:
    """Tests by name, each with how often it fails before it passes."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    for name, times in fails.items():
        (folder / f"test_{name}.py").write_text(_LATE.format(name=name, fails=times))
    return folder


def runs(folder: Path, name: str) -> int:
    return len((folder / f"test_{name}.{name}").read_text())


def test_what_passes_by_itself_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = suite(tmp_path, sound=0, late=1)
    assert run_tests.run(root, 1, []) == 0
    assert (
        "failed among others, but not by itself: test_late.py::test_late" in capfd.readouterr()[0]
    )
    assert (runs(root, "sound"), runs(root, "late")) == (1, 2)


def test_what_fails_twice_is_a_failure(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = suite(tmp_path, late=1, wrong=2)
    assert run_tests.run(root, 1, []) == 1
    assert "failed among others, and by itself: test_wrong.py::test_wrong" in capfd.readouterr()[0]


def test_many_failures_have_no_second_chance(tmp_path: Path) -> None:
    root = suite(tmp_path, **{f"late{number}": 1 for number in range(run_tests.AGAIN + 1)})
    assert run_tests.run(root, 1, []) == 1
    assert runs(root, "late0") == 1


def test_a_suite_that_cannot_be_read_fails(tmp_path: Path) -> None:
    (suite(tmp_path, sound=0) / "test_broken.py").write_text("import nothing_of_this_name\n")
    assert run_tests.run(tmp_path, 1, []) != 0


def test_a_test_that_never_ends_is_ended_and_run_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = suite(tmp_path, sound=0)
    # Holds the interpreter for ever the first time: no signal is served, no thread runs.
    (root / "test_stuck.py").write_text(_STUCK)
    limit = ["-p", "xdist.plugin", "-o", "faulthandler_timeout=1"]
    assert run_tests.run(root, 2, [*limit, "-o", "faulthandler_exit_on_timeout=true"]) == 0
    said, stacks = capfd.readouterr()
    assert "crashed while running 'test_stuck.py::test_stuck'" in said
    assert "all of them once more" in said
    assert "in test_stuck" in stacks
    assert runs(root, "sound") in (1, 2)
