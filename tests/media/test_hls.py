"""Playlists cut into runs, and runs laid on recorded ranges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vsconsole.domain.errors import MediaError
from vsconsole.domain.timeline import Segment, Span
from vsconsole.media import hls

BASE = "https://cdn.example/rec/list.m3u8?token=x"
T0 = datetime(2026, 11, 20, tzinfo=UTC)


def _playlist(*lines: str, end: bool = True) -> str:
    head = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:6"]
    return "\n".join([*head, *lines, *(["#EXT-X-ENDLIST"] if end else [])]) + "\n"


def _segments(*spans: tuple[float, float]) -> list[Segment]:
    return [
        Segment(span=Span(T0 + timedelta(seconds=a), T0 + timedelta(seconds=b))) for a, b in spans
    ]


def test_cut_at_a_discontinuity_with_absolute_addresses() -> None:
    text = _playlist(
        "#EXTINF:6.0,", "a.ts?k=1", "#EXTINF:5.5,", "/b.ts",
        "#EXT-X-DISCONTINUITY", "#EXTINF:6.0,", "https://other.example/c.ts",
    )  # fmt: skip
    first, second = hls.split(text, BASE)
    assert (first.seconds, first.segments) == (11.5, 2)
    assert "https://cdn.example/rec/a.ts?k=1\n" in first.playlist_text
    assert "https://cdn.example/b.ts\n" in first.playlist_text
    assert "DISCONTINUITY" not in first.playlist_text + second.playlist_text
    assert second.playlist_text.endswith("https://other.example/c.ts\n#EXT-X-ENDLIST\n")
    assert "token" not in repr(first)


def test_cut_where_dates_jump() -> None:
    text = _playlist(
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-20T08:00:00+08:00", "#EXTINF:6.0,", "a.ts",
        "#EXTINF:6.0,", "b.ts",
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-20T08:10:00+08:00", "#EXTINF:6.0,", "c.ts",
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-20T08:10:06.2+08:00", "#EXTINF:6.0,", "d.ts",
    )  # fmt: skip
    runs = hls.split(text, BASE)
    assert [run.segments for run in runs] == [2, 2]
    assert runs[0].program_date_time == T0
    assert runs[1].program_date_time == T0 + timedelta(minutes=10)
    span = Span(T0, T0 + timedelta(hours=1))
    laid = hls.lay(runs, [], span)
    assert [where.begin for _run, where in laid] == [T0, T0 + timedelta(minutes=10)]


def test_keys_maps_and_byte_ranges_go_along() -> None:
    text = _playlist(
        '#EXT-X-KEY:METHOD=AES-128,URI="k1",IV=0x01', '#EXT-X-MAP:URI="init.mp4"',
        "#EXT-X-BYTERANGE:100@0", "#EXTINF:6.0,", "all.mp4",
        "#EXT-X-DISCONTINUITY", "#EXT-X-BYTERANGE:50@100", "#EXTINF:6.0,", "all.mp4",
    )  # fmt: skip
    for run in hls.split(text, BASE):
        assert '#EXT-X-KEY:METHOD=AES-128,URI="https://cdn.example/rec/k1",IV=0x01' in (
            run.playlist_text
        )
        assert '#EXT-X-MAP:URI="https://cdn.example/rec/init.mp4"' in run.playlist_text
    assert "#EXT-X-BYTERANGE:50@100" in hls.split(text, BASE)[1].playlist_text


def test_runs_without_dates_fill_the_ranges_in_order() -> None:
    text = _playlist(
        "#EXTINF:6.0,", "a.ts", "#EXTINF:4.2,", "b.ts",
        "#EXT-X-DISCONTINUITY", "#EXTINF:6.0,", "c.ts",
    )  # fmt: skip
    runs = hls.split(text, BASE)
    span = Span(T0, T0 + timedelta(hours=1))
    laid = hls.lay(runs, _segments((5, 15), (600, 606)), span)
    assert [where.begin - T0 for _run, where in laid] == [
        timedelta(seconds=5),
        timedelta(seconds=600),
    ]
    more = hls.lay([*runs, runs[1]], _segments((5, 15), (600, 612)), span)
    assert [round((where.begin - T0).total_seconds()) for _run, where in more] == [5, 600, 606]


def test_what_cannot_be_split_is_refused() -> None:
    master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=640x360\nlow.m3u8\n"
    master += "#EXT-X-STREAM-INF:BANDWIDTH=9,RESOLUTION=1920x1080\nhigh.m3u8\n"
    assert hls.is_master(master)
    assert hls.pick_variant(master, BASE) == "https://cdn.example/rec/high.m3u8"
    assert hls.pick_variant(master, BASE, height=300) == "https://cdn.example/rec/low.m3u8"
    live = _playlist("#EXTINF:2.0,", "a.ts", end=False)
    assert hls.is_live(live)
    for text in (master, live, "<html>login</html>", ""):
        with pytest.raises(MediaError):
            hls.split(text, BASE)
