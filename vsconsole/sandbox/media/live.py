"""Live HTTP-FLV: one encoder per channel and profile, however many look at it."""

import threading
import time
from collections import deque
from collections.abc import Iterator

from vsconsole.sandbox.media.encode import AccessUnit, FrameEncoder
from vsconsole.sandbox.media.flv import FlvWriter
from vsconsole.sandbox.media.scene import HOME, Profile, Scene, ViewSource

# Kept for viewers that read slowly; one further behind than this goes on at a later key frame.
_KEPT_SECONDS = 4.0
# After so long with nobody looking the encoder starts anew instead of catching up.
_IDLE_SECONDS = 2.0


def live_flv(
    scene: Scene, profile: Profile, view: ViewSource | None, stop: threading.Event
) -> Iterator[bytes]:
    """FLV in real time until `stop` is set; header and a key frame at once, time stamps from 0.

    Pieces are whole tags. A viewer that reads too slowly skips to a later key frame.
    """
    channel = _channel(scene, profile)
    writer = FlvWriter(scene, profile)
    yield writer.header()
    origin: float | None = None
    heard = 0
    after = -1
    while not stop.is_set():
        units = channel.units_after(after, view)
        for unit in units:
            seconds = scene.frame_seconds(unit.frame)
            sound = writer.sound
            if origin is None:
                origin = seconds
                heard = sound.first_packet(seconds) if sound else 0
            elif unit.frame != after + 1:
                heard = sound.first_packet(seconds) if sound else 0
                if unit.frame <= after:
                    # The clock was set back; time stamps of a stream never are.
                    origin -= scene.frame_seconds(after + 1) - seconds
            parts = []
            while sound and sound.packet_seconds(heard) < seconds:
                stamp = round((sound.packet_seconds(heard) - origin) * 1000)
                parts.append(writer.audio(sound.packet(heard), stamp))
                heard += 1
            parts.append(writer.video(unit, round((seconds - origin) * 1000)))
            after = unit.frame
            yield b"".join(parts)
        due = scene.frame_seconds(after + 1)
        # Never longer than a frame, whatever happens to the clock meanwhile.
        stop.wait(min(1 / scene.fps, max(0.001, due - time.time())))


class _LiveChannel:
    """The newest frames of one channel and profile.

    There is no thread: whoever needs the next frame first makes it for all, so nothing runs
    when nobody looks.
    """

    def __init__(self, scene: Scene, profile: Profile) -> None:
        self._scene = scene
        self._profile = profile
        self._lock = threading.Lock()
        self._encoder: FrameEncoder | None = None
        self._next = 0
        self._used = time.monotonic()
        # At least one key frame with all after it must be here for whoever comes.
        kept = max(round(_KEPT_SECONDS * scene.fps), 2 * scene.gop_frames)
        self._units: deque[AccessUnit] = deque(maxlen=kept)

    def idle(self) -> bool:
        """Whether nobody has asked for long enough that the encoder would start anew."""
        return time.monotonic() - self._used > _IDLE_SECONDS

    def units_after(self, frame: int, view: ViewSource | None) -> list[AccessUnit]:
        """The frames that are due and come after `frame`; from a key frame on when `frame` is
        -1 or no longer kept."""
        scene = self._scene
        with self._lock:
            self._used = time.monotonic()
            # Frame k is due when its time has come: live is never ahead of the clock.
            due = int(time.time() * scene.fps)
            behind = due - self._next
            # Nobody looked for a while, or the clock was set back: begin anew, now.
            if behind > _IDLE_SECONDS * scene.fps or behind < -scene.fps:
                self._encoder = None
            if self._encoder is None:
                self._encoder = FrameEncoder(scene, self._profile)
                self._units.clear()
                self._next = due
            while self._next <= due:
                self._units.append(self._encoder.encode(self._next, view() if view else HOME))
                self._next += 1
            kept = list(self._units)
        if kept and kept[0].frame <= frame + 1 <= kept[-1].frame + 1:
            return [unit for unit in kept if unit.frame > frame]
        keys = [number for number, unit in enumerate(kept) if unit.key]
        return kept[keys[-1] :] if keys else []


_CHANNELS: dict[tuple[Scene, Profile], _LiveChannel] = {}
_CHANNELS_LOCK = threading.Lock()


def _channel(scene: Scene, profile: Profile) -> _LiveChannel:
    """The shared channel; forgets those that nobody looks at, as each holds an encoder."""
    with _CHANNELS_LOCK:
        for key in [key for key, channel in _CHANNELS.items() if channel.idle()]:
            del _CHANNELS[key]
        return _CHANNELS.setdefault((scene, profile), _LiveChannel(scene, profile))
