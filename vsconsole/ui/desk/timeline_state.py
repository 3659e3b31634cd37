"""The selected range, kept for the next start and put back."""

from __future__ import annotations

from datetime import datetime

from vsconsole.domain.timeline import Span
from vsconsole.ui.timeline.model import TimelineModel


def range_of(model: TimelineModel) -> list[str] | None:
    """Both ends of the range as text with their offset; None without one."""
    span = model.range
    return [span.begin.isoformat(), span.end.isoformat()] if span is not None else None


def restore_range(model: TimelineModel, kept: object) -> None:
    """Selects what was kept; what cannot be read selects nothing."""
    if not isinstance(kept, list) or len(kept) != 2 or model.range is not None:
        return
    try:
        model.set_range(Span(*(datetime.fromisoformat(str(end)) for end in kept)))
    except ValueError:
        # Written by another version of the program.
        return
