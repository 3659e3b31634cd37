"""Bare libVLC: players with frame callbacks and nothing around them, to compare with.

`python -m tests.bench.bare_players SETTLE SECONDS [WIDTHxHEIGHT ADDRESS]...` plays all
addresses at once and prints one line of JSON: the processors it took over SECONDS, and the
pictures a second of each.
"""

from __future__ import annotations

import ctypes
import json
import sys
import threading
import time
from typing import Any

from vsconsole.player.pieces import _LIVE_OPTIONS

LIVE_OPTIONS = _LIVE_OPTIONS
"""What the program's own players tell libVLC, so that both wait for the same."""

_Void = ctypes.c_void_p
_LOCK = ctypes.CFUNCTYPE(_Void, _Void, ctypes.POINTER(_Void))
_SHOW = ctypes.CFUNCTYPE(None, _Void, _Void)


def instance() -> Any:
    """A libVLC without sound or window."""
    import vlc

    return vlc.Instance(["--quiet", "--no-audio", "--no-xlib", "--avcodec-hw=none", "--no-lua"])


class BarePlayer:
    """One media player that decodes into one piece of memory, and counts."""

    def __init__(self, library: Any, width: int, height: int) -> None:
        import vlc

        self._instance = library
        self._player: Any = library.media_player_new()
        self._media: Any = None
        self._memory = (ctypes.c_ubyte * (width * height * 4 + 4096))()
        self._address = ctypes.addressof(self._memory)
        self._came = threading.Event()
        self.pictures = 0
        self.first_at = 0.0
        self._keep = (_LOCK(self._lock), _SHOW(self._show))
        call = vlc.dll.libvlc_video_set_callbacks
        call.argtypes = [_Void] * 5
        lock, show = (ctypes.cast(one, _Void) for one in self._keep)
        call(_Void.from_param(self._player), lock, None, show, None)
        self._player.video_set_format("RV32", width, height, width * 4)

    def play(self, address: str, *options: str) -> None:
        media = self._instance.media_new(address)
        for option in options:
            media.add_option(option)
        self._came.clear()
        self.pictures = 0
        self._player.set_media(media)
        if self._media is not None:
            self._media.release()
        self._media = media
        self._player.play()

    def wait_first(self, seconds: float) -> bool:
        """Whether a picture came within so long; `first_at` is when."""
        return self._came.wait(seconds)

    def lost(self) -> int:
        """How many pictures of the medium came too late to be shown."""
        import vlc

        numbers = vlc.MediaStats()
        return int(numbers.lost_pictures) if self._media.get_stats(numbers) else 0

    def stop(self) -> None:
        self._player.stop()

    def close(self) -> None:
        self._player.stop()
        self._player.release()

    def _lock(self, _opaque: Any, planes: Any) -> int:
        planes[0] = self._address
        return 0

    def _show(self, _opaque: Any, _picture: Any) -> None:
        self.pictures += 1
        if self.pictures == 1:
            self.first_at = time.monotonic()
            self._came.set()


def main(words: list[str]) -> int:
    settle, seconds, *rest = words
    library = instance()
    players = []
    for size, address in zip(rest[::2], rest[1::2], strict=True):
        width, _x, height = size.partition("x")
        players.append(BarePlayer(library, int(width), int(height)))
        players[-1].play(address, *LIVE_OPTIONS)
    time.sleep(float(settle))
    lost = sum(player.lost() for player in players)
    before, shown = time.process_time(), [player.pictures for player in players]
    begun = time.monotonic()
    time.sleep(float(seconds))
    took, passed = time.process_time() - before, time.monotonic() - begun
    frames = [now.pictures - then for now, then in zip(players, shown, strict=True)]
    told = {
        "cpu": took / passed,
        "pictures": [one / passed for one in frames],
        "lost": (sum(player.lost() for player in players) - lost) / passed,
    }
    for player in players:
        player.close()
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
