"""What of the events is wanted: kind, place and time, beside the words of the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from vsconsole.domain.model import Account, Key
from vsconsole.i18n import N_, _
from vsconsole.ui import tokens


class Where(Enum):
    """A place that goes with what is on the wall."""

    EVERYWHERE = "everywhere"
    SELECTED = "selected"
    WALL = "wall"


class Time(Enum):
    """When events began."""

    ANY = "any"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Everything that is chosen. `place` is a Where, an account's id, or a group's key."""

    text: str = ""
    kinds: frozenset[str] = frozenset()
    place: Where | str | Key = Where.EVERYWHERE
    time: Time = Time.ANY

    @property
    def narrow(self) -> bool:
        """Whether anything at all is left out."""
        return bool(self.text.strip() or self.kinds) or self.filtered

    @property
    def filtered(self) -> bool:
        """Whether more than words is asked for."""
        return bool(self.kinds) or self.place is not Where.EVERYWHERE or self.time is not Time.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """A group as a choice; `depth` is 0 right below its account."""

    key: Key
    name: str
    depth: int


_WHERES = {
    Where.EVERYWHERE: N_("All cameras"),
    Where.SELECTED: N_("Selected camera"),
    Where.WALL: N_("Cameras on the wall"),
}
_TIMES = {
    Time.ANY: N_("Any time"),
    Time.HOUR: N_("Last hour"),
    Time.DAY: N_("Last 24 hours"),
    Time.WEEK: N_("Last 7 days"),
    Time.TIMELINE: N_("In sight on the timeline"),
}
_INDENT = "    "


class FilterBar(QWidget):
    """Three choices; `changed` when one is another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = _box(_("Kind of event"))
        self.place = _box(_("Account or group"))
        self.time = _box(_("Time"))
        self._kinds: list[frozenset[str]] = []
        self._places: list[Where | str | Key] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.GAP)
        grid.addWidget(self.place, 0, 0, 1, 2)
        grid.addWidget(self.kind, 1, 0)
        grid.addWidget(self.time, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for text in _TIMES.values():
            self.time.addItem(_(text))
        self.show_kinds({})
        self.show_places((), {})
        for box in (self.kind, self.place, self.time):
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())

    def wish(self, text: str) -> Wish:
        """What is chosen, with the words of the search."""
        return Wish(
            text=text,
            kinds=self._kinds[max(0, self.kind.currentIndex())],
            place=self._places[max(0, self.place.currentIndex())],
            time=list(_TIMES)[max(0, self.time.currentIndex())],
        )

    def clear(self) -> None:
        """Chooses everything."""
        before = self.wish("")
        for box in (self.kind, self.place, self.time):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        if self.wish("") != before:
            self.changed.emit()

    def choose(self, *, kinds: frozenset[str] | None = None, place: Where | None = None) -> None:
        """Chooses kinds that are among the choices, or a place of the wall."""
        if place is not None:
            self.place.setCurrentIndex(self._places.index(place))
        for number, known in enumerate(self._kinds):
            if kinds and kinds <= known:
                self.kind.setCurrentIndex(number)

    def show_kinds(self, kinds: Mapping[str, str]) -> None:
        """Kinds by their vendor's name, each with its title; those of one title are one choice."""
        titles: dict[str, set[str]] = {}
        for kind, title in kinds.items():
            titles.setdefault(title or kind, set()).add(kind)
        choices = [(frozenset[str](), _("All kinds"))]
        choices += [(frozenset(titles[title]), title) for title in sorted(titles)]
        chosen = self._kinds[self.kind.currentIndex()] if self._kinds else frozenset()
        # What is chosen stays so while its kinds are joined by another of the same title.
        place = next((n for n, (one, _text) in enumerate(choices) if chosen and chosen <= one), 0)
        self._kinds = [one for one, _text in choices]
        _fill(self.kind, [text for _one, text in choices], place)
        if self._kinds[place] != chosen:
            self.changed.emit()

    def show_places(
        self, accounts: Sequence[Account], groups: Mapping[str, Sequence[GroupChoice]]
    ) -> None:
        """Accounts in order, each with its groups below it."""
        chosen = self._places[self.place.currentIndex()] if self._places else Where.EVERYWHERE
        choices: list[tuple[Where | str | Key, str]] = [
            (where, _(text)) for where, text in _WHERES.items()
        ]
        for account in accounts:
            choices.append((account.id, account.name))
            choices += [
                (group.key, _INDENT * (group.depth + 1) + group.name)
                for group in groups.get(account.id, ())
            ]
        self._places = [one for one, _text in choices]
        place = self._places.index(chosen) if chosen in self._places else 0
        _fill(self.place, [text for _one, text in choices], place)
        if self._places[place] != chosen:
            self.changed.emit()


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(5)
    box.setMaxVisibleItems(20)
    return box


def _fill(box: QComboBox, texts: Sequence[str], chosen: int) -> None:
    """Other choices, without a word of it to those who listen."""
    known = [box.itemText(number) for number in range(box.count())]
    box.blockSignals(True)
    if known != list(texts):
        box.clear()
        box.addItems(list(texts))
    box.setCurrentIndex(chosen)
    box.blockSignals(False)
