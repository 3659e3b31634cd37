"""The timeline at the desk: bookmarks, pictures at the mouse, the month overview, what is kept."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole.demo import hands
from vsconsole.domain import days
from vsconsole.domain.errors import MediaError
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.media.thumbs import Still
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.previews import Preview, Previews
from vsconsole.store.marks import Bookmark, file_key
from vsconsole.ui.desk.bookmarks import neighbour
from vsconsole.ui.desk.previews import STEP
from vsconsole.ui.timeline.model import StoreFootage
from vsconsole.ui.wall.session import Address


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)


def past() -> datetime:
    return now().replace(microsecond=0) - timedelta(days=1)


def kept(stand: Stand) -> list[str]:
    """The titles of the bookmarks in the catalog."""
    return [one.title for one in stand.program.services.catalog.bookmarks()]


def test_a_bookmark_is_kept_drawn_found_changed_deleted_and_brought_back(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    panel, model = window.bookmarks, window.timeline_model
    stand.press("bookmark")
    assert any("no moment" in said for said in stand.said())
    channel, when = cameras(hand)[0], past()
    hand.play(channel, when)
    QTest.keyClick(window, Qt.Key.Key_B)
    stand.wait(lambda: len(kept(stand)) == 1, 5, "not kept")
    [mark] = model.marks(channel.key)
    assert mark.when == when
    bookmark = panel.model.bookmark(panel.model.index(0))
    assert bookmark is not None
    assert channel.name in bookmark.title
    # Its title, note and colour are changed in a dialog.
    dialog = stand.desk.bookmarks.edit(bookmark)
    dialog.title.setText("  ")
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    box.accepted.emit()
    assert not dialog.problem.isHidden()
    dialog.title.setText("White van, no plate")
    dialog.note.setPlainText("came back at nine")
    dialog.colour.setCurrentIndex(dialog.colour.findData("amber"))
    box.accepted.emit()
    stand.wait(lambda: kept(stand) == ["White van, no plate"], 5, "not changed")
    [mark] = model.marks(channel.key)
    assert (mark.title, mark.colour) == ("White van, no plate", "amber")
    # Words of the title, of the note and of the camera's name find it.
    for words, rows in (
        ("VAN plate", 1),
        ("nine", 1),
        (channel.name, 1),
        ("amber", 1),
        ("lorry", 0),
    ):
        panel.search.setText(words)
        assert panel.model.rowCount() == rows, words
    panel.search.clear()
    panel.list.setCurrentIndex(panel.model.index(0))
    panel.delete.click()
    stand.wait(lambda: kept(stand) == [], 5, "not deleted")
    assert model.marks(channel.key) == ()
    panel.undo.click()
    stand.wait(lambda: kept(stand) == ["White van, no plate"], 5, "not brought back")
    assert model.marks(channel.key) == (mark,)


def test_bookmarks_are_gone_to_from_the_list_and_by_keys(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    one, other = cameras(hand)[:2]
    when = past()
    catalog = stand.program.services.catalog
    for minutes in (0, 10, 20):
        moment = when + timedelta(minutes=minutes)
        catalog.save_bookmark(
            Bookmark(
                id=f"b{minutes}",
                channel=one.key,
                span=Span(moment, moment),
                title=f"number {minutes}",
                zone=one.zone,
            )
        )
    stand.desk.bookmarks.start()
    stand.wait(lambda: window.bookmarks.model.rowCount() == 3, 5)
    stand.press("layout-4")
    _session, player = hand.play(one, when + timedelta(minutes=10))
    stand.press("next-bookmark")
    assert player.took("seek")[-1] == (when + timedelta(minutes=20),)
    hand.shows(player, when + timedelta(minutes=20))
    stand.press("next-bookmark")
    assert any("No later bookmark" in said for said in stand.said())
    stand.press("previous-bookmark")
    assert player.took("seek")[-1] == (when + timedelta(minutes=10),)
    # From the list it is gone to in the tile that has the camera, else where one is selected.
    hand.play(other, when)
    window.bookmarks.list.setCurrentIndex(window.bookmarks.model.index(2))
    window.bookmarks.go.click()
    assert stand.session.channel is not None
    assert stand.session.channel.key == one.key
    assert player.took("seek")[-1] == (when,)
    stand.desk.pictures.clear(window.wall.current)
    stand.desk.pictures.clear(window.wall.tile_of(other.key) or window.wall.current)
    window.bookmarks.go.click()
    stand.wait(lambda: window.wall.tile_of(one.key) is not None, 5, "not opened")
    assert hand.engine.last.took("play")[-1][0] == when


def test_previous_goes_on_when_it_is_pressed_again() -> None:
    begin = past()
    times = [begin + timedelta(minutes=n) for n in range(3)]
    at = times[2] + timedelta(seconds=1)
    assert neighbour(times, at, forward=False) == times[1]
    assert neighbour(times, times[0], forward=False) is None
    assert neighbour(times, times[0], forward=True) == times[1]


def test_a_file_has_bookmarks_that_open_it_again_after_a_restart(
    qapp: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    path = str(tmp_path / "plaza 1.mp4")
    when = past()
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        stand.wait(lambda: stand.desk._restored, 5)
        catalog = stand.program.services.catalog
        catalog.save_bookmark(
            Bookmark(
                id="b1",
                channel=file_key(path),
                span=Span(when, when),
                title="a van",
                place="plaza 1.mp4",
            )
        )
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        window = stand.desk.window
        stand.wait(lambda: window.bookmarks.model.rowCount() == 1, 5, "not read")
        window.bookmarks.list.setCurrentIndex(window.bookmarks.model.index(0))
        opened: list[tuple[str, datetime | None]] = []
        # What is opened is another test's: here it is which file, and where.
        stand.desk.pictures.open_address = (  # type: ignore[method-assign]
            lambda text, _tile=None, at=None: opened.append((text, at))
        )
        window.bookmarks.go.click()
        assert opened == [(path, when)]


def test_an_address_is_not_kept_in_a_bookmark(hand: Hands) -> None:
    session, _player = hand.open(cameras(hand)[0])
    session.channel = None
    session.address = Address(title="cam.example/live")
    hand.stand.desk.window.timeline_model.set_playhead(past())
    hand.stand.press("bookmark")
    assert any("may hold a login" in said for said in hand.stand.said())
    assert kept(hand.stand) == []


def test_lesson_01_a_thousand_quick_seeks_end_on_the_last_one_asked(hand: Hands) -> None:
    stand, when = hand.stand, past()
    session, player = hand.play(cameras(hand)[0], when)
    for n in range(1000):
        stand.desk.transport.go_to(when + timedelta(seconds=n))
    last = when + timedelta(seconds=999)
    assert player.took("seek")[-1] == (last,)
    assert len(player.took("seek")) == 1000
    assert session.asked == last
    assert stand.desk.window.timeline_model.playhead == last


def test_lesson_02_fifty_quick_seeks_of_the_real_player_end_on_the_last_one_asked(
    stand: Stand,
) -> None:
    channel = stand.channel(Ability.CLOUD_RECORDS)
    span = stand.recorded(channel, Store.CLOUD)
    session = stand.desk.pictures.open_channel(channel)
    session.play_at(span.begin, Store.CLOUD)
    stand.wait(lambda: hands.burnt_in(stand.tile) is not None, 30, "no picture")
    step = (span.end - span.begin) / 60
    for n in range(50):
        stand.desk.transport.go_to(span.begin + n * step)
    wanted = span.begin + 49 * step

    def landed() -> bool:
        shown = hands.burnt_in(stand.tile)
        return shown is not None and abs((shown - wanted).total_seconds()) < 5

    stand.wait(landed, 30, "the last seek did not win")
    assert session.asked == wanted


def test_lesson_17_the_selected_range_survives_a_restart(
    qapp: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    chosen = Span(past(), past() + timedelta(minutes=5, milliseconds=40))
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        stand.wait(lambda: stand.desk._restored, 5)
        stand.desk.window.timeline_model.set_range(chosen)
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        stand.wait(lambda: stand.desk._restored, 5)
        assert stand.desk.window.timeline_model.range == chosen


class Pictures:
    """Answers for the previews: which moments were asked for, one at a time for a lane or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[datetime] = []
        self.running: Counter[object] = Counter()
        self.most = 0
        self.off = 0.0
        self.broken = False
        monkeypatch.setattr(Previews, "of_channel", self.of_channel)

    def of_channel(
        self, channel: Channel, _store: Store, when: datetime, _width: int, _height: int
    ) -> Preview:
        self.running[channel.key] += 1
        self.most = max(self.most, self.running[channel.key])
        self.asked.append(when)
        try:
            if self.broken:
                raise MediaError("Broken.")
            still = Still(width=2, height=2, stride=8, bgra=b"\0\0\xff\xff" * 4, full=(2, 2))
            return Preview(when=when, shown=when + timedelta(seconds=self.off), still=still)
        finally:
            self.running[channel.key] -= 1


def lane_of_yesterday(hand: Hands) -> tuple[Channel, Span]:
    """A camera on the wall that recorded all of the hour in sight."""
    stand, model = hand.stand, hand.stand.desk.window.timeline_model
    channel = cameras(hand)[0]
    session, _player = hand.open(channel)
    session.store = Store.CLOUD
    span = Span(past(), past() + timedelta(hours=1))
    stand.wait(lambda: len(model.lanes) == 1, 5)
    stand.desk.footage.close()
    # What was recorded is decided here.
    stand.desk.footage._load_all = lambda **_how: None  # type: ignore[method-assign]
    model.set_span(span)
    model.set_footage(channel.key, Store.CLOUD, StoreFootage(segments=SegmentSet.of_spans([span])))
    model.set_footage(channel.key, Store.DEVICE, StoreFootage())
    hands.pause(0.05)
    return channel, span


def test_a_picture_is_asked_for_when_the_mouse_rests_and_once_for_neighbours(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = Pictures(monkeypatch)
    _channel, _span = lane_of_yesterday(hand)
    stand, timeline = hand.stand, hand.stand.desk.window.timeline
    left = round(timeline.scale.left)
    for x in range(200, 300, 7):
        QTest.mouseMove(timeline, QPoint(left + x, 60))
    stand.wait(lambda: timeline._picture.image is not None, 5, "no picture")
    assert len(pictures.asked) <= 2
    asked = len(pictures.asked)
    slot = int(STEP)
    base = left + 304 // slot * slot
    QTest.mouseMove(timeline, QPoint(base + 1, 60))
    stand.wait(lambda: timeline._picture.image is not None, 5)
    hands.pause(0.2)
    after = len(pictures.asked)
    QTest.mouseMove(timeline, QPoint(base + 2, 60))
    hands.pause(0.2)
    assert len(pictures.asked) - after <= 1
    assert after - asked <= 1
    # Back where it was: nothing is asked for at all.
    total = len(pictures.asked)
    QTest.mouseMove(timeline, QPoint(base + 1, 60))
    hands.pause(0.2)
    assert len(pictures.asked) == total
    assert pictures.most == 1


def test_lesson_20_pictures_that_fail_or_are_off_are_counted_and_say_so(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = Pictures(monkeypatch)
    channel, _span = lane_of_yesterday(hand)
    stand, timeline = hand.stand, hand.stand.desk.window.timeline
    left = round(timeline.scale.left)
    pictures.off = 3.5
    QTest.mouseMove(timeline, QPoint(left + 200, 60))
    stand.wait(lambda: "within 3 s" in timeline._picture.note, 5, "not said")
    assert timeline._picture.image is None
    assert timeline._picture.framed
    pictures.off, pictures.broken = 0.0, True
    QTest.mouseMove(timeline, QPoint(left + 260, 60))
    stand.wait(lambda: "Broken." in timeline._picture.note, 5, "not said")
    assert "2 pictures failed" in timeline._picture.note
    assert stand.desk.previews.failures[channel.key] == 2
    timeline.grab()
    # Where only the device has a recording it is left alone, and that is no failure.
    model = stand.desk.window.timeline_model
    lane = model.lane(channel.key)
    model.set_footage(channel.key, Store.DEVICE, lane.footage[Store.CLOUD])
    model.set_footage(channel.key, Store.CLOUD, StoreFootage())
    asked = len(pictures.asked)
    QTest.mouseMove(timeline, QPoint(left + 320, 60))
    assert "only playback" in timeline._picture.note
    hands.pause(0.2)
    assert len(pictures.asked) == asked
    assert stand.desk.previews.failures[channel.key] == 2


def test_the_overview_shows_the_days_of_every_camera_and_plays_the_one_clicked(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    stand.press("layout-4")
    three = cameras(hand)[:3]
    for channel in three:
        hand.open(channel)
    window.tree.view.clearSelection()
    stand.press("overview")
    dialog = stand.desk.overview.dialog
    assert dialog is not None
    stand.wait(lambda: len(stand.desk.overview._done) == 3, 30, "not loaded")
    today = days.day_of(now(), three[0].zone)
    if today.day == 1:
        dialog.turn(-1)
        stand.wait(lambda: len(stand.desk.overview._done) == 3, 30, "not loaded")
    month = days.month_days(dialog.year, dialog.month)
    service = stand.program.services.footage
    for row, channel in enumerate(three):
        shares = dialog.map._footage[channel.key].shares
        for day in month:
            if day >= today:
                break
            span = days.span_of(day, channel.zone)
            recorded = sum(service.ensure(channel, s, span).seconds >= 1 for s in channel.stores)
            assert (shares[day] > 0) is (recorded > 0)
        marked = [day for day in month if day < today and shares[day] > 0]
        assert marked, "no day with footage"
        place = month.index(marked[-1])
        assert "recorded" in dialog.map.text_of(row, place)
    rect = dialog.map.cell_rect(2, place)
    QTest.mouseClick(dialog.map.viewport(), Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    player = hand.engine.players[-1]
    stand.wait(lambda: bool(player.took("play")), 5, "not played")
    when = player.took("play")[-1][0]
    assert isinstance(when, datetime)
    assert days.day_of(when, three[2].zone) == marked[-1]
    dialog.close()
    hands.pause(0.05)
    assert stand.desk.overview.dialog is None
