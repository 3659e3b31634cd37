"""Device playback over HTTP-FLV with pause, seek and scale on the server's side."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vsconsole.sandbox.media.encode import AccessUnit, cached_frames
from vsconsole.sandbox.media.flv import FlvWriter
from vsconsole.sandbox.media.scene import Profile, Scene

# Media sent ahead of its time after a start, seek or resume, as recorders do: the player's
# first picture does not wait for the pacing.
_LEAD_SECONDS = 0.25
_SLOWEST, _FASTEST = 0.1, 32.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """One frame to send: its group of pictures, the speed, and the seek it belongs to."""

    frame: int
    gop_first: int
    gop_end: int
    speed: float
    seek: int


class PlaybackFlv:
    """One playback session; thread-safe: `chunks` runs in the media request, control elsewhere.

    Tag time stamps are recording time in ms since `begin`: they jump at a seek (also back) and
    across gaps. `ranges` are the recorded epoch ranges; without them all of [begin, end) is.
    There is sound only at normal speed, as with real recorders.
    """

    def __init__(
        self,
        scene: Scene,
        begin: float,
        end: float,
        profile: Profile = "main",
        *,
        ranges: Sequence[tuple[float, float]] | None = None,
    ) -> None:
        self._scene = scene
        self._begin = begin
        self._end = end
        self._profile: Profile = profile
        self._spans = scene.frame_spans(begin, end, ranges)
        self._changed = threading.Condition()
        self._next = self._spans[0][0] if self._spans else None
        # Groups of pictures are counted from here: a seek begins a new one at its own frame.
        self._gop_base = self._next or 0
        self._seeks = 0
        self._speed = 1.0
        self._paused = False
        self._stopped = False
        self._wall_anchor = time.monotonic()
        self._media_anchor = begin

    def chunks(self) -> Iterator[bytes]:
        """The FLV stream, paced at `scale` times real time; ends after `end` or `stop`."""
        scene = self._scene
        writer = FlvWriter(scene, self._profile)
        sound = writer.sound
        with self._changed:
            self._anchor()
        yield writer.header(begin_ms=round(self.position * 1000))
        expected = -1
        heard = 0
        while step := self._take():
            unit = self._encoded(step)
            with self._changed:
                if self._seeks != step.seek or self._stopped:
                    continue
            seconds = scene.frame_seconds(unit.frame)
            parts = []
            if sound:
                if unit.frame != expected or step.speed != 1.0:
                    heard = sound.first_packet(seconds)
                while sound.packet_seconds(heard) < seconds:
                    stamp = self._stamp(sound.packet_seconds(heard))
                    parts.append(writer.audio(sound.packet(heard), stamp))
                    heard += 1
            parts.append(writer.video(unit, self._stamp(seconds)))
            expected = unit.frame + 1
            yield b"".join(parts)
        with self._changed:
            whole = not self._stopped
            self._stopped = True
        if whole and expected >= 0:
            yield writer.end(self._stamp(scene.frame_seconds(expected)))

    def pause(self) -> None:
        """Send nothing more until `resume`; the connection stays."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on from where `pause` stopped."""
        with self._changed:
            if self._paused:
                self._paused = False
                self._anchor()
                self._changed.notify_all()

    def seek(self, position_seconds: float) -> None:
        """Go on with a key frame at `position_seconds` since begin, or the next recorded one.

        Behind the last recording the stream ends. A paused stream stays paused.
        """
        with self._changed:
            wanted = self._scene.first_frame(self._begin + max(0.0, position_seconds))
            self._next = next(
                (max(first, wanted) for first, end in self._spans if wanted < end), None
            )
            self._gop_base = self._next or 0
            self._seeks += 1
            self._anchor()
            self._changed.notify_all()

    def scale(self, speed: float) -> None:
        """Deliver at `speed` times real time (0.25 to 8; ValueError outside 0.1 to 16)."""
        if not _SLOWEST <= speed <= _FASTEST:
            raise ValueError(f"speed out of range: {speed}")
        with self._changed:
            self._speed = float(speed)
            self._anchor()
            self._changed.notify_all()

    def stop(self) -> None:
        """End the stream; may be called again, from any thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    @property
    def position(self) -> float:
        """Seconds since begin of the next frame to send; the whole length at the end."""
        with self._changed:
            if self._next is None:
                return self._end - self._begin
            return self._scene.frame_seconds(self._next) - self._begin

    @property
    def paused(self) -> bool:
        """Whether `pause` holds the stream."""
        with self._changed:
            return self._paused

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called or the end was reached."""
        with self._changed:
            return self._stopped

    @property
    def speed(self) -> float:
        """The scale now."""
        with self._changed:
            return self._speed

    def _take(self) -> _Step | None:
        """The next frame when it is due; None at the end or after `stop`. Waits."""
        with self._changed:
            while True:
                if self._stopped or self._next is None:
                    return None
                if self._paused:
                    self._changed.wait()
                    continue
                ahead = self._scene.frame_seconds(self._next) - self._media_anchor - _LEAD_SECONDS
                due = self._wall_anchor + ahead / self._speed
                late = time.monotonic() - due
                if late < 0:
                    self._changed.wait(-late)
                    continue
                return self._advance(self._next)

    def _advance(self, frame: int) -> _Step:
        """The step for `frame`; moves on to the frame after it, over a gap if need be."""
        index = next(i for i, (first, end) in enumerate(self._spans) if first <= frame < end)
        span_end = self._spans[index][1]
        size = self._scene.gop_frames
        gop_first = frame - (frame - self._gop_base) % size
        step = _Step(
            frame=frame,
            gop_first=gop_first,
            gop_end=min(gop_first + size, span_end),
            speed=self._speed,
            seek=self._seeks,
        )
        if frame + 1 < span_end:
            self._next = frame + 1
        elif index + 1 < len(self._spans):
            self._next = self._gop_base = self._spans[index + 1][0]
            # The gap takes no time.
            self._media_anchor += self._scene.frame_seconds(self._next - frame - 1)
        else:
            self._next = None
        return step

    def _encoded(self, step: _Step) -> AccessUnit:
        units = cached_frames(self._scene, step.gop_first, step.gop_end, self._profile)
        return units[step.frame - step.gop_first]

    def _anchor(self) -> None:
        """Pace from here: the next frame is due now."""
        self._wall_anchor = time.monotonic()
        if self._next is not None:
            self._media_anchor = self._scene.frame_seconds(self._next)

    def _stamp(self, seconds: float) -> int:
        return max(0, round((seconds - self._begin) * 1000))
