"""What a libVLC instance reports of its decoder and its output, heard as cheaply as may be."""

from __future__ import annotations

import ctypes
import os
import sys
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from typing import Any, Protocol

_Void = ctypes.c_void_p
_CALLBACK = ctypes.CFUNCTYPE(None, _Void, ctypes.c_int, _Void, ctypes.c_char_p, _Void)

_FIRST_PICTURE = (b"Received first picture", b"end of video preroll")
_DROPPED = b"picture is too late to be displayed"

_LINE_BUFFERED = 1
_PIPE_BYTES = 1 << 18
_READ_BYTES = 1 << 14
_F_SETPIPE_SZ = 1031


class Report(Enum):
    """What libVLC's log says and no event of it does."""

    FIRST_PICTURE = auto()
    """A decoder has the first picture after its data was thrown away; the old pictures have been
    taken from the output by then (src/input/decoder.c)."""

    DROPPED = auto()
    """The output does not show a picture, between those that it does (src/video_output)."""


class VlcLog(Protocol):
    """The log of one instance, silent until `listen(True)`; `on` tells whether it is heard."""

    on: bool

    def listen(self, on: bool) -> None:
        """Begins and ends hearing; what was not taken by then is forgotten."""

    def take(self) -> list[Report]:
        """What was reported since the last time, oldest first; any thread, never waits."""

    def close(self) -> None:
        """Ends hearing for good, before the instance is released."""


def log_of(library: Any, instance: Any) -> VlcLog:
    """How the log of `instance` is heard on this system."""
    # libVLC is built against a C library of its own on Windows: no file can be handed to it.
    return CalledLog(library, instance) if sys.platform == "win32" else PipedLog(library, instance)


def _report(line: bytes) -> Report | None:
    if line in _FIRST_PICTURE:
        return Report.FIRST_PICTURE
    return Report.DROPPED if line.startswith(_DROPPED) else None


class PipedLog:
    """libVLC writes into a pipe, and nothing of Python runs for a line.

    It reports some hundred lines when it opens a medium. Called for each of them, the interpreter
    would be taken from the window as often. A pipe, for the lines tell addresses: they stay in
    memory. What finds it full is lost, and nobody waits.
    """

    def __init__(self, library: Any, instance: Any) -> None:
        self._instance = instance
        self._dll = library.dll
        self._dll.libvlc_log_set_file.argtypes = [_Void, _Void]
        self._libc = libc = ctypes.CDLL(None)
        libc.fdopen.argtypes, libc.fdopen.restype = [ctypes.c_int, ctypes.c_char_p], _Void
        libc.setvbuf.argtypes = [_Void, _Void, ctypes.c_int, ctypes.c_size_t]
        libc.fclose.argtypes = [_Void]
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        # Never waits, so it may keep the interpreter: asked for with each picture, it would give it
        # away as often.
        self._take_in = ctypes.PyDLL(None).read
        self._take_in.argtypes = [ctypes.c_int, _Void, ctypes.c_size_t]
        self._take_in.restype = ctypes.c_ssize_t
        self._buffer = ctypes.create_string_buffer(_READ_BYTES)
        if sys.platform == "linux":
            import fcntl

            # The system may grant a user no more than so much for all pipes; a small one does, too.
            with suppress(OSError):
                fcntl.fcntl(self._write, _F_SETPIPE_SZ, _PIPE_BYTES)
        self._file = libc.fdopen(self._write, b"w")
        libc.setvbuf(self._file, None, _LINE_BUFFERED, 4096)
        self._rest = b""
        self.on = False

    def listen(self, on: bool) -> None:
        if on:
            self._bytes()
            self._rest = b""
            self.on = True
            self._dll.libvlc_log_set_file(ctypes.c_void_p.from_param(self._instance), self._file)
        else:
            self.on = False
            self._instance.log_unset()

    def take(self) -> list[Report]:
        if not self.on:
            return []
        *lines, self._rest = (self._rest + self._bytes()).split(b"\n")
        return [report for report in map(_report, lines) if report is not None]

    def close(self) -> None:
        self.on = False
        self._instance.log_unset()
        self._libc.fclose(self._file)
        os.close(self._read)

    def _bytes(self) -> bytes:
        parts = []
        count = _READ_BYTES
        while count == _READ_BYTES:
            count = self._take_in(self._read, self._buffer, _READ_BYTES)
            if count > 0:
                parts.append(ctypes.string_at(self._buffer, count))
        return b"".join(parts)


class CalledLog:
    """libVLC calls for every line, on whichever thread of its own it reports it."""

    def __init__(self, library: Any, instance: Any) -> None:
        self._instance = instance
        self._dll = library.dll
        self._dll.libvlc_log_set.argtypes = [_Void] * 3
        self._callback = _CALLBACK(self._on_line)
        self._heard: deque[Report] = deque()
        self.on = False

    def listen(self, on: bool) -> None:
        self.on = on
        if not on:
            self._instance.log_unset()
            return
        self._heard.clear()
        instance = ctypes.c_void_p.from_param(self._instance)
        self._dll.libvlc_log_set(instance, ctypes.cast(self._callback, _Void), None)

    def take(self) -> list[Report]:
        return [self._heard.popleft() for _each in range(len(self._heard))]

    def close(self) -> None:
        self.on = False
        self._instance.log_unset()

    def _on_line(self, _data: Any, _level: int, _context: Any, text: bytes, _rest: Any) -> None:
        report = _report(text)
        if report is not None:
            self._heard.append(report)
