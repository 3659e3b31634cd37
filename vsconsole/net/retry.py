"""When a failed call is made again, as data."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from vsconsole.domain.errors import ConsoleError, NetworkError, RateLimited


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how soon; seconds. A wait the server asks for beyond `patience` is an error.

    The wait doubles from `first` up to `longest`; `jitter` is the share of it left to chance, so
    that many clients do not come back together.
    """

    attempts: int = 3
    first: float = 0.4
    longest: float = 8.0
    jitter: float = 0.5
    patience: float = 20.0

    def delay(self, attempt: int, error: ConsoleError, *, idempotent: bool) -> float | None:
        """Seconds until attempt number `attempt` (from 1), which ended in `error`, is repeated.

        None where it must not be: not a passing trouble, tried often enough, or a call that may
        have happened and would happen twice.
        """
        if attempt >= self.attempts or not error.retryable:
            return None
        if not idempotent and not _never_happened(error):
            return None
        wait = min(self.longest, self.first * 2.0 ** (attempt - 1))
        wait *= 1 - self.jitter * random.random()
        if error.retry_after is not None:
            if error.retry_after > self.patience:
                return None
            wait = max(wait, error.retry_after)
        return wait


def _never_happened(error: ConsoleError) -> bool:
    return isinstance(error, NetworkError | RateLimited) and not error.may_have_happened


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the server asks to wait, given as seconds or as a date; None where it does not."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    when = http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """The instant in a Date header; None for anything unreadable."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return when if when.tzinfo is not None else None
