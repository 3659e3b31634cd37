"""Coverage is recorded only by the tests of what has to be covered: it slows Python by a half.

What has to be covered is listed in `[tool.coverage.run]`; its own tests have to cover it.
"""

from collections.abc import Generator
from pathlib import Path

import pytest

RECORDED = ("domain", "net", "vendors")
"""Folders of tests."""

_TESTS = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    # None without --cov; pytest-cov's own mark, no_cover, leaves out the fixtures.
    plugin = item.config.pluginmanager.get_plugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller is None:
        return (yield)
    wanted = any(item.path.is_relative_to(_TESTS / folder) for folder in RECORDED)
    if wanted != controller.started:
        if wanted:
            controller.resume()
        else:
            controller.pause()
    return (yield)
