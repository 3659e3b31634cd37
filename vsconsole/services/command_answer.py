"""What a line in the command box would do: actions, cameras and times, best first; pure.

Nothing here waits for a network or a disk, but looking through a hundred thousand cameras takes
its time, so it belongs on a worker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from vsconsole.domain import cancel
from vsconsole.domain.model import Channel
from vsconsole.i18n import LANGUAGES, _, said_in
from vsconsole.services import pinyin
from vsconsole.services.command_line import Manner, Part, parts, tidy
from vsconsole.services.search import Hit
from vsconsole.services.timetext import Moment, NotATime, read_time

MOST_CAMERAS = 8
MOST_ACTIONS = 6
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_NUMBER = re.compile(r"(\d)[号#]")
_HITS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Does an action of the desk."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Shows a camera: at `when`, else live or from its recordings as `manner` or the desk says.

    `time` is what was typed for `when`; `again` marks the second of two equal clock times.
    """

    channel: Channel
    when: datetime | None = None
    time: str = ""
    manner: Manner | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTo:
    """Shows a moment in the selected tile, read in its zone."""

    when: datetime
    zone: str
    time: str = ""
    again: bool = False


Suggestion = Act | Show | GoTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a line is read against: the selected tile's zone, the day on screen, this instant."""

    zone: str
    day: date | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the line would do, and in `note` what of it could not be read, in words."""

    suggestions: tuple[Suggestion, ...] = ()
    note: str = ""


Find = Callable[[str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class ActionIndex:
    """What actions are called, in every language, spelt out and by initials."""

    _names: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str]], *, spelt_out: bool = True) -> Self:
        """Indexes (name, English text); reads catalogs, and asks for pinyin where `spelt_out`.

        Pinyin takes half a second the first time; both belong on a worker.
        """
        spoken = [
            (name, tuple(dict.fromkeys(said_in(code, text) for code in LANGUAGES)))
            for name, text in entries
        ]
        runs = {run for _name, texts in spoken for text in texts for run in _HAN.findall(text)}
        readings = pinyin.readings(runs) if runs and spelt_out else {}

        def spelt(text: str) -> list[str]:
            if not readings or not _HAN.search(text):
                return []
            full = _HAN.sub(lambda r: readings[r[0]].full if r[0] in readings else r[0], text)
            short = _HAN.sub(lambda r: readings[r[0]].initials if r[0] in readings else r[0], text)
            return [full, short]

        return cls(
            tuple(
                (
                    name,
                    tuple(
                        one.casefold().rstrip("\u2026")
                        for text in (*texts, name.replace("-", " "))
                        for one in (text, *spelt(text))
                    ),
                )
                for name, texts in spoken
            )
        )

    def find(self, text: str) -> list[tuple[int, str]]:
        """(rank, name) of each that holds every word: 0 it is the text, 1 begins so, 2 a word does.

        A part inside a word counts only from two letters on.
        """
        folded = text.casefold().strip()
        words = folded.split()
        found = []
        for name, texts in self._names:
            ranks = [rank for one in texts if (rank := _rank(one, folded, words)) is not None]
            if ranks:
                found.append((min(ranks), name))
        return sorted(found, key=lambda one: one[0])


def _rank(text: str, whole: str, words: Sequence[str]) -> int | None:
    if text == whole:
        return 0
    if text.startswith(whole):
        return 1
    if words and all(re.search(rf"(?<![a-z\d]){re.escape(word)}", text) for word in words):
        return 2
    if words and len(whole) > 1 and all(word in text for word in words):
        return 3
    return None


def answer(line: str, context: Context, actions: ActionIndex, find: Find) -> Answer:
    """What a line would do. Raises Cancelled when it is no longer asked."""
    typed = tidy(line)
    if not typed:
        return Answer()
    reader = _Reader(typed, context, actions, find)
    return reader.exact() or reader.nearest()


class _Reader:
    """One line under way."""

    def __init__(self, line: str, context: Context, actions: ActionIndex, find: Find) -> None:
        self._line = line
        self._context = context
        self._actions = actions
        self._find = find
        self._known: dict[str, list[Hit]] = {}
        self._weak: dict[str, bool] = {}
        self._parts = parts(line, self._read)

    def _read(self, text: str, zone: str = "") -> Moment:
        at = self._context
        return read_time(text, zone=zone or at.zone, now=at.now, day=at.day)

    def cameras(self, text: str) -> list[Hit]:
        """The cameras that hold every word of `text`."""
        cancel.check()
        if text not in self._known:
            # "3号" is how a camera called 3 is spoken of.
            found = self._find(text) or self._find(_NUMBER.sub(r"\1 ", text))
            hits = [hit for hit in found if isinstance(hit.node, Channel)]
            # A figure that is only somewhere in an id is not what the camera is called.
            figures = re.findall(r"\d+", text)
            named = [hit for hit in hits if all(one in _called(hit) for one in figures)]
            self._known[text] = (named or hits)[:_HITS]
            self._weak[text] = not named
        return self._known[text]

    def exact(self) -> Answer | None:
        """What the whole line means; None where nothing fits all of it."""
        first: list[Suggestion] = []
        later: list[Suggestion] = []
        for rank, name in self._actions.find(self._line)[:MOST_ACTIONS]:
            (first if rank == 0 else later).append(Act(name=name))
        times: list[Suggestion] = []
        shows: list[tuple[tuple[bool, int, bool], list[Suggestion]]] = []
        for part in self._parts:
            if part.problem is not None:
                continue
            if part.moment is not None and not part.rest:
                times += self._moments(part)
                continue
            if part.manner is not None and not part.rest:
                continue
            for hit in self.cameras(part.rest):
                weak = self._weak[part.rest]
                key = (weak, -len(part.rest), weak or hit.rank > 1)
                shows.append((key, self._shows(hit, part)))
        shows.sort(key=lambda one: one[0])
        near: list[Suggestion] = []
        far: list[Suggestion] = []
        for key, made in shows:
            (far if key[2] else near).extend(made)
        if self._line.isdigit():
            # A number is rather a camera's than a day of the month.
            cameras = [*near, *far][:MOST_CAMERAS]
            found = [*first, *cameras, *later, *times]
        else:
            far = far[: max(0, MOST_CAMERAS - len(near))]
            found = [*first, *times, *near[:MOST_CAMERAS], *later, *far]
        return Answer(suggestions=_once(found)) if found else None

    def _moments(self, part: Part) -> list[Suggestion]:
        assert part.moment is not None
        first = GoTo(when=part.moment.when, zone=self._context.zone, time=part.time)
        if part.moment.again is None:
            return [first]
        return [first, replace(first, when=part.moment.again, again=True)]

    def _shows(self, hit: Hit, part: Part) -> list[Suggestion]:
        assert isinstance(hit.node, Channel)
        show = Show(channel=hit.node, time=part.time, manner=part.manner)
        if part.moment is None:
            return [show]
        try:
            # What is typed is the camera's own time.
            moment = self._read(part.time, hit.node.zone)
        except NotATime as problem:
            return [replace(show, when=problem.nearest)] if problem.nearest else []
        first = replace(show, when=moment.when)
        if moment.again is None:
            return [first]
        return [first, replace(first, when=moment.again, again=True)]

    # What comes nearest

    def nearest(self) -> Answer:
        """What cannot be read, and what comes nearest to the rest."""
        return self._impossible() or self._unknown_camera() or self._nothing()

    def _impossible(self) -> Answer | None:
        """A time that was read and cannot be."""
        # What leaves most of the line to the camera's name is what was meant.
        for part in sorted(self._parts, key=lambda part: -len(part.rest)):
            problem = part.problem
            if problem is None:
                continue
            hits = self.cameras(part.rest)[:MOST_CAMERAS] if part.rest else []
            if part.rest and not hits:
                continue
            note = str(problem)
            if part.time not in note:
                note = _("“{part}”: {problem}").format(part=part.time, problem=note)
            found: list[Suggestion] = []
            if problem.nearest is not None and not part.rest:
                found.append(GoTo(when=problem.nearest, zone=self._context.zone))
            for hit in hits:
                assert isinstance(hit.node, Channel)
                found.append(Show(channel=hit.node, when=problem.nearest))
            return Answer(suggestions=tuple(found), note=note)
        return None

    def _unknown_camera(self) -> Answer | None:
        """A camera that is not known, with or without a time."""
        for part in self._parts:
            if part.problem is not None or not part.rest:
                continue
            left, unknown = self._known_of(part.rest)
            if not left and part.moment is None:
                continue
            found = [one for hit in self.cameras(left) for one in self._shows(hit, part)]
            found = found[:MOST_CAMERAS]
            if part.moment is not None:
                found += self._moments(part)
            return Answer(suggestions=tuple(found), note=self._unknown(unknown, part))
        return None

    def _unknown(self, unknown: str, part: Part) -> str:
        if part.moment is not None:
            return _("No camera is found by “{part}”; “{time}” is understood.").format(
                part=unknown, time=part.time
            )
        return _("“{part}” is no camera, time or action.").format(part=unknown)

    def _known_of(self, rest: str) -> tuple[str, str]:
        """The largest part of `rest` that finds cameras, and what does not; "" for none."""
        kept, unknown = "", []
        for word in rest.split():
            more = f"{kept} {word}".strip()
            if self.cameras(more) and not self._weak[more]:
                kept = more
            else:
                unknown.append(word)
        if kept:
            return kept, " ".join(unknown)
        for end in range(len(rest) - 1, 0, -1):
            begin = rest[:end].strip()
            # One letter fits half of all cameras; one character of Chinese says something.
            if (len(begin) > 1 or _HAN.match(begin)) and self.cameras(begin):
                return begin, rest
        return "", rest

    def _nothing(self) -> Answer:
        found: list[Suggestion] = []
        for end in range(len(self._line) - 1, 1, -1):
            if named := self._actions.find(self._line[:end]):
                found = [Act(name=name) for _rank, name in named[:MOST_ACTIONS]]
                break
        note = _("“{part}” is no camera, time or action.").format(part=self._line)
        return Answer(suggestions=tuple(found), note=note)


def _called(hit: Hit) -> str:
    return hit.node.name.casefold()


def _once(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Without those that would do the same as one before."""
    seen: set[object] = set()
    kept: list[Suggestion] = []
    for one in found:
        same: object = one
        if isinstance(one, Show):
            same = (one.channel.key, one.when, one.manner)
        elif isinstance(one, GoTo):
            same = one.when
        if same not in seen:
            seen.add(same)
            kept.append(one)
    return tuple(kept)
