"""libVLC 3: the engine, and how it is loaded and set up.

Nothing but the modules `vlc` and `vlc_*` knows libVLC, and the binding is imported here alone.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from functools import cache
from pathlib import Path
from typing import Any

from vsconsole.domain.errors import PlayerMissing
from vsconsole.i18n import _
from vsconsole.player.backend import ForwardPlayer, Player, PlayerListener
from vsconsole.player.clip_player import ClipPlayer
from vsconsole.player.decks import Deck, DeckEvents
from vsconsole.player.pieces import OpenStream
from vsconsole.player.reversible import Reversible
from vsconsole.player.vlc_deck import VlcDeck

_ARGUMENTS = (
    "--ignore-config",  # the user's own VLC settings must not change what is seen here
    "--quiet",
    "--no-interact",  # no dialogs for passwords or certificates
    "--no-video-title-show",
    "--no-osd",
    "--no-spu",
    "--no-sub-autodetect-file",  # files beside a recording are not subtitles
    "--no-metadata-network-access",
    "--no-media-library",
    "--no-lua",  # no playlist scripts run over what a server answers
    "--no-snapshot-preview",
    "--no-input-fast-seek",  # to the frame asked for, not to the key frame before it
    # Each further thread holds a picture back. With one for every processor, as libVLC would have,
    # they come after their turn and are thrown away: of 12 a second, every third on 8 processors.
    "--avcodec-threads=1",
    "--drop-late-frames",
    "--skip-frames",
)


class VlcEngine:
    """Makes players over libVLC, which is loaded at the first play.

    `open_stream` opens the bytes of a network address for the bridge (read, close); without it
    FFmpeg's own reader is used.
    """

    def __init__(self, open_stream: OpenStream | None = None) -> None:
        self._open_stream = open_stream
        # Loading takes a while and the window asks for players meanwhile: a lock for each.
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._library: Any = None
        self._players: weakref.WeakSet[ClipPlayer] = weakref.WeakSet()
        self._backwards: weakref.WeakSet[Reversible] = weakref.WeakSet()

    def player(self, listener: PlayerListener) -> Player:
        """A new player, silent and idle; costs next to nothing until it plays."""
        players: list[ClipPlayer] = []

        def forward(told: PlayerListener) -> ForwardPlayer:
            players.append(ClipPlayer(told, self._deck, self._open_stream))
            return players[0]

        player = Reversible(listener, forward)
        with self._lock:
            self._players.update(players)
            self._backwards.add(player)
        return player

    def close(self, wait: float = 2.0) -> None:
        """Closes every player and waits at most `wait` seconds for their sessions to end."""
        with self._lock:
            players, backwards = list(self._players), list(self._backwards)
        for one in backwards:
            one.close()
        for player in players:
            player.close()
        until = time.monotonic() + wait
        for player in players:
            player.join(max(0.0, until - time.monotonic()))
        for one in backwards:
            one.join(max(0.0, until - time.monotonic()))

    def version(self) -> str:
        """libVLC's version text; PlayerMissing where it cannot be loaded."""
        with self._loading:
            self._new_instance().release()
            return str(self._library.libvlc_get_version().decode(errors="replace"))

    def _deck(self, events: DeckEvents) -> Deck:
        # An instance each (a few ms and 100 kB): what an instance reports does not tell the player.
        with self._loading:
            instance = self._new_instance()
        return VlcDeck(self._library, instance, events)

    def _new_instance(self) -> Any:
        try:
            import vlc
        except (ImportError, OSError, NameError, AttributeError) as error:
            raise _missing(str(error)) from error
        try:
            instance = vlc.Instance([*_ARGUMENTS, *_machine_arguments()])
        except (NameError, OSError) as error:
            raise _missing(str(error)) from error
        if instance is None:
            raise _missing(_("libVLC is there but does not start: its plugins are missing."))
        self._library = vlc
        return instance


@cache
def _machine_arguments() -> tuple[str, ...]:
    """What libVLC need not try on this machine, because it would fail noisily or slowly."""
    if not sys.platform.startswith("linux"):
        return ()
    arguments = ["--no-xlib"]  # there may be no X server
    if not Path("/dev/dri").exists() and not any(Path("/dev").glob("nvidia*")):
        # Each decoder, after a seek too, would look for one and build its output three times.
        arguments.append("--avcodec-hw=none")
    if not _sound_device():
        arguments.append("--aout=adummy")  # ALSA's library writes to standard error
    return tuple(arguments)


def _sound_device() -> bool:
    """Whether sound can go somewhere: a card, or a sound server."""
    if os.environ.get("PULSE_SERVER") or any(Path("/dev/snd").glob("pcm*p")):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime is None:
        return False
    return any((Path(runtime) / name).exists() for name in ("pulse/native", "pipewire-0"))


def _missing(why: str) -> PlayerMissing:
    if sys.platform == "win32":
        remedy = _("Install VLC 3 (64 bit) from videolan.org and start the program again.")
    elif sys.platform == "darwin":
        remedy = _("Put VLC 3 into the Applications folder and start the program again.")
    else:
        remedy = _("Install libVLC: sudo apt install libvlc5 vlc-plugin-base")
    return PlayerMissing(_("The video player libVLC was not found."), why=why, remedy=remedy)
