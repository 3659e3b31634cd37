"""What a player asks of whatever decodes: one medium, shown into memory. No libVLC here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class ByteSource(Protocol):
    """Bytes that libVLC reads as they come; `size` is the picture's, once bytes have come."""

    size: tuple[int, int] | None

    def read(self, size: int) -> bytes:
        """At most `size` bytes, waiting for the first; empty at the end and after `close`."""

    def close(self) -> None:
        """Ends a waiting `read`; safe to repeat, from any thread."""


@runtime_checkable
class SeekableSource(ByteSource, Protocol):
    """Bytes that can be read from anywhere."""

    def length(self) -> int | None:
        """How many there are; may wait until that is known, None where it never is."""

    def seek(self, position: int) -> None:
        """Goes to a byte; the next `read` begins there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """Pixels of one displayed picture (as in Frame), not changed as long as this is held."""

    width: int
    height: int
    stride: int
    data: memoryview
    address: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """What a deck opens; `start_ms` is where it is sought to as soon as it is open.

    `trust_times` tells that the time libVLC tells of it is exact (see FrameClock); `period` is the
    guess of seconds between pictures. Bytes of what is `live` come in their own time; others wait
    to be read.
    """

    address: str | ByteSource
    options: tuple[str, ...] = ()
    start_ms: float = 0.0
    trust_times: bool = True
    rate: float = 1.0
    period: float = 0.04
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeckStats:
    """What is known of a deck's medium; zero or empty where it is not."""

    width: int = 0
    height: int = 0
    frames_per_second: float = 0.0
    video: str = ""
    audio: str = ""
    decoded: int = 0
    lost: int = 0
    bytes_read: int = 0


class DeckEvents(Protocol):
    """Told by a deck, on the decoder's threads: note and return. `serial` is what `open` gave."""

    def on_picture(
        self,
        deck: Deck,
        serial: int,
        picture: Picture,
        media_ms: float | None,
        now: float,
        new: bool,
        landed: bool,
    ) -> None:
        """A picture was displayed at monotonic `now`; `media_ms` None: not to be shown.

        `new`: it differs from the one before. `landed`: it is the first of an `open` or `seek`.
        """

    def on_end(self, deck: Deck, serial: int) -> None:
        """The medium has come to its end."""

    def on_error(self, deck: Deck, serial: int) -> None:
        """The medium cannot be opened or played on."""


class Deck(Protocol):
    """Plays one medium at a time; commands may block and come from one thread."""

    def open(self, medium: Medium, *, audible: bool) -> int: ...

    # Goes to a media time; the picture that comes is expected to show `shows`, and with `check` to
    # be the one on screen.
    def seek(self, media_ms: float, shows: float, *, check: bool = False) -> None: ...

    def set_paused(self, paused: bool) -> None: ...

    # Pauses or goes on again, should it not do what it was told last.
    def insist(self) -> None: ...

    def set_rate(self, rate: float) -> None: ...

    # Shows the next pictures while paused; False where it would not be done.
    def next_frames(self, count: int) -> bool: ...

    def set_audible(self, audible: bool) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...

    def stats(self) -> DeckStats: ...

    @property
    def period(self) -> float: ...

    def set_period(self, seconds: float) -> None: ...

    @property
    def paused(self) -> bool: ...

    # Paused for so long that no picture comes out by itself.
    @property
    def still(self) -> bool: ...

    # The picture that landed may be that of the seek before.
    @property
    def doubtful(self) -> bool: ...

    # The picture that landed may be one from after the moment.
    @property
    def late(self) -> bool: ...
