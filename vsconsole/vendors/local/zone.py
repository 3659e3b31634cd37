"""The IANA name of this computer's time zone; the standard library only knows its offset."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LINK = Path("/etc/localtime")
_NAME = Path("/etc/timezone")

# Tried in this order where the system keeps no name (Windows): the first that has had this
# computer's offsets in every season of the last years.
_COMMON = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Singapore", "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai",
    "Asia/Karachi", "Asia/Dhaka", "Asia/Kathmandu", "Asia/Yangon", "Asia/Kabul", "Asia/Tehran",
    "Europe/London", "Europe/Berlin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Moscow",
    "Africa/Lagos", "Africa/Johannesburg", "Africa/Cairo", "America/New_York", "America/Chicago",
    "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "America/Halifax", "America/St_Johns", "America/Sao_Paulo", "America/Bogota",
    "America/Mexico_City", "America/Santiago", "Pacific/Honolulu", "Australia/Sydney",
    "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Australia/Perth",
    "Pacific/Auckland", "Pacific/Kiritimati",
)  # fmt: skip


def local_zone() -> str:
    """The zone this computer is set to, else one with the same offsets, else UTC."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked(), _written()):
        if name and known(name):
            return name
    return _alike()


def known(name: str) -> bool:
    """Whether `name` is a zone of this computer's zone data."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # ValueError for what is no key at all, OSError (IsADirectoryError) for "Europe".
        return False
    return True


def _linked() -> str:
    """The name in the path that /etc/localtime leads to."""
    try:
        target = str(_LINK.resolve(strict=True))
    except (OSError, RuntimeError):
        return ""
    return target.partition("/zoneinfo/")[2]


def _written() -> str:
    try:
        return _NAME.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _alike() -> str:
    year = datetime.now(UTC).year
    # Twice a month over three years sees every change of clocks.
    moments = [
        datetime(y, month, day, 12, tzinfo=UTC)
        for y in range(year - 2, year + 1)
        for month in range(1, 13)
        for day in (1, 15)
    ]
    here = [time.localtime(moment.timestamp()).tm_gmtoff for moment in moments]
    for name in _COMMON:
        if known(name):
            zone = ZoneInfo(name)
            there = [moment.astimezone(zone).utcoffset() for moment in moments]
            if [offset.total_seconds() for offset in there if offset is not None] == here:
                return name
    return "UTC"
