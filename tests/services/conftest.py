"""One sandbox for all tests of the services; each test has a profile of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.support import opened
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services


@pytest.fixture(scope="package")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox: Sandbox) -> Iterator[Sandbox]:
    """Without faults, and with an empty log."""
    _sandbox.faults.clear()
    _sandbox._log.clear()
    yield _sandbox
    _sandbox.faults.clear()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(tmp_path / "profile") as services:
        yield services
