"""The lanes of the timeline and the calendar: what is on the wall, loaded, failed, asked again."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain import days
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.ui.timeline.model import StoreFootage
from vsconsole.ui.timeline.month import MonthFootage, MonthState

QUERY = "/ivc/record/filelist/query"
DEVICE_QUERY = "/ivc/cms/control/timeline"


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)


def footage(stand: Stand, store: Store = Store.CLOUD) -> StoreFootage:
    """What the selected lane shows of a store."""
    lane = stand.desk.window.timeline_model.selected
    assert lane is not None
    return lane.footage[store]


def show(stand: Stand, span: Span, *stores: Store) -> None:
    """Shows a range on the timeline and waits until what is loaded, or failed, is seen."""
    timeline, desk = stand.desk.window.timeline, stand.desk.footage
    timeline.zoom_to(span)

    def done() -> bool:
        return {
            store
            for (_key, store), load in desk._loads.items()
            if load.span == stand.desk.window.timeline_model.span and load.done
        } >= set(stores or (Store.CLOUD,)) and not (desk._counting or desk._news)

    stand.wait(done, 20, "not loaded")


def past_week() -> Span:
    today = days.span_of(days.day_of(now(), "Asia/Shanghai"), "Asia/Shanghai")
    return Span(today.begin - timedelta(days=7), today.begin)


def month_shown(stand: Stand) -> MonthFootage:
    calendar = stand.desk.window.calendar
    return calendar._months.get(calendar.month, MonthFootage())


def test_lanes_are_those_of_the_wall(hand: Hands) -> None:
    stand, model = hand.stand, hand.stand.desk.window.timeline_model
    stand.press("layout-4")
    three = cameras(hand)[:3]
    for channel in three:
        hand.open(channel)
    stand.wait(lambda: len(model.lanes) == 3, 3)
    assert [lane.title for lane in model.lanes] == [channel.name for channel in three]
    assert all(lane.stores == (Store.CLOUD, Store.DEVICE) for lane in model.lanes)
    assert model.selected is not None
    assert model.selected.key == three[2].key
    wall = stand.desk.window.wall
    wall.select(0)
    stand.wait(lambda: model.selected is not None and model.selected.key == three[0].key, 3)
    stand.desk.pictures.clear(wall.tiles[1])
    stand.wait(lambda: len(model.lanes) == 2, 3)
    assert [lane.key for lane in model.lanes] == [three[0].key, three[2].key]
    # The same camera twice has one lane.
    stand.desk.pictures.open_channel(three[0], wall.tiles[3])
    hands.pause(0.1)
    assert len(model.lanes) == 2


def test_what_the_lane_shows_is_what_was_recorded(hand: Hands) -> None:
    stand = hand.stand
    channel = cameras(hand)[0]
    hand.open(channel)
    week = past_week()
    show(stand, week, Store.CLOUD, Store.DEVICE)
    for store in (Store.CLOUD, Store.DEVICE):
        kept = stand.program.services.footage.ensure(channel, store, week)
        assert footage(stand, store).segments.clip(week) == kept.clip(week)
        assert len(kept) > 3


def test_panning_back_asks_for_nothing_again(hand: Hands) -> None:
    stand, timeline = hand.stand, hand.stand.desk.window.timeline
    hand.open(cameras(hand)[0])
    week = past_week()
    show(stand, week)
    shown = footage(stand).segments
    assert len(shown.clip(week)) > 3
    # The month in the calendar is loaded too.
    stand.wait(lambda: month_shown(stand).state is MonthState.READY, 20)
    show(stand, Span(week.begin - timedelta(days=7), week.begin))
    asked = len(stand.asked(QUERY))
    timeline.zoom_to(week)
    hands.pause(0.05)
    assert footage(stand).segments.clip(week) == shown.clip(week)
    show(stand, week)
    assert len(stand.asked(QUERY)) == asked


def test_a_day_that_failed_is_shown_and_asked_again_by_its_retry(hand: Hands) -> None:
    stand, timeline = hand.stand, hand.stand.desk.window.timeline
    stand.sandbox.faults.set("tencent", "secret", 1.0, path=QUERY)
    channel = cameras(hand)[0]
    hand.open(channel)
    week = past_week()
    show(stand, week, Store.CLOUD, Store.DEVICE)
    failed = footage(stand).failed
    assert len([span for span in failed if span.overlaps(week)]) == 7
    assert all(text for text in failed.values())
    # The device's recordings are known all the same.
    assert not footage(stand, Store.DEVICE).failed
    assert len(footage(stand, Store.DEVICE).segments) > 3
    stand.sandbox.faults.clear()
    hands.pause(0.1)
    timeline.grab()
    places = timeline._canvas.retries
    assert places, "no Retry on the timeline"
    rect = places[0].rect
    hands.click(timeline, QPoint(round(rect.center().x()), round(rect.center().y())))
    stand.wait(lambda: not (footage(stand).failed or footage(stand).loading), 20)
    assert len(footage(stand).segments.clip(week)) > 3


def test_the_calendar_marks_the_days_with_footage(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    channel = cameras(hand)[0]
    window.calendar.grid.turn(-1)
    hand.open(channel)
    stand.wait(lambda: bool(month_shown(stand).shares), 20, "no month")
    stand.wait(lambda: month_shown(stand).state is MonthState.READY, 20, "no month")
    year, month = window.calendar.month
    whole = days.month_days(year, month)
    union = SegmentSet()
    for store in channel.stores:
        span = Span(
            days.span_of(whole[0], channel.zone).begin, days.span_of(whole[-1], channel.zone).end
        )
        union = union.union(stand.program.services.footage.ensure(channel, store, span))
    marked = {day for day, share in month_shown(stand).shares.items() if share > 0}
    assert marked == days.days_with_footage(union, whole, channel.zone)
    assert marked


def test_a_month_that_failed_is_asked_again(hand: Hands) -> None:
    stand, calendar = hand.stand, hand.stand.desk.window.calendar
    for path in (QUERY, DEVICE_QUERY):
        stand.sandbox.faults.set("tencent", "secret", 1.0, path=path)
    hand.open(cameras(hand)[0])
    stand.wait(lambda: month_shown(stand).state is MonthState.FAILED, 30, "no failure shown")
    assert month_shown(stand).message
    stand.sandbox.faults.clear()
    hands.click(calendar.findChild(QPushButton))  # type: ignore[arg-type]
    stand.wait(lambda: month_shown(stand).state is MonthState.READY, 20, "still failed")
    marked = lambda: any(share > 0 for share in month_shown(stand).shares.values())  # noqa: E731
    stand.wait(marked, 10, "no day is marked")
    # Another camera's days do not stay under an empty tile.
    stand.press("clear-tile")
    stand.wait(lambda: not month_shown(stand).shares, 3)


def test_a_day_in_the_calendar_plays_from_its_first_footage(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    channel = cameras(hand)[0]
    session, player = hand.open(channel)
    day = days.day_of(now() - timedelta(days=3), channel.zone)
    window.calendar.day_chosen.emit(day)
    stand.wait(lambda: bool(player.took("play")), 10)
    span = days.span_of(day, channel.zone)
    known = stand.program.services.footage.ensure(channel, session.store, span)
    assert player.took("play")[-1][0] == known.snap(span.begin)
    assert window.timeline_model.playhead in window.timeline_model.span  # type: ignore[operator]


def test_a_day_without_footage_is_gone_to_all_the_same(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    _session, player = hand.open(cameras(hand)[0])
    window.calendar.day_chosen.emit(date(2001, 5, 4))
    stand.wait(lambda: bool(player.took("play")), 10)


def test_looking_elsewhere_calls_off_what_nobody_waits_for(hand: Hands) -> None:
    stand, window = hand.stand, hand.stand.desk.window
    stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=0.2, path="/control/timeline")
    stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=0.2, path="/filelist/")
    hand.open(cameras(hand)[0])
    for weeks in range(6):
        begin = past_week().begin - timedelta(days=7 * weeks)
        window.timeline.zoom_to(Span(begin, begin + timedelta(days=7)))
        hands.pause(0.02)
    stand.desk.pictures.clear(stand.tile)
    hands.pause(0.6)
    asked = len(stand.asked(QUERY)) + len(stand.asked(DEVICE_QUERY))
    hands.pause(0.5)
    assert len(stand.asked(QUERY)) + len(stand.asked(DEVICE_QUERY)) == asked
