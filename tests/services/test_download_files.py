"""Names, plans and manifests on the disk."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsconsole.domain.errors import DiskFull
from vsconsole.domain.model import Channel, Key, Store
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.services.download_files import (
    Journal,
    Request,
    check_room,
    clean_name,
    default_name,
    manifest_path,
    read_manifest,
    sha256_of,
    write_manifest,
)
from vsconsole.services.download_task import cut

BEGIN = datetime(2026, 11, 20, 0, 42, 49, tzinfo=UTC)
HOUR = timedelta(hours=1)
GATE = Channel(key=Key("a", "c"), name="东门/球机 1", zone="Asia/Shanghai")


def request_for(path: Path, span: Span | None = None) -> Request:
    return Request(
        channel=GATE, store=Store.CLOUD, span=span or Span(BEGIN, BEGIN + HOUR), path=path
    )


def test_a_name_tells_channel_and_range_with_the_offset() -> None:
    span = Span(BEGIN, BEGIN + HOUR)
    assert default_name(GATE, span) == "东门_球机 1_20261120-084249_20261120-094249+0800.mp4"


def test_a_repeated_hour_makes_two_names() -> None:
    berlin = Channel(key=Key("a", "c"), name="Tor", zone="Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    names = {
        default_name(berlin, Span(begin, begin + timedelta(minutes=5)))
        for begin in (first, first + HOUR)
    }
    assert len(names) == 2
    assert default_name(berlin, Span(first, first + HOUR)) == (
        "Tor_20261025-023000+0200_20261025-023000+0100.mp4"
    )


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*?", "a_b_c_"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("  . ", "_"),
        ("Gate\u202egnp.exe\n", "Gategnp.exe"),
    ],
)
def test_a_vendors_text_is_only_a_name(text: str, clean: str) -> None:
    assert clean_name(text) == clean


@given(st.text())
def test_a_clean_name_is_one_part_of_a_path(text: str) -> None:
    name = clean_name(text)
    assert name
    assert Path(name).name == name
    assert len(name) <= 81
    assert name not in (".", "..")
    assert clean_name(name) == name


def test_a_plan_is_taken_up_by_the_same_request_only(tmp_path: Path) -> None:
    request = request_for(tmp_path / "x.mp4")
    journal = Journal(request)
    assert not journal.read()
    journal.begin([Span(BEGIN, BEGIN + HOUR)], "ts")
    journal.parts[0].path.write_bytes(b"half")
    journal.parts[0].tag = '"t"'
    journal.write()
    again = Journal(request)
    assert again.read()
    assert again.file_type == "ts"
    assert again.parts[0].there == 4
    assert again.parts[0].tag == '"t"'
    other = Journal(request_for(tmp_path / "x.mp4", Span(BEGIN, BEGIN + 2 * HOUR)))
    assert not other.read()
    other.begin([Span(BEGIN, BEGIN + 2 * HOUR)], "mp4")
    assert not journal.parts[0].path.exists()
    other.clear()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_journal_means_from_the_start(tmp_path: Path) -> None:
    journal = Journal(request_for(tmp_path / "x.mp4"))
    journal.begin([Span(BEGIN, BEGIN + HOUR)], "mp4")
    journal.path.write_text('{"format": 1, "request"')
    assert not Journal(request_for(tmp_path / "x.mp4")).read()


def test_names_with_signs_of_patterns_clear_only_their_own(tmp_path: Path) -> None:
    other = tmp_path / "a1.mp4.001.part"
    other.write_bytes(b"")
    Journal(request_for(tmp_path / "a[1].mp4")).clear()
    assert other.exists()


def test_a_manifest_lists_what_is_missing(tmp_path: Path) -> None:
    request = request_for(tmp_path / "x.mp4")
    got = [Span(BEGIN, BEGIN + HOUR / 4), Span(BEGIN + HOUR / 2, BEGIN + HOUR)]
    gaps = write_manifest(request, size=7, sha256="ab", got=got, short=1.5)
    assert gaps == (Span(BEGIN + HOUR / 4, BEGIN + HOUR / 2),)
    found = read_manifest(request)
    assert found is not None
    assert found["bytes"] == 7
    assert found["asked"]["start"] == "2026-11-20T08:42:49+08:00"
    assert found["asked_seconds"] == 3600
    assert found["got_seconds"] == 2700 - 1.5
    assert len(found["gaps"]) == 1
    assert read_manifest(request_for(tmp_path / "x.mp4", Span(BEGIN, BEGIN + HOUR / 2))) is None
    manifest_path(request.path).write_text("[]")
    assert read_manifest(request) is None


def test_a_full_disk_is_told_before_it_is_full(tmp_path: Path) -> None:
    check_room(tmp_path, 1)
    with pytest.raises(DiskFull):
        check_room(tmp_path, 1 << 60)


def test_a_checksum_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256_of(tmp_path / "x") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_parts_keep_to_limit_midnight_and_gaps() -> None:
    midnight = datetime(2026, 11, 20, 16, tzinfo=UTC)
    recorded = SegmentSet.of_spans(
        [
            Span(midnight - HOUR, midnight + HOUR / 4),
            Span(midnight + HOUR / 2, midnight + HOUR),
            # A second between two files is no gap.
            Span(midnight + HOUR + timedelta(seconds=1), midnight + 2 * HOUR),
        ]
    )
    span = Span(midnight - HOUR / 2, midnight + 3 * HOUR)
    found = list(cut(recorded, span, "Asia/Shanghai", 1800))
    assert found == [
        Span(midnight - HOUR / 2, midnight),
        Span(midnight, midnight + HOUR / 4),
        Span(midnight + HOUR / 2, midnight + HOUR),
        Span(midnight + HOUR, midnight + 1.5 * HOUR),
        Span(midnight + 1.5 * HOUR, midnight + 2 * HOUR),
    ]


def test_lesson_21_name_and_manifest_tell_one_range_with_its_offset(tmp_path: Path) -> None:
    for zone, begin, end, offset in (
        ("Asia/Shanghai", "2026-11-20T08:42:49+08:00", "2026-11-20T09:42:49+08:00", "+0800"),
        ("America/St_Johns", "2026-11-19T21:12:49-03:30", "2026-11-19T22:12:49-03:30", "-0330"),
    ):
        channel = Channel(key=Key("a", "c"), name="Gate", zone=zone)
        span = Span(BEGIN, BEGIN + HOUR)
        path = tmp_path / default_name(channel, span)
        request = Request(channel=channel, store=Store.CLOUD, span=span, path=path)
        write_manifest(request, size=1, sha256="", got=[span], short=0.0)
        found = read_manifest(request)
        assert found is not None
        assert (found["asked"]["start"], found["asked"]["end"]) == (begin, end)
        digits = "".join(one for one in begin[:19] if one.isdigit())
        assert f"{digits[:8]}-{digits[8:]}" in path.name
        assert path.stem.endswith(offset)


@given(
    st.lists(
        st.tuples(st.integers(0, 86_400), st.integers(1, 7_200)), min_size=1, max_size=12
    ).flatmap(st.permutations),
    st.sampled_from([600.0, 1800.0, 86_400.0]),
)
def test_lesson_28_parts_of_shuffled_recordings_rise_and_never_overlap(
    recorded: list[tuple[int, int]], longest: float
) -> None:
    """Joined in this order, no picture comes before an earlier one."""
    spans = [
        Span(BEGIN + timedelta(seconds=at), BEGIN + timedelta(seconds=at + length))
        for at, length in recorded
    ]
    whole = Span(BEGIN, BEGIN + timedelta(days=2))
    found = list(cut(SegmentSet.of_spans(spans), whole, "Asia/Shanghai", longest))
    assert all(one.end <= after.begin for one, after in pairwise(found))
    assert all(one.begin < one.end for one in found)
    assert all(any(part.begin <= span.begin < part.end for part in found) for span in spans)
