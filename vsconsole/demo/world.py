"""What the demo starts with: the sandbox's accounts, and a folder of footage made for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vsconsole.i18n import _
from vsconsole.services.accounts import Accounts

ZONE = "Asia/Shanghai"
_SECONDS = 120


def add_accounts(accounts: Accounts, info: Mapping[str, Any]) -> None:
    """Saves every login of a sandbox's JSON line; those with a name that is taken are renewed."""
    known = {account.name: account for account in accounts.all()}
    for entry in info["accounts"]:
        name, fields = str(entry["name"]), dict(entry["fields"])
        if name in known:
            accounts.update(known[name].id, name, fields)
        else:
            accounts.add(str(entry["vendor"]), name, fields)


def make_footage(folder: Path, *, day: datetime | None = None) -> list[Path]:
    """Fills `folder` with recordings of two cameras with burnt-in time and a gap; their paths.

    The names follow what recorders write: camera, begin and end in the zone's local time.
    """
    from vsconsole.sandbox import media

    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for name, scene, kind, begin in _files(media, day):
        end = begin + timedelta(seconds=_SECONDS)
        source = media.recording_file(scene, begin.timestamp(), end.timestamp(), kind)
        local_begin, local_end = begin.astimezone(ZoneInfo(ZONE)), end.astimezone(ZoneInfo(ZONE))
        target = folder / f"{name}_{local_begin:%Y%m%d%H%M%S}_{local_end:%Y%m%d%H%M%S}.{kind}"
        target.write_bytes(source.read_bytes())
        made.append(target)
    media.remove_recording_files()
    return made


def _files(media: Any, day: datetime | None) -> Iterator[tuple[str, Any, Any, datetime]]:
    today = (day or datetime.now(UTC)).astimezone(ZoneInfo(ZONE))
    morning = today.replace(hour=8, minute=40, second=0, microsecond=0) - timedelta(days=1)
    loading = media.Scene(
        channel=901,
        name=_("Loading bay"),
        codec="h264",
        audio="aac",
        flv_hevc="id12",
        clock="continues",
    )
    corridor = media.Scene(
        channel=902,
        name=_("Corridor"),
        codec="h265",
        audio=None,
        flv_hevc="enhanced",
        clock="continues",
    )
    for minutes in (0, 2, 9):
        yield "dock", loading, "mp4", morning + timedelta(minutes=minutes)
    for minutes in (0, 5):
        yield "corridor", corridor, "ts", morning + timedelta(minutes=minutes)
