"""The C library's memory: what was needed for a moment goes back to the system."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_ARENAS = 4
_LARGE = 1 << 17
_LOOSE = 4 << 20


def keep_small() -> bool:
    """Has glibc keep few heaps for all threads, before there are many; whether it does.

    It would make eight for each processor. Every stream has some ten threads, so each heap in turn
    grows to what the worst moment took and stays at that, half of it empty. Large blocks, such as
    pictures, come from the system itself and go back to it, as does what is loose at a heap's end.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:  # another C library
        return False
    limits = ((_M_ARENA_MAX, _ARENAS), (_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _LOOSE))
    return all(mallopt(name, value) for name, value in limits)
