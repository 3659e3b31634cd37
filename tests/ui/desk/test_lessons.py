"""Lessons about the whole desk that belong to no widget of their own."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from tests.ui.desk.support import Hands
from tests.ui.desk.test_footage import QUERY
from vsconsole.domain.model import Ability, Store, now


def test_lesson_13_the_timeline_is_painted_before_any_answer(hand: Hands) -> None:
    """The lane, its ruler and that it is being asked for are there while nothing was answered."""
    stand = hand.stand
    channel = stand.channel(Ability.LIVE, Ability.CLOUD_RECORDS)
    empty = _colours(hand)
    stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=10)
    session, player = hand.open(channel)
    session.play_at(now() - timedelta(hours=2), Store.CLOUD)
    model = stand.desk.window.timeline_model
    stand.wait(lambda: bool(model.selected and model.selected.footage[Store.CLOUD].loading), 2)
    QApplication.processEvents()
    lane = model.selected
    assert lane is not None
    assert lane.key == channel.key
    assert len(lane.footage[Store.CLOUD].segments) == 0
    painted = _colours(hand)
    assert painted != empty
    # No answer came meanwhile, and the player was asked for the moment already.
    assert not stand.asked(QUERY)
    assert player.took("play")
    stand.sandbox.faults.clear()


def _colours(hand: Hands) -> set[str]:
    """What colours the timeline is painted in."""
    timeline = hand.stand.desk.window.timeline
    image = timeline.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 7)
        for y in range(0, image.height(), 3)
    }
