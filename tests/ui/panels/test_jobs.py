"""Jobs are listed newest first, with what remains and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vsconsole.ui.panels.jobs import JobsPanel, JobState, JobView, clock_text, left_text

LEFT = Qt.MouseButton.LeftButton


def panel_of(qtbot: QtBot) -> JobsPanel:
    panel = JobsPanel()
    qtbot.addWidget(panel)
    panel.resize(280, 400)
    panel.show()
    return panel


def test_newest_first_and_a_summary_for_the_status_bar(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    summaries: list[str] = []
    panel.summary_changed.connect(summaries.append)
    panel.show_job(JobView(id="a", title="First", fraction=0.625))
    panel.show_job(JobView(id="b", title="Second"))
    assert [job.id for job in panel.jobs()] == ["b", "a"]
    qtbot.waitUntil(lambda: panel._rows["a"].y() > panel._rows["b"].y())
    assert summaries == ["First · 62 %", "First · 62 % · 1 more"]
    panel.show_job(JobView(id="a", title="First", state=JobState.DONE))
    panel.show_job(JobView(id="b", title="Second", state=JobState.CANCELLED))
    assert summaries[-1] == ""
    assert not panel._tick.isActive()


def test_a_running_job_is_cancelled_and_an_ended_one_taken_off(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    panel.show_job(JobView(id="a", title="First"))
    with qtbot.waitSignal(panel.cancelled) as told:
        qtbot.mouseClick(panel._rows["a"].button, LEFT)
    assert told.args == ["a"]
    panel.show_job(JobView(id="a", title="First", state=JobState.CANCELLED))
    with qtbot.waitSignal(panel.dismissed) as gone:
        qtbot.mouseClick(panel._rows["a"].button, LEFT)
    assert gone.args == ["a"]
    assert panel.job("a") is None


def test_a_failed_job_says_why_and_can_go_on(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    acted: list[str] = []
    panel.show_job(
        JobView(
            id="a",
            title="<b>Dock</b>",
            detail="The disk is full.",
            state=JobState.FAILED,
            action_text="Go on",
            action=lambda: acted.append("go"),
        )
    )
    row = panel._rows["a"]
    assert row.detail.text() == "Failed: The disk is full."
    assert row.title.textFormat() == Qt.TextFormat.PlainText
    qtbot.mouseClick(row.action, LEFT)
    assert acted == ["go"]


def test_what_has_ended_goes_at_once(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    panel.show_job(JobView(id="a", title="A", state=JobState.DONE))
    panel.show_job(JobView(id="b", title="B", fraction=0.5))
    qtbot.mouseClick(panel.clear_button, LEFT)
    assert [job.id for job in panel.jobs()] == ["b"]
    assert not panel.clear_button.isVisible()
    panel.show_job(JobView(id="b", title="B", state=JobState.DONE))


def test_a_remaining_time_is_told_once_it_is_more_than_a_guess(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    panel.show_job(JobView(id="a", title="A", fraction=0.5))
    row = panel._rows["a"]
    assert row.remaining() is None
    row._begun -= 120
    panel._on_tick()
    assert row.time.text() == "2 min left"
    panel.show_job(JobView(id="a", title="A", state=JobState.DONE))
    assert row.time.text() == "2:00"


def test_times_in_words() -> None:
    assert [left_text(s) for s in (0.2, 45, 90, 7200, 36000)] == [
        "1 s left",
        "45 s left",
        "2 min left",
        "2 h left",
        "10 h left",
    ]
    assert [clock_text(s) for s in (7, 61, 3723)] == ["0:07", "1:01", "1:02:03"]
