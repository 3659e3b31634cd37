"""A folder as an account: real files, real changes, restarts, and things that are broken."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.vendors.local.support import stamp, video
from vsconsole.domain import cancel, capabilities
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.capabilities import Capability
from vsconsole.domain.errors import Cancelled, InvalidInput, NotFound, StorageError, Unsupported
from vsconsole.domain.model import Ability, Account, Channel, Group, Key, Node, Store, now
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Segment, Span
from vsconsole.vendors.local import scan as scan_module
from vsconsole.vendors.local.adapter import LocalAdapter
from vsconsole.vendors.local.scan import ScanProgress

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = Span(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
ALL = Span(datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))

EVER = Span(datetime(1960, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Context:
    cache_dir: Path


Open = Callable[..., LocalAdapter]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "footage"
    root.mkdir()
    return root


@pytest.fixture
def open_adapter(tmp_path: Path, root: Path) -> Iterator[Open]:
    opened: list[LocalAdapter] = []
    cache = tmp_path / "cache"
    cache.mkdir()

    def open_one(**options: str) -> LocalAdapter:
        options = {"folder": str(root), "zone": "UTC", **options}
        account = Account(id="acc", vendor="local", name="Disk", options=options)
        opened.append(LocalAdapter(account, {}, Context(cache)))
        return opened[-1]

    yield open_one
    for adapter in opened:
        adapter.close()


def nodes(adapter: LocalAdapter) -> list[Node]:
    return [node for batch in adapter.nodes() for node in batch]


def channels(adapter: LocalAdapter) -> dict[str, Channel]:
    found = [node for node in nodes(adapter) if isinstance(node, Channel)]
    return {channel.key.native: channel for channel in found}


def ask(native: str) -> Channel:
    return Channel(key=Key("acc", native), name=native)


def spans(segments: list[Segment]) -> list[tuple[datetime, float]]:
    return [(one.span.begin, round(one.span.seconds)) for one in segments]


def unix_name(channel: str, begin: datetime, seconds: int) -> str:
    return f"{channel}-{int(begin.timestamp())}-{int(begin.timestamp()) + seconds}.mp4"


# The tree


def test_the_tree_of_a_disk(root: Path, open_adapter: Open) -> None:
    video(root / "plaza-h264.mp4")
    video(root / "20260320120000.mp4")
    video(root / "shop" / unix_name("door", NOON, 2))
    video(root / "shop" / unix_name("till", NOON, 2))
    video(root / "yard" / "2026-03-20" / "20260320120000.mp4")
    video(root / "yard" / "2026-03-21" / "20260321120000.mp4")
    dahua = root / "dahua" / "2026-03-20" / "001" / "dav" / "12"
    dahua.mkdir(parents=True)
    video(root / "x.ts").rename(dahua / "12.00.00-12.00.02[R][0@0][0].dav")
    (root / ".hidden").mkdir()
    video(root / ".hidden" / "a.mp4")
    (root / "notes.txt").write_text("no footage")
    (root / "empty").mkdir()
    found = nodes(open_adapter())
    listed = [(type(n).__name__, n.key.native, n.name, n.parent and n.parent.native) for n in found]
    assert sorted(listed, key=str) == sorted(
        [
            ("Channel", "cam:.", "footage", None),
            ("Channel", "cam:plaza-h264.mp4", "plaza-h264", None),
            ("Group", "dir:dahua", "dahua", None),
            ("Channel", "cam:dahua//001", "001", "dir:dahua"),
            ("Group", "dir:shop", "shop", None),
            ("Channel", "cam:shop//door", "door", "dir:shop"),
            ("Channel", "cam:shop//till", "till", "dir:shop"),
            ("Channel", "cam:yard", "yard", None),
        ],
        key=str,
    )
    seen: set[Key | None] = {None}
    for node in found:
        assert node.parent in seen
        assert node.key not in seen
        seen.add(node.key)
        if isinstance(node, Channel):
            assert node.abilities == {Ability.LOCAL_RECORDS, Ability.DOWNLOAD}
            assert node.zone == "UTC"
            assert node.stores == (Store.LOCAL,)


def test_it_can_what_it_says(open_adapter: Open) -> None:
    assert capabilities.capabilities(open_adapter()) == {
        Capability.INVENTORY,
        Capability.RECORDS,
        Capability.DOWNLOADS,
    }


def test_a_folder_in_a_folder(root: Path, open_adapter: Open) -> None:
    video(root / "a" / "b" / "c" / "clip.mp4")
    found = nodes(open_adapter())
    assert [(node.key.native, node.parent and node.parent.native) for node in found] == [
        ("dir:a", None),
        ("dir:a/b", "dir:a"),
        ("dir:a/b/c", "dir:a/b"),
        ("cam:a/b/c/clip.mp4", "dir:a/b/c"),
    ]
    assert all(isinstance(node, Group) for node in found[:3])


@pytest.mark.skipif(os.name != "posix", reason="such names exist on POSIX only")
def test_names_that_are_no_text(root: Path, open_adapter: Open) -> None:
    path = video(root / "plain.mp4")
    path.rename(os.fsdecode(os.fsencode(root) + b"/caf\xe9.mp4"))
    adapter = open_adapter()
    (channel,) = channels(adapter).values()
    channel.name.encode("utf-8")
    (clip,) = adapter.clips(channel, Store.LOCAL, ALL)
    assert Path(clip.open(clip.span.begin).url).exists()


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX")
def test_links_that_lead_in_a_circle(root: Path, open_adapter: Open) -> None:
    video(root / "a" / "clip.mp4")
    (root / "a" / "again").symlink_to(root)
    (root / "nowhere.mp4").symlink_to(root / "missing")
    assert list(channels(open_adapter())) == ["cam:a/clip.mp4"]


# Times


def test_the_time_is_the_names(root: Path, open_adapter: Open) -> None:
    video(
        root / "20260320120000.mp4",
        3,
        created=NOON + timedelta(days=1),
        modified=NOON + timedelta(days=2),
    )
    adapter = open_adapter(zone="Asia/Shanghai")
    begin = NOON - timedelta(hours=8)
    assert spans(adapter.segments(ask("cam:."), Store.LOCAL, ALL)) == [(begin, 3)]
    (clip,) = adapter.clips(ask("cam:."), Store.LOCAL, ALL)
    assert not clip.estimated


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv"])
def test_else_what_is_written_inside(root: Path, open_adapter: Open, ending: str) -> None:
    video(root / f"clip{ending}", 3, created=NOON, modified=NOON + timedelta(days=2))
    adapter = open_adapter()
    channel = ask(f"cam:clip{ending}")
    assert spans(adapter.segments(channel, Store.LOCAL, ALL)) == [(NOON, 3)]
    (clip,) = adapter.clips(channel, Store.LOCAL, ALL)
    assert not clip.estimated


@pytest.mark.parametrize("ending", [".mp4", ".ts", ".flv", ".avi", ".mpg"])
def test_else_the_files_date_less_its_length(root: Path, open_adapter: Open, ending: str) -> None:
    video(root / f"clip{ending}", 4, modified=NOON)
    adapter = open_adapter()
    (clip,) = adapter.clips(ask(f"cam:clip{ending}"), Store.LOCAL, ALL)
    assert clip.estimated
    assert abs((clip.span.end - NOON).total_seconds()) < 0.01
    # A program stream says nothing of its length; it is reckoned from its time stamps.
    assert abs(clip.span.seconds - 4) < 1


def test_a_year_long_before_video_is_no_time(root: Path, open_adapter: Open) -> None:
    video(root / "clip.mp4", 2, created=datetime(1970, 1, 1, tzinfo=UTC), modified=NOON)
    (clip,) = open_adapter().clips(ask("cam:clip.mp4"), Store.LOCAL, ALL)
    assert clip.estimated
    assert clip.span.end == NOON


@pytest.mark.parametrize("seconds", [-5, 0, 4_000_000_000, 253_402_300_800 * 10])
def test_a_date_that_no_calendar_has_harms_nothing(
    root: Path, open_adapter: Open, seconds: int
) -> None:
    path = video(root / "clip.mp4", 2)
    try:
        os.utime(path, (seconds, seconds))
    except (OSError, OverflowError):
        pytest.skip("this disk has no such dates")
    video(root / "20260320120000.mp4", 3)
    adapter = open_adapter()
    assert len(nodes(adapter)) == 2
    assert spans(adapter.segments(ask("cam:."), Store.LOCAL, ALL)) == [(NOON, 3)]
    assert len(adapter.clips(ask("cam:clip.mp4"), Store.LOCAL, EVER)) == 1


def test_a_wrong_clock_is_corrected(root: Path, open_adapter: Open) -> None:
    video(root / "20260320120000.mp4", 3)
    adapter = open_adapter(offset="-90.5")
    begin = NOON - timedelta(seconds=90.5)
    assert spans(adapter.segments(ask("cam:."), Store.LOCAL, ALL)) == [(begin, 3)]
    # Asked by corrected times, not by those in the names.
    assert adapter.segments(ask("cam:."), Store.LOCAL, Span(NOON, DAY.end)) == []
    (clip,) = adapter.clips(ask("cam:."), Store.LOCAL, ALL)
    assert clip.time_map.media_at(begin + timedelta(seconds=1)) == 1
    assert clip.open(begin).begins == begin


def test_another_zone_reads_the_names_anew(root: Path, open_adapter: Open) -> None:
    video(root / "20260320120000.mp4", 3)
    first = open_adapter()
    assert spans(first.segments(ask("cam:."), Store.LOCAL, ALL)) == [(NOON, 3)]
    first.close()
    second = open_adapter(zone="America/New_York")
    begin = NOON + timedelta(hours=4)
    assert spans(second.segments(ask("cam:."), Store.LOCAL, ALL)) == [(begin, 3)]


# Recordings


def test_segments_and_clips_of_a_range(root: Path, open_adapter: Open) -> None:
    for minute in (0, 1, 30):
        video(root / unix_name("c", NOON + timedelta(minutes=minute), 4), 4)
    adapter = open_adapter()
    channel = ask("cam:.//c")
    assert spans(adapter.segments(channel, Store.LOCAL, DAY)) == [
        (NOON, 4),
        (NOON + timedelta(minutes=1), 4),
        (NOON + timedelta(minutes=30), 4),
    ]
    span = Span(NOON + timedelta(seconds=3), NOON + timedelta(seconds=61))
    first, second = adapter.clips(channel, Store.LOCAL, span)
    assert first.span == Span(span.begin, NOON + timedelta(seconds=4))
    assert first.time_map.media_at(span.begin) == 3
    assert second.span.end == span.end
    source = second.open(second.span.begin)
    assert source.protocol is MediaProtocol.FILE
    assert source.url == str(root / unix_name("c", NOON + timedelta(minutes=1), 4))
    assert source.begins == NOON + timedelta(minutes=1)
    assert [one.span for one in adapter.segments(channel, Store.LOCAL, span)] == [
        first.span,
        second.span,
    ]
    empty = Span(NOON + timedelta(hours=1), DAY.end)
    assert adapter.segments(channel, Store.LOCAL, empty) == []
    assert adapter.clips(channel, Store.LOCAL, empty) == []


def test_clips_of_overlapping_files_do_not_overlap(root: Path, open_adapter: Open) -> None:
    video(root / unix_name("c", NOON, 10), 10)
    video(root / unix_name("c", NOON + timedelta(seconds=4), 2), 2)
    adapter = open_adapter()
    clips = adapter.clips(ask("cam:.//c"), Store.LOCAL, DAY)
    assert [(clip.span.begin - NOON).total_seconds() for clip in clips] == [0, 4, 6]
    assert [clip.time_map.media_at(clip.span.begin) for clip in clips] == [0, 0, 6]
    assert spans(adapter.segments(ask("cam:.//c"), Store.LOCAL, DAY)) == [(NOON, 10)]


def test_a_file_that_went_away_says_so(root: Path, open_adapter: Open) -> None:
    path = video(root / unix_name("c", NOON, 2))
    adapter = open_adapter()
    (clip,) = adapter.clips(ask("cam:.//c"), Store.LOCAL, DAY)
    path.unlink()
    with pytest.raises(StorageError) as raised:
        clip.open(NOON)
    assert path.name in raised.value.what
    assert raised.value.remedy


def test_only_local_recordings(root: Path, open_adapter: Open) -> None:
    video(root / "clip.mp4")
    adapter = open_adapter()
    for store in (Store.CLOUD, Store.DEVICE):
        with pytest.raises(Unsupported):
            adapter.segments(ask("cam:clip.mp4"), store, DAY)
        with pytest.raises(Unsupported):
            adapter.download_limits(ask("cam:clip.mp4"), store)


def test_an_unknown_channel(root: Path, open_adapter: Open) -> None:
    with pytest.raises(NotFound):
        open_adapter().segments(ask("cam:nobody"), Store.LOCAL, DAY)


def test_downloads_are_the_files_themselves(root: Path, open_adapter: Open) -> None:
    path = video(root / unix_name("c", NOON, 4), 4)
    adapter = open_adapter()
    channel = ask("cam:.//c")
    limits = adapter.download_limits(channel, Store.LOCAL)
    assert (limits.file_types, limits.seconds) == (("mp4",), pytest.approx(24 * 3600, rel=0.1))
    span = Span(NOON + timedelta(seconds=1), NOON + timedelta(seconds=3))
    source = adapter.download(channel, Store.LOCAL, span, "mp4")
    assert (source.url, source.begins) == (str(path), NOON)
    # Once read, the longest file is the limit.
    assert adapter.download_limits(channel, Store.LOCAL).seconds == pytest.approx(4, abs=0.3)
    with pytest.raises(NotFound):
        adapter.download(channel, Store.LOCAL, Span(DAY.begin, NOON), "mp4")


# Changes


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are read from now on."""
    names: list[str] = []
    real = scan_module.read_media

    def counted(path: Path) -> object:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(scan_module, "read_media", counted)
    monkeypatch.setattr("vsconsole.vendors.local.adapter.read_media", counted)
    return names


def test_the_index_survives_and_notices_what_changed(
    root: Path, open_adapter: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = NOON - timedelta(days=1)
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        video(root / name, 2, modified=old)
    names = reads(monkeypatch)
    first = open_adapter()
    nodes(first)
    assert sorted(names) == ["a.mp4", "b.mp4", "c.mp4"]
    first.close()
    names.clear()
    again = open_adapter()
    assert len(channels(again)) == 3
    assert len(again.segments(ask("cam:a.mp4"), Store.LOCAL, ALL)) == 1
    assert names == []
    video(root / "b.mp4", 5, modified=NOON)
    (root / "c.mp4").unlink()
    video(root / "d.mp4", 2, modified=old)
    assert sorted(channels(again)) == ["cam:a.mp4", "cam:b.mp4", "cam:d.mp4"]
    assert sorted(names) == ["b.mp4", "d.mp4"]
    (segment,) = again.segments(ask("cam:b.mp4"), Store.LOCAL, ALL)
    assert segment.span.end == NOON
    assert round(segment.span.seconds) == 5
    with pytest.raises(NotFound):
        again.segments(ask("cam:c.mp4"), Store.LOCAL, ALL)


def test_a_file_that_grows_is_read_again_when_it_is_used(root: Path, open_adapter: Open) -> None:
    whole = video(root.parent / "whole.ts", 8).read_bytes()
    begin = (now() - timedelta(minutes=1)).replace(microsecond=0)
    path = root / f"{begin:%Y%m%d%H%M%S}.ts"
    path.write_bytes(whole[: len(whole) // 188 // 2 * 188])
    adapter = open_adapter()
    nodes(adapter)
    (half,) = adapter.segments(ask("cam:."), Store.LOCAL, ALL)
    path.write_bytes(whole)
    (full,) = adapter.segments(ask("cam:."), Store.LOCAL, ALL)
    assert half.span.begin == full.span.begin == begin
    assert half.span.seconds < full.span.seconds
    path.unlink()
    assert adapter.segments(ask("cam:."), Store.LOCAL, ALL) == []


def test_a_recorder_that_goes_on_is_seen_without_a_scan(
    root: Path, open_adapter: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = (now() - timedelta(minutes=5)).replace(microsecond=0)
    video(root / "nas" / unix_name("c", begin, 2))
    adapter = open_adapter()
    nodes(adapter)
    channel = ask("cam:nas//c")
    assert spans(adapter.segments(channel, Store.LOCAL, ALL)) == [(begin, 2)]
    after = begin + timedelta(minutes=1)
    video(root / "nas" / unix_name("c", after, 2))
    video(root / "nas0" / unix_name("c", after, 2))
    # Not looked for each time.
    assert len(adapter.segments(channel, Store.LOCAL, ALL)) == 1
    monkeypatch.setattr("vsconsole.vendors.local.adapter._LOOK_SECONDS", 0.0)
    # The past is as it was.
    assert adapter.segments(channel, Store.LOCAL, DAY) == []
    assert spans(adapter.segments(channel, Store.LOCAL, ALL)) == [(begin, 2), (after, 2)]
    assert len(adapter.segments(channel, Store.LOCAL, ALL)) == 2
    (root / "nas").rename(root / "away")
    assert len(adapter.segments(channel, Store.LOCAL, DAY)) == 0


def test_without_a_scan_the_first_question_looks_for_itself(
    root: Path, open_adapter: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    video(root / unix_name("c", NOON, 2))
    video(root / unix_name("c", NOON - timedelta(days=30), 2))
    names = reads(monkeypatch)
    adapter = open_adapter()
    assert spans(adapter.segments(ask("cam:.//c"), Store.LOCAL, DAY)) == [(NOON, 2)]
    # Only what may lie in the range was read.
    assert names == [unix_name("c", NOON, 2)]


def test_a_folder_that_cannot_be_read_keeps_what_was_known(
    root: Path, open_adapter: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    video(root / "nas" / "clip.mp4", modified=NOON)
    video(root / "here.mp4", modified=NOON)
    adapter = open_adapter()
    assert len(channels(adapter)) == 2
    real = os.scandir

    def refused(path: Path) -> object:
        if Path(path).name == "nas":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refused)
    (root / "here.mp4").unlink()
    assert list(channels(adapter)) == ["cam:nas/clip.mp4"]
    (problem,) = adapter.problems()
    assert (problem.path, problem.reason) == (root / "nas", "Permission denied")
    assert len(adapter.segments(ask("cam:nas/clip.mp4"), Store.LOCAL, ALL)) == 1


def test_a_drive_that_is_gone_takes_nothing_with_it(root: Path, open_adapter: Open) -> None:
    video(root / "clip.mp4", modified=NOON)
    adapter = open_adapter()
    nodes(adapter)
    root.rename(root.with_name("unplugged"))
    with pytest.raises(StorageError) as raised:
        nodes(adapter)
    assert raised.value.retryable
    assert len(adapter.segments(ask("cam:clip.mp4"), Store.LOCAL, ALL)) == 1
    root.with_name("unplugged").rename(root)
    assert list(channels(adapter)) == ["cam:clip.mp4"]


@pytest.mark.allow_log("vsconsole.vendors.local.index: index damaged")
def test_a_damaged_index_is_made_anew(root: Path, open_adapter: Open, tmp_path: Path) -> None:
    video(root / "clip.mp4", modified=NOON)
    first = open_adapter()
    nodes(first)
    first.close()
    (path,) = (tmp_path / "cache").glob("local-*.sqlite3")
    path.write_bytes(b"not a database " * 500)
    assert len(open_adapter().segments(ask("cam:clip.mp4"), Store.LOCAL, ALL)) == 1


# Broken files


def test_broken_files_are_listed_and_stop_nothing(root: Path, open_adapter: Open) -> None:
    video(root / "good.mp4", modified=NOON)
    whole = video(root.parent / "whole.mp4", 4).read_bytes()
    # Without its end an MP4 has no index of frames: what a recorder leaves that lost its power.
    (root / "half.mp4").write_bytes(whole[: len(whole) // 2])
    (root / "noise.mkv").write_bytes(os.urandom(5000))
    (root / "empty.avi").touch()
    for path in root.iterdir():
        stamp(path, NOON)
    adapter = open_adapter()
    assert set(channels(adapter)) == {
        "cam:good.mp4", "cam:half.mp4", "cam:noise.mkv", "cam:empty.avi",
    }  # fmt: skip
    problems = {problem.path.name: problem.reason for problem in adapter.problems()}
    assert set(problems) == {"half.mp4", "noise.mkv", "empty.avi"}
    assert all(problems.values())
    (problem,) = adapter.problems(ask("cam:half.mp4"))
    assert problem.path == root / "half.mp4"
    assert adapter.segments(ask("cam:half.mp4"), Store.LOCAL, ALL) == []
    assert len(adapter.segments(ask("cam:good.mp4"), Store.LOCAL, ALL)) == 1
    # The details view finds them too, at the next listing.
    half = channels(adapter)["cam:half.mp4"]
    assert half.raw["problems"] == {"half.mp4": problems["half.mp4"]}
    assert (half.raw["files"], half.raw["media"]) == (1, {})
    assert channels(adapter)["cam:good.mp4"].raw["media"]["seconds"] == pytest.approx(2, abs=0.3)
    (root / "half.mp4").write_bytes(whole)
    nodes(adapter)
    assert len(adapter.segments(ask("cam:half.mp4"), Store.LOCAL, ALL)) == 1
    assert "half.mp4" not in {problem.path.name for problem in adapter.problems()}


# Scanning


def test_a_scan_tells_how_far_it_is_and_can_be_called_off(root: Path, open_adapter: Open) -> None:
    for i in range(10):
        video(root / f"clip{i}.mp4", 1, modified=NOON)
    adapter = open_adapter()
    heard: list[ScanProgress] = []
    token = CancelToken()

    def hear(progress: ScanProgress) -> None:
        heard.append(progress)
        if progress.read == 4:
            token.cancel()

    adapter.on_progress = hear
    with cancel.bound(token), pytest.raises(Cancelled):
        nodes(adapter)
    assert heard[0] == ScanProgress(folders=1, files=10, read=0, to_read=0)
    assert heard[-1] == ScanProgress(folders=1, files=10, read=4, to_read=10)
    # The next scan goes on where this one was called off.
    heard.clear()
    token = CancelToken()
    adapter.on_progress = lambda progress: heard.append(progress)
    nodes(adapter)
    assert heard[-1] == ScanProgress(folders=1, files=10, read=6, to_read=6)


def test_the_tree_comes_before_the_reading(
    root: Path, open_adapter: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(5):
        video(root / f"folder{i}" / "clip.mp4", 1, modified=NOON)
    names = reads(monkeypatch)
    monkeypatch.setattr(scan_module, "_BATCH", 1)
    adapter = open_adapter()
    scanning = adapter.nodes()
    for _ in range(5):
        assert len(next(scanning)) == 2
        assert names == []
    # A listing that is not read to its end stands in nobody's way.
    assert len(adapter.segments(ask("cam:folder1/clip.mp4"), Store.LOCAL, ALL)) == 1
    names.clear()
    assert list(scanning) == []
    assert len(names) == 4


def test_several_threads_ask_while_a_scan_runs(root: Path, open_adapter: Open) -> None:
    for i in range(20):
        video(root / unix_name("c", NOON + timedelta(minutes=i), 1), 1)
    adapter = open_adapter()
    failed: list[BaseException] = []

    def use(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    work: list[Callable[[], object]] = [
        lambda: nodes(adapter),
        lambda: nodes(adapter),
        *[lambda: adapter.segments(ask("cam:.//c"), Store.LOCAL, DAY)] * 3,
    ]
    threads = [threading.Thread(target=use, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(adapter.segments(ask("cam:.//c"), Store.LOCAL, DAY)) == 20


SCANNER = """
import sys
from pathlib import Path
from tests.vendors.local.test_adapter import Context
from vsconsole.domain.model import Account
from vsconsole.vendors.local.adapter import LocalAdapter

account = Account(id="acc", vendor="local", name="Disk",
                  options={"folder": sys.argv[1], "zone": "UTC"})
adapter = LocalAdapter(account, {}, Context(Path(sys.argv[2])))
adapter.on_progress = lambda progress: print(progress.read, flush=True)
for batch in adapter.nodes():
    pass
"""


def test_killed_during_a_scan_the_next_start_is_whole(
    root: Path, open_adapter: Open, tmp_path: Path
) -> None:
    sample = video(tmp_path / "sample.mp4", 1)
    for i in range(150):
        target = root / f"f{i % 7}" / unix_name("c", NOON + timedelta(minutes=i), 1)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(sample, target)
    for lines in (2, 9, 40, 90):
        program = subprocess.Popen(
            [sys.executable, "-c", SCANNER, str(root), str(tmp_path / "cache")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        for _ in range(lines):
            program.stdout.readline()
        program.kill()
        program.wait(20)
        program.stdout.close()
        (path,) = (tmp_path / "cache").glob("local-*.sqlite3")
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    adapter = open_adapter()
    found = channels(adapter)
    assert len(found) == 7
    assert sum(len(adapter.segments(one, Store.LOCAL, DAY)) for one in found.values()) == 150
    assert adapter.problems() == []


# The account


def test_verifying_says_what_is_wrong_beside_the_field(root: Path, open_adapter: Open) -> None:
    open_adapter().verify()
    for folder in (root / "missing", video(root / "clip.mp4")):
        with pytest.raises(InvalidInput) as raised:
            open_adapter(folder=str(folder)).verify()
        assert raised.value.field == "folder"
        assert raised.value.remedy


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"folder": "relative/path"}, "folder"),
        ({"folder": ""}, "folder"),
        ({"offset": "soon"}, "offset"),
        ({"offset": "1e30"}, "offset"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
    ],
)
def test_options_that_cannot_be(options: dict[str, str], field: str, open_adapter: Open) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_adapter(**options)
    assert raised.value.field == field


def test_without_a_zone_it_is_this_computers(root: Path, open_adapter: Open) -> None:
    video(root / "clip.mp4")
    (channel,) = channels(open_adapter(zone="")).values()
    assert channel.zone
