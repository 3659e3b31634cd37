"""Counts what is sent and fetched for one account."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Told of one account's traffic, on any thread: notes it and returns at once."""

    def called(self, received: int) -> None:
        """A call went out, whatever came of it; its answer had so many bytes, unpacked."""

    def refused(self) -> None:
        """One of those calls was refused because of the vendor's rate or quota."""

    def fetched(self, received: int) -> None:
        """So many bytes of media or of a picture came."""


class Unmetered:
    """For traffic that is nobody's."""

    def called(self, received: int) -> None:
        """Nothing is noted."""

    def refused(self) -> None:
        """Nothing is noted."""

    def fetched(self, received: int) -> None:
        """Nothing is noted."""


UNMETERED: Meter = Unmetered()
