"""Tabs and windows of walls, what is out of sight, moving tiles, keys, and that nothing leaks."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from tests.bench import seek_media
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandPlayer
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.player.backend import PlayerState
from vsconsole.ui.actions import ENTRIES, WALL
from vsconsole.ui.desk import walls as walls_desk
from vsconsole.ui.drag import channels_data, tile_data
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.walls import Walls

CAMERA = (Ability.LIVE, Ability.SUB_STREAM, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)
_CTRL = Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is out of sight is closed at once."""
    monkeypatch.setattr(walls_desk, "REST_MS", 10)
    return


def walls_of(hand: Hands) -> Walls:
    return hand.stand.desk.window.wall


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(*CAMERA)


def names(walls: Walls) -> list[str]:
    return [wall.title for wall in walls.all]


def let_go_over(
    widget: QWidget,
    at: QPoint,
    data: QMimeData,
    action: Qt.DropAction = Qt.DropAction.CopyAction,
    *,
    wait: float = 0.05,
) -> None:
    """Drags data onto a place of a widget and lets it go."""
    for event in (
        QDragEnterEvent(at, action, data, _LEFT, _NONE),
        QDragMoveEvent(at, action, data, _LEFT, _NONE),
        QDropEvent(QPointF(at), action, data, _LEFT, _NONE),
    ):
        QApplication.sendEvent(widget, event)
    hands.pause(wait)


def drop_tile(hand: Hands, source: int, target: int, action: Qt.DropAction) -> None:
    wall = walls_of(hand).front
    let_go_over(wall.tiles[target], QPoint(40, 60), tile_data(wall.id, source), action)


# Tabs


def test_each_tab_has_its_own_layout_tiles_and_selection(hand: Hands) -> None:
    walls, act = walls_of(hand), hand.stand.desk.window.actions_
    one, two = cameras(hand)[:2]
    hand.stand.press("layout-4")
    hand.open(one)
    walls.select(2)
    hand.stand.press("new-tab")
    assert names(walls) == ["Wall 1", "Wall 2"]
    assert act["layout-1"].isChecked()
    assert hand.stand.tile.session is None
    hand.open(two)
    hand.stand.press("previous-tab")
    assert walls.grid.name == "4"
    assert act["layout-4"].isChecked()
    assert walls.current is walls.tiles[2]
    assert walls.tile_of(one.key) is walls.tiles[0]
    lanes = hand.stand.desk.window.timeline_model
    hand.stand.wait(lambda: [lane.title for lane in lanes.lanes] == [one.name], 3)
    # What is in sight is marked in the tree.
    view = hand.stand.desk.window.tree.view
    assert view.items.on_wall == {one.key}
    hands.click(walls.tabs, walls.tabs.tabRect(1).center())
    assert view.items.on_wall == {two.key}
    assert walls.front is walls.all[1]


def test_a_tab_is_renamed_in_place_by_key_and_by_double_click(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("new-tab")
    hand.stand.press("rename-tab")
    assert walls.tabs.editor is not None
    hands.write(walls.tabs.editor, "  东区  & West ")
    hands.enter(walls.tabs.editor)
    assert names(walls) == ["Wall 1", "东区 & West"]
    assert walls.tabs.tabText(1) == "东区 && West"
    hands.pause(0.05)
    hands.double_click(walls.tabs, walls.tabs.tabRect(0).center())
    assert walls.tabs.editor is not None
    hands.write(walls.tabs.editor, "no")
    hands.key(walls.tabs.editor, Qt.Key.Key_Escape)
    assert walls.tabs.editor is None
    assert names(walls) == ["Wall 1", "东区 & West"]
    # An empty name gives it its number again.
    walls.rename(walls.all[1], "")
    assert names(walls) == ["Wall 1", "Wall 2"]


def test_a_closed_tab_can_be_opened_again(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("new-tab")
    hand.stand.press("layout-4")
    _session, player = hand.open(cameras(hand)[0])
    walls.rename(walls.front, "Gates")
    hand.stand.press("close-tab")
    assert names(walls) == ["Wall 1"]
    hand.stand.wait(lambda: player.closed, 3)
    hand.stand.press("reopen-tab")
    assert names(walls) == ["Wall 1", "Gates"]
    hand.stand.wait(lambda: bool(walls.sessions()), 3)
    session = walls.tiles[0].session
    assert session is not None
    assert session.channel == cameras(hand)[0]
    # The last one left is emptied, for there is always a wall.
    hand.stand.press("close-tab")
    hand.stand.press("close-tab")
    assert len(walls.all) == 1
    assert walls.sessions() == []


def test_the_players_of_a_closed_tab_are_closed_one_after_the_other(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("new-tab")
    hand.stand.press("layout-4")
    players = [hand.open(camera)[1] for camera in cameras(hand)[:3]]
    hand.stand.press("close-tab")
    assert not any(player.closed for player in players)
    # Whoever leaves in the midst of it leaves none behind.
    walls.close_all()
    assert all(player.closed for player in players)
    hand.stand.wait(lambda: not walls._leaving, 3)


def test_tabs_can_be_put_in_another_order(hand: Hands) -> None:
    walls = walls_of(hand)
    first, second, third = walls.front, walls.add(), walls.add()
    walls.tabs.moveTab(2, 0)
    assert walls.all == [third, first, second]
    assert walls.shown is third
    hand.stand.press("next-tab")
    assert walls.front is first
    walls.close_wall(second)
    assert walls.all == [third, first]
    assert walls.shown is first


# Out of sight


def test_live_pictures_out_of_sight_are_closed_and_come_back(hand: Hands, soon: None) -> None:
    walls = walls_of(hand)
    hand.stand.press("layout-4")
    players = [hand.open(camera)[1] for camera in cameras(hand)[:3]]
    for player in players:
        player.say(PlayerState.PLAYING)
    left = walls.front
    hand.stand.press("new-tab")
    hand.stand.wait(lambda: all(player.closed for player in players), 3)
    assert left.sessions() == []
    assert sorted(left.kept) == [0, 1, 2]
    walls.bring(left)
    hand.stand.wait(lambda: len(left.sessions()) == 3, 3)
    again = [tile.session.channel for tile in left.tiles[:3] if tile.session]
    assert again == cameras(hand)[:3]
    assert all(player.took("play_live") for player in hand.engine.players[-3:])


def test_who_looks_away_for_a_moment_finds_the_pictures(hand: Hands) -> None:
    walls = walls_of(hand)
    session, player = hand.open(cameras(hand)[0])
    player.say(PlayerState.PLAYING)
    hand.stand.press("new-tab")
    hand.stand.press("previous-tab")
    hands.pause(0.05)
    assert walls.tiles[0].session is session
    assert not player.closed
    assert len(player.took("play_live")) == 1


def test_recordings_stand_still_out_of_sight_and_go_on_from_there(hand: Hands, soon: None) -> None:
    walls = walls_of(hand)
    at = now() - timedelta(days=1)
    session, player = hand.play(cameras(hand)[0], at, Store.DEVICE)
    player.speed = 4.0
    hand.stand.press("new-tab")
    assert player.took("pause") == [()]
    hand.stand.wait(lambda: player.closed, 3)
    walls.bring(walls.all[0])
    hand.stand.wait(lambda: bool(walls.sessions()), 3)
    (again,) = walls.sessions()
    assert again is not session
    assert (again.mode, again.store) == (Mode.PLAYBACK, Store.DEVICE)
    assert hand.engine.last.took("play") == [(at, False)]
    assert hand.engine.last.took("speed") == [(4.0,)]
    # What was paused by hand stays so.
    hand.engine.last.say(PlayerState.PAUSED)
    hand.engine.last.where = at
    hand.stand.press("next-tab")
    hand.stand.wait(lambda: hand.engine.last.closed, 3)
    hand.stand.press("next-tab")
    hand.stand.wait(lambda: bool(walls.sessions()), 3)
    assert hand.engine.last.took("play") == [(at, True)]


def test_recordings_seen_again_soon_run_on(hand: Hands) -> None:
    at = now() - timedelta(days=1)
    _session, player = hand.play(cameras(hand)[0], at)
    hand.stand.press("new-tab")
    hands.pause(0.02)
    hand.stand.press("previous-tab")
    assert player.took("resume") == [()]
    assert not player.closed


def test_another_layout_gives_back_what_had_no_room(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("layout-9")
    for camera in cameras(hand)[:5]:
        hand.open(camera)
    hand.stand.press("layout-1")
    assert len(walls.sessions()) == 1
    hand.stand.press("layout-1+7")
    hand.stand.wait(lambda: len(walls.sessions()) == 5, 3)
    shown = [tile.session.channel for tile in walls.tiles if tile.session]
    assert shown == cameras(hand)[:5]


def test_an_account_that_goes_is_forgotten_out_of_sight_too(hand: Hands, soon: None) -> None:
    walls = walls_of(hand)
    hand.open(cameras(hand)[0])
    hand.stand.press("new-tab")
    hand.stand.wait(lambda: bool(walls.all[0].kept), 3)
    (account,) = hand.stand.program.services.accounts.all()
    hand.stand.desk.accounts.remove(account)
    hand.stand.wait(lambda: not walls.all[0].kept, 5)


# Windows


def test_a_wall_leaves_for_a_window_and_comes_back_whole(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("layout-4")
    _one, player = hand.open(cameras(hand)[0])
    wall, tiles = walls.front, list(walls.front.tiles)
    hand.stand.press("own-window")
    (window,) = walls.windows.values()
    assert window.isVisible()
    assert window.windowTitle() == "Wall 1 · vsconsole"
    # The desk has a wall of its own again, and what left is still the one in front.
    assert walls.shown is not wall
    assert walls.front is wall
    assert walls.tiles == tiles
    assert not player.closed
    hand.open(cameras(hand)[1])
    assert walls.tiles[1].session is not None
    window.close()
    hand.stand.wait(lambda: not walls.windows, 3)
    assert walls.all == [wall]
    assert walls.shown is wall
    assert wall.tiles == tiles
    assert not player.closed
    assert tiles[0].isVisible()
    hand.stand.press("own-window")
    hand.stand.press("own-window")
    assert walls.windows == {}
    assert walls.shown is wall


def test_keys_work_in_the_window_of_a_wall_and_escape_goes_up(hand: Hands) -> None:
    walls = walls_of(hand)
    wall = walls.front
    hand.stand.press("own-window")
    window = walls.windows[wall]
    hand.stand.wait(window.isActiveWindow, 3)
    hands.key(window, Qt.Key.Key_3, _CTRL)
    assert wall.grid.name == "9"
    hands.key(wall.tiles[4], Qt.Key.Key_Return)
    hands.key(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert not hand.stand.desk.window.isFullScreen()
    hands.key(wall.tiles[4], Qt.Key.Key_Escape)
    assert not wall.enlarged
    assert window.isFullScreen()
    hands.key(wall.tiles[4], Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    hands.key(wall.tiles[4], Qt.Key.Key_Escape)
    assert window.isVisible()
    # A click on the desk's own wall turns to that one; the timeline is left alone by either.
    hands.click(walls.shown.tiles[0])
    assert walls.front is walls.shown
    assert not any(tile.selected for tile in wall.tiles)
    hands.click(wall.tiles[2])
    assert walls.front is wall
    assert wall.tiles[2].selected
    assert not walls.shown.tiles[0].selected


def test_the_windows_go_with_the_desk(hand: Hands) -> None:
    walls = walls_of(hand)
    _session, player = hand.open(cameras(hand)[0])
    hand.stand.press("own-window")
    (window,) = walls.windows.values()
    hand.stand.desk.window.close()
    hands.pause(0.05)
    assert player.closed
    assert not isValid(window) or not window.isVisible()


# Dragging


def test_tiles_swap_or_with_ctrl_are_copied(hand: Hands) -> None:
    walls = walls_of(hand)
    hand.stand.press("layout-4")
    one, two = cameras(hand)[:2]
    (first, _p), (second, player) = hand.open(one), hand.open(two)
    walls.tiles[0].zoom = walls.tiles[0].zoom.adjusted(0, 0, -0.5, -0.5)
    zoom = walls.tiles[0].zoom
    drop_tile(hand, 0, 1, Qt.DropAction.MoveAction)
    assert [tile.session for tile in walls.tiles] == [second, first, None, None]
    assert walls.tiles[1].zoom == zoom
    assert walls.current is walls.tiles[1]
    assert not player.closed
    drop_tile(hand, 1, 3, Qt.DropAction.CopyAction)
    copy = walls.tiles[3].session
    assert copy is not None
    assert copy is not first
    assert copy.channel == one
    assert walls.tiles[3].zoom == zoom
    assert walls.tiles[1].session is first
    # Onto itself, and from a wall that is gone, nothing happens.
    drop_tile(hand, 1, 1, Qt.DropAction.MoveAction)
    let_go_over(walls.tiles[0], QPoint(9, 9), tile_data(9999, 0), Qt.DropAction.MoveAction)
    assert walls.tiles[1].session is first
    assert walls.tiles[0].session is second


def test_a_camera_dropped_on_a_tab_opens_there_or_in_a_new_one(hand: Hands) -> None:
    walls = walls_of(hand)
    one, two, three = cameras(hand)[:3]
    first = walls.front
    walls.add()
    let_go_over(walls.tabs, walls.tabs.tabRect(0).center(), channels_data([one.key]))
    assert walls.front is first
    assert first.tile_of(one.key) is not None
    beside = QPoint(walls.tabs.tabRect(1).right() + 3, 8)
    walls.tabs.resize(walls.tabs.width() + 20, walls.tabs.height())
    let_go_over(walls.tabs, beside, channels_data([two.key]))
    assert names(walls) == ["Wall 1", "Wall 2", "Wall 3"]
    assert walls.front.tile_of(two.key) is not None
    # A tile dropped on a tab moves there.
    hand.stand.press("layout-4")
    hand.open(three)
    source = walls.front
    place = source.tiles.index(source.tile_of(three.key) or source.tiles[0])
    data = tile_data(source.id, place)
    let_go_over(walls.tabs, walls.tabs.tabRect(1).center(), data, Qt.DropAction.MoveAction)
    assert walls.front is walls.all[1]
    assert walls.front.tile_of(three.key) is not None
    assert source.tile_of(three.key) is None


def test_held_over_a_tab_it_comes_to_the_front(hand: Hands) -> None:
    walls = walls_of(hand)
    walls.add()
    at = walls.tabs.tabRect(0).center()
    data = channels_data([cameras(hand)[0].key])
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(walls.tabs, QDragEnterEvent(at, copy, data, _LEFT, _NONE))
    QApplication.sendEvent(walls.tabs, QDragMoveEvent(at, copy, data, _LEFT, _NONE))
    hand.stand.wait(lambda: walls.front is walls.all[0], 3)


def test_a_file_from_the_file_manager_opens(hand: Hands, soon: None) -> None:
    walls = walls_of(hand)
    with seek_media.file_recording("mp4", "h264", 4.0) as recording:
        path = recording.plain[0][0]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path)])
        let_go_over(walls.current, QPoint(30, 60), data)
        hand.stand.wait(lambda: walls.current.session is not None)
        shown = walls.front.plan().tiles[0]
        assert shown is not None
        entry = shown.as_json()
        assert entry is not None
        assert entry["path"] == path
        # Out of sight and back it is still there; from what is kept on disk it is opened anew.
        for of_disk in (False, True):
            hand.stand.press("new-tab")
            hand.stand.wait(lambda: bool(walls.all[0].kept), 3)
            if of_disk:
                walls.all[0].kept[0] = replace(walls.all[0].kept[0], address=None)
            hand.stand.press("close-tab")
            hand.stand.wait(lambda: walls.current.session is not None)
            assert walls.current.session is not None
            assert walls.current.session.address is not None
            assert walls.current.session.address.path == path


def test_an_address_is_kept_out_of_sight_but_in_no_file(hand: Hands, soon: None) -> None:
    walls = walls_of(hand)
    # It may hold a password.
    hand.stand.desk.pictures.open_address("rtmp://user:secret@127.0.0.1:9/live")
    hand.stand.wait(lambda: bool(walls.sessions()), 5)
    hand.stand.press("new-tab")
    hand.stand.wait(lambda: bool(walls.all[0].kept), 3)
    assert "secret" not in str(hand.stand.desk.state())
    hand.stand.press("close-tab")
    hand.stand.wait(lambda: bool(walls.sessions()), 3)
    assert hand.engine.last.took("play_live")


# Numbers


def test_digits_and_enter_select_a_tile_from_anywhere(hand: Hands) -> None:
    window = hand.stand.desk.window
    walls = walls_of(hand)
    hand.stand.press("layout-16")
    hand.stand.wait(lambda: len(walls.tiles) == 16, 3)
    tree = window.tree.view
    tree.setFocus()
    hands.key(tree, Qt.Key.Key_1)
    hands.key(tree, Qt.Key.Key_2)
    assert window.numbers.typed == "12"
    overlay = window.numbers._overlay
    assert overlay is not None
    assert overlay.isVisible()
    assert "12" in overlay.accessibleName()
    hands.key(tree, Qt.Key.Key_Return)
    assert walls.current is walls.tiles[11]
    assert window.numbers.typed == ""
    # Nothing typed, Enter is the tree's again, and the tile's.
    hands.key(walls.current, Qt.Key.Key_Return)
    assert walls.enlarged
    hands.key(walls.current, Qt.Key.Key_7)
    hands.key(walls.current, Qt.Key.Key_Return)
    assert walls.enlarged
    assert walls.tiles[6].isVisible()
    hands.key(walls.current, Qt.Key.Key_Escape)
    hands.key(walls.current, Qt.Key.Key_4)
    hands.key(walls.current, Qt.Key.Key_2)
    hands.key(walls.current, Qt.Key.Key_Return)
    assert "no tile 42" in hand.stand.said()[-1]
    hands.key(walls.current, Qt.Key.Key_9)
    hands.key(walls.current, Qt.Key.Key_Backspace)
    assert window.numbers.typed == ""
    hands.key(walls.current, Qt.Key.Key_9)
    hands.key(walls.current, Qt.Key.Key_Escape)
    assert window.numbers.typed == ""
    # In a text field digits are text.
    hands.write(window.tree.search, "12")
    assert window.tree.search.text() == "12"
    assert window.numbers.typed == ""
    window.numbers.enabled = False
    hands.key(walls.current, Qt.Key.Key_9)
    assert window.numbers.typed == ""


# Lessons


def test_lesson_45_wall_keys_work_from_any_focus_but_text(hand: Hands) -> None:
    window = hand.stand.desk.window
    walls = walls_of(hand)
    hand.stand.wait(window.isActiveWindow, 3)
    places: tuple[QWidget, ...] = (
        window.tree.view,
        walls.tabs,
        window.timeline,
        window.layouts_button,
        walls.current,
    )
    for number, place in enumerate(places, 2):
        place.setFocus()
        hands.key(place, Qt.Key(Qt.Key.Key_0 + number), _CTRL)
        assert walls.count == number * number, place
        hand.stand.wait(lambda: len(walls.tiles) == walls.count, 3)
        hands.key(place, Qt.Key.Key_T, _CTRL)
        assert len(walls.all) == number
    window.tree.search.setFocus()
    hands.key(window.tree.search, Qt.Key.Key_F)
    assert window.tree.search.text() == "f"
    without = {e.name for e in ENTRIES if e.group == WALL and not e.keys}
    # Of the layouts the digits are given to the usual ones; a tour begins in the menu of views.
    rare = {f"layout-{layout.name}" for layout in layouts.LAYOUTS if not layout.key}
    assert without == rare | {"new-tour"}


def test_lesson_45_escape_goes_one_level_up_each_time(hand: Hands) -> None:
    window = hand.stand.desk.window
    walls = walls_of(hand)
    hand.stand.press("layout-4")
    hand.stand.press("full-screen")
    assert not walls.strip.isVisible()
    hand.stand.press("enlarge")
    hands.key(walls.current, Qt.Key.Key_Escape)
    assert not walls.enlarged
    assert window.isFullScreen()
    hands.key(walls.current, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert walls.strip.isVisible()


def test_lesson_36_another_tile_asks_nothing_of_the_tree(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.stand.desk.window
    walls = walls_of(hand)
    hand.stand.press("layout-16")
    hand.stand.wait(lambda: len(walls.tiles) == 16, 3)
    for camera in cameras(hand)[:4]:
        hand.open(camera)
    hands.pause(0.2)
    items = window.tree.view.items
    asked: list[object] = []
    data = type(items).data
    monkeypatch.setattr(type(items), "data", lambda *args: asked.append(1) or data(*args))
    put: list[object] = []
    window.tree.model.everything.rowsInserted.connect(lambda *_: put.append(1))
    for _round in range(3):
        for index in range(16):
            walls.select(index)
            QApplication.processEvents()
    # However many devices it holds: not a row is looked at for another tile.
    assert put == []
    assert asked == []


OPENINGS = 500


def test_lesson_31_500_openings_and_closings_leave_nothing_behind(hand: Hands) -> None:
    walls, pictures = walls_of(hand), hand.stand.desk.pictures
    some = cameras(hand)[:4]
    hand.stand.press("layout-4")

    def round_of(times: int) -> None:
        for number in range(times):
            if number % 10 == 0:
                walls.add()
                walls.set_count(4)
            for camera, tile in zip(some, walls.tiles, strict=True):
                pictures.open_channel(camera, tile)
            if number % 3 == 0:
                walls.set_count(1)
                walls.set_count(4)
            if number % 10 == 9:
                walls.close_wall(walls.front)
            else:
                for tile in walls.tiles:
                    pictures.clear(tile)
            walls.front.kept.clear()
            if number % 10 == 5:
                # Events wait for their turn here as they do at a desk.
                QApplication.processEvents()
        walls.forget_closed()
        hands.pause(0.2)
        _settle()

    round_of(20)
    before = _living(hand)
    round_of(OPENINGS // len(some) + 5)
    after = _living(hand)
    assert all(player.closed for player in hand.engine.players)
    assert after == before


def _settle() -> None:
    for _turn in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QApplication.processEvents()
        gc.collect()


def _living(hand: Hands) -> dict[str, int]:
    """QObjects of the window by class, those that come and go with the panels left out."""
    window = hand.stand.desk.window
    found: dict[str, int] = {}
    for one in (*window.findChildren(QObject), *hand.stand.desk.pictures.children()):
        name = type(one).__name__
        if name in ("Tile", "Wall", "TileSession", "Grip", "QTimer", "QPushButton", "QAction"):
            found[name] = found.get(name, 0) + 1
    return found


def test_lesson_37_every_state_takes_what_is_dropped(hand: Hands) -> None:
    from tests.ui.wall.support import all_errors

    walls = walls_of(hand)
    one, two = cameras(hand)[:2]
    errors = list(all_errors())
    states: list[Callable[[HandPlayer], None]] = [
        lambda player, state=state: player.say(state)  # type: ignore[misc]
        for state in PlayerState
        if state is not PlayerState.FAILED
    ]
    states += [
        lambda player, error=error: player.say(PlayerState.FAILED, error)  # type: ignore[misc]
        for error in errors
    ]
    for number, state in enumerate(states):
        here, other = (one, two) if number % 2 else (two, one)
        session = hand.stand.desk.pictures.open_channel(here, walls.current)
        state(hand.engine.last)
        QApplication.processEvents()
        assert walls.current.session is session
        let_go_over(walls.current, QPoint(30, 60), channels_data([other.key]), wait=0)
        shown = walls.current.session
        assert shown is not None
        assert shown.channel is not None
        # What was seen of it may have changed its status in the tree.
        assert shown.channel.key == other.key, number
        QTest.mouseDClick(walls.current, _LEFT, pos=walls.current.rect().center())
