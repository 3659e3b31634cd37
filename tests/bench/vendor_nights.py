"""Nights played through: what was recorded across Beijing midnight, from each vendor and store.

As a program: `python -m tests.bench.vendor_nights [vendor …]` prints what came out as JSON, a line
for each place and then the verdict. `--late SECONDS` has every cloud answer each call so much
later, `--every` plays every channel that recorded across a midnight, not one of each place.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.vendor_seeks import NEAR, VENDORS, clouds
from tests.player.support import Watcher, reading
from tests.services.support import ZONE, day_before, opened
from vsconsole.domain.model import Channel, Status, Store
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox import media
from vsconsole.sandbox.media.scene import FileType, Scene
from vsconsole.services.desk import Services

LOCAL = "local"
EVERYBODY = (*VENDORS, LOCAL)
BLACK = 2.0
"""Seconds a night may be without a new picture, at most."""

LOST = 1.0
"""Seconds of what was recorded that a night may leave out, or show twice, at most."""

AT_ONCE = 3
_PATIENCE = 40.0
_NIGHTS = 7
_DISK: tuple[tuple[Scene, FileType], ...] = (
    (Scene(channel=911, name="yard", codec="h264", audio="aac"), "mp4"),
    (Scene(channel=912, name="cellar", codec="h265", audio=None), "ts"),
)


@dataclass(frozen=True, kw_only=True)
class Night:
    """A channel's midnight in one store."""

    vendor: str
    channel: Channel
    store: Store
    midnight: datetime

    @property
    def name(self) -> str:
        return f"{self.vendor} {self.store} {self.channel.name}"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A picture that was new on screen: when it came, what time is burnt into it, and how far
    that was from the player's own position."""

    at: float
    burnt: datetime
    off: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a night."""

    night: Night
    seen: tuple[Seen, ...]
    ended: float
    state: PlayerState
    errors: tuple[str, ...]
    reopened: int
    reached: bool

    @property
    def steps(self) -> Iterator[tuple[Seen, Seen]]:
        """Each picture with the one after it."""
        return zip(self.seen, self.seen[1:], strict=False)

    @property
    def black(self) -> float:
        """The longest time without a new picture, from the first one to the end."""
        waits = [after.at - before.at for before, after in self.steps]
        return max([*waits, self.ended - self.seen[-1].at]) if self.seen else _PATIENCE

    @property
    def at_midnight(self) -> float | None:
        """The time from the last picture before midnight to the first one after it."""
        midnight = self.night.midnight
        return next((b.at - a.at for a, b in self.steps if a.burnt < midnight <= b.burnt), None)

    @property
    def left_out(self) -> float:
        """The most that is missing between two pictures, in seconds of what was recorded."""
        return max(((b.burnt - a.burnt).total_seconds() for a, b in self.steps), default=0.0)

    @property
    def shown_twice(self) -> float:
        """The farthest step back from one picture to the next."""
        return max(((a.burnt - b.burnt).total_seconds() for a, b in self.steps), default=0.0)

    def off(self, *, after: bool) -> float:
        """The worst difference of burnt-in time and position on one side of midnight."""
        midnight = self.night.midnight
        return max(
            (abs(one.off) for one in self.seen if (one.burnt >= midnight) == after),
            default=float("inf"),
        )

    def wrong(self, slack: float = 1.0) -> list[str]:
        """What is not as it must be, times `slack`; nothing in a good night."""
        near, black, lost = slack * NEAR, slack * BLACK, slack * LOST
        bad = {
            f"without a new picture for {self.black:.2f} s": self.black >= black,
            f"burnt-in time off before: {self.off(after=False):.2f} s": self.off(after=False)
            > near,
            f"burnt-in time off after: {self.off(after=True):.2f} s": self.off(after=True) > near,
            f"left out {self.left_out:.2f} s": self.left_out > lost,
            f"shown twice {self.shown_twice:.2f} s": self.shown_twice > lost,
            f"did not get through, {self.state}": not self.reached,
            f"{self.state} at the end": self.state is not PlayerState.PLAYING,
            "; ".join(self.errors): bool(self.errors),
        }
        return [text for text, so in bad.items() if so]

    def told(self) -> dict[str, Any]:
        """The figures, for a line of JSON."""
        first, last = (self.seen[0], self.seen[-1]) if self.seen else (None, None)
        footage = (last.burnt - first.burnt).total_seconds() if first and last else 0.0
        return {
            "night": self.night.name,
            "midnight": self.night.midnight.isoformat(),
            "black": round(self.black, 3),
            "at_midnight": None if self.at_midnight is None else round(self.at_midnight, 3),
            "off_before": round(self.off(after=False), 3),
            "off_after": round(self.off(after=True), 3),
            "left_out": round(self.left_out, 3),
            "shown_twice": round(self.shown_twice, 3),
            "footage_seconds": round(footage, 1),
            "took_seconds": round(last.at - first.at, 1) if first and last else None,
            "pictures": len(self.seen),
            "reopened": self.reopened,
            "state": str(self.state),
            "wrong": self.wrong(),
        }


@contextmanager
def desks(vendors: Iterable[str], late: float = 0.0) -> Iterator[Services]:
    """Services with an account at each of these vendors; local is a folder of two cameras."""
    wanted = tuple(vendors)
    online = tuple(one for one in wanted if one != LOCAL)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if online:
            sandbox, services = stack.enter_context(clouds(online))
            if late:
                sandbox.faults.set("*", "slow", seconds=late)
        else:
            services = stack.enter_context(opened(folder / "profile"))
        if LOCAL in wanted:
            add_folder(services, folder / "footage", day_before(1).begin)
        yield services


def add_folder(services: Services, folder: Path, midnight: datetime) -> str:
    """An account of a folder whose recorders began new files at `midnight`; gives its id."""
    folder.mkdir()
    half = timedelta(seconds=30)
    for scene, kind in _DISK:
        for begin, end in ((midnight - half, midnight), (midnight, midnight + half)):
            made = media.recording_file(scene, begin.timestamp(), end.timestamp(), kind)
            stamps = (f"{one.astimezone(ZoneInfo(ZONE)):%Y%m%d%H%M%S}" for one in (begin, end))
            copyfile(made, folder / f"{scene.name}_{'_'.join(stamps)}.{kind}")
    account = services.accounts.add(LOCAL, LOCAL, {"folder": str(folder), "zone": ZONE})
    services.inventory.refresh(account.id)
    return account.id


def nights(services: Services, *, every: bool = False) -> tuple[list[Night], list[str]]:
    """A past midnight that was recorded for each place that plays, and the places without one."""
    found: list[Night] = []
    places: dict[tuple[str, Store], bool] = {}
    for account in services.accounts.all():
        nodes = services.inventory.tree(account.id)
        # They come in the order in which their devices answered.
        for channel in sorted(
            (node for node in nodes if isinstance(node, Channel)), key=lambda node: node.name
        ):
            if channel.status not in _PLAYABLE[account.vendor]:
                continue
            for store in channel.stores:
                place = (account.vendor, store)
                if places.get(place) and not every:
                    continue
                midnight = _recorded_midnight(services, channel, store)
                places[place] = places.get(place, False) or midnight is not None
                if midnight is not None:
                    found.append(
                        Night(
                            vendor=account.vendor, channel=channel, store=store, midnight=midnight
                        )
                    )
    return found, [f"{vendor} {store}" for (vendor, store), has in places.items() if not has]


_PLAYABLE = {
    **dict.fromkeys(VENDORS, frozenset({Status.ONLINE})),
    LOCAL: frozenset(Status),
}


def _recorded_midnight(services: Services, channel: Channel, store: Store) -> datetime | None:
    """The newest past midnight with recordings without a gap from 20 s before to 20 s after."""
    around = timedelta(seconds=20)
    for back in range(1, _NIGHTS):
        midnight = day_before(back).begin
        known = services.footage.ensure(channel, store, Span(midnight - around, midnight + around))
        span = known.joined().at(midnight)
        if span and span.begin <= midnight - around and midnight + around <= span.end:
            return midnight
    return None


def play(
    services: Services, engine: VlcEngine, night: Night, before: float = 5.0, after: float = 12.0
) -> Outcome:
    """Plays a night from `before` seconds ahead of midnight until `after` seconds past it."""
    begin = night.midnight - timedelta(seconds=before)
    for moment in (night.midnight + timedelta(seconds=2), begin):
        _have_made(services, engine, night, moment)
    watcher = Watcher()
    player = engine.player(watcher)
    try:
        player.play(services.playback.source(night.channel, night.store), begin)
        until = night.midnight + timedelta(seconds=after)
        seen = _watched(player, watcher, until, before + after + _PATIENCE)
        return Outcome(
            night=night,
            seen=tuple(seen),
            ended=time.monotonic(),
            state=player.state,
            errors=tuple(str(error) for error in watcher.errors),
            reopened=player.stats().reopened,
            reached=bool(seen) and seen[-1].burnt >= until,
        )
    finally:
        player.close()


def _have_made(services: Services, engine: VlcEngine, night: Night, moment: datetime) -> None:
    """Has the sandbox make its media there: it does so when asked, and a vendor has them."""
    watcher = Watcher()
    player = engine.player(watcher)
    try:
        player.play(services.playback.source(night.channel, night.store), moment)
        watcher.wait_settled(player, seconds=_PATIENCE)
    finally:
        player.close()


def _watched(player: Player, watcher: Watcher, until: datetime, patience: float) -> list[Seen]:
    """Every picture that was new on screen, until one shows `until` or nothing more comes."""
    seen: list[Seen] = []
    number = -1
    end = time.monotonic() + patience
    while time.monotonic() < end:
        frame = player.frame()
        if frame is not None and frame.number != number:
            number = frame.number
            at, burnt, position = time.monotonic(), reading(frame), player.position()
            # The same picture once more is not a new one.
            if not seen or burnt != seen[-1].burnt:
                off = (burnt - position).total_seconds() if position else float("inf")
                seen.append(Seen(at=at, burnt=burnt, off=off))
            if burnt >= until:
                break
        elif player.state in (PlayerState.ENDED, PlayerState.FAILED):
            break
        del frame
        watcher.wait_frame(0.05)
    return seen


def play_all(
    services: Services, found: list[Night], before: float = 5.0, after: float = 12.0
) -> Iterator[Outcome]:
    """Plays nights, some at once, in their order."""
    engine = VlcEngine(services.transport.stream)
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(lambda one: play(services, engine, one, before, after), found)
    finally:
        engine.close()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.vendor_nights")
    parser.add_argument("vendor", nargs="*", default=EVERYBODY)
    parser.add_argument("--late", type=float, default=0.0)
    parser.add_argument("--every", action="store_true")
    asked = parser.parse_args(words)
    with desks(asked.vendor, asked.late) as services:
        found, without = nights(services, every=asked.every)
        outcomes = []
        for outcome in play_all(services, found):
            outcomes.append(outcome)
            print(json.dumps(outcome.told(), ensure_ascii=False), flush=True)
    good = [one for one in outcomes if not one.wrong()]
    verdict = {
        "nights": len(outcomes),
        "good": len(good),
        "worst_black": round(max((one.black for one in outcomes), default=0.0), 3),
        "no midnight recorded": without,
        "passed": bool(outcomes) and len(good) == len(outcomes) and not without,
    }
    print(json.dumps(verdict, ensure_ascii=False))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
