"""A whole desk over a sandbox in the same process: window, services, player."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from vsconsole.sandbox.server import Sandbox


@pytest.fixture
def stand(qapp: object, tmp_path: Path) -> Iterator[Stand]:
    """A desk with the sandbox's Tencent account listed; closed after the test."""
    with Sandbox(vendors=["tencent"]) as sandbox, Stand.open(tmp_path, sandbox) as stand:
        stand.add_account()
        yield stand
