"""One tile's camera: what it shows, its player, and how it comes back after a loss."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain.errors import ConsoleError, Unsupported
from vsconsole.domain.model import Ability, Channel, Store, StreamProfile
from vsconsole.domain.playback import MediaSource
from vsconsole.i18n import _
from vsconsole.player.backend import Engine, PlaybackSource, Player, PlayerState
from vsconsole.ui.wall import states
from vsconsole.ui.wall.states import TileState

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 60.0


class Mode(StrEnum):
    """What a tile shows; only the operator changes it."""

    LIVE = "live"
    PLAYBACK = "playback"


class Opener(Protocol):
    """Where a session gets its media from; calls run on the player's threads."""

    def open_live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """A fresh live address."""

    def playback(self, channel: Channel, store: Store) -> PlaybackSource:
        """The channel's recordings in one store; cheap, opens nothing."""


class Guide(Protocol):
    """What plays a tile together with others, and speaks in it."""

    def state(self) -> TileState | None:
        """What it says in the middle of the tile; None where the picture is right."""

    def strip(self) -> str:
        """What it says beside the clock."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Address:
    """Something opened by address or path rather than from the tree."""

    title: str
    live: Callable[[], MediaSource] | None = field(default=None, repr=False)
    source: PlaybackSource | None = None
    begin: datetime | None = None


class TileSession(QObject):
    """Plays one channel (or address) in one tile; lives in the GUI thread.

    `changed` follows every state, `frame_ready` every picture, `gap` a jump over missing footage
    (asked, shown).
    """

    changed = Signal()
    frame_ready = Signal()
    gap = Signal(object, object)
    _state_came = Signal(object, object)
    _gap_came = Signal(object, object)
    _frame_came = Signal()

    def __init__(
        self,
        opener: Opener,
        engine: Engine,
        *,
        channel: Channel | None = None,
        address: Address | None = None,
        title: str = "",
        subtitle: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._opener = opener
        self.channel = channel
        self.address = address
        self.title = title or (channel.name if channel else address.title if address else "")
        self.subtitle = subtitle
        self.mode = Mode.LIVE
        self.profile = StreamProfile.MAIN
        self.store = _first_store(channel)
        self.error: ConsoleError | None = None
        self.state = PlayerState.IDLE
        self.retry_in: int | None = None
        self.asked: datetime | None = None
        """The moment last asked for; None before any was."""
        self.offset = 0.0
        """Seconds to add to its times to get the right ones: its channel's clock is wrong."""
        self.guide: Guide | None = None
        """Plays it together with others; None while it plays alone."""
        self._refused = False
        self._retry_delay = _FIRST_RETRY
        self._retry = QTimer(self, interval=1000)
        self._retry.timeout.connect(self._count_down)
        self._closed = False
        self._state_came.connect(self._take_state)
        self._gap_came.connect(self._take_gap)
        self._frame_came.connect(self.frame_ready)
        self.player: Player = engine.player(self)

    # PlayerListener: called on any thread, posts and returns.

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        if not self._closed:
            self._state_came.emit(state, error)

    def on_frame(self) -> None:
        if not self._closed:
            self._frame_came.emit()

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        if not self._closed:
            self._gap_came.emit(asked, shown)

    @property
    def zone(self) -> str:
        return self.channel.zone if self.channel else "UTC"

    @property
    def stores(self) -> tuple[Store, ...]:
        if self.channel:
            return self.channel.stores
        return (Store.LOCAL,) if self.address and self.address.source else ()

    def play_live(self, profile: StreamProfile | None = None) -> None:
        """Shows the live picture; says why where there can be none."""
        self._stop_retry()
        self._refused = False
        self.mode = Mode.LIVE
        if profile:
            self.profile = profile
        if self.address and self.address.live:
            self.player.play_live(self.address.live)
            return
        channel = self.channel
        if channel is None or Ability.LIVE not in channel.abilities:
            self.refuse(
                Unsupported(
                    _("No live picture here."),
                    why=_("Footage on disk has no live picture.")
                    if self.store is Store.LOCAL
                    else _("This channel offers no live stream."),
                    remedy=_("Switch to Playback to see its recordings."),
                )
            )
            return
        wanted = self.profile if Ability.SUB_STREAM in channel.abilities else StreamProfile.MAIN
        self.error = None
        self.player.play_live(lambda: self._opener.open_live(channel, wanted))
        self.changed.emit()

    def play_at(self, when: datetime, store: Store | None = None, *, paused: bool = False) -> None:
        """Shows the recordings from `when` on."""
        self._stop_retry()
        self._refused = False
        self.mode = Mode.PLAYBACK
        self.asked = when
        if store:
            self.store = store
        source = self._source()
        if source is None:
            self.refuse(
                Unsupported(
                    _("No recordings here."),
                    why=_("Neither the vendor nor the device keeps recordings of this channel."),
                )
            )
            return
        self.error = None
        self.player.play(source, when, paused=paused)
        self.changed.emit()

    def seek(self, when: datetime) -> None:
        """Goes to `when`; opens the playback where it is not playing one."""
        if (
            self.mode is Mode.LIVE
            or self.error
            or self.state in (PlayerState.IDLE, PlayerState.ENDED, PlayerState.FAILED)
        ):
            self.play_at(when)
        else:
            self.asked = when
            self.player.seek(when)

    def refuse(self, error: ConsoleError) -> None:
        """Shows nothing but why, until something else is asked for."""
        self._stop_retry()
        self._refused = True
        self.player.stop()
        self.state, self.error = PlayerState.IDLE, error
        self.changed.emit()

    def retry(self) -> None:
        """Opens again what was shown, now."""
        where = self.player.position()
        self._stop_retry()
        if self.mode is Mode.LIVE:
            self.play_live()
        elif where is not None:
            self.play_at(where)
        elif self.asked is not None:
            self.play_at(self.asked)

    def close(self) -> None:
        """Stops the player and its session; safe to repeat."""
        if self._closed:
            return
        self._closed = True
        self._retry.stop()
        self.player.close()

    def position(self) -> datetime | None:
        """Wall-clock time of the frame on screen."""
        return self.player.position()

    def tile_state(self) -> TileState | None:
        """What the tile says over its picture; None while the picture speaks for itself."""
        if self.error is not None:
            return states.of_error(self.error)
        if self.guide is not None:
            return self.guide.state()
        return states.of_player(self.state, live=self.mode is Mode.LIVE)

    def _source(self) -> PlaybackSource | None:
        if self.address:
            return self.address.source
        if self.channel is None or not self.channel.stores:
            return None
        if self.store not in self.channel.stores:
            self.store = self.channel.stores[0]
        return self._opener.playback(self.channel, self.store)

    def _take_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        # What the player said before it was stopped must not hide why it was.
        if self._closed or self._refused:
            return
        self.state, self.error = state, error
        if state is PlayerState.PLAYING:
            self._retry_delay = _FIRST_RETRY
        if state is PlayerState.FAILED and error is not None and self._comes_back(error):
            self._start_retry(error)
        self.changed.emit()

    def _take_gap(self, asked: datetime, shown: datetime) -> None:
        if not self._closed:
            self.gap.emit(asked, shown)

    def _comes_back(self, error: ConsoleError) -> bool:
        """A lost live stream is tried for ever; recordings only by hand."""
        return self.mode is Mode.LIVE and error.retryable

    def _start_retry(self, error: ConsoleError) -> None:
        delay = max(self._retry_delay, error.retry_after or 0)
        self._retry_delay = min(self._retry_delay * 2, _LONGEST_RETRY)
        # Jitter keeps a wall of tiles from asking all at once after an outage.
        self.retry_in = max(1, round(delay * random.uniform(0.8, 1.3)))
        self._retry.start()

    def _stop_retry(self) -> None:
        self._retry.stop()
        self.retry_in = None

    def _count_down(self) -> None:
        if self.retry_in is None:
            return
        self.retry_in -= 1
        if self.retry_in <= 0:
            self.play_live()
        else:
            self.changed.emit()


def _first_store(channel: Channel | None) -> Store:
    stores = channel.stores if channel else ()
    return stores[0] if stores else Store.LOCAL
