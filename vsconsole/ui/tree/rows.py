"""What the rows of the tree stand for, and how they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtGui import QStandardItem

from vsconsole.domain.model import Account, Channel, Device, DeviceKind, Group, Key, Node, Status
from vsconsole.i18n import _, listed


class RowKind(StrEnum):
    """What a row stands for; a hint says how an account's list stands."""

    FAVOURITES = "favourites"
    ACCOUNT = "account"
    NODE = "node"
    HINT = "hint"
    VIEWS = "views"
    VIEW = "view"
    TOUR = "tour"


SAVED = frozenset({RowKind.VIEW, RowKind.TOUR})
"""Rows of what the user saved; their keys are made by `saved_key`."""


def saved_key(kind: RowKind, id: str) -> Key:
    """The key of a saved view or tour, told from every node's."""
    return Key(kind.value, id)


@dataclass(eq=False, slots=True, kw_only=True)
class Row:
    """One row: an account, a node of it, a heading, what was saved, or a hint below an account.

    `number` and `item` are of those that an ItemModel gave an item; `place` is where the row was
    last seen among its neighbours, negative while it is not in a model.
    """

    kind: RowKind
    name: str
    key: Key | None = None
    node: Node | None = None
    account: Account | None = None
    note: str = ""
    alarm: bool = False
    favourite: bool = False
    action: str = ""
    number: int = 0
    place: int = -1
    parent: Row | None = field(default=None, repr=False)
    item: QStandardItem | None = field(default=None, repr=False)
    # Most rows are channels, which have none: no list for each of them.
    children: list[Row] | None = field(default=None, repr=False)
    count: str | None = field(default=None, repr=False)

    @property
    def status(self) -> Status | None:
        """The status drawn at its end; None where it has none of its own."""
        return self.node.status if isinstance(self.node, Channel | Device) else None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to see: its name is dim."""
        return self.kind is RowKind.HINT or self.status in _QUIET

    @property
    def icon(self) -> str:
        """The Lucide icon of its kind."""
        if self.kind is RowKind.FAVOURITES:
            return "star"
        if self.kind in (RowKind.VIEWS, RowKind.VIEW):
            return "grid-2x2"
        if self.kind is RowKind.TOUR:
            return "repeat"
        if self.kind is RowKind.HINT:
            return "triangle-alert" if self.alarm else "info"
        if self.kind is RowKind.ACCOUNT:
            return "hard-drive" if self.account and self.account.vendor == "local" else "cloud"
        if isinstance(self.node, Group):
            return "folder"
        if isinstance(self.node, Device):
            return _DEVICE_ICONS[self.node.kind]
        return "film" if self.node and _on_disk(self.node) else "video"

    @property
    def name_of_state(self) -> str:
        """What its being open is remembered under."""
        if self.kind in (RowKind.FAVOURITES, RowKind.VIEWS):
            return self.kind.value
        return str(self.key) if self.key else self.account.id if self.account else ""

    def below(self) -> Iterator[Row]:
        """Every row below, parents before children."""
        for child in self.children or ():
            yield child
            yield from child.below()

    def channels(self) -> list[Channel]:
        """Its channel, or those below it."""
        if isinstance(self.node, Channel):
            return [self.node]
        return [row.node for row in self.below() if isinstance(row.node, Channel)]

    def only_channel(self) -> Channel | None:
        """Its channel, or the one a camera has: nobody has to unfold a camera to open it."""
        if isinstance(self.node, Channel):
            return self.node
        if not isinstance(self.node, Device) or self.node.kind is not DeviceKind.CAMERA:
            return None
        channels = self.channels()
        return channels[0] if len(channels) == 1 else None

    def count_text(self) -> str:
        """For a device with several channels, how many of them are online: "6/8"."""
        if self.count is None:
            self.count = self._count()
        return self.count

    def _count(self) -> str:
        children = self.children
        if not isinstance(self.node, Device) or not children:
            return ""
        if len(children) == 1 and self.node.kind is DeviceKind.CAMERA:
            return ""
        known = [row.status for row in children if row.status is not Status.UNKNOWN]
        if not known:
            return ""
        return f"{known.count(Status.ONLINE)}/{len(children)}"


_QUIET = (Status.OFFLINE, Status.DISABLED, Status.UNREGISTERED)

_DEVICE_ICONS = {
    DeviceKind.CAMERA: "cctv",
    DeviceKind.NVR: "hard-drive",
    DeviceKind.GATEWAY: "radio",
    DeviceKind.FOLDER: "folder",
}


def _on_disk(node: Node) -> bool:
    return isinstance(node, Channel) and [store.value for store in node.stores] == ["local"]


def status_word(status: Status) -> str:
    """A status as the operator reads it."""
    return {
        Status.ONLINE: _("online"),
        Status.OFFLINE: _("offline"),
        Status.SLEEPING: _("asleep"),
        Status.DISABLED: _("disabled"),
        Status.UNREGISTERED: _("not registered"),
        Status.UNKNOWN: _("status unknown"),
    }[status]


def kind_word(kind: DeviceKind) -> str:
    """A kind of device as the operator reads it."""
    return {
        DeviceKind.CAMERA: _("camera"),
        DeviceKind.NVR: _("recorder (NVR)"),
        DeviceKind.GATEWAY: _("gateway"),
        DeviceKind.FOLDER: _("folder"),
    }[kind]


def describe(row: Row, *, on_wall: bool = False) -> str:
    """A row in words, for the tool tip and for those who hear the screen."""
    if row.action:
        return _("Could not be listed: {reason}").format(reason=row.name)
    words: list[str] = [row.name]
    if row.status is not None:
        words.append(status_word(row.status))
    if row.count_text():
        words.append(_("{count} online").format(count=row.count_text()))
    if row.favourite:
        words.append(_("favourite"))
    if on_wall:
        words.append(_("on the wall"))
    if row.kind in SAVED:
        words.append(_("saved view") if row.kind is RowKind.VIEW else _("tour"))
    if row.note:
        words.append(row.note)
    if row.key and row.kind not in SAVED:
        words.append(row.key.native)
    return listed(words)


def copy_of(row: Row, *, favourite: bool | None = None) -> Row:
    """The same row for another place, without what is below it."""
    return Row(
        kind=row.kind,
        name=row.name,
        key=row.key,
        node=row.node,
        account=row.account,
        note=row.note,
        alarm=row.alarm,
        favourite=row.favourite if favourite is None else favourite,
        action=row.action,
        count=row.count_text(),
    )
