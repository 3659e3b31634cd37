"""Brings one part of a download to the disk: goes on where it stopped, renews what expired."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import random
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    ConsoleError,
    NetworkError,
    RateLimited,
    StreamExpired,
    StreamUnavailable,
    Unreachable,
)
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.i18n import _
from vsconsole.services.download_files import Part, check_room
from vsconsole.store.files import told

if TYPE_CHECKING:
    from vsconsole.net.transport import ByteStream, Transport

CUT = "cut"
"""The tag of a part that was cut out of a longer file."""

_SLACK = 1.0
_TRIES = 5
_RENEWALS = 3
_LONGEST_PAUSE = 15.0
_ROOM_EVERY = 32 * 1024 * 1024
_EXPIRED = frozenset({"401", "403", "404", "410"})
_log = logging.getLogger(__name__)


class PartFetch:
    """One part on its way. `run` blocks on a `transfer` thread."""

    def __init__(
        self,
        part: Part,
        ask: Callable[[], MediaSource],
        transport: Callable[[], Transport],
        on_bytes: Callable[[int], object],
        on_tag: Callable[[], object],
    ) -> None:
        """`on_bytes` gets the change in bytes on disk; `on_tag` is told when `part.tag` changed."""
        self._part = part
        self._ask = ask
        self._transport = transport
        self._on_bytes = on_bytes
        self._on_tag = on_tag
        self.resumed = False
        """Whether bytes of an earlier run were kept."""

    def run(self) -> None:
        """Fetches what is missing of the part; raises what five tries without progress ended in."""
        source: MediaSource | None = None
        tries = renewals = 0
        while True:
            cancel.check()
            before = self._part.there
            try:
                if source is None:
                    source = self._ask()
                if source.protocol is MediaProtocol.FILE and "://" not in source.url:
                    self._copy(source)
                else:
                    self._fetch(source)
                return
            except (StreamExpired, StreamUnavailable) as error:
                if error.code == "416" and before:
                    # Nothing lies behind what is there: the part was whole already.
                    self.resumed = True
                    return
                if isinstance(error, StreamExpired) or error.code in _EXPIRED:
                    renewals += 1
                    source = None
                    if renewals > _RENEWALS:
                        raise
                    _log.info("a download's address has expired, asking for a new one")
                    continue
                problem: ConsoleError = error
            except (NetworkError, RateLimited) as error:
                problem = error
            if not problem.retryable:
                raise problem
            if self._part.there > before:
                tries = 0
            tries += 1
            if tries >= _TRIES:
                raise problem
            pause = problem.retry_after or min(_LONGEST_PAUSE, 0.1 * 2**tries) * (0.5 + random())
            _log.info("a download stopped (%s), trying again in %.1f s", problem.what, pause)
            cancel.current().wait(pause)

    def _fetch(self, source: MediaSource) -> None:
        part = self._part
        have = part.there
        # With the tag the server sends the rest only if it is still the same file.
        headers = {"If-Range": part.tag} if have and part.tag else {}
        with self._transport().stream(source, start=have, headers=headers) as stream:
            if have and not _goes_on(stream, have, part.tag):
                self._on_bytes(-have)
                have = 0
            elif have:
                self.resumed = True
            tag = stream.headers.get("etag", "")
            if tag.startswith("W/"):
                tag = ""
            if tag != part.tag:
                part.tag = tag
                self._on_tag()
            whole = have + stream.length if stream.length is not None else None
            check_room(part.path.parent, (whole or have) - have)
            self._write(stream, have)
        if whole is not None and part.there != whole:
            raise Unreachable(
                _("The download ended before the file was whole."),
                remedy=_("Check the network, then start it again: it goes on where it stopped."),
            )
        if source.begins is not None:
            self._cut_out(source.begins)

    def _cut_out(self, begins: datetime) -> None:
        """Leaves of a whole recorded file what the part needs of it."""
        from vsconsole.media import probe

        part = self._part
        into = (part.span.begin - begins).total_seconds()
        with told(part.path):
            longer = probe.probe(part.path).seconds > max(0.0, into) + part.span.seconds + _SLACK
        if into > _SLACK or longer:
            have = part.there
            self._cut(part.path, max(0.0, into))
            part.tag = CUT
            self._on_tag()
            self._on_bytes(part.there - have)

    def _write(self, stream: ByteStream, have: int) -> None:
        path = self._part.path
        since_check = 0
        with told(path), path.open("r+b" if have else "wb") as file:
            file.truncate(have)
            file.seek(have)
            while data := stream.read():
                cancel.check()
                # Unbuffered in effect: what counts as progress must survive being killed.
                file.write(data)
                file.flush()
                self._on_bytes(len(data))
                since_check += len(data)
                if since_check > _ROOM_EVERY:
                    since_check = 0
                    check_room(path.parent, 0)

    def _copy(self, source: MediaSource) -> None:
        """A file that is on this computer already: whole, or what the part needs of it."""
        from vsconsole.media import probe

        part, path = self._part, Path(source.url)
        # Without a begin the file is the very range that was asked for.
        into = (part.span.begin - source.begins).total_seconds() if source.begins else None
        with told(path):
            check_room(part.path.parent, path.stat().st_size)
        have = part.there
        if into is not None and (
            into > _SLACK or probe.probe(path).seconds > into + part.span.seconds + _SLACK
        ):
            self._cut(path, max(0.0, into))
            part.tag = CUT
        else:
            with told(part.path):
                shutil.copyfile(path, part.path)
            part.tag = path.suffix.lower()
        self._on_tag()
        self._on_bytes(part.there - have)

    def _cut(self, path: Path, second: float) -> None:
        """From the key frame before `second`, to the last picture of the part."""
        from vsconsole.media import remux

        target = self._part.path
        # A container that takes every codec and tells its pictures' times exactly.
        made = target.with_name(f"{target.name}.mov")
        remux.cut(path, made, second, self._part.span.seconds)
        with told(target):
            made.replace(target)


def _goes_on(stream: ByteStream, have: int, tag: str) -> bool:
    """Whether the answer is the rest of the very file that is there."""
    if stream.status != 206:
        return False
    if not stream.headers.get("content-range", "").startswith(f"bytes {have}-"):
        return False
    return not tag or stream.headers.get("etag", tag) == tag
