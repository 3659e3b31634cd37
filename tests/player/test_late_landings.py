"""A picture that lands late for an earlier seek does not end the one that is under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.player.support import Watcher
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlayerState
from vsconsole.player.clip_player import ClipPlayer
from vsconsole.player.decks import Deck, DeckEvents, DeckStats, Medium, Picture

BEGIN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LATER = BEGIN + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(eq=False)
class HandDeck:
    """A deck that shows what the test lets it show."""

    events: DeckEvents
    opened: list[Medium] = field(default_factory=list)
    sought: list[float] = field(default_factory=list)
    paused: bool = False
    period: float = 0.04
    still: bool = False
    doubtful: bool = False
    late: bool = False

    def open(self, medium: Medium, *, audible: bool) -> int:
        self.opened.append(medium)
        return len(self.opened)

    def seek(self, media_ms: float, shows: float, *, check: bool = False) -> None:
        self.sought.append(media_ms)

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def insist(self) -> None: ...

    def set_rate(self, rate: float) -> None: ...

    def next_frames(self, count: int) -> bool:
        return False

    def set_audible(self, audible: bool) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...

    def stats(self) -> DeckStats:
        return DeckStats()

    def set_period(self, seconds: float) -> None: ...

    def lands(self, media_ms: float) -> None:
        """The first picture of what was opened or sought last."""
        self.shows(media_ms, landed=True)

    def shows(self, media_ms: float, *, new: bool = True, landed: bool = False) -> None:
        """A picture, or the last one once more; its first byte is its time."""
        pixels = memoryview(bytes([round(media_ms / 1000), 0, 0, 0]))
        shown = Picture(width=1, height=1, stride=4, data=pixels, address=0)
        serial = len(self.opened)
        self.events.on_picture(self, serial, shown, media_ms, time.monotonic(), new, landed)


class Table:
    """A player whose decks are driven by hand, and two recordings an hour apart."""

    def __init__(self, protocol: MediaProtocol = MediaProtocol.FILE) -> None:
        self._protocol = protocol
        self.decks: list[HandDeck] = []
        self.watcher = Watcher()
        self.player = ClipPlayer(self.watcher, self._made, None)
        clips = tuple(self._clip(begin) for begin in (BEGIN, LATER))
        span = Span(BEGIN, LATER + MINUTE)
        self.source = Playback(channel=Key("a", "c"), span=span, clips=clips)

    def _made(self, events: DeckEvents) -> Deck:
        self.decks.append(HandDeck(events))
        return self.decks[-1]

    def _clip(self, begin: datetime) -> Clip:
        address = f"http://127.0.0.1:9/{begin:%H}.mp4"
        media = MediaSource(url=address, protocol=self._protocol)
        return Clip.linear(Span(begin, begin + MINUTE), Store.CLOUD, lambda _when: media)

    def wait(self, seen: Callable[[], bool]) -> None:
        until = time.monotonic() + 10
        while not seen():
            assert time.monotonic() < until
            time.sleep(0.005)

    def done(self) -> None:
        """Waits until everything that was posted is done."""
        passed = threading.Event()
        self.player._commands.post(passed.set)
        assert passed.wait(10)


@pytest.fixture
def table() -> Iterator[Table]:
    made = Table()
    yield made
    made.player.close()
    made.player.join(5)


def playing(table: Table) -> HandDeck:
    """Plays second 10 of the first recording; the deck that does."""
    table.player.play(table.source, BEGIN + timedelta(seconds=10))
    table.wait(lambda: bool(table.decks and table.decks[0].opened))
    table.done()
    first = table.decks[0]
    first.lands(10_000)
    table.done()
    assert table.player.state is PlayerState.PLAYING
    return first


def test_what_lands_on_screen_does_not_end_the_opening_of_something_else(table: Table) -> None:
    first = playing(table)
    asked = LATER + timedelta(seconds=20)
    table.player.seek(asked)
    table.wait(lambda: len(table.decks) > 1 and bool(table.decks[1].opened))
    table.done()
    # The picture on screen was asked for once more before; now it lands.
    first.lands(10_000)
    table.done()
    assert table.player.state is PlayerState.SEEKING
    # What is being opened breaks off: the moment asked for is opened again, not the one on screen.
    second = table.decks[1]
    second.events.on_error(second, 1)
    table.done()
    again = [deck.opened[-1] for deck in table.decks if deck is not first or len(deck.opened) > 1]
    assert [(medium.address, medium.start_ms) for medium in again][-1] == (
        "http://127.0.0.1:9/09.mp4",
        pytest.approx(20_000, abs=200),
    )
    assert len(first.opened) == 1
    loading = table.player._slots.loading
    assert loading is not None
    assert isinstance(loading.deck, HandDeck)
    loading.deck.lands(20_000)
    table.done()
    assert table.player.state is PlayerState.PLAYING
    position = table.player.position()
    assert position is not None
    assert abs(position - asked) < timedelta(seconds=0.3)


def test_going_on_shows_the_pictures_that_came_until_the_pause_took_effect() -> None:
    table = Table(MediaProtocol.HLS)
    try:
        table.player.play(table.source, BEGIN + timedelta(seconds=10), paused=True)
        table.wait(lambda: bool(table.decks and table.decks[0].opened))
        deck = table.decks[0]
        deck.shows(9_000.0, landed=True)  # a little before the moment: from there it is sought
        table.done()
        deck.lands(10_000.0)
        table.done()
        for second in (11, 12):
            deck.shows(1000.0 * second)
        held = table.player.frame()
        assert held is not None
        assert (held.data[0], held.when) == (10, BEGIN + timedelta(seconds=10))
        table.player.resume()
        table.wait(lambda: table.player.state is PlayerState.PLAYING)
        deck.shows(12_000.0, new=False)
        gone_on = table.player.frame()
        assert gone_on is not None
        assert (gone_on.data[0], gone_on.when) == (12, BEGIN + timedelta(seconds=12))
        assert table.player.position() == gone_on.when
        deck.shows(12_000.0, new=False)
        assert table.player.frame() is gone_on
    finally:
        table.player.close()
        table.player.join(5)
