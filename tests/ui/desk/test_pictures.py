"""Opening cameras, live and playback, and every way to move through time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandPlayer
from vsconsole.demo import hands
from vsconsole.domain import errors
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlayerState
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.ui.drag import channels_data
from vsconsole.ui.timeline.model import Lane
from vsconsole.ui.timeline.transport import Control
from vsconsole.ui.wall.session import Mode

CAMERA = (Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)
MINUTE = timedelta(minutes=1)


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(*CAMERA)


def seeks(player: HandPlayer) -> list[object]:
    return [when for (when,) in player.took("seek")]


def show_by_hand(stand: Stand, channel: Channel) -> None:
    """Double-clicks a channel in the tree."""
    tree = stand.desk.window.tree
    tree.select(channel.key)
    hands.pause(0.05)
    rect = tree.view.visualRect(tree.model.index_of_key(channel.key))
    hands.double_click(tree.view.viewport(), rect.center())


# Opening


def test_double_clicks_in_the_tree_fill_free_tiles_and_find_shown_ones(hand: Hands) -> None:
    window = hand.stand.desk.window
    hand.stand.press("layout-4")
    three = cameras(hand)[:3]
    for channel in three:
        show_by_hand(hand.stand, channel)
        hand.stand.wait(lambda key=channel.key: window.wall.tile_of(key) is not None, 3)
    shown = [tile.session.channel if tile.session else None for tile in window.wall.tiles]
    assert shown == [*three, None]
    assert window.wall.current is window.wall.tiles[2]
    assert all(player.took("play_live") for player in hand.engine.players)
    before = [tile.session for tile in window.wall.tiles]
    show_by_hand(hand.stand, three[0])
    assert window.wall.current is window.wall.tiles[0]
    assert [tile.session for tile in window.wall.tiles] == before


def test_a_full_wall_gives_the_selected_tile(hand: Hands) -> None:
    first, second = cameras(hand)[:2]
    _session, old = hand.open(first)
    hand.open(second)
    assert old.closed
    shown = hand.stand.session.channel
    assert shown is not None
    assert shown.key == second.key


def test_an_enlarged_wall_shows_what_is_opened(hand: Hands) -> None:
    wall = hand.stand.desk.window.wall
    hand.stand.press("layout-4")
    hand.open(cameras(hand)[0])
    hand.stand.press("enlarge")
    session, _player = hand.open(cameras(hand)[1])
    assert wall.current.session is session
    assert wall.current.isVisible()


def test_cameras_and_addresses_dropped_on_a_tile(hand: Hands, sandbox: Sandbox) -> None:
    stand, wall = hand.stand, hand.stand.desk.window.wall
    stand.press("layout-4")
    two = cameras(hand)[:2]
    hands.drop(wall.tiles[2], channels_data([channel.key for channel in two]))
    shown = {i: t.session.channel.key for i, t in enumerate(wall.tiles) if t.session}  # type: ignore[union-attr]
    assert shown[2] == two[0].key
    assert sorted(shown.values(), key=str) == sorted((c.key for c in two), key=str)
    assert wall.current is wall.tiles[2]
    # A camera of an account that is gone by now.
    hands.drop(wall.tiles[1], channels_data([two[0].key.__class__("gone", "x")]))
    stand.desk.pictures.open_address("/there/is/no/such.mp4", wall.tiles[1])
    stand.wait(lambda: bool(stand.said()), 5)
    assert wall.tiles[1].session is None


def test_dropping_again_on_another_tile_shows_it_there(hand: Hands) -> None:
    wall = hand.stand.desk.window.wall
    hand.stand.press("layout-4")
    channel = cameras(hand)[0]
    hand.open(channel)
    hands.drop(wall.tiles[3], channels_data([channel.key]))
    dropped = wall.tiles[3].session
    assert dropped is not None
    assert dropped.channel is not None
    assert dropped.channel.key == channel.key


# Live and playback


def test_playback_begins_at_the_newest_footage(hand: Hands) -> None:
    stand = hand.stand
    channel = cameras(hand)[0]
    session, player = hand.open(channel)
    player.say(PlayerState.PLAYING)
    stand.press("playback")
    state = stand.tile.state()
    assert state is not None
    assert stand.tile.session is session
    stand.wait(lambda: bool(player.took("play")), 5)
    (at, paused), store = player.took("play")[0], session.store
    assert not paused
    known = stand.program.services.footage.known
    span = known(channel, store, _days_back(2)).segments.joined().previous_before(now())
    assert span is not None
    assert at == max(span.begin, span.end - 5 * MINUTE)
    assert session.mode is Mode.PLAYBACK


def _days_back(days: int) -> Span:
    return Span(now() - timedelta(days=days), now())


def test_nothing_switches_by_itself_between_live_and_playback(hand: Hands) -> None:
    stand, act = hand.stand, hand.stand.desk.window.actions_
    channel = cameras(hand)[0]
    session, player = hand.open(channel)
    assert act["live"].isChecked()
    stand.press("playback")
    stand.wait(lambda: bool(player.took("play")), 5)
    player.say(PlayerState.ENDED)
    hands.pause(0.05)
    assert session.mode is Mode.PLAYBACK
    stand.press("live")
    assert session.mode is Mode.LIVE
    assert act["live"].isChecked()
    player.say(PlayerState.FAILED, errors.DeviceOffline("x"))
    hands.pause(0.05)
    assert session.mode is Mode.LIVE
    # What is opened next is live too.
    stand.press("layout-4")
    other, _player = hand.open(cameras(hand)[1])
    assert other.mode is Mode.LIVE


def test_each_tile_keeps_its_own_mode(hand: Hands) -> None:
    stand = hand.stand
    wall, act = stand.desk.window.wall, stand.desk.window.actions_
    stand.press("layout-4")
    hand.open(cameras(hand)[0])
    stand.press("playback")
    wall.select(1)
    stand.press("live")
    hand.open(cameras(hand)[1])
    wall.select(0)
    assert act["playback"].isChecked()
    wall.select(1)
    assert act["live"].isChecked()


def test_footage_that_cannot_be_found_says_why_and_is_asked_again(hand: Hands) -> None:
    stand, sandbox = hand.stand, hand.stand.sandbox
    sandbox.faults.set("tencent", "secret", 1.0, path="filelist")
    session, player = hand.open(cameras(hand)[0])
    stand.press("playback")
    stand.wait(lambda: session.error is not None, 10)
    assert isinstance(session.error, errors.BadCredentials)
    sandbox.faults.clear()
    hands.key(stand.tile, Qt.Key.Key_Space)
    stand.wait(lambda: bool(player.took("play")), 5)
    player.say(PlayerState.PLAYING)
    hands.pause(0.02)
    assert session.error is None


def test_a_moment_chosen_meanwhile_wins_over_the_newest(hand: Hands) -> None:
    stand = hand.stand
    stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=0.3, path="filelist")
    session, player = hand.open(cameras(hand)[0])
    stand.press("playback")
    asked = now() - timedelta(days=2)
    session.seek(asked)
    hands.pause(0.8)
    assert player.took("play") == [(asked, False)]


def test_the_other_store_shows_the_same_moment(hand: Hands) -> None:
    stand = hand.stand
    at = now() - timedelta(days=1)
    session, player = hand.play(cameras(hand)[0], at)
    later = at + timedelta(seconds=90)
    hand.shows(player, later)
    stand.desk.window.transport.store_chosen.emit(Store.DEVICE)
    assert player.took("play")[-1] == (later, False)
    assert session.store is Store.DEVICE
    stand.wait(lambda: _lane(stand).store is Store.DEVICE, 3)
    # Chosen again it changes nothing.
    before = list(player.commands)
    stand.desk.window.transport.store_chosen.emit(Store.DEVICE)
    assert player.commands == before


def _lane(stand: Stand) -> Lane:
    lane = stand.desk.window.timeline_model.selected
    assert lane is not None
    return lane


# Keys and the bar


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("on-5", 5), ("back-5", -5), ("on-1", 1), ("back-1", -1), ("on-60", 60), ("back-60", -60)],
)
def test_skips_go_from_the_picture_on_screen(hand: Hands, name: str, seconds: int) -> None:
    at = now() - timedelta(days=1)
    _session, player = hand.play(cameras(hand)[0], at)
    hand.stand.press(name)
    assert seeks(player) == [at + timedelta(seconds=seconds)]


def test_the_keys_of_the_desk_reach_the_player(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    at = now() - timedelta(days=1)
    session, player = hand.play(cameras(hand)[0], at)
    window.activateWindow()
    stand.wait(window.isActiveWindow, 3)
    stand.tile.setFocus()
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    for pressed, keys in (
        (Qt.Key.Key_Right, none),
        (Qt.Key.Key_Left, shift),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier),
    ):
        QTest.keyClick(stand.tile, pressed, keys)
    second = timedelta(seconds=1)
    assert seeks(player) == [at + 5 * second, at - second, at + 60 * second]
    QTest.keyClick(stand.tile, Qt.Key.Key_Space)
    hands.pause(0.02)
    assert session.state is PlayerState.PAUSED
    QTest.keyClick(stand.tile, Qt.Key.Key_Period)
    QTest.keyClick(stand.tile, Qt.Key.Key_Comma)
    assert player.took("step") == [(1,), (-1,)]
    QTest.keyClick(stand.tile, Qt.Key.Key_Space)
    hands.pause(0.02)
    assert session.state is PlayerState.PLAYING
    for _ in range(3):
        QTest.keyClick(stand.tile, Qt.Key.Key_L)
    QTest.keyClick(stand.tile, Qt.Key.Key_J)
    assert player.took("speed") == [(2.0,), (4.0,), (8.0,), (4.0,)]
    stand.wait(lambda: window.transport.speed.text().startswith("4"), 3)
    QTest.keyClick(stand.tile, Qt.Key.Key_K)
    assert player.speed == 1.0


def test_the_bar_shows_the_speed_of_the_picture(hand: Hands) -> None:
    session, player = hand.play(cameras(hand)[0], now() - timedelta(days=1))
    player.speed_measured = 1.0
    hand.stand.press("faster")
    hand.stand.press("faster")
    speed = hand.stand.desk.window.transport.speed
    hand.stand.wait(lambda: speed.off, 3, "the speed of the picture is not shown")
    assert speed.text().startswith("1.0× asked 4")
    player.speed_measured = 4.0
    hand.stand.wait(lambda: not speed.off, 3)
    # A live picture has no speed to be chosen, so none is shown beside it.
    player.speed_measured = 0.2
    session.play_live()
    hand.stand.wait(lambda: not speed.isEnabled() and speed.text().startswith("1×"), 3)
    hands.pause(0.6)
    assert speed.text().startswith("1×")


def test_speeds_end_where_they_end(hand: Hands) -> None:
    _session, player = hand.play(cameras(hand)[0], now() - timedelta(days=1))
    for _ in range(9):
        hand.stand.press("faster")
    assert player.speed == 16.0
    for _ in range(12):
        hand.stand.press("slower")
    assert player.speed == 0.25


def test_the_buttons_of_the_bar_say_why_they_rest(hand: Hands) -> None:
    stand, bar = hand.stand, hand.stand.desk.window.transport
    for control in (Control.NEXT, Control.BACK, Control.FRAME_ON, Control.SPEED):
        assert not bar.buttons[control].isEnabled()
        assert "tile" in bar.buttons[control].toolTip()
    session, player = hand.open(cameras(hand)[0])
    player.say(PlayerState.PLAYING)
    hands.pause(0.02)
    assert "live" in bar.buttons[Control.NEXT].toolTip()
    session.play_at(now() - timedelta(days=1))
    hand.shows(player, now() - timedelta(days=1))
    assert bar.buttons[Control.NEXT].isEnabled()
    hands.click(bar.buttons[Control.FRAME_ON])
    assert player.took("step") == [(1,)]
    hands.click(bar.buttons[Control.PLAY])
    hands.pause(0.02)
    assert session.state is PlayerState.PAUSED
    hands.click(bar.buttons[Control.LIVE])
    assert session.mode is Mode.LIVE
    assert stand.desk.window.actions_["live"].isChecked()


def test_sound_follows_the_selected_tile(hand: Hands) -> None:
    stand = hand.stand
    stand.press("layout-4")
    for channel in cameras(hand)[:2]:
        hand.open(channel)
    one, two = hand.engine.players
    assert (one.audible, two.audible) == (False, False)
    stand.press("mute")
    assert (one.audible, two.audible) == (False, True)
    stand.desk.window.wall.select(0)
    assert (one.audible, two.audible) == (True, False)
    stand.press("mute")
    assert (one.audible, two.audible) == (False, False)


def test_layouts_and_emptying_close_what_goes(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    stand.press("layout-4")
    for channel in cameras(hand)[:3]:
        hand.open(channel)
    stand.press("clear-tile")
    assert [player.closed for player in hand.engine.players] == [False, False, True]
    stand.press("layout-1")
    assert [player.closed for player in hand.engine.players] == [False, True, True]
    assert window.actions_["layout-1"].isChecked()
    assert len(window.timeline_model.lanes) >= 1
    stand.wait(lambda: len(window.timeline_model.lanes) == 1, 3)


def test_escape_goes_one_level_up(hand: Hands) -> None:
    window = hand.stand.desk.window
    hand.stand.press("layout-4")
    hand.stand.press("full-screen")
    hand.stand.press("enlarge")
    assert not window.tree.isVisible()
    hands.key(window, Qt.Key.Key_Escape)
    assert not window.wall.enlarged
    assert not window.tree.isVisible()
    hands.key(window, Qt.Key.Key_Escape)
    assert window.tree.isVisible()
    assert window.bar.isVisible()


# The playhead


def test_a_held_playhead_is_moved_by_nobody_else(hand: Hands) -> None:
    stand = hand.stand
    model, timeline = stand.desk.window.timeline_model, stand.desk.window.timeline
    at = now() - timedelta(hours=3)
    _session, player = hand.play(cameras(hand)[0], at)
    x = round(timeline.scale.x_of(at))
    place = QPoint(x, 6)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseMove(timeline, place + QPoint(40, 0))
    assert model.held
    held_at = model.playhead
    moved: list[object] = []
    model.playhead_changed.connect(lambda: moved.append(model.playhead))
    for number in range(1000):
        player.where = at + timedelta(milliseconds=40 * number)
        stand.desk.playing._follow()
    hands.pause(0.1)
    assert moved == []
    assert model.playhead == held_at
    QTest.mouseRelease(
        timeline,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        place + QPoint(40, 0),
    )
    assert not model.held
    stand.wait(lambda: bool(seeks(player)), 3)
    # Let go, it follows the picture again.
    hand.shows(player, at + MINUTE)


def test_lesson_06_the_playhead_moves_with_the_picture_and_with_nothing_else(hand: Hands) -> None:
    stand = hand.stand
    model = stand.desk.window.timeline_model
    at = now() - timedelta(hours=3)
    session, player = hand.play(cameras(hand)[0], at)
    moved: list[object] = []
    model.playhead_changed.connect(lambda: moved.append(model.playhead))
    # It says that it plays, for a while, and no picture comes.
    hands.pause(0.3)
    assert moved == []
    hand.shows(player, at + timedelta(seconds=2))
    assert moved == [at + timedelta(seconds=2)]
    # On the way to another moment the old picture does not take it back.
    model.set_playhead(at + MINUTE)
    player.say(PlayerState.SEEKING)
    hands.pause(0.15)
    assert model.playhead == at + MINUTE
    assert session.state is PlayerState.SEEKING


def test_going_to_a_time_shows_it_on_the_timeline(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    stand.desk.transport.go_to(now())
    assert "Double-click a camera" in stand.said()[-1]
    _session, player = hand.play(cameras(hand)[0], now() - timedelta(hours=2))
    when = now() - timedelta(days=3)
    window.transport.time_entered.emit(when)
    assert seeks(player)[-1] == when
    assert when in window.timeline_model.span
    assert window.timeline_model.playhead == when


def test_a_jump_over_a_gap_is_told(hand: Hands) -> None:
    at = now() - timedelta(days=1)
    _session, player = hand.play(cameras(hand)[0], at)
    player.jump(at, at + timedelta(hours=1))
    hand.stand.wait(lambda: any("Nothing is recorded at" in text for text in hand.stand.said()), 3)


def test_next_and_previous_recording(hand: Hands) -> None:
    stand = hand.stand
    channel = hand.stand.channel(Ability.CLOUD_RECORDS)
    whole = _days_back(3)
    spans: list[Span] = []

    def gapped() -> bool:
        load = stand.program.services.footage.load(channel, Store.CLOUD, whole)
        stand.wait(lambda: load.done, 10)
        spans[:] = list(load.coverage().segments.joined().spans())
        return len(spans) >= 3

    if not gapped():
        channel = next(c for c in cameras(hand) if c != channel)
        assert gapped()
    one, two = spans[1], spans[2]
    # The timeline shows the last day; recordings that lie out of sight are found too.
    _session, player = hand.play(channel, one.end - timedelta(seconds=30))
    for name, begin in (
        ("next", two.begin),
        ("previous", one.begin),
        ("previous", None),
        ("next", one.begin),
    ):
        before = len(seeks(player))
        stand.press(name)
        stand.wait(lambda before=before: len(seeks(player)) > before, 5)  # type: ignore[misc]
        went = seeks(player)[-1]
        assert isinstance(went, datetime)
        assert went == begin or (begin is None and went < one.begin)
        hand.shows(player, went)


def test_where_nothing_comes_after_it_is_said(hand: Hands) -> None:
    _session, player = hand.play(cameras(hand)[0], now())
    hand.stand.press("next")
    hand.stand.wait(lambda: any("No later recording" in text for text in hand.stand.said()), 5)
    assert seeks(player) == []


# Real pictures


def test_a_new_camera_in_a_tile_never_shows_the_old_ones_picture(stand: Stand) -> None:
    first, second = stand.channels(*CAMERA)[:2]
    session = stand.desk.pictures.open_channel(first)
    stand.wait(lambda: _shown(stand) is not None, 20, "no live picture")
    old = _shown(stand)
    del session
    stand.desk.pictures.open_channel(second, stand.tile)
    seen: set[int | None] = set()

    def other() -> bool:
        QApplication.processEvents()
        seen.add(_shown(stand))
        return len(seen - {None}) > 0

    stand.wait(other, 20, "no picture of the second")
    assert old not in seen


def _shown(stand: Stand) -> int | None:
    """The number burnt into the picture on screen."""
    image = stand.tile.grab_frame()
    if image.isNull():
        return None
    try:
        return timecode.read_bgra(
            image.constBits(), image.bytesPerLine(), image.width(), image.height()
        ).channel
    except timecode.Unreadable:
        return None


def test_a_click_on_the_timeline_shows_that_moment(stand: Stand) -> None:
    channel = stand.channel(*CAMERA)
    span = stand.recorded(channel, Store.CLOUD)
    middle = span.begin + (span.end - span.begin) / 2
    session = stand.desk.pictures.open_channel(channel)
    session.play_at(middle, Store.CLOUD)
    stand.wait(lambda: session.state is PlayerState.PLAYING, 20)
    window = stand.desk.window
    window.timeline.zoom_to(_around(middle))
    stand.wait(lambda: _lane(stand).footage[Store.CLOUD].segments.covers(middle), 5)
    hands.click(window.transport.buttons[Control.PLAY])
    stand.wait(lambda: session.state is PlayerState.PAUSED, 5)
    x = round(window.timeline.scale.x_of(middle + MINUTE))
    asked = window.timeline.scale.at(x)
    hands.click(window.timeline, QPoint(x, window.timeline.height() // 2))

    def there() -> bool:
        when = hands.burnt_in(stand.tile)
        return when is not None and abs((when - asked).total_seconds()) <= 0.5

    stand.wait(there, 20, "the picture is not the one asked for")
    playhead = window.timeline_model.playhead
    assert playhead is not None
    stand.wait(
        lambda: abs((window.timeline_model.playhead - asked).total_seconds()) <= 0.5,  # type: ignore[operator]
        3,
    )


def _around(when: datetime) -> Span:
    return Span(when - 10 * MINUTE, when + 10 * MINUTE)


def test_every_button_of_the_bar_above_has_a_name_for_readers(hand: Hands) -> None:
    for button in hand.stand.desk.window.bar.findChildren(QToolButton):
        assert button.accessibleName()
