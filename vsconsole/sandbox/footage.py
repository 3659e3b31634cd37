"""A folder of recordings as two recorders would have left it, with burnt-in time and gaps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from vsconsole.sandbox import media

SECONDS = 60
_MINUTES = {"dock": (0, 1, 6), "corridor": (0, 3)}


def make(folder: Path, now: datetime) -> None:
    """Fills `folder`, which appears only when it is whole; `now` is aware, in the zone of names.

    Names follow what recorders write: camera, begin and end in local time. The recordings are of
    the morning before.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, scene, kind, begin in _files(now):
        end = begin + timedelta(seconds=SECONDS)
        source = media.recording_file(scene, begin.timestamp(), end.timestamp(), kind)
        shutil.copyfile(source, fresh / f"{name}_{begin:%Y%m%d%H%M%S}_{end:%Y%m%d%H%M%S}.{kind}")
    media.remove_recording_files()
    fresh.rename(folder)


def _files(now: datetime) -> Iterator[tuple[str, media.Scene, media.FileType, datetime]]:
    morning = now.replace(hour=8, minute=40, second=0, microsecond=0) - timedelta(days=1)
    offset = now.utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    scenes: dict[str, tuple[media.Scene, media.FileType]] = {
        "dock": (
            media.Scene(
                channel=901,
                name="dock",
                codec="h264",
                audio="aac",
                flv_hevc="id12",
                clock="continues",
                utc_offset_minutes=minutes,
            ),
            "mp4",
        ),
        "corridor": (
            media.Scene(
                channel=902,
                name="corridor",
                codec="h265",
                audio=None,
                flv_hevc="enhanced",
                clock="continues",
                utc_offset_minutes=minutes,
            ),
            "ts",
        ),
    }
    for name, (scene, kind) in scenes.items():
        for minute in _MINUTES[name]:
            yield name, scene, kind, morning + timedelta(minutes=minute)
