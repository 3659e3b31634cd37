"""What the window knows of a player: commands that never wait, states, frames. No Qt, no libVLC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.playback import Clip, MediaSource


class PlayerState(StrEnum):
    """What a player is doing; `shows_picture` tells whether its last frame is still worth showing.

    SEEKING lasts from the order until the frame asked for is there. STALLED means no new frame for
    some seconds while playing: the player is reopening the stream by itself, once; then FAILED.
    ENDED means that nothing comes after the last frame.
    """

    IDLE = "idle"
    CONNECTING = "connecting"
    PLAYING = "playing"
    PAUSED = "paused"
    SEEKING = "seeking"
    ENDED = "ended"
    STALLED = "stalled"
    FAILED = "failed"

    @property
    def busy(self) -> bool:
        """True while the user waits for a picture."""
        return self in (PlayerState.CONNECTING, PlayerState.SEEKING, PlayerState.STALLED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One decoded picture: rows of `stride` bytes, four bytes a pixel (blue, green, red, unused).

    The pixels do not change as long as the frame is held; let go of it soon, its memory is reused.
    `number` rises by one with each frame of the player; `when` is the wall-clock time it shows,
    None where nobody knows (a live stream without a clock).
    """

    width: int
    height: int
    stride: int
    data: memoryview
    number: int
    when: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerStats:
    """What is known of the present media; zero or empty where it is not known yet.

    `delay` is how many seconds a live picture is behind the moment it shows, as far as can be told
    here (what the vendor needs before it sends is in none of it); `buffered` how many seconds of
    what has arrived are still to be shown. `speed_refused` is a speed that the device was asked
    for and does not play at. `frames_shown` counts pictures that differ from the one before;
    libVLC's own counts are about twice what comes out.
    """

    width: int = 0
    height: int = 0
    frames_per_second: float = 0.0
    video: str = ""
    audio: str = ""
    protocol: str = ""
    frames_shown: int = 0
    frames_lost: int = 0
    bytes_read: int = 0
    reopened: int = 0
    delay: float | None = None
    buffered: float | None = None
    speed_refused: float | None = None


class PlaybackSource(Protocol):
    """Where clips come from; its calls may block (network) and run on a player's thread.

    `domain.playback.Playback` is one. They raise members of `domain.errors` only.
    """

    def clip_at(self, when: datetime) -> Clip | None:
        """The clip that holds `when`; None in a gap."""

    def clip_after(self, when: datetime) -> Clip | None:
        """The first clip that begins after `when`; None after the last."""

    def clip_before(self, when: datetime) -> Clip | None:
        """The last clip that begins before `when`; None before the first."""


class PlayerListener(Protocol):
    """Told what happens, on any thread: note it, post it to your own thread, return at once."""

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        """The player's state is now `state`; `error` comes with FAILED, and only then."""

    def on_frame(self) -> None:
        """`Player.frame()` has a new frame."""

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        """Nothing is recorded at `asked` (a seek, or the end of a clip): playing from `shown`."""


class ForwardPlayer(Protocol):
    """One picture. Every command returns at once and is carried out in order on another thread.

    Of several seeks that wait only the newest is done. After `close` commands do nothing.
    """

    @property
    def state(self) -> PlayerState:
        """What was last told to the listener."""

    @property
    def error(self) -> ConsoleError | None:
        """Why the state is FAILED; None in any other."""

    @property
    def live(self) -> bool:
        """True from `play_live` until something else is played or stopped."""

    @property
    def speed(self) -> float:
        """The speed asked for; 1 after `play` and `play_live`."""

    @property
    def speeds(self) -> Sequence[float]:
        """The speeds `set_speed` takes for what is playing: the server's own where it steers."""

    @property
    def speed_measured(self) -> float | None:
        """Wall-clock seconds shown per second, over the last seconds; None until it is known."""

    @property
    def settled(self) -> bool:
        """False from an order until it is carried out, its picture there, or has failed."""

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        """Shows a live stream; `open` blocks, and is called again when the address has expired."""

    def switch_live(self, open: Callable[[], MediaSource]) -> None:
        """Another live stream in place of the one that plays, which stays until the new one's first
        picture, and plays on if that does not come; where none plays this is `play_live`.
        """

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        """Plays recordings from `at`, one clip into the next; `paused` shows its frame and waits.

        In a gap it goes to the next clip and tells `on_gap`; with none left the state is ENDED.
        """

    def seek(self, when: datetime) -> None:
        """Shows `when` of what `play` plays, and stays paused if it was; live ignores it."""

    def pause(self) -> None:
        """Holds the picture; live goes on from the newest at `resume`."""

    def resume(self) -> None:
        """Plays on."""

    def step(self, frames: int) -> None:
        """Pauses and goes one frame on (+1) or back (-1); repeated calls add up."""

    def set_speed(self, speed: float) -> None:
        """Plays at `speed`, one of `speeds`; another is taken to the nearest of them."""

    def trim(self, factor: float) -> None:
        """Runs at `factor` times its speed, 0.95 to 1.05, until it goes anywhere; 1 ends it.

        Nothing happens where the server sends at its own speed, and to a live picture.
        """

    def set_audible(self, audible: bool) -> None:
        """Lets the sound through; players start silent."""

    def position(self) -> datetime | None:
        """Wall-clock time of the frame on screen; None before the first, and where unknown."""

    def frame(self) -> Frame | None:
        """The newest frame of what is playing; None from `stop` or another `play` to its first."""

    def stats(self) -> PlayerStats:
        """Counters of the present media; cheap enough for a timer."""

    def stop(self) -> None:
        """Ends playing and the server's session; the state goes to IDLE."""

    def close(self) -> None:
        """`stop`, and gives back what the player holds; safe to repeat."""


class Player(ForwardPlayer, Protocol):
    """A player that can also play backwards what lies on disk."""

    def reverse(self, at: datetime, speed: float) -> None:
        """Makes ready to play backwards from `at`, `speed` (above 0) times as fast, and waits.

        `resume` lets it run, any other order ends it. Only what `play` plays from disk can;
        otherwise it fails with Unsupported. Where nothing is recorded it tells `on_gap`, and no
        picture comes until time has come back to what is; with nothing before the state is ENDED.
        """


class Engine(Protocol):
    """Makes players."""

    def player(self, listener: PlayerListener) -> Player:
        """A new player, silent and idle; PlayerMissing comes as a FAILED state at first play."""

    def close(self, wait: float = 2.0) -> None:
        """Closes every player and waits at most `wait` seconds for sessions to be ended."""
