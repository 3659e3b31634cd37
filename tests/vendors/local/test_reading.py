"""What is inside a file is known, or the reason why not; nothing but cancelling is raised."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.vendors.local.support import video
from vsconsole.domain.errors import Cancelled, MediaError
from vsconsole.media import probe as probe_module
from vsconsole.vendors.local.reading import read_media

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"something")
    return path


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Lets the probe find this, or raise it."""

    def prepare(result: object) -> None:
        def probe(path: Path) -> object:
            if isinstance(result, BaseException):
                raise result
            return result

        monkeypatch.setattr(probe_module, "probe", probe)

    return prepare


def test_a_whole_file(tmp_path: Path) -> None:
    facts = read_media(video(tmp_path / "clip.mp4", 2, created=NOON))
    assert facts.seconds == pytest.approx(2, abs=0.3)
    assert (facts.begin, facts.problem) == (NOON, "")
    assert json.loads(facts.media)["seconds"] == facts.seconds


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    facts = read_media(tmp_path / "clip.mp4")
    assert facts.seconds is None
    assert "empty" in facts.problem


def test_a_file_that_went_away(tmp_path: Path) -> None:
    assert read_media(tmp_path / "clip.mp4").problem == "No such file or directory"


def test_a_broken_file_says_why(path: Path, probed: Callable[[object], None]) -> None:
    probed(MediaError("Cannot be read.", why="No index."))
    assert read_media(path).problem == "No index."
    probed(MediaError("Cannot be read."))
    assert read_media(path).problem == "Cannot be read."
    probed(OSError(5, "Input/output error"))
    assert read_media(path).problem == "Input/output error"


@pytest.mark.allow_log("vsconsole.vendors.local.reading: clip.mp4 could not be read")
def test_one_strange_file_does_not_end_the_scan(
    path: Path, probed: Callable[[object], None]
) -> None:
    probed(ZeroDivisionError())
    facts = read_media(path)
    assert facts.seconds is None
    assert facts.problem


def test_being_called_off_is_no_fault_of_the_file(
    path: Path, probed: Callable[[object], None]
) -> None:
    probed(Cancelled())
    with pytest.raises(Cancelled):
        read_media(path)


@pytest.mark.parametrize("seconds", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_a_length_that_is_none(
    path: Path, probed: Callable[[object], None], seconds: float | None
) -> None:
    probed(SimpleNamespace(seconds=seconds, begin=None, complete=True))
    facts = read_media(path)
    assert facts.seconds is None
    assert "length" in facts.problem
