"""What was called before with an account; one chosen fills the form again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vsconsole.i18n import _
from vsconsole.services.console import Entry
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.console.answer import seconds_text
from vsconsole.ui.console.lines import Line, LineList


class HistoryPanel(QWidget):
    """Lists the calls, newest first; `refill` with the entry chosen, `clear_asked`."""

    refill = Signal(object)
    clear_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._build()
        self._connect()
        self.show_entries([])

    def _build(self) -> None:
        self.list = LineList(_("History"))
        empty = plain.label(
            _("Calls are listed here, to be filled in again. Secrets are not kept."),
            "dim",
            wrap=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setMargin(tokens.SPACE)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(empty)
        self.fill_button = QPushButton(icons.icon("pencil"), _("Fill in again"))
        self.clear_button = QPushButton(icons.icon("trash-2"), _("Clear…"))
        head = QHBoxLayout()
        head.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, tokens.GAP)
        head.setSpacing(tokens.SPACE)
        head.addWidget(plain.label(_("History"), "heading"))
        head.addStretch(1)
        head.addWidget(self.fill_button)
        head.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.list.acted.connect(lambda _place: self._refill())
        self.list.chosen.connect(lambda _place: self.fill_button.setEnabled(True))
        self.fill_button.clicked.connect(self._refill)
        self.clear_button.clicked.connect(self.clear_asked)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The calls, newest first; the one that was chosen stays chosen."""
        place = self.list.currentIndex().row()
        chosen = self.entries[place] if 0 <= place < len(self.entries) else None
        self.entries = list(entries)
        self.list.lines.show([_line(entry) for entry in self.entries])
        self._pages.setCurrentIndex(0 if self.entries else 1)
        self.clear_button.setEnabled(bool(self.entries))
        self.fill_button.setEnabled(False)
        if chosen in self.entries:
            self.list.choose(self.entries.index(chosen))

    def _refill(self) -> None:
        place = self.list.currentIndex().row()
        if 0 <= place < len(self.entries):
            self.refill.emit(self.entries[place])


def _line(entry: Entry) -> Line:
    when = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}"
    told = _("answered") if entry.well else entry.what or entry.outcome
    if entry.outcome == "Cancelled":
        told = _("called off")
    asked = ", ".join(f"{name}={text}" for name, text in entry.values.items())
    tip = [f"{entry.call}  {when}", told]
    if entry.request_id:
        tip.append(_("Request: {id}").format(id=entry.request_id))
    return Line(
        title=entry.call,
        below=" · ".join(part for part in (when, "" if entry.well else told, asked) if part),
        end=seconds_text(entry.seconds),
        icon="circle-check" if entry.well else "triangle-alert",
        colour="ok" if entry.well else "warn",
        spoken=told,
        tip="\n".join(tip),
    )
