"""An account at a gateway of the test's own, whose answers the test writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vendors.linkvisual import support
from tests.vendors.linkvisual.support import Gateway, adapter_at
from vsconsole.net.transport import Settings, Transport
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with support.gateway() as made:
        yield made


@pytest.fixture
def adapter(gateway: Gateway, transport: Transport) -> Iterator[LinkVisualAdapter]:
    made = adapter_at(gateway.url, transport)
    yield made
    made.close()
