"""Every action of the desk in one table: name, words, icon, keys; menus and `?` come from it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from vsconsole.i18n import N_, _
from vsconsole.ui import icons


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One action; `group` is where the list of keys shows it."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = ""
    checkable: bool = False


PLAYING = N_("Playing")
WALL = N_("Wall")
DESK = N_("Desk")

ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="toggle-play", text=N_("Play or pause"), keys=("Space",), icon="play", group=PLAYING
    ),
    Entry(name="slower", text=N_("Slower"), keys=("J",), icon="rewind", group=PLAYING),
    Entry(name="normal", text=N_("Pause, or normal speed"), keys=("K",), group=PLAYING),
    Entry(name="faster", text=N_("Faster"), keys=("L",), icon="fast-forward", group=PLAYING),
    Entry(name="back-5", text=N_("5 s back"), keys=("Left",), group=PLAYING),
    Entry(name="on-5", text=N_("5 s on"), keys=("Right",), group=PLAYING),
    Entry(name="back-1", text=N_("1 s back"), keys=("Shift+Left",), group=PLAYING),
    Entry(name="on-1", text=N_("1 s on"), keys=("Shift+Right",), group=PLAYING),
    Entry(name="back-60", text=N_("1 min back"), keys=("Ctrl+Left",), group=PLAYING),
    Entry(name="on-60", text=N_("1 min on"), keys=("Ctrl+Right",), group=PLAYING),
    Entry(name="frame-back", text=N_("One frame back"), keys=(",",), group=PLAYING),
    Entry(name="frame-on", text=N_("One frame on"), keys=(".",), group=PLAYING),
    Entry(
        name="reverse", text=N_("Play backwards"), keys=("Shift+J",), icon="rewind", group=PLAYING
    ),
    Entry(
        name="sync",
        text=N_("Play tiles together"),
        keys=("Y",),
        icon="timer",
        group=PLAYING,
        checkable=True,
    ),
    Entry(
        name="skip-gaps",
        text=N_("Skip time that no tile has recorded"),
        group=PLAYING,
        checkable=True,
    ),
    Entry(name="nudge-back", text=N_("Clock 0.1 s back"), keys=("Ctrl+Alt+Left",), group=PLAYING),
    Entry(name="nudge-on", text=N_("Clock 0.1 s on"), keys=("Ctrl+Alt+Right",), group=PLAYING),
    Entry(name="nudge", text=N_("This camera's clock is wrong…"), icon="clock", group=PLAYING),
    Entry(name="previous", text=N_("Previous recording"), keys=("Z",), group=PLAYING),
    Entry(name="next", text=N_("Next recording"), keys=("X",), group=PLAYING),
    Entry(name="range-begin", text=N_("Range begins here"), keys=("I",), group=PLAYING),
    Entry(name="range-end", text=N_("Range ends here"), keys=("O",), group=PLAYING),
    Entry(name="goto", text=N_("Go to a time…"), keys=("Ctrl+G",), icon="clock", group=PLAYING),
    Entry(name="live", text=N_("Live"), keys=("N",), icon="radio", group=PLAYING, checkable=True),
    Entry(
        name="playback",
        text=N_("Playback"),
        keys=("P",),
        icon="history",
        group=PLAYING,
        checkable=True,
    ),
    Entry(name="mute", text=N_("Sound on or off"), keys=("M",), icon="volume-x", group=WALL),
    Entry(name="snapshot", text=N_("Save a snapshot…"), keys=("S",), icon="camera", group=WALL),
    Entry(
        name="enlarge",
        text=N_("Enlarge the tile, or back"),
        keys=("F",),
        icon="maximize",
        group=WALL,
    ),
    Entry(name="next-tile", text=N_("Next tile"), keys=("Ctrl+Tab",), group=WALL),
    Entry(name="previous-tile", text=N_("Previous tile"), keys=("Ctrl+Shift+Tab",), group=WALL),
    Entry(name="clear-tile", text=N_("Empty the tile"), keys=("Ctrl+W",), icon="x", group=WALL),
    Entry(
        name="layout-1",
        text=N_("1 tile"),
        keys=("Ctrl+1",),
        icon="square",
        group=WALL,
        checkable=True,
    ),
    Entry(
        name="layout-4",
        text=N_("4 tiles"),
        keys=("Ctrl+2",),
        icon="grid-2x2",
        group=WALL,
        checkable=True,
    ),
    Entry(name="full-screen", text=N_("Only the wall"), keys=("F11",), icon="monitor", group=WALL),
    Entry(name="search", text=N_("Search cameras"), keys=("Ctrl+F",), icon="search", group=DESK),
    Entry(
        name="events",
        text=N_("Search events"),
        keys=("Ctrl+Shift+F",),
        icon="list",
        group=DESK,
    ),
    Entry(name="open-address", text=N_("Open address…"), keys=("Ctrl+O",), icon="link", group=DESK),
    Entry(name="open-folder", text=N_("Open a folder of footage…"), icon="folder", group=DESK),
    Entry(name="add-account", text=N_("Add an account…"), icon="log-in", group=DESK),
    Entry(name="accounts", text=N_("Accounts…"), icon="user", group=DESK),
    Entry(name="console", text=N_("API console…"), keys=("F12",), icon="server", group=DESK),
    Entry(name="refresh", text=N_("Refresh the tree"), keys=("F5",), icon="refresh-cw", group=DESK),
    Entry(
        name="export", text=N_("Download the range…"), keys=("Ctrl+E",), icon="download", group=DESK
    ),
    Entry(
        name="left-panel",
        text=N_("Left panel"),
        keys=("Ctrl+Shift+1",),
        icon="panel-left",
        group=DESK,
        checkable=True,
    ),
    Entry(
        name="right-panel",
        text=N_("Right panel"),
        keys=("Ctrl+Shift+2",),
        icon="panel-right",
        group=DESK,
        checkable=True,
    ),
    Entry(
        name="bottom-panel",
        text=N_("Timeline"),
        keys=("Ctrl+Shift+3",),
        icon="panel-bottom",
        group=DESK,
        checkable=True,
    ),
    Entry(name="dark", text=N_("Dark"), icon="moon", group=DESK, checkable=True),
    Entry(name="light", text=N_("Light"), icon="sun", group=DESK, checkable=True),
    Entry(name="keys", text=N_("Keys"), keys=("?", "F1"), icon="keyboard", group=DESK),
    Entry(name="quit", text=N_("Quit"), keys=("Ctrl+Q",), group=DESK),
)


class Actions(QObject):
    """The actions of one window, by name."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for entry in ENTRIES:
            action = QAction(_(entry.text), window)
            action.setObjectName(entry.name)
            action.setCheckable(entry.checkable)
            if entry.icon:
                action.setIcon(icons.icon(entry.icon))
            if entry.keys:
                action.setShortcuts([QKeySequence(key) for key in entry.keys])
                action.setToolTip(f"{_(entry.text)} ({keys_text(entry)})")
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            window.addAction(action)
            self._actions[entry.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]


def keys_text(entry: Entry) -> str:
    """The keys of an action as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in entry.keys)


def key_list() -> list[tuple[str, str, str]]:
    """Every action that has keys as (group, words, keys), for the list of keys."""
    return [(_(e.group), _(e.text), keys_text(e)) for e in ENTRIES if e.keys]
