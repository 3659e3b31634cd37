"""The sandbox that the tests of a worker share: a conftest imports both fixtures."""

from collections.abc import Iterator

import pytest

from vsconsole.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, vendors=["tencent"]) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Iterator[Sandbox]:
    """Without faults, and with an empty log."""
    shared_sandbox.faults.clear()
    shared_sandbox._log.clear()
    yield shared_sandbox
    shared_sandbox.faults.clear()
