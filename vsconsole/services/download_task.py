"""One download from its plan to the finished file."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from vsconsole.domain import cancel, days
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import (
    Cancelled,
    ConsoleError,
    InvalidInput,
    MediaError,
    NotFound,
    StreamUnavailable,
)
from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.services.download_files import (
    Journal,
    Part,
    Request,
    check_room,
    read_manifest,
    sha256_of,
    write_manifest,
)
from vsconsole.services.needs import downloads_of, records_of
from vsconsole.services.part_fetch import CUT, PartFetch
from vsconsole.store.files import told

if TYPE_CHECKING:
    from vsconsole.services.downloads import DownloadService
    from vsconsole.work.lanes import Job

_GAP = timedelta(seconds=2)
_TELL_EVERY = 0.2
_log = logging.getLogger(__name__)


class DownloadState(StrEnum):
    """Where a download is; DONE, FAILED and CANCELLED are ends, the last two can go on."""

    WAITING = "waiting"
    PLANNING = "planning"
    RUNNING = "running"
    JOINING = "joining"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (DownloadState.DONE, DownloadState.FAILED, DownloadState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """How one download stands. `fraction` counts recorded seconds, since sizes are not told ahead.

    `gaps` are the ranges of the request without a recording; `sha256` and `bytes` of the finished
    file come with DONE, before that `bytes` is what has arrived.
    """

    id: str
    request: Request
    state: DownloadState = DownloadState.WAITING
    bytes: int = 0
    parts: int = 0
    parts_done: int = 0
    fraction: float = 0.0
    error: ConsoleError | None = None
    sha256: str = ""
    resumed: bool = False
    got: tuple[Span, ...] = ()
    gaps: tuple[Span, ...] = ()
    short: float = 0.0

    @property
    def path(self) -> Path:
        return self.request.path


class Task:
    """One download being done; its parts run on the transfer lane, one after the other plans them.

    No step waits for another on the same lane: the last to end hands on.
    """

    def __init__(self, service: DownloadService, request: Request, number: str) -> None:
        self._service = service
        self._request = request
        self._journal = Journal(request)
        self._lock = threading.RLock()
        self._jobs: list[Job[None]] = []
        self._left = 0
        self._told_at = 0.0
        self.token = CancelToken()
        self.view = Download(id=number, request=request)
        self.ended = threading.Condition()

    def begin(self) -> None:
        self._submit(self._plan)

    def cancel(self) -> None:
        self.token.cancel()
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.cancel()

    def _submit(self, step: Callable[[], None]) -> None:
        job = self._service.lanes.submit(
            "transfer",
            lambda: self._guarded(step),
            party=self._request.channel.key.account,
        )
        with self._lock:
            self._jobs.append(job)
        job.add_done_callback(self._after)
        if self.token.cancelled:
            job.cancel()

    def _after(self, job: Job[None]) -> None:
        with self._lock:
            self._jobs.remove(job)
        if job.error is not None:
            # Called off before it began.
            self._end(DownloadState.CANCELLED, None)

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            cancel.check()
            step()
        except Cancelled:
            self._end(DownloadState.CANCELLED, None)
        except ConsoleError as error:
            self._end(DownloadState.FAILED, error)
        except Exception as error:  # noqa: BLE001 - a fault here must not take the caller down
            _log.exception("a download failed")
            self._end(
                DownloadState.FAILED,
                ConsoleError(
                    _("A fault in this program stopped the download."),
                    why=type(error).__name__,
                    remedy=_("Its log has the details."),
                ),
            )

    def _end(self, state: DownloadState, error: ConsoleError | None) -> None:
        with self._lock:
            if self.view.state.ended:
                return
            if self.token.cancelled and state is DownloadState.FAILED:
                state, error = DownloadState.CANCELLED, None
            self.view = replace(self.view, state=state, error=error)
        if state is not DownloadState.DONE:
            self.cancel()
        with self.ended:
            self.ended.notify_all()
        self._service.tell(self.view)

    def _note(self, **changes: Any) -> None:
        with self._lock:
            if self.view.state.ended:
                return
            state = self.view.state
            self.view = replace(self.view, **changes)
            due = self.view.state is not state or monotonic() - self._told_at >= _TELL_EVERY
            if due:
                self._told_at = monotonic()
        if due:
            self._service.tell(self.view)

    # The steps

    def _plan(self) -> None:
        request, service = self._request, self._service
        self._note(state=DownloadState.PLANNING)
        if self._finished_before():
            return
        if request.path.exists() and not request.overwrite:
            raise InvalidInput(
                _("{path} already exists.").format(path=request.path),
                field="output",
                remedy=_("Choose another name, or allow it to be replaced."),
            )
        adapter = downloads_of(service.adapter(request.channel.key.account))
        limits = adapter.download_limits(request.channel, request.store)
        recorded = service.footage.ensure(request.channel, request.store, request.span)
        if not self._journal.read():
            if request.store is Store.LOCAL or limits.by_file:
                clips = records_of(adapter).clips(request.channel, request.store, request.span)
                spans = [clip.span for clip in clips]
            else:
                spans = list(cut(recorded, request.span, request.channel.zone, limits.seconds))
            if not spans:
                raise NotFound(
                    _("Nothing is recorded in this range."),
                    remedy=_("Choose a range that the timeline shows as recorded."),
                )
            ending = request.path.suffix.lstrip(".").lower()
            kind = ending if ending in limits.file_types else limits.file_types[0]
            self._journal.begin(spans, kind)
        parts = self._journal.parts
        there = sum(part.there for part in parts)
        left = [part for part in parts if part.size is None or part.there != part.size]
        self._note(
            state=DownloadState.RUNNING,
            parts=len(parts),
            parts_done=len(parts) - len(left),
            fraction=_fraction(parts, left),
            bytes=there,
            resumed=there > 0 and len(left) < len(parts),
        )
        with self._lock:
            self._left = len(left)
        service.note_unfinished(request, True)
        if not left:
            self._submit(self._finish)
        for part in left:
            self._submit(lambda part=part: self._fetch(part))  # type: ignore[misc]

    def _finished_before(self) -> bool:
        """Whether an earlier run ended between naming the file and tidying up, or after."""
        manifest = read_manifest(self._request)
        path = self._request.path
        if manifest is None or not path.exists():
            return False
        if path.stat().st_size != manifest["bytes"] or sha256_of(path) != manifest["sha256"]:
            return False
        self._journal.clear()
        self._service.note_unfinished(self._request, False)
        self._service.note_done(self._request)
        got = tuple(_span(row) for row in manifest["got"])
        self._note(
            bytes=manifest["bytes"],
            sha256=manifest["sha256"],
            resumed=True,
            got=got,
            gaps=tuple(_span(row) for row in manifest["gaps"]),
            short=float(manifest["short_seconds"]),
            fraction=1.0,
        )
        self._end(DownloadState.DONE, None)
        return True

    def _fetch(self, part: Part) -> None:
        request, service = self._request, self._service
        adapter = downloads_of(service.adapter(request.channel.key.account))
        fetch = PartFetch(
            part,
            lambda: adapter.download(
                request.channel, request.store, part.span, self._journal.file_type
            ),
            lambda: service.transport(request.channel.key.account),
            self._count,
            self._keep_journal,
        )
        try:
            fetch.run()
            seconds = _length_of(part)
        except MediaError as error:
            if isinstance(error, StreamUnavailable) or not part.there:
                raise
            # What an earlier run left may not fit what the server sends now: once from the start.
            _log.info("a part is not playable (%s), fetching it again", error)
            self._count(-part.there)
            with told(part.path):
                part.path.unlink(missing_ok=True)
            fetch.run()
            seconds = _length_of(part)
        with self._lock:
            part.size, part.seconds = part.there, seconds
            self._keep_journal()
            self._left -= 1
            last = not self._left
            waiting = [one for one in self._journal.parts if one.size is None]
            self._note(
                parts_done=len(self._journal.parts) - self._left,
                fraction=_fraction(self._journal.parts, waiting),
                resumed=self.view.resumed or fetch.resumed,
            )
        if last:
            self._submit(self._finish)

    def _finish(self) -> None:
        from vsconsole.media import probe, remux

        request, journal = self._request, self._journal
        self._note(state=DownloadState.JOINING)
        parts = journal.parts
        if self._is_whole(parts):
            whole = parts[0].path
        else:
            whole = journal.joined
            check_room(whole.parent, sum(part.there for part in parts))
            remux.join([part.path for part in parts], whole)
            _check_length(probe.probe(whole).seconds, sum(part.seconds for part in parts))
        got = tuple(part.span for part in parts)
        short = sum(max(0.0, part.span.seconds - part.seconds) for part in parts)
        if short < 1.0:
            short = 0.0
        size, digest = whole.stat().st_size, sha256_of(whole)
        if request.path.exists() and not request.overwrite:
            raise InvalidInput(
                _("{path} was made by somebody else meanwhile.").format(path=request.path),
                field="output",
                remedy=_("Choose another name, or allow it to be replaced."),
            )
        gaps = write_manifest(request, size=size, sha256=digest, got=got, short=short)
        with told(request.path):
            whole.replace(request.path)
        journal.clear()
        self._service.note_unfinished(request, False)
        self._service.note_done(request)
        self._note(bytes=size, sha256=digest, got=got, gaps=gaps, short=short, fraction=1.0)
        self._end(DownloadState.DONE, None)

    def _is_whole(self, parts: list[Part]) -> bool:
        """Whether the only part is the file that was asked for, as it is."""
        ending = self._request.path.suffix.lower()
        if parts[0].tag == CUT:
            return False
        if self._request.store is Store.LOCAL:
            kind = parts[0].tag
        else:
            kind = f".{self._journal.file_type}"
        return len(parts) == 1 and kind == ending

    def _count(self, change: int) -> None:
        with self._lock:
            self._note(bytes=self.view.bytes + change)

    def _keep_journal(self) -> None:
        with self._lock:
            self._journal.write()


def cut(recorded: SegmentSet, span: Span, zone: str, longest: float) -> Iterator[Span]:
    """The recorded parts of `span`, none longer than `longest` seconds or across a midnight."""
    for whole in recorded.clip(span).joined(_GAP).spans():
        for piece in days.by_day(whole, zone):
            yield from piece.pieces(timedelta(seconds=longest))


def _length_of(part: Part) -> float:
    """The playable seconds of a part; MediaError for a broken one."""
    from vsconsole.media import probe

    return probe.probe(part.path).seconds


def _check_length(found: float, wanted: float) -> None:
    if found < wanted - max(2.0, 0.02 * wanted):
        raise MediaError(
            _("The parts could not be put together."),
            why=_("{found} of {wanted} seconds are in the file.").format(
                found=round(found), wanted=round(wanted)
            ),
            remedy=_("Start the download again."),
        )


def _fraction(parts: list[Part], left: list[Part]) -> float:
    whole = sum(part.span.seconds for part in parts)
    return 1 - sum(part.span.seconds for part in left) / whole if whole else 1.0


def _span(row: dict[str, str]) -> Span:
    return Span(
        datetime.fromisoformat(row["start"]).astimezone(UTC),
        datetime.fromisoformat(row["end"]).astimezone(UTC),
    )
