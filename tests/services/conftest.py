"""One sandbox for all tests of the services; each test has a profile of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.sandboxes import sandbox as sandbox
from tests.helpers.sandboxes import shared_sandbox as shared_sandbox
from tests.services.support import opened
from vsconsole.services.desk import Services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(tmp_path / "profile") as services:
        yield services
