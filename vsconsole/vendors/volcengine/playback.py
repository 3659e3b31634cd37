"""Device playback: a stream from the recorder, steered and ended by calls of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    Cancelled,
    InvalidInput,
    NotFound,
    Rejected,
    StreamUnavailable,
    TimedOut,
)
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.volcengine.endpoints.records import SPEEDS
from vsconsole.vendors.volcengine.mapping import wire

PLAY, PAUSE, SPEED, SEEK = range(4)
"""`Cmd` of ControlPlayback (docs/6521/1169968)."""

_STOP_PATIENCE = 5.0
_START_PATIENCE = 20.0
_OFFLINE_PATIENCE = 4.0
_FIRST_LOOK, _LONGEST_LOOK = 0.15, 1.0
# Both are required with every command; Ntp counts for a seek, Scale for a speed.
_NO_NTP = "0"


class DeviceStream:
    """One playback session; `stop` frees the recorder's place and is sent whatever happened.

    `stopped` is told once when the session has ended. Commands go out in the order they are given.
    """

    speeds: Sequence[float] = tuple(float(speed) for speed in SPEEDS)

    def __init__(
        self, client: Client, native: str, span: Span, stopped: Callable[[DeviceStream], None]
    ) -> None:
        self._client = client
        self._names = {"PlaybackID": native}
        self._span = span
        self._stopped = stopped
        self._lock = threading.Lock()
        self._ended = False
        self._held = False
        self._speed = 1.0
        self._fractions = True

    def wait_until_online(self) -> None:
        """Waits until the stream can be pulled; Cancelled, StreamUnavailable or TimedOut else."""
        begun = monotonic()
        pause = _FIRST_LOOK
        while True:
            status = wire.text(self._status().get("Status")).lower()
            if status == "online":
                return
            waited = monotonic() - begun
            # Offline is also what a session is before its first packet.
            patience = _OFFLINE_PATIENCE if status == "offline" else _START_PATIENCE
            if status in ("failed", "deleted") or (status == "offline" and waited > patience):
                raise StreamUnavailable(
                    _("The device did not start the playback."),
                    why=_("The vendor says: {status}.").format(status=status),
                    remedy=_("Check that the device is online, then try again."),
                )
            if waited > patience:
                raise TimedOut(
                    _("The device did not start the playback in time."),
                    remedy=_("It may be busy: try again in a moment."),
                )
            cancel.current().wait(pause)
            pause = min(pause * 1.5, _LONGEST_LOOK)

    def _status(self) -> wire.Raw:
        data = self._client.call("GetPlaybackStatus", self._names, urgent=True)
        return data if isinstance(data, dict) else {}

    def pause(self) -> None:
        """Holds the stream; nothing arrives until `resume` or `seek`."""
        with self._lock:
            self._command(PAUSE)
            self._held = True

    def resume(self) -> None:
        """Goes on from where the stream was held."""
        with self._lock:
            self._command(PLAY)
            self._held = False

    def seek(self, when: datetime) -> None:
        """Plays on from a moment inside the session's range, also when held before."""
        if not self._span.begin <= when <= self._span.end:
            raise InvalidInput(_("This moment is outside the recording."), field="time")
        with self._lock:
            # Assumed: the segment that Ntp counts from is the range the session was started with.
            self._seek((when - self._span.begin).total_seconds())
            if self._held:
                # Whether a held stream plays on after a seek is not told; one that does goes on.
                self._command(PLAY)
                self._held = False

    def _seek(self, seconds: float) -> None:
        """Ntp is text, as the play time of RTSP, which has fractions.

        Assumed: it may have them; should one be refused, whole seconds go from then on.
        """
        if self._fractions and seconds != int(seconds):
            try:
                self._command(SEEK, Ntp=f"{seconds:.3f}")
                return
            except Rejected as error:
                if not error.code.startswith("InvalidParameter"):
                    raise
                self._fractions = False
        self._command(SEEK, Ntp=str(round(seconds)))

    def set_speed(self, speed: float) -> None:
        """Plays at one of `speeds`; InvalidInput for another."""
        if speed not in self.speeds:
            raise InvalidInput(
                _("This speed is not offered."),
                field="speed",
                remedy=_("Choose one of {speeds}.").format(
                    speeds=", ".join(f"{one:g}" for one in self.speeds)
                ),
            )
        with self._lock:
            self._command(SPEED, Scale=speed)
            self._speed = speed

    def stop(self) -> None:
        """Ends the session; once it has ended, does nothing.

        Not called off with its work, but TimedOut after some seconds: a window that closes waits.
        """
        with self._lock:
            if self._ended:
                return
            token = cancel.CancelToken()
            limit = threading.Timer(_STOP_PATIENCE, token.cancel)
            limit.daemon = True
            limit.start()
            try:
                with cancel.bound(token):
                    self._client.call("StopPlayback", self._names, urgent=True)
            except NotFound:
                pass  # It has ended by itself.
            except Cancelled:
                raise TimedOut(
                    _("The device playback could not be ended in time."),
                    remedy=_("The device may be busy for a minute; then try again."),
                ) from None
            finally:
                limit.cancel()
            self._ended = True
        self._stopped(self)

    def _command(self, command: int, **more: Any) -> None:
        if self._ended:
            raise NotFound(_("The playback has ended."), remedy=_("Open the recording again."))
        params = {"Cmd": command, "Ntp": _NO_NTP, "Scale": self._speed, **more}
        self._client.call("ControlPlayback", {**self._names, **params}, urgent=True)
