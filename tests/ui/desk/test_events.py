"""Events at the desk: they come by themselves, are found unplugged, a click plays the moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole.demo import hands
from vsconsole.domain.errors import QuotaExceeded, RateLimited, StreamExpired
from vsconsole.domain.model import Ability, Account
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import event_turns
from vsconsole.ui.events.delegate import ROW
from vsconsole.ui.events.filters import Time, Where
from vsconsole.ui.events.panel import EventsPanel
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.wall.session import Mode

WAIT = 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vendors are asked one question after the other without much rest."""
    monkeypatch.setattr(event_turns, "SPACING", 0.05)
    monkeypatch.setattr(event_turns, "PAUSE", 0.1)


@pytest.fixture
def imou() -> Iterator[Sandbox]:
    with Sandbox(seed=1, vendors=["imou"]) as sandbox:
        yield sandbox


@pytest.fixture
def shop(qapp: object, tmp_path: Path, imou: Sandbox) -> Iterator[Stand]:
    """A desk over the cloud whose digests have summaries in Chinese, with the real player."""
    with Stand.open(tmp_path, imou) as stand:
        add(stand, "imou", "Shop")
        yield stand


def add(stand: Stand, vendor: str, name: str) -> Account:
    account = stand.program.services.accounts.add(vendor, name, stand.sandbox.fields(vendor))
    stand.desk.accounts.start()
    stand.wait(
        lambda: stand.desk.window.tree.model.channel_count > 0 and not stand.desk.accounts.busy
    )
    return account


def panel_of(stand: Stand) -> EventsPanel:
    return stand.desk.window.events


def asked_all(stand: Stand) -> None:
    """Waits until every camera was asked once."""

    def done() -> bool:
        standings = stand.program.services.polling.standings().values()
        return bool(standings) and not any(one.unasked for one in standings)

    stand.wait(done, WAIT, "not every camera was asked")
    settle(stand)


def settle(stand: Stand) -> None:
    """Waits until the panel shows as many as the index has."""
    panel, services = panel_of(stand), stand.program.services
    query = lambda: stand.desk.events._query  # noqa: E731
    stand.wait(
        lambda: query() is not None and panel._total == services.events().count(query()),
        WAIT,
        lambda: f"{panel._total} events shown",
    )


def find(stand: Stand, text: str) -> list[EventRow]:
    panel = panel_of(stand)
    # As an input method writes it.
    panel.search.setText(text)
    query = lambda: stand.desk.events._query  # noqa: E731
    stand.wait(lambda: query() is not None and query().text == text, WAIT)
    settle(stand)
    return list(panel.model.rows)


def click_row(panel: EventsPanel, place: int) -> None:
    y = place * ROW + 12 - panel.list.verticalScrollBar().value()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, y))


def playable(stand: Stand) -> int:
    """The place of an event whose moment was recorded in the middle of a longer range."""
    services = stand.program.services
    for place, row in enumerate(panel_of(stand).model.rows):
        begin = row.event.begin
        channel = services.inventory.channel(row.channel)
        around = Span(begin - timedelta(seconds=30), begin + timedelta(seconds=30))
        for store in channel.stores:
            load = services.footage.load(channel, store, around)
            stand.wait(lambda load=load: load.done, WAIT)
            if any(
                one.begin <= around.begin and around.end <= one.end
                for one in load.coverage().segments.joined().spans()
            ):
                return place
    raise AssertionError("no event was recorded")


def test_events_come_by_themselves_newest_first(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    panel = panel_of(stand)
    begins = [row.event.begin for row in panel.model.rows]
    assert len(begins) > 20
    assert begins == sorted(begins, reverse=True)
    assert {row.account for row in panel.model.rows} == {"Box"}
    assert panel.pages.currentWidget() is panel.list
    stand.desk.events.status.show()
    assert "up to date" in panel.status.text()


def test_a_summary_in_chinese_is_found_and_its_moment_plays(shop: Stand) -> None:
    asked_all(shop)
    found = find(shop, "白短袖")
    assert found
    assert all("白短袖" in row.event.text for row in found)
    panel = panel_of(shop)
    place = playable(shop)
    row = panel.model.rows[place]
    panel.list.verticalScrollBar().setValue(max(0, (place - 1) * ROW))
    click_row(panel, place)
    shop.wait(lambda: shop.tile.session is not None, WAIT, "nothing was opened")

    def off() -> float:
        code = hands.burnt_in(shop.tile)
        return abs((code - row.event.begin).total_seconds()) if code else 99.0

    shop.wait(lambda: off() < 1, WAIT, lambda: f"{off()} s off")
    assert shop.session.channel is not None
    assert shop.session.channel.key == row.channel
    assert shop.session.mode is Mode.PLAYBACK
    assert row.event.begin in shop.desk.window.timeline_model.span


def test_what_was_seen_is_found_unplugged_with_its_age(
    tmp_path: Path, qapp: object, imou: Sandbox
) -> None:
    with Stand.open(tmp_path, imou, engine=HandEngine()) as stand:
        add(stand, "imou", "Shop")
        asked_all(stand)
        before = len(find(stand, "白短袖"))
    imou.stop()
    with Stand.open(tmp_path, imou, engine=HandEngine()) as stand:
        settle(stand)
        assert len(find(stand, "白短袖")) == before > 0
        panel = panel_of(stand)
        stand.wait(lambda: "cannot be reached" in panel.status.text(), WAIT)
        assert "Shop" in panel.status.text()
        assert "Asked again in" in panel.status.text()
        assert panel.status.property("role") == "warn"
        assert panel.pages.currentWidget() is panel.list


@pytest.mark.parametrize("error", [RateLimited("Asked too often."), QuotaExceeded("Used up.")])
def test_a_vendor_that_has_had_enough_is_left_alone_and_that_is_said(
    hand: Hands, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, services = hand.stand, hand.stand.program.services
    asked_all(stand)
    account = services.accounts.all()[0]
    adapter = services.accounts.adapter(account.id)
    asked: list[object] = []

    def refuse(*args: object) -> None:
        asked.append(args)
        raise error

    monkeypatch.setattr(adapter, "events", refuse)
    services.polling.again()
    panel = panel_of(stand)
    stand.wait(lambda: str(error) in panel.status.text(), WAIT)
    hands.pause(0.5)
    assert len(asked) == 1
    monkeypatch.undo()
    panel.again.click()
    stand.wait(lambda: "up to date" in panel.status.text(), WAIT)


def test_filters_of_place_and_time(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    panel = panel_of(stand)
    whole = list(panel.model.rows)
    panel.filter_button.click()
    stand.wait(lambda: panel.filters.place.count() > 4, WAIT)
    # A group: the cameras below it, at any depth.
    services, account = stand.program.services, stand.program.services.accounts.all()[0]
    groups = services.places.groups(account.id)
    channels = {group.key: services.places.channels(group.key) for group in groups}
    wanted = next(key for key, keys in channels.items() if {row.channel for row in whole} & keys)
    panel.filters.place.setCurrentIndex(panel.filters._places.index(wanted))
    settle(stand)
    stand.wait(
        lambda: (
            {row.channel for row in panel.model.rows} <= channels[wanted] and bool(panel.model.rows)
        ),
        WAIT,
    )
    # The selected camera, which follows the selection.
    panel.filters.choose(place=Where.SELECTED)
    stand.wait(lambda: not panel.model.rows, WAIT)
    assert panel.message.text() == "No event fits."
    camera = next(
        channel for channel in stand.channels(Ability.EVENTS) if channel.key == whole[0].channel
    )
    hand.open(camera)
    stand.wait(lambda: {row.channel for row in panel.model.rows} == {camera.key}, WAIT)
    panel.filters.choose(place=Where.EVERYWHERE)
    # What is in sight on the timeline, which follows it.
    panel.filters.time.setCurrentIndex(list(Time).index(Time.TIMELINE))
    middle = whole[len(whole) // 2].event.begin
    span = Span(middle - timedelta(minutes=5), middle + timedelta(minutes=5))
    stand.desk.window.timeline.zoom_to(span)
    stand.wait(
        lambda: bool(panel.model.rows) and all(row.event.begin in span for row in panel.model.rows),
        WAIT,
    )


def test_an_event_opens_in_the_tile_that_has_its_camera(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    panel, wall = panel_of(stand), stand.desk.window.wall
    place = playable(stand)
    row = panel.model.rows[place]
    camera = stand.program.services.inventory.channel(row.channel)
    other = next(c for c in stand.channels(Ability.LIVE) if c.key != camera.key)
    stand.press("layout-4")
    hand.open(camera)
    hand.open(other)
    player = hand.engine.players[-2]
    wall.select(1)
    panel.list.select(row)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    stand.wait(lambda: bool(player.took("play")), WAIT)
    assert player.took("play")[-1] == (row.event.begin, False)
    assert wall.current is wall.tiles[0]
    # With its camera nowhere, it takes the selected tile.
    stand.desk.pictures.clear(wall.tiles[0])
    wall.select(1)
    panel.chosen.emit(row)
    stand.wait(lambda: hand.engine.last.took("play") == [(row.event.begin, False)], WAIT)
    assert wall.tile_of(camera.key) is wall.tiles[1]


def test_a_moment_nobody_recorded_is_said(hand: Hands) -> None:
    from dataclasses import replace

    stand = hand.stand
    asked_all(stand)
    row = panel_of(stand).model.rows[0]
    long_ago = row.event.begin - timedelta(days=900)
    panel_of(stand).chosen.emit(replace(row, event=replace(row.event, begin=long_ago)))
    stand.wait(lambda: any("recorded nothing" in text for text in stand.said()), WAIT)
    assert stand.tile.session is None


def test_pictures_come_for_what_is_in_sight_and_the_chosen_one_large(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    panel = panel_of(stand)
    panel.list.scrollToTop()
    top = panel.list.rows_in_sight()[:2]
    assert all(row.event.picture for row in top)
    stand.wait(lambda: all(panel.thumbs.of(row.name) for row in top), WAIT)
    unseen = panel.model.rows[-1]
    assert panel.thumbs.of(unseen.name) is None
    panel.picture_button.setChecked(False)
    panel.picture_button.click()
    panel.list.select(top[1])
    stand.wait(lambda: panel.view.picture.image is not None, WAIT)
    image = panel.view.picture.image
    assert image is not None
    assert image.width() > 300


def test_a_picture_whose_address_has_ended_is_asked_for_again(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = hand.stand
    asked_all(stand)
    panel, services = panel_of(stand), stand.program.services
    row = panel.model.rows[-1]
    fetch = services.event_pictures.fetch
    old = row.event.picture + "&stale=1" if "?" in row.event.picture else row.event.picture + "?s"

    def strict(event: object) -> bytes:
        if getattr(event, "picture", "") == old:
            raise StreamExpired("It has ended.")
        return fetch(event)  # type: ignore[arg-type]

    from dataclasses import replace

    monkeypatch.setattr(services.event_pictures, "fetch", strict)
    panel.picture_button.setChecked(False)
    panel.picture_button.click()
    stale = replace(row, event=replace(row.event, picture=old))
    panel.model.renew(stale)
    panel.list.select(stale)
    stand.wait(lambda: panel.view.picture.image is not None, WAIT)
    place = panel.model.place_of(row.name)
    assert place is not None
    assert panel.model.rows[place].event.picture != old


def test_signs_on_the_timeline_are_the_selected_camera_s(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    model = stand.desk.window.timeline_model
    row = panel_of(stand).model.rows[0]
    camera = stand.program.services.inventory.channel(row.channel)
    hand.open(camera)
    mine = {one.event.begin for one in panel_of(stand).model.rows if one.channel == camera.key}
    stand.wait(
        lambda: {mark.when for mark in model.events} >= {w for w in mine if w in model.span}, WAIT
    )
    assert all(mark.title for mark in model.events)
    # Days back, which nobody has asked for yet.
    end: datetime = model.span.end - timedelta(days=4)
    before = Span(end - timedelta(days=2), end)
    stand.desk.window.timeline.zoom_to(before)
    stand.wait(lambda: bool(model.events) and all(m.when in before for m in model.events), WAIT)
    # A click on a sign goes to that moment exactly.
    timeline = stand.desk.window.timeline
    session, player = stand.session, hand.engine.last
    canvas, mark = timeline._canvas, min(model.events, key=lambda one: one.when)
    tall = next(row for row in canvas.rows.rows if row.tall)
    x, y = timeline.scale.x_of(mark.when), canvas.top + tall.top + tall.head / 2
    assert canvas.sign_at(QPointF(x, y)) == mark.when
    assert session.channel == camera
    assert player is not None


def test_nobody_is_asked_while_the_window_is_hidden(hand: Hands) -> None:
    stand, polling = hand.stand, hand.stand.program.services.polling
    stand.wait(lambda: polling._running, 3)
    stand.desk.window.hide()
    assert not polling._running
    stand.desk.window.show()
    assert polling._running


def test_another_language_keeps_the_events(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    count = panel_of(stand)._total
    stand.speak("zh_CN")
    settle(stand)
    assert panel_of(stand)._total >= count
    assert stand.program.services.polling._running


def test_the_events_of_a_removed_account_go(hand: Hands) -> None:
    stand = hand.stand
    asked_all(stand)
    stand.desk.accounts.remove(stand.program.services.accounts.all()[0])
    panel = panel_of(stand)
    stand.wait(lambda: not panel.model.rows, WAIT, "they are still listed")
    assert "Add an account" in panel.message.text()


def test_the_keys_reach_the_search_from_anywhere(hand: Hands) -> None:
    stand = hand.stand
    stand.desk.window.tabs.setCurrentWidget(stand.desk.window.jobs)
    stand.desk.window.actions_["right-panel"].setChecked(False)
    stand.press("events")
    panel = panel_of(stand)
    assert panel.isVisible()
    assert stand.desk.window.focusWidget() is panel.search


def test_pictures_of_an_earlier_run_come_as_vendors_tell_of_them_again(
    tmp_path: Path, qapp: object, imou: Sandbox
) -> None:
    with Stand.open(tmp_path, imou, engine=HandEngine()) as stand:
        add(stand, "imou", "Shop")
        asked_all(stand)
    with Stand.open(tmp_path, imou, engine=HandEngine()) as stand:
        panel = panel_of(stand)
        stand.wait(lambda: len(panel.model.rows) > 20, WAIT)
        top = panel.model.rows[0]
        assert top.has_picture
        stand.wait(lambda: panel.thumbs.of(top.name) is not None, WAIT, "no picture came")
        # One that nobody tells of by himself is asked for when somebody looks at it.
        oldest = panel.model.rows[-1]
        panel.picture_button.setChecked(False)
        panel.picture_button.click()
        panel.list.select(oldest)
        stand.wait(lambda: panel.view.picture.image is not None, WAIT)
