"""What a suggestion of the command box would do, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction

from vsconsole.domain.model import Store
from vsconsole.i18n import _, listed
from vsconsole.services.command_answer import Act, GoTo, Show, Suggestion
from vsconsole.services.command_line import Manner
from vsconsole.ui.timeline import texts
from vsconsole.ui.wall.session import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list: what it is, what it would do, and the keys that do the same.

    `reason` says why it cannot be done now; an empty one that it can.
    """

    does: Suggestion
    icon: str
    title: str
    detail: str
    keys: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """All of it in one sentence, for screen readers."""
        return listed(part for part in (self.title, self.detail, self.reason, self.keys) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the words depend on.

    `action` finds the QAction and its icon's name, `place` says vendor and account of an account's
    id, `mode` is what a camera is opened in, `current` the name of what the selected tile shows.
    """

    action: Callable[[str], tuple[QAction, str]]
    place: Callable[[str], str]
    mode: Mode
    current: str


def row(one: Suggestion, wording: Wording) -> Row:
    """A suggestion in words of the present language."""
    if isinstance(one, Act):
        return _act(one, wording)
    if isinstance(one, GoTo):
        return _go_to(one, wording)
    return _show(one, wording)


def _act(one: Act, wording: Wording) -> Row:
    action, icon = wording.action(one.name)
    keys = listed(key.toString(key.SequenceFormat.NativeText) for key in action.shortcuts())
    return Row(
        does=one,
        icon=icon or "chevron-right",
        title=action.text(),
        detail=_("Action"),
        keys=keys,
        reason="" if action.isEnabled() else _("not possible now"),
    )


def _go_to(one: GoTo, wording: Wording) -> Row:
    return Row(
        does=one,
        icon="clock",
        title=f"{texts.stamp(one.when, one.zone)} {texts.offset_text(one.when, one.zone)}",
        detail=listed(
            part
            for part in (
                _("Play {camera} from there").format(camera=wording.current)
                if wording.current
                else "",
                _second(again=one.again),
            )
            if part
        ),
        reason=""
        if wording.current
        else _("the selected tile is empty: type a camera's name before the time"),
    )


def _show(one: Show, wording: Wording) -> Row:
    channel = one.channel
    reason = ""
    only_recordings = channel.stores == (Store.LOCAL,)
    if one.when is not None:
        does = _("Playback from {time} {zone}").format(
            time=texts.stamp(one.when, channel.zone),
            zone=texts.offset_text(one.when, channel.zone),
        )
        reason = "" if channel.stores else _("this camera has no recordings")
    elif one.manner is Manner.LIVE or (one.manner is None and wording.mode is Mode.LIVE):
        does = _("Live")
        if only_recordings:
            does = _("Playback")
            reason = _("footage on disk has no live picture") if one.manner else ""
    else:
        does = _("Playback")
        reason = "" if channel.stores else _("this camera has no recordings")
    return Row(
        does=one,
        icon="history" if one.when is not None or does == _("Playback") else "video",
        title=channel.name,
        detail=listed(
            part
            for part in (does, wording.place(channel.key.account), _second(again=one.again))
            if part
        ),
        reason=reason,
    )


def _second(*, again: bool) -> str:
    return _("the second time, after the clocks went back") if again else ""
