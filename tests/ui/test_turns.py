"""Work in turns: the window is served between two steps."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from time import sleep

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from vsconsole.ui.main_window import MainWindow
from vsconsole.ui.turns import in_turns


def test_timers_are_served_between_two_steps(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[object] = []
    beat = QTimer(owner, interval=2)
    beat.timeout.connect(lambda: seen.append("beat"))
    beat.start()

    def step(number: int) -> None:
        sleep(0.01)
        seen.append(number)

    in_turns(owner, *(partial(step, n) for n in range(6)))
    assert seen == []
    qtbot.waitUntil(lambda: 5 in seen)
    beat.stop()
    places = [seen.index(n) for n in range(6)]
    assert all("beat" in seen[a:b] for a, b in pairwise(places)), seen


def test_nothing_is_done_for_an_owner_that_is_gone(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[int] = []

    def last() -> None:
        seen.append(1)
        owner.deleteLater()

    in_turns(owner, last, lambda: seen.append(2))
    qtbot.waitUntil(lambda: seen == [1])
    qtbot.wait(20)
    assert seen == [1]


def test_a_window_paints_its_panels_in_turns_and_all_of_them(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    panels = (window.wall, window.bottom, window.tree, window.right)
    window.paint_in_turns()
    window.show()
    assert not any(panel.updatesEnabled() for panel in panels)
    qtbot.waitUntil(lambda: all(panel.updatesEnabled() for panel in panels))
