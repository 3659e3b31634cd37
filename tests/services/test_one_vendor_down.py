"""One vendor that does not answer holds up nobody else, and what was known of it stays found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.support import day_before, opened, until
from tests.vendors.local.support import video
from vsconsole.domain.errors import Cancelled, Unreachable
from vsconsole.domain.model import Account, Channel
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.coverage import Load
from vsconsole.services.desk import Services
from vsconsole.work.lanes import Job

VENDORS = ("tencent", "linkvisual", "ctyun", "volcengine", "imou")
SLOW = 30.0
WAIT = 25.0
"""Less than `SLOW`: whatever comes within it did not wait for the one that hangs."""


@pytest.fixture(scope="module")
def clouds() -> Iterator[Sandbox]:
    with Sandbox(seed=7, vendors=VENDORS) as sandbox:
        yield sandbox


@pytest.fixture
def well(clouds: Sandbox) -> Iterator[Sandbox]:
    """Every cloud without faults, before and after."""
    clouds.faults.clear()
    yield clouds
    clouds.faults.clear()


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What was asked of every account at once, by vendor."""

    trees: dict[str, Job[int]]
    days: dict[str, Load]

    def cancel(self) -> None:
        for job in self.trees.values():
            job.cancel()
        for load in self.days.values():
            load.cancel()


def everybody(services: Services, sandbox: Sandbox, folder: Path) -> dict[str, Account]:
    """An account at each cloud and one of a folder, all listed and found by the search."""
    video(folder / "Gate_20260103080000_20260103080002.mp4")
    add = services.accounts.add
    accounts = {vendor: add(vendor, vendor, sandbox.fields(vendor)) for vendor in VENDORS}
    accounts["local"] = add("local", "local", {"folder": str(folder)})
    for account in accounts.values():
        services.inventory.refresh(account.id)
    until(lambda: all(finds(services, account) for account in accounts.values()), WAIT)
    return accounts


def channels(services: Services, account: Account) -> list[Channel]:
    nodes = services.inventory.tree(account.id)
    return [node for node in nodes if isinstance(node, Channel)]


def finds(services: Services, account: Account) -> bool:
    """Whether each of the account's channels is found by its name."""
    return all(
        channel.key in [hit.node.key for hit in services.search.find(channel.name)]
        for channel in channels(services, account)
    )


def refresh(services: Services, account: Account) -> Job[int]:
    """Lists an account anew as the window does: on its own threads of the lane."""
    return services.lanes.submit(
        "fetch",
        lambda: services.inventory.refresh(account.id),
        key=("refresh", account.id),
        party=account.id,
    )


def ask(services: Services, accounts: dict[str, Account], *, first: str) -> Asked:
    """Every tree, and a day of a camera of each that nobody asked for before; `first` first."""
    order = sorted(accounts, key=lambda vendor: vendor != first)
    trees = {vendor: refresh(services, accounts[vendor]) for vendor in order}
    days = {}
    for vendor in order:
        channel = next(one for one in channels(services, accounts[vendor]) if one.stores)
        days[vendor] = services.footage.load(channel, channel.stores[0], day_before(2))
    return Asked(trees=trees, days=days)


def answered(sandbox: Sandbox, vendor: str) -> bool:
    """Whether the slow vendor has given any answer yet."""
    return any(entry.face == vendor and "slow" in entry.faults for entry in sandbox.log)


@pytest.mark.parametrize("sick", VENDORS)
def test_the_others_answer_while_one_hangs(well: Sandbox, tmp_path: Path, sick: str) -> None:
    with opened(tmp_path / "profile") as services:
        accounts = everybody(services, well, tmp_path / "footage")
        listed = services.inventory.age(accounts[sick].id)
        known = services.inventory.tree(accounts[sick].id)
        well.faults.set(sick, "slow", seconds=SLOW)
        asked = ask(services, accounts, first=sick)
        for vendor in (*VENDORS, "local"):
            if vendor != sick:
                assert asked.trees[vendor].result(WAIT) > 0
                assert asked.days[vendor].wait(WAIT).complete
        assert not asked.trees[sick].done
        assert not asked.days[sick].done
        assert not answered(well, sick)

        # Meanwhile all that was known of it is there, with when that was.
        assert services.inventory.tree(accounts[sick].id) == known
        assert services.inventory.age(accounts[sick].id) == listed is not None
        assert all(finds(services, account) for account in accounts.values())

        asked.cancel()
        with pytest.raises(Cancelled):
            asked.trees[sick].result(WAIT)
        assert services.inventory.age(accounts[sick].id) == listed
        assert not answered(well, sick)


def test_leaving_does_not_wait_for_one_that_hangs(well: Sandbox, tmp_path: Path) -> None:
    with opened(tmp_path / "profile") as services:
        accounts = everybody(services, well, tmp_path / "footage")
        well.faults.set("ctyun", "slow", seconds=SLOW)
        asked = ask(services, accounts, first="ctyun")
        assert asked.trees["imou"].result(WAIT) > 0
        assert not asked.trees["ctyun"].done
    assert isinstance(asked.trees["ctyun"].error, Cancelled)
    assert not answered(well, "ctyun")


def test_what_was_known_of_one_that_is_down_is_found_at_the_next_start(tmp_path: Path) -> None:
    with Sandbox(seed=7, vendors=["imou"]) as sandbox, opened(tmp_path / "profile") as services:
        account = services.accounts.add("imou", "Shop", sandbox.fields("imou"))
        services.inventory.refresh(account.id)
        known = services.inventory.tree(account.id)
        listed = services.inventory.age(account.id)
    with opened(tmp_path / "profile") as services:
        (account,) = services.accounts.all()
        services.search.rebuild(account.id)
        until(lambda: bool(services.search.find("店门云台")), WAIT)
        with pytest.raises(Unreachable):
            refresh(services, account).result(WAIT)
        assert services.inventory.tree(account.id) == known
        assert services.inventory.age(account.id) == listed is not None
        assert finds(services, account)
