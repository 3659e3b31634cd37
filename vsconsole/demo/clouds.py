"""Steps of the tour at the other clouds: their logins, and a picture from each of their stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from vsconsole.demo import hands
from vsconsole.demo.hands import NotSeen, wait_for
from vsconsole.demo.stage import SLOW, Stage
from vsconsole.demo.world import add_accounts
from vsconsole.domain import days
from vsconsole.domain.model import Channel, Status, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlayerState
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.wall.session import Mode

_SAID = "白短袖"
_LONG = 1200.0
"""Seconds of a recording that is worth seeking in."""


def more_clouds(stage: Stage) -> str:
    """Adds the sandbox's other logins, and waits for their lists."""
    program = stage.program
    before = stage.window.tree.model.account_count
    wanted = len(stage.sandbox.info["accounts"])
    program.dispatcher.start(
        stage.desk,
        lambda: add_accounts(program.services.accounts, stage.sandbox.info),
        lambda _nothing: stage.desk.accounts.start(),
    )
    model = stage.window.tree.model
    wait_for(lambda: model.account_count >= wanted, SLOW, "an account is missing")
    wait_for(
        lambda: not stage.desk.accounts.busy and all(_channels(stage, v) for v in _vendors(stage)),
        SLOW,
        lambda: ", ".join(f"{v}: {len(_channels(stage, v))}" for v in _vendors(stage)),
    )
    count = model.account_count - before
    return f"{count} more clouds, {model.channel_count} cameras in one tree"


def visit(vendor: str) -> Callable[[Stage], str]:
    """A step that plays what a vendor's cloud and one of its devices recorded yesterday."""

    def step(stage: Stage) -> str:
        channel = next(
            (c for c in _channels(stage, vendor) if c.status is Status.ONLINE and c.stores), None
        )
        if channel is None:
            raise NotSeen("no camera with recordings")
        hands.click(stage.window.wall.tiles[0])
        stage.show(channel)
        wait_for(lambda: stage.session.channel == channel, 3, "the camera was not opened")
        if stage.session.mode is not Mode.PLAYBACK:
            stage.press("playback")
            wait_for(lambda: stage.session.mode is Mode.PLAYBACK, 3, "still live")
        day = days.day_of(now(), channel.zone) - timedelta(days=1)
        calendar = stage.window.calendar
        calendar.show_month(day.year, day.month)
        hands.click(calendar.grid, calendar.grid.rect_of(day).center().toPoint())
        said = [
            f"{store} {_play(stage, store, days.span_of(day, channel.zone)):+.2f} s"
            for store in channel.stores
        ]
        return f"{channel.name}: {', '.join(said)}"

    return step


def said_by_ai(stage: Stage) -> str:
    """Finds what an AI said in Chinese among the events of all clouds, and plays that moment."""
    panel = stage.window.events
    tabs = stage.window.tabs
    bar = tabs.tabBar()
    hands.click(bar, bar.tabRect(tabs.indexOf(panel)).center())
    hands.write(panel.search, _SAID)
    old = now() - timedelta(minutes=30)

    def found() -> list[EventRow]:
        rows = panel.model.rows
        if not rows or not all(_SAID in row.event.text for row in rows):
            return []
        return [row for row in rows if row.event.begin < old]

    wait_for(lambda: bool(found()), 90, f"nobody spoke of {_SAID}")
    row = found()[0]
    panel.list.select(row)
    hands.enter(panel.list)
    wait_for(
        lambda: stage.session.channel is not None and stage.session.channel.key == row.channel,
        5,
        "the event's camera was not opened",
    )
    off = stage.wait_burnt(row.event.begin, right=3.0)
    return f"{_SAID} in {len(panel.model.rows)} events; the moment plays, {off:+.2f} s off"


def _play(stage: Stage, store: Store, day: Span) -> float:
    """Goes to a moment of the day's longest recording in a store; how far off the picture is."""
    lane = stage.window.timeline_model.selected
    assert lane is not None
    hands.choose(stage.window.transport.stores.menu(), lane.stores.index(store))
    wait_for(lambda: stage.session.store is store, 3, "the store was not taken")
    wait_for(lambda: bool(_long(stage, store, day)), SLOW, f"no long recording in the {store}")
    asked = _moment(_long(stage, store, day))
    stage.go_to(asked)
    stage.wait_state(PlayerState.PLAYING)
    return stage.wait_burnt(asked, right=3.0)


def _long(stage: Stage, store: Store, day: Span) -> list[Span]:
    try:
        known = stage.segments(store).joined(timedelta(seconds=2))
    except NotSeen:
        return []
    return [span for span in known.clip(day).spans() if span.seconds > _LONG]


def _moment(spans: list[Span]) -> datetime:
    longest = max(spans, key=lambda span: span.seconds)
    return (longest.begin + (longest.end - longest.begin) / 3).replace(microsecond=0)


def _vendors(stage: Stage) -> list[str]:
    return [str(entry["vendor"]) for entry in stage.sandbox.info["accounts"]]


def _channels(stage: Stage, vendor: str) -> list[Channel]:
    accounts = {a.id for a in stage.program.services.accounts.all() if a.vendor == vendor}
    return stage.channels(lambda channel: channel.key.account in accounts)
