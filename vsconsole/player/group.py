"""Any pictures on one clock: play, pause, go, step, speed, for all of them at once. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from vsconsole.player.backend import PlayerState
from vsconsole.player.group_clock import GroupClock
from vsconsole.player.member import Member, Part, Phase, moment, stamp
from vsconsole.player.standing import Standing, Step

__all__ = ["SPEEDS", "Group", "Member", "Part", "Standing", "Step"]

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)
"""How fast a group can play, forward and back."""

_GATHER = 2.0
_STUCK = 12.0
_LONGEST_RUN_UP = 0.5
_AGREED = 0.08
_PULL = 0.3
_FAR = 0.15
_ALIGN_AFTER = 0.8
_STEP_PATIENCE = 1.0
_GAP_LEAD = 0.05


class Group:
    """Members that show one moment; all calls come from one thread, `tick` some times a second.

    An order to go holds the clock until the members are there, though not for long: who is late
    joins when it can. The clock runs by itself only from picture to picture: where all members are
    ahead of it or behind it moves to them, and where none of them can go on it stands. With nothing
    recorded in any of them at its time it goes on to the next recording (`skip_gaps`), or runs
    through.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._clock = GroupClock()
        self._members: list[Member] = []
        self._running = False
        self._back = False
        self._speed = 1.0
        self._held = False
        self._begun = False
        self._floor: float | None = None
        self._gathering: float | None = None
        self._stood_since = 0.0
        self._stepping: tuple[Member, float, float] | None = None
        self.skip_gaps = True

    # What is asked of it

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(self._members)

    @property
    def running(self) -> bool:
        """Whether it plays, or will as soon as its pictures are there."""
        return self._running

    @property
    def speed(self) -> float:
        """The speed asked for; negative backwards."""
        return -self._speed if self._back else self._speed

    @property
    def speed_measured(self) -> float | None:
        """Seconds of the clock a second, lately; None until it is known, and while it stands."""
        return self._clock.measured() if self._running else None

    def position(self) -> datetime | None:
        """The moment the group shows; None before it was told one."""
        if not self._begun:
            return None
        at = self._clock.at(self._monotonic())
        return moment(at if self._floor is None else max(at, self._floor))

    def standing(self, member: Member) -> Standing:
        """What a member's tile says."""
        at = self._clock.at(self._monotonic())
        return member.standing(at, self._speed, back=self._back and self._running)

    @property
    def reverses(self) -> bool:
        """Whether any member can play backwards."""
        return any(member.part.reverses for member in self._members)

    # Members

    def join(self, part: Part, offset: float = 0.0) -> Member:
        """A new member; it goes to the group's moment, where it has one."""
        member = Member(part, offset)
        now = self._monotonic()
        self._members.append(member)
        if self._begun:
            member.set_speed(self._speed)
            self._bring(member, self._clock.at(now), now)
        return member

    def leave(self, member: Member) -> None:
        """Not a member any more; it goes on as it is."""
        if member in self._members:
            self._members.remove(member)
            member.released()
            if self._stepping is not None and self._stepping[0] is member:
                self._stepping = None
        if not self._members:
            self._running = self._begun = False
            self._gathering = self._stepping = None

    def set_offset(self, member: Member, offset: float) -> None:
        """What is added to the times of a member's pictures from now on, in seconds."""
        if offset != member.offset:
            member.offset = offset
            now = self._monotonic()
            if self._begun:
                member.forget_gap()
                self._bring(member, self._clock.at(now), now)

    # Orders

    def seek(self, when: datetime) -> None:
        """Every member shows `when`; plays on from there where it played."""
        now = self._monotonic()
        self._begun = True
        self._stop_back(now)
        self._go(stamp(when), now)

    def hold(self, when: datetime) -> None:
        """The operator has the playhead at `when`: only `release` or another `hold` moves it."""
        self._held = True
        now = self._monotonic()
        self._begun = True
        self._stop_back(now)
        # What is closed is opened once, where the playhead is let go.
        self._go(stamp(when), now, [m for m in self._members if m.open])

    def release(self) -> None:
        """The operator has let go."""
        self._held = False

    def play(self) -> None:
        """Plays on, forward."""
        now = self._monotonic()
        self._stop_back(now)
        if self._begun and not self._running:
            self._running = True
            self._stepping = None
            self._start(now)

    def play_back(self, speed: float = 1.0) -> None:
        """Plays backwards; members whose media cannot stand still and say so."""
        if not self._begun or not self.reverses:
            return
        now = self._monotonic()
        self._back, self._running, self._speed = True, True, speed
        self._go_back(self._clock.at(now), now)

    def pause(self) -> None:
        """Stands still at the clock's moment."""
        now = self._monotonic()
        if not self._running:
            return
        self._running = False
        self._stop_back(now)
        self._floor = None
        self._clock.run(0.0, now)
        self._stood_since = now
        for member in self._members:
            member.hold()

    def set_speed(self, speed: float) -> None:
        """Plays at `speed`, taken to the nearest of SPEEDS; below zero backwards."""
        near = min(SPEEDS, key=lambda one: abs(one - abs(speed)))
        if speed < 0:
            self.play_back(near)
            return
        now = self._monotonic()
        was_back = self._back
        self._stop_back(now)
        if near != self._speed or was_back:
            self._speed = near
            for member in self._members:
                member.set_speed(near)
            if self._running and self._gathering is None:
                self._clock.set(self._clock.at(now), now)

    def step(self, frames: int, by: Member | None = None) -> None:
        """Pauses and goes a picture of `by` (else of the first that shows one) on or back."""
        now = self._monotonic()
        self.pause()
        at = self._clock.at(now)
        able = [m for m in self._members if m.phase is Phase.READY and not m.empty_at(at)]
        first = by if by in able else next(iter(able), None)
        if first is None or not frames:
            return
        before = first.where()
        if before is None:
            return
        self._stepping = (first, before, now + _STEP_PATIENCE)
        first.player.step(frames)

    # Time passes

    def tick(self) -> None:
        """One look at the members and the clock, and the orders that follow from it."""
        now = self._monotonic()
        if not self._begun:
            return
        at = self._clock.at(now)
        for member in self._members:
            member.look(at, now, self._speed)
        if self._held:
            return
        if self._back:
            self._tick_back(now)
            return
        if self._gathering is not None and self._gathered(now):
            self._gathering = None
            self._start(now)
        self._step_on(now)
        if self._gathering is None:
            self._leap(now)
            self._drive(now)
        self._clock.sample(now)
        at = self._clock.at(now)
        moving = self._running and self._gathering is None and self._clock.rate != 0
        for member in self._members:
            member.keep(at, now, self._speed, moving=moving)
            if not self._running and not self._stepping and now - self._stood_since > _ALIGN_AFTER:
                member.align(at, now)

    def _go(self, at: float, now: float, members: Sequence[Member] | None = None) -> None:
        self._stepping = None
        self._clock.set(at, now)
        self._floor = None
        self._gathering = now
        self._stood_since = now
        for member in self._members if members is None else members:
            member.go(at, now)

    def _bring(self, member: Member, at: float, now: float) -> None:
        """One member to the clock: ahead of it, where it runs."""
        lead = self._speed * member.lead if self._moves else 0.0
        member.go(at + lead, now)

    @property
    def _moves(self) -> bool:
        return self._running and self._gathering is None and not self._back

    def _gathered(self, now: float) -> bool:
        at = self._clock.at(now)
        coming = [m for m in self._members if m.phase is Phase.COMING]
        if not coming:
            return True
        assert self._gathering is not None
        there = any(m.phase is Phase.READY and not m.empty_at(at) for m in self._members)
        return there and now - self._gathering > _GATHER

    def _start(self, now: float) -> None:
        """Begins a little before the moment, so that slow ones can begin with the others."""
        self._gathering = None
        if not self._running:
            return
        at = self._clock.at(now)
        ready = [m for m in self._members if m.phase is Phase.READY and not m.empty_at(at)]
        run_up = min(_LONGEST_RUN_UP, max((m.drift.reply for m in ready), default=0.0))
        self._floor = at
        self._clock.set(at - self._speed * run_up, now)

    def _leap(self, now: float) -> None:
        """Over what is recorded in none of the members."""
        at = self._clock.at(now)
        if not self._running or not self._members:
            return
        if not all(self._without(member, at, now) for member in self._members):
            return
        begins = [m.begin for m in self._members if m.begin is not None and m.begin > at]
        if not begins:
            self.pause()
        elif self.skip_gaps and min(begins) - at > _GAP_LEAD:
            self._clock.set(min(begins), now)
            self._floor = None
            self._gathering = now
            for member in self._members:
                member.keep(min(begins), now, self._speed, moving=False)

    def _without(self, member: Member, at: float, now: float) -> bool:
        stuck = member.late_since(now) > _STUCK and member.begin is None
        return member.phase is Phase.LOST or stuck or member.empty_at(at)

    def _drive(self, now: float) -> None:
        """Lets the clock run, where any picture runs with it or nothing is to be seen."""
        at, pace = self._clock.at(now), self._speed
        if not self._running:
            self._clock.run(0.0, now)
            return
        running = [m for m in self._members if m.phase is Phase.RUNNING]
        free = all(self._without(member, at, now) for member in self._members)
        soon = any(m.soon(at, pace) for m in self._members)
        self._clock.run(pace if running or soon or free else 0.0, now)
        drifts = [m.drift for m in running if m.drift.steady]
        errors = [drift.error for drift in drifts if drift.error is not None]
        slack = _AGREED * max(1.0, pace)
        if errors and len(errors) == len(running):
            by = 0.0
            if min(errors) > slack:
                by = min(errors)
            elif max(errors) < -slack:
                by = max(errors)
            if by:
                # Wholly where it is far: the pictures are what is true.
                by *= _PULL if abs(by) < _FAR * max(1.0, pace) else 1.0
                self._clock.pull(by, now)
                for member in running:
                    member.drift.shifted(by)

    def _step_on(self, now: float) -> None:
        """Once the first member has made its step the others follow to its moment."""
        if self._stepping is None:
            return
        first, before, until = self._stepping
        at = first.where()
        if not first.player.settled or at is None or at == before:
            if now > until:
                self._stepping = None
            return
        self._stepping = None
        self._clock.set(at, now)
        self._stood_since = now
        for member in self._members:
            if member is not first:
                member.go(at, now)

    def _go_back(self, at: float, now: float) -> None:
        self._stepping, self._floor = None, None
        self._clock.set(at, now)
        self._gathering = now
        for member in self._members:
            member.back(at, now, self._speed)

    def _tick_back(self, now: float) -> None:
        backs = [m for m in self._members if m.phase is Phase.BACK]
        alive = [m for m in backs if m.player.state is not PlayerState.ENDED]
        if not alive:
            self.pause()
            return
        if self._gathering is not None:
            if all(m.player.settled for m in backs) or now - self._gathering > _GATHER:
                self._gathering = None
            return
        self._clock.run(-self._speed, now)
        self._clock.sample(now)
        at = self._clock.at(now)
        ends = [m.begin for m in alive if m.begin is not None and at - m.begin > _GAP_LEAD]
        if self.skip_gaps and len(ends) == len(alive):
            self._go_back(max(ends), now)
            return
        for member in alive:
            member.keep_back(at, now, self._speed)

    def _stop_back(self, now: float) -> None:
        """Leaves playing backwards: everything stands where the clock does."""
        if not self._back:
            return
        self._back = False
        self._gathering = None
        at = self._clock.at(now)
        self._clock.set(at, now)
        self._speed = 1.0
        for member in self._members:
            member.end_back()
            member.set_speed(1.0)
        self._go(at, now)
