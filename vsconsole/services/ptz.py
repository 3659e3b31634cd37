"""Moves cameras while a control is held, and makes sure that they stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.capabilities import Ptz, PtzMove
from vsconsole.domain.errors import Cancelled, ConsoleError, InvalidInput, Unsupported
from vsconsole.domain.model import Ability, Channel, Key
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import need_ability, ptz_of
from vsconsole.services.ptz_meter import PtzMeter
from vsconsole.work.threads import Thread

if TYPE_CHECKING:
    from vsconsole.work.lanes import Lanes

LONGEST_HOLD = 10.0
"""Seconds until a camera is stopped although nobody let go: the release may be lost."""

_STOP_TRIES = 3
_STOP_PAUSE = 0.15
_PATIENCE = 0.25
_IDLE = 5.0
_BEFORE_LIMIT = 0.8
_log = logging.getLogger(__name__)

_ABILITY = {
    PtzMove.ZOOM_IN: Ability.ZOOM,
    PtzMove.ZOOM_OUT: Ability.ZOOM,
    PtzMove.FOCUS_FAR: Ability.FOCUS,
    PtzMove.FOCUS_NEAR: Ability.FOCUS,
    PtzMove.IRIS_OPEN: Ability.IRIS,
    PtzMove.IRIS_CLOSE: Ability.IRIS,
}


@dataclass(slots=True, kw_only=True, eq=False)
class _Hold:
    """One control that is held down; guarded by the service's lock."""

    channel: Channel
    move: PtzMove
    speed: float
    until: float
    due: float
    sending: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class _Stop:
    """A stop that waits for its turn until `due`; guarded by the service's lock."""

    channel: Channel
    due: float
    begun: bool = False


class PtzService:
    """`hold` moves until `release`; each channel's calls go out one after the other, in order.

    A vendor whose calls are steps gets one at once and one each `style.interval` seconds; no step
    is queued behind an unanswered one. Otherwise a move is started once (and again before the
    vendor's own limit), and a stop always follows; a stop is tried three times and never dropped.
    Where the call before it is not answered, a stop goes out beside it after a quarter of a second
    and once more in its turn, so that neither a slow answer nor a late move leaves a camera moving.
    Every method returns at once; what goes wrong comes to `failed`.
    """

    def __init__(
        self,
        adapter: Callable[[str], object],
        lanes: Lanes,
        *,
        longest_hold: float = LONGEST_HOLD,
    ) -> None:
        self._adapter = adapter
        self._lanes = lanes
        self._longest = longest_hold
        self._changed = threading.Condition()
        self._holds: dict[Key, _Hold] = {}
        self._stops: list[_Stop] = []
        self._stopping = 0
        self._thread: threading.Thread | None = None
        self._closed = False
        self.failed: Listeners[[Key, ConsoleError]] = Listeners()
        """Called on a worker thread when a camera could not be moved or stopped."""
        self.released: Listeners[[Key]] = Listeners()
        """Called on a worker thread when a hold ended by itself: the time limit, or a failure."""
        self.moved: Listeners[[Channel]] = Listeners()
        """Called where `hold` or `take` was, before anything is sent: an operator steers."""
        self.meter = PtzMeter()
        """How long each camera's platform takes to answer."""
        self.answered: Listeners[[Key]] = Listeners()
        """Called on a worker thread when the meter has something new."""

    def moves(self, channel: Channel) -> frozenset[PtzMove]:
        """What this channel can be told to do; may block, since it makes the adapter."""
        adapter = self._adapter(channel.key.account)
        if not isinstance(adapter, Ptz):
            return frozenset()
        return frozenset(move for move in adapter.ptz_moves if _ability(move) in channel.abilities)

    def hold(self, channel: Channel, move: PtzMove, speed: float = 0.5) -> None:
        """Begins to move or changes the movement; InvalidInput for a speed outside 0 to 1.

        Movement ends ten seconds after the last `hold`, released or not.
        """
        if not 0 <= speed <= 1:
            raise InvalidInput(_("The speed must be from 0 to 1."), field="speed")
        self.take(channel)
        with self._changed:
            if self._closed:
                return
            until = monotonic() + self._longest
            held = self._holds.get(channel.key)
            if held is None:
                held = _Hold(channel=channel, move=move, speed=speed, until=until, due=inf)
                self._holds[channel.key] = held
                # A tap shorter than the way to the lane is a step nevertheless, so it goes now.
                self._submit(held)
            else:
                held.until = until
                if (held.move, held.speed) != (move, speed):
                    held.move, held.speed, held.due = move, speed, 0.0
            self._keep_watch()

    def take(self, channel: Channel) -> None:
        """Tells whoever steers this camera by itself that an operator does so now."""
        self.moved.emit(channel)

    def release(self, channel: Channel | Key) -> None:
        """Ends the movement; may be called when nothing is held."""
        key = channel if isinstance(channel, Key) else channel.key
        with self._changed:
            if key in self._holds:
                self._stop(self._holds.pop(key).channel)

    def stop(self, channel: Channel) -> None:
        """Ends any movement, also one that another program, or an earlier run, has begun."""
        with self._changed:
            self._holds.pop(channel.key, None)
            if not self._closed:
                self._stop(channel)

    def stop_all(self) -> None:
        """Ends every movement."""
        with self._changed:
            while self._holds:
                self._stop(self._holds.popitem()[1].channel)

    def close(self, wait: float = 1.0) -> None:
        """Ends every movement and waits up to `wait` seconds for the stops to go out."""
        self.stop_all()
        until = monotonic() + wait
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
            while self._stopping and (left := until - monotonic()) > 0:
                self._changed.wait(left)
        if thread is not None and thread is not threading.current_thread():
            thread.join(max(0.1, until - monotonic()))

    def _submit(self, held: _Hold) -> None:
        held.sending, held.due = True, inf
        self._lanes.submit(
            "control",
            lambda: self._send(held),
            order=("ptz", held.channel.key),
            party=held.channel.key.account,
        )

    def _stop(self, channel: Channel) -> None:
        self._stopping += 1
        stop = _Stop(channel=channel, due=monotonic() + _PATIENCE)
        job = self._lanes.submit(
            "control",
            lambda: self._send_stop(stop),
            order=("ptz", channel.key),
            party=channel.key.account,
        )
        self._stops.append(stop)
        job.add_done_callback(lambda _job: self._stopped())
        self._keep_watch()

    def _keep_watch(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._watch, name="ptz", daemon=True)
            self._thread.begin()
        self._changed.notify_all()

    def _stopped(self) -> None:
        with self._changed:
            self._stopping -= 1
            self._changed.notify_all()

    def _watch(self) -> None:
        """Sends what is due and ends what lasted too long, until nothing was held for a while."""
        late: list[Key] = []
        while True:
            with self._changed:
                now = monotonic()
                for key, held in list(self._holds.items()):
                    if held.until <= now:
                        self._stop(self._holds.pop(key).channel)
                        late.append(key)
                    elif held.due <= now and not held.sending:
                        self._submit(held)
                self._stops = [stop for stop in self._stops if not stop.begun]
                for stop in [stop for stop in self._stops if stop.due <= now]:
                    self._stops.remove(stop)
                    self._submit_beside(stop)
                if not late:
                    times = [
                        time
                        for held in self._holds.values()
                        for time in (held.until, inf if held.sending else held.due)
                    ]
                    times += [stop.due for stop in self._stops]
                    if not (self._closed and not times):
                        self._changed.wait(max(0.0, min(times) - now) if times else _IDLE)
                    if not self._holds and not self._stops and (self._closed or not times):
                        self._thread = None
                        return
            while late:
                self.released.emit(late.pop())

    def _send(self, held: _Hold) -> None:
        channel = held.channel
        with self._changed:
            move, speed = held.move, held.speed
        try:
            adapter = ptz_of(self._adapter(channel.key.account))
            need_ability(channel, _ability(move))
            if move not in adapter.ptz_moves:
                raise Unsupported(_("This account's vendor does not offer this movement."))
            sent = monotonic()
            adapter.ptz_move(channel, move, speed)
            self._answered(channel, sent)
            style = adapter.ptz_style
        except ConsoleError as error:
            self._give_up(held, error)
            return
        with self._changed:
            held.sending = False
            if (held.move, held.speed) != (move, speed):
                held.due = 0.0
            elif style.steps:
                held.due = monotonic() + style.interval
            elif style.longest is not None:
                held.due = monotonic() + style.longest * _BEFORE_LIMIT
            self._changed.notify_all()

    def _give_up(self, held: _Hold, error: ConsoleError) -> None:
        with self._changed:
            mine = self._holds.get(held.channel.key) is held
            if mine:
                # A move whose answer was lost may have begun.
                self._stop(self._holds.pop(held.channel.key).channel)
        if not isinstance(error, Cancelled):
            self.failed.emit(held.channel.key, error)
        if mine:
            self.released.emit(held.channel.key)

    def _answered(self, channel: Channel, sent: float) -> None:
        self.meter.add(channel.key, monotonic() - sent)
        self.answered.emit(channel.key)

    def _submit_beside(self, stop: _Stop) -> None:
        """Sends a stop that waits for another call's answer without waiting; called locked."""
        self._stopping += 1
        job = self._lanes.submit(
            "control", lambda: self._send_beside(stop), party=stop.channel.key.account
        )
        job.add_done_callback(lambda _job: self._stopped())

    def _send_beside(self, stop: _Stop) -> None:
        with self._changed:
            if stop.begun:
                return
        try:
            adapter = self._adapter(stop.channel.key.account)
            if isinstance(adapter, Ptz) and not adapter.ptz_style.steps:
                adapter.ptz_stop(stop.channel)
        except ConsoleError as error:
            # The one that waits for its turn is still to come, and tells.
            _log.info("early stop of %s: %s", stop.channel.key, type(error).__name__)

    def _send_stop(self, stop: _Stop) -> None:
        channel = stop.channel
        with self._changed:
            stop.begun = True
        for left in reversed(range(_STOP_TRIES)):
            try:
                adapter = self._adapter(channel.key.account)
                if isinstance(adapter, Ptz) and not adapter.ptz_style.steps:
                    sent = monotonic()
                    adapter.ptz_stop(channel)
                    self._answered(channel, sent)
            except Cancelled:
                raise
            except ConsoleError as error:
                if not left:
                    self.failed.emit(channel.key, error)
                    return
                _log.info("stop of %s failed, trying again", channel.key)
                cancel.current().wait(_STOP_PAUSE)
            else:
                return


def _ability(move: PtzMove) -> Ability:
    return _ABILITY.get(move, Ability.PTZ)
