"""Takes a line apart into a time and the rest, in every way that makes sense; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from vsconsole.domain import cancel
from vsconsole.services.timetext import Moment, NotATime
from vsconsole.services.timewords import NOW

LONGEST = 200
"""More of a line than this is not read."""

_MOST_TOKENS = 40
_MOST_PARTS = 12
_TOKEN = re.compile(r"[a-z]+|\d+|[^\s\w]|\w", re.IGNORECASE)
# What a time can begin with: a figure, a word of time, a numeral.
_BEGIN = re.compile(
    r"\d|[今昨前明后大上本这周星礼现刚此早凌清中正下傍晚夜深半午零〇一二两三四五六七八九十]"
    r"|(?:now|just|right|today|tonight|yesterday|tomorrow|the|last|this|past|day|half|quarter|an?|at"
    r"|on|noon|midnight|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|am|pm)",
    re.IGNORECASE,
)
_EDGES = " ,;:.、，。；·的@"
_LEFT_OVER = re.compile(r"(?:^|\s)(?:at|on)$", re.IGNORECASE)
_BARE = re.compile(r"(?:\d{1,3}|[零〇一二两三四五六七八九十]{1,2})号?")


class Manner(Enum):
    """How a camera is to be shown where the line says so."""

    LIVE = "live"
    PLAYBACK = "playback"


_MANNERS = {
    "live": Manner.LIVE,
    "now": Manner.LIVE,
    "直播": Manner.LIVE,
    "实时": Manner.LIVE,
    "实况": Manner.LIVE,
    "现在": Manner.LIVE,
    "playback": Manner.PLAYBACK,
    "recordings": Manner.PLAYBACK,
    "回放": Manner.PLAYBACK,
    "录像": Manner.PLAYBACK,
}
_MANNER = re.compile(
    r"^(?:({0})\s*(.+)|(.+?)\s*({0}))$".format(
        "|".join(rf"\b{w}\b" if w.isascii() else w for w in _MANNERS)
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One way to read a line: `time` is the part of it that is a time, `rest` what is not.

    `moment` is what the time means in the zone asked about; where it means nothing that can be
    gone to, `problem` says why. Without a time the rest is the whole line.
    """

    rest: str
    time: str = ""
    moment: Moment | None = None
    problem: NotATime | None = None
    manner: Manner | None = None


def tidy(line: str) -> str:
    """The line as it is read: width and spaces made one, cut where nobody types that much."""
    return " ".join(unicodedata.normalize("NFKC", line[:LONGEST]).split())


def parts(line: str, read: Callable[[str], Moment]) -> list[Part]:
    """Every way to read a tidy line, the one that takes the most of it for a time first.

    `read` reads a time or raises NotATime. The last ones are the line without any time.
    """
    found: list[Part] = []
    for begin, end in _stretches(line):
        cancel.check()
        text = line[begin:end]
        if _BARE.fullmatch(text) and text != line:
            # A figure beside words numbers a camera; it is no day of the month.
            continue
        if text.casefold() in NOW and text != line:
            # A camera now is its live picture.
            continue
        try:
            moment = read(text)
        except NotATime as problem:
            if problem.understood:
                found.append(Part(rest=_rest(line, begin, end), time=text, problem=problem))
        else:
            found.append(Part(rest=_rest(line, begin, end), time=text, moment=moment))
        if ((begin, end) == (0, len(line)) and found) or len(found) >= _MOST_PARTS:
            # All of it is a time: what is inside of it is none of its own.
            break
    if shown := _MANNER.match(line):
        word = (shown[1] or shown[4]).casefold()
        found.append(Part(rest=(shown[2] or shown[3]).strip(_EDGES), manner=_MANNERS[word]))
    found.append(Part(rest=line))
    return found


def _stretches(line: str) -> Iterator[tuple[int, int]]:
    """Begins and ends of what may be a time in the line, the longest first."""
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(line)][-_MOST_TOKENS:]
    begins = [i for i, (at, _end) in enumerate(tokens) if _BEGIN.match(line, at)]
    for size in range(len(tokens), 0, -1):
        for i in begins:
            if i + size <= len(tokens):
                yield tokens[i][0], tokens[i + size - 1][1]


def _rest(line: str, begin: int, end: int) -> str:
    before = _LEFT_OVER.sub("", line[:begin].rstrip(_EDGES))
    return " ".join(part for part in (before.strip(_EDGES), line[end:].strip(_EDGES)) if part)
