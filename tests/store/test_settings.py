"""Settings that survive anything, and say so when something went wrong."""

import os
import stat
from pathlib import Path

import pytest

from vsconsole.domain.errors import StorageError
from vsconsole.store.files import storage_error, write_whole
from vsconsole.store.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_values_are_there_at_the_next_start(path: Path) -> None:
    settings = Settings(path)
    settings.set("language", "zh_CN")
    settings.update({"wall": {"tiles": 4, "names": ["门", "plaza"]}, "speed": 1.5})
    again = Settings(path)
    assert again.get("language") == "zh_CN"
    assert again.get("wall") == {"tiles": 4, "names": ["门", "plaza"]}
    assert again.get("speed", 1.0) == 1.5
    assert again.get("missing", "default") == "default"
    assert again.damage is None
    again.set("language", None)
    assert Settings(path).get("language", "en") == "en"


def test_a_value_of_another_type_than_expected_gives_way_to_the_default(path: Path) -> None:
    settings = Settings(path)
    settings.update({"tiles": "four", "muted": 1, "count": True, "volume": 3})
    assert settings.get("tiles", 4) == 4
    assert settings.get("muted", False) is False
    assert settings.get("count", 7) == 7
    assert settings.get("volume", 0.5) == 3


def test_changing_what_was_given_changes_nothing(path: Path) -> None:
    settings = Settings(path)
    value = ["a"]
    settings.set("list", value)
    value.append("b")
    settings.get("list").append("c")
    assert settings.get("list") == ["a"]


@pytest.mark.allow_log("vsconsole.store.settings: settings damaged")
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[1]", b""])
def test_a_damaged_file_is_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings = Settings(path)
    assert isinstance(settings.damage, StorageError)
    (aside,) = path.parent.glob("settings.json.damaged-*")
    assert aside.read_bytes() == content
    assert aside.name in settings.damage.remedy
    settings.set("a", 1)
    assert Settings(path).get("a") == 1
    # One damaged copy is enough.
    path.write_bytes(b"again")
    Settings(path)
    (aside,) = path.parent.glob("settings.json.damaged-*")
    assert aside.read_bytes() == b"again"


def test_what_a_killed_writer_left_is_cleared(path: Path) -> None:
    Settings(path).set("a", 1)
    left = path.parent / ".settings.json.abc.new"
    left.write_text("{")
    assert Settings(path).get("a") == 1
    assert not left.exists()


def test_writing_the_same_again_touches_nothing(path: Path) -> None:
    settings = Settings(path)
    settings.set("a", 1)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    settings.set("a", 1)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_file_is_for_its_owner_only(path: Path) -> None:
    Settings(path).set("a", 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "settings.json")
    settings.path = tmp_path / "file" / "settings.json"
    with pytest.raises(StorageError) as raised:
        settings.set("a", 1)
    assert raised.value.remedy
    # It holds for this session.
    assert settings.get("a") == 1


@pytest.mark.parametrize(
    ("number", "name"),
    [(28, "DiskFull"), (13, "NotWritable"), (30, "NotWritable"), (5, "StorageError")],
)
def test_what_the_system_refuses_is_told(number: int, name: str) -> None:
    error = storage_error(Path("x"), OSError(number, os.strerror(number)))
    assert type(error).__name__ == name
    assert os.strerror(number) in error.why
    assert error.remedy


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]
