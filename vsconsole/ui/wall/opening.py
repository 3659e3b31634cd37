"""What a tile can be asked to show, and where its media comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vsconsole.domain.model import Channel, Store, StreamProfile
from vsconsole.domain.playback import MediaSource
from vsconsole.player.backend import PlaybackSource


class Mode(StrEnum):
    """What a tile shows; only the operator changes it."""

    LIVE = "live"
    PLAYBACK = "playback"


class Opener(Protocol):
    """Where a session gets its media from; calls run on the player's threads."""

    def open_live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """A fresh live address."""

    def playback(self, channel: Channel, store: Store) -> PlaybackSource:
        """The channel's recordings in one store; cheap, opens nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Address:
    """Something opened by address or path rather than from the tree."""

    title: str
    live: Callable[[], MediaSource] | None = field(default=None, repr=False)
    source: PlaybackSource | None = None
    begin: datetime | None = None
