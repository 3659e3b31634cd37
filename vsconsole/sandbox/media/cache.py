"""A thread-safe memory of made media, bounded in bytes, least recently used leaves first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class ByteCache(Generic[T]):
    """Values by key up to `limit` bytes in all; one caller makes a value, the others wait."""

    def __init__(self, limit: int, size: Callable[[T], int]) -> None:
        self._limit = limit
        self._size = size
        self._used = 0
        self._lock = threading.Lock()
        self._sizes: dict[Hashable, int] = {}
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key`, made by `make` if it is not here; a failing `make` leaves nothing."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
                with self._lock:
                    self._put(key, value)
                return value
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._sizes.clear()
            self._used = 0

    def dropped(self, value: T) -> None:
        """Called for each value that leaves to make room; nothing by default."""

    @property
    def used(self) -> int:
        """Bytes held now."""
        with self._lock:
            return self._used

    def _put(self, key: Hashable, value: T) -> None:
        self._values[key] = value
        self._sizes[key] = self._size(value)
        self._used += self._sizes[key]
        while self._used > self._limit and len(self._values) > 1:
            old_key, old = self._values.popitem(last=False)
            self._used -= self._sizes.pop(old_key)
            self.dropped(old)
