"""How a picture of a group stands to its clock, as its tile says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NEAR = 0.25
"""Seconds that a picture in step is off the clock at most, times the speed where that is higher.

So any two of them are at most twice as far apart.
"""


class Step(StrEnum):
    """How a member is in relation to the clock; its picture is right only IN_STEP.

    STILLS shows single pictures instead of a speed that its media cannot play. ONE_WAY cannot play
    backwards. WAITS shows a picture from ahead, BEHIND one that was overtaken, until the way back
    in step is found; EMPTY and OVER have no recording at the clock's time, LOST no picture at all.
    """

    IN_STEP = "in step"
    STILLS = "stills"
    COMING = "coming"
    WAITS = "waits"
    BEHIND = "behind"
    EMPTY = "empty"
    OVER = "over"
    LOST = "lost"
    ONE_WAY = "one way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a tile says of its place in the group.

    `error` is how many seconds its picture is ahead of the clock, None where that is not known.
    `next` is when its next recording begins, by the group's time, None where none is known.
    """

    step: Step
    error: float | None = None
    next: datetime | None = None

    @property
    def shows(self) -> bool:
        """Whether its picture is worth showing: it is one of the clock's time, or nearly."""
        return self.step not in (Step.EMPTY, Step.OVER, Step.LOST, Step.ONE_WAY)
