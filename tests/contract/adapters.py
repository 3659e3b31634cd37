"""The adapters that the contract suite runs over: one line per vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from vsconsole.domain import days
from vsconsole.domain.capabilities import Adapter
from vsconsole.domain.model import Channel, Key, now
from vsconsole.domain.timeline import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An adapter with an account that works: a range in which some channel has footage, and a
    channel that does not exist."""

    adapter: Adapter
    recorded: Span
    nobody: Channel


@contextmanager
def tencent(_folder: Path) -> Iterator[Subject]:
    """The sandbox's account."""
    from tests.vendors.tencent.support import adapter_at
    from vsconsole.net.transport import Transport
    from vsconsole.sandbox.server import Sandbox

    with Sandbox(seed=11, vendors=["tencent"]) as sandbox:
        transport = Transport()
        adapter = adapter_at(sandbox, transport)
        day = days.span_of(days.day_of(now(), "Asia/Shanghai"), "Asia/Shanghai")
        yield Subject(
            adapter=adapter,
            recorded=Span(day.begin - timedelta(days=3, hours=7), day.begin - timedelta(hours=5)),
            nobody=Channel(
                key=Key(adapter.account.id, "00000000-0000-4000-8000-000000000000"), name=""
            ),
        )
        adapter.close()
        transport.close()


Open = Callable[[Path], AbstractContextManager[Subject]]
ADAPTERS: dict[str, Open] = {"tencent": tencent}
