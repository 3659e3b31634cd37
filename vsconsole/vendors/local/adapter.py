"""A folder as an account: its footage as channels, recordings and files to copy."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol

from vsconsole.domain import cancel
from vsconsole.domain.capabilities import DownloadLimits, Downloads, Inventory, Records
from vsconsole.domain.errors import InvalidInput, NotFound, StorageError, Unsupported
from vsconsole.domain.model import Ability, Account, Channel, Group, Key, Node, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.vendors.local import zone
from vsconsole.vendors.local.index import FileEntry, Found, Index
from vsconsole.vendors.local.layers import Piece, Recording, clipped, lay
from vsconsole.vendors.local.reading import read_media
from vsconsole.vendors.local.scan import Problem, Scan, ScanProgress
from vsconsole.vendors.local.tree import Place, group_native, groups, shown
from vsconsole.vendors.local.walk import found, look_into, why

_ABILITIES = frozenset({Ability.LOCAL_RECORDS, Ability.DOWNLOAD})

# A file whose name says no end is taken to be no longer than this, to know which to read first.
_LONGEST = timedelta(hours=25)

# A file written this recently may still be growing: it is looked at again whenever it is used.
_FRESH = timedelta(minutes=10)
_LOOK_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Context(Protocol):
    """What this adapter needs of the registry's context."""

    @property
    def cache_dir(self) -> Path:
        """A folder for what can be made anew."""


class LocalAdapter(Inventory, Records, Downloads):
    """Footage below one folder. Options: `folder`, `offset` in seconds, `zone`.

    `on_progress` may be set to hear of a scan; it is called on the scanning thread.
    """

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        """InvalidInput for options that cannot be used; touches nothing yet."""
        self.account = account
        self.on_progress: Callable[[ScanProgress], object] | None = None
        self._root = Path(account.options.get("folder", "")).expanduser()
        if not self._root.is_absolute():
            raise InvalidInput(
                _("The folder has to be a full path."),
                field="folder",
                remedy=_("Choose the folder with the button, or type its whole path."),
            )
        self._offset = _offset(account.options.get("offset", ""))
        self._zone = account.options.get("zone", "") or zone.local_zone()
        if not zone.known(self._zone):
            raise InvalidInput(
                _("There is no time zone {name}.").format(name=self._zone),
                field="zone",
                remedy=_("Use a name such as Asia/Shanghai, or leave it empty."),
            )
        # The folder is part of the name: an account that is pointed elsewhere begins a new index.
        mark = hashlib.sha256(str(self._root).encode("utf-8", "backslashreplace")).hexdigest()[:12]
        self._index_path = context.cache_dir / f"local-{account.id}-{mark}.sqlite3"
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._opened: Index | None = None
        self._unreadable: tuple[Problem, ...] = ()
        self._looked: dict[tuple[str, ...], float] = {}

    # Adapter

    def verify(self) -> None:
        """Looks into the folder; InvalidInput beside the field where that cannot be done."""
        try:
            self._look()
        except StorageError as error:
            raise InvalidInput(
                error.what, field="folder", why=error.why, remedy=error.remedy
            ) from error

    def close(self) -> None:
        """Closes the index."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Folders and channels as the folder is walked; then reads what is new in it.

        The tree is whole before the reading begins, and reading goes on in the next scan where it
        was called off. Files that are gone are forgotten, unless their folder could not be read.
        """
        index = self._index()
        scan = self._scan(index)
        said: set[str] = set()
        for places in scan.find():
            yield [node for place in places for node in self._nodes(place, index, said)]
        # Two at once would read every file twice; the second finds nothing left to read.
        while not self._reading.acquire(timeout=0.1):
            cancel.check()
        try:
            scan.read()
        finally:
            self._reading.release()

    def problems(self, channel: Channel | None = None) -> list[Problem]:
        """Files that are broken or not finished and, for all channels, folders not readable."""
        native = channel.key.native if channel is not None else None
        problems = [
            Problem(path=self._root.joinpath(*path), reason=reason)
            for path, reason in self._index().problems(native)
        ]
        return problems if native else [*self._unreadable, *problems]

    # Records

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """Recorded ranges that touch `span`, clipped to it; files of that time are read first."""
        recordings = self._recordings(channel, store, span)
        whole = SegmentSet.of(
            Segment(span=one.span, kind=one.kind, store=Store.LOCAL) for one in recordings
        )
        return list(whole.clip(span).segments(Store.LOCAL))

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """One clip for each file in `span`, two where another file lies in its middle."""
        pieces = clipped(lay(self._recordings(channel, store, span)), span)
        return [self._clip(piece) for piece in pieces]

    # Downloads

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """As long as the longest file; the types are those the channel's files have."""
        _only_local(store)
        entries = self._entries(channel)
        kinds = Counter(entry.found.path[-1].rpartition(".")[2].lower() for entry in entries)
        longest = max((entry.facts.seconds or 0.0 for entry in entries), default=0.0)
        return DownloadLimits(
            seconds=longest or _LONGEST.total_seconds(),
            file_types=tuple(kind for kind, _count in kinds.most_common()) or ("mp4",),
        )

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """The file that shows the begin of `span`, whole: `begins` says when it starts.

        NotFound where nothing was recorded then. The type is the file's own, whatever is asked.
        """
        for piece in lay(self._recordings(channel, store, span)):
            if span.begin in piece.span:
                return self._source(piece.recording)
        raise NotFound(_("Nothing was recorded at that time."))

    # Inside

    def _index(self) -> Index:
        with self._lock:
            if self._opened is None:
                self._opened = Index(self._index_path, self._zone)
            return self._opened

    def _scan(self, index: Index) -> Scan:
        self._look()
        return Scan(self._root, index, self._noted, self.on_progress)

    def _noted(self, unreadable: Sequence[Problem]) -> None:
        """The root has to be among what could be read, or all there is would seem gone."""
        self._unreadable = tuple(unreadable)
        if any(problem.path == self._root for problem in unreadable):
            self._look()

    def _nodes(self, place: Place, index: Index, said: set[str]) -> Iterator[Node]:
        """A channel, after the groups above it that were not said yet."""
        account = self.account.id
        parent: Key | None = None
        for folder in groups(place.parent):
            native = group_native(folder)
            if native not in said:
                said.add(native)
                yield Group(key=Key(account, native), name=folder[-1], parent=parent)
            parent = Key(account, native)
        problems = index.problems(place.native)
        yield Channel(
            key=Key(account, place.native),
            name=place.name or shown(self._root.name) or self.account.name,
            parent=parent,
            abilities=_ABILITIES,
            zone=self._zone,
            raw={
                "folder": shown(str(self._root.joinpath(*place.parent))),
                **index.about(place.native),
                "problems": {shown("/".join(path)): reason for path, reason in problems},
            },
        )

    def _look(self) -> None:
        """Raises StorageError with what is wrong where the folder cannot be looked into."""
        try:
            next(self._root.iterdir(), None)
        except FileNotFoundError as error:
            raise StorageError(
                _("The folder {path} does not exist.").format(path=shown(str(self._root))),
                remedy=_("Connect the drive it is on, or choose another folder."),
                retryable=True,
            ) from error
        except NotADirectoryError as error:
            raise StorageError(
                _("{path} is a file, not a folder.").format(path=shown(str(self._root))),
                remedy=_("Choose the folder the file is in."),
            ) from error
        except OSError as error:
            raise StorageError(
                _("The folder {path} cannot be read.").format(path=shown(str(self._root))),
                why=_("The system says: {reason}.").format(reason=why(error)),
                remedy=_("Check the drive and your rights on it, then try again."),
                retryable=True,
            ) from error

    def _entries(self, channel: Channel) -> list[FileEntry]:
        """The channel's files; walks the folder where that was never done; NotFound."""
        index = self._index()
        if not index.scanned:
            for _places in self._scan(index).find():
                pass
        entries = index.channel(channel.key.native)
        if not entries:
            raise NotFound(
                _("{name} has no files any more.").format(name=channel.name),
                remedy=_("Refresh the list of cameras."),
            )
        return entries

    def _recordings(self, channel: Channel, store: Store, span: Span) -> list[Recording]:
        """The channel's playable files that touch `span`, read where they had not been."""
        _only_local(store)
        entries = self._entries(channel)
        if span.end + _FRESH > now() and self._look_again(entries):
            entries = self._index().channel(channel.key.native)
        wanted = [entry for entry in entries if self._may_touch(entry, span)]
        if self._read_again(wanted):
            entries = self._index().channel(channel.key.native)
        recordings: list[Recording] = []
        for entry in entries:
            begin, end = entry.begin, entry.end
            if begin is None or end is None:
                continue
            whole = Span(begin + self._offset, end + self._offset)
            if whole.overlaps(span):
                recordings.append(
                    Recording(
                        path=entry.found.path,
                        span=whole,
                        kind=entry.kind,
                        estimated=entry.estimated,
                    )
                )
        return recordings

    def _may_touch(self, entry: FileEntry, span: Span) -> bool:
        begin = entry.begin
        if begin is None:
            # A broken file has no time at all; it is looked at again in case it was repaired.
            return not entry.read or _is_fresh(entry.found)
        end = entry.end or entry.name_end or begin + _LONGEST
        # What is growing may since have grown into the span; a name with an end is given at it.
        if entry.name_end is None and _is_fresh(entry.found):
            end = max(end, now())
        return begin + self._offset < span.end and span.begin < end + self._offset

    def _look_again(self, entries: Sequence[FileEntry]) -> bool:
        """Looks for new files where the newest lies, now and then; whether there are any.

        A recorder that writes there goes on while nobody scans.
        """
        folder = max(entries, key=lambda entry: entry.found.mtime_ns).found.path[:-1]
        with self._lock:
            if monotonic() - self._looked.get(folder, -_LOOK_SECONDS) < _LOOK_SECONDS:
                return False
            self._looked[folder] = monotonic()
        index = self._index()
        try:
            listed, _below = look_into(self._root, folder)
        except OSError as error:
            _log.info("%s: %s", self._root.name, why(error))
            return False
        known = index.known(folder)
        new = [file for file in listed.files if file.path not in known]
        index.add(new)
        return bool(new)

    def _read_again(self, entries: Sequence[FileEntry]) -> bool:
        """Reads files that were not read, or were being written; whether anything is new."""
        index = self._index()
        done = 0
        for entry in entries:
            cancel.check()
            if entry.read and not _is_fresh(entry.found):
                continue
            path = self._root.joinpath(*entry.found.path)
            try:
                file = found(entry.found.path, path.stat())
            except FileNotFoundError:
                index.remove((entry.found.path,))
                done += 1
                continue
            except OSError as error:
                _log.info("%s: %s", path.name, why(error))
                continue
            if file == entry.found and entry.read:
                continue
            facts = read_media(path)
            if file != entry.found:
                index.add((file,))
            index.keep(((file, facts),))
            done += 1
        return done > 0

    def _clip(self, piece: Piece) -> Clip:
        return Clip(
            span=piece.span,
            store=Store.LOCAL,
            open=lambda _when: self._source(piece.recording),
            time_map=TimeMap.linear(piece.span, piece.media),
            estimated=piece.recording.estimated,
        )

    def _source(self, recording: Recording) -> MediaSource:
        path = self._root.joinpath(*recording.path)
        try:
            path.stat()
        except OSError as error:
            raise StorageError(
                _("{name} cannot be opened.").format(name=shown(path.name)),
                why=_("The system says: {reason}.").format(reason=why(error)),
                remedy=_("Connect the drive it is on, or refresh the list of cameras."),
                retryable=True,
            ) from error
        return MediaSource(url=str(path), protocol=MediaProtocol.FILE, begins=recording.span.begin)


def _offset(text: str) -> timedelta:
    try:
        return timedelta(seconds=float(text or 0))
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            _("The clock correction has to be a number of seconds."), field="offset"
        ) from error


def _only_local(store: Store) -> None:
    if store is not Store.LOCAL:
        raise Unsupported(_("Footage on disk has no recordings in the cloud or on a device."))


def _is_fresh(file: Found) -> bool:
    return abs(now().timestamp() - file.mtime_ns / 1e9) < _FRESH.total_seconds()
