"""The player: one command thread that opens clips, seeks, chains, and answers trouble."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled, ConsoleError, MediaError, StreamUnavailable
from vsconsole.domain.playback import Clip, MediaSource
from vsconsole.i18n import _
from vsconsole.player import failures
from vsconsole.player.backend import (
    Frame,
    PlaybackSource,
    PlayerListener,
    PlayerState,
    PlayerStats,
)
from vsconsole.player.decks import Deck, DeckEvents, DeckStats, Picture
from vsconsole.player.pieces import (
    SPEEDS,
    BridgePiece,
    OpenStream,
    Piece,
    Shelf,
    open_clip,
    open_live,
)

_log = logging.getLogger(__name__)

CONNECT_SECONDS = 12.0
STALL_SECONDS = 5.0
_SEEK_EVERY = 0.2
_TICK = 0.1
_AHEAD_SECONDS = 3.0
_STEADY_SECONDS = 10.0
_GAP = timedelta(seconds=1)
_OVERSHOT = timedelta(seconds=0.3)
_WARM_SECONDS = 300.0
_WARM_PATIENCE = 3.0
_DOUBT_SECONDS = 1.0
_KICK_AFTER = 0.15
_SAME_FRAME = 0.02
_STEP_PATIENCE = 0.25
_SHORTEST = timedelta(milliseconds=1)


@dataclass(eq=False, slots=True)
class _Slot:
    """A deck and what it plays. Guarded by the player's lock.

    `start` is the moment to seek to once the medium is open; `warm`: it was open already when it
    was chosen; `worn`: it gave trouble, so it is not kept; `stepped`: it showed single frames;
    `left_at` is when it was left behind.
    """

    deck: Deck
    piece: Piece | None = None
    serial: int = -1
    start: datetime | None = None
    picture: Picture | None = None
    media_ms: float = 0.0
    shown_at: float = 0.0
    parked: bool = False
    over: bool = False
    warm: bool = False
    worn: bool = False
    stepped: bool = False
    left_at: float = 0.0


class ClipPlayer:
    """See `backend.Player`; several decks, so that a medium is ready before it is shown.

    One is on screen; one opens what a seek leads to, or holds ready what comes next; one stays
    paused where the last seek left it, because seeks often go back there.
    """

    def __init__(
        self,
        listener: PlayerListener,
        make_deck: Callable[[DeckEvents], Deck],
        open_stream: OpenStream | None,
    ) -> None:
        self._listener = listener
        self._make_deck = make_deck
        self._open_stream = open_stream
        self._lock = threading.Lock()
        self._wake = threading.Condition()
        self._queue: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._token = cancel.CancelToken()
        self._shelf = Shelf()
        # Guarded by _lock: read by the window and by libVLC's threads.
        self._state = PlayerState.IDLE
        self._error: ConsoleError | None = None
        self._frame: Frame | None = None
        self._position: datetime | None = None
        self._numbers = 0
        self._samples: deque[tuple[float, datetime]] = deque(maxlen=256)
        self._front: _Slot | None = None
        self._loading: _Slot | None = None
        self._ahead: _Slot | None = None
        self._kept: _Slot | None = None
        self._live = False
        self._speed = 1.0
        self._speeds: Sequence[float] = SPEEDS
        self._wanted: datetime | None = None
        self._deck_stats = DeckStats()
        self._reopened = 0
        self._frames_of_media = 0
        # The command thread's own.
        self._slots: list[_Slot] = []
        self._source: PlaybackSource | None = None
        self._open_live: Callable[[], MediaSource] | None = None
        self._paused = False
        self._audible = False
        self._target: datetime | None = None
        self._overshot_once = False
        self._frame_exact = False
        self._unchecked = False
        self._at_target = False
        self._since = 0.0
        self._last_seek = 0.0
        self._seeking = False
        self._kicked = False
        self._step_check: tuple[float, int, int] | None = None
        self._tries = 0
        self._playing_since = 0.0
        self._decoded = 0
        self._alive_at = 0.0
        self._polled = 0.0
        self._preparing: threading.Thread | None = None
        self._no_more_after: datetime | None = None

    # What anyone may ask

    @property
    def state(self) -> PlayerState:
        with self._lock:
            return self._state

    @property
    def error(self) -> ConsoleError | None:
        with self._lock:
            return self._error

    @property
    def live(self) -> bool:
        with self._lock:
            return self._live

    @property
    def speed(self) -> float:
        with self._lock:
            return self._speed

    @property
    def speeds(self) -> Sequence[float]:
        with self._lock:
            return self._speeds

    @property
    def speed_measured(self) -> float | None:
        with self._lock:
            now = time.monotonic()
            recent = [sample for sample in self._samples if now - sample[0] < 3.0]
            if len(recent) < 2 or self._state is not PlayerState.PLAYING:
                return None
            (first, begin), (last, end) = recent[0], recent[-1]
            return (end - begin).total_seconds() / (last - first) if last - first >= 0.8 else None

    def position(self) -> datetime | None:
        with self._lock:
            return self._position

    def frame(self) -> Frame | None:
        with self._lock:
            return self._frame

    def stats(self) -> PlayerStats:
        with self._lock:
            front, known = self._front, self._deck_stats
            frame, shown, reopened = self._frame, self._frames_of_media, self._reopened
            piece = front.piece if front else None
            media_ms = front.media_ms if front else 0.0
        own = piece.bytes_read() if piece else 0
        return PlayerStats(
            width=frame.width if frame else known.width,
            height=frame.height if frame else known.height,
            frames_per_second=known.frames_per_second,
            video=known.video,
            audio=known.audio,
            frames_shown=shown,
            frames_lost=known.lost,
            bytes_read=own or known.bytes_read,
            reopened=reopened,
            delay=piece.delay(media_ms) if piece else None,
        )

    # What anyone may order

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        self._start(lambda: self._do_play_live(open))

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        self._start(lambda: self._do_play(source, at, paused))

    def seek(self, when: datetime) -> None:
        with self._lock:
            waiting, self._wanted = self._wanted is not None, when
        if not waiting:
            self._post(self._do_wanted_seek)

    def pause(self) -> None:
        self._post(lambda: self._do_pause(True))

    def resume(self) -> None:
        self._post(lambda: self._do_pause(False))

    def step(self, frames: int) -> None:
        self._post(lambda: self._do_step(frames))

    def set_speed(self, speed: float) -> None:
        self._post(lambda: self._do_speed(speed))

    def set_audible(self, audible: bool) -> None:
        self._post(lambda: self._do_audible(audible))

    def stop(self) -> None:
        self._start(self._do_stop)

    def close(self) -> None:
        with self._wake:
            if self._closed:
                return
            self._closed = True
            if self._thread is None:
                return
            self._token.cancel()
            self._queue.append(self._do_stop)
            self._wake.notify()

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for a closed player's thread to be gone."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self, command: Callable[[], None]) -> None:
        """Calls off whatever is being opened, then does `command`."""
        with self._lock:
            self._wanted = None
        with self._wake:
            self._token.cancel()
            self._token = cancel.CancelToken()
        self._post(command)

    def _post(self, command: Callable[[], None]) -> None:
        with self._wake:
            if self._closed:
                return
            self._queue.append(command)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="player", daemon=True)
                self._thread.start()
            self._wake.notify()

    # The command thread

    def _run(self) -> None:
        while True:
            with self._wake:
                if not self._queue:
                    if self._closed:
                        break
                    self._wake.wait(_TICK if self._busy() else None)
                command = self._queue.popleft() if self._queue else self._tick
                token = self._token
            self._guarded(command, token)
        for slot in self._slots:
            with suppress(Exception):
                slot.deck.close()
        self._slots.clear()
        self._shelf.close()

    def _busy(self) -> bool:
        return self._source is not None or self._open_live is not None

    def _guarded(self, command: Callable[[], None], token: cancel.CancelToken) -> None:
        try:
            with cancel.bound(token):
                command()
        except Cancelled:
            pass
        except ConsoleError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 a bug; the player goes on
            _log.exception("a player's command failed")
            self._fail(MediaError(_("The player failed."), why=f"{type(error).__name__}: {error}"))

    def _set_state(self, state: PlayerState, error: ConsoleError | None = None) -> None:
        with self._lock:
            if self._state is state and error is None:
                return
            self._state, self._error = state, error
            if state is not PlayerState.PLAYING:
                self._samples.clear()
        self._since = time.monotonic()
        self._listener.on_state(state, error)

    def _fail(self, error: ConsoleError) -> None:
        self._seeking = False
        self._quiet()
        self._set_state(PlayerState.FAILED, error)

    # Commands

    def _do_play_live(self, opener: Callable[[], MediaSource]) -> None:
        self._leave()
        self._open_live = opener
        with self._lock:
            self._live = True
        self._set_state(PlayerState.CONNECTING)
        self._connect_live()

    def _connect_live(self) -> None:
        assert self._open_live is not None
        source = self._open_live()
        cancel.check()
        piece = open_live(source, self._open_stream)
        self._load(piece, None)

    def _do_play(self, source: PlaybackSource, at: datetime, paused: bool) -> None:
        self._leave()
        self._source = source
        self._paused = paused
        self._set_state(PlayerState.CONNECTING)
        self._go(at)

    def _do_wanted_seek(self) -> None:
        with self._lock:
            wanted = self._wanted
        if wanted is None or self._source is None:
            with self._lock:
                self._wanted = None
            return
        if time.monotonic() - self._last_seek < _SEEK_EVERY:
            return  # the tick does it when its time has come
        with self._lock:
            wanted, self._wanted = self._wanted, None
        assert wanted is not None
        self._last_seek = time.monotonic()
        self._tries = 0
        self._set_state(PlayerState.SEEKING)
        self._go(wanted)

    def _do_pause(self, paused: bool) -> None:
        if paused == self._paused or not self._busy():
            return
        self._paused, self._unchecked, self._at_target = paused, False, False
        front = self._front
        if front is None or front.piece is None or self.state.busy:
            return  # carried out when the picture is there
        if not paused and front.piece.live:
            self._set_state(PlayerState.CONNECTING)
            self._reload(front.piece)
            return
        if not paused and self.state is PlayerState.ENDED:
            return
        recent = time.monotonic() - self._playing_since < _DOUBT_SECONDS
        if paused and recent and front.deck.doubtful and self._target is not None:
            self._set_state(PlayerState.SEEKING)
            self._go(self._target, frame_exact=self._frame_exact)
            return
        front.deck.set_paused(paused)
        self._set_state(PlayerState.PAUSED if paused else PlayerState.PLAYING)
        self._alive_at = time.monotonic()
        if front.piece.control is not None:
            if paused:
                front.piece.control.pause()
            else:
                front.piece.control.resume()

    def _do_step(self, frames: int) -> None:
        front, state = self._front, self.state
        if front is None or front.piece is None or not frames:
            return
        seeking = state is PlayerState.SEEKING and self._paused
        if (seeking or self._at_target) and self._target is not None and not front.piece.live:
            # What is on screen just now may not be the picture asked for: from that one on.
            period = timedelta(seconds=front.deck.period)
            self._set_state(PlayerState.SEEKING)
            self._go(self._target + frames * period, frame_exact=self._frame_exact)
            return
        if state.busy:
            return
        if not self._paused:
            self._do_pause(True)
        if frames > 0 and front.deck.next_frames(frames):
            front.stepped, self._at_target = True, False
            with self._lock:
                self._step_check = (time.monotonic() + _STEP_PATIENCE, self._numbers, frames)
            return
        if not front.piece.live:
            self._step_by_seek(front, frames)

    def _step_by_seek(self, front: _Slot, frames: int) -> None:
        with self._lock:
            position = self._position
        if position is None or self._source is None:
            return
        self._set_state(PlayerState.SEEKING)
        period = timedelta(seconds=front.deck.period)
        self._go(position + frames * period, frame_exact=True)
        # Should single frames still be on their way, one of them may come out in its place.
        self._unchecked = front.stepped

    def _do_speed(self, speed: float) -> None:
        speed = min(self.speeds, key=lambda one: abs(one - speed))
        with self._lock:
            if self._speed == speed:
                return
            self._speed = speed
            self._samples.clear()
        front = self._front
        if front is None or front.piece is None or front.piece.live:
            return
        if isinstance(front.piece, BridgePiece):
            if front.piece.control is not None:
                front.piece.server_speed(speed)
                self._reload(front.piece)
            return
        front.deck.set_rate(speed)
        if self._ahead is not None:
            self._ahead.deck.set_rate(speed)

    def _do_audible(self, audible: bool) -> None:
        self._audible = audible
        for slot in (self._front, self._loading, self._kept):
            if slot is not None and slot.piece is not None:
                slot.deck.set_audible(audible)

    def _do_stop(self) -> None:
        self._set_state(PlayerState.IDLE)
        self._leave()

    # Going somewhere

    def _go(self, when: datetime, *, frame_exact: bool = False) -> None:
        """Shows `when` of the source, by the shortest way."""
        assert self._source is not None
        self._seeking = True
        self._overshot_once = False
        self._kicked = False
        self._since = time.monotonic()
        self._target, self._frame_exact, self._unchecked = when, frame_exact, False
        self._step_check = None
        self._no_more_after = None
        loading = self._loading
        if loading is not None and loading.piece is not None and loading.piece.holds(when):
            self._redirect(loading, loading.piece, when)
            return
        front, ahead, kept = self._front, self._ahead, self._kept
        stays = loading is None or front is None or not isinstance(front.piece, BridgePiece)
        if front is not None and stays and self._can_reuse(front, when):
            self._drop_loading()
            self._reuse(front, when)
            return
        if ahead is not None and ahead.parked and self._can_reuse(ahead, when):
            self._drop_loading()
            self._switch_to_ahead()
            self._reuse(ahead, when)
            return
        if kept is not None and self._can_reuse(kept, when) and _fresh(kept):
            self._return_to(kept, when)
            return
        self._open_at(when)

    def _can_reuse(self, slot: _Slot, when: datetime) -> bool:
        piece = slot.piece
        if slot.stepped and piece is not None and not self._stays_paused(slot, piece):
            # After single frames libVLC goes on and seeks at once wrongly, and its signs are false.
            return False
        return (
            piece is not None
            and not slot.over
            and not slot.worn
            and piece.holds(when)
            and self.state is not PlayerState.FAILED
            and (piece.control is not None or not isinstance(piece, BridgePiece))
        )

    def _stays_paused(self, slot: _Slot, piece: Piece) -> bool:
        """Whether a seek is carried out without going on meanwhile."""
        return self._paused and piece.seeks_paused and slot.deck.still

    def _redirect(self, slot: _Slot, piece: Piece, when: datetime) -> None:
        """Another moment of what is being opened."""
        if isinstance(piece, BridgePiece):
            piece.server_seek(when)
            self._reload(piece)
        elif slot.warm:
            self._reuse(slot, when)
        else:
            self._load(piece, when)

    def _reuse(self, slot: _Slot, when: datetime) -> None:
        """Seeks in a medium that is open."""
        piece = slot.piece
        assert piece is not None
        self._seeking = True
        if isinstance(piece, BridgePiece):
            assert piece.control is not None
            if self._paused:
                piece.control.resume()
            piece.server_seek(when)
            self._reload(piece)
            return
        # A libVLC that was paused just now may still show pictures, and while it is paused there
        # is no telling them from the one asked for. It is paused when that is there.
        if not self._stays_paused(slot, piece):
            slot.deck.set_paused(False)
        _seek(slot.deck, piece, when, frame_exact=self._frame_exact)

    def _return_to(self, slot: _Slot, when: datetime) -> None:
        """Goes back to the medium that was left behind."""
        assert slot.piece is not None
        self._drop_loading()
        self._drop_ahead()
        with self._lock:
            self._kept, self._loading = None, slot
            slot.start, slot.warm, slot.shown_at = None, True, 0.0
            self._speeds = slot.piece.speeds
            speed = self._speed
        if self._front is not None and self._front.piece is not None and not self._front.over:
            self._front.deck.set_paused(True)
        slot.deck.set_rate(speed)
        self._reuse(slot, when)

    def _open_at(self, when: datetime) -> None:
        assert self._source is not None
        clip = self._source.clip_at(when)
        if clip is None:
            clip = self._source.clip_after(when)
            if clip is None:
                self._seeking = False
                self._quiet()
                self._set_state(PlayerState.ENDED)
                return
            self._listener.on_gap(when, clip.span.begin)
            when = self._target = clip.span.begin
        cancel.check()
        self._end_sessions()
        piece = open_clip(clip, when, self._open_stream, self._shelf)
        self._load(piece, when)

    def _load(self, piece: Piece, when: datetime | None) -> None:
        """Opens `piece` on the deck that is not on screen; it takes over with its first picture."""
        self._drop_ahead()
        slot = self._spare(piece)
        with self._lock:
            self._speeds = piece.speeds
            if self._speed not in piece.speeds:
                self._speed = 1.0
            speed = self._speed
            self._loading = slot
        if isinstance(piece, BridgePiece) and piece.control is not None and speed != 1.0:
            piece.server_speed(speed)
        self._seeking = True
        if self._front is not None and self._front.piece is not None and not self._front.over:
            self._front.deck.set_paused(True)
        self._open_on(slot, piece, when, speed)

    def _open_on(self, slot: _Slot, piece: Piece, when: datetime | None, speed: float) -> None:
        medium = piece.medium(when, speed)
        with self._lock:
            slot.piece = piece
            slot.picture = None
            slot.parked = slot.over = slot.warm = slot.worn = slot.stepped = False
            slot.shown_at = 0.0
            slot.start = when if medium.start_ms > 0 else None
            slot.serial = -1
        serial = slot.deck.open(medium, audible=self._audible and slot is not self._ahead)
        with self._lock:
            slot.serial = serial

    def _reload(self, piece: Piece) -> None:
        """The same stream from another point on, on the other deck."""
        slot = self._spare(piece)
        with self._lock:
            self._loading = slot
            old = self._front
        self._seeking = True
        if old is not None and old.piece is not None:
            old.deck.set_paused(True)
        self._open_on(slot, piece, None, 1.0)

    def _spare(self, keep: Piece | None = None) -> _Slot:
        """A slot that is not on screen, silent."""
        with self._lock:
            loading, self._loading = self._loading, None
        if loading is not None:
            self._retire(loading, keep=keep)
            return loading
        for slot in self._slots:
            if slot not in (self._front, self._ahead, self._kept):
                return slot
        slot = _Slot(self._make_deck(self))
        self._slots.append(slot)
        return slot

    def _switch_to_ahead(self) -> None:
        """Puts the picture that was prepared on screen, and plays on from it."""
        with self._lock:
            ahead, old = self._ahead, self._front
            assert ahead is not None
            assert ahead.piece is not None
            self._ahead, self._front = None, ahead
            self._speeds = ahead.piece.speeds
            picture = ahead.picture
            if picture is not None:
                self._show(ahead, picture, time.monotonic(), True)
        self._listener.on_frame()
        if not self._paused:
            ahead.deck.set_paused(False)
        if self._audible:
            ahead.deck.set_audible(True)
        if old is not None:
            self._leave_behind(old, keep=ahead.piece)
        self._alive_at = time.monotonic()

    def _leave_behind(self, slot: _Slot, keep: Piece | None) -> None:
        """Keeps what was on screen open, where a seek can come back to it; else closes it."""
        piece = slot.piece
        worn = slot.over or slot.worn or slot.stepped
        if piece is None or worn or piece is keep or not _can_wait(piece):
            self._retire(slot, keep=keep)
            return
        slot.deck.set_paused(True)
        with self._lock:
            before, self._kept = self._kept, slot
            slot.picture = None
            slot.left_at = time.monotonic()
        if before is not None and before is not slot:
            self._retire(before)

    def _retire(self, slot: _Slot, keep: Piece | None = None) -> None:
        piece, slot.piece = slot.piece, None
        with self._lock:
            slot.serial = -1
            slot.picture = None
        slot.deck.stop()
        if piece is not None and piece is not keep:
            _close(piece)

    def _drop_loading(self) -> None:
        with self._lock:
            loading, self._loading = self._loading, None
        if loading is None:
            return
        if loading.warm:
            self._leave_behind(loading, keep=None)
        else:
            front = self._front
            self._retire(loading, keep=front.piece if front is not None else None)

    def _drop_kept(self) -> None:
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            self._retire(kept)

    def _drop_ahead(self) -> None:
        with self._lock:
            ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._retire(ahead)

    def _end_sessions(self) -> None:
        """Ends a device's session before another is opened: many allow only one."""
        for slot in (self._front, self._loading):
            if slot is not None and slot.piece is not None and slot.piece.control is not None:
                self._retire(slot)
                slot.over = True

    def _leave(self) -> None:
        """Forgets what was playing."""
        self._source = self._open_live = None
        self._paused = False
        self._target = None
        self._tries = 0
        self._quiet()
        with self._lock:
            self._frame = self._position = None
            self._live = False
            self._speed, self._speeds = 1.0, SPEEDS
            self._frames_of_media = 0
            self._deck_stats = DeckStats()

    def _quiet(self) -> None:
        """Stops every deck and session; the last frame stays."""
        with self._lock:
            self._front = self._loading = self._ahead = self._kept = None
        for slot in self._slots:
            self._retire(slot)

    # What decks tell, on their threads

    def on_picture(
        self,
        deck: Deck,
        serial: int,
        picture: Picture,
        media_ms: float | None,
        now: float,
        new: bool,
        landed: bool,
    ) -> None:
        with self._lock:
            slot = next(
                (
                    one
                    for one in (self._front, self._loading, self._ahead)
                    if one is not None and one.deck is deck and one.serial in (serial, -1)
                ),
                None,
            )
            if slot is None or slot.piece is None:
                return
            if media_ms is None:
                if slot.picture is None and slot.start is not None:
                    slot.picture = picture
                    self._post(lambda: self._on_hidden(slot, serial))
                return
            slot.picture, slot.media_ms = picture, media_ms
            if new or not slot.shown_at:
                slot.shown_at = now
            if slot is self._ahead:
                if landed:
                    self._post(lambda: self._on_parked(slot, serial))
                return
            old = None
            if slot is self._loading:
                old, self._front, self._loading = self._front, slot, None
                landed = True
            shown = self._show(slot, picture, now, new)
        if shown:
            self._listener.on_frame()
        if landed:
            self._post(lambda: self._on_landed(slot, serial, old))

    def _show(self, slot: _Slot, picture: Picture, now: float, new: bool) -> bool:
        """Makes the picture the current frame, under the lock; False where it is not shown."""
        piece = slot.piece
        assert piece is not None
        when = piece.wall(slot.media_ms)
        if when is not None and piece.end is not None and when >= piece.end - _SHORTEST:
            if not slot.over and slot.shown_at:
                slot.over = True
                serial = slot.serial
                self._post(lambda: self._on_over(slot, serial))
            if self._frame is not None and self._position is not None:
                return False
        self._position = when
        if when is not None:
            self._samples.append((now, when))
        if not new and self._frame is not None and self._frame.data is picture.data:
            return False
        if new or self._frame is None:
            self._numbers += 1
            self._frames_of_media += 1
        else:
            return False
        self._frame = Frame(
            width=picture.width,
            height=picture.height,
            stride=picture.stride,
            data=picture.data,
            number=self._numbers,
            when=when,
        )
        return True

    def on_end(self, deck: Deck, serial: int) -> None:
        self._post(lambda: self._on_deck_end(deck, serial))

    def on_error(self, deck: Deck, serial: int) -> None:
        self._post(lambda: self._on_deck_error(deck, serial))

    # What follows from it, on the command thread

    def _on_hidden(self, slot: _Slot, serial: int) -> None:
        """The medium is open, a little before the moment: now it can be told the moment."""
        waiting = slot in (self._loading, self._ahead)
        if waiting and slot.serial == serial and slot.piece is not None and slot.start is not None:
            _seek(slot.deck, slot.piece, slot.start)

    def _on_parked(self, slot: _Slot, serial: int) -> None:
        if slot is not self._ahead or slot.serial != serial:
            return
        slot.deck.set_paused(True)
        slot.parked = True
        if self._front is not None and self._front.over:
            self._advance()

    def _on_landed(self, slot: _Slot, serial: int, old: _Slot | None) -> None:
        front = self._front
        if slot is front and slot.serial == serial and slot.piece is not None:
            if self._paused and slot.deck.doubtful and self._target is not None:
                self._reuse(slot, self._target)
                return
            if self._session_overshot(slot):
                assert self._target is not None
                self._overshot_once = True
                self._reuse(slot, self._target)
                return
            self._seeking = False
            self._alive_at = self._playing_since = time.monotonic()
            self._at_target = self._paused
            if self._paused:
                self._unchecked = self._unchecked or not slot.deck.paused
                slot.deck.set_paused(True)
            self._set_state(PlayerState.PAUSED if self._paused else PlayerState.PLAYING)
            self._poll(slot)
            if self._paused and slot.piece.control is not None:
                slot.piece.control.pause()
            if self._audible:
                slot.deck.set_audible(True)
        if old is not None and old is not self._front:
            self._leave_behind(old, keep=front.piece if front is not None else None)

    def _session_overshot(self, slot: _Slot) -> bool:
        """Whether a session that was just opened has landed behind the moment asked for.

        A server that is told to go somewhere while it begins to send may leave out what comes
        before its next key frame; told again, it begins where it should.
        """
        piece = slot.piece
        if self._overshot_once or self._target is None or piece is None or piece.control is None:
            return False
        shown = piece.wall(slot.media_ms)
        return shown is not None and shown - self._target > _OVERSHOT

    def _on_over(self, slot: _Slot, serial: int) -> None:
        if slot is self._front and slot.serial == serial and not self._seeking:
            slot.deck.set_paused(True)
            self._advance()

    def _on_deck_end(self, deck: Deck, serial: int) -> None:
        slot = self._front
        if slot is not None and slot.deck is deck and slot.serial == serial:
            if slot.piece is not None and (slot.piece.live or slot.piece.problem is not None):
                self._trouble(slot.piece.problem or _broke_off())
            elif self._seeking and self._far_from_end(slot.piece):
                # An address that expired on the way to a moment ends the data like the end does.
                self._trouble(_broke_off())
            elif self._loading is None:
                slot.over = True
                self._seeking = False
                self._advance()
            return
        loading = self._loading
        if loading is not None and loading.deck is deck and loading.serial == serial:
            # A moment so near the end that no picture follows counts as the end.
            piece = loading.piece
            near = (
                piece is not None
                and piece.end is not None
                and self._target is not None
                and piece.end - self._target < timedelta(seconds=2)
            )
            if near and piece is not None and piece.problem is None:
                with self._lock:
                    self._loading = None
                    old, self._front = self._front, loading
                loading.over = True
                self._seeking = False
                if old is not None:
                    self._retire(old, keep=piece)
                self._advance()
            else:
                self._trouble(piece.problem if piece is not None else None)
        else:
            self._drop_waiting(deck)

    def _far_from_end(self, piece: Piece | None) -> bool:
        """Whether the moment sought lies well before the end of the piece."""
        return (
            piece is not None
            and piece.end is not None
            and self._target is not None
            and piece.end - self._target >= timedelta(seconds=2)
        )

    def _on_deck_error(self, deck: Deck, serial: int) -> None:
        for slot in (self._front, self._loading):
            if slot is not None and slot.deck is deck and slot.serial == serial:
                self._trouble(slot.piece.problem if slot.piece is not None else None)
                return
        self._drop_waiting(deck)

    def _drop_waiting(self, deck: Deck) -> None:
        """What was held ready on `deck` cannot be played on."""
        if self._ahead is not None and self._ahead.deck is deck:
            self._drop_ahead()
        if self._kept is not None and self._kept.deck is deck:
            self._drop_kept()

    def _advance(self) -> None:
        """The piece on screen is over: the next one, or the end."""
        front, ahead = self._front, self._ahead
        if front is None or front.piece is None or self._source is None:
            return
        if ahead is not None and ahead.piece is not None:
            if ahead.parked:
                self._tell_gap(front.piece, ahead.piece)
                self._switch_to_ahead()
                self._set_state(PlayerState.PAUSED if self._paused else PlayerState.PLAYING)
            return
        if self._preparing is None:
            self._prepare(front.piece)

    def _tell_gap(self, piece: Piece, following: Piece) -> None:
        if piece.end and following.begin and following.begin - piece.end >= _GAP:
            self._listener.on_gap(piece.end, following.begin)

    def _prepare(self, piece: Piece) -> None:
        """Finds and opens what follows `piece` on a thread of its own: commands do not wait."""
        source, token = self._source, self._token
        assert source is not None

        def work() -> None:
            found: Piece | None = None
            failure: ConsoleError | None = None
            try:
                with cancel.bound(token):
                    found = self._find_next(source, piece)
            except ConsoleError as error:
                failure = error
            except Exception as error:  # noqa: BLE001 a bug; the player goes on
                _log.exception("the next clip failed to open")
                failure = StreamUnavailable(
                    _("The next recording cannot be opened."), why=type(error).__name__
                )
            if found is not None and token.cancelled:
                _close(found)
                found = None
            self._post(lambda: self._on_prepared(piece, found, failure, token))

        self._preparing = threading.Thread(target=work, name="player next", daemon=True)
        self._preparing.start()

    def _find_next(self, source: PlaybackSource, piece: Piece) -> Piece | None:
        rest = piece.following()
        if rest is not None:
            return rest
        clip = piece.clip
        assert clip is not None
        end = clip.span.end
        following: Clip | None = source.clip_at(end)
        if following is None or following.span.begin <= clip.span.begin:
            following = source.clip_after(max(end - _SHORTEST, clip.span.begin))
        if following is None:
            return None
        if piece.control is not None:
            _close(piece)  # a device has one session
        return open_clip(following, following.span.begin, self._open_stream, self._shelf)

    def _on_prepared(
        self,
        piece: Piece,
        found: Piece | None,
        failure: ConsoleError | None,
        token: cancel.CancelToken,
    ) -> None:
        self._preparing = None
        front = self._front
        if token.cancelled or front is None or front.piece is not piece or self._seeking:
            if found is not None:
                _close(found)
            return
        if found is None and not front.over:
            self._no_more_after = piece.end
            return
        if failure is not None:
            self._fail(failure)
        elif found is None:
            self._set_state(PlayerState.ENDED)
        elif front.over:
            self._tell_gap(piece, found)
            self._target = found.begin
            self._set_state(PlayerState.SEEKING)
            self._load(found, found.begin)
        else:
            slot = self._spare()
            with self._lock:
                self._ahead = slot
            self._open_on(slot, found, found.begin, self._speed)

    # Watching

    def _tick(self) -> None:
        now = time.monotonic()
        with self._lock:
            wanted = self._wanted
        if wanted is not None:
            self._do_wanted_seek()
            return
        state, front, loading = self.state, self._front, self._loading
        if loading is not None or self._seeking:
            waiting = loading or front
            problem = waiting.piece.problem if waiting and waiting.piece else None
            if problem is not None:
                self._trouble(problem)
            elif loading is not None and loading.warm and now - self._since > _WARM_PATIENCE:
                assert self._target is not None
                loading.worn = True
                self._open_at(self._target)
            elif self._paused and waiting is not None and self._kick_due(waiting, now):
                # A paused libVLC now and then keeps the new picture to itself; on landing it is
                # paused again.
                assert waiting.piece is not None
                assert self._target is not None
                waiting.deck.set_paused(False)
                _seek(waiting.deck, waiting.piece, self._target, frame_exact=self._frame_exact)
            elif now - self._since > CONNECT_SECONDS:
                self._trouble(failures.nothing_comes(CONNECT_SECONDS))
            elif waiting is not None:
                waiting.deck.insist()
            return
        if front is None or front.piece is None:
            return
        if self._kept is not None and not _fresh(self._kept):
            self._drop_kept()
        if now - self._polled > 0.5:
            self._poll(front)
        self._check_step(now)
        front.deck.insist()
        if state is PlayerState.PAUSED:
            self._check_landing(front, front.piece)
        if state is not PlayerState.PLAYING or front.over:
            return
        if now - max(front.shown_at, self._alive_at) > STALL_SECONDS:
            self._set_state(PlayerState.STALLED)
            self._trouble(front.piece.problem or failures.nothing_comes(STALL_SECONDS))
            return
        if now - self._playing_since > _STEADY_SECONDS:
            self._tries = 0
        self._look_ahead(front.piece)

    def _check_step(self, now: float) -> None:
        """libVLC may not follow the order for the next frame: then by a seek."""
        if self._step_check is None or now < self._step_check[0]:
            return
        _due, number, frames = self._step_check
        self._step_check = None
        front = self._front
        with self._lock:
            moved = self._numbers != number
        if not moved and front is not None and self._paused and not self.state.busy:
            self._step_by_seek(front, frames)

    def _check_landing(self, slot: _Slot, piece: Piece) -> None:
        """Asks once more for a picture that landed while others could still come out.

        Now that none does, what comes is the one asked for: nearly always the one on screen.
        """
        if self._unchecked and piece.seeks_paused and self._target and slot.deck.still:
            self._unchecked = False
            exact = self._frame_exact
            _seek(slot.deck, piece, self._target, frame_exact=exact, check=True)

    def _kick_due(self, slot: _Slot, now: float) -> bool:
        if self._kicked or now - self._since <= _KICK_AFTER or not slot.deck.paused:
            return False
        self._kicked = True
        return slot.piece is not None and (slot is self._front or slot.warm)

    def _poll(self, slot: _Slot) -> None:
        """Counters of the deck on screen; decoded pictures are a sign of life in a still scene."""
        self._polled = time.monotonic()
        known = slot.deck.stats()
        if known.decoded != self._decoded:
            self._decoded = known.decoded
            self._alive_at = self._polled
        if 1 <= known.frames_per_second <= 240:
            slot.deck.set_period(1 / known.frames_per_second)
        with self._lock:
            self._deck_stats = known

    def _look_ahead(self, piece: Piece) -> None:
        if (
            piece.live
            or piece.control is not None
            or piece.end is None
            or self._ahead is not None
            or self._preparing is not None
            or self._no_more_after == piece.end
        ):
            return
        with self._lock:
            position, speed = self._position, self._speed
        if position and (piece.end - position).total_seconds() < _AHEAD_SECONDS * max(1.0, speed):
            self._prepare(piece)

    def _trouble(self, error: ConsoleError | None) -> None:
        """Reopens once, with a fresh address; at the second time, says why."""
        waiting = self._loading or self._front
        piece = waiting.piece if waiting is not None else None
        if self._tries >= 1 or (error is not None and not error.retryable):
            reason = error
            if piece is not None and (reason is None or isinstance(reason, StreamUnavailable)):
                found = failures.explain(piece, self._open_stream)
                reason = found if error is None or not _vague(found) else error
            self._fail(reason or _broke_off())
            return
        self._tries += 1
        if waiting is not None:
            waiting.worn = True
        with self._lock:
            self._reopened += 1
            position = self._position
        _log.info("a stream is opened again after trouble")
        if self.state is PlayerState.PLAYING:
            self._set_state(PlayerState.STALLED)
        self._since = time.monotonic()
        if self._open_live is not None:
            self._connect_live()
        elif self._source is not None:
            when = self._target if self._seeking or position is None else position
            assert when is not None
            self._target = when
            self._seeking = True
            self._open_at(when)


def _seek(
    deck: Deck, piece: Piece, when: datetime, *, frame_exact: bool = False, check: bool = False
) -> None:
    """Seeks to the frame at `when`; `frame_exact` where one is known to be right there."""
    period_ms = deck.period * 1000
    media_ms = piece.media_ms(when)
    if frame_exact:
        # Half a frame off it, to the side from which the demuxer comes back to it.
        deck.seek(max(0.0, media_ms - piece.lands * period_ms), media_ms, check=check)
        return
    # Frames are at even distances from the start, in all but a few recordings.
    frames = media_ms / period_ms
    if piece.lands < 0:
        shows = math.floor(frames + _SAME_FRAME) * period_ms
        media_ms = max(media_ms, shows + 1)
    elif piece.lands > 0:
        shows = math.ceil(frames - _SAME_FRAME) * period_ms
    else:
        shows = media_ms
    deck.seek(media_ms, shows, check=check)


def _can_wait(piece: Piece) -> bool:
    """Whether it can stay open, paused, without holding up anybody."""
    return not piece.live and piece.control is None and not isinstance(piece, BridgePiece)


def _fresh(slot: _Slot) -> bool:
    """Whether a medium that was left behind will still be answered by its server."""
    expires = slot.piece.source.expires if slot.piece is not None else None
    if expires is not None and expires <= datetime.now(UTC) + timedelta(seconds=5):
        return False
    return time.monotonic() - slot.left_at < _WARM_SECONDS


def _vague(error: ConsoleError) -> bool:
    return type(error) is StreamUnavailable


def _broke_off() -> StreamUnavailable:
    return StreamUnavailable(
        _("The stream ended."), remedy=_("Try again; the device may have gone offline.")
    )


def _close(piece: Piece) -> None:
    try:
        piece.close()
    except ConsoleError as error:
        _log.info("ending a playback session failed: %s", type(error).__name__)
