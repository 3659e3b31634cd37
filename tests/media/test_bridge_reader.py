"""What libVLC reads of a stream that comes through the bridge."""

from __future__ import annotations

import threading
import time

from vsconsole.media.bridge_reader import BridgeReader

PACKET = 188


def _packets(count: int) -> bytes:
    return (b"\x47\x01\x00\x10" + b"x" * 184) * count


def _is_nothing(data: bytes) -> bool:
    empty = all(data[at : at + 3] == b"\x47\x1f\xff" for at in range(0, len(data), PACKET))
    return bool(data) and len(data) % PACKET == 0 and empty


def test_silence_is_filled_with_whole_packets_that_hold_nothing() -> None:
    reader = BridgeReader(fills=True)
    reader.write(_packets(2))
    assert reader.read(PACKET + 10) == _packets(2)[: PACKET + 10]
    reader.write(_packets(1))
    # What is left of a packet is never parted from it.
    assert reader.read(1000) == _packets(2)[PACKET + 10 :]
    assert reader.read(1000) == _packets(1)
    assert _is_nothing(reader.read(1000))
    assert _is_nothing(reader.read(PACKET))
    reader.write(_packets(1))
    assert reader.read(1000) == _packets(1)


def test_a_long_silence_is_filled_less_and_less_often() -> None:
    reader = BridgeReader(fills=True)
    reader.write(_packets(1))
    reader.read(1000)
    began, fills = time.monotonic(), 0
    while time.monotonic() - began < 0.7:
        assert _is_nothing(reader.read(1000))
        fills += 1
    assert fills <= 6


def test_nothing_comes_before_the_first_data_nor_into_a_packet() -> None:
    reader = BridgeReader(fills=True)
    late = threading.Timer(0.2, reader.write, [_packets(1)[:100]])
    late.start()
    assert reader.read(1000) == _packets(1)[:100]
    rest = threading.Timer(0.2, reader.write, [_packets(1)[100:]])
    rest.start()
    assert reader.read(1000) == _packets(1)[100:]


def test_a_live_stream_is_not_filled_and_a_closed_one_ends() -> None:
    reader = BridgeReader()
    reader.write(_packets(1))
    reader.read(1000)
    closing = threading.Timer(0.2, reader.close)
    closing.start()
    assert reader.read(1000) == b""
