"""A soft tone whose pitch changes each second, as AAC and as G.711, for any stretch of time.

The tune repeats every 8 s and 8 s are a whole number of packets, so one turn is encoded once and
packet j of all time is packet j modulo the turn: pieces made apart join without a click.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import count

from vsconsole.sandbox.media.scene import Audio

_PITCHES = (262, 294, 330, 349, 392, 349, 330, 294)
_TURN_SECONDS = len(_PITCHES)
_LEVEL = 0.08


@dataclass(frozen=True, kw_only=True, slots=True)
class Sound:
    """One kind of sound stream: `rate` in Hz, packets of `samples`, and the turn of packets.

    `config` is the MPEG-4 AudioSpecificConfig for AAC, empty for G.711.
    """

    audio: Audio
    rate: int
    samples: int
    config: bytes
    turn: tuple[bytes, ...]

    @property
    def codec_name(self) -> str:
        """FFmpeg's name of the codec."""
        return {"aac": "aac", "g711a": "pcm_alaw", "g711u": "pcm_mulaw"}[self.audio]

    def first_packet(self, seconds: float) -> int:
        """Number of the first packet at or after `seconds` since the epoch."""
        return math.ceil(seconds * self.rate / self.samples - 1e-3)

    def packet_seconds(self, number: int) -> float:
        """When packet `number` begins, in seconds since the epoch."""
        return number * self.samples / self.rate

    def packet(self, number: int) -> bytes:
        """The coded bytes of packet `number`."""
        return self.turn[number % len(self.turn)]

    def packets(self, begin: float) -> Iterator[tuple[float, bytes]]:
        """(epoch seconds, bytes) of each packet from `begin` on, without end."""
        for number in count(self.first_packet(begin)):
            yield self.packet_seconds(number), self.packet(number)


@lru_cache(maxsize=3)
def sound(audio: Audio) -> Sound:
    """The sound stream of a kind; encoded at the first call."""
    if audio == "aac":
        config, turn = _aac_turn(16000, 1024)
        return Sound(audio=audio, rate=16000, samples=1024, config=config, turn=turn)
    turn = _g711_turn(audio, 8000, 320)
    return Sound(audio=audio, rate=8000, samples=320, config=b"", turn=turn)


def sample(rate: int, number: int) -> float:
    """The tone at sample `number` since the epoch, -1 to 1; each second fades in and out."""
    second, inside = divmod(number, rate)
    at = inside / rate
    fade = min(1.0, at / 0.03, (1 - at) / 0.03)
    return _LEVEL * fade * math.sin(2 * math.pi * _PITCHES[second % len(_PITCHES)] * at)


def _aac_turn(rate: int, samples: int) -> tuple[bytes, tuple[bytes, ...]]:
    import av

    context = av.CodecContext.create("aac", "w")
    context.sample_rate = rate
    context.format = "fltp"
    context.layout = "mono"
    context.bit_rate = 32000
    context.time_base = Fraction(1, rate)
    context.open()
    length = _TURN_SECONDS * rate // samples
    packets: list[bytes] = []
    for number in range(2 * length + 2):
        # The encoder's first packet covers the 1024 samples before the first one it is given;
        # begin one packet early so that packet j holds what is heard from j on.
        wave = array("f", (sample(rate, number * samples + at) for at in range(samples)))
        frame = av.AudioFrame("fltp", "mono", samples)
        frame.sample_rate = rate
        frame.pts = number * samples
        frame.planes[0].update(wave.tobytes())
        packets += [bytes(packet) for packet in context.encode(frame)]
    # Packets of the second turn, when the encoder has settled; packet 0 is the priming one.
    return bytes(context.extradata or b""), tuple(packets[length + 1 : 2 * length + 1])


def _g711_turn(audio: Audio, rate: int, samples: int) -> tuple[bytes, ...]:
    import av

    context = av.CodecContext.create("pcm_alaw" if audio == "g711a" else "pcm_mulaw", "w")
    context.sample_rate = rate
    context.format = "s16"
    context.layout = "mono"
    context.time_base = Fraction(1, rate)
    context.open()
    packets: list[bytes] = []
    for number in range(_TURN_SECONDS * rate // samples):
        wave = array("h", (round(32767 * sample(rate, number * samples + at))
                           for at in range(samples)))  # fmt: skip
        frame = av.AudioFrame("s16", "mono", samples)
        frame.sample_rate = rate
        frame.pts = number * samples
        frame.planes[0].update(wave.tobytes())
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(packets)
