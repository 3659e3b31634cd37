"""An account at the sandbox, or at a server whose answers a test writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.net.support import Handler
from vsconsole.domain.model import Account, Channel
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.ctyun.adapter import CtyunAdapter

KEYS = {"access_key": "CTTESTACCESSKEY00001", "secret_key": "ct-test-secret-key-not-real"}


def adapter_at(sandbox: Sandbox, transport: Transport, **changed: str) -> CtyunAdapter:
    """The sandbox's account; `changed` fields replace its own."""
    return adapter_with({**sandbox.fields("ctyun"), **changed}, transport)


def adapter_with(fields: dict[str, str], transport: Transport) -> CtyunAdapter:
    row = registry.vendor("ctyun")
    options, secrets = row.divide(row.check(fields))
    account = Account(id="a1", vendor="ctyun", name="Test", options=options)
    context = registry.Context(
        transport=transport, cache_dir=Path("unused"), calls_per_second=1000, concurrent=8
    )
    made = registry.make_adapter(account, secrets, context)
    assert isinstance(made, CtyunAdapter)
    return made


def channels(adapter: CtyunAdapter) -> list[Channel]:
    return [node for batch in adapter.nodes() for node in batch if isinstance(node, Channel)]


def calls(sandbox: Sandbox, name: str) -> list[LogEntry]:
    """What the sandbox saw of a call."""
    return [entry for entry in sandbox.log if entry.call == name]


def envelope(handler: Handler, found: Any = None, **failure: Any) -> None:
    """Answers as the vendor does: with `returnObj`, or with what went wrong."""
    status = failure.get("statusCode", 200)
    body: dict[str, Any] = {"statusCode": status, "message": "请求成功", "requestId": "r" * 32}
    if not failure:
        body["returnObj"] = found
    handler.reply(json.dumps({**body, **failure}).encode(), status)
