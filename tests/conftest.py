"""What all tests share: the fixed environment, the guards, a profile of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import environment

HOME = environment.fix()

# After the environment, because these import Qt.
from tests.helpers import covered, leaks, logs, network, order  # noqa: E402
from tools import translations  # noqa: E402
from vsconsole import i18n  # noqa: E402
from vsconsole.paths import Paths  # noqa: E402
from vsconsole.store import vault  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    translations.compile_stale()
    for plugin in (network, logs, leaks, covered, order):
        config.pluginmanager.register(plugin)


@pytest.fixture(autouse=True)
def _plain() -> Iterator[None]:
    """Every test starts in English, and its pass phrases are cheap to try."""
    i18n.set_language("en")
    # Not the test's own patches: those are to end before the fixtures that came first.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_COST", {"n": 2**4, "r": 8, "p": 1})
        yield


@pytest.fixture
def profile(tmp_path: Path) -> Paths:
    """The folders of a new, empty profile; they exist."""
    return Paths.for_profile(tmp_path / "profile").create()
