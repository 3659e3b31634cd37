"""What a tile says when it has no moving picture: an icon, a word, a line, at most one action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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

    Those that `hides` leave nothing of a picture that would be of another moment.
    """

    icon: str
    word: str
    detail: str = ""
    action: TileAction | None = None
    action_text: str = ""
    busy: bool = False
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
            icon="loader",
            word=_("No new picture"),
            detail=_("Opening the stream again"),
            busy=True,
        )
    if state is PlayerState.ENDED and not live:
        return TileState(
            icon="history", word=_("End of the recordings"), detail=_("Nothing is recorded later.")
        )
    return None


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
