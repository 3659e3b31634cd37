"""What libVLC knows of a medium's tracks."""

from __future__ import annotations

import ctypes
from typing import Any

from vsconsole.player.decks import DeckStats

_Void = ctypes.c_void_p


def read_tracks(library: Any, media: Any) -> DeckStats:
    """Codecs, size and frame rate; empty as long as libVLC does not know them."""
    tracks = _Void()
    dll = library.dll
    dll.libvlc_media_tracks_get.argtypes = [_Void, ctypes.POINTER(_Void)]
    dll.libvlc_media_tracks_release.argtypes = [_Void, ctypes.c_uint]
    handle = _Void.from_param(media)
    count = dll.libvlc_media_tracks_get(handle, ctypes.byref(tracks))
    if not count:
        return DeckStats()
    found: dict[str, Any] = {}
    each = ctypes.cast(tracks, ctypes.POINTER(ctypes.POINTER(library.MediaTrack)))
    for index in range(count):
        track = each[index].contents
        name = int(track.codec).to_bytes(4, "little").decode("ascii", "replace").strip()
        if track.type == library.TrackType.video:
            # In C this is a union of pointers; the binding knows its first member only.
            shape = ctypes.cast(track.audio, ctypes.POINTER(library.VideoTrack)).contents
            found |= {"video": name, "width": shape.width, "height": shape.height}
            if shape.frame_rate_num and shape.frame_rate_den:
                found["frames_per_second"] = shape.frame_rate_num / shape.frame_rate_den
        elif track.type == library.TrackType.audio:
            found.setdefault("audio", name)
    dll.libvlc_media_tracks_release(tracks, count)
    return DeckStats(**found)
