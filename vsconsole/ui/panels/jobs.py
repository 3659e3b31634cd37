"""The list of jobs: what runs, how far it is and how long it takes, and a way to call it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _, ngettext
from vsconsole.ui import icons, plain, tokens

_TICK_MS = 1000
# Earlier than this a remaining time is a guess that jumps.
_SURE_AFTER_S = 3.0
_SURE_FROM = 0.02


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One line of the list: `fraction` 0 to 1, None while the whole is not known."""

    id: str
    title: str
    detail: str = ""
    fraction: float | None = None
    state: JobState = JobState.RUNNING
    action_text: str = ""
    action: Callable[[], object] | None = None


class _JobRow(QFrame):
    cancelled = Signal(str)
    dismissed = Signal(str)

    def __init__(self, job_id: str) -> None:
        super().__init__()
        self._id = job_id
        self._job: JobView | None = None
        self._begun = monotonic()
        self._ended: float | None = None
        self.setProperty("role", "row")
        self.title = plain.label("", "heading", wrap=True)
        self.button = QToolButton()
        self.button.setIcon(icons.icon("x", "dim"))
        self.button.setProperty("flat", "true")
        self.button.setProperty("small", "true")
        self.button.clicked.connect(self._end)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.detail = plain.label("", "caption", wrap=True)
        self.time = plain.label("", "caption")
        self.time.setFont(tokens.font(tokens.CAPTION_PX, tabular=True))
        self.action = QPushButton()
        self.action.clicked.connect(self._act)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        low = QHBoxLayout()
        low.addWidget(self.detail, 1)
        low.addWidget(self.time, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 8)
        column.setSpacing(tokens.GAP)
        column.addLayout(top)
        column.addWidget(self.bar)
        column.addLayout(low)
        column.addWidget(self.action, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def running(self) -> bool:
        return self._job is not None and self._job.state is JobState.RUNNING

    def show_job(self, job: JobView) -> None:
        if job.state is JobState.RUNNING and not self.running:
            self._begun, self._ended = monotonic(), None
        elif job.state is not JobState.RUNNING and self._ended is None:
            self._ended = monotonic()
        self._job = job
        self.title.setText(job.title)
        word = {
            JobState.RUNNING: "",
            JobState.DONE: _("Done"),
            JobState.FAILED: _("Failed"),
            JobState.CANCELLED: _("Cancelled"),
        }[job.state]
        self.detail.setText(": ".join(part for part in (word, job.detail) if part))
        self._set_role("problem" if job.state is JobState.FAILED else "caption")
        self.bar.setVisible(self.running and job.fraction is not None)
        self.bar.setValue(round((job.fraction or 0) * 1000))
        self.bar.setAccessibleName(job.title)
        name = _("Cancel") if self.running else _("Remove from the list")
        self.button.setToolTip(name)
        self.button.setAccessibleName(f"{name}: {job.title}")
        self.action.setText(plain.action(job.action_text))
        self.action.setAccessibleName(f"{job.action_text}: {job.title}")
        self.action.setVisible(bool(job.action_text and job.action))
        self.show_time()

    def _set_role(self, role: str) -> None:
        if self.detail.property("role") != role:
            self.detail.setProperty("role", role)
            self.detail.style().unpolish(self.detail)
            self.detail.style().polish(self.detail)

    def remaining(self) -> float | None:
        """Seconds it will take at the pace so far; None while that is a guess."""
        job, passed = self._job, monotonic() - self._begun
        if job is None or not self.running or job.fraction is None:
            return None
        if passed < _SURE_AFTER_S or not _SURE_FROM <= job.fraction < 1:
            return None
        return passed * (1 - job.fraction) / job.fraction

    def show_time(self) -> None:
        """How long it runs or ran, and what remains."""
        remaining = self.remaining()
        passed = (monotonic() if self._ended is None else self._ended) - self._begun
        self.time.setText(left_text(remaining) if remaining is not None else clock_text(passed))

    def _end(self) -> None:
        (self.cancelled if self.running else self.dismissed).emit(self._id)

    def _act(self) -> None:
        if self._job is not None and self._job.action is not None:
            self._job.action()


class JobsPanel(QWidget):
    """Every job, newest first.

    `cancelled` with the id of one to call off, `dismissed` with one taken off the list,
    `summary_changed` with a line for the status bar, empty when nothing runs.
    """

    cancelled = Signal(str)
    dismissed = Signal(str)
    summary_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _JobRow] = {}
        self._jobs: dict[str, JobView] = {}
        self._summary = ""
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._empty = plain.label(
            _("No jobs. Downloads and folder scans appear here."), "dim", wrap=True
        )
        self._empty.setMargin(12)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear_button = QPushButton(_("Clear what has ended"))
        self.clear_button.clicked.connect(self.clear_ended)
        self.clear_button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP, 0, tokens.GAP)
        column.addWidget(area, 1)
        column.addWidget(self.clear_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def show_job(self, job: JobView) -> None:
        """Adds or renews a line."""
        row = self._rows.get(job.id)
        if row is None:
            row = self._rows[job.id] = _JobRow(job.id)
            row.cancelled.connect(self.cancelled)
            row.dismissed.connect(self.remove)
            self._column.insertWidget(0, row)
        self._jobs[job.id] = job
        row.show_job(job)
        self._summarize()

    def remove(self, job_id: str) -> None:
        """Takes a line off."""
        row = self._rows.pop(job_id, None)
        self._jobs.pop(job_id, None)
        if row:
            row.hide()
            row.deleteLater()
            self.dismissed.emit(job_id)
        self._summarize()

    def clear_ended(self) -> None:
        """Takes every line off that no longer runs."""
        for job in self.jobs():
            if job.state is not JobState.RUNNING:
                self.remove(job.id)

    def job(self, job_id: str) -> JobView | None:
        """What is shown of a job; None where it is not on the list."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[JobView]:
        """Every job, newest first."""
        return list(reversed(self._jobs.values()))

    def _on_tick(self) -> None:
        for row in self._rows.values():
            if row.running:
                row.show_time()
        self._summarize()

    def _summarize(self) -> None:
        self._empty.setVisible(not self._jobs)
        running = [job for job in self._jobs.values() if job.state is JobState.RUNNING]
        self.clear_button.setVisible(len(self._jobs) > len(running))
        if bool(running) != self._tick.isActive():
            if running:
                self._tick.start()
            else:
                self._tick.stop()
        summary = self._summary_of(running)
        if summary != self._summary:
            self._summary = summary
            self.summary_changed.emit(summary)

    def _summary_of(self, running: list[JobView]) -> str:
        if not running:
            return ""
        first = running[0]
        parts = [first.title]
        if first.fraction is not None:
            parts.append(f"{int(first.fraction * 100)} %")
        remaining = self._rows[first.id].remaining()
        if remaining is not None:
            parts.append(left_text(remaining))
        if len(running) > 1:
            more = len(running) - 1
            parts.append(ngettext("{n} more", "{n} more", more).format(n=more))
        return " · ".join(parts)


def left_text(seconds: float) -> str:
    """A remaining time, in words and no finer than it is known."""
    if seconds < 60:
        left = max(1, round(seconds))
        return ngettext("{n} s left", "{n} s left", left).format(n=left)
    minutes = round(seconds / 60)
    if minutes < 100:
        return ngettext("{n} min left", "{n} min left", minutes).format(n=minutes)
    hours = round(minutes / 60)
    return ngettext("{n} h left", "{n} h left", hours).format(n=hours)


def clock_text(seconds: float) -> str:
    """A time that passed, as 0:07 or 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
