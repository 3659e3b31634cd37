"""The import rules in pyproject.toml, tried on a package made of nothing but imports.

The package has the shape of the real one; with its imports every rule is kept, and each import
that must not be breaks one.
"""

import logging.config
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
# Another name, because the real package is loaded already.
NAME = "sample"

RIGHT = {
    "__main__": "sample.cli sample.app",
    "app": "sample.ui.main_window sample.services.footage sample.net.redact sample.sandbox.main "
    "sample.work.qt sample.logs PySide6.QtWidgets",
    "demo.world": "sample.services.footage sample.sandbox.main sample.store.settings",
    "demo.tour": "sample.ui.main_window sample.sandbox.timecode sample.work.qt PySide6.QtTest",
    "cli": "sample.services.footage sample.player.vlc sample.media.bridge sample.sandbox.main "
    "sample.vendors.registry sample.store.cache sample.net.endpoint sample.work.lanes "
    "sample.domain.model sample.i18n sample.paths",
    "ui.main_window": "sample.services.footage sample.work.qt sample.player.surface "
    "sample.vendors.registry sample.store.settings sample.domain.model sample.i18n "
    "PySide6.QtWidgets",
    "ui.tree.view": "",
    "services.footage": "sample.vendors.registry sample.store.cache sample.work.lanes "
    "sample.media.bridge sample.net.transport sample.i18n sample.domain.model",
    "player.backend": "sample.domain.model",
    "player.vlc": "sample.media.bridge sample.work.lanes sample.player.backend sample.i18n vlc",
    "player.surface": "sample.player.backend PySide6.QtGui",
    "sandbox.main": "sample.sandbox.world.core sample.sandbox.media.encode",
    "sandbox.world.core": "",
    "sandbox.media.encode": "sample.sandbox.timecode av",
    "sandbox.timecode": "",
    "vendors.registry": "sample.net.transport sample.domain.model sample.i18n",
    "vendors.tencent.adapter": "sample.net.transport sample.domain.model sample.i18n",
    "vendors.local.adapter": "sample.media.bridge sample.domain.model",
    "net.transport": "sample.domain.model sample.i18n requests urllib3",
    "net.endpoint": "sample.domain.model",
    "net.redact": "",
    "store.cache": "sample.domain.model sample.paths",
    "store.settings": "",
    "media.bridge": "sample.domain.model av m3u8",
    "work.lanes": "sample.domain.model",
    "work.qt": "sample.work.lanes PySide6.QtCore",
    "domain.model": "",
    "i18n": "sample.paths",
    "logs": "",
    "paths": "platformdirs",
}

WRONG = {
    "domain.model": "i18n paths requests",
    "net.redact": "store.cache vendors.tencent.adapter work.lanes PySide6 requests",
    "vendors.tencent.adapter": "vendors.local.adapter media.bridge store.cache work.lanes requests",
    "vendors.local.adapter": "vendors.tencent.adapter av",
    "vendors.registry": "vendors.tencent.adapter media.bridge store.cache",
    "services.footage": "net.endpoint work.qt vendors.tencent.adapter ui.main_window player.vlc "
    "sandbox.main PySide6 av requests",
    "store.cache": "net.transport media.bridge services.footage PySide6",
    "media.bridge": "net.transport work.lanes vlc requests PySide6",
    "player.vlc": "services.footage net.transport store.cache PySide6 av",
    "player.backend": "player.surface vlc",
    "ui.tree.view": "net.transport media.bridge vendors.tencent.adapter sandbox.timecode cli app "
    "demo.world requests vlc av",
    "demo.world": "net.transport vendors.tencent.adapter app PySide6 av",
    "cli": "ui.main_window app demo.world work.qt vendors.tencent.adapter PySide6 requests",
    "sandbox.main": "domain.model i18n vendors.tencent.adapter services.footage media.bridge "
    "ui.main_window requests",
    "sandbox.world.core": "av",
    "work.lanes": "store.cache PySide6",
    "i18n": "domain.model PySide6",
    "logs": "domain.model PySide6",
    "paths": "i18n logs",
}
PARTS = {module.partition(".")[0] for module in RIGHT}
PAIRS = [(module, target) for module, targets in WRONG.items() for target in targets.split()]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, with every import it may have."""
    root = tmp_path_factory.mktemp("rules")
    for module, imports in RIGHT.items():
        file = root / NAME / f"{module.replace('.', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        for folder in file.relative_to(root).parents:
            if folder.parts:
                (root / folder / "__init__.py").touch()
        # Inside a function, where most of the real ones are: it must make no difference.
        lines = [f"    import {name}\n" for name in imports.split()]
        file.write_text("def f():\n    pass\n" + "".join(lines), encoding="utf-8")
    rules = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (root / "pyproject.toml").write_text(rules.replace("vsconsole", NAME), encoding="utf-8")
    return root


@pytest.fixture
def changed(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package for one test, where import-linter finds it."""
    root = tmp_path / "rules"
    shutil.copytree(package, root)
    monkeypatch.chdir(root)
    monkeypatch.syspath_prepend(str(root))
    # The linter sets up logging for a process of its own, which silences every other logger.
    monkeypatch.setattr(logging.config, "dictConfig", lambda _config: None)
    yield root
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def lint() -> int:
    return lint_imports(no_cache=True)


def test_what_may_be_is_kept(changed: Path) -> None:
    assert lint() == 0


@pytest.mark.parametrize(("module", "target"), PAIRS)
def test_what_must_not_be_is_caught(
    module: str, target: str, changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{NAME}.{target}" if target.partition(".")[0] in PARTS else target
    file = changed / NAME / f"{module.replace('.', '/')}.py"
    file.write_text(file.read_text(encoding="utf-8") + f"    import {name}\n", encoding="utf-8")
    assert lint() == 1
    said = capsys.readouterr().out
    assert "BROKEN" in said
    assert f"{NAME}.{module} -> {name}" in said


def test_a_new_part_has_to_be_given_its_place(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (changed / NAME / "extra.py").touch()
    assert lint() == 1
    assert "extra" in capsys.readouterr().out
