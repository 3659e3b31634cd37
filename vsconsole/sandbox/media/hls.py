"""HLS over MPEG-TS: recordings with gaps, and a live sliding window."""

import io
import math
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from vsconsole.sandbox.media.cache import ByteCache
from vsconsole.sandbox.media.encode import AccessUnit, cached_frames, encode_frames
from vsconsole.sandbox.media.mux import Muxer, write
from vsconsole.sandbox.media.scene import Profile, Scene, ViewSource
from vsconsole.sandbox.media.sound import Sound, sound

SEGMENT_SECONDS = 6.0
LIVE_SEGMENT_SECONDS = 2
_LIVE_WINDOW = 5
# A window plus the two segments before it, which a slow player may still be asking for.
_LIVE_KEPT = _LIVE_WINDOW + 2
# The shortest segment of its own: a player trips over one of a few frames.
_SHORTEST_SECONDS = 1.0
_SEGMENT_CACHE_BYTES = 48 << 20

SegmentUri = Callable[[int, float, float, float], str]
"""(index, begin epoch seconds, seconds, stamp seconds) to the address of that segment."""

# Time stamps as given, without FFmpeg's start-up delay; each segment is a file of its own, so
# its packet counters begin anew, which the stream itself says on the first packets.
_TS = Muxer(
    container="mpegts",
    options=(
        ("mpegts_copyts", "1"),
        ("max_delay", "0"),
        ("mpegts_flags", "+initial_discontinuity"),
    ),
)


def hls_playlist(
    scene: Scene,
    ranges: Sequence[tuple[float, float]],
    uri: SegmentUri,
    *,
    program_date_time: bool = False,
) -> str:
    """A VOD playlist over recorded `ranges` (epoch seconds, sorted), discontinuity at each gap.

    `uri` receives what `ts_segment` needs. A last piece under 1 s is part of the one before it.
    """
    ranges = [span for span in ranges if scene.first_frame(span[0]) < scene.first_frame(span[1])]
    lines: list[str] = []
    longest = SEGMENT_SECONDS
    index = 0
    media_seconds = 0.0
    for range_begin, range_end in ranges:
        if index:
            lines.append("#EXT-X-DISCONTINUITY")
        for begin, seconds in _cut(range_begin, range_end):
            stamp = {
                "continues": media_seconds + begin - range_begin,
                "jumps": begin - ranges[0][0],
                "restarts": begin - range_begin,
            }[scene.clock]
            if program_date_time:
                lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(begin)}")
            lines += (f"#EXTINF:{seconds:.3f},", uri(index, begin, seconds, stamp))
            longest = max(longest, seconds)
            index += 1
        media_seconds += range_end - range_begin
    head = (
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    )
    return "\n".join((*head, *lines, "#EXT-X-ENDLIST", ""))


def ts_segment(
    scene: Scene, begin: float, seconds: float, stamp: float, profile: Profile = "main"
) -> bytes:
    """MPEG-TS of the frames in [begin, begin + seconds); the frame at `begin` has PTS `stamp`.

    Begins with a key frame. Sound is AAC (G.711 scenes too, as TS cannot carry it). Cached.
    ValueError when no frame lies in the range.
    """
    first, end = scene.first_frame(begin), scene.first_frame(begin + seconds)
    if first >= end:
        raise ValueError(f"no frame within {seconds} s of {begin}")

    def make() -> bytes:
        return _segment(
            scene, profile, iter(cached_frames(scene, first, end, profile)), begin - stamp
        )

    key = (scene.channel, scene.codec, bool(scene.audio), scene.fps, scene.gop_frames,
           scene.utc_offset_minutes, first, end, round((begin - stamp) * 1e6), profile)  # fmt: skip
    return _SEGMENTS.get(key, make)


def ts_sound(scene: Scene) -> Sound | None:
    """The sound as MPEG-TS and MP4 carry it: AAC for every scene that has sound."""
    return sound("aac") if scene.audio else None


class LiveHls:
    """Live HLS of one channel and profile: 2 s segments, a window that slides with the clock.

    Sequence numbers are seconds since the epoch divided by 2, so all windows agree.
    """

    def __init__(
        self,
        scene: Scene,
        profile: Profile = "main",
        view: ViewSource | None = None,
        *,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._scene = scene
        self._profile = profile
        self._view = view
        self._now = now or time.time
        # Time stamps count from here, as those of TS start over after 26 hours.
        self._origin = float(self._latest() * LIVE_SEGMENT_SECONDS - 60)
        self._segments: ByteCache[bytes] = ByteCache(4 << 20, len)

    def playlist(self, uri: Callable[[int], str], *, program_date_time: bool = False) -> str:
        """The window now; `uri` gives the address of a sequence number."""
        latest = self._latest()
        oldest = latest - _LIVE_WINDOW + 1
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{LIVE_SEGMENT_SECONDS}",
            f"#EXT-X-MEDIA-SEQUENCE:{oldest}",
        ]
        for sequence in range(oldest, latest + 1):
            if program_date_time:
                lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(sequence * LIVE_SEGMENT_SECONDS)}")
            lines += (f"#EXTINF:{LIVE_SEGMENT_SECONDS:.3f},", uri(sequence))
        return "\n".join((*lines, ""))

    def segment(self, sequence: int) -> bytes:
        """MPEG-TS of one segment; KeyError when it is not in the window (or just left it)."""
        latest = self._latest()
        if not latest - _LIVE_KEPT < sequence <= latest:
            raise KeyError(sequence)
        return self._segments.get(sequence, lambda: self._make(sequence))

    def _make(self, sequence: int) -> bytes:
        scene = self._scene
        begin = float(sequence * LIVE_SEGMENT_SECONDS)
        first, end = scene.first_frame(begin), scene.first_frame(begin + LIVE_SEGMENT_SECONDS)
        units = encode_frames(scene, first, end, self._profile, self._view)
        return _segment(scene, self._profile, units, self._origin)

    def _latest(self) -> int:
        return int(self._now() // LIVE_SEGMENT_SECONDS) - 1


_SEGMENTS: ByteCache[bytes] = ByteCache(_SEGMENT_CACHE_BYTES, len)


def _segment(scene: Scene, profile: Profile, units: Iterator[AccessUnit], origin: float) -> bytes:
    target = io.BytesIO()
    write(target, _TS, scene, profile, units, ts_sound(scene), origin)
    return target.getvalue()


def _cut(begin: float, end: float) -> Iterator[tuple[float, float]]:
    """(begin, seconds) of the segments of one range."""
    while end - begin >= SEGMENT_SECONDS + _SHORTEST_SECONDS:
        yield begin, SEGMENT_SECONDS
        begin += SEGMENT_SECONDS
    if end > begin:
        yield begin, end - begin


def _iso(seconds: float) -> str:
    return (
        datetime.fromtimestamp(seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
