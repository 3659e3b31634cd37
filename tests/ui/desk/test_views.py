"""Saved views in the tree and the menu, and tours over views and tabs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Channel, StreamProfile
from vsconsole.player.backend import PlayerState
from vsconsole.store.views import SavedTour, SavedView, TourStop
from vsconsole.ui.desk import tours as tours_desk
from vsconsole.ui.dialogs.name import NameDialog
from vsconsole.ui.dialogs.tour import TourDialog
from vsconsole.ui.tree.rows import RowKind, saved_key
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.walls import Walls

CAMERA = (Ability.LIVE, Ability.SUB_STREAM, Ability.CLOUD_RECORDS)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tour's seconds pass at once."""
    monkeypatch.setattr(tours_desk, "_SECOND_MS", 15)
    return


def walls_of(hand: Hands) -> Walls:
    return hand.stand.desk.window.wall


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(*CAMERA)


def shown(hand: Hands) -> list[Channel | None]:
    return [tile.session.channel if tile.session else None for tile in walls_of(hand).tiles]


def row_names(hand: Hands) -> list[str]:
    """The heading at the top of the tree, and what is below it."""
    model = hand.stand.desk.window.tree.model.everything
    top = model.index(0, 0)
    found = [str(model.data(top))]
    return found + [str(model.data(model.index(i, 0, top))) for i in range(model.rowCount(top))]


def dialog(hand: Hands, kind: type[Any]) -> Any:
    def there() -> list[Any]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    hand.stand.wait(lambda: bool(there()), 3, f"no {kind.__name__}")
    return there()[0]


def save(hand: Hands, name: str) -> SavedView:
    """Saves the wall as an operator does."""
    hand.stand.press("save-view")
    form = dialog(hand, NameDialog)
    hands.write(form.name, name)
    hands.enter(form.name)
    views = hand.stand.desk.views
    hand.stand.wait(lambda: any(view.name == name for view in views.views), 3)
    return next(view for view in views.views if view.name == name)


def index_of(hand: Hands, kind: RowKind, id: str) -> QModelIndex:
    return hand.stand.desk.window.tree.model.index_of_key(saved_key(kind, id))


def go_to(hand: Hands, kind: RowKind, id: str) -> None:
    tree = hand.stand.desk.window.tree
    tree.view.setCurrentIndex(index_of(hand, kind, id))
    tree.view.setFocus()


def test_a_view_is_saved_found_and_shown_again(hand: Hands) -> None:
    stand, walls = hand.stand, walls_of(hand)
    window = stand.desk.window
    one, two = cameras(hand)[:2]
    stand.press("layout-1+5")
    session, _player = hand.open(one)
    session.play_live(StreamProfile.SUB)
    walls.tiles[0].zoom = QRectF(0.25, 0.0, 0.5, 0.5)
    walls.select(3)
    hand.open(two)
    view = save(hand, "早班 Morning")
    assert row_names(hand) == ["Views", "早班 Morning"]
    assert walls.front.title == "早班 Morning"
    assert window.views_button.text() == "View: 早班 Morning"
    assert saved_key(RowKind.VIEW, view.id) in window.tree.view.items.on_wall
    # Another wall, then back by a double-click.
    stand.press("layout-9")
    for tile in list(walls.tiles):
        stand.desk.pictures.clear(tile)
    tree = window.tree
    hands.double_click(tree.view.viewport(), tree.view.visualRect(
        index_of(hand, RowKind.VIEW, view.id)).center())  # fmt: skip
    stand.wait(lambda: shown(hand) == [one, None, None, two, None, None], 3)
    assert walls.grid.name == "1+5"
    assert walls.current is walls.tiles[3]
    assert walls.tiles[0].zoom == QRectF(0.25, 0.0, 0.5, 0.5)
    again = walls.tiles[0].session
    assert again is not None
    assert (again.profile, again.mode) == (StreamProfile.SUB, Mode.LIVE)
    # By its pinyin, and Enter.
    hands.write(tree.search, "zb mor")
    stand.wait(lambda: tree.model.filtered and index_of(hand, RowKind.VIEW, view.id).isValid(), 20)
    stand.press("new-tab")
    hands.key(tree.search, Qt.Key.Key_Return)
    stand.wait(lambda: walls.front is walls.all[1] and len(walls.sessions()) == 2, 3)
    hands.key(tree.search, Qt.Key.Key_Escape)
    assert walls.grid.name == "1+5"
    # From the menu of views.
    stand.press("new-tab")
    window.views_button.choices.actions()[0].trigger()
    stand.wait(lambda: len(walls.sessions()) == 2, 3)


def test_a_view_is_renamed_replaced_and_deleted_after_a_question(hand: Hands) -> None:
    stand, walls = hand.stand, walls_of(hand)
    views = stand.desk.views
    one = save(hand, "Eins")
    other = save(hand, "Other")
    go_to(hand, RowKind.VIEW, one.id)
    hands.key(stand.desk.window.tree.view, Qt.Key.Key_F2)
    form = dialog(hand, NameDialog)
    hands.write(form.name, "Other")
    assert not form.save_button.isEnabled()
    assert form.word.text()
    hands.write(form.name, "One")
    hands.enter(form.name)
    stand.wait(lambda: row_names(hand) == ["Views", "One", "Other"], 3)
    assert walls.tabs.editor is None
    # The same name again replaces it, and says so before.
    stand.press("layout-4")
    hand.open(cameras(hand)[0])
    stand.press("save-view")
    form = dialog(hand, NameDialog)
    assert form.name.text() == "Other"
    assert form.save_button.text() == "Replace"
    hands.enter(form.name)
    stand.wait(lambda: (v := views.view(other.id)) is not None and v.content["layout"] == "4", 3)
    assert len(views.views) == 2
    go_to(hand, RowKind.VIEW, other.id)
    hands.key(stand.desk.window.tree.view, Qt.Key.Key_Delete)
    box = dialog(hand, QMessageBox)
    assert "Other" in box.text()
    hands.key(box, Qt.Key.Key_Escape)
    assert len(views.views) == 2
    hands.pause(0.05)
    hands.key(stand.desk.window.tree.view, Qt.Key.Key_Delete)
    box = dialog(hand, QMessageBox)
    hands.click(box.findChild(QPushButton, "agree"))
    stand.wait(lambda: row_names(hand) == ["Views", "One"], 3)
    # What it showed stays on the wall.
    assert len(walls.sessions()) == 1


def test_cameras_that_are_gone_are_told_of_and_leave_their_tile_empty(hand: Hands) -> None:
    stand = hand.stand
    stand.press("layout-4")
    hand.open(cameras(hand)[0])
    view = save(hand, "Gate")
    content = dict(view.content)
    tile = {**content["tiles"][0], "channel": "gone/camera"}
    content["tiles"] = [None, tile, content["tiles"][0]]
    store = stand.program.services.catalog.views
    stand.desk.views.change(lambda: store.save_view("Gate", content, replacing=True))
    stand.wait(lambda: stand.desk.views.views[0].content == content, 3)
    stand.desk.views.open(stand.desk.views.views[0])
    stand.wait(lambda: [bool(one) for one in shown(hand)] == [False, False, True, False], 3)
    assert "1 camera of the view Gate" in stand.said()[-1]


def test_a_tour_goes_over_views_until_a_hand_touches_the_desk(hand: Hands, quick: None) -> None:
    stand, walls = hand.stand, walls_of(hand)
    window, tours = stand.desk.window, stand.desk.tours
    one, two = cameras(hand)[:2]
    session, player = hand.open(one)
    player.say(PlayerState.PLAYING)
    save(hand, "One")
    stand.desk.pictures.open_channel(two, walls.tiles[0])
    save(hand, "Two")
    before = walls.front
    # Made by hand.
    stand.press("new-tour")
    form = dialog(hand, TourDialog)
    assert not form.save_button.isEnabled()
    hands.write(form.name, "Round")
    form.seconds.setValue(4)
    hands.click(form.add_button)
    hands.click(form.add_button)
    hands.click(form.save_button)
    stand.wait(lambda: row_names(hand) == ["Views", "One", "Two", "Round"], 3)
    (tour,) = stand.desk.views.tours
    names = {view.id: view.name for view in stand.desk.views.views}
    assert [(names[stop.view], stop.seconds) for stop in tour.stops] == [("One", 4), ("Two", 4)]
    # Without a window system nobody gives the keys back when a dialog closes.
    window.activateWindow()
    stand.wait(window.isActiveWindow, 3)
    # Started from the tree, with the sound on.
    stand.press("mute")
    assert hand.engine.last.audible
    go_to(hand, RowKind.TOUR, tour.id)
    hands.key(window.tree.view, Qt.Key.Key_Return)
    bar = walls.tour_bar
    stand.wait(lambda: tours.running and bar.isVisible() and "One, 1 of 2" in bar.text.text(), 3)
    assert walls.front is not before
    assert walls.front.title == "Round"
    stand.wait(lambda: "Two, 2 of 2" in bar.text.text() and shown(hand)[0] == two, 5)
    stand.wait(lambda: "One, 1 of 2" in bar.text.text() and shown(hand)[0] == one, 5)
    assert len(walls.all) == 2
    assert not any(player.audible for player in hand.engine.players if not player.closed)
    # Its own buttons, and the mouse passing by, are no hand on the desk.
    QTest.mouseMove(window.timeline, QPoint(30, 30))
    assert tours.running
    hands.click(bar.pause_button)
    assert not tours.running
    assert "Paused" in bar.text.text()
    assert walls.sessions() != []
    hands.click(bar.pause_button)
    assert tours.running
    # A turned wheel, a key, a click: each pauses it.
    at = QPointF(20, 20)
    wheel = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(walls.current, wheel)
    assert not tours.running
    hands.key(walls.current, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert tours.running
    hands.key(walls.current, Qt.Key.Key_Down)
    assert not tours.running
    stand.press("tour")
    hands.click(walls.current)
    assert not tours.running
    # Who turned to a tile wants to hear it.
    assert walls.current.session is not None
    assert hand.engine.last.audible
    stand.press("tour")
    hands.key(walls.current, Qt.Key.Key_Escape)
    assert not tours.running
    assert bar.isVisible()
    hands.key(walls.current, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert tours.tour is None
    # A view that is deleted leaves the tour; with its last view the tour goes.
    store = stand.program.services.catalog.views
    for view in stand.desk.views.views:
        stand.desk.views.change(partial(store.delete_view, view.id))
    stand.wait(lambda: stand.desk.views.tours == (), 3)
    assert session.channel == one


def test_a_tour_of_the_tabs_and_one_with_nothing_to_show(hand: Hands, quick: None) -> None:
    stand, walls = hand.stand, walls_of(hand)
    tours = stand.desk.tours
    second = walls.add(name="Second")
    stand.press("tour")
    assert tours.running
    seen = set()

    def both() -> bool:
        seen.add(walls.front.title)
        return len(seen) == 2

    tours.start(SavedTour(id="", name="Tabs", seconds=2))
    stand.wait(both, 5)
    walls.close_wall(second)
    stand.wait(lambda: "1 of 1" in walls.tour_bar.text.text(), 3)
    stand.press("stop-tour")
    assert not walls.tour_bar.isVisible()
    tours.start(SavedTour(id="x", name="Lost", stops=(TourStop(view="gone", seconds=3),)))
    assert not tours.running
    assert "Lost" in stand.said()[-1]
