"""Vendors x troubles: after each a clear error or the right data, and the next call works.

What was seen is written to `build/fault-matrix.md`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.contract import bench as bench_of
from tests.contract import disk, faults
from tests.contract.adapters import ADAPTERS, SANDBOX_SEED, adapter_with
from tests.contract.bench import Bench
from tests.contract.faults import CLOUDS, FAULTS
from vsconsole.domain.errors import NotFound
from vsconsole.net import client
from vsconsole.net.retry import RetryPolicy
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry

REPORT = Path(__file__).parents[2] / "build" / "fault-matrix.md"

_PAGES = {
    "linkvisual": "vsconsole.vendors.linkvisual.records.LARGEST_PAGE",
    "imou": "vsconsole.vendors.imou.records._CLOUD_PAGE",
}
"""Lengths of pages of recordings that stand outside the table of calls."""

_HASTY = partial(RetryPolicy, attempts=2, first=0.01, patience=0.2)


@pytest.fixture(scope="module")
def hasty() -> Iterator[None]:
    """Calls are repeated once and soon, so that the matrix does not wait for patience."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "RetryPolicy", _HASTY)
        yield


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[tuple[str, str], str]]:
    """What each cell saw; a table of it is left behind when all of them were run."""
    found: dict[tuple[str, str], str] = {}
    yield found
    if len(found) == len(ADAPTERS) * len(FAULTS):
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(table(found), encoding="utf-8")


@pytest.fixture(scope="module", params=CLOUDS)
def bench(
    request: pytest.FixtureRequest, hasty: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    vendor = request.param
    rows = registry.endpoints(vendor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"vsconsole.vendors.{vendor}.adapter.ENDPOINTS", bench_of.small_pages(rows))
        if vendor in _PAGES:
            patch.setattr(_PAGES[vendor], bench_of.PAGE)
        yield from _opened(vendor, tmp_path_factory.mktemp(vendor))


def _opened(vendor: str, cache: Path) -> Iterator[Bench]:
    with Sandbox(seed=SANDBOX_SEED, vendors=[vendor]) as sandbox:
        if vendor == "linkvisual":
            # Small pages are many calls, and the pace is looked at elsewhere.
            face: Any = sandbox.faces[vendor]
            face.calls_a_second = 10_000
        transport = Transport()
        fields = sandbox.fields(vendor)
        adapter = adapter_with(vendor, fields, transport, cache=cache)
        made = Bench(vendor=vendor, sandbox=sandbox, adapter=adapter, transport=transport)
        made.secrets |= bench_of.secrets_of(vendor, fields)
        made.look()
        made.secrets |= bench_of.tokens_in(made.calls(0))
        assert len(made.secrets) > (vendor in ("linkvisual", "imou")), "no session's token is known"
        yield made
        adapter.close()
        transport.close()


def table(found: dict[tuple[str, str], str]) -> str:
    lines = [
        "# Troubles and what came of them",
        "",
        "| | " + " | ".join(registry.vendor(vendor).title for vendor in ADAPTERS) + " |",
        "|---" * (len(ADAPTERS) + 1) + "|",
    ]
    for fault in FAULTS:
        cells = (found[vendor, fault] for vendor in ADAPTERS)
        lines.append(f"| {fault} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("fault", FAULTS)
def test_after_trouble_all_is_well(
    bench: Bench,
    fault: str,
    seen: dict[tuple[str, str], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said = faults.cell(bench.vendor, fault)(bench)
    bench.check_silence(caplog.text)
    seen[bench.vendor, fault] = said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[disk.Disk]:
    with ADAPTERS["local"](tmp_path_factory.mktemp("local")) as subject:
        yield disk.Disk.of(subject)


@pytest.mark.parametrize("fault", FAULTS)
def test_footage_on_disk_too(
    folder: disk.Disk, fault: str, seen: dict[tuple[str, str], str]
) -> None:
    seen["local", fault] = disk.cell(fault)(folder)


def test_every_vendor_has_a_column() -> None:
    assert [vendor.id for vendor in registry.VENDORS] == list(ADAPTERS)
    assert {vendor.id for vendor in registry.VENDORS if vendor.endpoints} == set(CLOUDS)


def test_a_secret_that_is_said_is_found(bench: Bench) -> None:
    """The search for secrets is worth something: it reads the chain and whatever hangs on it."""
    secret = min(bench.secrets)
    try:
        try:
            raise ValueError(secret)
        except ValueError:
            raise NotFound("gone") from None
    except NotFound as error:
        bench.texts += bench_of.words_of(error)
    with pytest.raises(AssertionError, match="a secret of"):
        bench.check_silence("")
    bench.texts.clear()
    with pytest.raises(AssertionError, match="a secret of"):
        bench.check_silence(f"asked for {secret}")
