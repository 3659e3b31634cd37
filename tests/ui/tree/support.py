"""A small account in a tree panel, and a key that plays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import (
    Account,
    Channel,
    Device,
    DeviceKind,
    Group,
    Key,
    Node,
    Status,
)
from vsconsole.ui.tree.items import ItemModel
from vsconsole.ui.tree.panel import TreePanel
from vsconsole.ui.tree.rows import Row


def account(account_id: str = "a", name: str = "Head office") -> Account:
    return Account(id=account_id, vendor="tencent", name=name)


def key(native: str, account_id: str = "a") -> Key:
    return Key(account_id, native)


def channel(
    native: str,
    parent: str | None = None,
    *,
    name: str = "",
    status: Status = Status.ONLINE,
    account_id: str = "a",
) -> Channel:
    return Channel(
        key=key(native, account_id),
        name=name or native,
        parent=key(parent, account_id) if parent else None,
        status=status,
    )


def nvr(native: str, parent: str | None = None, *, kind: DeviceKind = DeviceKind.NVR) -> Device:
    return Device(
        key=key(native),
        name=native,
        kind=kind,
        parent=key(parent) if parent else None,
        status=Status.ONLINE,
    )


def group(native: str, parent: str | None = None) -> Group:
    return Group(key=key(native), name=native, parent=key(parent) if parent else None)


def nodes() -> list[Node]:
    """A group with a recorder of three cameras, one of them off, and a camera of its own."""
    return [
        group("east"),
        nvr("nvr", "east"),
        channel("gate", "nvr"),
        channel("dock", "nvr"),
        channel("hall", "nvr", status=Status.OFFLINE),
        channel("till"),
    ]


class Window(QMainWindow):
    """The panel in a window that plays and pauses with Space, and steps with Left."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = TreePanel()
        self.setCentralWidget(self.panel)
        self.pressed: list[str] = []
        for name in ("Space", "Left", "J"):
            action = QAction(name, self)
            action.setShortcut(QKeySequence(name))
            action.triggered.connect(lambda _on=False, name=name: self.pressed.append(name))
            self.addAction(action)


def shown(qtbot: QtBot, filled: Sequence[Node] | None = None) -> Window:
    """The window on screen with the nodes of one account, everything open."""
    window = Window()
    qtbot.addWidget(window)
    window.resize(280, 600)
    window.panel.show_accounts([account()])
    window.panel.model.put(nodes() if filled is None else filled)
    window.panel.restore_expanded(["a/east", "a/nvr"])
    window.panel.show_counts()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def outline(model: ItemModel) -> list[str]:
    """Every row as its name, indented by its depth."""
    found: list[str] = []

    def walk(parent: object, depth: int) -> None:
        for place in range(model.rowCount(parent)):  # type: ignore[arg-type]
            index = model.index(place, 0, parent)  # type: ignore[arg-type]
            row = model.row(index)
            assert isinstance(row, Row)
            found.append("  " * depth + row.name)
            walk(index, depth + 1)

    from PySide6.QtCore import QModelIndex

    walk(QModelIndex(), 0)
    return found
