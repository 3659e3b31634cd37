import faulthandler
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vsconsole import logs


def redact(text: str) -> str:
    return text.replace("hunter2", "***")


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    logs.stop()
    logging.getLogger().setLevel(level)
    # Pytest had it on.
    faulthandler.enable(sys.__stderr__)


def test_entries_are_redacted_with_arguments_and_traces(tmp_path: Path) -> None:
    file = logs.start(tmp_path / "log", redact)
    logging.getLogger("a").info("secret %s", "hunter2")
    try:
        raise ValueError("hunter2 again")
    except ValueError:
        logging.getLogger("a").info("failed", exc_info=True)
    logs.stop()
    text = file.read_text(encoding="utf-8")
    assert "secret ***" in text
    assert "ValueError: *** again" in text
    assert "hunter2" not in text


def test_what_shows_addresses_is_held_back(tmp_path: Path) -> None:
    file = logs.start(tmp_path, redact)
    logging.getLogger("urllib3.connectionpool").info("GET /media?token=abc")
    logging.getLogger("a").info("kept")
    logs.stop()
    assert "token" not in file.read_text(encoding="utf-8")
    assert "kept" in file.read_text(encoding="utf-8")


def test_starting_again_moves_the_log(tmp_path: Path) -> None:
    first = logs.start(tmp_path / "first", redact)
    logging.getLogger("a").info("one")
    second = logs.start(tmp_path / "second", redact)
    logging.getLogger("a").info("two")
    logs.stop()
    logging.getLogger("a").info("three")
    assert "two" not in first.read_text(encoding="utf-8")
    text = second.read_text(encoding="utf-8")
    assert "two" in text
    assert "one" not in text
    assert "three" not in text


def test_it_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_SIZE", 1000)
    logs.start(tmp_path, redact)
    for number in range(200):
        logging.getLogger("a").info("entry %d", number)
    logs.stop()
    files = sorted(tmp_path.glob("vsconsole.log*"))
    assert len(files) == 1 + logs._KEPT
    assert all(file.stat().st_size <= 1000 for file in files)


def test_a_crash_writes_every_stack(tmp_path: Path) -> None:
    logs.start(tmp_path, redact)
    assert faulthandler.is_enabled()
    logs.stop()
    assert not faulthandler.is_enabled()
    assert (tmp_path / "crash.log").exists()


def test_echo_goes_to_standard_error_redacted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("allow_log")("hunter2")
    logs.start(tmp_path, redact, echo=True)
    logging.getLogger("a").info("too quiet")
    logging.getLogger("a").warning("hunter2")
    logs.stop()
    said = capsys.readouterr().err
    assert "***" in said
    assert "hunter2" not in said
    assert "too quiet" not in said


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file stands in the way")
    with pytest.raises(OSError, match="log"):
        logs.start(tmp_path / "log", redact)
