"""The command box at a whole desk: what is typed, what it would do, what is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.e2e.support import Stand
from tests.ui import access
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Channel, now
from vsconsole.player.backend import PlayerState
from vsconsole.ui.command.box import CommandBox
from vsconsole.ui.command.rows import Row
from vsconsole.ui.desk.desk import Desk
from vsconsole.ui.wall.session import Mode


def opened(stand: Stand) -> CommandBox:
    """The box that is open, else the one that Ctrl+K opens with the focus in the tree."""
    if (there := stand.desk.command.box) is not None:
        return there
    # The cameras are found once their names are spelt out.
    stand.wait(lambda: bool(stand.program.services.search.find("dmqj")), 20)
    stand.desk.window.tree.view.setFocus()
    hands.key(stand.desk.window.tree.view, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    desk: Desk = stand.desk
    assert desk.command.box is not None
    return desk.command.box


def typed(stand: Stand, line: str) -> list[Row]:
    """Types a line and waits for what it would do."""
    box = opened(stand)
    hands.write(box.line, line)
    stand.wait(lambda: box._answered == line, 10, lambda: f"no answer to {box.line.text()}")
    return box.rows()


def camera(stand: Stand) -> Channel:
    return stand.channel(Ability.LIVE, Ability.CLOUD_RECORDS)


def test_a_camera_and_a_time_in_one_line_play_that_moment(hand: Hands) -> None:
    stand = hand.stand
    channel = camera(stand)
    box = opened(stand)
    rows = typed(stand, f"{channel.name} 昨天 14:05")
    first = rows[0]
    assert first.title == channel.name
    local = now().astimezone(ZoneInfo(channel.zone)) - timedelta(days=1)
    wanted = local.replace(hour=14, minute=5, second=0, microsecond=0)
    assert f"{wanted:%Y-%m-%d} 14:05:00 UTC+8" in first.detail
    assert "Playback" in first.detail
    assert "Tencent Cloud ISS · Box" in first.detail
    hands.enter(box.line)
    stand.wait(lambda: stand.tile.session is not None and stand.session.asked == wanted, 10)
    assert stand.session.channel == channel
    assert stand.session.mode is Mode.PLAYBACK
    assert stand.desk.command.box is None


def test_english_and_pinyin_find_the_same_camera_at_the_same_time(hand: Hands) -> None:
    stand = hand.stand
    channel = next(c for c in stand.channels() if c.name == "东门球机")
    for line in ("东门球机 昨天 14:05", "dmqj yesterday 2:05pm", "yesterday 14:05 dongmenqiuji"):
        rows = typed(stand, line)
        assert rows[0].title == channel.name, line
        assert "14:05:00" in rows[0].detail, line


def test_enter_before_the_answer_does_what_was_typed_last(hand: Hands) -> None:
    stand = hand.stand
    channel = camera(stand)
    box = opened(stand)
    hands.write(box.line, "live")
    hands.write(box.line, f"{channel.name} yesterday 14:05")
    hands.enter(box.line)
    stand.wait(lambda: stand.tile.session is not None, 10)
    assert stand.session.channel == channel
    assert stand.session.mode is Mode.PLAYBACK


def test_actions_are_found_in_both_languages_whatever_the_interface_speaks(hand: Hands) -> None:
    stand = hand.stand
    for code in ("en", "zh_CN"):
        if code != "en":
            stand.speak(code)
        for line in ("4 tiles", "4 画面", "Only the wall"):
            titles = [row.title for row in typed(stand, line)]
            assert titles, line
        text = stand.desk.window.actions_["layout-4"].text()
        assert typed(stand, "4 tiles")[0].title == text
        assert typed(stand, "sound on or off")[0].keys == "M"
        assert stand.desk.command.box is not None
        stand.desk.command.box.leave()
    typed(stand, "4 tiles")
    assert stand.desk.command.box is not None
    hands.enter(stand.desk.command.box.line)
    stand.wait(lambda: stand.desk.window.wall.count == 4, 3)


def test_a_time_alone_goes_there_in_the_selected_tile(hand: Hands) -> None:
    stand = hand.stand
    rows = typed(stand, "yesterday 8:00")
    assert "tile is empty" in rows[0].reason
    box = stand.desk.command.box
    assert box is not None
    hands.enter(box.line)
    # It says why it cannot, and stays.
    assert "tile is empty" in box.note.text()
    box.leave()
    session, player = hand.play(camera(stand), now() - timedelta(hours=2))
    rows = typed(stand, "10 min ago")
    assert not rows[0].reason
    assert session.title in rows[0].detail
    assert stand.desk.command.box is not None
    hands.enter(stand.desk.command.box.line)
    stand.wait(lambda: bool(player.took("seek")), 3)
    went = player.took("seek")[-1][0]
    assert abs((now() - went).total_seconds() - 600) < 30  # type: ignore[operator]


def test_what_cannot_be_read_is_said_and_the_nearest_offered(hand: Hands) -> None:
    stand = hand.stand
    box = opened(stand)
    rows = typed(stand, "东门球机 昨天 14:05 wibble")
    assert "“wibble”" in box.note.text()
    assert rows[0].title == "东门球机"
    rows = typed(stand, "东门球机 25:00")
    assert "25:00" in box.note.text()
    assert "no such time" in box.note.text()
    assert rows[0].title == "东门球机"
    # What only comes near is not done by an Enter that was quicker than the answer.
    hands.write(box.line, "东门球机 昨天 14:05 wobble")
    hands.enter(box.line)
    stand.wait(lambda: box._answered is not None, 5)
    assert stand.tile.session is None
    hands.enter(box.line)
    stand.wait(lambda: stand.tile.session is not None, 10)


def test_arrows_choose_and_escape_gives_the_focus_back(hand: Hands) -> None:
    stand = hand.stand
    view = stand.desk.window.tree.view
    box = opened(stand)
    rows = typed(stand, "门")
    assert len(rows) > 2
    hands.key(box.line, Qt.Key.Key_Down)
    assert box.list.currentRow() == 1
    assert box.line.accessibleDescription() == rows[1].words
    hands.key(box.line, Qt.Key.Key_Up)
    hands.key(box.line, Qt.Key.Key_Up)
    assert box.list.currentRow() == len(rows) - 1
    # Tab goes on in the list, it does not leave the box.
    hands.key(box.line, Qt.Key.Key_Tab)
    assert box.list.currentRow() == 0
    hands.key(box.line, Qt.Key.Key_Backtab)
    assert box.list.currentRow() == len(rows) - 1
    assert access.nameless(stand.desk.window) == []
    hands.key(box.line, Qt.Key.Key_Escape)
    assert stand.desk.command.box is None
    assert QApplication.focusWidget() is view
    assert stand.tile.session is None


def test_cameras_that_become_known_meanwhile_are_found_by_what_stands_there(hand: Hands) -> None:
    stand = hand.stand
    channel = camera(stand)
    box = opened(stand)
    stand.program.services.search.forget(channel.key.account)
    assert channel.name not in [row.title for row in typed(stand, f"{channel.name} 昨天 14:05")]
    assert channel.name in box.note.text()
    stand.program.services.search.rebuild(channel.key.account)
    stand.wait(lambda: [row.title for row in box.rows()][:1] == [channel.name], 10)
    assert box.note.isHidden()


def test_it_lies_over_the_window_in_front_and_goes_with_it(hand: Hands) -> None:
    desk = hand.stand.desk
    other = QWidget(desk.window, Qt.WindowType.Window)
    other.addActions(desk.window.actions())
    other.resize(640, 360)
    other.show()
    other.activateWindow()
    hand.stand.wait(other.isActiveWindow, 3)
    hands.key(other, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert desk.command.box is not None
    assert desk.command.box.window() is other
    assert other.rect().contains(desk.command.box.geometry())
    other.deleteLater()
    hands.pause(0.05)
    desk.window.activateWindow()
    hand.stand.wait(desk.window.isActiveWindow, 3)
    hand.stand.press("command")
    assert desk.command.box.window() is desk.window


def test_live_can_be_asked_for(hand: Hands) -> None:
    stand = hand.stand
    channel = camera(stand)
    stand.press("playback")
    assert "Playback" in typed(stand, channel.name)[0].detail
    rows = typed(stand, f"{channel.name} 直播")
    assert rows[0].detail.startswith("Live")
    assert stand.desk.command.box is not None
    hands.enter(stand.desk.command.box.line)
    stand.wait(lambda: stand.tile.session is not None, 5)
    assert stand.session.mode is Mode.LIVE
    hand.engine.last.say(PlayerState.PLAYING)


def test_what_was_done_is_offered_again_after_a_restart(hand: Hands, tmp_path: Path) -> None:
    stand = hand.stand
    channel = camera(stand)
    typed(stand, f"{channel.name} yesterday 14:05")
    hands.enter(opened(stand).line)
    stand.wait(lambda: stand.tile.session is not None, 10)
    typed(stand, "sound on or off")
    hands.enter(opened(stand).line)
    stand.wait(lambda: len(stand.program.services.catalog.state("commands", [])) == 2, 5)
    assert _offered(stand) == ["Sound on or off", channel.name]
    stand.quit()
    with Stand.open(tmp_path, stand.sandbox, engine=HandEngine()) as again:
        again.wait(lambda: again.desk.window.tree.model.channel_count > 0, 10)
        assert _offered(again) == ["Sound on or off", channel.name]
        box = opened(again)
        # The moment is yesterday's as of now, in the very camera.
        assert "14:05:00" in box.rows()[1].detail
        hands.key(box.line, Qt.Key.Key_Down)
        hands.enter(box.line)
        again.wait(lambda: again.tile.session is not None, 10)
        assert again.session.channel == channel
        # What was done again is the newest now.
        again.wait(lambda: _offered(again) == [channel.name, "Sound on or off"], 5)


def _offered(stand: Stand) -> list[str]:
    """What the box offers before anything is typed."""
    box = opened(stand)
    box.line.setText(" ")
    box.line.clear()
    stand.wait(lambda: box._answered == "", 5)
    return [row.title for row in box.rows()]


def test_lesson_14_any_moment_is_two_actions_away(hand: Hands) -> None:
    """One opens the box, the other is a line with Enter at its end; nothing is paged through."""
    stand = hand.stand
    session, player = hand.play(camera(stand), now() - timedelta(hours=1))
    zone = ZoneInfo(session.zone)
    today = now().astimezone(zone)
    march = datetime(today.year - 1, 3, 2, 4, 5, 6, tzinfo=zone)
    weeks = (today - timedelta(weeks=3)).replace(hour=14, minute=0, second=0, microsecond=0)
    for line, when in ((f"{march:%Y-%m-%d} 04:05:06", march), ("三周前 14:00", weeks)):
        box = opened(stand)
        hands.write(box.line, line)
        hands.enter(box.line)
        stand.wait(lambda when=when: player.took("seek")[-1:] == [(when,)], 5)  # type: ignore[misc]
        hand.shows(player, when)
        assert when in stand.desk.window.timeline_model.span
