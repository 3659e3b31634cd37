"""What tiles and walls show, without their players: enough to show it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF

from vsconsole.domain.model import Channel, Key, Store, StreamProfile
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.layouts import Layout
from vsconsole.ui.wall.session import Address, Mode, TileSession

_WHOLE = (0.0, 0.0, 1.0, 1.0)
_MOVING = (PlayerState.PLAYING, PlayerState.SEEKING)

ChannelOf = Callable[[Key], Channel | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one tile shows: a channel, or something opened by address.

    `path` is a file's on disk; other addresses may hold secrets and live in memory only. `pinned`
    is the stream that was chosen; None where the tile's size chooses it. `zoom` is
    the part of the picture in fractions (left, top, width, height); `at` the moment of recordings,
    `playing` whether they run on.
    """

    channel: Channel | None = None
    address: Address | None = None
    path: str = ""
    mode: Mode = Mode.LIVE
    store: Store = Store.CLOUD
    pinned: StreamProfile | None = None
    zoom: tuple[float, float, float, float] = _WHOLE
    at: datetime | None = None
    playing: bool = False
    speed: float = 1.0

    @classmethod
    def of(cls, session: TileSession, zoom: QRectF) -> Shown:
        """What a session shows now."""
        back = session.mode is Mode.PLAYBACK
        return cls(
            channel=session.channel,
            address=session.address,
            path=session.address.path if session.address else "",
            mode=session.mode,
            store=session.store,
            pinned=session.pinned,
            zoom=(zoom.x(), zoom.y(), zoom.width(), zoom.height()),
            at=(session.position() or session.asked) if back else None,
            playing=back and session.state in _MOVING and session.player.speed > 0,
            # Backwards is not put back: nobody minds a picture that stands.
            speed=max(session.player.speed, 0.0) or 1.0 if back else 1.0,
        )

    @property
    def zoomed(self) -> QRectF:
        return QRectF(*self.zoom)

    def as_json(self) -> dict[str, Any] | None:
        """For a file; None for what cannot be kept in one."""
        if self.channel is None and not self.path:
            return None
        return {
            "channel": str(self.channel.key) if self.channel else None,
            "path": self.path,
            "mode": self.mode.value,
            "store": self.store.value,
            "stream": self.pinned.value if self.pinned else None,
            "zoom": list(self.zoom),
            "at": self.at.isoformat() if self.at else None,
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any], channel_of: ChannelOf) -> Shown | None:
        """What was kept; None where its channel is gone.

        ValueError, KeyError or TypeError for what is none.
        """
        path, channel = str(entry.get("path") or ""), None
        if not path:
            channel = channel_of(Key.parse(entry["channel"]))
            if channel is None:
                return None
        zoom = tuple(float(part) for part in entry.get("zoom") or _WHOLE)
        if len(zoom) != 4:
            raise ValueError(zoom)
        stream = entry.get("stream")
        return cls(
            channel=channel,
            path=path,
            mode=Mode(entry["mode"]),
            store=Store(entry["store"]),
            pinned=StreamProfile(stream) if stream else None,
            zoom=zoom,
            at=datetime.fromisoformat(entry["at"]) if entry.get("at") else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WallPlan:
    """A wall without its players; tiles beyond the layout's wait until there is room for them."""

    layout: Layout
    tiles: tuple[Shown | None, ...] = ()
    current: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "layout": self.layout.name,
            "current": self.current,
            "tiles": [shown.as_json() if shown else None for shown in self.tiles],
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any], channel_of: ChannelOf) -> WallPlan:
        """What was kept, also by a version that knew only a count of tiles.

        A tile that makes no sense stays empty; TypeError for a state that is no mapping.
        """
        if not isinstance(state, Mapping):
            raise TypeError(state)
        layout = layouts.BY_NAME.get(str(state.get("layout") or state.get("count")), layouts.FIRST)
        entries = state.get("tiles")
        tiles: list[Shown | None] = []
        for entry in entries if isinstance(entries, list) else ():
            try:
                tiles.append(Shown.from_json(entry, channel_of) if entry else None)
            except (AttributeError, TypeError, KeyError, ValueError):
                tiles.append(None)
        current = state.get("current")
        if not isinstance(current, int) or not 0 <= current < layout.count:
            current = 0
        return cls(layout=layout, tiles=tuple(tiles), current=current)

    def timeless(self) -> WallPlan:
        """The same without moments: what a view keeps, which is opened on another day."""
        still = (
            replace(shown, at=None, playing=False, speed=1.0) if shown else None
            for shown in self.tiles
        )
        return replace(self, tiles=tuple(still))


def keys_in(state: object) -> Iterator[Key]:
    """The channels that a kept wall names; what cannot be read is passed over."""
    entries = state.get("tiles") if isinstance(state, Mapping) else None
    for entry in entries if isinstance(entries, list) else ():
        try:
            yield Key.parse(entry["channel"])
        except (AttributeError, TypeError, KeyError, ValueError):
            continue
