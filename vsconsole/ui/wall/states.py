"""What a tile says of itself: an icon, a word, a line, at most one action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from vsconsole.domain import errors
from vsconsole.domain.errors import ConsoleError
from vsconsole.i18n import N_, _
from vsconsole.player.backend import PlayerState


class TileAction(StrEnum):
    """What the one button of a tile does."""

    RETRY = "retry"
    GO_NEXT = "go-next"
    NEW_ADDRESS = "new-address"
    TAKE_OVER = "take-over"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class TileState:
    """Drawn in the middle of a tile; `busy` ones keep the last picture under a small sign.

    Those of a picture that speaks for itself are drawn in the strip below it; `warn` ones stand out
    there. Those that `hides` leave nothing of a picture that would be of another moment.
    """

    icon: str
    word: str
    detail: str = ""
    action: TileAction | None = None
    action_text: str = ""
    busy: bool = False
    warn: bool = False
    hides: bool = False


def of_player(state: PlayerState, *, live: bool) -> TileState | None:
    """What a player's state looks like; None where the picture speaks for itself."""
    if state is PlayerState.IDLE and not live:
        return TileState(icon="loader", word=_("Looking for recordings"), busy=True)
    if state in (PlayerState.CONNECTING, PlayerState.IDLE):
        return TileState(icon="loader", word=_("Connecting"), busy=True)
    if state is PlayerState.SEEKING:
        return TileState(icon="loader", word=_("Going there"), busy=True)
    if state is PlayerState.STALLED:
        return TileState(
            icon="triangle-alert",
            word=_("Stalled"),
            detail=_("No new picture comes; opening it again."),
            busy=True,
            warn=True,
        )
    if state is PlayerState.ENDED and not live:
        return TileState(
            icon="history", word=_("End of the recordings"), detail=_("Nothing is recorded later.")
        )
    return None


def lost(state: TileState, seconds: int | None) -> TileState:
    """A live picture that stands since a moment: it may be back before anybody minds."""
    return TileState(
        icon="loader",
        word=_("Lost, connecting again")
        if seconds is None
        else _("Lost, again in {seconds} s").format(seconds=seconds),
        detail=state.detail,
        busy=True,
        warn=True,
    )


def trying(state: TileState) -> TileState:
    """The same, while it is tried again."""
    return replace(
        state,
        detail=_("{reason} Trying again now.").format(reason=state.detail).strip(),
        action=None,
        action_text="",
    )


def counting(state: TileState, seconds: int) -> TileState:
    """The same, with when it is tried again by itself."""
    return replace(
        state,
        detail=_("{reason} Retrying in {seconds} s.")
        .format(reason=state.detail, seconds=seconds)
        .strip(),
        action=state.action or TileAction.RETRY,
        action_text=state.action_text or _action_text(TileAction.RETRY),
    )


def no_recording(at: datetime, zone: str) -> TileState:
    """Nothing is recorded at `at`, nor later."""
    asked = f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}"
    return TileState(
        icon="history",
        word=_("No recording here"),
        detail=_("Nothing is recorded at {asked}, nor later.").format(asked=asked),
    )


def next_recording(following: datetime, zone: str) -> TileState:
    """Nothing is recorded before `following`, which is one press away."""
    where = ZoneInfo(zone)
    return TileState(
        icon="history",
        word=_("No recording here"),
        detail=_("Next recording {following}").format(
            following=f"{following.astimezone(where):%m-%d %H:%M:%S}"
        ),
        action=TileAction.GO_NEXT,
        action_text=_action_text(TileAction.GO_NEXT),
    )


def of_live(delay: float | None, *, late: bool) -> TileState:
    """A live picture that moves; how far behind it is, where that can be told and matters."""
    if late and delay is not None:
        return TileState(
            icon="timer",
            word=_("LATE {seconds} s").format(seconds=round(delay)),
            detail=_("The picture is {seconds} s behind; opening it again.").format(
                seconds=round(delay)
            ),
            warn=True,
        )
    return TileState(
        icon="radio",
        word=_("LIVE"),
        detail="" if delay is None else _("{seconds} s behind").format(seconds=f"{delay:.1f}"),
    )


def of_playing(speed: float, measured: float | None, refused: float | None) -> TileState:
    """A recording that plays: the speed measured, and the one asked for where it differs."""
    if refused is not None:
        return TileState(
            icon="play",
            word=_("{measured}×, device ignores {asked}×").format(
                measured=f"{measured or 1.0:.1f}", asked=f"{refused:g}"
            ),
            detail=_("The device plays at its own speed, whatever it was asked for."),
            warn=True,
        )
    if measured is None:
        return TileState(icon="play", word=f"{speed:g}×")
    if abs(measured - speed) > 0.2 * abs(speed):
        return TileState(
            icon="play",
            word=_("{measured}× asked {asked}×").format(
                measured=f"{measured:.1f}", asked=f"{speed:g}"
            ),
            warn=True,
        )
    return TileState(icon="play", word=f"{measured:.1f}×")


def of_paused() -> TileState:
    """A picture that was told to stand."""
    return TileState(icon="pause", word=_("paused"))


def of_error(error: ConsoleError) -> TileState:
    """What a failure looks like on a tile: its own word, and the action that may mend it."""
    for kind, icon, word, action in _ERRORS:
        if isinstance(error, kind):
            return TileState(
                icon=icon,
                word=_(word),
                detail=_detail(error),
                action=action,
                action_text=_action_text(action),
            )
    return TileState(
        icon="circle-alert",
        word=error.what,
        detail=_detail(error),
        action=TileAction.RETRY,
        action_text=_action_text(TileAction.RETRY),
    )


_ERRORS: tuple[tuple[type[ConsoleError], str, str, TileAction | None], ...] = (
    (errors.ChannelOffline, "unplug", N_("Channel offline"), TileAction.RETRY),
    (errors.DeviceOffline, "video-off", N_("Device offline"), TileAction.RETRY),
    (errors.DeviceBusy, "monitor", N_("Device busy"), TileAction.TAKE_OVER),
    (errors.PermissionDenied, "lock", N_("No permission"), None),
    (errors.BadCredentials, "key-round", N_("Login refused"), TileAction.ACCOUNTS),
    (errors.SessionExpired, "key-round", N_("Login ended"), TileAction.ACCOUNTS),
    (errors.ClockSkew, "clock", N_("Clock is wrong"), TileAction.RETRY),
    (errors.QuotaExceeded, "ban", N_("Quota used up"), TileAction.RETRY),
    (errors.RateLimited, "timer", N_("Too many calls"), TileAction.RETRY),
    (errors.Unsupported, "ban", N_("Not offered"), None),
    (errors.NotFound, "history", N_("Not there"), TileAction.RETRY),
    (errors.NetworkError, "wifi-off", N_("Vendor unreachable"), TileAction.RETRY),
    (errors.StreamExpired, "link", N_("Address expired"), TileAction.NEW_ADDRESS),
    (errors.Encrypted, "lock", N_("Encrypted"), None),
    (errors.WrongChannel, "ban", N_("Wrong picture"), TileAction.RETRY),
    (errors.CodecUnsupported, "film", N_("Codec not supported"), None),
    (errors.PlayerMissing, "unplug", N_("No player"), None),
    (errors.StreamUnavailable, "video-off", N_("No picture"), TileAction.RETRY),
)


def _detail(error: ConsoleError) -> str:
    return error.why or error.remedy or error.what


def _action_text(action: TileAction | None) -> str:
    return {
        None: "",
        TileAction.RETRY: _("Retry now"),
        TileAction.GO_NEXT: _("Go there"),
        TileAction.NEW_ADDRESS: _("Ask again"),
        TileAction.TAKE_OVER: _("Take over"),
        TileAction.ACCOUNTS: _("Accounts"),
    }[action]
