"""A month of one channel at 50 ms a call: the queries, their overlap, and opening it again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.bench.run import Row
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.paths import Paths
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services

_DELAY = 0.05
_PATH = "/ivc/record/filelist/query"


def _queries(sandbox: Sandbox) -> int:
    return sum(entry.path == _PATH for entry in sandbox.log)


def measure() -> Iterator[Row]:
    """Thirty past days and today; the reference is the same queries one after the other."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(vendors=["tencent"]) as sandbox:
        login = next(a for a in sandbox.info.accounts if a.vendor == "tencent")
        paths = Paths.for_profile(Path(folder))
        with _services(paths) as services:
            account = services.accounts.add("tencent", login.name, login.fields)
            services.inventory.refresh(account.id)
            channel = next(
                node
                for node in services.inventory.tree(account.id)
                if isinstance(node, Channel) and Ability.CLOUD_RECORDS in node.abilities
            )
            zone = ZoneInfo(channel.zone)
            today = now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            span_begin = today - timedelta(days=30)
            sandbox.faults.set("tencent", "slow", 1.0, seconds=_DELAY)
            first, asked = _open(services, sandbox, channel, span_begin)
        # A new start of the program: what it knows comes from its cache.
        with _services(paths) as services:
            again, asked_again = _open(services, sandbox, channel, span_begin)
    yield Row(name="a month: queries", ours=asked, reference=31, unit="queries", goal=1.0)
    yield Row(name="a month: time against one by one", ours=first, reference=31 * _DELAY, unit="s")
    yield Row(name="a month again: queries", ours=asked_again, unit="queries", goal=1.0)
    yield Row(name="a month again: time", ours=again, unit="s")


def _services(paths: Paths) -> Services:
    return Services.open(paths, profile_given=True, passphrase=lambda: "bench")


def _open(
    services: Services, sandbox: Sandbox, channel: Channel, begin: datetime
) -> tuple[float, int]:
    before = _queries(sandbox)
    started = time.perf_counter()
    services.footage.load(channel, Store.CLOUD, Span(begin, now())).wait(30)
    return time.perf_counter() - started, _queries(sandbox) - before
