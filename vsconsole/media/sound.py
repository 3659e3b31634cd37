"""Sound that MPEG-TS and MP4 cannot carry (G.711 is usual on cameras) coded again as AAC."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

_IN_TS = frozenset({"aac", "mp2", "mp3", "ac3", "opus"})


def carried_by_ts(stream: Any) -> bool:
    """Whether the stream can go into MPEG-TS as it is."""
    return stream.codec_context is not None and stream.codec_context.name in _IN_TS


class AacEncoder:
    """Adds an AAC stream to `container` and codes packets of `source` into it."""

    def __init__(self, container: Any, source: Any) -> None:
        context = source.codec_context
        self._rate = context.sample_rate or 8000
        self._container = container
        self._out = container.add_stream("aac", rate=self._rate)
        self._out.layout = "mono" if (context.channels or 1) == 1 else "stereo"
        self._out.bit_rate = 32_000

    def move(self, packet: Any, second: float) -> None:
        """Codes one packet that begins at `second` of the output."""
        stamp = round(second * self._rate)
        for frame in packet.decode():
            frame.time_base = Fraction(1, self._rate)
            frame.pts = stamp
            stamp += frame.samples
            # The encoder brings it into its own form and length.
            self._container.mux(self._out.encode(frame))

    def finish(self) -> None:
        """Codes what is left."""
        self._container.mux(self._out.encode(None))
