"""What the steps of the tour share: the window, what is on it, and how to get about in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from vsconsole.demo import hands
from vsconsole.demo.hands import NotSeen, wait_for
from vsconsole.domain.model import Channel, Store
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.player.backend import PlayerState
from vsconsole.ui.timeline.transport import Control
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.tile import Tile

if TYPE_CHECKING:
    from vsconsole.demo.process import SandboxProcess
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.desk import Desk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

RIGHT = 0.5
"""Seconds the burnt-in time may be off."""

SLOW = 20.0
"""Seconds to wait for a picture at most."""


class Program(Protocol):
    """The running program as the tour sees it."""

    services: Services
    dispatcher: Dispatcher
    desk: Desk | None

    def start(self, geometry: QRect | None = None) -> Desk:
        """Shows the window."""


@dataclass
class Stage:
    """What the steps share."""

    program: Program
    sandbox: SandboxProcess
    folder: Path
    footage: Path
    photograph: Callable[[str], None]
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        desk = self.program.desk
        assert desk is not None
        return desk

    @property
    def window(self) -> MainWindow:
        return self.desk.window

    @property
    def tile(self) -> Tile:
        return self.window.wall.current

    @property
    def session(self) -> TileSession:
        session = self.tile.session
        if session is None:
            raise NotSeen("the selected tile is empty")
        return session

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.session.zone)

    def entry(self, vendor: str) -> Mapping[str, Any]:
        """The sandbox's login of a vendor."""
        return next(e for e in self.sandbox.info["accounts"] if e["vendor"] == vendor)

    def channels(self, wanted: Callable[[Channel], bool]) -> list[Channel]:
        return [c for c in self.window.tree.model.channels() if wanted(c)]

    def press(self, name: str) -> None:
        """Clicks a button of the bar by its action's name."""
        button = self.window.findChild(QToolButton, f"button-{name}")
        if not isinstance(button, QToolButton):
            raise NotSeen(f"there is no button {name}")
        hands.click(button)

    def choose_layout(self, name: str) -> None:
        """Opens the menu of layouts and clicks a drawing."""
        menu = self.window.layouts_button.choices
        self.window.actions_["layouts"].trigger()
        wait_for(menu.isVisible, 3, "the menu of layouts does not open")
        hands.click(menu.buttons[name])
        wait_for(lambda: not menu.isVisible(), 3, "the menu of layouts stays open")
        wall = self.window.wall
        wait_for(lambda: wall.grid.name == name, 3, f"the wall has the layout {wall.grid.name}")
        wait_for(lambda: len(wall.tiles) == wall.count, 3, "tiles are missing")

    def dialog(self, kind: type[QWidget], seconds: float = 3.0) -> Any:
        """The open dialog of a kind."""

        wait_for(lambda: bool(self.open_dialogs(kind)), seconds, f"no {kind.__name__} opened")
        return self.open_dialogs(kind)[0]

    def open_dialogs(self, kind: type[QWidget]) -> list[QWidget]:
        """The visible dialogs of a kind."""
        return [w for w in QApplication.topLevelWidgets() if type(w) is kind and w.isVisible()]

    def burnt(self) -> datetime:
        """The time burnt into the selected tile's picture."""
        when = hands.burnt_in(self.tile)
        if when is None:
            raise NotSeen("the picture's time cannot be read")
        return when

    def still(self, seconds: float = 0.4) -> datetime:
        """The burnt-in time once it has not changed for a while."""
        seen = [self.burnt()]
        since = [monotonic()]

        def stands() -> bool:
            when = self.burnt()
            if when != seen[0]:
                seen[0], since[0] = when, monotonic()
            return monotonic() - since[0] > seconds

        wait_for(stands, SLOW, "the picture runs on while paused")
        return seen[0]

    def wait_state(self, *states: PlayerState, seconds: float = SLOW) -> None:
        session = self.session
        wait_for(
            lambda: session.state in states,
            seconds,
            lambda: f"the tile is {session.state}: {session.error or ''}",
        )

    def recorded(
        self, channel: Channel, store: Store, span: Span, seconds: float, what: str
    ) -> SegmentSet:
        """What is recorded, asked for off the window's thread as the calendar does it."""
        load = self.program.services.footage.load(channel, store, span)
        wait_for(lambda: load.done, seconds, what)
        return load.coverage().segments.joined()

    def wait_burnt(self, asked: datetime, *, seconds: float = SLOW, right: float = RIGHT) -> float:
        """Waits until the burnt-in time is the one asked; how far off it is, in seconds."""
        seen: list[datetime | None] = [None]

        def there() -> bool:
            seen[0] = hands.burnt_in(self.tile)
            when = seen[0]
            return when is not None and abs((when - asked).total_seconds()) <= right

        wait_for(
            there,
            seconds,
            lambda: (
                f"asked {self.clock(asked)}, the picture shows"
                f" {self.clock(seen[0]) if seen[0] else 'nothing readable'},"
                f" tile {self.session.state} {self.session.error or ''}"
            ),
        )
        assert seen[0] is not None
        return (seen[0] - asked).total_seconds()

    def clock(self, when: datetime) -> str:
        return f"{when.astimezone(self.zone):%m-%d %H:%M:%S.%f}"[:-3]

    def play(self) -> None:
        """Plays the selected tile by the transport bar, once it has settled."""
        self.wait_state(PlayerState.PAUSED, PlayerState.PLAYING)
        if self.session.state is PlayerState.PAUSED:
            hands.click(self.window.transport.buttons[Control.PLAY])
            self.wait_state(PlayerState.PLAYING)

    def pause(self) -> None:
        """Pauses the selected tile by the transport bar, once it has settled."""
        self.wait_state(PlayerState.PAUSED, PlayerState.PLAYING)
        if self.session.state is not PlayerState.PAUSED:
            hands.click(self.window.transport.buttons[Control.PLAY])
            self.wait_state(PlayerState.PAUSED)

    def show(self, channel: Channel) -> None:
        """Double-clicks a channel in the tree."""
        tree = self.window.tree
        tree.select(channel.key)
        index = tree.model.index_of_key(channel.key)
        hands.pause(0.05)
        rect = tree.view.visualRect(index)
        hands.double_click(tree.view.viewport(), rect.center())

    def go_to(self, when: datetime) -> None:
        """Types a time into the time box."""
        box = self.window.transport.box.edit
        hands.write(box, f"{when.astimezone(self.zone):%Y-%m-%d %H:%M:%S}")
        hands.key(box, Qt.Key.Key_Return)

    def segments(self, store: Store) -> SegmentSet:
        """What the timeline shows of a store of the selected tile."""
        lane = self.window.timeline_model.selected
        if lane is None or store not in lane.footage:
            raise NotSeen(f"the timeline has no {store} footage")
        return lane.footage[store].segments

    def click_time(self, when: datetime) -> datetime:
        """Clicks the timeline at a moment; the exact moment of that pixel."""
        timeline = self.window.timeline
        x = round(timeline.scale.x_of(when))
        asked = timeline.scale.at(x)
        hands.click(timeline, QPoint(x, timeline.height() // 2))
        return asked
