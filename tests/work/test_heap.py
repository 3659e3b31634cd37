"""How the C library keeps the memory of many threads."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Twenty threads hold and give back memory at the same time, as streams do.
_THREADS = """
import ctypes, sys, threading
from vsconsole.work import heap
kept = heap.keep_small() if sys.argv[1] == "small" else None
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.free.argtypes = libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
together = threading.Barrier(20)
def use():
    for _ in range(20):
        held = [libc.malloc(10_000) for _ in range(50)]
        together.wait()
        for one in held:
            libc.free(one)
threads = [threading.Thread(target=use) for _ in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, file)
libc.fclose(file)
print(kept)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_many_threads_share_few_heaps() -> None:
    def said(how: str) -> str:
        words = [sys.executable, "-c", _THREADS, how]
        return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout

    assert said("plain").count("<heap nr") > 4
    small = said("small")
    assert small.rstrip().endswith("True")
    assert small.count("<heap nr") <= 4
