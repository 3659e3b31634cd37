"""What a download leaves on the disk: names, parts, the journal of its plan, a manifest."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vsconsole.domain import cancel
from vsconsole.domain.errors import DiskFull
from vsconsole.domain.model import Channel, Store
from vsconsole.domain.timeline import SegmentSet, Span, from_ms, to_ms
from vsconsole.i18n import _
from vsconsole.store.files import told, write_whole

RESERVE = 64 * 1024 * 1024
"""Bytes that are left free on a disk."""

_FORMAT = 1
_LONGEST_NAME = 80
_BAD = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
# Windows gives these names to devices, whatever their ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def clean_name(text: str) -> str:
    """A vendor's text as part of a file name that every system takes; never empty."""
    text = "".join(
        sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign)[0] != "C"
    )
    text = _BAD.sub("_", text).strip(" .")[:_LONGEST_NAME].strip(" .")
    return f"_{text}" if not text or _DEVICES.fullmatch(text) else text


def local_text(when: datetime, zone: str) -> str:
    """An instant in `zone` for file names, with its offset: `20261120-084249+0800`."""
    return when.astimezone(ZoneInfo(zone)).strftime("%Y%m%d-%H%M%S%z")


def default_name(channel: Channel, span: Span, ending: str = "mp4") -> str:
    """`{channel}_{begin}_{end}{offset}.mp4` in the channel's zone.

    Where the offset changes in between, both ends carry their own.
    """
    begin, end = local_text(span.begin, channel.zone), local_text(span.end, channel.zone)
    if begin[-5:] == end[-5:]:
        begin = begin[:-5]
    return f"{clean_name(channel.name)}_{begin}_{end}.{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be downloaded, and to where."""

    channel: Channel
    store: Store
    span: Span
    path: Path
    overwrite: bool = False

    def as_dict(self) -> dict[str, Any]:
        """What tells this request from another one for the same file."""
        return {
            "channel": str(self.channel.key),
            "store": str(self.store),
            "begin": to_ms(self.span.begin),
            "end": to_ms(self.span.end),
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """One file of a download: what to ask for, and how far it came."""

    span: Span
    path: Path
    seconds: float = 0.0
    tag: str = ""
    size: int | None = None

    @property
    def there(self) -> int:
        """Bytes on the disk."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


class Journal:
    """The plan of an unfinished download, beside its file, so that it can go on after anything."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.path = request.path.with_name(f"{request.path.name}.download")
        self.file_type = ""
        self.parts: list[Part] = []

    def read(self) -> bool:
        """Takes up the plan of an earlier run of the same request; False where there is none."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
            if found["format"] != _FORMAT or found["request"] != self._request.as_dict():
                return False
            self.file_type = str(found["file_type"])
            self.parts = [
                Part(
                    span=Span(from_ms(row["begin"]), from_ms(row["end"])),
                    path=self._part_path(i),
                    seconds=float(row["seconds"]),
                    tag=str(row["tag"]),
                    size=row["size"],
                )
                for i, row in enumerate(found["parts"])
            ]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return bool(self.parts)

    def begin(self, spans: Sequence[Span], file_type: str) -> None:
        """Writes a new plan; what another plan left is removed."""
        self.clear()
        self.file_type = file_type
        self.parts = [Part(span=span, path=self._part_path(i)) for i, span in enumerate(spans)]
        with told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self.write()

    def write(self) -> None:
        """Keeps the plan as it is now; StorageError."""
        content = {
            "format": _FORMAT,
            "request": self._request.as_dict(),
            "file_type": self.file_type,
            "parts": [
                {
                    "begin": to_ms(part.span.begin),
                    "end": to_ms(part.span.end),
                    "seconds": part.seconds,
                    "tag": part.tag,
                    "size": part.size,
                }
                for part in self.parts
            ],
        }
        write_whole(self.path, json.dumps(content, indent=1).encode())

    def clear(self) -> None:
        """Removes the parts and the journal."""
        with told(self.path):
            for left in self.path.parent.glob(f"{_escaped(self._request.path.name)}.*.part"):
                left.unlink(missing_ok=True)
            self.joined.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    @property
    def joined(self) -> Path:
        """Where the parts are put together before the file gets its name."""
        return self._request.path.with_name(
            f"{self._request.path.stem}.joining{self._request.path.suffix}"
        )

    def _part_path(self, i: int) -> Path:
        return self._request.path.with_name(f"{self._request.path.name}.{i + 1:03}.part")


def manifest_path(path: Path) -> Path:
    """The manifest's name, from the video file's."""
    return path.with_name(f"{path.name}.json")


def write_manifest(
    request: Request, *, size: int, sha256: str, got: Iterable[Span], short: float
) -> tuple[Span, ...]:
    """Writes what was asked, got and missing beside the file; gives the missing ranges."""
    zone = ZoneInfo(request.channel.zone)
    spans = list(got)
    gaps = tuple(SegmentSet.of_spans(spans).gaps(request.span))

    def rows(ranges: Iterable[Span]) -> list[dict[str, str]]:
        return [
            {
                "start": span.begin.astimezone(zone).isoformat(),
                "end": span.end.astimezone(zone).isoformat(),
            }
            for span in ranges
        ]

    content = {
        "file": request.path.name,
        "bytes": size,
        "sha256": sha256,
        "channel": str(request.channel.key),
        "channel_name": request.channel.name,
        "zone": request.channel.zone,
        "request": request.as_dict(),
        "asked": rows((request.span,))[0],
        "asked_seconds": request.span.seconds,
        "got": rows(spans),
        "got_seconds": sum(span.seconds for span in spans) - short,
        "short_seconds": short,
        "gaps": rows(gaps),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    write_whole(manifest_path(request.path), text.encode())
    return gaps


def read_manifest(request: Request) -> Mapping[str, Any] | None:
    """The manifest of a file that was downloaded by the same request; None where there is none."""
    try:
        found = json.loads(manifest_path(request.path).read_text("utf-8"))
        return found if found["request"] == request.as_dict() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_room(folder: Path, wanted: int) -> None:
    """DiskFull where less than `wanted` bytes and the reserve are free."""
    with told(folder):
        free = shutil.disk_usage(folder).free
    if free < wanted + RESERVE:
        raise DiskFull(
            _("There is not enough room in {folder}.").format(folder=folder),
            why=_("{free} MB are free, {wanted} MB are needed.").format(
                free=free // 1_000_000, wanted=(wanted + RESERVE) // 1_000_000
            ),
            remedy=_("Free some space, or choose another folder, then start it again."),
        )


def sha256_of(path: Path) -> str:
    """The file's checksum in hex; Cancelled between blocks."""
    digest = hashlib.sha256()
    with told(path), path.open("rb") as file:
        while block := file.read(1 << 20):
            cancel.check()
            digest.update(block)
    return digest.hexdigest()


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
