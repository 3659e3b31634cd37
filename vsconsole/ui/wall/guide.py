"""What a tile says of its place among the tiles that play together."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from vsconsole.i18n import _
from vsconsole.player.group import Standing, Step
from vsconsole.ui.wall.states import TileAction, TileState

_WORTH_SAYING = 0.1


def state_of(standing: Standing, zone: str) -> TileState | None:
    """What stands in the middle of the tile; None where its picture is right."""
    if standing.step is Step.EMPTY and standing.next is not None:
        return TileState(
            icon="history",
            word=_("No recording here"),
            detail=_("Next recording {time}").format(time=_clock(standing.next, zone)),
            action=TileAction.GO_NEXT,
            action_text=_("Go there"),
            hides=True,
        )
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


def strip_of(standing: Standing, speed: float) -> str:
    """What stands beside the tile's clock: its speed, or how far it is off."""
    off = standing.error
    if standing.step is Step.WAITS and off is not None:
        return _("{seconds} s ahead, waiting").format(seconds=f"{off:.1f}")
    if standing.step is Step.BEHIND and off is not None:
        return _("{seconds} s behind").format(seconds=f"{-off:.1f}")
    if standing.step is Step.STILLS:
        return _("single pictures at {speed}×").format(speed=f"{speed:g}")
    if standing.step is Step.IN_STEP and off is not None and abs(off) >= _WORTH_SAYING:
        return _("in step, {seconds} s").format(seconds=signed(off, 1))
    return _("in step") if standing.step is Step.IN_STEP else ""


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


def _clock(when: datetime, zone: str) -> str:
    return f"{when.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}"
