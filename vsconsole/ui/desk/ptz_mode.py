"""The PTZ mode: keys, mouse and wheel steer the selected camera until Escape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Channel
from vsconsole.i18n import _
from vsconsole.services.ptz_aim import Aim
from vsconsole.ui.desk.ptz_keys import KeyHand
from vsconsole.ui.desk.ptz_steer import Hand, Steering
from vsconsole.ui.panels.patrols import run_text
from vsconsole.ui.wall.ptz_tool import PtzTool, Sign
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.tile import Tile
from vsconsole.ui.wall.tools import PictureView

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow

_WORDS_MS = 4000


class PtzMode(QObject):
    """On or off for the window; what is on the tiles about steering and patrols is its too.

    `goto` sends the selected camera to a preset's number.
    """

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        steering: Steering,
        goto: Callable[[int], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._steering = steering
        self._on = False
        self._said = ""
        self._tiles: WeakSet[Tile] = WeakSet()
        self.keys = KeyHand(self)
        self.keys.presets = window.ptz.presets.indexes
        self.keys.moved.connect(self._on_key)
        self.keys.let_go.connect(lambda: steering.release(Hand.KEYS))
        self.keys.typed.connect(lambda _digits: self.repaint())
        self.keys.chosen.connect(self._choose)
        self.keys.left.connect(lambda: self.set_on(on=False))
        self._goto = goto
        self._forget = QTimer(self, interval=_WORDS_MS, singleShot=True)
        self._forget.timeout.connect(lambda: self._say(""))
        self._action = window.actions_["ptz-mode"]
        self._action.setToolTip(self._action.toolTip() + "\n" + _help())
        self._action.toggled.connect(lambda on: self.set_on(on=on))
        steering.lost.connect(self._on_lost)
        steering.changed.connect(self._on_changed)
        window.wall.layout_changed.connect(lambda _count: self.attach())
        self.attach()

    @property
    def on(self) -> bool:
        """Whether keys and mouse steer."""
        return self._on

    def set_on(self, *, on: bool) -> None:
        """Begins or leaves the mode; says why where the camera cannot be steered."""
        if on and not self._steering.moves:
            self._action.setChecked(False)
            self._window.notifier.info(
                _("There is no camera to steer."),
                _("Select a tile with a camera that moves, then press the key again."),
            )
            return
        self._action.setChecked(on)
        if on == self._on:
            return
        self._on = on
        tile = self._window.wall.current
        tile.setAccessibleDescription(self._mode_text() if on else "")
        if on:
            tile.setFocus()
        else:
            self._cancel()
            self._steering.release_all()
        self.keys.set_on(on)
        self._say("")

    def close(self) -> None:
        """Leaves the mode for good."""
        self.set_on(on=False)

    def attach(self) -> None:
        """Gives each tile its tool."""
        for tile in self._window.wall.tiles:
            if tile not in self._tiles:
                self._tiles.add(tile)
                tile.tool = PtzTool(self, tile)

    def tiles(self) -> list[Tile]:
        """The tiles that were given a tool and are still there."""
        return [tile for tile in self._tiles if isValid(tile)]

    def repaint(self) -> None:
        """What the tiles say has changed."""
        for tile in self.tiles():
            tile.repaint_tool()

    # What the tiles' tools ask

    def steers(self, view: PictureView) -> bool:
        session = self._window.wall.current.session
        return (
            self._on
            and view is self._window.wall.current
            and session is not None
            and session.mode is Mode.LIVE
            and bool(self._steering.moves)
        )

    def moves(self) -> frozenset[PtzMove]:
        return self._steering.moves

    def drag(self, aimed: Aim | None) -> None:
        if aimed is None:
            self._steering.release(Hand.DRAG)
        else:
            self._steering.hold(Hand.DRAG, aimed.move, aimed.speed)

    def drop(self) -> None:
        self._steering.release(Hand.DRAG)

    def turn(self, notches: int) -> None:
        move = PtzMove.ZOOM_IN if notches > 0 else PtzMove.ZOOM_OUT
        if move in self._steering.moves:
            self._steering.nudge(move, self._window.ptz.share)
        else:
            self._say(_("This camera has no zoom."))

    def signs(self, view: PictureView) -> Sequence[Sign]:
        found = []
        if self._on and view is self._window.wall.current:
            found.append(Sign(icon="move", text=self._mode_text(), strong=True))
            if self.keys.digits:
                text = _("Preset {number}").format(number=self.keys.digits + "…")
                found.append(Sign(icon="list", text=text))
            elif self._said:
                found.append(Sign(icon="info", text=self._said))
        session = view.session if isinstance(view, Tile) else None
        channel = session.channel if session is not None else None
        if channel is not None and (text := self._round(channel)):
            found.append(Sign(icon="rotate-cw", text=text))
        return found

    def _mode_text(self) -> str:
        session = self._window.wall.current.session
        if session is None or not self._steering.moves:
            return _("PTZ: this camera cannot be moved")
        if session.mode is not Mode.LIVE:
            return _("PTZ: keys only, this is no live picture")
        return _("PTZ · Esc leaves")

    def _round(self, channel: Channel) -> str:
        run = self._services.patrols.run(channel.key)
        if run is not None:
            return run_text(run)
        begun = self._services.cruises.begun(channel.key)
        return "" if begun is None else _("Cruise {n}").format(n=begun)

    def _on_key(self, move: PtzMove) -> None:
        if move in self._steering.moves:
            self._steering.hold(Hand.KEYS, move, self._window.ptz.share)
        else:
            self._steering.release(Hand.KEYS)
            self._say(_("This camera does not offer that."))

    def _choose(self, index: int) -> None:
        if index in self._window.ptz.presets.indexes():
            self._say(_("Going to preset {number}").format(number=index))
            self._goto(index)
        else:
            self._say(_("Preset {number} is not set.").format(number=index))

    def _say(self, text: str) -> None:
        self._said = text
        if text:
            self._forget.start()
        self.repaint()

    def _on_lost(self, hand: Hand) -> None:
        if hand is Hand.KEYS:
            self.keys.release()
        elif hand is Hand.DRAG:
            self._cancel()

    def _cancel(self) -> None:
        for tile in self.tiles():
            if tile.tool is not None:
                tile.tool.cancel(tile)

    def _on_changed(self) -> None:
        self.keys.moves = self._steering.moves
        self.repaint()


def _help() -> str:
    return "\n".join(
        (
            _("Arrows move, + and - zoom, with Shift they focus; digits go to presets."),
            _("Drag from the middle of the picture to move, turn the wheel to zoom."),
            _("No vendor documents zooming to a box: enlarge the picture instead."),
        )
    )
