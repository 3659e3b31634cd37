"""The adapters that the contract suite runs over: one line per vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from vsconsole.domain import days
from vsconsole.domain.capabilities import Adapter
from vsconsole.domain.model import Account, Channel, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry

ZONE = "Asia/Shanghai"
SANDBOX_SEED = 11


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An adapter with an account that works: a range in which some channel has footage, and a
    channel that does not exist."""

    adapter: Adapter
    recorded: Span
    nobody: Channel


def adapter_at(
    sandbox: Sandbox, vendor: str, transport: Transport, *, cache: Path, **context: float
) -> Adapter:
    """The sandbox's account of a vendor, made by the registry as the program makes it."""
    return adapter_with(vendor, sandbox.fields(vendor), transport, cache=cache, **context)


def adapter_with(
    vendor: str, fields: dict[str, str], transport: Transport, *, cache: Path, **context: float
) -> Adapter:
    """An account with these fields; `context` replaces generous bounds on its calls."""
    row = registry.vendor(vendor)
    options, secrets = row.divide(row.check(fields))
    bounds = {"calls_per_second": 1000.0, "concurrent": 8, **context}
    return registry.make_adapter(
        Account(id="a1", vendor=vendor, name="Contract", options=options),
        secrets,
        registry.Context(
            transport=transport,
            cache_dir=cache,
            calls_per_second=bounds["calls_per_second"],
            concurrent=int(bounds["concurrent"]),
        ),
    )


def recorded_days(count: float) -> Span:
    """A range that ends some hours before today begins where the sandbox's cameras are."""
    day = days.span_of(days.day_of(now(), ZONE), ZONE)
    return Span(day.begin - timedelta(days=count, hours=7), day.begin - timedelta(hours=5))


@contextmanager
def _cloud(vendor: str, nobody: str, folder: Path) -> Iterator[Subject]:
    """The sandbox's account; `nobody` is an id in the vendor's own form."""
    with Sandbox(seed=SANDBOX_SEED, vendors=[vendor]) as sandbox:
        transport = Transport()
        adapter = adapter_at(sandbox, vendor, transport, cache=folder)
        yield Subject(
            adapter=adapter,
            recorded=recorded_days(3),
            nobody=Channel(key=Key(adapter.account.id, nobody), name="", zone=ZONE),
        )
        adapter.close()
        transport.close()


@contextmanager
def _local(folder: Path) -> Iterator[Subject]:
    """A folder with two cameras; one has files that follow each other, and a gap."""
    from tests.vendors.local.support import video

    begin = datetime.fromisoformat("2026-03-01T08:00:00+08:00")
    footage = folder / "footage"
    for camera, offsets in (("gate", (0, 4, 3600)), ("yard", (10,))):
        for offset in offsets:
            when = begin + timedelta(seconds=offset)
            video(footage / camera / f"{when:%Y%m%d_%H%M%S}.mp4", seconds=4)
    transport = Transport()
    adapter = adapter_with(
        "local", {"folder": str(footage), "zone": ZONE}, transport, cache=folder / "cache"
    )
    yield Subject(
        adapter=adapter,
        recorded=Span(begin - timedelta(hours=1), begin + timedelta(hours=25)),
        nobody=Channel(key=Key(adapter.account.id, "no-such-folder"), name="", zone=ZONE),
    )
    adapter.close()
    transport.close()


Open = Callable[[Path], AbstractContextManager[Subject]]
ADAPTERS: dict[str, Open] = {
    "tencent": partial(_cloud, "tencent", "00000000-0000-4000-8000-000000000000"),
    "linkvisual": partial(_cloud, "linkvisual", "NoSuchCameraAnywhere000000"),
    "ctyun": partial(_cloud, "ctyun", "000000000000000000"),
    "volcengine": partial(_cloud, "volcengine", "nosuchstream0000"),
    "imou": partial(_cloud, "imou", "NOSUCHDEVICE000:0"),
    "local": _local,
}
