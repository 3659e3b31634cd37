"""What the operator is told, and how a failure reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vsconsole.domain.errors import ConsoleError, sentence
from vsconsole.i18n import _


class Level(StrEnum):
    """How much a message matters; drawn by icon and colour."""

    INFO = "info"
    GOOD = "good"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something the operator was told, with what may be done about it; `times` it was told."""

    number: int
    when: datetime
    level: Level
    text: str
    detail: str = ""
    action_text: str = ""
    action: Callable[[], object] | None = None
    times: int = 1

    def same_as(self, other: Message) -> bool:
        """Whether it tells the same again."""
        return (self.level, self.text, self.detail) == (other.level, other.text, other.detail)

    def as_text(self) -> str:
        """All of it, to be copied."""
        head = f"{self.when:%Y-%m-%d %H:%M:%S %z}  {self.text}"
        if self.times > 1:
            head = f"{head}  ×{self.times}"
        return "\n".join(part for part in (head, self.detail) if part)


ICONS = {
    Level.INFO: ("info", "accent"),
    Level.GOOD: ("circle-check", "ok"),
    Level.PROBLEM: ("triangle-alert", "warn"),
}


def text_of(error: ConsoleError) -> tuple[str, str]:
    """A failure as a headline, and below it why, what next, and the vendor's code."""
    parts = [error.why, error.remedy]
    if error.code:
        parts.append(_("Code {code}.").format(code=error.code))
    if error.request_id:
        parts.append(_("Request {id}.").format(id=error.request_id))
    return error.what, " ".join(sentence(part) for part in parts if part)
