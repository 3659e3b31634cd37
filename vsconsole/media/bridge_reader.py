"""What comes out of the bridge: MPEG-TS bytes for one medium, and where in them each picture is."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import deque

LEAD = 1.0
"""Output begins at this second, so that a decode time before the first picture stays positive."""

_MOST_WAITING = 8 << 20
_KEPT_PICTURES = 3000

_PACKET = 188
_NOTHING = (b"\x47\x1f\xff\x10" + b"\xff" * (_PACKET - 4)) * 50
"""TS packets that hold nothing, as many as libVLC reads between two looks at its orders."""

_SILENCE = 0.04
"""Seconds without data until they are handed out; from then on, after twice the silence so far."""


class BridgeReader:
    """The TS bytes from one point of the stream on: what one libVLC medium reads.

    With `fills` silence is filled with packets that hold nothing: while libVLC waits for bytes it
    hears no order, so a stream whose server stops sending at the pause would never be paused.
    """

    def __init__(self, *, fills: bool = False) -> None:
        self.size: tuple[int, int] | None = None
        self._fills = fills
        self._read = 0
        self._silence = _SILENCE
        self._ready = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._done = False
        # Output second -> seconds of the stream's own clock, one entry a picture.
        self._out: deque[float] = deque()
        self._own: deque[float] = deque()

    def read(self, size: int) -> bytes:
        """At most `size` bytes, waiting for the first; empty at the end and after `close`."""
        began = time.monotonic()
        with self._ready:
            while not self._chunks and not self._done:
                whole = self._read > 0 and self._read % _PACKET == 0 and size >= _PACKET
                patience = self._silence if self._fills and whole else None
                if not self._ready.wait(patience):
                    self._silence += time.monotonic() - began
                    return _NOTHING[: size // _PACKET * _PACKET]
            self._silence = _SILENCE
            if not self._chunks:
                return b""
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            self._waiting -= len(chunk)
            self._read += len(chunk)
            self._ready.notify_all()
            return chunk

    def close(self) -> None:
        """Nothing more is read."""
        with self._ready:
            self._done = True
            self._chunks.clear()
            self._waiting = 0
            self._ready.notify_all()

    def write(self, data: bytes) -> int:
        """Takes bytes from the muxer."""
        with self._ready:
            if not self._done:
                self._chunks.append(bytes(data))
                self._waiting += len(data)
                self._ready.notify_all()
        return len(data)

    def finish(self) -> None:
        """No bytes come after those written."""
        with self._ready:
            self._done = True
            self._ready.notify_all()

    @property
    def closed(self) -> bool:
        return self._done

    @property
    def full(self) -> bool:
        return self._waiting > _MOST_WAITING

    def wait_for_room(self) -> None:
        """Returns when bytes have been read, or nobody will read any more."""
        with self._ready:
            self._ready.wait_for(lambda: self._done or self._waiting <= _MOST_WAITING)

    def note(self, out: float, own: float) -> None:
        """The picture at output second `out` is the one at `own` of the stream's clock."""
        with self._ready:
            if len(self._out) >= _KEPT_PICTURES:
                self._out.popleft()
                self._own.popleft()
            # With B frames pictures come out of the order they are shown in.
            place = bisect_right(self._out, out)
            self._out.insert(place, out)
            self._own.insert(place, own)

    def own_at(self, media_ms: float) -> float | None:
        """Seconds of the stream's clock of the picture on screen at `media_ms` of this output.

        libVLC counts from the first time stamp it sees. None before the first picture.
        """
        with self._ready:
            if not self._out:
                return None
            wanted = media_ms / 1000 + LEAD
            place = bisect_right(self._out, wanted)
            if place == 0:
                return self._own[0]
            before = self._out[place - 1]
            if place < len(self._out) and self._out[place] - wanted < wanted - before:
                return self._own[place]
            return self._own[place - 1]
