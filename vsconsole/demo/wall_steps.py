"""The tour's step on the wall: views and tabs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from vsconsole.demo import hands
from vsconsole.demo.hands import wait_for
from vsconsole.demo.stage import SLOW, Stage
from vsconsole.domain.model import Ability, Status
from vsconsole.ui import drag
from vsconsole.ui.dialogs.name import NameDialog
from vsconsole.ui.tree.rows import RowKind, saved_key

_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_VIEW = "早班 Morning"


def views_and_tabs(stage: Stage) -> str:
    """Saves the wall as a view, opens nine more in a new tab, and comes back by the view."""
    window, wall, views = stage.window, stage.window.wall, stage.desk.views
    before = [tile.session.channel for tile in wall.tiles if tile.session]
    _take_keys(window)
    hands.key(window, Qt.Key.Key_S, _CTRL | _SHIFT)
    form: NameDialog = stage.dialog(NameDialog)
    hands.write(form.name, _VIEW)
    hands.key(form.name, Qt.Key.Key_Return)
    wait_for(lambda: any(view.name == _VIEW for view in views.views), 5, "the view is not saved")
    _take_keys(window)
    hands.key(window, Qt.Key.Key_T, _CTRL)
    wait_for(lambda: len(wall.all) == 2 and not wall.sessions(), 3, "no new tab")
    hands.key(window, Qt.Key.Key_3, _CTRL)
    wait_for(lambda: len(wall.tiles) == 9, 3, "Ctrl+3 does not make nine tiles")
    more = stage.channels(lambda c: c.status is Status.ONLINE and Ability.LIVE in c.abilities)[:9]
    hands.drop(wall.tiles[0], drag.channels_data([channel.key for channel in more]))
    seen = partial(_pictures, stage)
    wait_for(lambda: seen() == len(more), SLOW, lambda: f"{seen()} of {len(more)} pictures")
    stage.photograph("07a-nine.png")
    # The view again, by a double-click in the tree; the tab with the nine is closed by its key.
    hands.key(window, Qt.Key.Key_W, _CTRL | _SHIFT)
    wait_for(lambda: len(wall.all) == 1, 3, "the tab does not close")
    hands.key(window, Qt.Key.Key_1, _CTRL)
    wait_for(lambda: len(wall.sessions()) == 1, 3, "Ctrl+1 does not leave one tile")
    tree = window.tree
    view = next(view for view in views.views if view.name == _VIEW)
    index = tree.model.index_of_key(saved_key(RowKind.VIEW, view.id))
    tree.view.scrollTo(index)
    hands.pause(0.05)
    hands.double_click(tree.view.viewport(), tree.view.visualRect(index).center())
    wait_for(
        lambda: [t.session.channel for t in wall.tiles if t.session] == before,
        10,
        "the view does not bring its cameras back",
    )
    wait_for(lambda: seen() == len(before), SLOW, lambda: f"{seen()} of {len(before)} pictures")
    return f"“{_VIEW}” saved; {len(more)} live pictures in a new tab; back to {len(before)}"


def _take_keys(window: QWidget) -> None:
    """Without a window system nobody gives the keys back when a dialog has closed."""
    window.activateWindow()
    wait_for(window.isActiveWindow, 3, "the window has no keys")


def _pictures(stage: Stage) -> int:
    """How many tiles show a picture whose time can be read."""
    return sum(hands.burnt_in(tile) is not None for tile in stage.window.wall.tiles)
