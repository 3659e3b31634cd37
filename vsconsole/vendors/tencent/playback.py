"""Device playback: a stream from the recorder, steered and ended by calls of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled, InvalidInput, NotFound, TimedOut
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.net.client import Client

_PATIENCE = 5.0


class DeviceStream:
    """One playback session; `stop` frees the recorder's place and is sent whatever happened.

    `stopped` is told once when the session has ended. Commands go out in the order they are given.
    """

    speeds: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

    def __init__(
        self,
        client: Client,
        channel: str,
        session: str,
        span: Span,
        stopped: Callable[[DeviceStream], None],
    ) -> None:
        self._client = client
        self._names = {"ChannelId": channel, "Session": session}
        self._span = span
        self._stopped = stopped
        self._lock = threading.Lock()
        self._ended = False

    def pause(self) -> None:
        """Holds the stream; nothing arrives until `resume` or `seek`."""
        self._command("pause")

    def resume(self) -> None:
        """Goes on from where the stream was held."""
        self._command("play")

    def seek(self, when: datetime) -> None:
        """Plays on from a moment inside the session's range, also when held before."""
        if not self._span.begin <= when <= self._span.end:
            raise InvalidInput(_("This moment is outside the recording."), field="time")
        self._command("play", Pos=int((when - self._span.begin).total_seconds()))

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
        self._command("play", Scale=speed)

    def stop(self) -> None:
        """Ends the session; once it has ended, does nothing.

        Not called off with its work, but TimedOut after some seconds: a window that closes waits.
        """
        with self._lock:
            if self._ended:
                return
            token = cancel.CancelToken()
            limit = threading.Timer(_PATIENCE, token.cancel)
            limit.daemon = True
            limit.start()
            try:
                with cancel.bound(token):
                    self._send("stop")
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

    def _command(self, action: str, **more: float) -> None:
        with self._lock:
            if self._ended:
                raise NotFound(_("The playback has ended."), remedy=_("Open the recording again."))
            self._send(action, **more)

    def _send(self, action: str, **more: float) -> None:
        self._client.call(
            "control_recordctl", {**self._names, "Action": action, **more}, urgent=True
        )
