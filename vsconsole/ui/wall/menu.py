"""The menu of a tile: what can be done to it, whatever it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from vsconsole.domain.model import StreamProfile
from vsconsole.i18n import _
from vsconsole.ui.wall import zoom
from vsconsole.ui.wall.states import TileAction

if TYPE_CHECKING:
    from vsconsole.ui.wall.tile import Tile


def menu_of(tile: Tile) -> QMenu:
    """The menu; `tile.menu_filling` lets others add to it before what empties the tile."""
    menu, session = QMenu(tile), tile.session
    menu.addAction(_("Enlarge or back"), tile.enlarge.emit)
    state = tile.state()
    if session and state is not None and state.action not in (None, TileAction.RETRY):
        # The button may be hidden for want of room.
        action = state.action
        menu.addAction(state.action_text, lambda: tile.acted.emit(action))
    if session:
        menu.addAction(_("Open again"), lambda: tile.acted.emit(TileAction.RETRY))
        if session.has_sub:
            menu.addMenu(_streams(tile, menu))
        menu.addSeparator()
        _add_zoom(tile, menu)
        menu.addAction(_("Save a snapshot…"), tile.snapshot_asked.emit)
    tile.menu_filling.emit(menu)
    if session:
        menu.addSeparator()
        menu.addAction(_("Empty this tile"), tile.cleared.emit)
    return menu


def _streams(tile: Tile, menu: QMenu) -> QMenu:
    assert tile.session is not None
    streams = QMenu(_("Stream"), menu)
    group = QActionGroup(streams)
    choices: tuple[tuple[StreamProfile | None, str], ...] = (
        (None, _("By the tile's size")),
        (StreamProfile.MAIN, _("Main stream")),
        (StreamProfile.SUB, _("Sub stream")),
    )
    for profile, text in choices:
        action = QAction(text, streams, checkable=True)
        action.setChecked(tile.session.pinned is profile)
        action.triggered.connect(lambda _on, p=profile: tile.profile_asked.emit(p))
        group.addAction(action)
        streams.addAction(action)
    return streams


def _add_zoom(tile: Tile, menu: QMenu) -> None:
    if not tile.has_picture():
        return
    if zoom.zoomed(tile):
        times = 1 / max(tile.zoom.width(), 0.01)
        menu.addAction(
            _("Whole picture again ({times}× now)").format(times=f"{times:.1f}"),
            lambda: zoom.reset(tile),
        )
    else:
        menu.addAction(_("Zoom in"), lambda: zoom.magnify(tile, zoom.STEP**3))
    menu.addAction(_("Zoom to a box…"), tile.arm_zoom)
