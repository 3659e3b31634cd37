"""Patrols and cruises of one camera: what there is, what is under way, and how to begin and end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Cruise
from vsconsole.i18n import _, ngettext
from vsconsole.services.ptz_patrols import PatrolRun
from vsconsole.store.ptz_book import Patrol
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.dialogs import confirm

_WHAT = Qt.ItemDataRole.UserRole


class PatrolBox(QWidget):
    """Lists what goes round by itself: patrols of this program, then cruises of the device.

    `start` and `edit` have the Patrol, `cruise_start` the cruise's number.
    """

    start = Signal(object)
    pause = Signal()
    resume = Signal()
    stop = Signal()
    cruise_start = Signal(int)
    cruise_stop = Signal()
    new = Signal()
    edit = Signal(object)
    deleted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._patrols: tuple[Patrol, ...] = ()
        self._cruises: tuple[Cruise, ...] = ()
        self._run: PatrolRun | None = None
        self._begun: int | None = None
        self._why = ""
        self._build()
        self._connect()
        self._enable()

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(_("Patrols"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(2 * tokens.ROW)
        self.state = plain.label("", "dim", wrap=True)
        self.start_button = QPushButton(_("Start"))
        self.pause_button = QPushButton(_("Pause"))
        self.stop_button = QPushButton(_("Stop"))
        self.new_button = QPushButton(_("New…"))
        self.edit_button = QPushButton(_("Edit…"))
        self.delete_button = QPushButton(_("Delete…"))
        grid = QGridLayout()
        grid.setSpacing(tokens.GAP)
        for place, button in enumerate(
            (
                self.start_button,
                self.pause_button,
                self.stop_button,
                self.new_button,
                self.edit_button,
                self.delete_button,
            )
        ):
            grid.addWidget(button, *divmod(place, 3))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.list, 1)
        column.addWidget(self.state)
        column.addLayout(grid)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_items: self._enable())
        self.list.itemActivated.connect(lambda _item: self._start())
        self.start_button.clicked.connect(self._start)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(self._stop)
        self.new_button.clicked.connect(self.new)
        self.edit_button.clicked.connect(self._edit)
        self.delete_button.clicked.connect(self._ask_delete)

    def show_patrols(
        self, patrols: Sequence[Patrol], cruises: Sequence[Cruise], why: str = ""
    ) -> None:
        """What there is; `why` there are no cruises, or that nothing can be asked."""
        current = self.current()
        self._patrols, self._cruises, self._why = tuple(patrols), tuple(cruises), why
        self.list.clear()
        every: list[Patrol | Cruise] = [*patrols, *cruises]
        for what in every:
            item = QListWidgetItem(_title(what))
            item.setData(_WHAT, what)
            item.setSizeHint(QSize(80, tokens.ROW))
            item.setToolTip(plain.tip(_tip(what)))
            self.list.addItem(item)
            if _name(what) == _name(current):
                self.list.setCurrentItem(item)
        self._mark()

    def show_run(self, run: PatrolRun | None, begun: int | None) -> None:
        """What is under way: a patrol, or the cruise that was begun from here."""
        self._run, self._begun = run, begun
        self._mark()

    def current(self) -> Patrol | Cruise | None:
        """What is chosen."""
        item: QListWidgetItem | None = self.list.currentItem()
        return None if item is None else item.data(_WHAT)

    def _mark(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            what = item.data(_WHAT)
            item.setIcon(icons.icon("play" if self._under_way(what) else _ICONS[type(what)]))
        self.state.setText(self._words())
        self.state.setVisible(bool(self.state.text()))
        self._enable()

    def _under_way(self, what: Patrol | Cruise) -> bool:
        if isinstance(what, Cruise):
            return what.index == self._begun
        return self._run is not None and self._run.patrol.id == what.id

    def _words(self) -> str:
        if self._run is not None:
            return run_text(self._run)
        if self._begun is not None:
            return _("Cruise {n} was begun; the device goes on by itself.").format(n=self._begun)
        if not self._patrols and not self._cruises:
            nothing = _("None yet. A patrol goes from preset to preset and stays at each.")
            return " ".join(word for word in (nothing, self._why) if word)
        return self._why

    def _enable(self) -> None:
        what = self.current()
        running = self._run is not None
        paused = self._run is not None and self._run.paused
        reasons = {
            self.start_button: "" if what is not None else _("Select one first."),
            self.pause_button: "" if running else _("No patrol is under way."),
            self.stop_button: (
                ""
                if running or self._begun is not None or isinstance(what, Cruise)
                else _("Nothing is under way.")
            ),
            self.edit_button: _own(what),
            self.delete_button: _own(what),
        }
        for button, reason in reasons.items():
            button.setEnabled(not reason)
            button.setToolTip(reason)
        self.pause_button.setText(_("Go on") if paused else _("Pause"))

    def _start(self) -> None:
        what = self.current()
        if isinstance(what, Patrol):
            self.start.emit(what)
        elif isinstance(what, Cruise):
            self.cruise_start.emit(what.index)

    def _pause(self) -> None:
        if self._run is not None:
            (self.resume if self._run.paused else self.pause).emit()

    def _stop(self) -> None:
        if self._run is not None:
            self.stop.emit()
        else:
            self.cruise_stop.emit()

    def _edit(self) -> None:
        what = self.current()
        if isinstance(what, Patrol):
            self.edit.emit(what)

    def _ask_delete(self) -> QMessageBox | None:
        what = self.current()
        if not isinstance(what, Patrol):
            return None
        return confirm.ask(
            self,
            _("Delete the patrol"),
            _("Delete the patrol {name}?").format(name=what.name),
            _("The presets stay."),
            _("Delete"),
            lambda: self.deleted.emit(what),
        )


_ICONS = {Patrol: "list-checks", Cruise: "rotate-cw"}


def run_text(run: PatrolRun) -> str:
    """Where a patrol is: "Night: 2 of 3, 12 s left"."""
    words = {
        "name": run.patrol.name,
        "at": run.at + 1,
        "all": len(run.patrol.stops),
        "left": round(run.left or 0),
    }
    if run.paused:
        return _("{name}: paused at {at} of {all}").format(**words)
    if run.left is None:
        return _("{name}: going to {at} of {all}").format(**words)
    return _("{name}: {at} of {all}, {left} s left").format(**words)


def _name(what: Patrol | Cruise | None) -> object:
    return what.id if isinstance(what, Patrol) else what.index if what is not None else None


def _own(what: Patrol | Cruise | None) -> str:
    """Why this cannot be changed here; empty where it can."""
    if isinstance(what, Cruise):
        return _("The device keeps its cruises; they are changed with the vendor's own tools.")
    return "" if what is not None else _("Select a patrol first.")


def _title(what: Patrol | Cruise) -> str:
    if isinstance(what, Cruise):
        return _("Cruise {n}, on the device").format(n=what.index)
    stops = ngettext("{n} stop", "{n} stops", len(what.stops)).format(n=len(what.stops))
    return f"{what.name}  {stops}"


def _tip(what: Patrol | Cruise) -> str:
    if isinstance(what, Patrol):
        return _("This program goes the round, as long as its window is open.")
    presets = ", ".join(str(number) for number in what.presets)
    return _("Presets {presets}, {stay} s at each. The device goes the round by itself.").format(
        presets=presets, stay=f"{what.stay:g}"
    )
