"""What a clip opens as, and which second of its medium shows which moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.seek_media import BEGIN, instant
from vsconsole.domain.model import Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Span
from vsconsole.player.pieces import Shelf, open_clip
from vsconsole.sandbox import media
from vsconsole.sandbox.media import Scene


def test_lesson_09_the_later_part_of_a_file_is_found_in_it() -> None:
    """A file that runs over midnight is two clips, the second of which begins inside it."""
    path: Path = media.recording_file(Scene(channel=7), BEGIN, BEGIN + 40, "mp4")

    def opened(_when: datetime) -> MediaSource:
        return MediaSource(url=str(path), protocol=MediaProtocol.FILE, begins=instant(BEGIN))

    span = Span(instant(BEGIN + 30), instant(BEGIN + 40))
    clip = Clip(span=span, store=Store.LOCAL, open=opened, time_map=TimeMap.linear(span, 30.0))
    when = span.begin + timedelta(seconds=5)
    piece = open_clip(clip, when, None, Shelf())
    assert piece.media_ms(when) == 35_000
    assert piece.wall(35_000) == when
    piece.close()
