"""What is inside a file, or why that cannot be known; never raises for a broken one."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.i18n import _
from vsconsole.vendors.local.index import MediaFacts
from vsconsole.vendors.local.walk import why

# Containers that were never told the time say 1904 or 1970.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# A longer file is one whose header lies; a year would colour the whole timeline.
_LONGEST_SECONDS = 31 * 86400.0

_log = logging.getLogger(__name__)


def read_media(path: Path) -> MediaFacts:
    """Length, begin and codecs of a file, or the reason it cannot be played; raises Cancelled."""
    # Imports PyAV, which a start without local footage can do without.
    from vsconsole.media.probe import probe

    try:
        if path.stat().st_size == 0:
            return MediaFacts(problem=_("The file is empty."))
        info = probe(path)
    except Cancelled:
        raise
    except ConsoleError as error:
        return MediaFacts(problem=error.why or error.what)
    except OSError as error:
        return MediaFacts(problem=why(error))
    except Exception as error:  # noqa: BLE001 - one strange file must not end the scan
        _log.warning("%s could not be read: %s", path.name, type(error).__name__)
        return MediaFacts(problem=_("The file could not be read."))
    seconds = info.seconds
    if not seconds or not 0 < seconds < _LONGEST_SECONDS:
        return MediaFacts(problem=_("Its length is not known."))
    begin = info.begin if info.begin is not None and info.begin >= _EARLIEST else None
    return MediaFacts(
        begin=begin,
        seconds=seconds,
        media=json.dumps(asdict(info), default=str),
        problem="" if info.complete else _("The file was not finished."),
    )
