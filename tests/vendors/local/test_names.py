"""Names that recorders give, one by one, and what must not be taken for a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsconsole.domain.timeline import SegmentKind
from vsconsole.vendors.local.names import NameFacts, read


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def facts(path: str, zone: str = "Asia/Shanghai") -> NameFacts:
    return read(tuple(path.split("/")), zone)


@pytest.mark.parametrize(
    ("path", "folder", "channel", "begin", "end"),
    [
        # This program's own: channel, begin and end in Unix seconds.
        ("12-1763627969-1763628069.mp4", "", "12", "2025-11-20 08:39:29", "2025-11-20 08:41:09"),
        ("a-b_c-1763627969-1763628069.ts", "", "a-b_c", "2025-11-20 08:39:29",
         "2025-11-20 08:41:09"),
        ("1763627969-1763628069.mp4", "", "", "2025-11-20 08:39:29", "2025-11-20 08:41:09"),
        ("c_1763627969500_1763628069250.mp4", "", "c", "2025-11-20 08:39:29.500",
         "2025-11-20 08:41:09.250"),
        # Runs of digits, with and without an end.
        ("20261120084249.mp4", "", "", "2026-11-20 00:42:49", None),
        ("x/NVR_ch2_main_20261120084249_20261120090000.dav", "x", "NVR_ch2_main",
         "2026-11-20 00:42:49", "2026-11-20 01:00:00"),
        ("front door_20261120084249123.avi", "", "front door", "2026-11-20 00:42:49.123", None),
        ("cam1_20261120_084249.mkv", "", "cam1", "2026-11-20 00:42:49", None),
        ("cam1_20261120-084249-085000.ts", "", "cam1", "2026-11-20 00:42:49",
         "2026-11-20 00:50:00"),
        ("cam1_20261120-235000-000500.ts", "", "cam1", "2026-11-20 15:50:00",
         "2026-11-20 16:05:00"),
        ("20261120T084249Z.mp4", "", "", "2026-11-20 08:42:49", None),
        # As this program names downloads: the offset behind the end counts for both.
        ("door_20261120-084249_20261120-090000+0200.mp4", "", "door", "2026-11-20 06:42:49",
         "2026-11-20 07:00:00"),
        ("door_20261025-023000+0200_20261025-021000+0100.mp4", "", "door",
         "2026-10-25 00:30:00", "2026-10-25 01:10:00"),
        ("20261120T084249Z_090000.mp4", "", "", "2026-11-20 08:42:49", "2026-11-20 09:00:00"),
        ("20261120T084249+0200_cam7.mp4", "", "cam7", "2026-11-20 06:42:49", None),
        # Written for people.
        ("2026-11-20_08-42-49.mkv", "", "", "2026-11-20 00:42:49", None),
        ("门口 2026-11-20_08-42-49_2026-11-20_09-00-00.mp4", "", "门口", "2026-11-20 00:42:49",
         "2026-11-20 01:00:00"),
        ("2026-11-20 08.42.49 - 2026-11-20 08.50.00.mp4", "", "", "2026-11-20 00:42:49",
         "2026-11-20 00:50:00"),
        ("rec_2026-11-20_08-42-49.mp4", "", "", "2026-11-20 00:42:49", None),
        ("20261120_084249_ch3.mp4", "", "ch3", "2026-11-20 00:42:49", None),
        # A number behind the time counts files.
        ("20261120_084249_0001.mp4", "", "", "2026-11-20 00:42:49", None),
        ("20261120084249-0001.mp4", "", "", "2026-11-20 00:42:49", None),
        ("20261120084249-9959.mp4", "", "", "2026-11-20 00:42:49", None),
        ("20261120084249-0330.mp4", "", "", "2026-11-20 12:12:49", None),
        # Dahua's tree.
        ("d/2026-11-20/001/dav/08/08.42.49-08.50.00[R][0@0][0].dav", "d", "001",
         "2026-11-20 00:42:49", "2026-11-20 00:50:00"),
        ("2026-11-20/001/dav/23/23.55.00-00.05.00[R][0@0][0].dav", "", "001",
         "2026-11-20 15:55:00", "2026-11-20 16:05:00"),
        # Folders that sort by time belong to the camera above them.
        ("cam 3/2026-11-20/20261120084249.mp4", "cam 3", "", "2026-11-20 00:42:49", None),
        ("cam 3/2026/11/20/08/084249.mp4", "cam 3", "", "2026-11-20 00:42:49", None),
        ("cam 3/2026/11/20261120084249.mp4", "cam 3", "", "2026-11-20 00:42:49", None),
        ("cam 3/20261120/yard/08.42.49.mp4", "cam 3", "yard", "2026-11-20 00:42:49", None),
    ],
)  # fmt: skip
def test_names_that_tell_a_time(
    path: str, folder: str, channel: str, begin: str, end: str | None
) -> None:
    found = facts(path)
    assert found.begin == utc(begin)
    assert found.end == (utc(end) if end else None)
    assert (found.folder, found.channel) == (tuple(folder.split("/")) if folder else (), channel)


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("plaza-h264.mp4", ""),
        ("ch01_0001.mp4", "ch01"),
        ("Camera 7.mp4", "Camera 7"),
        ("通道3_a.avi", "通道3"),
        ("d20261120.mp4", ""),
        ("movie 2026.mp4", ""),
        ("20261320_084249.mp4", ""),
        ("20261120_254249.mp4", ""),
        ("20260230_084249.mp4", ""),
        ("1234567890123456.mp4", ""),
        # The end is before the begin, or a year after it.
        ("c-1763628069-1763627969.mp4", ""),
        ("c-1763627969-1793627969.mp4", ""),
        ("2026/13/20/084249.mp4", ""),
        ("2026/02/30/084249.mp4", ""),
        ("08.42.49.mp4", ""),
    ],
)
def test_names_that_tell_no_time(path: str, channel: str) -> None:
    found = facts(path)
    assert (found.begin, found.end, found.channel) == (None, None, channel)


def test_an_end_that_makes_no_sense_is_left_out() -> None:
    found = facts("20261120084249_20251120084249.mp4")
    assert (found.begin, found.end) == (utc("2026-11-20 00:42:49"), None)
    found = facts("20261120084249_20260230084249.mp4")
    assert found.end is None


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ("[R][0@0][0]", SegmentKind.CONTINUOUS),
        ("[M][0@0][0]", SegmentKind.EVENT),
        ("[A][0@0][0]", SegmentKind.ALARM),
        ("[Q]", SegmentKind.UNKNOWN),
        ("", SegmentKind.CONTINUOUS),
    ],
)
def test_why_dahua_recorded(flags: str, kind: SegmentKind) -> None:
    assert facts(f"2026-11-20/001/dav/08/08.42.49-08.50.00{flags}.dav").kind is kind


def test_the_hour_that_comes_twice() -> None:
    found = facts("2026-10-25_02-30-00_2026-10-25_02-10-00.mp4", "Europe/Berlin")
    assert (found.begin, found.end) == (utc("2026-10-25 00:30:00"), utc("2026-10-25 01:10:00"))


ZONES = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"]
moments = st.datetimes(datetime(2000, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC))
channels = st.from_regex(r"[A-Za-z门][A-Za-z门 ]{0,8}[A-Za-z门]", fullmatch=True).filter(
    lambda name: name.lower() not in {"rec", "video", "record", "clip", "mov", "vid", "file",
                                      "export", "playback", "recording"}
)  # fmt: skip


@given(channels, moments, st.integers(1, 3600), st.sampled_from(ZONES))
def test_a_time_written_in_any_way_is_read_back(
    channel: str, when: datetime, seconds: int, zone: str
) -> None:
    from zoneinfo import ZoneInfo

    when = when.replace(microsecond=0)
    end = when + timedelta(seconds=seconds)
    local = when.astimezone(ZoneInfo(zone))
    ways = [f"{channel}_{when:%Y%m%dT%H%M%S}Z"]
    if when >= datetime(2001, 9, 10, tzinfo=UTC) and end <= datetime(2033, 5, 1, tzinfo=UTC):
        ways.append(f"{channel}-{int(when.timestamp())}-{int(end.timestamp())}")
    if local.fold == 0:
        ways += [f"{channel}_{local:%Y%m%d%H%M%S}", f"{channel}_{local:%Y-%m-%d_%H-%M-%S}"]
    for way in ways:
        found = facts(f"folder/{way}.mp4", zone)
        assert (found.begin, found.channel, found.folder) == (when, channel, ("folder",)), way


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6))
def test_no_name_whatever_is_too_strange(parts: list[str]) -> None:
    found = read(tuple(parts), "Europe/Berlin")
    assert found.end is None or (found.begin is not None and found.begin < found.end)
