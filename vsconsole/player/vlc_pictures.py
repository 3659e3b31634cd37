"""Memory that libVLC decodes into, and the size that it is asked for."""

from __future__ import annotations

import ctypes
import sys
import weakref
from collections.abc import Callable

from vsconsole.player.decks import Picture

_Void = ctypes.c_void_p


class Buffers:
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


_SOON_DONE = 1 << 20
"""Bytes that are compared sooner than the interpreter is given away and had back."""


def comparison() -> Callable[[int, int, int], int]:
    """The C library's memcmp: two addresses and a length; 0 where the bytes are equal."""
    name = "msvcrt" if sys.platform == "win32" else None
    holding, letting = ctypes.PyDLL(name).memcmp, ctypes.CDLL(name).memcmp
    for one in (holding, letting):
        one.argtypes = (_Void, _Void, ctypes.c_size_t)
        one.restype = ctypes.c_int

    def compare(one: int, other: int, size: int) -> int:
        result: int = (holding if size <= _SOON_DONE else letting)(one, other, size)
        return result

    return compare


_HEIGHTS = (
    144, 180, 240, 288, 360, 480, 540, 576, 600, 720, 768, 960, 1080, 1200, 1296, 1440, 1520, 1536,
    1620, 1728, 1920, 1944, 2048, 2160, 2592, 2880, 3000, 4320,
)  # fmt: skip


def without_padding(height: int) -> int:
    """The usual height that a decoder's padded one comes from, where the stream tells none yet."""
    return next((one for one in reversed(_HEIGHTS) if 0 <= height - one <= 32), height)
