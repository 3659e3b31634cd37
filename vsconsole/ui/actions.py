"""Every action of the desk in one table: name, words, icon, keys; menus and `?` come from it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from vsconsole.i18n import N_, _
from vsconsole.ui import icons
from vsconsole.ui.wall.layouts import LAYOUTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One action; `group` is where the list of keys shows it, `keys` what it has by default.

    In one `context` a key does one thing; a window has the actions of one context.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = ""
    checkable: bool = False
    context: str = "desk"


# On a Mac "Ctrl" is the command key, whose Tab and Shift+3 are the system's.
_REAL_CTRL = "Meta" if sys.platform == "darwin" else "Ctrl"

PLAYING = N_("Playing")
WALL = N_("Wall")
DESK = N_("Desk")
CONSOLE = N_("API console")

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
    Entry(name="previous-event", text=N_("Previous event"), keys=("Alt+Z",), group=PLAYING),
    Entry(name="next-event", text=N_("Next event"), keys=("Alt+X",), group=PLAYING),
    Entry(
        name="bookmark",
        text=N_("Bookmark this moment"),
        keys=("B",),
        icon="bookmark",
        group=PLAYING,
    ),
    Entry(name="previous-bookmark", text=N_("Previous bookmark"), keys=("[",), group=PLAYING),
    Entry(name="next-bookmark", text=N_("Next bookmark"), keys=("]",), group=PLAYING),
    Entry(name="range-begin", text=N_("Range begins here"), keys=("I",), group=PLAYING),
    Entry(name="range-end", text=N_("Range ends here"), keys=("O",), group=PLAYING),
    Entry(name="goto", text=N_("Go to a time…"), keys=("Ctrl+G",), icon="clock", group=PLAYING),
    Entry(name="back-30", text=N_("Back 30 s"), keys=("R",), icon="history", group=PLAYING),
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
        name="copy-picture", text=N_("Copy the picture"), keys=("Shift+S",), icon="copy", group=WALL
    ),
    Entry(
        name="zoom-in", text=N_("Zoom in"), keys=("Ctrl++", "Ctrl+="), icon="zoom-in", group=WALL
    ),
    Entry(name="zoom-out", text=N_("Zoom out"), keys=("Ctrl+-",), icon="zoom-out", group=WALL),
    Entry(name="zoom-whole", text=N_("Whole picture again"), keys=("Ctrl+0",), group=WALL),
    Entry(name="zoom-box", text=N_("Zoom to a box drawn next"), keys=("Shift+Z",), group=WALL),
    Entry(name="pan-left", text=N_("Zoomed: further left"), keys=("Alt+Left",), group=WALL),
    Entry(name="pan-right", text=N_("Zoomed: further right"), keys=("Alt+Right",), group=WALL),
    Entry(name="pan-up", text=N_("Zoomed: further up"), keys=("Alt+Up",), group=WALL),
    Entry(name="pan-down", text=N_("Zoomed: further down"), keys=("Alt+Down",), group=WALL),
    Entry(name="info", text=N_("Numbers on the tile"), keys=("Alt+I",), icon="info", group=WALL),
    Entry(name="info-all", text=N_("Numbers on every tile"), keys=("Alt+Shift+I",), group=WALL),
    Entry(
        name="enlarge",
        text=N_("Enlarge the tile, or back"),
        keys=("F",),
        icon="maximize",
        group=WALL,
    ),
    Entry(name="next-tile", text=N_("Next tile"), keys=(f"{_REAL_CTRL}+Tab",), group=WALL),
    Entry(
        name="previous-tile",
        text=N_("Previous tile"),
        keys=(f"{_REAL_CTRL}+Shift+Tab",),
        group=WALL,
    ),
    Entry(name="clear-tile", text=N_("Empty the tile"), keys=("Ctrl+W",), icon="x", group=WALL),
    *(
        Entry(
            name=f"layout-{layout.name}",
            text=layout.title,
            keys=(layout.key,) if layout.key else (),
            group=WALL,
            checkable=True,
        )
        for layout in LAYOUTS
    ),
    Entry(name="layouts", text=N_("Layouts"), keys=("Ctrl+L",), group=WALL),
    Entry(name="new-tab", text=N_("New tab"), keys=("Ctrl+T",), icon="plus", group=WALL),
    Entry(name="close-tab", text=N_("Close the tab"), keys=("Ctrl+Shift+W",), group=WALL),
    Entry(
        name="reopen-tab",
        text=N_("Open the tab closed last"),
        keys=("Ctrl+Shift+T",),
        group=WALL,
    ),
    Entry(name="rename-tab", text=N_("Rename the tab"), keys=("F2",), group=WALL),
    Entry(name="next-tab", text=N_("Next tab"), keys=("Ctrl+PgDown",), group=WALL),
    Entry(name="previous-tab", text=N_("Previous tab"), keys=("Ctrl+PgUp",), group=WALL),
    Entry(
        name="own-window",
        text=N_("Tab to a window of its own, or back"),
        keys=("Ctrl+N",),
        icon="monitor",
        group=WALL,
    ),
    Entry(name="views", text=N_("Views"), keys=("Ctrl+Shift+V",), group=WALL),
    Entry(
        name="save-view",
        text=N_("Save the wall as a view…"),
        keys=("Ctrl+Shift+S",),
        icon="save",
        group=WALL,
    ),
    Entry(name="tour", text=N_("Start, pause or go on with the tour"), keys=("Alt+T",), group=WALL),
    Entry(name="stop-tour", text=N_("End the tour"), keys=("Alt+Shift+T",), group=WALL),
    Entry(name="new-tour", text=N_("New tour…"), icon="repeat", group=WALL),
    Entry(
        name="ptz-mode",
        text=N_("Steer the camera with keys and mouse"),
        keys=("C",),
        icon="move",
        group=WALL,
        checkable=True,
    ),
    Entry(name="full-screen", text=N_("Only the wall"), keys=("F11",), icon="monitor", group=WALL),
    Entry(
        name="command",
        text=N_("Camera, time or action…"),
        keys=("Ctrl+K",),
        icon="search",
        group=DESK,
    ),
    Entry(name="search", text=N_("Search cameras"), keys=("Ctrl+F",), icon="search", group=DESK),
    Entry(
        name="events",
        text=N_("Search events"),
        keys=("Ctrl+Shift+F",),
        icon="list",
        group=DESK,
    ),
    Entry(
        name="bookmarks",
        text=N_("Search bookmarks"),
        keys=("Ctrl+Shift+B",),
        icon="bookmark",
        group=DESK,
    ),
    Entry(
        name="overview",
        text=N_("Month overview…"),
        keys=("Ctrl+Shift+M",),
        icon="calendar",
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
        keys=(f"{_REAL_CTRL}+Shift+1",),
        icon="panel-left",
        group=DESK,
        checkable=True,
    ),
    Entry(
        name="right-panel",
        text=N_("Right panel"),
        keys=(f"{_REAL_CTRL}+Shift+2",),
        icon="panel-right",
        group=DESK,
        checkable=True,
    ),
    Entry(
        name="bottom-panel",
        text=N_("Timeline"),
        keys=(f"{_REAL_CTRL}+Shift+3",),
        icon="panel-bottom",
        group=DESK,
        checkable=True,
    ),
    Entry(name="dark", text=N_("Dark"), icon="moon", group=DESK, checkable=True),
    Entry(name="light", text=N_("Light"), icon="sun", group=DESK, checkable=True),
    Entry(name="keys", text=N_("Keys"), keys=("?", "F1"), icon="keyboard", group=DESK),
    Entry(name="quit", text=N_("Quit"), keys=("Ctrl+Q",), group=DESK),
    Entry(
        name="console-send",
        text=N_("Send the call"),
        keys=("Ctrl+Return", "Ctrl+Enter"),
        group=CONSOLE,
        context="console",
    ),
    Entry(
        name="console-search",
        text=N_("Search calls"),
        keys=("Ctrl+F",),
        group=CONSOLE,
        context="console",
    ),
    Entry(
        name="console-copy",
        text=N_("Copy the call as a vsconsole call line"),
        keys=("Ctrl+Shift+C",),
        group=CONSOLE,
        context="console",
    ),
)

_REPEATED = ("on-", "back-", "frame-", "pan-", "zoom-", "next", "previous")
"""Held, only what goes on step by step is done again and again."""


class Actions(QObject):
    """The actions of one window, by name; `changed` when their keys are others."""

    changed = Signal()

    def __init__(self, window: QWidget, context: str = "desk") -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._entries = tuple(entry for entry in ENTRIES if entry.context == context)
        for entry in self._entries:
            action = QAction(_(entry.text), window)
            action.setObjectName(entry.name)
            action.setCheckable(entry.checkable)
            action.setAutoRepeat(entry.name.startswith(_REPEATED))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            if entry.icon:
                action.setIcon(icons.icon(entry.icon))
            window.addAction(action)
            self._actions[entry.name] = action
        self.use({})

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def use(self, chosen: Mapping[str, Sequence[str]]) -> None:
        """Gives each action the keys chosen for it, else its default ones; hints follow."""
        for entry in self._entries:
            keys = chosen.get(entry.name, entry.keys)
            action, text = self._actions[entry.name], _(entry.text)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setToolTip(f"{text} ({keys_text(keys)})" if keys else text)
        self.changed.emit()

    def keys_of(self, name: str) -> str:
        """The present keys of an action as this system writes them; empty for none."""
        return keys_text(key.toString() for key in self._actions[name].shortcuts())


def keys_text(keys: Iterable[str]) -> str:
    """Keys as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in keys)
