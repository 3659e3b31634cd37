"""A desk over a sandbox of its own, with its console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from tests.ui.console.support import Booth
from tests.ui.wall.support import HandEngine
from vsconsole.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(vendors=["tencent"]) as sandbox:
        yield sandbox


@pytest.fixture
def bare(qapp: object, tmp_path: Path, sandbox: Sandbox) -> Iterator[Stand]:
    """A desk without any account."""
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        stand.wait(lambda: stand.desk._restored, 5)
        yield stand


@pytest.fixture
def booth(bare: Stand) -> Booth:
    """A desk with the sandbox's account."""
    return Booth(bare, bare.add_account())
