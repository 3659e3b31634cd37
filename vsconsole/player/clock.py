"""Which media time a picture shows: libVLC tells none with its pictures, so it is worked out."""

from __future__ import annotations

from collections import deque
from statistics import median

_SAME = 0.2
"""Seconds after which a picture equal to the one before the seek is taken as its result."""

_EQUAL = 1.0
"""Seconds from the decoder's word until an equal picture counts: libVLC repeats the old one while
its output waits for the new one's turn."""

_NO_SIGN = 0.6
"""Seconds from the first new data after a seek until pictures count without the decoder's word."""

_AWAKE = 0.008
"""Seconds from then until libVLC shows the first of them: its output needs them to wake up."""

_STILL = 0.3
"""Seconds after the order to pause until no picture comes out any more."""

_LONGEST_PERIOD = 0.5
"""Seconds from one picture to the next, at most, as long as nothing is known of their rate."""

_PATIENCE = 3.0
"""Seconds after which a picture is taken as the result of a seek whatever the signs.

One equal to the one before is none as long as no data of the new place has come, and while libVLC
plays three times as long: it repeats the old one.
"""


class FrameClock:
    """Media milliseconds of each displayed picture of one opened medium.

    libVLC 3 displays a picture at the moment its time has come, and tells its time four times a
    second, exactly at the moment of the event. With `trust` that gives the time of a picture to a
    millisecond. The adaptive (HLS) demuxer tells its time once a second and too early, so without
    `trust` pictures are counted from the last seek on, by the time between them. Those whose turn
    was over when they came it throws away, and says so (`dropped`): they count, too.

    Old pictures come out for a while after the order to seek. The first picture of the new place is
    the first new one after the decoder said that it has it (`decoded`): it says so after it has had
    the old ones thrown away, and before it hands on the new one. It says so once an order: where an
    old picture of a file was in the decoder and took the word (`spent`), the first new one after
    the buffers are full counts. A libVLC that is paused does not say it; there the first new
    picture counts, because no other comes out (`still`).

    All moments are monotonic seconds; calls come from libVLC's threads one at a time, guarded by
    the deck.
    """

    def __init__(self, *, trust: bool, period: float = 0.04) -> None:
        self._trust = trust
        self._given_period = period
        self._period_given = False
        self._gaps: deque[float] = deque(maxlen=15)
        self._rate = 1.0
        self._paused = False
        self._anchor: tuple[float, float] | None = None
        self._shown: tuple[float, float] | None = None
        self._since_seek = 0
        self._target: float | None = None
        self._fresh = False
        self._issued = 0.0
        self._emptied = False
        self._heard = False
        self._resets = 0
        self._checking = False
        self._dropped = 0
        self._filled: float | None = None
        self._decoded: float | None = None
        self._spent = False
        self._late = False
        self._passed = 0
        self._told_waiting: tuple[float, float] | None = None
        self._first_step: float | None = None
        self._paused_at = 0.0
        self._doubtful = False

    @property
    def waiting(self) -> bool:
        """True from a seek to its first picture."""
        return self._target is not None

    @property
    def fills(self) -> bool:
        """Whether it is known that data comes, so that more of it tells nothing."""
        return self._target is None or self._filled is not None

    @property
    def period(self) -> float:
        """Seconds from one picture to the next: as the stream says, unless that is far off."""
        if len(self._gaps) < 5:
            return self._given_period
        measured = median(self._gaps)
        near = abs(measured - self._given_period) < 0.2 * self._given_period
        return self._given_period if near else measured

    @property
    def period_known(self) -> bool:
        """Whether `period` is more than a guess."""
        return self._period_given or len(self._gaps) >= 5

    @property
    def paused(self) -> bool:
        """Whether libVLC was last told to pause."""
        return self._paused

    @property
    def checking(self) -> bool:
        """Whether the last seek only checks what is on screen."""
        return self._checking

    @property
    def doubtful(self) -> bool:
        """Whether the last seek was ordered before the one before it had its picture.

        What was taken for its first picture can then be that of the other.
        """
        return self._doubtful

    @property
    def late(self) -> bool:
        """Whether the last picture that landed did so for want of a sign, so perhaps too late."""
        return self._late

    def still(self, now: float) -> bool:
        """Whether libVLC has been paused for so long that no picture comes out by itself."""
        settled = self._target is None or self._checking
        return self._paused and settled and now - self._paused_at > _STILL

    def set_period(self, seconds: float) -> None:
        """What the stream says about its frame rate."""
        self._given_period, self._period_given = seconds, True
        if self._first_step is not None and self._shown is not None:
            # Until now the second picture was taken to be that far from the first.
            wrong, self._first_step = seconds - self._first_step, None
            self._shown = (self._shown[0], self._shown[1] + wrong * 1000)

    def opened(self, media_ms: float, now: float) -> None:
        """A new medium was opened so that its first picture shows `media_ms`."""
        self.seek(media_ms, now)
        self._fresh, self._doubtful = True, False

    def seek(self, media_ms: float, now: float, *, check: bool = False) -> None:
        """libVLC was told to go somewhere; its next picture shows `media_ms`.

        With `check` it is there already, as far as is known: an equal picture goes on counting.
        """
        self._doubtful = self._target is not None
        self._checking, self._resets = check, 0
        self._target, self._issued, self._fresh = media_ms, now, False
        self._emptied, self._filled, self._decoded, self._passed = False, None, None, 0
        self._heard = self._spent = False
        self._told_waiting = self._first_step = None
        self._dropped = 0
        self._anchor = None

    def buffering(self, percent: float, now: float) -> None:
        """libVLC's buffers are `percent` full; at 0 it has thrown away what was from before."""
        if self._target is None:
            return
        if percent <= 0:
            self._emptied, self._filled, self._decoded, self._passed = True, None, None, 0
            self._resets += 1
        elif self._emptied and self._filled is None:
            self._filled = now

    def decoded(self, now: float) -> None:
        """The decoder has the first picture since its data was thrown away."""
        # The first emptying is the order's, and pictures that are being decoded still pass by it;
        # the second comes with the first data of the new place.
        if self._resets >= 2:
            self._decoded = now
        elif self._resets == 1:
            self._spent = True

    def set_paused(self, paused: bool, now: float) -> None:
        if paused and not self._paused:
            self._paused_at = now
        self._paused = paused
        self._anchor = None

    def set_rate(self, rate: float) -> None:
        self._rate = rate
        self._anchor = None

    def told(self, media_ms: float, now: float) -> None:
        """libVLC says that the media time is `media_ms` now."""
        # The first such event of a seek comes from the order itself, not from the stream.
        if self._target is not None and self._resets >= 2:
            self._heard = True
            if self._filled is not None:
                self._told_waiting = (now, media_ms)
        # At the end of the data libVLC tells the same time again while the last pictures come out.
        again = self._anchor is not None and self._anchor[1] == media_ms
        if self._trust and self._target is None and not self._paused and not again:
            self._anchor = (now, media_ms)

    def picture(self, now: float, new: bool) -> float | None:
        """Media milliseconds of a picture displayed now; None for one from before the seek.

        `new` is False where it equals the one before: libVLC repeats a picture when it has none.
        """
        if self._target is not None:
            if not self._lands(now, new):
                self._passed += new and self._decoded is not None
                if not self._checking or self._shown is None or new:
                    return None
                if now - self._issued > _SAME:
                    self._target = None
                return self._shown[1]
            self._shown, self._target, self._since_seek = (now, self._landed_at(now)), None, 0
            return self._shown[1]
        if self._shown is None:
            start = self._told_at(now)
            self._shown = (now, 0.0 if start is None else start)
            return self._shown[1]
        then, last = self._shown
        told = self._told_at(now)
        if not new:
            # A still scene gives equal pictures too: after a while the clock is believed.
            if told is not None and now - then > 0.5 and told > last:
                self._shown = (now, told)
            return self._shown[1]
        elapsed = (now - then) * self._rate
        self._since_seek += 1
        if self._paused or self._since_seek == 1:
            guess = last + self.period * 1000
            if not self.period_known and not self._trust:
                self._first_step = self.period
        else:
            if elapsed <= (3 * self.period if self.period_known else _LONGEST_PERIOD):
                self._gaps.append(elapsed)
                guess = last + elapsed * 1000
            else:
                # Nothing came for a while: this one follows what came then and was thrown away.
                guess = last + (1 + self._dropped) * self.period * 1000
        if told is not None and not self._paused:
            # Right after a start the first picture stays longer than its turn, so going by the
            # clock may mean going back by less than a picture; more than that is a jump.
            guess = told if told > last or last - told > 500 else last
        self._shown, self._dropped = (now, guess), 0
        return guess

    def dropped(self) -> None:
        """libVLC has thrown away the next picture, because its turn was over."""
        self._dropped += 1

    def _told_at(self, now: float) -> float | None:
        if self._anchor is None:
            return None
        return self._anchor[1] + (now - self._anchor[0]) * 1000 * self._rate

    def _landed_at(self, now: float) -> float:
        """The time of the picture that landed: the target's, unless libVLC has told better."""
        assert self._target is not None
        if not self._trust or self._paused:
            return self._target
        if self._told_waiting is None:
            # Those before it were not known to be of the new place, but they were.
            return self._target + 1000 * self._passed * self.period
        then, media_ms = self._told_waiting
        told = media_ms + (now - then) * 1000 * self._rate
        return told if told - self._target > 2000 * self.period else self._target

    def _lands(self, now: float, new: bool) -> bool:
        waited = now - self._issued
        patience = _PATIENCE if new or self._paused else 3 * _PATIENCE
        came = new or self._filled is not None
        self._late = not self._fresh and came and waited > patience
        if self._fresh or self._late:
            return True
        if self._paused:
            return self._emptied and new
        if self._decoded is not None:
            # A picture that was in the decoder during the order may pass for its first one; the
            # stream's own time is told between that and the first real one.
            sure = not self._trust or self._heard
            return (new and sure) or now - self._decoded > (_SAME if new else _EQUAL)
        at_once = self._spent and self._trust
        self._late = not at_once
        wait = _AWAKE if at_once else _NO_SIGN
        return new and self._filled is not None and now - self._filled > wait
