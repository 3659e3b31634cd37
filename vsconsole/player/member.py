"""One picture of a group: what it is doing, and the orders that keep it in step."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from vsconsole.player.backend import Player, PlayerState
from vsconsole.player.drift import Drift, Trim
from vsconsole.player.standing import NEAR, Standing, Step

_WAIT_FROM = 0.22
_JUMP_FROM = 0.24
_LANDED = 0.05
_SETTLES = 1.0
_JUMP_EVERY = 3.0
_LONGEST_EVERY = 30.0
_STEADY = 20.0
_SLACK = 0.25
_FIRST_LATENCY = 0.6
_LONGEST_LATENCY = 8.0
_GAP = 1.0
_PARKED_FOR = 20.0
_COMES_EARLY = 6.0
_STILLS_EVERY = 1.0
_BACK_FROM = 0.3
_BACK_LEAD = 0.3
_OFF_SPEED = 0.2
_STALE = 0.6
"""How much of NEAR a picture in step may stay behind its turn: pictures stop now and then."""


class Part(Protocol):
    """What a tile lends to its group: its player, and a way to open its recordings."""

    @property
    def player(self) -> Player:
        """The tile's player."""

    @property
    def reverses(self) -> bool:
        """Whether its media can be played backwards."""

    def open(self, when: datetime) -> None:
        """Opens the recordings at `when`, held there; returns at once."""


class Phase(StrEnum):
    """What was last ordered of a member, and whether it is done."""

    COMING = "coming"
    READY = "ready"
    RUNNING = "running"
    AWAY = "away"
    OVER = "over"
    LOST = "lost"
    BACK = "back"


def stamp(when: datetime) -> float:
    return when.timestamp()


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Member:
    """Keeps one player in step with the clock; times are seconds since the epoch.

    `offset` is added to the times of its pictures to get the group's. A picture that is late by
    little runs a little faster; by more it goes to a moment that is still ahead and waits there,
    which is exact however long the way took. One that is ahead waits. A trim or a way that did not
    help is not tried again at once.
    """

    def __init__(self, part: Part, offset: float = 0.0) -> None:
        self.part = part
        self.offset = offset
        self.phase = Phase.AWAY
        self.begin: float | None = None
        """When its next recording begins, while there is none at the clock; backwards, ends."""
        self.latency = _FIRST_LATENCY
        self.short = 0.0
        """How far before the moment asked for its stream lands, where it goes to key frames."""
        self.drift = Drift()
        self._gap_from: float | None = None
        self._told: float | None = None
        self._target = 0.0
        self._ordered = 0.0
        self._pace = 1.0
        self._trim = Trim(part.player)
        self._every = _JUMP_EVERY
        self._jumped = -1e9
        self._aligned: float | None = None
        self._running_since = 0.0
        self._stills = False
        self._slow = 0

    @property
    def player(self) -> Player:
        return self.part.player

    @property
    def open(self) -> bool:
        """Whether its player has something open to go about in."""
        return self.phase not in (Phase.AWAY, Phase.LOST, Phase.OVER)

    def where(self) -> float | None:
        """The group's time of the picture on screen; None without one."""
        at = self.player.position()
        return None if at is None else stamp(at) + self.offset

    @property
    def lead(self) -> float:
        """Seconds ahead of the clock of a moment that it will be ready for in time."""
        return 1.2 * self.latency + 1.2 * self.short + _SLACK

    def late_since(self, now: float) -> float:
        """Seconds since the order that is not carried out."""
        return now - self._ordered if self.phase is Phase.COMING else 0.0

    # Orders

    def go(self, when: float, now: float) -> None:
        """Shows `when` and waits there; a picture on its way to another is dropped."""
        stands = self.phase in (Phase.READY, Phase.AWAY)
        begin, since = self.begin, self._gap_from
        if stands and begin is not None and since is not None and since <= when < begin:
            return  # nothing is recorded there, as is known already
        self.begin = self._gap_from = self._told = None
        self._order(when, now)

    def _order(self, when: float, now: float) -> None:
        player = self.player
        self._target, self._ordered = when, now
        self.drift.stop()
        at = moment(when - self.offset)
        closed = player.state in (PlayerState.IDLE, PlayerState.ENDED, PlayerState.FAILED)
        if closed or player.live:
            self.part.open(at)
        else:
            player.pause()
            player.seek(at)
        self._trim.forget()
        self.phase = Phase.COMING

    def hold(self) -> None:
        """Stands still where it is."""
        if self.phase is Phase.RUNNING:
            self._halt()

    def _halt(self) -> None:
        self._trim.end()
        self.player.pause()
        self.drift.stop()
        self.phase = Phase.READY

    def _run(self, now: float) -> None:
        self.drift.start(self.where(), now)
        self.begin = self._gap_from = None
        self._running_since = now
        self.phase = Phase.RUNNING
        self.player.resume()

    def set_speed(self, speed: float) -> None:
        """Plays at `speed`; one that its media cannot play it shows by single pictures."""
        self._pace = speed
        self._slow = 0
        self.drift.forget()
        self._trim.forget()
        self._take_speed()
        if self._stills and self.phase is Phase.RUNNING:
            self._halt()

    def _take_speed(self) -> None:
        """Has its player play at the group's speed, where its media can."""
        player = self.player
        self._stills = self._slow > 1 or self._pace not in player.speeds
        if not self._stills and player.speed != self._pace:
            player.set_speed(self._pace)

    def back(self, clock: float, now: float, speed: float) -> None:
        """Plays backwards from the clock's time, where its media can; else it stands still."""
        self.begin = self._gap_from = self._told = None
        self._trim.end()
        self.drift.forget()
        self._ordered = now
        if self.part.reverses:
            self.phase = Phase.BACK
            self.player.reverse(moment(clock - self.offset), speed)
        elif self.phase is Phase.RUNNING:
            self._halt()

    def keep_back(self, clock: float, now: float, pace: float) -> None:
        """While the group plays backwards: begins with the clock, and again where it lags."""
        player, at = self.player, self.where()
        if not player.settled or at is None:
            return
        if self.begin is not None and self.begin >= clock:
            self.begin = None
        behind = at - clock
        if player.state is PlayerState.PAUSED and behind < _BACK_FROM * max(1.0, pace):
            player.resume()
        elif player.state is PlayerState.ENDED or self.begin is not None:
            return
        elif abs(behind) > _BACK_FROM * max(1.0, pace) and now - self._ordered > _JUMP_EVERY:
            self.back(clock - pace * _BACK_LEAD, now, pace)

    def end_back(self) -> None:
        """Stands where playing backwards has come to."""
        if self.phase is Phase.BACK:
            self.player.pause()
            self.phase = Phase.READY

    def released(self) -> None:
        """No group looks after it any more; it goes on as it is."""
        self._trim.end()

    def forget_gap(self) -> None:
        """What is known of a gap holds no longer."""
        self.begin = self._gap_from = None

    def gap(self, asked: datetime, shown: datetime) -> None:
        """The player says that nothing is recorded from `asked` until `shown`."""
        if self.phase is Phase.BACK:
            self.begin = stamp(shown) + self.offset
            return
        self._gap_from, self._told = stamp(asked) + self.offset, stamp(shown) + self.offset

    # What the player says

    def look(self, clock: float, now: float, pace: float) -> None:
        """Takes in what became of the last order; `pace` is the group's speed."""
        player = self.player
        state = player.state
        if state is PlayerState.FAILED:
            self.phase = Phase.LOST
        elif self.phase is Phase.BACK:
            return
        elif state.busy or (self.phase is Phase.COMING and not player.settled):
            if self.phase in (Phase.RUNNING, Phase.LOST, Phase.OVER):
                # It opens its stream again, or was told to by somebody: it is to wait then.
                self.phase, self._ordered = Phase.COMING, now
                self._target = clock
                self.drift.forget()
                player.pause()
        elif self.phase is Phase.COMING:
            self._land(state, now)
        elif self.phase is Phase.RUNNING:
            if state is PlayerState.ENDED:
                self.phase = Phase.OVER
            elif self._told is not None and self._told - clock > _GAP:
                self._stand_at_gap(self._told)
                self._halt()
            elif state is PlayerState.PLAYING and (at := self.where()) is not None:
                self.drift.note(at, clock, now, pace)
        elif self.phase in (Phase.READY, Phase.AWAY, Phase.LOST, Phase.OVER):
            if state is PlayerState.PLAYING:
                self.drift.forget()
                self._running_since = now
                self.phase = Phase.RUNNING
            elif state is PlayerState.PAUSED and self.phase is not Phase.AWAY:
                self.phase = Phase.READY

    def _land(self, state: PlayerState, now: float) -> None:
        if state is PlayerState.ENDED:
            self.phase = Phase.OVER
            return
        if state is PlayerState.IDLE:
            self.phase = Phase.LOST
            return
        took = now - self._ordered
        self.latency += 0.5 * (min(took, _LONGEST_LATENCY) - self.latency)
        self.phase = Phase.READY
        at = self.where()
        if self._told is not None and self._told - self._target > _GAP:
            self._stand_at_gap(self._told)
        elif at is not None and self.begin is None:
            fell = self._target - at
            self.short = fell if fell > self.short else self.short + 0.3 * (fell - self.short)
            self.short = min(max(self.short, 0.0), _LONGEST_LATENCY)
        if state is PlayerState.PLAYING:
            self.player.pause()
        self._take_speed()

    def _stand_at_gap(self, begin: float) -> None:
        self._gap_from = self._target if self._gap_from is None else self._gap_from
        self.begin, self._told = begin, None

    # Keeping step

    def empty_at(self, clock: float) -> bool:
        """Whether nothing is recorded of it at the clock, as far as is known."""
        return self.phase is Phase.OVER or (self.begin is not None and self.begin - clock > _LANDED)

    def soon(self, clock: float, pace: float) -> bool:
        """Whether it stands ready for a moment that the clock is about to reach."""
        at = self.where()
        return self.phase is Phase.READY and at is not None and at - clock < 1.5 * pace

    def keep(self, clock: float, now: float, pace: float, *, moving: bool) -> None:
        """Gives the order that brings it in step, where one is due."""
        if self.begin is not None and self.phase in (Phase.READY, Phase.AWAY):
            self._keep_empty(clock, now, pace, moving)
        elif self.phase is Phase.READY and moving:
            self._keep_ready(clock, now, pace)
        elif self.phase is Phase.RUNNING and moving:
            self._keep_running(clock, now, pace)

    def _keep_empty(self, clock: float, now: float, pace: float, moving: bool) -> None:
        assert self.begin is not None
        wait = (self.begin - clock) / pace
        if self.phase is Phase.READY and wait > _PARKED_FOR:
            # Nobody's session or address is kept busy by a picture that is not shown.
            self.player.stop()
            self.phase = Phase.AWAY
        elif self.phase is Phase.AWAY and wait < max(_COMES_EARLY, 1.5 * self.latency):
            self._order(self.begin, now)
        elif self.phase is Phase.READY and moving:
            if clock >= self.begin - self.drift.reply * pace and not self._stills:
                self._run(now)
            elif self._stills and clock >= self.begin:
                self.begin = self._gap_from = None

    def _keep_ready(self, clock: float, now: float, pace: float) -> None:
        at = self.where()
        if at is None:
            return
        if self._stills:
            if now - self._ordered > max(_STILLS_EVERY, 1.2 * self.latency) and clock > at:
                self._order(clock + pace * self.latency, now)
            return
        ahead = at - clock
        if ahead / pace > self.latency + 1.5 or ahead < -_JUMP_FROM * max(1.0, pace):
            self._jump(clock, now, pace)
        elif ahead <= self.drift.reply * pace:
            self._run(now)

    def _keep_running(self, clock: float, now: float, pace: float) -> None:
        error = self.drift.error
        if self._stills:
            self._halt()
            return
        if error is None or not self.drift.steady or now - self._running_since < _SETTLES:
            return
        wide = max(1.0, pace)
        if error > _WAIT_FROM * wide:
            if error / pace > self.latency + 1.5:
                self._jump(clock, now, pace)
            else:
                self._halt()
            return
        if error < -_JUMP_FROM * wide and now - self._jumped >= self._every:
            self._note_slow(pace)
            self._jump(clock, now, pace)
            return
        if now - self._running_since > _STEADY:
            self._every = _JUMP_EVERY
        self._trim.correct(error / wide, now)

    def _note_slow(self, pace: float) -> None:
        """Whether its media does not run at the speed that was asked for: then single pictures."""
        measured = self.player.speed_measured
        slow = measured is not None and abs(measured - pace) > _OFF_SPEED * pace
        self._slow = self._slow + 1 if slow and pace > 1 else 0
        self._stills = self._stills or self._slow > 1

    def _jump(self, clock: float, now: float, pace: float) -> None:
        if now - self._jumped < self._every:
            return
        if now - self._jumped < 3 * self._every:
            self._every = min(2 * self._every, _LONGEST_EVERY)
        self._jumped = now
        self._told = None
        self._order(clock + pace * self.lead, now)

    def align(self, clock: float, now: float) -> None:
        """While the group stands: goes to the clock, once, where its picture is not of it."""
        at = self.where()
        due = self.phase is Phase.READY and self.begin is None and self._aligned != clock
        if due and at is not None and abs(at - clock) > _WAIT_FROM:
            self._aligned = clock
            self._order(clock, now)

    def standing(self, clock: float, pace: float, *, back: bool = False) -> Standing:
        """What its tile says; `back`: the group plays backwards."""
        if self.phase is Phase.LOST:
            return Standing(step=Step.LOST)
        if self.phase is Phase.OVER:
            return Standing(step=Step.OVER)
        if not back and self.begin is not None and self.begin - clock > _LANDED:
            return Standing(step=Step.EMPTY, next=moment(self.begin))
        at = self.where()
        coming = self.phase is Phase.COMING and not self._stills
        if coming or self.phase is Phase.AWAY or at is None:
            return Standing(step=Step.COMING)
        near = NEAR * max(1.0, pace)
        error = at - clock
        if self.phase is Phase.RUNNING and not self._astray(error, near):
            error = self.drift.error or 0.0
        if back and not (abs(error) <= near and self.phase is Phase.BACK):
            return Standing(step=Step.EMPTY if self.part.reverses else Step.ONE_WAY)
        if self._stills:
            return Standing(step=Step.STILLS, error=error)
        if abs(error) <= near:
            return Standing(step=Step.IN_STEP, error=error)
        return Standing(step=Step.WAITS if error > 0 else Step.BEHIND, error=error)

    def _astray(self, off: float, near: float) -> bool:
        """Whether the picture on screen is not of the clock's time, whatever those before were."""
        if self.drift.error is None:
            return True
        return off > near or -off > self.drift.period + _STALE * near
