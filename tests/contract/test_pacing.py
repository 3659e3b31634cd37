"""No account asks more often than its vendor allows, as the sandbox's own log shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import floor
from pathlib import Path

import pytest

from tests.contract.adapters import SANDBOX_SEED, adapter_at, recorded_days
from tests.contract.faults import CLOUDS
from vsconsole.domain.capabilities import Adapter, Inventory, Records
from vsconsole.domain.model import Channel, Store
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.vendors.registry import Context

MONTH = 31

LIMITS: dict[str, dict[str, int]] = {
    # docs/6521/1220475: "ListStreamRecords", ten a second for each user.
    "volcengine": {"ListStreamRecords": 10},
    # None is published for the others: the program's own pace holds.
    "tencent": {},
    "linkvisual": {},
    "ctyun": {},
    "imou": {},
}
CONNECTIONS = {"imou": 10}
"""What the vendor's own client opens to a server at most."""


@dataclass
class Pulse:
    """How late this machine was at worst to do something that was due."""

    late: float = 0.0


@contextmanager
def pulse() -> Iterator[Pulse]:
    """A call may arrive so much later than it was sent, the one after it being in time."""
    found = Pulse()
    over = threading.Event()

    def beat() -> None:
        while not over.is_set():
            due = time.monotonic() + 0.01
            over.wait(0.01)
            found.late = max(found.late, time.monotonic() - due)

    heart = threading.Thread(target=beat, name="pulse", daemon=True)
    heart.start()
    try:
        yield found
    finally:
        over.set()
        heart.join()


@contextmanager
def opened(vendor: str, folder: Path, **context: float) -> Iterator[tuple[Sandbox, Adapter]]:
    with Sandbox(seed=SANDBOX_SEED, vendors=[vendor]) as sandbox:
        transport = Transport()
        adapter = adapter_at(sandbox, vendor, transport, cache=folder, **context)
        yield sandbox, adapter
        adapter.close()
        transport.close()


def busiest(entries: list[LogEntry], seconds: float = 1.0) -> int:
    """The most requests that came within `seconds`, wherever those begin."""
    times = sorted(entry.at for entry in entries)
    most = first = 0
    for i, at in enumerate(times):
        while at - times[first] >= seconds:
            first += 1
        most = max(most, i - first + 1)
    return most


def a_month_of_work(adapter: Adapter) -> None:
    """The tree, and what one channel recorded in a month."""
    assert isinstance(adapter, Inventory)
    assert isinstance(adapter, Records)
    nodes = [node for batch in adapter.nodes() for node in batch]
    channel = next(n for n in nodes if isinstance(n, Channel) and Store.CLOUD in n.stores)
    assert adapter.segments(channel, Store.CLOUD, recorded_days(MONTH))


@pytest.mark.parametrize("vendor", CLOUDS)
def test_a_month_keeps_to_the_programs_pace(vendor: str, tmp_path: Path) -> None:
    usual = Context(transport=Transport(), cache_dir=tmp_path)
    rate = usual.calls_per_second
    bounds = {"calls_per_second": rate, "concurrent": usual.concurrent}
    with opened(vendor, tmp_path, **bounds) as (sandbox, adapter), pulse() as machine:
        a_month_of_work(adapter)
        calls = [entry for entry in sandbox.log if entry.kind == "api"]
    assert len(calls) >= 2
    # A pause lets half a second's worth of calls gather, which then go out together.
    assert busiest(calls) <= floor(rate * (1 + machine.late)) + rate / 2
    refused = [entry for entry in calls if entry.status == 429]
    assert not refused


@pytest.mark.parametrize("vendor", [vendor for vendor, calls in LIMITS.items() if calls])
def test_a_limit_of_the_vendor_holds_whatever_the_program_allows(
    vendor: str, tmp_path: Path
) -> None:
    bounds = {"calls_per_second": 1000.0, "concurrent": 64}
    with opened(vendor, tmp_path, **bounds) as (sandbox, adapter), pulse() as machine:
        a_month_of_work(adapter)
        log = sandbox.log
    for name, limit in LIMITS[vendor].items():
        calls = [entry for entry in log if entry.call == name]
        assert len(calls) >= MONTH
        late = floor(limit * machine.late)
        assert busiest(calls) <= limit + late
        assert late or {entry.status for entry in calls} == {200}


@pytest.mark.parametrize("vendor", CONNECTIONS)
def test_no_more_connections_than_the_vendor_likes(vendor: str, tmp_path: Path) -> None:
    wait = 0.2
    bounds = {"calls_per_second": 1000.0, "concurrent": 64}
    with opened(vendor, tmp_path, **bounds) as (sandbox, adapter):
        assert isinstance(adapter, Inventory)
        assert isinstance(adapter, Records)
        nodes = [node for batch in adapter.nodes() for node in batch]
        channels = [n for n in nodes if isinstance(n, Channel) and Store.CLOUD in n.stores]
        records, span = adapter.segments, recorded_days(1)
        since = len(sandbox.log)
        sandbox.faults.set(vendor, "slow", seconds=wait)
        jobs: list[Callable[[], object]] = [
            partial(records, channel, Store.CLOUD, span) for channel in (channels * 24)[:24]
        ]
        together(jobs)
        asked = [entry for entry in sandbox.log[since:] if entry.kind == "api"]
    assert len(asked) >= len(jobs)
    # Each was there for `wait` at least, so all that came within it were there at once.
    at_once = busiest(asked, wait)
    assert 1 < at_once <= CONNECTIONS[vendor]


def together(jobs: list[Callable[[], object]]) -> None:
    """Does all jobs, each on a thread of its own."""
    failures: list[BaseException] = []

    def done(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=done, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def test_every_cloud_is_looked_at() -> None:
    assert set(LIMITS) == set(CLOUDS)
