"""What the timeline shows: lanes with their footage, playhead, range, live edge, visible span."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span
from vsconsole.ui.marks import Shape

EMPTY = SegmentSet()
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFootage:
    """What is known of one store: recordings, and the ranges of which nothing is known yet.

    `unknown` were not asked for, `loading` are being asked for, `failed` could not be read, each
    with a message that says why. What lies in none of these and in no segment is a gap.
    """

    segments: SegmentSet = EMPTY
    unknown: tuple[Span, ...] = ()
    loading: tuple[Span, ...] = ()
    failed: Mapping[Span, str] = field(default_factory=dict)

    def open_at(self, when: datetime) -> bool:
        """Whether it is not known if `when` was recorded."""
        return any(when in span for span in (*self.unknown, *self.loading, *self.failed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A bookmark as a flag above its lane; one of a range has a line as long as it.

    `colour` is one of `ui.flags.COLOURS`; its title tells it from others without it.
    """

    when: datetime
    title: str
    until: datetime | None = None
    colour: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """Something that happened on a channel, as a sign above its lane's bars."""

    when: datetime
    shape: Shape
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One channel's row. `key` names it, `zone` (IANA) is what its times are read in.

    `store` is the one being played; None where the stores are taken together.
    """

    key: Hashable
    title: str
    zone: str = "Asia/Shanghai"
    footage: Mapping[Store, StoreFootage] = field(default_factory=dict)
    store: Store | None = None

    @property
    def stores(self) -> tuple[Store, ...]:
        """Its stores from top to bottom."""
        return tuple(store for store in Store if store in self.footage)

    @property
    def played(self) -> tuple[StoreFootage, ...]:
        """What a click looks for recordings in."""
        if self.store is not None and self.store in self.footage:
            return (self.footage[self.store],)
        return tuple(self.footage.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where a click goes: `when` to play; differs from `asked` when that lies in a gap."""

    when: datetime
    asked: datetime


def land(lane: Lane, asked: datetime) -> Landing | None:
    """Where playing from `asked` begins: there, or at the next recording; None after the last.

    Time of which nothing is known counts as recorded, since nobody can say that it is not.
    """
    found: list[datetime] = []
    for footage in lane.played:
        if footage.open_at(asked):
            return Landing(when=asked, asked=asked)
        if (when := footage.segments.snap(asked)) is not None:
            found.append(when)
        found += [span.begin for span in footage.unknown if span.begin > asked]
    return Landing(when=min(found), asked=asked) if found else None


def what_at(lane: Lane, when: datetime) -> dict[Store, SegmentKind]:
    """The stores that recorded `when`, each with the kind of the recording."""
    found: dict[Store, SegmentKind] = {}
    for store in lane.stores:
        segments = lane.footage[store].segments
        if (span := segments.at(when)) is not None:
            kinds = [kind for _begin, _end, kind in segments.clip(span).rows()]
            found[store] = SegmentKind(kinds[0])
    return found


def _outline(lane: Lane) -> tuple[object, ...]:
    """What of a lane decides about its place and its name."""
    return lane.title, lane.zone, lane.stores, lane.store


class TimelineModel(QObject):
    """Holds what the timeline, the calendar and the transport bar show; knows no source of it."""

    lanes_changed = Signal()
    footage_changed = Signal(object)
    """A lane's key."""
    selected_changed = Signal()
    playhead_changed = Signal()
    live_edge_changed = Signal()
    range_changed = Signal()
    span_changed = Signal()
    events_changed = Signal()
    marks_changed = Signal(object)
    """A lane's key, whose bookmarks, exported ranges or clock offset are others now."""

    def __init__(self, span: Span, *, zone: str = "UTC", parent: QObject | None = None) -> None:
        """Starts without lanes, showing `span`; `zone` is that of the ruler until there are any."""
        super().__init__(parent)
        self._zone = zone
        self._lanes: dict[Hashable, Lane] = {}
        self._selected: Hashable | None = None
        self._playhead: datetime | None = None
        self._held: datetime | None = None
        self._live_edge: datetime | None = None
        self._range: Span | None = None
        self._span = span
        self._events: tuple[Hashable, tuple[EventMark, ...]] = (None, ())
        self._marks: dict[Hashable, tuple[Mark, ...]] = {}
        self._exported: dict[Hashable, tuple[Span, ...]] = {}
        self._offsets: dict[Hashable, float] = {}

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """From top to bottom."""
        return tuple(self._lanes.values())

    def set_lanes(self, lanes: Iterable[Lane]) -> None:
        """Shows these lanes; the selection stays where its lane does, else goes to the first."""
        self._lanes = {lane.key: lane for lane in lanes}
        self.lanes_changed.emit()
        if self._selected not in self._lanes:
            self._selected = next(iter(self._lanes), None)
            self.selected_changed.emit()

    def lane(self, key: Hashable) -> Lane:
        """A lane by its key; KeyError where there is none."""
        return self._lanes[key]

    def set_lane(self, lane: Lane) -> None:
        """Puts a changed lane in place of the one with its key; KeyError where there is none."""
        old = self._lanes[lane.key]
        self._lanes[lane.key] = lane
        if _outline(old) != _outline(lane):
            self.lanes_changed.emit()
        else:
            self.footage_changed.emit(lane.key)

    def set_footage(self, key: Hashable, store: Store, footage: StoreFootage) -> None:
        """What is now known of one store of a lane; KeyError for a lane that is not shown."""
        lane = self._lanes[key]
        self.set_lane(replace(lane, footage={**lane.footage, store: footage}))

    @property
    def selected(self) -> Lane | None:
        """The tall lane, the one the playhead, the ruler and the calendar belong to."""
        return None if self._selected is None else self._lanes.get(self._selected)

    def select(self, key: Hashable) -> None:
        """Makes a lane the tall one; KeyError where there is none."""
        if key not in self._lanes:
            raise KeyError(key)
        if key != self._selected:
            self._selected = key
            self.selected_changed.emit()

    @property
    def playhead(self) -> datetime | None:
        """The wall-clock time of the picture on screen, or where the user holds the playhead."""
        return self._held or self._playhead

    @property
    def held(self) -> bool:
        """Whether the user holds the playhead."""
        return self._held is not None

    def set_playhead(self, when: datetime | None) -> None:
        """The time of the picture, from the media; changes nothing while the user holds it."""
        if self._held is None and when != self._playhead:
            self._playhead = when
            self.playhead_changed.emit()

    def hold_playhead(self, when: datetime) -> None:
        """The user has the playhead at `when`; nothing else moves it until `release_playhead`."""
        if when != self._held:
            self._held = when
            self.playhead_changed.emit()

    def release_playhead(self, at: datetime | None = None) -> None:
        """The user let go: the playhead stays `at` an instant, else returns to the picture's."""
        if self._held is not None:
            self._playhead = at or self._playhead
            self._held = None
            self.playhead_changed.emit()

    @property
    def live_edge(self) -> datetime | None:
        """Until when recordings are settled; from there to now they may still appear."""
        return self._live_edge

    def set_live_edge(self, when: datetime | None) -> None:
        """Moves the live edge; None where nothing is being recorded."""
        if when != self._live_edge:
            self._live_edge = when
            self.live_edge_changed.emit()

    @property
    def range(self) -> Span | None:
        """The selected range, None without one."""
        return self._range

    def set_range(self, span: Span | None) -> None:
        """Selects a range; an empty one is none."""
        if span is not None and span.empty:
            span = None
        if span != self._range:
            self._range = span
            self.range_changed.emit()

    def range_from(self, when: datetime) -> None:
        """Lets the range begin at `when`; one that ended before ends with the visible span."""
        end = self._range.end if self._range and self._range.end > when else self._span.end
        self.set_range(Span(when, max(when, end)))

    def range_until(self, when: datetime) -> None:
        """Lets the range end at `when`; one that began after begins with the visible span."""
        begin = self._range.begin if self._range and self._range.begin < when else self._span.begin
        self.set_range(Span(min(begin, when), when))

    @property
    def span(self) -> Span:
        """What the timeline shows at this moment."""
        return self._span

    def set_span(self, span: Span) -> None:
        """Shows another span; the widget keeps it within its limits of zoom."""
        if span != self._span and not span.empty:
            self._span = span
            self.span_changed.emit()

    @property
    def events(self) -> tuple[EventMark, ...]:
        """What happened on the selected lane's channel, as far as it is known; in no order."""
        key, marks = self._events
        return marks if key is not None and key == self._selected else ()

    def set_events(self, key: Hashable, marks: Iterable[EventMark]) -> None:
        """What happened on the channel of a lane; shown while that lane is the selected one."""
        before, self._events = self._events, (key, tuple(marks))
        if before != self._events:
            self.events_changed.emit()

    # What is kept of a lane by its key, whether it is shown at the moment or not.

    def marks(self, key: Hashable) -> tuple[Mark, ...]:
        """The bookmarks of a lane, by time."""
        return self._marks.get(key, ())

    def set_marks(self, key: Hashable, marks: Iterable[Mark]) -> None:
        """The bookmarks of a lane."""
        self._keep(self._marks, key, tuple(sorted(marks, key=lambda mark: mark.when)), ())

    def exported(self, key: Hashable) -> tuple[Span, ...]:
        """The ranges of a lane that were saved to files."""
        return self._exported.get(key, ())

    def set_exported(self, key: Hashable, spans: Iterable[Span]) -> None:
        """The ranges of a lane that were saved to files."""
        self._keep(self._exported, key, tuple(spans), ())

    def offset(self, key: Hashable) -> float:
        """Seconds that are added to a channel's times because its clock is wrong."""
        return self._offsets.get(key, 0.0)

    def set_offset(self, key: Hashable, seconds: float) -> None:
        """Says beside a lane's name that its channel's clock is wrong by so much; 0 for right."""
        self._keep(self._offsets, key, seconds, 0.0)

    def _keep(self, table: dict[Hashable, T], key: Hashable, value: T, nothing: T) -> None:
        if table.get(key, nothing) == value:
            return
        if value == nothing:
            del table[key]
        else:
            table[key] = value
        self.marks_changed.emit(key)

    @property
    def zone(self) -> str:
        """The zone of the selected lane; the one given at the start where there is none."""
        lane = self.selected
        return lane.zone if lane else self._zone
