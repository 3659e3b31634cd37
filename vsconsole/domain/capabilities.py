"""What an adapter can do, as small protocols; all calls block and belong on worker threads.

Every method raises members of `domain.errors` only, and checks `domain.cancel` between pages.
Where a vendor limits a query, the adapter splits and pages; callers never know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from vsconsole.domain.model import (
    Account,
    Channel,
    Cruise,
    Event,
    Node,
    Preset,
    Store,
    StreamProfile,
)
from vsconsole.domain.playback import Clip, MediaSource
from vsconsole.domain.timeline import Segment, Span


class Adapter(Protocol):
    """One account at one vendor; made by the registry, closed when the account goes."""

    account: Account

    def verify(self) -> None:
        """Makes one cheap call; raises what is wrong with the login or the way there."""

    def close(self) -> None:
        """Ends open sessions and connections; never raises."""


@runtime_checkable
class Inventory(Protocol):
    """Lists what the account has."""

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Every group, device and channel in batches as they arrive, parents before children."""


@runtime_checkable
class Live(Protocol):
    """Opens live streams."""

    def live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """A fresh address of the live stream, the lowest-delay one the vendor has."""


@runtime_checkable
class Records(Protocol):
    """Knows what was recorded and opens it."""

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """Recorded ranges that touch `span`, clipped to it, sorted; empty where nothing is."""

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Clips over the recorded parts of `span`, in order; nothing is opened yet.

        A clip whose source is HLS may hold gaps: the caller splits it into runs.
        """


@runtime_checkable
class RecordDays(Protocol):
    """Tells for a whole month, in one question, on which days something was recorded."""

    def record_days(self, channel: Channel, store: Store, year: int, month: int) -> frozenset[int]:
        """Days of the month (1 to 31, in the channel's zone) with footage; Unsupported where the
        store knows no such question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLimits:
    """The longest range of one download in seconds, and the file types offered, best first.

    With `by_file` a download gives the whole recorded file that holds the range, whose begin is
    `MediaSource.begins`, and no range may reach over two files.
    """

    seconds: float
    file_types: tuple[str, ...] = ("mp4",)
    by_file: bool = False


@runtime_checkable
class Downloads(Protocol):
    """Hands out files of recorded ranges."""

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """What one request may ask for; Unsupported where this store cannot be downloaded."""

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """A fresh address (or path) of one file over `span`, within the limits."""


class PtzMove(StrEnum):
    """Every movement; a vendor may lack some, see `Ptz.ptz_moves`."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    LEFT_UP = "left-up"
    RIGHT_UP = "right-up"
    LEFT_DOWN = "left-down"
    RIGHT_DOWN = "right-down"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    FOCUS_FAR = "focus-far"
    FOCUS_NEAR = "focus-near"
    IRIS_OPEN = "iris-open"
    IRIS_CLOSE = "iris-close"


@dataclass(frozen=True, slots=True, kw_only=True)
class PtzStyle:
    """How movement ends: `steps` move a little per call, so holding repeats every `interval` s.

    Without steps a move lasts until `ptz_stop`, or `longest` seconds where the vendor limits it.
    """

    steps: bool
    interval: float = 0.3
    longest: float | None = None


@runtime_checkable
class Ptz(Protocol):
    """Moves cameras."""

    ptz_style: PtzStyle
    ptz_moves: frozenset[PtzMove]

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        """Starts (or steps) a movement at `speed` 0 to 1."""

    def ptz_stop(self, channel: Channel) -> None:
        """Ends movement; nothing to do where each call is a step."""


@runtime_checkable
class Presets(Protocol):
    """Stores and recalls camera positions."""

    preset_indexes: range
    preset_names: bool

    def presets(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number."""

    def preset_goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""

    def preset_set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position; `name` is kept by the vendor where `preset_names`."""

    def preset_delete(self, channel: Channel, index: int) -> None:
        """Removes a preset."""


@runtime_checkable
class Cruises(Protocol):
    """Has devices go round over presets by themselves; they go on when nobody watches."""

    def cruises(self, channel: Channel) -> list[Cruise]:
        """The cruises that the device keeps, by number."""

    def cruise_start(self, channel: Channel, index: int) -> None:
        """Begins a cruise, in place of another."""

    def cruise_stop(self, channel: Channel) -> None:
        """Ends the cruise; nothing to do where none is under way."""


@runtime_checkable
class Events(Protocol):
    """Knows what happened."""

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Events that begin in `span`, oldest first."""


@runtime_checkable
class RawCalls(Protocol):
    """Sends any documented call; the API console and `vsconsole call` use it."""

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """One signed call by endpoint name; the vendor's payload with secrets masked.

        InvalidInput (with the parameter as its field) before anything is sent.
        """


class Capability(StrEnum):
    """Names of the protocols above, for messages and the details view."""

    INVENTORY = "inventory"
    LIVE = "live"
    RECORDS = "records"
    RECORD_DAYS = "record-days"
    DOWNLOADS = "downloads"
    PTZ = "ptz"
    PRESETS = "presets"
    CRUISES = "cruises"
    EVENTS = "events"
    RAW_CALLS = "raw-calls"


_PROTOCOLS: Mapping[Capability, type] = {
    Capability.INVENTORY: Inventory,
    Capability.LIVE: Live,
    Capability.RECORDS: Records,
    Capability.RECORD_DAYS: RecordDays,
    Capability.DOWNLOADS: Downloads,
    Capability.PTZ: Ptz,
    Capability.PRESETS: Presets,
    Capability.CRUISES: Cruises,
    Capability.EVENTS: Events,
    Capability.RAW_CALLS: RawCalls,
}


def capabilities(adapter: Adapter) -> frozenset[Capability]:
    """What the adapter claims by naming the protocols in its bases."""
    return frozenset(
        name for name, protocol in _PROTOCOLS.items() if protocol in type(adapter).__mro__
    )
