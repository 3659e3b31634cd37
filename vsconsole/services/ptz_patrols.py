"""Rounds over presets that this program goes itself, since few platforms offer any."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled, ConsoleError, InvalidInput
from vsconsole.domain.model import Channel, Key
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.store.ptz_book import Patrol, PatrolStop
from vsconsole.work.threads import Thread

if TYPE_CHECKING:
    from vsconsole.services.presets import PresetService
    from vsconsole.services.ptz import PtzService
    from vsconsole.store.catalog import Catalog
    from vsconsole.work.lanes import Lanes

DWELL = (5.0, 3600.0)
"""The shortest and longest stay in seconds, pace included: each way is a call to the platform."""

PACES = (0.5, 1.0, 2.0, 4.0)

_MOST_STOPS = 64
_LONGEST_NAME = 64
_FAILURES = 3
_IDLE = 5.0


class PatrolEnd(StrEnum):
    """Why a patrol is no longer under way."""

    ASKED = "asked"
    BY_HAND = "by-hand"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolRun:
    """A patrol under way: at which stop it is, and the seconds left there.

    `left` is None while the camera is being sent there.
    """

    patrol: Patrol
    at: int
    left: float | None
    paused: bool


@dataclass(slots=True, kw_only=True, eq=False)
class _Round:
    """A run as the service keeps it; guarded by its lock. `due` is when the next stop is."""

    channel: Channel
    patrol: Patrol
    token: CancelToken
    at: int = -1
    due: float = 0.0
    sending: bool = False
    paused_with: float | None = None
    failures: int = 0


class PatrolService:
    """Runs patrols in the background, one a channel at most; keeps them in the catalog.

    A patrol ends when an operator moves its camera, when three stops in a row fail (then it is
    told to `failed`), and with the program. `start`, `pause`, `resume` and `stop` return at once.
    """

    def __init__(
        self,
        presets: PresetService,
        ptz: PtzService,
        catalog: Catalog,
        lanes: Lanes,
        *,
        shortest: float = DWELL[0],
    ) -> None:
        self._presets = presets
        self._book = catalog.ptz
        self._lanes = lanes
        self._shortest = shortest
        self._changed = threading.Condition()
        self._rounds: dict[Key, _Round] = {}
        self._thread: threading.Thread | None = None
        self._closed = False
        self.changed: Listeners[[Key]] = Listeners()
        """Called on any thread when a channel's patrol went on, was paused or resumed."""
        self.ended: Listeners[[Channel, Patrol, PatrolEnd]] = Listeners()
        """Called on any thread when a patrol is over, with why."""
        self.failed: Listeners[[Key, ConsoleError]] = Listeners()
        """Called on a worker thread with what ended a patrol."""
        ptz.moved.connect(lambda channel: self._end(channel.key, PatrolEnd.BY_HAND))

    # What is kept; blocks for the disk

    def all(self, channel: Channel) -> list[Patrol]:
        """The channel's patrols by name."""
        return self._book.patrols(channel.key)

    def add(
        self, channel: Channel, name: str, stops: Sequence[PatrolStop], pace: float = 1.0
    ) -> Patrol:
        """Keeps a new patrol; InvalidInput for one that cannot be gone."""
        self._check(name, stops, pace)
        return self._book.add_patrol(channel.key, name.strip(), stops, pace)

    def save(self, patrol: Patrol) -> None:
        """Keeps a patrol as it is now; one under way goes on as it was."""
        self._check(patrol.name, patrol.stops, patrol.pace)
        self._book.save_patrol(patrol)

    def delete(self, patrol: Patrol) -> None:
        """Ends and removes a patrol; NotFound where there is none."""
        run = self.run(patrol.channel)
        if run is not None and run.patrol.id == patrol.id:
            self.stop(patrol.channel)
        self._book.delete_patrol(patrol.id)

    # What is under way

    def run(self, channel: Key) -> PatrolRun | None:
        """The patrol that is under way on a channel."""
        with self._changed:
            round_ = self._rounds.get(channel)
            if round_ is None:
                return None
            left = round_.paused_with
            if left is None:
                left = None if round_.sending else max(0.0, round_.due - monotonic())
            return PatrolRun(
                patrol=round_.patrol,
                at=max(0, round_.at),
                left=left,
                paused=round_.paused_with is not None,
            )

    def under_way(self) -> list[Key]:
        """The channels with a patrol, paused ones too."""
        with self._changed:
            return list(self._rounds)

    def start(self, channel: Channel, patrol: Patrol) -> None:
        """Begins a patrol at its first stop, in place of another one of this channel."""
        self._check(patrol.name, patrol.stops, patrol.pace)
        self._end(channel.key, PatrolEnd.ASKED)
        with self._changed:
            if self._closed:
                return
            round_ = _Round(channel=channel, patrol=patrol, token=CancelToken())
            self._rounds[channel.key] = round_
            self._submit(round_)
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="patrols", daemon=True)
                self._thread.begin()
            self._changed.notify_all()
        self.changed.emit(channel.key)

    def pause(self, channel: Key) -> None:
        """Stays where the camera is, or is being sent to."""
        with self._changed:
            round_ = self._rounds.get(channel)
            if round_ is None or round_.paused_with is not None:
                return
            round_.paused_with = 0.0 if round_.sending else max(0.0, round_.due - monotonic())
        self.changed.emit(channel)

    def resume(self, channel: Key) -> None:
        """Goes on with what was left of the stay."""
        with self._changed:
            round_ = self._rounds.get(channel)
            if round_ is None or round_.paused_with is None:
                return
            round_.due = monotonic() + round_.paused_with
            round_.paused_with = None
            self._changed.notify_all()
        self.changed.emit(channel)

    def stop(self, channel: Key) -> None:
        """Ends the channel's patrol; the camera stays where it is, or is being sent to."""
        self._end(channel, PatrolEnd.ASKED)

    def forget(self, account_id: str) -> None:
        """Ends the patrols of an account that is gone."""
        for key in self.under_way():
            if key.account == account_id:
                self._end(key, PatrolEnd.ASKED)

    def close(self, wait: float = 1.0) -> None:
        """Ends every patrol and waits up to `wait` seconds for the thread to leave."""
        for key in self.under_way():
            self._end(key, PatrolEnd.CLOSED)
        with self._changed:
            self._closed = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait)

    def _check(self, name: str, stops: Sequence[PatrolStop], pace: float) -> None:
        if not name.strip() or len(name.strip()) > _LONGEST_NAME:
            raise InvalidInput(
                _("A patrol needs a name of at most {n} characters.").format(n=_LONGEST_NAME),
                field="name",
            )
        if not 1 < len(stops) <= _MOST_STOPS:
            raise InvalidInput(
                _("A patrol has 2 to {n} stops.").format(n=_MOST_STOPS), field="stops"
            )
        if pace <= 0:
            raise InvalidInput(_("The pace must be more than nothing."), field="pace")
        if not all(self._shortest <= stop.dwell <= DWELL[1] for stop in stops):
            raise InvalidInput(
                _("A stay lasts {first} to {last} seconds.").format(
                    first=f"{self._shortest:g}", last=f"{DWELL[1]:g}"
                ),
                field="dwell",
            )

    def _end(self, key: Key, why: PatrolEnd) -> None:
        with self._changed:
            round_ = self._rounds.pop(key, None)
            if round_ is None:
                return
            round_.token.cancel()
            self._changed.notify_all()
        self.ended.emit(round_.channel, round_.patrol, why)

    def _watch(self) -> None:
        """Sends cameras on when their stay is over, until none was on patrol for a while."""
        with self._changed:
            while True:
                now = monotonic()
                waiting = [r for r in self._rounds.values() if self._waits(r)]
                for round_ in waiting:
                    if round_.due <= now:
                        self._submit(round_)
                times = [r.due for r in waiting if not r.sending]
                idle = not self._rounds
                if not self._closed:
                    self._changed.wait(min(times) - now if times else _IDLE if idle else None)
                if self._closed or (idle and not self._rounds):
                    self._thread = None
                    return

    @staticmethod
    def _waits(round_: _Round) -> bool:
        return not round_.sending and round_.paused_with is None and round_.due < inf

    def _submit(self, round_: _Round) -> None:
        """Sends the camera to the next stop; called locked."""
        round_.at = (round_.at + 1) % len(round_.patrol.stops)
        round_.sending = True
        self._lanes.submit(
            "control",
            lambda: self._send(round_),
            order=("ptz", round_.channel.key),
            party=round_.channel.key.account,
            token=round_.token,
        )

    def _send(self, round_: _Round) -> None:
        stop = round_.patrol.stops[round_.at]
        channel = round_.channel
        error: ConsoleError | None = None
        try:
            self._presets.goto(channel, self._presets.index_of(channel, stop.preset))
        except Cancelled:
            raise
        except ConsoleError as caught:
            error = caught
        with self._changed:
            if self._rounds.get(channel.key) is not round_:
                return
            round_.sending = False
            round_.failures = 0 if error is None else round_.failures + 1
            stay = max(self._shortest, stop.dwell / round_.patrol.pace)
            if round_.paused_with is not None:
                round_.paused_with = stay
            else:
                round_.due = monotonic() + stay
            over = round_.failures >= _FAILURES
            self._changed.notify_all()
        if over:
            assert error is not None, "three failures have an error"
            self._end(channel.key, PatrolEnd.FAILED)
            self.failed.emit(channel.key, error)
        else:
            self.changed.emit(channel.key)
