"""The same troubles for footage on disk: what a missing file is to it, and what cannot occur."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.adapters import Subject
from tests.contract.bench import words_of
from tests.contract.faults import FAULTS
from vsconsole.domain.capabilities import Inventory, Records
from vsconsole.domain.errors import ConsoleError, NotFound, StorageError
from vsconsole.domain.model import Channel, Key, Node, Store
from vsconsole.domain.playback import Clip, MediaProtocol
from vsconsole.domain.timeline import Segment
from vsconsole.vendors import local, registry

NETWORK = ("vsconsole.net", "requests", "urllib", "http", "socket")


@dataclass(kw_only=True, slots=True)
class Disk:
    """A folder with footage, and what was in it while all was well."""

    subject: Subject
    names: Mapping[Key, str]
    channel: Channel
    segments: list[Segment]

    @classmethod
    def of(cls, subject: Subject) -> Disk:
        found = _nodes(subject)
        channel = next(node for node in found if isinstance(node, Channel))
        return cls(
            subject=subject,
            names={node.key: node.name for node in found},
            channel=channel,
            segments=_segments(subject, channel),
        )

    @property
    def folder(self) -> Path:
        return Path(self.subject.adapter.account.options["folder"])

    def clip(self) -> Clip:
        adapter = self.subject.adapter
        assert isinstance(adapter, Records)
        return adapter.clips(self.channel, Store.LOCAL, self.subject.recorded)[0]

    def is_well(self) -> None:
        assert {node.key: node.name for node in _nodes(self.subject)} == self.names
        assert _segments(self.subject, self.channel) == self.segments
        self.subject.adapter.verify()


def _nodes(subject: Subject) -> list[Node]:
    assert isinstance(subject.adapter, Inventory)
    return [node for batch in subject.adapter.nodes() for node in batch]


def _segments(subject: Subject, channel: Channel) -> list[Segment]:
    assert isinstance(subject.adapter, Records)
    return subject.adapter.segments(channel, Store.LOCAL, subject.recorded)


@contextmanager
def _away(path: Path) -> Iterator[None]:
    """A file or folder that is not there for a while."""
    aside = path.with_name(f".away-{path.name}")
    path.rename(aside)
    try:
        yield
    finally:
        aside.rename(path)


def _refused(ask: Callable[[], object], *kinds: type[ConsoleError]) -> ConsoleError:
    with pytest.raises(ConsoleError) as caught:
        ask()
    assert isinstance(caught.value, kinds), "\n".join(words_of(caught.value))
    assert caught.value.what
    assert caught.value.remedy, f"says not what to do next: {caught.value}"
    return caught.value


def _nothing_is_called(disk: Disk) -> str:
    """No row of a call, no server, no secret; and no module that knows the way to a network."""
    row = registry.vendor("local")
    assert registry.endpoints("local") == ()
    assert not row.secret_fields
    assert not any(field.kind == "server" for field in row.fields)
    for path in Path(local.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in [module or "", *names]:
                assert not name.startswith(NETWORK), path
    disk.is_well()
    return "cannot occur: no calls"


def _unplugged(disk: Disk) -> str:
    with _away(disk.folder):
        error = _refused(lambda: _nodes(disk.subject), StorageError, NotFound)
    disk.is_well()
    return f"{type(error).__name__}: the folder is away"


def _file_is_gone(disk: Disk) -> str:
    """An address that no longer leads anywhere is a file that was taken away meanwhile."""
    clip = disk.clip()
    path = Path(clip.open(clip.span.begin).url)
    with _away(path):
        error = _refused(lambda: clip.open(clip.span.begin), NotFound, StorageError)
    assert Path(clip.open(clip.span.begin).url).is_file()
    disk.is_well()
    return f"{type(error).__name__}: the file is away"


def _opens_again(disk: Disk) -> str:
    clip = disk.clip()
    one, again = (clip.open(clip.span.begin) for _time in range(2))
    assert one.protocol is MediaProtocol.FILE
    assert not one.single_use
    assert one.url == again.url
    return "cannot occur: a file opens as often as one likes"


Cell = Callable[[Disk], str]

_OWN: Mapping[str, Cell] = {
    "offline": _unplugged,
    "expired-url": _file_is_gone,
    "url-used-twice": _opens_again,
}


def cell(fault: str) -> Cell:
    """What must come of a trouble with a folder."""
    if fault not in FAULTS:
        raise KeyError(fault)
    return _OWN.get(fault, _nothing_is_called)
