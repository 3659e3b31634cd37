import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests import conftest
from vsconsole import paths
from vsconsole.paths import Paths


def folders(of: Paths) -> list[Path]:
    return [of.config, of.data, of.cache, of.log]


def test_a_profile_is_one_folder(tmp_path: Path) -> None:
    made = folders(Paths.for_profile(tmp_path / "profile"))
    assert len(set(made)) == 4
    assert all(folder.parent == tmp_path / "profile" for folder in made)
    assert not (tmp_path / "profile").exists()


def test_a_relative_profile_stays_where_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    profile = Paths.for_profile("here")
    monkeypatch.chdir("/")
    assert profile.config == tmp_path / "here" / "config"


def test_a_tilde_is_the_home() -> None:
    assert Paths.for_profile("~/footage").data == Path.home() / "footage" / "data"


@pytest.mark.skipif(os.name != "posix", reason="Windows does not take its folders from variables")
def test_default_folders_are_the_users_own() -> None:
    made = folders(Paths.default())
    assert len(set(made)) == 4
    assert all(folder.is_relative_to(conftest.HOME) for folder in made)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no mode bits")
def test_created_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        profile = Paths.for_profile(tmp_path / "deep" / "profile").create()
    finally:
        os.umask(before)
    for folder in folders(profile):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_create_leaves_what_is_there(tmp_path: Path) -> None:
    profile = Paths.for_profile(tmp_path).create()
    (profile.config / "settings.json").write_text("{}")
    profile.create()
    assert (profile.config / "settings.json").read_text() == "{}"


def test_create_says_when_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("a file stands in the way")
    with pytest.raises(OSError, match="profile"):
        Paths.for_profile(tmp_path / "profile").create()


def test_resources_of_a_checkout() -> None:
    folder = paths.resources()
    assert (folder / "locale").is_dir()
    assert list((folder / "icons").glob("*.svg"))
    assert (folder / "icons" / "LICENSE-lucide.txt").is_file()


def test_resources_of_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "vsconsole"
    (package / "resources" / "locale").mkdir(parents=True)
    source = Path(paths.__file__)
    (package / "__init__.py").touch()
    (package / "paths.py").write_bytes(source.read_bytes())
    command = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    command += "from vsconsole.paths import resources; print(resources())"
    done = subprocess.run(
        [sys.executable, "-I", "-c", command],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert Path(done.stdout.strip()) == package / "resources"


def test_an_incomplete_installation_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "vsconsole" / "paths.py"))
    with pytest.raises(FileNotFoundError, match="resources"):
        paths.resources.__wrapped__()
