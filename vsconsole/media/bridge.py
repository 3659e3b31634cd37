"""FLV and RTMP as MPEG-TS bytes that libVLC can show: packets are moved over, never coded again.

libVLC shows nothing of H.265 in FLV, neither as codec id 12 nor as the enhanced header. Reading the
stream here also tells the wall-clock time of every picture and lets the server seek and scale.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol, Self

from vsconsole.domain import cancel
from vsconsole.domain.errors import CodecUnsupported, ConsoleError, StreamUnavailable
from vsconsole.i18n import _
from vsconsole.media.bridge_reader import LEAD, BridgeReader
from vsconsole.media.sound import AacEncoder, carried_by_ts

_log = logging.getLogger(__name__)

_CLOCK = Fraction(1, 90_000)

_JUMP = 1.5
"""Seconds between two video packets from which on the stream's clock is taken to have jumped."""

_NEAR = 2.0
"""After a seek, packets this close to its target (seconds) are its result even without a jump."""

_DRIFT = 0.001
"""Seconds a second that a camera's clock may run slower than this computer's."""

_FLV_STAMPS = 1 << 32

# Whatever the first time stamp, later ones may be far before it: the server seeks.
_OPEN_OPTIONS = {
    "correct_ts_overflow": "0",
    "probesize": "131072",
    # The header tells the codecs; measuring the frame rate would take seconds of a live stream.
    "analyzeduration": "300000",
    "fpsprobesize": "0",
}
# For the newest picture at once; it throws away what was read to find out the codecs, so of a
# recording the first pictures would be missing.
_NEWEST = {"fflags": "nobuffer"}
_RTMP_OPTIONS = {"rw_timeout": "10000000"}
_TS_OPTIONS = {
    "max_delay": "0",
    "flush_packets": "1",
    # Told how long a picture's data is libVLC need not wait for the next to know that it is whole;
    # of a camera with 5 pictures a second each would come after its turn.
    "omit_video_pes_length": "0",
    # Sound that is late does not hold back the picture.
    "max_interleave_delta": "200000",
    "mpegts_flags": "resend_headers",
}


class Readable(Protocol):
    """An open stream of bytes."""

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


class Bridge:
    """Reads one stream on a thread of its own and hands it out as MPEG-TS.

    `open` gives the bytes, or an address that FFmpeg opens itself (RTMP). With `begins` the
    stream's time stamps count from that moment (device playback); without, wall-clock time is that
    of arrival (live). Time stamps may jump; what is handed out runs on evenly.
    """

    def __init__(
        self,
        open: Callable[[], Readable | str],
        *,
        live: bool,
        begins: datetime | None = None,
        name: str = "stream",
    ) -> None:
        self._opener = open
        self._live = live
        self._begins = begins
        self._name = name
        self._lock = threading.Lock()
        self._reader: BridgeReader | None = None
        self._fresh = False
        self._scale = 1.0
        self._target: float | None = None
        self._target_set = 0.0
        self._stream: Readable | None = None
        self._closed = False
        self._offset: float | None = None
        self._offset_at = 0.0
        self.error: ConsoleError | None = None
        self.ended = False
        self.bytes_read = 0
        self.video = ""
        self.audio = ""
        self.last_packet = time.monotonic()
        self._flowing = threading.Event()
        self._newest: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"bridge {name}", daemon=True)

    def start(self) -> None:
        """Begins to read; failures are found in `error`."""
        self._thread.start()

    def reader(self) -> BridgeReader:
        """A new output that begins with the next key frame; the one before ends."""
        reader = BridgeReader(fills=not self._live)
        with self._lock:
            before, self._reader, self._fresh = self._reader, reader, True
            if self.ended or self._closed:
                reader.finish()
        if before is not None:
            before.close()
        return reader

    def wait_until_flowing(self, seconds: float) -> None:
        """Waits until the first bytes came or the stream failed, `seconds` at most; Cancelled.

        A server that is sent elsewhere before anybody listens goes on from there without waiting.
        """
        until = time.monotonic() + seconds
        while not self._flowing.wait(0.02) and time.monotonic() < until:
            cancel.check()

    def expect(self, when: datetime) -> None:
        """The server was told to go to `when`: what was on its way before is dropped."""
        assert self._begins is not None
        with self._lock:
            self._target = (when - self._begins).total_seconds()
            self._target_set = time.monotonic()

    def set_scale(self, scale: float) -> None:
        """The server sends at `scale` times real time; what is handed out runs at 1."""
        with self._lock:
            self._scale = scale

    def wall_at(self, reader: BridgeReader, media_ms: float) -> datetime | None:
        """Wall-clock time of the picture at `media_ms` of `reader`; None before the first."""
        own = reader.own_at(media_ms)
        if own is None:
            return None
        if self._begins is not None:
            return self._begins + timedelta(seconds=own)
        with self._lock:
            offset = self._offset
        return None if offset is None else datetime.fromtimestamp(own + offset, UTC)

    def buffered(self, reader: BridgeReader, media_ms: float) -> float | None:
        """Seconds by which the picture at `media_ms` is behind the newest one received."""
        own, newest = reader.own_at(media_ms), self._newest
        return None if own is None or newest is None else max(0.0, newest - own)

    def close(self) -> None:
        """Ends the reading and the connection; never raises, does not wait for the thread."""
        with self._lock:
            self._closed = True
            stream, reader = self._stream, self._reader
        if reader is not None:
            reader.close()
        if stream is not None:
            with suppress(Exception):
                stream.close()

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for the reading thread to be gone."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def read(self, size: int) -> bytes:
        """The stream's bytes, as PyAV reads them."""
        if self._closed or self._stream is None:
            return b""
        data = self._stream.read(size)
        self.bytes_read += len(data)
        self._flowing.set()
        return data

    def _run(self) -> None:
        try:
            self._read_all()
        except ConsoleError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 FFmpeg's and the network's; all end the stream
            self._fail(StreamUnavailable(_("The stream broke off."), why=_plain(error)))
        finally:
            self._flowing.set()
            with self._lock:
                self.ended = True
                reader, stream, self._stream = self._reader, self._stream, None
            if reader is not None:
                reader.finish()
            if stream is not None:
                with suppress(Exception):
                    stream.close()

    def _fail(self, error: ConsoleError) -> None:
        if not self._closed:
            # Its way here would keep everything that was opened until garbage is looked for.
            error.__traceback__ = error.__context__ = error.__cause__ = None
            self.error = error

    def _read_all(self) -> None:
        import av

        opened = self._opener()
        options = _OPEN_OPTIONS | (_NEWEST if self._begins is None else {})
        if isinstance(opened, str):
            options |= _RTMP_OPTIONS if opened.startswith("rtmp") else {}
            container: Any = av.open(opened, options=options, timeout=(10.0, 10.0))
            self._flowing.set()
        else:
            with self._lock:
                self._stream = opened
                if self._closed:
                    opened.close()
                    return
            container = av.open(_File(self), format="flv", options=options)
        with container:
            if not container.streams.video:
                raise StreamUnavailable(_("The stream holds no picture."))
            source = container.streams.video[0]
            self.video = source.codec_context.name
            if self.video not in ("h264", "hevc", "mpeg4", "mpeg2video"):
                raise CodecUnsupported(
                    _("The picture is coded as {codec}, which cannot be shown.").format(
                        codec=self.video or _("something unknown")
                    )
                )
            sound = container.streams.audio[0] if container.streams.audio else None
            self.audio = sound.codec_context.name if sound is not None else ""
            self._move_packets(container, source, sound)

    def _move_packets(self, container: Any, source: Any, sound: Any) -> None:
        # What it closes would otherwise stay, threads and all, until garbage is looked for.
        with _Current() as output:
            self._move_into(output, container, source, sound)

    def _move_into(self, output: _Current, container: Any, source: Any, sound: Any) -> None:
        streams = [source] if sound is None else [source, sound]
        previous: float | None = None
        for packet in container.demux(streams):
            if self._closed:
                return
            if packet.dts is None or packet.size == 0:
                continue
            own = self._own_seconds(packet)
            video = packet.stream is source
            if video:
                self.last_packet = time.monotonic()
                jumped = previous is not None and not -0.001 <= own - previous < _JUMP
                back = previous is not None and own < previous - 0.001
                previous = own
                if not self._wanted(own, packet.is_keyframe, jumped):
                    output.set(None)
                    continue
                self._newest = own
                if self._begins is None:
                    self._arrived(own, back)
            with self._lock:
                reader, fresh, scale = self._reader, self._fresh, self._scale
            if reader is None or reader.closed:
                output.set(None)
                continue
            if output.now is None or fresh or output.now.reader is not reader:
                if not (video and packet.is_keyframe):
                    continue
                with self._lock:
                    self._fresh = False
                output.set(_Output(reader, source, sound))
            if reader.full:
                if self._live:
                    output.set(None)  # paused for long: goes on with a later key frame
                    with self._lock:
                        self._fresh = True
                    continue
                reader.wait_for_room()
            if output.now is not None:
                output.now.move(packet, own, scale, video=video)

    def _wanted(self, own: float, key: bool, jumped: bool) -> bool:
        """Whether a video packet is what the last seek asked for, or there was none."""
        with self._lock:
            if self._target is None:
                return True
            late = time.monotonic() - self._target_set > 5.0
            if key and (jumped or abs(own - self._target) < _NEAR or late):
                self._target = None
                return True
            if jumped:
                # The jump itself was seen; its key frame is still to come.
                self._target = own
            return False

    def _arrived(self, own: float, back: bool) -> None:
        """Keeps the shortest way that a picture took: what comes later than that is late.

        Unless the stream's clock was set `back`, or runs slower than ours.
        """
        now = time.time()
        offset = now - own
        with self._lock:
            drifted = (self._offset or 0.0) + max(0.0, now - self._offset_at) * _DRIFT
            first = self._offset is None or back
            self._offset = offset if first else min(offset, drifted)
            self._offset_at = now

    @staticmethod
    def _own_seconds(packet: Any) -> float:
        if packet.time_base == Fraction(1, 1000):
            return int(packet.dts % _FLV_STAMPS) / 1000
        return float(packet.dts * packet.time_base)


class _File:
    """Gives PyAV the one method it needs; with `seek` it would believe it can."""

    def __init__(self, bridge: Bridge) -> None:
        self.read = bridge.read


class _Output:
    """One MPEG-TS muxer: from a key frame on, at an even pace."""

    def __init__(self, reader: BridgeReader, source: Any, sound: Any) -> None:
        import av

        self.reader = reader
        reader.size = (source.width, source.height) if source.width and source.height else None
        self._container = av.open(_Sink(reader), "w", format="mpegts", options=_TS_OPTIONS)
        self._video = self._container.add_stream_from_template(source)
        self._sound: Any = None
        self._encoder: AacEncoder | None = None
        if sound is not None:
            if carried_by_ts(sound):
                self._sound = self._container.add_stream_from_template(sound)
            else:
                self._encoder = AacEncoder(self._container, sound)
        self._own: float | None = None
        self._out = LEAD
        self._step = 0.04
        self._sound_end = 0.0

    def move(self, packet: Any, own: float, scale: float, *, video: bool) -> None:
        """Muxes one packet at its place on the output's clock."""
        delay = 0 if packet.pts is None else float((packet.pts - packet.dts) * packet.time_base)
        if video:
            if self._own is not None:
                gone = own - self._own
                # At a jump the picture goes on one frame later.
                step = self._step if not -0.001 <= gone < _JUMP else max(gone, 0.0)
                if 0.005 < gone < _JUMP:
                    self._step = gone
                self._out += step / scale
            self._own = own
            out = self._out
            self.reader.note(out + delay / scale, own + delay)
        else:
            if scale != 1.0 or self._own is None:
                return
            out = self._out + (own - self._own)
            if not self._sound_end - 0.001 <= out < self._out + _JUMP:
                return
            self._sound_end = out
            if self._encoder is not None:
                self._encoder.move(packet, out)
                return
            if self._sound is None:
                return
        packet.time_base = _CLOCK
        packet.dts = round(out * 90_000)
        packet.pts = round((out + delay / scale) * 90_000)
        packet.stream = self._video if video else self._sound
        self._container.mux(packet)

    def close(self) -> None:
        with suppress(Exception):
            self._container.close()


class _Current:
    """The muxer at work; the one before it is closed."""

    def __init__(self) -> None:
        self.now: _Output | None = None

    def set(self, output: _Output | None) -> None:
        before, self.now = self.now, output
        if before is not None:
            before.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.set(None)


class _Sink:
    def __init__(self, reader: BridgeReader) -> None:
        self.write = reader.write


def _plain(error: Exception) -> str:
    """The error's reason without the address that FFmpeg puts behind it."""
    return getattr(error, "strerror", None) or type(error).__name__
