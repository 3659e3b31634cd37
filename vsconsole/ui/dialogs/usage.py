"""What was used of one account: counts in words, and a bar for each limit that is known."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from vsconsole.i18n import _
from vsconsole.services.usage import Level, Report
from vsconsole.services.usage_words import count_lines, level_text, rate_lines
from vsconsole.ui import plain, tokens

_WHOLE = 100


class _LevelRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.text = plain.label("", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _WHOLE)
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.bar)

    def show_level(self, level: Level) -> None:
        text = level_text(level)
        self.text.setText(text)
        self.bar.setValue(min(level.percent, _WHOLE))
        self.bar.setAccessibleName(text)
        role = "warn" if level.near else ""
        if self.text.property("role") != role:
            self.text.setProperty("role", role)
            self.text.style().unpolish(self.text)
            self.text.style().polish(self.text)


class UsageBox(QWidget):
    """Shows one account's report; rows are used again, as they change every few seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.levels: list[_LevelRow] = []
        self.counts = plain.label("", wrap=True)
        self.notes = plain.label("", "dim", wrap=True)
        self._bars = QVBoxLayout()
        self._bars.setSpacing(tokens.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.counts)
        column.addLayout(self._bars)
        column.addWidget(self.notes)
        self.show_report(None)

    @property
    def texts(self) -> list[str]:
        """Every line that is shown."""
        bars = (row.text for row in self.levels if not row.isHidden())
        labels: list[QLabel] = [self.counts, *bars, self.notes]
        shown = (label.text() for label in labels if not label.isHidden())
        return [line for text in shown for line in text.splitlines()]

    def show_report(self, report: Report | None) -> None:
        """None where there is nothing to count."""
        self.setVisible(report is not None)
        if report is None:
            return
        self.counts.setText("\n".join(count_lines(report)))
        while len(self.levels) < len(report.levels):
            row = _LevelRow()
            self.levels.append(row)
            self._bars.addWidget(row)
        for row, level in zip(self.levels, report.levels, strict=False):
            row.show_level(level)
        for place, row in enumerate(self.levels):
            row.setVisible(place < len(report.levels))
        notes = rate_lines(report)
        if not report.levels:
            notes.insert(0, _("No limit of calls or media is known here."))
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
