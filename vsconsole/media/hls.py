"""HLS playlists cut into runs: stretches without a gap, each one a playlist libVLC can seek in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from vsconsole.domain.errors import MediaError
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _

_CLOCK_JUMP = timedelta(seconds=1)
"""A date further than this from where the run should be begins another run."""

_SLACK = timedelta(seconds=2)
"""How much a run may differ from the recorded range it fills: segments end on key frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsRun:
    """A playlist without a gap, ready for a file: every address in it is absolute.

    `program_date_time` is the vendor's own wall-clock time of its first picture, None where it
    sends none. The text holds signed addresses and belongs into a private file.
    """

    playlist_text: str = field(repr=False)
    seconds: float
    segments: int
    program_date_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsPiece:
    """One segment of a run's playlist: where its bytes are and which media seconds it shows.

    `start` and `size` cut it out of a larger file where `size` is not 0; the same for what has to
    be read before it (`init_...`, an empty address where there is none).
    """

    url: str = field(repr=False)
    begin: float
    seconds: float
    start: int = 0
    size: int = 0
    init_url: str = field(default="", repr=False)
    init_start: int = 0
    init_size: int = 0
    encrypted: bool = False


def piece_at(text: str, second: float) -> HlsPiece:
    """The segment of a run's playlist that shows a media second, else its last; MediaError."""
    begin = 0.0
    segments = _parsed(text).segments
    for number, one in enumerate(segments):
        if second < begin + one.duration or number == len(segments) - 1:
            start, size = _part(one.byterange)
            init = one.init_section
            init_start, init_size = _part(init.byterange) if init else (0, 0)
            return HlsPiece(
                url=one.uri,
                begin=begin,
                seconds=one.duration,
                start=start,
                size=size,
                init_url=init.uri if init else "",
                init_start=init_start,
                init_size=init_size,
                encrypted=one.key is not None and one.key.method not in (None, "NONE"),
            )
        begin += one.duration
    raise MediaError(_("The playlist is empty."))


def _part(byterange: str | None) -> tuple[int, int]:
    """Where a part of a file begins and how long it is."""
    length, _at, offset = str(byterange or "").partition("@")
    return int(offset or 0), int(length or 0)


def is_master(text: str) -> bool:
    """Whether the playlist lists streams rather than segments."""
    return "#EXT-X-STREAM-INF" in text


def is_live(text: str) -> bool:
    """Whether the playlist goes on growing: it is handed to libVLC by its address, as it is."""
    return "#EXTINF" in text and "#EXT-X-ENDLIST" not in text


def pick_variant(text: str, base_url: str, *, height: int | None = None) -> str:
    """Absolute address of one stream of a master playlist.

    The smallest that has `height` rows, else the largest; without `height` the largest, judged by
    size, then bit rate. MediaError where there is none.
    """
    found: list[tuple[int, int, str]] = []
    for one in _parsed(text).playlists:
        info = one.stream_info
        rows = info.resolution[1] if info.resolution else 0
        found.append((rows, info.bandwidth or 0, urljoin(base_url, one.uri)))
    if not found:
        raise MediaError(_("The playlist lists no stream."))
    found.sort()
    if height is not None:
        for rows, _rate, address in found:
            if rows >= height:
                return address
    return found[-1][2]


def split(text: str, base_url: str) -> list[HlsRun]:
    """The runs of a recorded playlist, in order; cut at discontinuities and jumps of its dates.

    MediaError for a master or live playlist, and for text that is none. 14,400 segments take
    about 0.3 s: not for the window's thread.
    """
    playlist = _parsed(text)
    if playlist.is_variant:
        raise MediaError(_("The playlist lists streams, not recordings."))
    if not playlist.is_endlist:
        raise MediaError(_("The playlist is live, not a recording."))
    runs = []
    for segments in _stretches(playlist.segments):
        # Only the first date counts: `program_date_time` of the others is worked out from it.
        begin = segments[0].current_program_date_time
        runs.append(
            HlsRun(
                playlist_text=_written(playlist, segments, base_url),
                seconds=sum(segment.duration for segment in segments),
                segments=len(segments),
                program_date_time=begin.astimezone(UTC) if begin and begin.tzinfo else None,
            )
        )
    return runs


def lay(
    runs: Sequence[HlsRun], segments: Sequence[Segment], span: Span
) -> list[tuple[HlsRun, Span]]:
    """Which wall-clock range each run shows, in order; runs outside of `span` are left out.

    A run with a date lies there. Others fill the recorded ranges of `segments` inside `span` in
    order; what is left when the ranges run out follows the last one.
    """
    ranges = list(SegmentSet.of(segments).clip(span).joined(timedelta(milliseconds=500)).spans())
    laid: list[tuple[HlsRun, Span]] = []
    at = ranges[0].begin if ranges else span.begin
    index = 0
    one_each = len(ranges) == len(runs)
    for number, run in enumerate(runs):
        length = timedelta(seconds=run.seconds)
        if run.program_date_time is not None:
            begin = run.program_date_time
        elif one_each:
            begin = ranges[number].begin
        else:
            while (
                index < len(ranges)
                and ranges[index].end - at < _SLACK
                and (ranges[index].end - at < length)
            ):
                index += 1
                if index < len(ranges):
                    at = ranges[index].begin
            begin = at
        at = begin + length
        while index < len(ranges) and ranges[index].end <= at - _SLACK:
            index += 1
        # Rounded durations must not make neighbours overlap.
        if laid and begin < laid[-1][1].end:
            before = laid[-1][1]
            laid[-1] = (laid[-1][0], Span(before.begin, max(before.begin, begin)))
        if at > span.begin and begin < span.end:
            laid.append((run, Span(begin, at)))
    return [(run, where) for run, where in laid if not where.empty]


def _parsed(text: str) -> Any:
    import m3u8

    if not text.lstrip("\ufeff \r\n\t").startswith("#EXTM3U"):
        raise MediaError(_("What the server sent is no playlist."))
    try:
        return m3u8.loads(text)
    except Exception as error:  # the library has no family of errors of its own
        raise MediaError(
            _("The playlist cannot be read."), why=f"{type(error).__name__}"
        ) from error


def _stretches(segments: Sequence[Any]) -> Iterator[list[Any]]:
    stretch: list[Any] = []
    due: datetime | None = None
    for segment in segments:
        date = segment.program_date_time
        jumped = due is not None and date is not None and abs(date - due) > _CLOCK_JUMP
        if stretch and (segment.discontinuity or jumped):
            yield stretch
            stretch = []
        stretch.append(segment)
        now = date or (due if stretch[0] is not segment else segment.current_program_date_time)
        due = now + timedelta(seconds=segment.duration) if now is not None else None
    if stretch:
        yield stretch


def _written(playlist: Any, segments: Sequence[Any], base_url: str) -> str:
    longest = max(segment.duration for segment in segments)
    version = playlist.version or 3
    if any(segment.init_section is not None for segment in segments):
        version = max(int(version), 6)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-TARGETDURATION:{int(longest + 0.999)}",
        # With keys the number is the initialisation vector where none is given.
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].media_sequence or 0}",
    ]
    key_line = map_line = ""
    after = 0
    for segment in segments:
        key = _key_line(segment.key, base_url)
        if key != key_line:
            key_line = key
            lines.append(key)
        init = _map_line(segment.init_section, base_url)
        if init and init != map_line:
            map_line = init
            lines.append(init)
        if segment.byterange:
            length, _at, offset = str(segment.byterange).partition("@")
            start = int(offset) if offset else after
            after = start + int(length)
            lines.append(f"#EXT-X-BYTERANGE:{length}@{start}")
        lines.append(f"#EXTINF:{segment.duration:.6f},")
        lines.append(urljoin(base_url, segment.uri))
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _key_line(key: Any, base_url: str) -> str:
    if key is None or key.method in (None, "NONE"):
        return "#EXT-X-KEY:METHOD=NONE" if key is not None else ""
    parts = [f"METHOD={key.method}"]
    if key.uri:
        parts.append(f'URI="{urljoin(base_url, key.uri)}"')
    if key.iv:
        parts.append(f"IV={key.iv}")
    if key.keyformat:
        parts.append(f'KEYFORMAT="{key.keyformat}"')
    if key.keyformatversions:
        parts.append(f'KEYFORMATVERSIONS="{key.keyformatversions}"')
    return "#EXT-X-KEY:" + ",".join(parts)


def _map_line(init: Any, base_url: str) -> str:
    if init is None:
        return ""
    line = f'#EXT-X-MAP:URI="{urljoin(base_url, init.uri)}"'
    return line + (f',BYTERANGE="{init.byterange}"' if init.byterange else "")
