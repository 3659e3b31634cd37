"""An account at the sandbox, and one at a small server whose answers a test writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.net.support import Handler, serving
from vsconsole.domain.model import Account, Channel
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.volcengine.adapter import VolcengineAdapter

KEYS = {"access_key": "VOLCTESTACCESSKEY01", "secret_key": "volc-test-secret-key-not-real"}


def adapter_with(fields: dict[str, str], transport: Transport) -> VolcengineAdapter:
    row = registry.vendor("volcengine")
    options, secrets = row.divide(row.check(fields))
    account = Account(id="a1", vendor="volcengine", name="Test", options=options)
    context = registry.Context(
        transport=transport, cache_dir=Path("unused"), calls_per_second=1000, concurrent=8
    )
    made = registry.make_adapter(account, secrets, context)
    assert isinstance(made, VolcengineAdapter)
    return made


def adapter_at(sandbox: Sandbox, transport: Transport, **changed: str) -> VolcengineAdapter:
    """The sandbox's account; `changed` fields replace or add to its own."""
    return adapter_with({**sandbox.fields("volcengine"), **changed}, transport)


def channels(adapter: VolcengineAdapter) -> list[Channel]:
    return [node for batch in adapter.nodes() for node in batch if isinstance(node, Channel)]


def calls(sandbox: Sandbox, action: str) -> list[Any]:
    """What the sandbox saw of one call."""
    return [entry for entry in sandbox.log if entry.kind == "api" and entry.call == action]


class Script:
    """Results by action, each a value or a function of the parameters; `asked` keeps all calls."""

    def __init__(self, **results: Any) -> None:
        self.results = results
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, handler: Handler) -> None:
        query = dict(parse_qsl(handler.seen.target.partition("?")[2], keep_blank_values=True))
        action = query.pop("Action")
        query.pop("Version")
        params = {**query, **json.loads(handler.seen.body or b"{}")}
        self.asked.append((action, params))
        found = self.results[action]
        if isinstance(found, list) and found and isinstance(found[0], Step):
            found = found.pop(0).value if len(found) > 1 else found[0].value
        if callable(found):
            found = found(params)
        about: dict[str, Any] = {"RequestId": "r-1", "Action": action}
        if isinstance(found, Refusal):
            about["Error"] = {"CodeN": 1, "Code": found.code, "Message": found.message}
            body: dict[str, Any] = {"ResponseMetadata": about}
            handler.reply(json.dumps(body).encode(), found.status)
            return
        handler.reply(json.dumps({"ResponseMetadata": about, "Result": found}).encode())

    def of(self, action: str) -> list[dict[str, Any]]:
        return [params for name, params in self.asked if name == action]


class Step:
    """One answer of several that come one after the other; the last one stays."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Refusal:
    def __init__(self, code: str, status: int = 400, message: str = "no") -> None:
        self.code, self.status, self.message = code, status, message


@contextmanager
def scripted(**results: Any) -> Iterator[tuple[VolcengineAdapter, Script]]:
    """An adapter whose vendor answers as written."""
    script = Script(**results)
    with serving(script) as server:
        transport = Transport()
        adapter = adapter_with({**KEYS, "server": server.url}, transport)
        yield adapter, script
        adapter.close()
        transport.close()
