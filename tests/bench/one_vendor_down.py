"""How quick the other accounts stay while one vendor answers after half a minute, or not at all.

As a program: `python -m tests.bench.one_vendor_down [seconds] [vendor …]` has each of these vendors
(all five) be the sick one in turn and prints JSON: a line for each other account and action with
the seconds before, while and their ratio, a line for what is known of the sick one, the verdict.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.vendor_nights import LOCAL, add_folder
from tests.bench.vendor_seeks import VENDORS, clouds
from tests.player.support import Watcher
from tests.services.support import day_before, until
from vsconsole.domain.model import Account, Channel, Status, now
from vsconsole.player.backend import Player
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.coverage import Load
from vsconsole.services.desk import Services
from vsconsole.work.lanes import Job

SLOW = 30.0
TIMES = 3
KEPT = 1.5
"""How many times as long something may take as before."""

NOISE = 0.3
"""Seconds by which two measurements of the same may differ on a busy machine."""

_PATIENCE = 25.0
_SETTLE = 0.2


@dataclass(kw_only=True)
class Bench:
    """The services of one profile with an account at each vendor and one of a folder.

    The sick vendor has a sandbox of its own, which can be ended.
    """

    services: Services
    engine: VlcEngine
    sick: Account
    sandbox: Sandbox
    channels: dict[str, Channel] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    days_asked: int = 5
    asked: Job[int] | None = None

    @classmethod
    @contextmanager
    def open(cls, sick: str) -> Iterator[Bench]:
        """Everything well and listed, and the first picture of each account shown once."""
        others = tuple(vendor for vendor in VENDORS if vendor != sick)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            sandbox = stack.enter_context(Sandbox(seed=7, vendors=[sick]))
            _others, services = stack.enter_context(clouds(others))
            add_folder(services, folder / "footage", day_before(1).begin)
            account = services.accounts.add(sick, sick, sandbox.fields(sick))
            services.inventory.refresh(account.id)
            engine = VlcEngine(services.transport.stream)
            stack.callback(engine.close)
            bench = cls(services=services, engine=engine, sick=account, sandbox=sandbox)
            for one in services.accounts.all():
                bench._choose(one)
            # The sandbox makes its media when first asked for.
            bench.pictures()
            yield bench

    @property
    def well(self) -> list[Account]:
        """Every account but the sick one."""
        return [one for one in self.services.accounts.all() if one.id != self.sick.id]

    def _choose(self, account: Account) -> None:
        """An online channel, and a recorded moment of it in the store it plays from."""
        nodes = self.services.inventory.tree(account.id)
        channels = [node for node in nodes if isinstance(node, Channel)]
        for channel in sorted(channels, key=lambda one: one.name):
            if account.vendor != LOCAL and channel.status is not Status.ONLINE:
                continue
            store = channel.stores[0]
            segments = self.services.footage.ensure(channel, store, day_before(1)).joined()
            long = [span for span in segments.spans() if span.seconds >= 20]
            if long:
                self.channels[account.id] = channel
                self.moments[account.id] = long[0].begin + timedelta(seconds=5)
                return
        raise AssertionError(f"{account.vendor} recorded nothing")

    # What is measured: everything is asked at once, of the sick one too, as the window does it.

    def measured(self) -> dict[tuple[str, str], float]:
        """Median seconds of each account and action."""
        rounds = []
        for _each in range(TIMES):
            for action in (self.trees, self.days, self.pictures):
                rounds += [((name, action.__name__), took) for name, took in action().items()]
                time.sleep(_SETTLE)
        return {key: median(took for one, took in rounds if one == key) for key, _took in rounds}

    def trees(self) -> dict[str, float]:
        """Seconds until each account was listed anew."""
        begun = time.monotonic()
        self.asked = self._refresh(self.sick)
        jobs = {account.vendor: self._refresh(account) for account in self.well}
        took = _seconds({name: partial(_done, job) for name, job in jobs.items()}, begun)
        failed = {name: job.error for name, job in jobs.items() if job.error}
        assert not failed, failed
        return took

    def _refresh(self, account: Account) -> Job[int]:
        refresh = self.services.inventory.refresh
        return self.services.lanes.submit(
            "fetch",
            lambda: refresh(account.id),
            key=("refresh", account.id),
            party=account.id,
        )

    def days(self) -> dict[str, float]:
        """Seconds until each account told what it recorded on a day nobody has asked for yet."""
        self.days_asked += 1
        begun = time.monotonic()
        self._load(self.sick)
        loads = {account.vendor: self._load(account) for account in self.well}
        took = _seconds({name: partial(_done, load) for name, load in loads.items()}, begun)
        failed = {name: load.coverage().failed for name, load in loads.items()}
        assert not any(failed.values()), failed
        return took

    def _load(self, account: Account) -> Load:
        channel, day = self.channels[account.id], day_before(self.days_asked)
        return self.services.footage.load(channel, channel.stores[0], day)

    def pictures(self) -> dict[str, float]:
        """Seconds until each account's recording showed its first picture, one after another."""
        waiting = self.engine.player(Watcher())
        self._play(waiting, self.sick, paused=True)
        try:
            return {account.vendor: self._first_picture(account) for account in self.well}
        finally:
            waiting.close()

    def _play(self, player: Player, account: Account, *, paused: bool = False) -> None:
        channel = self.channels[account.id]
        source = self.services.playback.source(channel, channel.stores[0])
        player.play(source, self.moments[account.id], paused=paused)

    def _first_picture(self, account: Account) -> float:
        watcher = Watcher()
        player = self.engine.player(watcher)
        begun = time.monotonic()
        try:
            self._play(player, account)
            return _seconds({"": lambda: player.frame() is not None}, begun)[""]
        finally:
            player.close()

    # What is known of the sick one

    def found(self) -> dict[str, object]:
        """Whether the sick one's channel is found, how old its list is, and whether it answers."""
        name = self.channels[self.sick.id].name
        begun = time.perf_counter()
        hits = self.services.search.find(name)
        took = time.perf_counter() - begun
        age = self.services.inventory.age(self.sick.id)
        return {
            "searched": name,
            "found": any(hit.node.key.account == self.sick.id for hit in hits),
            "search_ms": round(took * 1000, 2),
            "age_seconds": None if age is None else round((now() - age).total_seconds(), 1),
            "hanging": self.asked is not None and not self.asked.done,
            "error": "" if self.asked is None else str(self.asked.error or ""),
        }

    def found_anew(self) -> dict[str, object]:
        """The same for a program that starts now, and how long leaving it takes."""
        with Services.open(
            self.services.paths, profile_given=True, passphrase=lambda: "pass"
        ) as services:
            fresh = Bench(
                services=services,
                engine=self.engine,
                sick=self.sick,
                sandbox=self.sandbox,
                channels=self.channels,
            )
            fresh.asked = fresh._refresh(self.sick)
            services.search.rebuild(self.sick.id)
            name = self.channels[self.sick.id].name
            until(lambda: bool(services.search.find(name)), _PATIENCE)
            found = fresh.found()
            begun = time.monotonic()
        return {**found, "left_in_seconds": round(time.monotonic() - begun, 2)}


def _done(work: Job[int] | Load) -> bool:
    return work.done


def _seconds(ends: Mapping[str, Callable[[], bool]], begun: float) -> dict[str, float]:
    """Seconds since `begun` at which each came true; TimeoutError where one does not."""
    took: dict[str, float] = {}
    while len(took) < len(ends):
        at = time.monotonic() - begun
        for name, end in ends.items():
            if name not in took and end():
                took[name] = at
        if at > _PATIENCE:
            raise TimeoutError(f"{sorted(set(ends) - set(took))} took more than {_PATIENCE} s")
        time.sleep(0.002)
    return took


def one_sick(vendor: str, seconds: float = SLOW) -> Iterator[dict[str, object]]:
    """Has one vendor answer after `seconds`, then not at all; a row for each thing measured."""
    with Bench.open(vendor) as bench:
        before = bench.measured()
        for trouble in ("slow", "down"):
            if trouble == "slow":
                # Its media too: the star is every path.
                bench.sandbox.faults.set(vendor, "slow", seconds=seconds, path="*")
            else:
                bench.sandbox.stop()
            during = bench.measured()
            for (name, action), took in during.items():
                was = before[name, action]
                yield {
                    "sick": vendor,
                    "trouble": trouble,
                    "account": name,
                    "action": action,
                    "before": round(was, 3),
                    "while": round(took, 3),
                    "ratio": round(took / was, 2),
                    "kept": took <= was * KEPT + NOISE,
                }
            found, anew = bench.found(), bench.found_anew()
            well = all(one["found"] and one["age_seconds"] is not None for one in (found, anew))
            hung = trouble == "down" or bool(found["hanging"])
            yield {
                "sick": vendor,
                "trouble": trouble,
                "cached": found,
                "cached_at_a_new_start": anew,
                "kept": well and hung,
            }


def main(words: list[str]) -> int:
    seconds = float(words[0]) if words else SLOW
    rows = []
    for vendor in words[1:] or VENDORS:
        for row in one_sick(vendor, seconds):
            rows.append(row)
            print(json.dumps(row, ensure_ascii=False), flush=True)
    measured = [row for row in rows if "ratio" in row]
    verdict = {
        "measured": len(measured),
        "median_ratio": median(float(str(row["ratio"])) for row in measured),
        "most_seconds_more": max(
            round(float(str(row["while"])) - float(str(row["before"])), 3) for row in measured
        ),
        "not kept": [row for row in rows if not row["kept"]],
    }
    print(json.dumps(verdict, ensure_ascii=False))
    return 1 if verdict["not kept"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
