"""What a tile says of its place among the tiles that play together."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from vsconsole.i18n import _
from vsconsole.player.group import Standing, Step
from vsconsole.ui.wall import states
from vsconsole.ui.wall.states import TileState

_WORTH_SAYING = 0.1


class Guide(Protocol):
    """What plays a tile together with others, and speaks in it."""

    def state(self) -> TileState | None:
        """What it says in the middle of the tile; None where the picture is right."""

    def strip(self) -> TileState | None:
        """What it says beside the clock."""


def state_of(standing: Standing, zone: str) -> TileState | None:
    """What stands in the middle of the tile; None where its picture is right."""
    if standing.step is Step.EMPTY and standing.next is not None:
        return replace(states.next_recording(standing.next, zone), hides=True)
    if standing.step in (Step.EMPTY, Step.OVER):
        return TileState(
            icon="history",
            word=_("No recording here"),
            detail=_("Nothing is recorded later.") if standing.step is Step.OVER else "",
            hides=True,
        )
    if standing.step is Step.ONE_WAY:
        return TileState(
            icon="history",
            word=_("Plays forward only"),
            detail=_("A stream cannot be played backwards; recordings on this computer can."),
            hides=True,
        )
    if standing.step is Step.COMING:
        return TileState(icon="loader", word=_("Going there"), busy=True)
    return None


def strip_of(standing: Standing, speed: float, *, playing: bool) -> TileState | None:
    """What stands beside the tile's clock: that it is in step, or how far it is off."""
    off = standing.error
    if standing.step is Step.WAITS and off is not None:
        word = _("{seconds} s ahead, waiting").format(seconds=f"{off:.1f}")
        return TileState(icon="timer", word=word, warn=True)
    if standing.step is Step.BEHIND and off is not None:
        word = _("{seconds} s behind").format(seconds=f"{-off:.1f}")
        return TileState(icon="timer", word=word, warn=True)
    if standing.step is Step.STILLS:
        word = _("single pictures at {speed}×").format(speed=f"{speed:g}")
        return TileState(icon="timer", word=word, warn=True)
    if standing.step is not Step.IN_STEP:
        return None
    word = _("in step")
    if off is not None and abs(off) >= _WORTH_SAYING:
        word = _("in step, {seconds} s").format(seconds=signed(off, 1))
    return TileState(icon="play" if playing else "pause", word=word)


def with_nudge(side: TileState | None, seconds: float) -> TileState | None:
    """The same, with how far the channel's clock is put right."""
    nudge = nudge_text(seconds)
    if not nudge:
        return side
    if side is None:
        return TileState(icon="clock", word=nudge)
    return replace(side, word=f"{nudge}  {side.word}")


def nudge_text(seconds: float) -> str:
    """How far a channel's clock is put right; empty where it is not."""
    if not seconds:
        return ""
    return _("clock {seconds} s").format(seconds=signed(seconds))


def signed(seconds: float, digits: int = 3) -> str:
    """Seconds with their sign: "+1.5", "−37"."""
    text = f"{abs(seconds):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits > 1 else text
    return ("\u2212" if seconds < 0 else "+") + text
