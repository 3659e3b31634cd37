"""`frame`: the picture the player shows at a moment, as a PNG."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from vsconsole.cli import times
from vsconsole.cli.listings import stores
from vsconsole.cli.output import Output
from vsconsole.domain.errors import ConsoleError, InvalidInput, StreamUnavailable, TimedOut
from vsconsole.domain.model import Channel, Store, now
from vsconsole.i18n import _
from vsconsole.player.backend import Frame, Player, PlayerState
from vsconsole.services.desk import Services
from vsconsole.services.playback import FootageSource
from vsconsole.store.files import told


def run(args: argparse.Namespace, services: Services, output: Output) -> int:
    path = Path(args.output).expanduser().absolute()
    if path.suffix.lower() != ".png":
        raise InvalidInput(_("The picture's name has to end in .png."), field="output")
    if not path.parent.is_dir():
        raise InvalidInput(_("There is no folder {path}.").format(path=path.parent), field="output")
    channel = services.inventory.find_channel(args.channel)
    shown: datetime | None
    if args.live:
        if args.store:
            raise InvalidInput(_("Live pictures come from no store."), field="store")
        asked, store = now(), None
        opener = services.live.opener(channel)
        shot = _shot(services, channel, lambda player: player.play_live(opener), args.timeout)
        shown = shot.when or now()
    else:
        asked, _naive = times.parse(args.at, channel.zone, "at")
        store, source = _source(services, channel, stores(channel, args.store), asked)
        shot = _shot(
            services,
            channel,
            lambda player: player.play(source, asked, paused=True),
            args.timeout,
        )
        shown = shot.when
    _write(path, shot)
    output.answer(
        {
            "asked": times.show(asked, channel.zone),
            "shown": times.show(shown, channel.zone) if shown else None,
            "width": shot.width,
            "height": shot.height,
            "zone": channel.zone,
            "store": str(store) if store else None,
            "path": str(path),
        }
    )
    return 0


def _source(
    services: Services, channel: Channel, wanted: tuple[Store, ...], asked: datetime
) -> tuple[Store, FootageSource]:
    """The first store with a recording at that moment; StreamUnavailable names the next one."""
    following: list[datetime] = []
    failed: ConsoleError | None = None
    for store in wanted:
        source = services.playback.source(channel, store)
        try:
            if source.clip_at(asked) is not None:
                return store, source
            clip = source.clip_after(asked)
        except ConsoleError as error:
            failed = failed or error
            continue
        if clip is not None:
            following.append(clip.span.begin)
    if failed is not None:
        raise failed
    raise StreamUnavailable(
        _("Nothing is recorded at {time}.").format(time=times.show(asked, channel.zone)),
        why=_("The time lies in the future.") if asked > now() else "",
        remedy=_("The next recording begins at {time}.").format(
            time=times.show(min(following), channel.zone)
        )
        if following
        else _("There is no later recording."),
        retryable=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shot:
    """A picture of its own memory: rows of four bytes a pixel, blue first."""

    width: int
    height: int
    stride: int
    pixels: bytes
    when: datetime | None


class _Watcher:
    """Waits for a player's picture or failure."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = PlayerState.IDLE
        self._error: ConsoleError | None = None

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        with self._changed:
            self._state, self._error = state, error
            self._changed.notify_all()

    def on_frame(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        """The moment was looked up before: what is played holds it."""

    def wait(self, player: Player, seconds: float) -> Frame:
        """The first picture that is the one asked for; what went wrong, or TimedOut."""
        until = monotonic() + seconds
        with self._changed:
            while True:
                frame = player.frame()
                if self._error is not None:
                    raise self._error
                if frame is not None and not self._state.busy:
                    return frame
                if self._state is PlayerState.ENDED:
                    raise StreamUnavailable(
                        _("The recording ends without a picture."),
                        remedy=_("Try a moment a little earlier."),
                    )
                left = until - monotonic()
                if left <= 0:
                    raise TimedOut(
                        _("No picture came in time."),
                        remedy=_("Try again, or wait longer with --timeout."),
                    )
                self._changed.wait(left)


def _shot(
    services: Services, channel: Channel, play: Callable[[Player], None], seconds: float
) -> _Shot:
    from vsconsole.player.vlc import VlcEngine

    engine = VlcEngine(services.open_stream)
    watcher = _Watcher()
    try:
        player = engine.player(watcher)
        play(player)
        frame = watcher.wait(player, seconds)
        if not services.traffic.counted(channel.key) and channel.stores != (Store.LOCAL,):
            services.usage.media(channel.key.account, player.stats().bytes_read)
        return _Shot(
            width=frame.width,
            height=frame.height,
            stride=frame.stride,
            pixels=bytes(frame.data),
            when=frame.when or player.position(),
        )
    finally:
        # Ends a device's playback session too.
        engine.close()


def _write(path: Path, shot: _Shot) -> None:
    from vsconsole.media import thumbs

    rgb = thumbs.bgra_to_rgb(memoryview(shot.pixels), shot.width, shot.height, shot.stride)
    with told(path):
        thumbs.write_png(path, shot.width, shot.height, rgb)
