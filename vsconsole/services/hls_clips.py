"""A playlist with gaps as clips without: each run a small private file for the player."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain.errors import StreamExpired, StreamUnavailable
from vsconsole.domain.model import now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _

if TYPE_CHECKING:
    from vsconsole.media.hls import HlsRun
    from vsconsole.net.transport import Transport

_PLAYLIST_FRESH = 10.0
_LOST_WITHIN = 3.0
_MARGIN = timedelta(seconds=30)
_LARGEST_PLAYLIST = 16 * 1024 * 1024
_log = logging.getLogger(__name__)


class RunFiles:
    """Small playlists for the player in a folder only its user can read.

    They hold signed addresses, so they go when the program ends; `sweep` takes what a killed
    program left.
    """

    _PREFIX = "runs-"

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._count = 0

    def new(self) -> Path:
        """A name for a new file."""
        with self._lock:
            if self._folder is None:
                self._parent.mkdir(parents=True, exist_ok=True)
                self.sweep()
                prefix = f"{self._PREFIX}{os.getpid()}-"
                # mkdtemp gives the folder to its user alone.
                self._folder = Path(tempfile.mkdtemp(prefix=prefix, dir=self._parent))
            self._count += 1
            return self._folder / f"{self._count}.m3u8"

    def write(self, path: Path, text: str) -> None:
        """Writes or replaces a file in one step: the player may be reading it."""
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    def sweep(self) -> None:
        """Removes the folders of processes that are gone."""
        for folder in self._parent.glob(f"{self._PREFIX}*"):
            process = folder.name.removeprefix(self._PREFIX).partition("-")[0]
            if process.isdigit() and not _alive(int(process)):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Removes the folder."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    if os.name != "posix":
        # There os.kill would end the process; its folder goes when it is a day old.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class HlsClips:
    """A range that a vendor gives as one HLS playlist, as clips of runs without a gap.

    The playlist is read again when its addresses may have gone stale, and asked for again when its
    own address has.
    """

    def __init__(
        self,
        clip: Clip,
        source: MediaSource,
        segments: SegmentSet,
        transport: Transport,
        files: RunFiles,
    ) -> None:
        self._clip = clip
        self._source = source
        self._segments = segments
        self._transport = transport
        self._files = files
        # A clip may be a part of what its playlist holds: the map knows where that begins.
        stretches = clip.time_map.stretches
        last = stretches[-1]
        self._span = Span(
            stretches[0].begin,
            max(clip.span.end, last.begin + timedelta(seconds=last.seconds)),
        )
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._opened: dict[int, float] = {}
        self._runs: list[tuple[HlsRun, Span]] = []
        self._paths: list[Path] = []

    def clips(self) -> list[Clip]:
        """A clip for each run; blocks."""
        with self._lock:
            self._refresh()
            found: list[Clip] = []
            at = self._clip.span.begin
            for i, (_run, span) in enumerate(self._runs):
                # Media segments are whole: they reach over the ends of what was asked for.
                begin, end = max(span.begin, at), min(span.end, self._clip.span.end)
                if begin >= end:
                    continue
                at = end
                found.append(
                    Clip(
                        span=Span(begin, end),
                        store=self._clip.store,
                        open=lambda _when, i=i: self._open(i),  # type: ignore[misc]
                        time_map=TimeMap.linear(span),
                        estimated=self._clip.estimated,
                    )
                )
            return found

    def _open(self, i: int) -> MediaSource:
        with self._lock:
            # Opened twice in a moment: the player lost it, perhaps because an address expired.
            lost = monotonic() - self._opened.get(i, -_LOST_WITHIN) < _LOST_WITHIN
            if lost or monotonic() - self._read_at > _PLAYLIST_FRESH or self._expires_soon():
                self._refresh()
            self._opened[i] = monotonic()
            run, _span = self._runs[i]
            if not self._paths[i].exists():
                self._files.write(self._paths[i], run.playlist_text)
            return MediaSource(
                url=str(self._paths[i]),
                protocol=MediaProtocol.HLS,
                headers=self._source.headers,
                expires=self._source.expires,
            )

    def _refresh(self) -> None:
        from vsconsole.media import hls

        text, source = largest(self._transport, self._read(), self._source)
        recorded = list(self._segments.segments(self._clip.store))
        runs = hls.lay(hls.split(text, source.url), recorded, self._span)
        if not runs or (self._runs and len(runs) < len(self._runs)):
            raise StreamUnavailable(
                _("The recording's playlist is empty or has become shorter."),
                remedy=_("Open it again; refresh the timeline if that does not help."),
            )
        self._runs = runs if not self._runs else runs[: len(self._runs)]
        while len(self._paths) < len(self._runs):
            self._paths.append(self._files.new())
        for path, (run, _span) in zip(self._paths, self._runs, strict=True):
            self._files.write(path, run.playlist_text)
        self._read_at = monotonic()

    def _expires_soon(self) -> bool:
        expires = self._source.expires
        return expires is not None and expires <= now() + _MARGIN

    def _read(self) -> str:
        if not self._expires_soon() and not (self._source.single_use and self._runs):
            try:
                return read_text(self._transport, self._source)
            except (StreamExpired, StreamUnavailable) as error:
                if error.code not in ("401", "403", "404", "410"):
                    raise
                _log.info("the playlist's address has expired, asking for a new one")
        self._source = self._clip.open(self._clip.span.begin)
        return read_text(self._transport, self._source)


class GaplessHls:
    """Opens a recording without a gap; its playlist is read when it is played, not before."""

    def __init__(
        self,
        clip: Clip,
        transport: Callable[[], Transport],
        files: RunFiles,
    ) -> None:
        self._clip = clip
        self._transport = transport
        self._files = files
        self._lock = threading.Lock()
        self._runs: list[Clip] = []

    def __call__(self, when: datetime) -> MediaSource:
        with self._lock:
            if not self._runs:
                clip = self._clip
                source = clip.open(clip.span.begin)
                media = clip.time_map.stretches[0]
                span = Span(media.begin, media.begin + timedelta(seconds=media.seconds))
                whole = SegmentSet.of([Segment(span=span, store=clip.store)])
                made = HlsClips(clip, source, whole, self._transport(), self._files)
                self._runs = made.clips()
            runs = self._runs
        # A playlist may hold a gap that nobody told of: then the run that holds the moment.
        run = next((one for one in runs if when < one.span.end), runs[-1])
        return replace(run.open(when), begins=run.time_map.wall_at(0.0))


def largest(transport: Transport, text: str, source: MediaSource) -> tuple[str, MediaSource]:
    """A playlist and where it is; of a master playlist its largest stream's."""
    from vsconsole.media import hls

    if not hls.is_master(text):
        return text, source
    chosen = replace(source, url=hls.pick_variant(text, source.url))
    return read_text(transport, chosen), chosen


def read_text(transport: Transport, source: MediaSource) -> str:
    """A playlist's text; StreamUnavailable for one that is none or far too large."""
    body = bytearray()
    with transport.stream(source) as stream:
        while data := stream.read():
            body += data
            if len(body) > _LARGEST_PLAYLIST:
                break
    text = body.decode("utf-8-sig", errors="replace")
    if len(body) > _LARGEST_PLAYLIST or not text.lstrip().startswith("#EXTM3U"):
        raise StreamUnavailable(
            _("The recording's playlist cannot be read."),
            why=_("The server sent something else."),
            remedy=_("Open it again to get a new one."),
        )
    return text
