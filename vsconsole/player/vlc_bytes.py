"""Media whose bytes libVLC asks of us."""

from __future__ import annotations

import ctypes
from typing import Any

from vsconsole.player.decks import ByteSource, SeekableSource

_Void = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, _Void, ctypes.POINTER(_Void), ctypes.POINTER(ctypes.c_uint64)
)
_READ = ctypes.CFUNCTYPE(ctypes.c_ssize_t, _Void, _Void, ctypes.c_size_t)
_SEEK = ctypes.CFUNCTYPE(ctypes.c_int, _Void, ctypes.c_uint64)
_CLOSE = ctypes.CFUNCTYPE(None, _Void)

_UNKNOWN = 2**64 - 1
"""What libVLC takes as the size of something that has none."""


def media_of(
    library: Any, instance: Any, source: ByteSource, *, live: bool
) -> tuple[Any, tuple[Any, ...]]:
    """A medium whose bytes come from `source`, and what must be kept as long as it is played.

    libVLC calls `source` on a thread of its own; `close` of the source ends a read that waits.
    Media without a way to seek are `live` to libVLC, whatever they hold: it cannot pause them but
    reads on behind the picture, and throws away what it has when their clock falls behind. So what
    waits to be read has a way, which refuses where the source cannot go anywhere.
    """

    seekable = source if isinstance(source, SeekableSource) else None

    def opened(_opaque: Any, data: Any, size: Any) -> int:
        data[0] = None
        length = seekable.length() if seekable is not None else None
        size[0] = _UNKNOWN if length is None else length
        return 0

    def seek(_opaque: Any, position: int) -> int:
        if seekable is None:
            return -1
        seekable.seek(position)
        return 0

    def read(_opaque: Any, target: Any, length: int) -> int:
        chunk = source.read(length)
        if chunk:
            ctypes.memmove(target, chunk, len(chunk))
        return len(chunk)

    def closed(_opaque: Any) -> None:
        return None

    callbacks = (_OPEN(opened), _READ(read), _SEEK(seek), _CLOSE(closed))
    create = library.dll.libvlc_media_new_callbacks
    # Not cast to plain pointers: what `ctypes.cast` gives holds itself, and so the source.
    create.argtypes = [_Void, _OPEN, _READ, _SEEK, _CLOSE, _Void]
    create.restype = _Void
    handle = create(
        ctypes.c_void_p.from_param(instance),
        callbacks[0],
        callbacks[1],
        _SEEK() if live else callbacks[2],
        callbacks[3],
        None,
    )
    return library.Media(int(handle)), callbacks
