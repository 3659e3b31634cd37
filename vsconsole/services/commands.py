"""The command box's answers, and what was done with it before, kept in the catalog."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key
from vsconsole.services.command_answer import (
    Act,
    ActionIndex,
    Answer,
    Context,
    Find,
    GoTo,
    Show,
    Suggestion,
    answer,
)
from vsconsole.services.command_line import Manner
from vsconsole.services.timetext import NotATime, read_time
from vsconsole.store.catalog import Catalog

KEPT = 30
"""So many commands are remembered, the newest first."""

_STATE = "commands"


class Commands:
    """Thread-safe; everything reads the disk or looks through every camera: for workers."""

    def __init__(
        self,
        catalog: Catalog,
        find: Find,
        channel: Callable[[Key], Channel],
        actions: Iterable[tuple[str, str]],
    ) -> None:
        """`channel` finds a camera by key or raises; `actions` are names with their texts."""
        self._catalog = catalog
        self._find = find
        self._channel = channel
        self._entries = tuple(actions)
        self._lock = threading.Lock()
        self._actions: ActionIndex | None = None
        self._spelt = False

    def answer(self, line: str, context: Context) -> Answer:
        """What the line would do; for an empty one, what was done before."""
        if not line.strip():
            return Answer(suggestions=self.recent(context))
        with self._lock:
            if self._actions is None:
                self._actions = ActionIndex.of(self._entries, spelt_out=False)
            actions = self._actions
        return answer(line, context, actions, self._find)

    def warm(self) -> bool:
        """Learns the pinyin of the actions, which answers do not wait for; False where known."""
        with self._lock:
            if self._spelt:
                return False
        spelt = ActionIndex.of(self._entries)
        with self._lock:
            self._actions, self._spelt = spelt, True
        return True

    def recent(self, context: Context) -> tuple[Suggestion, ...]:
        """What was done before, the newest first, as far as it can still be done."""
        found = (self._again(entry, context) for entry in self._kept())
        return tuple(one for one in found if one is not None)

    def remember(self, done: Suggestion) -> None:
        """Puts a command before the others; StorageError."""
        entry = _entry(done)
        with self._lock:
            kept = [one for one in self._kept() if one != entry]
            self._catalog.set_state(_STATE, [entry, *kept][:KEPT])

    def _kept(self) -> list[dict[str, Any]]:
        kept = self._catalog.state(_STATE, [])
        return [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []

    def _again(self, entry: Mapping[str, Any], context: Context) -> Suggestion | None:
        """A kept command as it would be done now: "10 min ago" is another moment each time."""
        try:
            if "action" in entry:
                known = any(name == entry["action"] for name, _text in self._entries)
                return Act(name=entry["action"]) if known else None
            time = str(entry.get("time", ""))
            if "channel" not in entry:
                when = read_time(time, zone=context.zone, now=context.now, day=context.day).when
                return GoTo(when=when, zone=context.zone, time=time)
            channel = self._channel(Key.parse(entry["channel"]))
            manner = Manner(entry["manner"]) if entry.get("manner") else None
            if not time:
                return Show(channel=channel, manner=manner)
            moment = read_time(time, zone=channel.zone, now=context.now, day=context.day)
            return Show(channel=channel, when=moment.when, time=time, manner=manner)
        except (NotATime, ConsoleError, ValueError, TypeError, AttributeError):
            # Its camera is gone, its time is to come, or another version wrote it.
            return None


def _entry(done: Suggestion) -> dict[str, Any]:
    if isinstance(done, Act):
        return {"action": done.name}
    if isinstance(done, GoTo):
        return {"time": done.time or done.when.isoformat(" ", "seconds")}
    entry: dict[str, Any] = {"channel": str(done.channel.key)}
    if done.when is not None:
        entry["time"] = done.time or done.when.isoformat(" ", "seconds")
    if done.manner is not None:
        entry["manner"] = done.manner.value
    return entry
