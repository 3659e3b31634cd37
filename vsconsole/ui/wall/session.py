"""One tile's camera: what it shows, its player, and how it comes back after a loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import datetime

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from vsconsole.domain.errors import ConsoleError, DeviceBusy, MediaError, NetworkError, Unsupported
from vsconsole.domain.model import Ability, Channel, Store, StreamProfile
from vsconsole.domain.playback import MediaSource
from vsconsole.i18n import _
from vsconsole.player.backend import Engine, PlaybackSource, Player, PlayerState
from vsconsole.ui.wall import reconnect, states
from vsconsole.ui.wall.guide import Guide, with_nudge
from vsconsole.ui.wall.measure import Lateness, Meter
from vsconsole.ui.wall.opening import Address, Mode, Opener
from vsconsole.ui.wall.reconnect import Reconnect
from vsconsole.ui.wall.states import TileState
from vsconsole.ui.wall.streams import StreamChoice

__all__ = ["Address", "Mode", "Opener", "TileSession"]

_PULSE_MS = 1000
_PICTURED = (PlayerState.PLAYING, PlayerState.PAUSED)


class TileSession(QObject):
    """Plays one channel (or address) in one tile; lives in the GUI thread.

    `changed` follows every state, `frame_ready` every picture, `gap` a jump over missing footage
    (asked, shown), `measured` comes about once a second while it plays, `failed` with the error of
    every play that ended in one.
    """

    changed = Signal()
    frame_ready = Signal()
    measured = Signal()
    failed = Signal(object)
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
        self.store = _first_store(channel)
        self.error: ConsoleError | None = None
        self.state = PlayerState.IDLE
        self.asked: datetime | None = None
        """The moment last asked for; None before any was."""
        self.held = False
        """Whether the recordings were opened to stand still at their moment."""
        self.rival: Callable[[TileSession], bool] = _nobody
        """Whether another tile holds what this one's device gives once at a time."""
        self.meter = Meter()
        self.lateness = Lateness()
        self.streams = StreamChoice(self)
        self.offset = 0.0
        """Seconds to add to its times to get the right ones: its channel's clock is wrong."""
        self.guide: Guide | None = None
        """Plays it together with others; None while it plays alone."""
        self._refused = False
        self._opened: StreamProfile | None = None
        self._retry = Reconnect(self)
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._closed = False
        self._frame_due = False
        self._connect()
        self.player: Player = engine.player(self)

    def _connect(self) -> None:
        self._retry.due.connect(self.play_live)
        self._retry.counted.connect(self.changed)
        self.streams.changed.connect(self._on_stream)
        self._pulse.timeout.connect(self._measure)
        self._state_came.connect(self._take_state)
        self._gap_came.connect(self._take_gap)
        self._frame_came.connect(self._take_frame)

    @property
    def closed(self) -> bool:
        """Whether it is over for good."""
        return self._closed

    # PlayerListener: called on any thread, posts and returns.

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        if not self._closed:
            self._state_came.emit(state, error)

    def on_frame(self) -> None:
        # One event on its way to the window is enough: it takes the newest picture.
        if not self._closed and not self._frame_due:
            self._frame_due = True
            self._frame_came.emit()

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        if not self._closed:
            self._gap_came.emit(asked, shown)

    @property
    def lane(self) -> Hashable:
        """The key of its lane in the timeline."""
        return self.channel.key if self.channel else ("address", id(self))

    @property
    def zone(self) -> str:
        return self.channel.zone if self.channel else "UTC"

    @property
    def stores(self) -> tuple[Store, ...]:
        if self.channel:
            return self.channel.stores
        return (Store.LOCAL,) if self.address and self.address.source else ()

    @property
    def profile(self) -> StreamProfile:
        """The live stream that is shown, or would be."""
        return self.streams.profile

    @property
    def has_sub(self) -> bool:
        """Whether there is more than one live stream to choose from."""
        return self.channel is not None and Ability.SUB_STREAM in self.channel.abilities

    @property
    def pinned(self) -> StreamProfile | None:
        """The stream the operator keeps to; None where the tile's size decides."""
        return self.streams.pinned

    @property
    def retry_in(self) -> int | None:
        """Seconds to the next try; None where nothing is tried by itself."""
        return self._retry.left

    @property
    def late(self) -> bool:
        """Whether the live picture is too far behind."""
        return self.mode is Mode.LIVE and self.lateness.late

    def pin(self, profile: StreamProfile | None) -> None:
        """Keeps to a live stream, or lets the tile's size decide (None)."""
        self.streams.pin(profile)
        self.changed.emit()

    def look(self, pixels: QSize, *, zoomed: bool) -> None:
        """So many device pixels there are for the picture, and whether it is magnified."""
        self.streams.look(pixels, zoomed=zoomed)

    def play_live(self, profile: StreamProfile | None = None) -> None:
        """Shows the live picture, of a stream to keep to if given; says why there can be none."""
        self._begin(Mode.LIVE)
        if profile:
            self.streams.pin(profile)
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
        self.streams.begin()
        self.player.play_live(self._open_live(channel))
        self.changed.emit()

    def leave_live(self) -> None:
        """Shows recordings from now on; which, is asked for next."""
        self._begin(Mode.PLAYBACK)
        self.player.stop()

    def play_at(self, when: datetime, store: Store | None = None, *, paused: bool = False) -> None:
        """Shows the recordings from `when` on."""
        self._begin(Mode.PLAYBACK)
        self.asked, self.held = when, paused
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
        self._retry.hold()
        self._refused = True
        self.player.stop()
        self.state, self.error = PlayerState.IDLE, error
        self.changed.emit()

    def explain(self, error: ConsoleError) -> None:
        """Puts a better reason in the place of the one it failed by."""
        self.error = error
        self.changed.emit()

    def retry(self) -> None:
        """Opens again what was shown, now."""
        where = self.player.position()
        self._retry.hold()
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
        self._retry.forget()
        self._pulse.stop()
        self.streams.stop()
        self.player.close()

    def position(self) -> datetime | None:
        """Wall-clock time of the frame on screen."""
        return self.player.position()

    def tile_state(self) -> TileState | None:
        """What the tile says over its picture; None while the picture speaks for itself."""
        if self.error is not None:
            said = states.of_error(self.error)
            if self.mode is Mode.LIVE and self._retry.in_grace:
                return states.lost(said, self.retry_in)
            return said if self.retry_in is None else states.counting(said, self.retry_in)
        if self.guide is not None:
            return self.guide.state()
        again = self.state is PlayerState.CONNECTING and self.mode is Mode.LIVE
        if again and self._retry.loss is not None and not self._retry.in_grace:
            # The old picture must not pass for one that is there in a moment.
            return states.trying(states.of_error(self._retry.loss))
        nothing = self.state is PlayerState.ENDED and self.player.frame() is None
        if nothing and self.asked is not None and self.mode is Mode.PLAYBACK:
            return states.no_recording(self.asked, self.zone)
        return states.of_player(self.state, live=self.mode is Mode.LIVE)

    def strip_state(self) -> TileState | None:
        """What the strip below a picture says of it; None where the tile's middle speaks."""
        if self.error is not None:
            return None
        if self.mode is Mode.LIVE:
            return self._own_strip()
        side = self.guide.strip() if self.guide is not None else self._own_strip()
        return with_nudge(side, self.offset)

    def _own_strip(self) -> TileState | None:
        if self.state is PlayerState.PAUSED:
            return states.of_paused()
        if self.state is not PlayerState.PLAYING:
            return None
        if self.mode is Mode.LIVE:
            return states.of_live(self.lateness.delay, late=self.late)
        refused = self.meter.last.speed_refused
        return states.of_playing(self.player.speed, self.player.speed_measured, refused)

    def _begin(self, mode: Mode) -> None:
        """Something else is asked for, by the operator or by a retry of the same."""
        self._retry.hold()
        self._refused = False
        self.error = None
        self.mode = mode
        self.meter.forget()
        self.lateness.forget()
        if mode is not Mode.LIVE:
            self._retry.forget()

    def _open_live(self, channel: Channel) -> Callable[[], MediaSource]:
        self._opened = self.streams.profile
        profile = self.streams.profile if self.has_sub else StreamProfile.MAIN
        return lambda: self._opener.open_live(channel, profile)

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
        if error is not None and self._is_taken(error):
            error = _taken(error)
        self.state, self.error = state, error
        if state is PlayerState.PLAYING:
            self._retry.well()
            self._pulse.start()
            if self._opened is not self.streams.profile:
                self._on_stream()  # it was chosen while the picture was held
        elif state not in _PICTURED:
            self._pulse.stop()
            self.lateness.forget()
        if error is not None:
            if self.mode is Mode.LIVE and reconnect.comes_back(error):
                self._retry.lost(error)
            self.failed.emit(error)
        self.changed.emit()

    def _take_frame(self) -> None:
        self._frame_due = False
        if not self._closed:
            self.frame_ready.emit()

    def _take_gap(self, asked: datetime, shown: datetime) -> None:
        if not self._closed:
            self.gap.emit(asked, shown)

    def _is_taken(self, error: ConsoleError) -> bool:
        """Whether another tile plays from the device, which then lets a second one wait in vain."""
        from_device = self.mode is Mode.PLAYBACK and self.store is Store.DEVICE
        return from_device and isinstance(error, NetworkError | MediaError) and self.rival(self)

    def _on_stream(self) -> None:
        """Another stream suits the tile: it comes when it has a picture, or with the next try."""
        playing = self.state in (PlayerState.PLAYING, PlayerState.CONNECTING, PlayerState.STALLED)
        if self._closed or self.mode is not Mode.LIVE or not playing or not self.has_sub:
            return
        if self.channel is not None and self.error is None:
            self.player.switch_live(self._open_live(self.channel))
            self.changed.emit()

    def _measure(self) -> None:
        now, stats = time.monotonic(), self.player.stats()
        self.meter.take(stats, now)
        if self.mode is Mode.LIVE and self.state is PlayerState.PLAYING:
            if self.profile is StreamProfile.SUB and self.has_sub:
                self.streams.seen_sub(QSize(stats.width, stats.height))
            if self.lateness.take(stats.delay, now):
                self._catch_up()
        self.measured.emit()

    def _catch_up(self) -> None:
        """Opens the same stream again, at its newest, behind the picture that is late."""
        if self.address and self.address.live:
            self.player.switch_live(self.address.live)
        elif self.channel is not None:
            self.player.switch_live(self._open_live(self.channel))


def _first_store(channel: Channel | None) -> Store:
    stores = channel.stores if channel else ()
    return stores[0] if stores else Store.LOCAL


def _nobody(_session: TileSession) -> bool:
    return False


def _taken(error: ConsoleError) -> DeviceBusy:
    return DeviceBusy(
        _("The device is busy."),
        why=_("Another tile plays its recordings; it gives them to one at a time."),
        remedy=_("Take it over, or close the other tile."),
        code=error.code,
    )
