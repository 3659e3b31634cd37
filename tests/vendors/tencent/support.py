"""An account at the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vsconsole.domain.model import Account, Channel
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.tencent.adapter import TencentAdapter


def adapter_at(sandbox: Sandbox, transport: Transport, **changed: str) -> TencentAdapter:
    """The sandbox's account; `changed` fields replace or add to its own."""
    row = registry.vendor("tencent")
    options, secrets = row.divide(row.check({**sandbox.fields("tencent"), **changed}))
    account = Account(id="a1", vendor="tencent", name="Test", options=options)
    context = registry.Context(
        transport=transport, cache_dir=Path("unused"), calls_per_second=1000, concurrent=8
    )
    made = registry.make_adapter(account, secrets, context)
    assert isinstance(made, TencentAdapter)
    return made


def channels(adapter: TencentAdapter) -> list[Channel]:
    return [node for batch in adapter.nodes() for node in batch if isinstance(node, Channel)]


def calls(sandbox: Sandbox, path: str) -> list[Any]:
    """What the sandbox saw at an address that ends so."""
    return [entry for entry in sandbox.log if entry.kind == "api" and entry.path.endswith(path)]
