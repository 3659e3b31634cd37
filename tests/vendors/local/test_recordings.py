"""Every kind of file that recorders write, found, placed on the clock and opened."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.vendors.local.test_adapter import Context, ask
from vsconsole.domain.model import Account, Store
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.media.files import recording_file, remove_recording_files
from vsconsole.sandbox.media.scene import Codec, FileType, Scene
from vsconsole.vendors.local.adapter import LocalAdapter

BEGIN = datetime(2026, 3, 20, 8, 42, 49, tzinfo=UTC)
SECONDS = 3
ENDINGS: dict[FileType, str] = {"ps": "mpg"}


@pytest.fixture(scope="module", autouse=True)
def _files() -> Iterator[None]:
    yield
    remove_recording_files()


KINDS: list[tuple[FileType, Codec]] = [
    ("mp4", "h264"), ("mov", "h264"), ("mkv", "h264"), ("ts", "h264"), ("flv", "h264"),
    ("avi", "h264"), ("ps", "h264"), ("dav", "h264"), ("mp4", "h265"), ("mkv", "h265"),
    ("ts", "h265"), ("flv", "h265"), ("dav", "h265"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_a_recording_of_any_kind_lies_where_its_name_says(
    tmp_path: Path, kind: FileType, codec: Codec
) -> None:
    scene = Scene(channel=7, name="plaza", codec=codec, audio=None)
    made = recording_file(
        scene, BEGIN.timestamp(), BEGIN.timestamp() + SECONDS, kind, profile="sub"
    )
    folder = tmp_path / "footage"
    folder.mkdir()
    path = folder / f"plaza_{BEGIN:%Y%m%d%H%M%S}.{ENDINGS.get(kind, kind)}"
    shutil.copy(made, path)
    (tmp_path / "cache").mkdir()
    options = {"folder": str(folder), "zone": "UTC"}
    account = Account(id="acc", vendor="local", name="Disk", options=options)
    adapter = LocalAdapter(account, {}, Context(tmp_path / "cache"))
    for _batch in adapter.nodes():
        pass
    span = Span(BEGIN - timedelta(days=1), BEGIN + timedelta(days=1))
    channel = ask("cam:.//plaza")
    assert adapter.problems() == []
    (segment,) = adapter.segments(channel, Store.LOCAL, span)
    assert segment.span.begin == BEGIN
    # DAV counts whole seconds.
    assert segment.span.seconds == pytest.approx(SECONDS, abs=1.1 if kind == "dav" else 0.3)
    (clip,) = adapter.clips(channel, Store.LOCAL, span)
    assert Path(clip.open(BEGIN).url) == path
    adapter.close()
