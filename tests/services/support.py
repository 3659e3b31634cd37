"""A profile's services over a sandbox of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vsconsole.domain.days import span_of
from vsconsole.domain.model import Ability, Account, Channel, Store
from vsconsole.domain.timeline import Span
from vsconsole.paths import Paths
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.services.desk import Services

ZONE = "Asia/Shanghai"
ALL_DAY = ("前门", "东门球机")
"""Channels of the sandbox whose recordings are long."""


@contextmanager
def opened(folder: Path) -> Iterator[Services]:
    """The services of a profile in `folder`, its vault opened."""
    paths = Paths.for_profile(folder)
    with Services.open(paths, profile_given=True, passphrase=lambda: "pass") as services:
        yield services


def add_box(services: Services, sandbox: Sandbox, name: str = "Box") -> Account:
    """The sandbox's Tencent login, with its tree listed."""
    account = services.accounts.add("tencent", name, sandbox.fields("tencent"))
    services.inventory.refresh(account.id)
    return account


def channel_with(
    services: Services, account: Account, *abilities: Ability, name: str = ""
) -> Channel:
    """An online channel that can do all of it, one that records all day where there is one."""
    found = [
        node
        for node in services.inventory.tree(account.id)
        if isinstance(node, Channel)
        and node.status == "online"
        and set(abilities) <= node.abilities
        and name in ("", node.name)
    ]
    assert found, f"no channel with {abilities} {name}"
    # Channels come in the order in which their devices answered.
    return min(found, key=lambda node: (node.name not in ALL_DAY, node.name))


def day_before(days: int) -> Span:
    """A whole day in the past, as Beijing has it."""
    return span_of((datetime.now(UTC) - timedelta(days=days)).date(), ZONE)


def recorded(services: Services, channel: Channel, store: Store, days: int = 1) -> Span:
    """A recorded range of an hour at least, some days ago or earlier."""
    for back in range(days, days + 20):
        segments = services.footage.ensure(channel, store, day_before(back))
        for span in segments.joined().spans():
            if span.seconds >= 3600:
                return span
    raise AssertionError("no long recording")


def calls(sandbox: Sandbox, path: str) -> list[LogEntry]:
    """The requests whose path ends so that the sandbox saw."""
    return [entry for entry in sandbox.log if entry.path.endswith(path)]


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Waits for a condition; AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
