"""libVLC 3, the only place that knows it: the engine (one instance) and decks (one medium each)."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from vsconsole.domain.errors import PlayerMissing
from vsconsole.i18n import _
from vsconsole.player.backend import Player, PlayerListener
from vsconsole.player.clip_player import ClipPlayer
from vsconsole.player.clock import FrameClock
from vsconsole.player.decks import ByteSource, Deck, DeckEvents, DeckStats, Medium, Picture
from vsconsole.player.pieces import OpenStream

_log = logging.getLogger(__name__)

_ARGUMENTS = (
    "--ignore-config",  # the user's own VLC settings must not change what is seen here
    "--quiet",
    "--no-interact",  # no dialogs for passwords or certificates
    "--no-video-title-show",
    "--no-osd",
    "--no-spu",
    "--no-sub-autodetect-file",  # files beside a recording are not subtitles
    "--no-metadata-network-access",
    "--no-media-library",
    "--no-lua",  # no playlist scripts run over what a server answers
    "--no-snapshot-preview",
    "--no-input-fast-seek",  # to the frame asked for, not to the key frame before it
    "--drop-late-frames",
    "--skip-frames",
)

_ORDER_SECONDS = 0.1

_SOUND_OFF = 9999
"""As the wanted number of the sound track: there is no such track, so none is decoded."""

_Void = ctypes.c_void_p
_LOCK = ctypes.CFUNCTYPE(_Void, _Void, ctypes.POINTER(_Void))
_UNLOCK = ctypes.CFUNCTYPE(None, _Void, _Void, ctypes.POINTER(_Void))
_DISPLAY = ctypes.CFUNCTYPE(None, _Void, _Void)
_UINTS = ctypes.POINTER(ctypes.c_uint)
_FORMAT = ctypes.CFUNCTYPE(
    ctypes.c_uint, ctypes.POINTER(_Void), _Void, _UINTS, _UINTS, _UINTS, _UINTS
)
_CLEANUP = ctypes.CFUNCTYPE(None, _Void)
_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, _Void, ctypes.POINTER(_Void), ctypes.POINTER(ctypes.c_uint64)
)
_READ = ctypes.CFUNCTYPE(ctypes.c_ssize_t, _Void, _Void, ctypes.c_size_t)
_CLOSE = ctypes.CFUNCTYPE(None, _Void)
_LOG = ctypes.CFUNCTYPE(None, _Void, ctypes.c_int, _Void, ctypes.c_char_p, _Void)

_FIRST_PICTURE = (b"Received first picture", b"end of video preroll")
"""What a decoder of libVLC 3 reports (src/input/decoder.c) when it has the first picture after its
data was thrown away; the old pictures have been taken from the output by then. No event says it."""


class VlcEngine:
    """Makes players over libVLC, which is loaded at the first play.

    `open_stream` opens the bytes of a network address for the bridge (read, close); without it
    FFmpeg's own reader is used.
    """

    def __init__(self, open_stream: OpenStream | None = None) -> None:
        self._open_stream = open_stream
        # Loading takes a while and the window asks for players meanwhile: a lock for each.
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._library: Any = None
        self._players: weakref.WeakSet[ClipPlayer] = weakref.WeakSet()

    def player(self, listener: PlayerListener) -> Player:
        """A new player, silent and idle; costs next to nothing until it plays."""
        player = ClipPlayer(listener, self._deck, self._open_stream)
        with self._lock:
            self._players.add(player)
        return player

    def close(self, wait: float = 2.0) -> None:
        """Closes every player and waits at most `wait` seconds for their sessions to end."""
        with self._lock:
            players = list(self._players)
        for player in players:
            player.close()
        until = time.monotonic() + wait
        for player in players:
            player.join(max(0.0, until - time.monotonic()))

    def version(self) -> str:
        """libVLC's version text; PlayerMissing where it cannot be loaded."""
        with self._loading:
            self._new_instance().release()
            return str(self._library.libvlc_get_version().decode(errors="replace"))

    def _deck(self, events: DeckEvents) -> Deck:
        # An instance each (a few ms and 100 kB): what an instance reports does not tell the player.
        with self._loading:
            instance = self._new_instance()
        return VlcDeck(self._library, instance, events)

    def _new_instance(self) -> Any:
        try:
            import vlc
        except (ImportError, OSError, NameError, AttributeError) as error:
            raise _missing(str(error)) from error
        try:
            instance = vlc.Instance([*_ARGUMENTS, *_machine_arguments()])
        except (NameError, OSError) as error:
            raise _missing(str(error)) from error
        if instance is None:
            raise _missing(_("libVLC is there but does not start: its plugins are missing."))
        self._library = vlc
        return instance


@cache
def _machine_arguments() -> tuple[str, ...]:
    """What libVLC need not try on this machine, because it would fail noisily or slowly."""
    if not sys.platform.startswith("linux"):
        return ()
    arguments = ["--no-xlib"]  # there may be no X server
    if not Path("/dev/dri").exists() and not any(Path("/dev").glob("nvidia*")):
        # Each decoder, after a seek too, would look for one and build its output three times.
        arguments.append("--avcodec-hw=none")
    if not _sound_device():
        arguments.append("--aout=adummy")  # ALSA's library writes to standard error
    return tuple(arguments)


def _sound_device() -> bool:
    """Whether sound can go somewhere: a card, or a sound server."""
    if os.environ.get("PULSE_SERVER") or any(Path("/dev/snd").glob("pcm*p")):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime is None:
        return False
    return any((Path(runtime) / name).exists() for name in ("pulse/native", "pipewire-0"))


def _missing(why: str) -> PlayerMissing:
    if sys.platform == "win32":
        remedy = _("Install VLC 3 (64 bit) from videolan.org and start the program again.")
    elif sys.platform == "darwin":
        remedy = _("Put VLC 3 into the Applications folder and start the program again.")
    else:
        remedy = _("Install libVLC: sudo apt install libvlc5 vlc-plugin-base")
    return PlayerMissing(_("The video player libVLC was not found."), why=why, remedy=remedy)


class _Buffers:
    """Memory for pictures, used again as soon as nobody holds the picture any more."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        # libVLC's converters write whole vectors: rows and height are rounded up.
        self.stride = (width * 4 + 63) & ~63
        self.lines = (height + 15) & ~15
        self.size = self.stride * height
        self._all: list[tuple[ctypes.Array[ctypes.c_ubyte], weakref.ref[memoryview] | None]] = []

    def take(self) -> tuple[int, ctypes.Array[ctypes.c_ubyte]]:
        """A free buffer and its number."""
        for index, (buffer, user) in enumerate(self._all):
            if user is None or user() is None:
                return index, buffer
        buffer = (ctypes.c_ubyte * (self.stride * self.lines + 64))()
        self._all.append((buffer, None))
        return len(self._all) - 1, buffer

    def lend(self, index: int) -> Picture:
        """The picture in buffer `index`, which is free again when its `data` is gone."""
        buffer = self._all[index][0]
        data = memoryview(buffer).cast("B")[: self.size]
        self._all[index] = (buffer, weakref.ref(data))
        return Picture(
            width=self.width,
            height=self.height,
            stride=self.stride,
            data=data,
            address=ctypes.addressof(buffer),
        )


def _memcmp() -> Callable[[int, int, int], int]:
    library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
    compare = library.memcmp
    compare.argtypes = (_Void, _Void, ctypes.c_size_t)
    compare.restype = ctypes.c_int
    return compare


_HEIGHTS = (
    144, 180, 240, 288, 360, 480, 540, 576, 600, 720, 768, 960, 1080, 1200, 1296, 1440, 1520, 1536,
    1620, 1728, 1920, 1944, 2048, 2160, 2592, 2880, 3000, 4320,
)  # fmt: skip


def _without_padding(height: int) -> int:
    """The usual height that a decoder's padded one comes from, where the stream tells none yet."""
    return next((one for one in reversed(_HEIGHTS) if 0 <= height - one <= 32), height)


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
        self._compare = _memcmp()
        self._clock = FrameClock(trust=True)
        self._serial = 0
        self._hold = True
        # Sought while paused: from then on libVLC ignores the order for the next frame.
        self._sought = False
        self._buffers: _Buffers | None = None
        self._last: Picture | None = None
        self._source: ByteSource | None = None
        self._media: Any = None
        self._tracks = DeckStats()
        self._player = instance.media_player_new()
        self._player.video_set_mouse_input(False)
        self._player.video_set_key_input(False)
        self._keep = (
            _LOCK(self._on_lock),
            _UNLOCK(self._on_unlock),
            _DISPLAY(self._on_display),
            _FORMAT(self._on_format),
            _CLEANUP(self._on_cleanup),
        )
        address = [ctypes.cast(function, _Void) for function in self._keep]
        handle = ctypes.c_void_p.from_param(self._player)
        dll = library.dll
        dll.libvlc_video_set_callbacks.argtypes = [_Void] * 5
        dll.libvlc_video_set_callbacks(handle, address[0], address[1], address[2], None)
        dll.libvlc_video_set_format_callbacks.argtypes = [_Void] * 3
        dll.libvlc_video_set_format_callbacks(handle, address[3], address[4])
        kinds = library.EventType
        manager = self._player.event_manager()
        manager.event_attach(kinds.MediaPlayerTimeChanged, self._on_time)
        manager.event_attach(kinds.MediaPlayerBuffering, self._on_buffering)
        manager.event_attach(kinds.MediaPlayerEndReached, self._on_end)
        manager.event_attach(kinds.MediaPlayerEncounteredError, self._on_error)
        self._stream_callbacks: tuple[Any, ...] = ()
        self._log_callback = _LOG(self._on_log)
        dll.libvlc_log_set.argtypes = [_Void] * 3
        address_of_log = ctypes.cast(self._log_callback, _Void)
        dll.libvlc_log_set(ctypes.c_void_p.from_param(instance), address_of_log, None)

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
            media = self._stream(medium.address)
        for option in options:
            media.add_option(option)
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
        self._instance.log_unset()
        self._instance.release()
        with self._lock:
            self._last = self._buffers = None

    def stats(self) -> DeckStats:
        """Codecs, size and counters of the medium as libVLC knows them."""
        with self._lock:
            period = self._clock.period
        media = self._media
        if media is None:
            return DeckStats()
        numbers = self._vlc.MediaStats()
        known = bool(media.get_stats(numbers))
        if known:
            with self._lock:
                self._clock.lost(numbers.lost_pictures)
        if not self._tracks.video:
            self._tracks = self._read_tracks(media)
        return replace(
            self._tracks,
            frames_per_second=self._tracks.frames_per_second or 1 / period,
            decoded=numbers.decoded_video if known else 0,
            lost=numbers.lost_pictures if known else 0,
            bytes_read=numbers.read_bytes if known else 0,
        )

    def _read_tracks(self, media: Any) -> DeckStats:
        """Codecs, size and frame rate; empty as long as libVLC does not know them."""
        tracks = _Void()
        dll = self._vlc.dll
        dll.libvlc_media_tracks_get.argtypes = [_Void, ctypes.POINTER(_Void)]
        dll.libvlc_media_tracks_release.argtypes = [_Void, ctypes.c_uint]
        handle = _Void.from_param(media)
        count = dll.libvlc_media_tracks_get(handle, ctypes.byref(tracks))
        if not count:
            return DeckStats()
        found: dict[str, Any] = {}
        each = ctypes.cast(tracks, ctypes.POINTER(ctypes.POINTER(self._vlc.MediaTrack)))
        for index in range(count):
            track = each[index].contents
            name = int(track.codec).to_bytes(4, "little").decode("ascii", "replace").strip()
            if track.type == self._vlc.TrackType.video:
                # In C this is a union of pointers; the binding knows its first member only.
                shape = ctypes.cast(track.audio, ctypes.POINTER(self._vlc.VideoTrack)).contents
                found |= {"video": name, "width": shape.width, "height": shape.height}
                if shape.frame_rate_num and shape.frame_rate_den:
                    found["frames_per_second"] = shape.frame_rate_num / shape.frame_rate_den
            elif track.type == self._vlc.TrackType.audio:
                found.setdefault("audio", name)
        dll.libvlc_media_tracks_release(tracks, count)
        return DeckStats(**found)

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

    def _stream(self, source: ByteSource) -> Any:
        """A medium whose bytes come from `source`."""

        def opened(_opaque: Any, data: Any, size: Any) -> int:
            data[0] = None
            size[0] = 2**64 - 1
            return 0

        def read(_opaque: Any, target: Any, length: int) -> int:
            chunk = source.read(length)
            if chunk:
                ctypes.memmove(target, chunk, len(chunk))
            return len(chunk)

        def closed(_opaque: Any) -> None:
            return None

        callbacks = (_OPEN(opened), _READ(read), _CLOSE(closed))
        create = self._vlc.dll.libvlc_media_new_callbacks
        create.argtypes = [_Void] * 6
        create.restype = _Void
        handle = create(
            ctypes.c_void_p.from_param(self._instance),
            ctypes.cast(callbacks[0], _Void),
            ctypes.cast(callbacks[1], _Void),
            None,
            ctypes.cast(callbacks[2], _Void),
            None,
        )
        self._stream_callbacks = callbacks
        with self._lock:
            self._source = source
        return self._vlc.Media(int(handle))

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
            tracks = self._read_tracks(media)
            size = (tracks.width, tracks.height) if tracks.width and tracks.height else None
        width[0], height[0] = size or (width[0], _without_padding(height[0]))
        with self._lock:
            buffers = self._buffers
            if buffers is None or (buffers.width, buffers.height) != (width[0], height[0]):
                buffers = self._buffers = _Buffers(width[0], height[0])
                self._last = None
        pitches[0], lines[0] = buffers.stride, buffers.lines
        return 1

    def _on_cleanup(self, _opaque: Any) -> None:
        return None

    def _on_lock(self, _opaque: Any, planes: Any) -> int:
        with self._lock:
            assert self._buffers is not None
            index, buffer = self._buffers.take()
        planes[0] = ctypes.addressof(buffer)
        return index + 1

    def _on_unlock(self, _opaque: Any, _picture: Any, _planes: Any) -> None:
        return None

    def _on_display(self, _opaque: Any, number: int | None) -> None:
        now = time.monotonic()
        with self._lock:
            buffers, last = self._buffers, self._last
            if buffers is None or not number:
                return
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
            self._clock.told(event.u.new_time, now)

    def _on_buffering(self, event: Any) -> None:
        now = time.monotonic()
        with self._lock:
            self._clock.buffering(event.u.new_cache, now)

    def _on_end(self, _event: Any) -> None:
        self._events.on_end(self, self._serial)

    def _on_error(self, _event: Any) -> None:
        self._events.on_error(self, self._serial)

    def _on_log(self, _data: Any, _level: int, _context: Any, text: bytes, _rest: Any) -> None:
        if text in _FIRST_PICTURE:
            with self._lock:
                self._clock.decoded(time.monotonic())
