"""Zoom, numbers, snapshots, the last 30 s by key; what is seen of a camera counts for the tree."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandPlayer
from vsconsole.demo import hands
from vsconsole.domain import errors
from vsconsole.domain.model import Ability, Channel, Device, DeviceKind, Status, Store, now
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.player.backend import PlayerState
from vsconsole.ui.desk.snapshot import snapshot_of, write
from vsconsole.ui.wall import zoom
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction

CAMERA = (Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)
AT = datetime(2026, 11, 20, 8, 42, 49, 250_000, ZoneInfo("UTC"))
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def live(hand: Hands, number: int = 0) -> tuple[Channel, TileSession, HandPlayer]:
    """A camera whose live picture is on screen."""
    channel = hand.stand.channels(*CAMERA)[number]
    session, player = hand.open(channel)
    player.say(PlayerState.PLAYING)
    player.show(QColor("navy"), now())
    hand.stand.wait(hand.stand.tile.has_picture, 3)
    return channel, session, player


def press(
    hand: Hands, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    hand.stand.tile.setFocus()
    hands.key(hand.stand.tile, key, keys)
    hands.pause(0.02)


# Back 30 s


def test_back_30_s_plays_what_was_just_seen(hand: Hands) -> None:
    channel, session, player = live(hand)
    begun = now()
    press(hand, Qt.Key.Key_R)
    hand.stand.wait(lambda: bool(player.took("play")), 10)
    at, paused = player.took("play")[0]
    assert isinstance(at, datetime)
    assert not paused
    assert timedelta(seconds=29) < begun - at < timedelta(seconds=31)
    assert session.mode is Mode.PLAYBACK
    assert session.channel == channel
    assert hand.stand.desk.window.actions_["playback"].isChecked()
    # In playback it is 30 s back from the picture.
    player.say(PlayerState.PLAYING)
    player.show(QColor("navy"), at)
    hands.pause(0.1)
    press(hand, Qt.Key.Key_R)
    assert player.took("seek")[-1][0] == at - timedelta(seconds=30)


def test_back_30_s_says_when_the_recording_is_not_there_yet(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    _channel, session, player = live(hand)
    late = now() - timedelta(minutes=2)
    footage, asked = hand.stand.program.services.footage, []

    def ensure(_channel: Channel, store: Store, span: Span) -> SegmentSet:
        asked.append(store)
        return SegmentSet.of_spans([Span(span.begin, late)])

    monkeypatch.setattr(footage, "ensure", ensure)
    press(hand, Qt.Key.Key_R)
    hand.stand.wait(lambda: bool(hand.stand.said()), 5)
    said = hand.stand.said()[-1]
    assert "is not there yet" in said
    assert f"{late.astimezone(ZoneInfo(session.zone)):%H:%M:%S}" in said
    # Every store was looked into, and the live picture stays.
    assert asked == [Store.CLOUD, Store.DEVICE]
    assert session.mode is Mode.LIVE
    assert not player.took("play")
    assert not player.took("stop")


def test_back_30_s_takes_the_device_where_the_cloud_is_late(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    _channel, session, player = live(hand)

    def ensure(_channel: Channel, store: Store, span: Span) -> SegmentSet:
        return SegmentSet.of_spans([span] if store is Store.DEVICE else [])

    monkeypatch.setattr(hand.stand.program.services.footage, "ensure", ensure)
    press(hand, Qt.Key.Key_R)
    hand.stand.wait(lambda: bool(player.took("play")), 5)
    assert session.store is Store.DEVICE


def test_back_30_s_shows_the_very_pictures(stand: Stand) -> None:
    """With real pictures: the time burnt in is the one of half a minute ago."""
    stand.desk.pictures.open_channel(stand.channel(*CAMERA))
    stand.wait(lambda: hands.burnt_in(stand.tile) is not None)
    begun = now()
    stand.press("back-30")
    session = stand.session
    stand.wait(lambda: session.mode is Mode.PLAYBACK and session.state is PlayerState.PLAYING)

    def back() -> float:
        shown = hands.burnt_in(stand.tile)
        return (begun - shown).total_seconds() if shown else 0.0

    stand.wait(lambda: 20 < back() < 33)


# Zoom, numbers


def test_zoom_pan_and_numbers_by_keys_and_menu(hand: Hands) -> None:
    _channel, session, _player = live(hand)
    tile = hand.stand.tile
    press(hand, Qt.Key.Key_Equal, CTRL)
    press(hand, Qt.Key.Key_Equal, CTRL)
    size = tile.zoom.width()
    assert size == pytest.approx(1 / zoom.STEP**2)
    left = tile.zoom.x()
    press(hand, Qt.Key.Key_Right, ALT)
    assert tile.zoom.x() > left
    press(hand, Qt.Key.Key_Minus, CTRL)
    assert tile.zoom.width() > size
    press(hand, Qt.Key.Key_0, CTRL)
    assert not zoom.zoomed(tile)
    press(hand, Qt.Key.Key_Z, SHIFT)
    begin, end = tile.rect().center(), tile.rect().center() + tile.rect().center() / 3
    hands.drag(tile, begin, end)
    assert zoom.zoomed(tile)
    assert not tile.info
    press(hand, Qt.Key.Key_I, ALT)
    assert tile.info
    press(hand, Qt.Key.Key_I, ALT)
    assert not tile.info
    hand.stand.press("layout-4")
    press(hand, Qt.Key.Key_I, ALT | SHIFT)
    assert all(one.info for one in hand.stand.desk.window.wall.tiles)
    # The menu has what the keys have.
    menu = hand.stand.desk.window.wall.tiles[0].menu()
    words = [action.text() for action in menu.actions()]
    for wanted in ("Back 30 s", "Copy the picture", "Numbers on the tile", "Zoom to a box…"):
        assert wanted in words
    menu.deleteLater()
    # What the next start puts back.
    hand.stand.desk.window.wall.tiles[0].zoom = QRectF(0.2, 0.3, 0.4, 0.4)
    entry = hand.stand.desk.state()["pictures"]["walls"][0]["tiles"][0]
    assert entry["zoom"] == pytest.approx([0.2, 0.3, 0.4, 0.4])
    assert entry["stream"] is None
    session.pin(session.profile)
    assert (
        hand.stand.desk.state()["pictures"]["walls"][0]["tiles"][0]["stream"]
        == session.profile.value
    )


# Snapshots


def test_lesson_25_a_snapshot_carries_camera_and_exact_time_with_offset(
    hand: Hands, tmp_path: Path
) -> None:
    channel = hand.stand.channels(*CAMERA)[0]
    _session, player = hand.play(channel, AT)
    tile = hand.stand.tile
    hand.stand.wait(lambda: tile.frame is not None and tile.frame.when == AT, 3)
    # What is on screen counts, not what the player has by now.
    player.where = AT + timedelta(seconds=5)
    press(hand, Qt.Key.Key_S)
    dialog = hand.stand.desk.window.findChild(QFileDialog)
    assert dialog is not None
    name = Path(dialog.selectedFiles()[0]).name
    assert name.endswith("_2026-11-20_16-42-49.250+0800.png")
    target = tmp_path / name
    hands.choose_file(dialog, target)
    hand.stand.wait(target.exists, 5)
    hand.stand.wait(lambda: "Snapshot saved." in hand.stand.said()[-1], 5)
    image = QImage(str(target))
    assert image.text("Title") == channel.name
    assert image.text("Creation Time") == "2026-11-20T16:42:49.250+08:00"
    assert image.text("Time From") == "stream"
    assert image.text("Channel") == str(channel.key)
    assert image.text("Source") == "Box"
    assert (image.width(), image.height()) == (32, 18)
    assert image.text("Part") == ""


def test_a_zoomed_snapshot_is_the_part_and_says_which(hand: Hands, tmp_path: Path) -> None:
    live(hand)
    tile = hand.stand.tile
    tile.zoom = QRectF(0.25, 0.5, 0.5, 0.5)
    part, whole = snapshot_of(tile, zoomed=True), snapshot_of(tile, zoomed=False)
    assert part is not None
    assert whole is not None
    assert (part.image.width(), part.image.height()) == (16, 9)
    assert part.image.text("Part") == "0.2500 0.5000 0.5000 0.5000"
    assert (whole.image.width(), whole.image.height()) == (32, 18)
    assert "Save the whole picture…" in [action.text() for action in tile.menu().actions()]
    # JPEG carries the same as its comment.
    written = Path(write(part.image, str(tmp_path / "part.jpg")))
    assert written.read_bytes().startswith(b"\xff\xd8")
    for text in ("Title", part.image.text("Title"), part.image.text("Creation Time")):
        assert text.encode() in written.read_bytes()
    with pytest.raises(errors.NotWritable):
        write(part.image, str(tmp_path / "no" / "such" / "x.png"))


def test_a_picture_is_copied_with_its_metadata(hand: Hands) -> None:
    press(hand, Qt.Key.Key_S)
    press(hand, Qt.Key.Key_S, SHIFT)
    assert ["no picture" in said for said in hand.stand.said()] == [True, True]
    press(hand, Qt.Key.Key_R)
    press(hand, Qt.Key.Key_Z, SHIFT)
    channel = hand.stand.channels(*CAMERA)[0]
    hand.play(channel, AT)
    hand.stand.wait(hand.stand.tile.has_picture, 3)
    QApplication.clipboard().setText("before")
    press(hand, Qt.Key.Key_S, SHIFT)
    hand.stand.wait(lambda: QApplication.clipboard().mimeData().hasImage(), 5)
    data = bytes(QApplication.clipboard().mimeData().data("image/png").data())
    assert io.BytesIO(data).read(8) == b"\x89PNG\r\n\x1a\n"
    copied = QImage.fromData(data)
    assert copied.text("Title") == channel.name
    assert copied.text("Creation Time").endswith("+08:00")


# What is seen counts


def test_lesson_43_a_failed_play_overrides_what_the_list_said_before(hand: Hands) -> None:
    channel, _session, player = live(hand)
    model = hand.stand.desk.window.tree.model

    def node() -> Channel:
        found = model.node(channel.key)
        assert isinstance(found, Channel)
        return found

    assert node().status is Status.ONLINE
    before = now()
    player.say(PlayerState.FAILED, errors.DeviceOffline("x", why="It does not answer."))
    hand.stand.wait(lambda: node().status is Status.OFFLINE, 5)
    seen = node().seen
    assert seen is not None
    assert seen >= before
    # Trouble on the way to the vendor says nothing about the camera.
    player.say(PlayerState.PLAYING)
    hand.stand.wait(lambda: node().status is Status.ONLINE, 5)
    player.say(PlayerState.FAILED, errors.Unreachable("x"))
    hands.pause(0.05)
    assert node().status is Status.ONLINE


def test_a_camera_behind_a_recorder_that_is_online_is_offline_itself(hand: Hands) -> None:
    model = hand.stand.desk.window.tree.model

    def parent(channel: Channel) -> Device | None:
        node = model.node(channel.parent) if channel.parent else None
        return node if isinstance(node, Device) and node.status is Status.ONLINE else None

    hand.stand.press("layout-4")
    words = {}
    for kind in (DeviceKind.NVR, DeviceKind.CAMERA):
        channel = next(
            c
            for c in hand.stand.channels(Ability.LIVE)
            if (device := parent(c)) is not None and device.kind is kind
        )
        session, player = hand.open(channel)
        player.say(PlayerState.FAILED, errors.DeviceOffline("x"))
        hands.pause(0.05)
        state = session.tile_state()
        assert state is not None
        words[kind] = state.word
    assert words == {DeviceKind.NVR: "Channel offline", DeviceKind.CAMERA: "Device offline"}


def test_lesson_04_the_device_is_taken_over_from_another_tile(hand: Hands) -> None:
    channel, at = hand.stand.channels(*CAMERA)[0], now() - timedelta(hours=3)
    hand.stand.press("layout-4")
    wall = hand.stand.desk.window.wall
    first, held = hand.play(channel, at, Store.DEVICE)
    second_tile = wall.tiles[1]
    session = hand.stand.desk.pictures.open_channel(channel, second_tile)
    player = hand.engine.last
    session.play_at(at, Store.DEVICE)
    player.say(PlayerState.FAILED, errors.TimedOut("No answer."))
    hands.pause(0.02)
    state = second_tile.state()
    assert state is not None
    assert (state.word, state.action) == ("Device busy", TileAction.TAKE_OVER)
    played = len(player.took("play"))
    second_tile.acted.emit(TileAction.TAKE_OVER)
    # The other tile gives its session up before this one asks, and says to whom.
    assert held.took("stop")
    assert len(player.took("play")) == played + 1
    given = wall.tiles[0].state()
    assert given is not None
    assert f"Tile {second_tile.number} took" in given.detail
    assert first.error is not None
    # It can be taken back.
    assert given.action is TileAction.TAKE_OVER
