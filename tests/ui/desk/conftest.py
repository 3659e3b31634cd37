"""A whole desk over a sandbox in the same process; its pictures real, or worked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands, Wall
from tests.ui.wall.support import HandEngine
from vsconsole.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(vendors=["tencent"]) as sandbox:
        yield sandbox


@pytest.fixture
def stand(qapp: object, tmp_path: Path, sandbox: Sandbox) -> Iterator[Stand]:
    """A desk with the sandbox's account listed, its player the real one."""
    with Stand.open(tmp_path, sandbox) as stand:
        stand.add_account()
        yield stand


@pytest.fixture
def hand(qapp: object, tmp_path: Path, sandbox: Sandbox) -> Iterator[Hands]:
    """A desk with the sandbox's account listed, its players worked by hand."""
    engine = HandEngine()
    with Stand.open(tmp_path, sandbox, engine=engine) as stand:
        stand.add_account()
        yield Hands(stand, engine)


@pytest.fixture
def wall(hand: Hands) -> Wall:
    """Three cameras of that desk, side by side."""
    return Wall(hand, 3)
