"""Pictures for every face: addresses that expire, live streams, playback sessions, files."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from vsconsole.sandbox.wire import FileBody
from vsconsole.sandbox.world import Camera, Pose, Range, World

if TYPE_CHECKING:
    from vsconsole.sandbox.media import LiveHls, PlaybackFlv, Scene, View

Profile = Literal["main", "sub"]
Answer = Literal["valid", "wrong", "expired"]
SegmentUri = Callable[[int, float, float, float], str]
"""Index, begin, seconds and stamp of a segment to its address."""


@dataclass(kw_only=True, slots=True)
class PlaybackSession:
    """One device playback: what was asked, what was commanded, and how it ended.

    `commands` are (action, position or None, scale or None) in the order they came. `stopped`
    says the client sent stop; `opened` and `closed` count connections to its stream.
    """

    id: str
    camera: Camera
    begin: int
    end: int
    profile: Profile
    created: float
    ranges: Sequence[Range] = ()
    stream: PlaybackFlv | None = None
    commands: list[tuple[str, float | None, float | None]] = field(default_factory=list)
    stopped: bool = False
    opened: int = 0
    closed: int = 0


class Streams:
    """Media of one world; thread-safe. Media code is loaded with the first picture."""

    def __init__(self, world: World, lifetime: float | None = None) -> None:
        """Serve one world; nothing that ends lives longer than `lifetime` seconds, if given."""
        self.world = world
        self.lifetime = lifetime
        self.sessions: dict[str, PlaybackSession] = {}
        self._key = hashlib.sha256(f"media/{world.seed}/{world.born}".encode()).digest()
        self._ending = threading.Event()
        self._guard = threading.Lock()
        self._live_hls: dict[tuple[str, Profile], LiveHls] = {}

    # Addresses

    def life(self, seconds: float) -> float:
        """How long something lives that the vendor lets live `seconds`."""
        return seconds if self.lifetime is None else min(seconds, self.lifetime)

    def token(self, path: str, fields: Mapping[str, object], seconds: float) -> str:
        """Proof that an address was given out, good for its life of `seconds` from now."""
        last = int(self.world.now() + self.life(seconds))
        return f"{last:x}.{self._proof(path, fields, last)}"

    def check(self, path: str, fields: Mapping[str, object], token: str) -> Answer:
        """Whether the token belongs to the path and fields, and still counts."""
        try:
            last = int(token.partition(".")[0], 16)
        except ValueError:
            return "wrong"
        # Compared as a whole, so that no other way to write the same number passes.
        expected = f"{last:x}.{self._proof(path, fields, last)}"
        if not hmac.compare_digest(token.encode(), expected.encode()):
            return "wrong"
        return "expired" if self.world.now() >= last else "valid"

    def _proof(self, path: str, fields: Mapping[str, object], last: int) -> str:
        text = "\n".join([path, *(f"{k}={fields[k]}" for k in sorted(fields)), f"{last:x}"])
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]

    # Live

    def live_flv(self, camera: Camera, profile: Profile) -> Iterator[bytes]:
        """FLV until the viewer leaves or the sandbox stops; counted as a viewer meanwhile."""
        from vsconsole.sandbox import media

        left = threading.Event()
        pieces = media.live_flv(self.scene(camera), profile, lambda: view_of(camera), left)
        with self.world.lock:
            camera.viewers += 1
        try:
            for piece in pieces:
                if self._ending.is_set() or not self.is_on(camera):
                    return
                yield piece
        finally:
            left.set()
            with self.world.lock:
                camera.viewers -= 1

    def is_on(self, camera: Camera) -> bool:
        """Whether a camera can send a picture now."""
        with self.world.lock:
            device = self.world.devices.get(camera.device_id)
            return device is not None and device.status == "online" and camera.online

    def live_hls(self, camera: Camera, profile: Profile) -> LiveHls:
        """The sliding window of a camera, shared by all viewers."""
        from vsconsole.sandbox import media

        with self._guard:
            key = (camera.id, profile)
            if key not in self._live_hls:
                self._live_hls[key] = media.LiveHls(
                    self.scene(camera), profile, lambda: view_of(camera), now=self.world.now
                )
            return self._live_hls[key]

    # Recordings

    def playlist(self, camera: Camera, ranges: Sequence[Range], uri: SegmentUri) -> str:
        """The VOD playlist of a camera over recorded ranges."""
        from vsconsole.sandbox import media

        spans = [(float(r.begin), float(r.end)) for r in ranges]
        return media.hls_playlist(self.scene(camera), spans, uri, program_date_time=False)

    def segment(
        self, camera: Camera, begin: float, seconds: float, stamp: float, profile: Profile
    ) -> bytes:
        """One MPEG-TS piece of a recording; ValueError when it has no frame."""
        from vsconsole.sandbox import media

        return media.ts_segment(self.scene(camera), begin, seconds, stamp, profile)

    def file(
        self, camera: Camera, ranges: Sequence[Range], file_type: Literal["mp4", "ts"]
    ) -> FileBody:
        """Recorded ranges as one file; ValueError when they have no frame."""
        from vsconsole.sandbox import media

        spans = [(float(r.begin), float(r.end)) for r in ranges]
        path = media.recording_file(
            self.scene(camera), spans[0][0], spans[-1][1], file_type, ranges=spans
        )
        return FileBody(path=path)

    def still(self, camera: Camera, when: float) -> bytes:
        """A PNG of a camera at an epoch second."""
        from vsconsole.sandbox import media

        return media.still(self.scene(camera), when, media.HOME)

    # Device playback

    def open_session(
        self, camera: Camera, begin: int, end: int, profile: Profile, ranges: Sequence[Range]
    ) -> PlaybackSession:
        """A new session that plays when its stream is first fetched."""
        session = PlaybackSession(
            id=self.world.fresh_id("session"),
            camera=camera,
            begin=begin,
            end=end,
            profile=profile,
            created=self.world.now(),
            ranges=ranges,
        )
        with self._guard:
            self.sessions[session.id] = session
        return session

    def play(self, session: PlaybackSession) -> Iterator[bytes]:
        """The session's stream from its beginning; a later connection takes over."""
        stream = self._stream(session, anew=session.opened > 0)
        session.opened += 1
        try:
            for piece in stream.chunks():
                if self._ending.is_set():
                    return
                yield piece
        finally:
            session.closed += 1
            stream.stop()

    def control(
        self, session: PlaybackSession, action: str, position: float | None, scale: float | None
    ) -> None:
        """Play, pause or stop, with a jump or a speed; KeyError when the session has ended."""
        if session.stopped:
            raise KeyError(session.id)
        session.commands.append((action, position, scale))
        stream = self._stream(session)
        if action == "stop":
            session.stopped = True
            stream.stop()
            return
        if position is not None:
            stream.seek(position)
        if scale is not None:
            stream.scale(scale)
        if action == "pause":
            stream.pause()
        else:
            stream.resume()

    def _stream(self, session: PlaybackSession, *, anew: bool = False) -> PlaybackFlv:
        from vsconsole.sandbox import media

        with self._guard:
            if session.stream is not None and anew:
                session.stream.stop()
            if session.stream is None or anew:
                session.stream = media.PlaybackFlv(
                    self.scene(session.camera),
                    session.begin,
                    session.end,
                    session.profile,
                    ranges=[(float(r.begin), float(r.end)) for r in session.ranges],
                )
            return session.stream

    def scene(self, camera: Camera) -> Scene:
        """What the media part needs to know about a camera."""
        from vsconsole.sandbox import media

        return media.Scene(
            channel=camera.number,
            name=camera.name,
            codec=camera.picture.codec,
            audio=camera.picture.audio,
            flv_hevc=camera.picture.flv_hevc,
            clock=camera.picture.clock,
        )

    def open(self) -> None:
        """Let streams run, also after `close`."""
        self._ending.clear()

    def close(self) -> None:
        """End all streams."""
        self._ending.set()
        with self._guard:
            running = [s.stream for s in self.sessions.values() if s.stream is not None]
        for stream in running:
            stream.stop()


def view_of(camera: Camera) -> View:
    """The pose in the media part's words."""
    from vsconsole.sandbox import media

    pose: Pose = camera.pose
    return media.View(
        pan=pose.pan, tilt=pose.tilt, zoom=pose.zoom, focus=pose.focus, iris=pose.iris
    )
