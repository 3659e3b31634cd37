"""An account at the sandbox, and a server that answers as a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.net.support import Answer, Handler, LoopbackServer, serving
from vsconsole.domain.model import Account, Channel
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.imou.adapter import ImouAdapter

TOKEN = "At_0123456789abcdef0123456789abcdef"
DOCUMENT = json.loads((Path(__file__).parent / "document.json").read_text(encoding="utf-8"))
"""The document's sample of a request and its answer."""


def adapter_with(transport: Transport, server: str, **fields: str) -> ImouAdapter:
    """An adapter with made-up keys, or those of `fields`."""
    values = {"app_id": "lcd0123456789abcde", "app_secret": "0123456789abcdef", **fields}
    secrets = {"app_secret": values.pop("app_secret")}
    options = {"server": server, **values}
    account = Account(id="a1", vendor="imou", name="Test", options=options)
    return ImouAdapter(account, secrets, _context(transport))


def _context(transport: Transport) -> registry.Context:
    return registry.Context(
        transport=transport, cache_dir=Path("unused"), calls_per_second=1000, concurrent=8
    )


def adapter_at(sandbox: Sandbox, transport: Transport, **changed: str) -> ImouAdapter:
    """The sandbox's account; `changed` fields replace or add to its own."""
    row = registry.vendor("imou")
    options, secrets = row.divide(row.check({**sandbox.fields("imou"), **changed}))
    account = Account(id="a1", vendor="imou", name="Test", options=options)
    made = registry.make_adapter(account, secrets, _context(transport))
    assert isinstance(made, ImouAdapter)
    return made


def channels(adapter: ImouAdapter) -> list[Channel]:
    return [node for batch in adapter.nodes() for node in batch if isinstance(node, Channel)]


def calls(sandbox: Sandbox, name: str) -> list[LogEntry]:
    """What the sandbox saw of a call."""
    return [entry for entry in sandbox.log if entry.path == f"/openapi/{name}"]


Make = Callable[[dict[str, Any]], Any]


class Refusal(Exception):
    """What a made-up server answers instead of data."""


@contextmanager
def answering(**methods: Make | Any) -> Iterator[LoopbackServer]:
    """A server whose methods give data for params, or Refusal with a code; others do not exist."""

    def given(name: str) -> Answer:
        make = methods[name]

        def answer(handler: Handler) -> None:
            body = json.loads(handler.seen.body)
            try:
                data = make(body["params"]) if callable(make) else make
                result = {"code": "0", "msg": "", "data": data}
            except Refusal as refusal:
                result = {"code": refusal.args[0], "msg": "refused"}
            handler.reply(json.dumps({"id": body["id"], "result": result}).encode())

        return answer

    methods = {"accessToken": {"accessToken": TOKEN, "expireTime": 259200}, **methods}
    answers = {f"/openapi/{name}": given(name) for name in methods}
    with serving({**answers, "*": lambda handler: handler.reply(b"<html>none</html>", 404)}) as it:
        yield it


def asked(server: LoopbackServer, name: str) -> list[dict[str, Any]]:
    """The params of every request to a method."""
    return [
        json.loads(seen.body)["params"] for seen in server.seen if seen.target == f"/openapi/{name}"
    ]
