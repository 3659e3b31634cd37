"""The sandbox: one loopback HTTP server per vendor face, each over what its cloud holds."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from vsconsole.sandbox import timecode
from vsconsole.sandbox.faces import make_face, vendors_known
from vsconsole.sandbox.faults import Faults
from vsconsole.sandbox.listener import Listener
from vsconsole.sandbox.streams import PlaybackSession, Streams
from vsconsole.sandbox.wire import Face, LogEntry
from vsconsole.sandbox.world import World

__all__ = ["LogEntry", "Sandbox", "SandboxAccount", "SandboxInfo"]

KEPT_ENTRIES = 200_000
SHORTEST_LIFE = 2.0
"""Addresses end on a full second, so that one of a single second could be over at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxAccount:
    """A login that works: vendor, a name for it, and what `accounts add` takes."""

    vendor: str
    name: str
    fields: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxInfo:
    """What a client needs to know; `as_json` is the line printed when ready."""

    pid: int
    now: str
    accounts: tuple[SandboxAccount, ...]
    timecode: dict[str, object] = field(repr=False)

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Sandbox:
    """Worlds, faults, log and servers; a context manager, and usable from any thread.

    `world` and `streams` are those of the first vendor; `worlds` has all.
    """

    def __init__(
        self,
        seed: int = 1,
        channels: int | None = None,
        faults: Mapping[str, float] | None = None,
        vendors: Sequence[str] | None = None,
        lifetime: float | None = None,
    ) -> None:
        """Build the worlds; ValueError for a vendor without a face or an unknown fault.

        With a `lifetime`, at least SHORTEST_LIFE, nothing that ends at a vendor lives for more
        seconds: sessions of an account (not what renews them) and addresses of media, of which the
        server looks at each request; a stream that flows is not cut.
        """
        unknown = set(vendors or ()) - set(vendors_known())
        if unknown:
            raise ValueError(f"no sandbox for {', '.join(sorted(unknown))}")
        if lifetime is not None and not lifetime >= SHORTEST_LIFE:
            raise ValueError(f"a lifetime of {lifetime} s is less than {SHORTEST_LIFE:g} s")
        chosen = tuple(vendors or vendors_known())
        self.worlds = {vendor: World(seed, channels, cloud=vendor) for vendor in chosen}
        self.world = self.worlds[chosen[0]]
        self.faults = Faults(seed)
        for name, rate in (faults or {}).items():
            self.faults.set("*", name, rate)
        self._streams = {vendor: Streams(world, lifetime) for vendor, world in self.worlds.items()}
        self.streams = self._streams[chosen[0]]
        self.faces: dict[str, Face] = {
            vendor: make_face(vendor, self.worlds[vendor], self._streams[vendor])
            for vendor in chosen
        }
        self._log: deque[LogEntry] = deque(maxlen=KEPT_ENTRIES)
        self._servers: dict[str, Listener] = {}
        self._info: SandboxInfo | None = None

    @property
    def log(self) -> list[LogEntry]:
        """Every request seen so far, oldest first."""
        return list(self._log)

    @property
    def sessions(self) -> dict[str, PlaybackSession]:
        """Device playback sessions by id, with whether each one was stopped by its client."""
        return {
            key: session
            for streams in self._streams.values()
            for key, session in streams.sessions.items()
        }

    @property
    def info(self) -> SandboxInfo:
        """Addresses and logins; RuntimeError before `start`."""
        if self._info is None:
            raise RuntimeError("the sandbox was not started")
        return self._info

    def url(self, vendor: str) -> str:
        """`http://127.0.0.1:PORT` of a face."""
        return self._servers[vendor].base

    def fields(self, vendor: str) -> dict[str, str]:
        """What logs in to a face."""
        return self.faces[vendor].account_fields(self.url(vendor))

    def start(self) -> SandboxInfo:
        """Listen on loopback, one free port per face."""
        if self._servers:
            return self.info
        for vendor, face in self.faces.items():
            self._streams[vendor].open()
            clock = self.worlds[vendor].now
            self._servers[vendor] = Listener(face, self.faults, clock, self._log.append)
        for server in self._servers.values():
            server.begin()
        self._info = SandboxInfo(
            pid=os.getpid(),
            now=datetime.fromtimestamp(self.world.now(), UTC).isoformat(timespec="seconds"),
            accounts=tuple(
                SandboxAccount(vendor=v, name=f.account_name, fields=self.fields(v))
                for v, f in self.faces.items()
            ),
            timecode=timecode.DESCRIPTION,
        )
        return self._info

    def stop(self) -> None:
        """End every stream, connection and thread; may be called again."""
        for streams in self._streams.values():
            streams.close()
        for server in self._servers.values():
            server.end()
        for face in self.faces.values():
            face.close()
        self._servers.clear()
        self._info = None

    def cut(self, vendor: str) -> None:
        """Break every connection to a face, streams that flow too; new ones are served."""
        self._servers[vendor].cut()
        self.faces[vendor].cut()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
