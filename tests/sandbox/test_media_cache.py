"""The memory of made media is bounded, and nothing is made twice at once."""

import threading

import pytest

from vsconsole.sandbox.media.cache import ByteCache


def test_it_stays_within_its_limit_and_drops_the_oldest() -> None:
    dropped: list[bytes] = []

    class Watched(ByteCache[bytes]):
        def dropped(self, value: bytes) -> None:
            dropped.append(value)

    cache = Watched(100, len)
    for number in range(10):
        cache.get(number, lambda number=number: bytes([number]) * 30)  # type: ignore[misc]
        cache.get(0, lambda: b"\x00" * 30)
        assert cache.used <= 100
    assert dropped
    assert b"\x00" * 30 not in dropped
    assert cache.get(9, lambda: b"again") == b"\x09" * 30


def test_one_value_larger_than_all_is_still_given() -> None:
    cache = ByteCache[bytes](10, len)
    assert len(cache.get("a", lambda: bytes(50))) == 50
    assert cache.get("b", lambda: bytes(5)) == bytes(5)
    assert cache.used == 5


def test_many_who_want_the_same_wait_for_one() -> None:
    cache = ByteCache[bytes](100, len)
    made = []
    gate = threading.Event()
    found = []

    def make() -> bytes:
        made.append(1)
        gate.wait(10)
        return b"value"

    threads = [
        threading.Thread(target=lambda: found.append(cache.get("key", make))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert found == [b"value"] * 8
    assert len(made) == 1


def test_a_failure_is_told_and_not_kept() -> None:
    cache = ByteCache[bytes](100, len)

    def fail() -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get("key", fail)
    assert cache.get("key", lambda: b"yes") == b"yes"
    cache.clear()
    assert cache.used == 0
