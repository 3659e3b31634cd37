"""Files of one channel laid over the clock: where two overlap, the one that began later shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vsconsole.domain.timeline import SegmentKind, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A playable file and the time it covers, corrected."""

    path: tuple[str, ...]
    span: Span
    kind: SegmentKind
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The part of a recording that is played; begins `media` seconds into the file."""

    recording: Recording
    span: Span

    @property
    def media(self) -> float:
        return (self.span.begin - self.recording.span.begin).total_seconds()


def lay(recordings: Iterable[Recording]) -> list[Piece]:
    """Pieces in order and without overlap that together show all the time there is.

    An earlier file goes on after a later one that ended before it.
    """
    pieces: list[Piece] = []
    for one in sorted(recordings, key=lambda each: (each.span.begin, each.span.end, each.path)):
        if one.span.empty:
            continue
        resumed: list[Piece] = []
        # Nothing begins later than this one so far, so only the last pieces can reach into it.
        while pieces and pieces[-1].span.end > one.span.begin:
            last = pieces.pop()
            resumed += _part(last, max(last.span.begin, one.span.end), last.span.end)
            before = _part(last, last.span.begin, min(last.span.end, one.span.begin))
            if before:
                pieces += before
                break
        pieces.append(Piece(recording=one, span=one.span))
        pieces += reversed(resumed)
    return pieces


def clipped(pieces: Iterable[Piece], span: Span) -> list[Piece]:
    """The parts of pieces inside `span`."""
    found: list[Piece] = []
    for piece in pieces:
        inside = piece.span.clip(span)
        if inside is not None:
            found.append(Piece(recording=piece.recording, span=inside))
    return found


def _part(piece: Piece, begin: datetime, end: datetime) -> list[Piece]:
    """The piece from `begin` to `end`, none where that is nothing."""
    return [Piece(recording=piece.recording, span=Span(begin, end))] if begin < end else []
