"""A deck over libVLC 3: one media player, which shows one medium after another into memory."""

from __future__ import annotations

import ctypes
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from vsconsole.player.clock import FrameClock
from vsconsole.player.decks import ByteSource, DeckEvents, DeckStats, Medium, Picture
from vsconsole.player.vlc_bytes import media_of
from vsconsole.player.vlc_log import Report, log_of
from vsconsole.player.vlc_pictures import Buffers, comparison, without_padding
from vsconsole.player.vlc_tracks import read_tracks

_ORDER_SECONDS = 0.1

_SOUND_OFF = 9999
"""As the wanted number of the sound track: there is no such track, so none is decoded."""

_Void = ctypes.c_void_p
_LOCK = ctypes.CFUNCTYPE(_Void, _Void, ctypes.POINTER(_Void))
_DISPLAY = ctypes.CFUNCTYPE(None, _Void, _Void)
_UINTS = ctypes.POINTER(ctypes.c_uint)
_FORMAT = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.POINTER(_Void), _Void, _UINTS, _UINTS, _UINTS, _UINTS
)
_CLEANUP = ctypes.CFUNCTYPE(None, _Void)


class VlcDeck:
    """One libVLC media player: shows one medium after another into memory.

    Methods may block and are called from the owner's command thread only. What libVLC calls (from
    its threads) takes the lock, notes, tells `events`, and never calls libVLC.
    """

    def __init__(self, library: Any, instance: Any, events: DeckEvents) -> None:
        self._vlc = library
        self._instance = instance
        self._events = events
        self._lock = threading.Lock()
        self._compare = comparison()
        self._clock = FrameClock(trust=True)
        self._serial = 0
        self._hold = True
        # Sought while paused: from then on libVLC ignores the order for the next frame.
        self._sought = False
        self._buffers: Buffers | None = None
        self._last: Picture | None = None
        self._source: ByteSource | None = None
        self._media: Any = None
        self._tracks = DeckStats()
        self._player = instance.media_player_new()
        self._player.video_set_mouse_input(False)
        self._player.video_set_key_input(False)
        self._keep = (
            _LOCK(self._on_lock),
            _DISPLAY(self._on_display),
            _FORMAT(self._on_format),
            _CLEANUP(self._on_cleanup),
        )
        address = [ctypes.cast(function, _Void) for function in self._keep]
        handle = ctypes.c_void_p.from_param(self._player)
        dll = library.dll
        dll.libvlc_video_set_callbacks.argtypes = [_Void] * 5
        dll.libvlc_video_set_callbacks(handle, address[0], None, address[1], None)
        dll.libvlc_video_set_format_callbacks.argtypes = [_Void] * 3
        dll.libvlc_video_set_format_callbacks(handle, address[2], address[3])
        kinds = library.EventType
        manager = self._player.event_manager()
        manager.event_attach(kinds.MediaPlayerTimeChanged, self._on_time)
        manager.event_attach(kinds.MediaPlayerBuffering, self._on_buffering)
        manager.event_attach(kinds.MediaPlayerEndReached, self._on_end)
        manager.event_attach(kinds.MediaPlayerEncounteredError, self._on_error)
        # libVLC calls them as long as a medium of our own bytes is played.
        self._stream_callbacks: tuple[Any, ...] = ()
        self._log = log_of(library, instance)
        self._counts = False

    # Commands

    def open(self, medium: Medium, *, audible: bool) -> int:
        """Plays `medium`; the number that its events carry.

        Where it starts later than its begin, the owner answers the first hidden picture by `seek`.
        """
        self._halt()
        with self._lock:
            self._serial += 1
            serial = self._serial
            self._clock = FrameClock(trust=medium.trust_times, period=medium.period)
            # Where pictures are counted, those that are thrown away count, too.
            self._counts = not medium.trust_times
            self._clock.set_rate(medium.rate)
            # Pictures from before the moment stay hidden: `:start-time` alone may show some.
            self._hold = medium.start_ms > 0
            if not self._hold:
                self._clock.opened(0.0, time.monotonic())
            self._last = None
        options = list(medium.options)
        if not audible:
            options.append(f":audio-track={_SOUND_OFF}")
        if isinstance(medium.address, str):
            media = self._instance.media_new(medium.address)
        else:
            media, self._stream_callbacks = media_of(
                self._vlc, self._instance, medium.address, live=medium.live
            )
            with self._lock:
                self._source = medium.address
        for option in options:
            media.add_option(option)
        self._listen()
        self._player.set_media(media)
        self._media = media
        self._tracks = DeckStats()
        self._player.set_rate(medium.rate)
        self._player.play()
        return serial

    def seek(self, media_ms: float, shows: float, *, check: bool = False) -> None:
        with self._lock:
            self._clock.seek(shows, time.monotonic(), check=check)
            self._hold = False
            self._sought = self._clock.paused
        self._listen()
        self._player.set_time(max(0, round(media_ms)))

    def set_paused(self, paused: bool) -> None:
        with self._lock:
            before = self._clock.paused
            self._sought = self._sought and paused
            self._clock.set_paused(paused, time.monotonic())
        # libVLC carries it out later, and until then takes the opposite order for done already.
        self._wait_paused(before)
        self._player.set_pause(1 if paused else 0)

    def _wait_paused(self, paused: bool) -> None:
        """Waits a little for the last order to pause or go on to be carried out."""
        state = self._vlc.State
        pending = state.Playing if paused else state.Paused
        until = time.monotonic() + _ORDER_SECONDS
        while self._player.get_state() == pending and time.monotonic() < until:
            time.sleep(0.001)

    def insist(self) -> None:
        """Repeats the last order to pause or go on, where libVLC has not followed it."""
        paused, state = self.paused, self._vlc.State
        if self._player.get_state() == (state.Playing if paused else state.Paused):
            self._player.set_pause(1 if paused else 0)

    def set_rate(self, rate: float) -> None:
        with self._lock:
            self._clock.set_rate(rate)
        self._player.set_rate(rate)

    def next_frames(self, count: int) -> bool:
        if self._sought:
            return False
        for _each in range(count):
            self._player.next_frame()
        return True

    def set_audible(self, audible: bool) -> None:
        if not audible:
            self._player.audio_set_track(-1)
            return
        tracks = [number for number, _name in self._player.audio_get_track_description() or ()]
        wanted = next((number for number in tracks if number >= 0), None)
        if wanted is not None:
            self._player.audio_set_track(wanted)
            self._player.audio_set_mute(False)

    def stop(self) -> None:
        """Ends playing and lets go of the medium; the last picture stays with who holds it."""
        self._halt()
        with self._lock:
            self._last = None

    def close(self) -> None:
        self._halt()
        with suppress(Exception):
            manager = self._player.event_manager()
            kinds = self._vlc.EventType
            for kind in (
                kinds.MediaPlayerTimeChanged,
                kinds.MediaPlayerBuffering,
                kinds.MediaPlayerEndReached,
                kinds.MediaPlayerEncounteredError,
            ):
                manager.event_detach(kind)
        self._player.release()
        with self._lock:
            self._log.close()
        self._instance.release()
        with self._lock:
            self._last = self._buffers = None

    def stats(self) -> DeckStats:
        """Codecs, size and counters of the medium as libVLC knows them."""
        with self._lock:
            measured = 1 / self._clock.period if self._clock.period_known else 0.0
        self._listen()
        media = self._media
        if media is None:
            return DeckStats()
        numbers = self._vlc.MediaStats()
        known = bool(media.get_stats(numbers))
        if not self._tracks.frames_per_second:  # known some time after the rest
            self._tracks = read_tracks(self._vlc, media)
        return replace(
            self._tracks,
            frames_per_second=self._tracks.frames_per_second or measured,
            decoded=numbers.decoded_video if known else 0,
            lost=numbers.lost_pictures if known else 0,
            # Of a playlist the first counts the list only, the second what its segments held.
            bytes_read=max(numbers.read_bytes, numbers.demux_read_bytes) if known else 0,
        )

    @property
    def period(self) -> float:
        """Seconds from one picture to the next."""
        with self._lock:
            return self._clock.period

    def set_period(self, seconds: float) -> None:
        with self._lock:
            self._clock.set_period(seconds)

    @property
    def paused(self) -> bool:
        """Whether it was last told to pause."""
        with self._lock:
            return self._clock.paused

    @property
    def still(self) -> bool:
        """Whether it has been paused for so long that no picture comes out by itself."""
        with self._lock:
            return self._clock.still(time.monotonic())

    @property
    def doubtful(self) -> bool:
        """Whether the picture that landed may be that of the seek before; see FrameClock."""
        with self._lock:
            return self._clock.doubtful

    @property
    def late(self) -> bool:
        """Whether the picture that landed may be one from after the moment; see FrameClock."""
        with self._lock:
            return self._clock.late

    def _listen(self) -> None:
        """Has libVLC report what it does while that is needed: for every picture it says something.

        It is asked for before an order, and ended some time after it.
        """
        with self._lock:
            wanted = self._counts or self._clock.waiting
            if wanted != self._log.on:
                self._log.listen(wanted)

    def _halt(self) -> None:
        with self._lock:
            self._serial += 1
            self._hold = True
            source, self._source = self._source, None
        if source is not None:
            source.close()  # a read that waits for bytes would make stop wait too
        if self._media is not None:
            self._player.stop()
            self._media.release()
            self._media = None
        self._stream_callbacks = ()

    # What libVLC calls

    def _on_format(
        self, _opaque: Any, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any
    ) -> int:
        ctypes.memmove(chroma, b"RV32", 4)
        # libVLC offers the decoder's padded size and would scale the picture up to it. Asking for
        # the real one from here is safe: it takes the lock of the medium's description only.
        media, source = self._media, self._source
        size = source.size if source is not None else None
        if size is None and media is not None:
            tracks = read_tracks(self._vlc, media)
            size = (tracks.width, tracks.height) if tracks.width and tracks.height else None
        width[0], height[0] = size or (width[0], without_padding(height[0]))
        with self._lock:
            buffers = self._buffers
            if buffers is None or (buffers.width, buffers.height) != (width[0], height[0]):
                buffers = self._buffers = Buffers(width[0], height[0])
                self._last = None
        pitches[0], lines[0] = buffers.stride, buffers.lines
        return 1

    def _on_cleanup(self, _opaque: Any) -> None:
        return None

    def _hear(self, now: float) -> None:
        """Tells the clock what libVLC has reported meanwhile; with the lock, before anything else
        is told to it, or a report would seem to follow what it came before."""
        for report in self._log.take():
            if report is Report.DROPPED:
                self._clock.dropped()
            else:
                self._clock.decoded(now)

    def _on_lock(self, _opaque: Any, planes: Any) -> int:
        with self._lock:
            assert self._buffers is not None
            index, buffer = self._buffers.take()
        planes[0] = ctypes.addressof(buffer)
        return index + 1

    def _on_display(self, _opaque: Any, number: int | None) -> None:
        now = time.monotonic()
        with self._lock:
            buffers, last = self._buffers, self._last
            if buffers is None or not number:
                return
            self._hear(now)
            picture = buffers.lend(number - 1)
            new = (
                last is None
                or last.width != picture.width
                or self._compare(last.address, picture.address, buffers.size) != 0
            )
            serial, hold = self._serial, self._hold
            waiting = self._clock.waiting
            media_ms = None if hold else self._clock.picture(now, new)
            if media_ms is not None or new:
                self._last = picture
            landed = waiting and not self._clock.waiting and (new or not self._clock.checking)
        self._events.on_picture(self, serial, picture, media_ms, now, new, landed)

    def _on_time(self, event: Any) -> None:
        now = time.monotonic()
        with self._lock:
            self._hear(now)
            self._clock.told(event.u.new_time, now)

    def _on_buffering(self, event: Any) -> None:
        if self._clock.fills and event.u.new_cache > 0:
            return  # one of some eighty, in a moment
        now = time.monotonic()
        with self._lock:
            self._hear(now)
            self._clock.buffering(event.u.new_cache, now)

    def _on_end(self, _event: Any) -> None:
        self._events.on_end(self, self._serial)

    def _on_error(self, _event: Any) -> None:
        self._events.on_error(self, self._serial)
