import subprocess
import sys
from pathlib import Path

import pytest
from coverage import Coverage

from tools import check_coverage

COVERED = """
def sign(n):
    if n:
        return 1
    return 2
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose signers stay at 100 %; nothing ran yet."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "signer.py").write_text(COVERED)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.coverage.run]\nbranch = true\ndata_file = "data"\ninclude = ["pkg/*.py"]\n'
    )
    monkeypatch.setattr(check_coverage, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(project: Path, code: str) -> None:
    """As `coverage run` would, in an interpreter that is not measured already."""
    (project / "main.py").write_text(code)
    subprocess.run(
        [sys.executable, "-m", "coverage", "run", "main.py"], cwd=project, check=True, timeout=60
    )


def test_all_branches(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "from pkg.signer import sign\nsign(0)\nsign(1)\n")
    assert check_coverage.main() == 0
    assert capsys.readouterr().out == ""


def test_a_missing_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "from pkg.signer import sign\nsign(1)\n")
    assert check_coverage.main() == 1
    said = capsys.readouterr().out
    assert "signer.py: lines 5; branches 3->5" in said


def test_a_missing_branch_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "def sign(n):\n    m = 1\n    if n:\n        m = 2\n    return m\n"
    (project / "pkg" / "signer.py").write_text(source)
    run(project, "from pkg.signer import sign\nsign(1)\n")
    assert check_coverage.main() == 1
    assert "lines all; branches 3->5" in capsys.readouterr().out


def test_a_file_nothing_imports(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pkg" / "mapping.py").write_text("x = 1\n")
    run(project, "from pkg.signer import sign\nsign(0)\nsign(1)\n")
    assert check_coverage.main() == 1
    assert "mapping.py: no test imports it" in capsys.readouterr().out


def test_nothing_recorded(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_coverage.main() == 1
    assert "--cov" in capsys.readouterr().out


def test_the_list_of_this_project_finds_files() -> None:
    names = {
        str(file.relative_to(check_coverage.ROOT))
        for file in check_coverage.listed(
            Coverage(config_file=str(check_coverage.ROOT / "pyproject.toml"))
        )
    }
    assert {"vsconsole/domain/timeline.py", "vsconsole/net/transport.py"} <= names
    assert any(name.endswith("tencent/signer.py") for name in names)
    assert any(name.endswith("tencent/mapping.py") for name in names)
