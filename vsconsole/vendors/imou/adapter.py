"""One Imou application: what the console asks, in the vendor's calls."""

from __future__ import annotations

import logging
import secrets as randomness
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from vsconsole.domain import cancel
from vsconsole.domain.capabilities import (
    Events,
    Inventory,
    Live,
    Presets,
    Ptz,
    PtzMove,
    PtzStyle,
    RawCalls,
    RecordDays,
    Records,
)
from vsconsole.domain.errors import (
    Conflict,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    StreamUnavailable,
    Unsupported,
)
from vsconsole.domain.model import (
    Account,
    Channel,
    Event,
    Key,
    Node,
    Preset,
    Status,
    Store,
    StreamProfile,
)
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Segment, Span
from vsconsole.i18n import _
from vsconsole.net.answers import needs_same
from vsconsole.net.client import Client, Unsigned
from vsconsole.net.pacing import Pacer
from vsconsole.net.redact import redact_params
from vsconsole.net.transport import Transport
from vsconsole.vendors.imou import mapping, presets, signer
from vsconsole.vendors.imou.codes import ASLEEP, LIVE_EXISTS, LIVE_MISSING, NO_RIGHT_TO_CALL
from vsconsole.vendors.imou.endpoints import ENDPOINTS, LOGIN, ZONE
from vsconsole.vendors.imou.endpoints.video import STOP
from vsconsole.vendors.imou.events import EventLog
from vsconsole.vendors.imou.mapping import Place
from vsconsole.vendors.imou.presets import PresetBook
from vsconsole.vendors.imou.records import Recordings
from vsconsole.vendors.imou.session import ACCESS_TOKEN, LoggedInClient, Session
from vsconsole.vendors.imou.wire import SECRET_FIELDS, Raw, payload, rows

T = TypeVar("T")

SERVER = "https://openapi.lechange.cn"

CONCURRENT = 10
"""Connections that the vendor's own client opens to a server at most."""

MOVE_SECONDS = 1.0
"""How long one PTZ call moves; clients of the vendor's use 0.2 to 1 second."""

# A battery camera needs some seconds; seconds to wait before each further try.
_WAKING = (1.0, 2.0, 3.0, 4.0)
_STAYS_AWAKE = 20.0

_MOVES = {
    PtzMove.UP: "0",
    PtzMove.DOWN: "1",
    PtzMove.LEFT: "2",
    PtzMove.RIGHT: "3",
    PtzMove.LEFT_UP: "4",
    PtzMove.LEFT_DOWN: "5",
    PtzMove.RIGHT_UP: "6",
    PtzMove.RIGHT_DOWN: "7",
    PtzMove.ZOOM_IN: "8",
    PtzMove.ZOOM_OUT: "9",
}
# What one way to a live picture ends in where another may still lead there.
_OTHER_WAY = (Unsupported, PermissionDenied, StreamUnavailable)

_log = logging.getLogger(__name__)


class Context(Protocol):
    """What this adapter needs of the registry's context."""

    @property
    def transport(self) -> Transport: ...
    @property
    def calls_per_second(self) -> float: ...
    @property
    def concurrent(self) -> int: ...


class ImouAdapter(Inventory, Live, Records, RecordDays, Ptz, Presets, Events, RawCalls):
    """Blocking and synchronous; safe from several threads."""

    ptz_style = PtzStyle(steps=False, longest=MOVE_SECONDS)
    ptz_moves = frozenset(_MOVES)
    preset_indexes = presets.INDEXES
    preset_names = True
    # A question for events is three calls, and an unpublished app has 30,000 a month.
    event_pause = 60.0

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        self._credentials = signer.Credentials(
            app_id=account.options["app_id"], app_secret=secrets["app_secret"]
        )
        server = account.options.get("server", SERVER)
        concurrent = min(context.concurrent, CONCURRENT)
        shared: dict[str, Any] = {
            "sign": self._sign,
            "build": signer.build,
            "read": payload,
            "transport": context.transport,
            "pacer": Pacer(context.calls_per_second, concurrent=concurrent),
            "workers": concurrent,
        }
        # A client of its own, because a login that is refused must not lead to another one.
        login = Client(server=lambda: self._session.server, endpoints=LOGIN, **shared)
        self._session = Session(
            server, lambda: mapping.grant(login.call(ACCESS_TOKEN, urgent=True))
        )
        self._client = LoggedInClient(self._session, endpoints=ENDPOINTS, **shared)
        self._recordings = Recordings(self._client, self._awake)
        self._events = EventLog(self._client)
        self._presets = PresetBook(self._client)
        self._lock = threading.Lock()
        self._woken: dict[str, float] = {}
        self._refused: set[tuple[str, str]] = set()

    def _sign(self, request: Unsigned, when: datetime) -> Unsigned:
        login = request.path.endswith(f"/{ACCESS_TOKEN}")
        return signer.sign(
            request,
            self._credentials,
            when,
            nonce=randomness.token_hex(16),
            ident=str(uuid.uuid4()),
            token="" if login else self._session.token,
        )

    def verify(self) -> None:
        """Logs in where that was not done, and asks for one device."""
        self._client.call("listDeviceDetailsByPage", {"page": 1, "pageSize": 1})

    def close(self) -> None:
        """Nothing stays open at the vendor: live addresses are the account's, not the program's."""

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Pages of devices with their channels; what hangs on a gateway comes after it."""
        seen: set[Key] = set()
        waiting: list[Raw] = []
        listed: list[Raw] = []
        for page in self._client.pages(
            "listDeviceDetailsByPage",
            {},
            rows=lambda data: rows(data, "deviceList"),
            # `count` is the size of the page: where one comes empty that should not be, so many
            # are missing.
            total=lambda data: mapping.total_after(data, "deviceList", len(listed)),
            ident=mapping.device_ident,
        ):
            listed.extend(page)
            waiting += page
            batch = list(self._ready(waiting, seen, last=False))
            if batch:
                yield batch
        batch = list(self._ready(waiting, seen, last=True))
        if batch:
            yield batch

    def _ready(self, waiting: list[Raw], seen: set[Key], *, last: bool) -> Iterator[Node]:
        """Takes out of `waiting` what has no parent or one that was seen; at `last` everything."""
        progress = True
        while progress:
            progress = False
            for raw in list(waiting):
                above = mapping.parent_of(raw)
                parent = mapping.device_key(self.account.id, above) if above else None
                if parent is not None and parent not in seen:
                    continue
                waiting.remove(raw)
                progress = True
                yield from self._with_channels(raw, parent, seen)
            if last and waiting and not progress:
                # The gateway is another account's.
                progress = True
                yield from self._with_channels(waiting.pop(0), None, seen)

    def _with_channels(self, raw: Raw, parent: Key | None, seen: set[Key]) -> Iterator[Node]:
        device = mapping.device(self.account.id, raw, parent)
        seen.add(device.key)
        yield device
        for channel in mapping.channels(device, raw, self.account.options.get("zone") or ZONE):
            if channel.key not in seen:
                seen.add(channel.key)
                yield channel

    # Live

    def live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """FLV, HLS where that is refused, RTSP where the device is only shared."""
        stream = mapping.SUB if profile is StreamProfile.SUB else mapping.MAIN
        return self._awake(channel, lambda: self._live(channel, stream))

    def _live(self, channel: Channel, stream: int) -> MediaSource:
        place = mapping.place_of(channel.key)
        errors: dict[str, ConsoleError] = {}
        for name, ask in (
            ("createDeviceFlvLive", self._live_flv),
            ("bindDeviceLive", self._live_hls),
            ("getStreamUrl", self._live_rtsp),
        ):
            if {(name, place.device), (name, "")} & self._refused:
                continue
            try:
                return ask(place, stream)
            except _OTHER_WAY as error:
                _log.info("no live picture by %s: %s", name, error.code or type(error).__name__)
                errors[name] = error
                if error.code in NO_RIGHT_TO_CALL:
                    self._refused.add((name, ""))
                elif isinstance(error, Unsupported) and error.code:
                    self._refused.add((name, place.device))
        if not errors:
            raise Unsupported(
                _("This device gives no live picture to other programs."),
                remedy=_("Use the vendor's app."),
            )
        # HLS is the way that every device is said to have: what it lacks tells most.
        raise errors.get("bindDeviceLive") or next(iter(errors.values()))

    def _live_flv(self, place: Place, stream: int) -> MediaSource:
        try:
            data = self._client.call(
                "createDeviceFlvLive", {**place.params, "type": "realTime"}, urgent=True
            )
        except Conflict as error:
            if error.code != LIVE_EXISTS:
                raise
            data = self._client.call("queryDeviceFlvLive", place.params, urgent=True)
        return MediaSource(url=mapping.flv(data, stream), protocol=MediaProtocol.FLV, live=True)

    def _live_hls(self, place: Place, stream: int) -> MediaSource:
        """The address that is bound, or a new one; it is left bound, others may be watching it."""
        for _try in range(2):
            try:
                data = self._client.call("getLiveStreamInfo", place.params, urgent=True)
                found = _own_hls(data, place, stream)
                if found:
                    break
            except NotFound as error:
                if error.code not in LIVE_MISSING:
                    raise
            try:
                data = self._client.call(
                    "bindDeviceLive",
                    {**place.params, "streamId": stream, "liveMode": "proxy"},
                    urgent=True,
                )
                found = _own_hls(data, place, stream)
                if found:
                    break
            except Conflict as error:
                if error.code != LIVE_EXISTS:
                    raise
        else:
            raise Unsupported(
                _("This stream of the device has no live address."),
                remedy=_("Use the other stream."),
            )
        return MediaSource(url=found, protocol=MediaProtocol.HLS, live=True)

    def _live_rtsp(self, place: Place, stream: int) -> MediaSource:
        data = self._client.call("getStreamUrl", {**place.params, "streamId": stream}, urgent=True)
        return MediaSource(url=mapping.url(data), protocol=MediaProtocol.RTSP, live=True)

    # Devices that sleep

    def _awake(self, channel: Channel, ask: Callable[[], T]) -> T:
        """What `ask` gives; a device that is asleep is woken for it and given some seconds."""
        place = mapping.place_of(channel.key)
        if channel.status is Status.SLEEPING:
            self._wake(place)
        for pause in _WAKING:
            try:
                return ask()
            except DeviceOffline as error:
                if error.code not in ASLEEP:
                    raise
                self._wake(place, error)
            cancel.current().wait(pause)
        return ask()

    def _wake(self, place: Place, why: DeviceOffline | None = None) -> None:
        """Wakes a device that was not woken just now; where it cannot be, says `why` it has to."""
        with self._lock:
            if time.monotonic() - self._woken.get(place.device, -_STAYS_AWAKE) < _STAYS_AWAKE:
                return
        try:
            self._client.call("wakeUpDevice", place.of_device, urgent=True)
        except (Unsupported, PermissionDenied) as error:
            if why is None:
                # Perhaps it wakes up by itself when it is asked for something.
                _log.info("a device could not be woken: %s", error.code)
                return
            raise why from error
        with self._lock:
            self._woken[place.device] = time.monotonic()

    # Records

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """Cloud: a hundred recordings a call. Device: thirty files a call."""
        return self._recordings.segments(channel, store, span)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a playlist per day. Device: a stream per recorded range and day."""
        return self._recordings.clips(channel, store, span)

    def record_days(self, channel: Channel, store: Store, year: int, month: int) -> frozenset[int]:
        """One call for the month."""
        return self._recordings.record_days(channel, store, year, month)

    # PTZ and presets

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        """Moves for a second; the vendor knows no speed."""
        self._awake(channel, lambda: self._ptz(channel, _MOVES[move]))

    def ptz_stop(self, channel: Channel) -> None:
        """Ends the movement before its second is over; a sleeping camera does not move."""
        try:
            self._ptz(channel, STOP)
        except DeviceOffline as error:
            if error.code not in ASLEEP:
                raise

    def _ptz(self, channel: Channel, operation: str) -> None:
        self._client.call(
            "controlMovePTZ",
            {
                **mapping.place_of(channel.key).params,
                "operation": operation,
                "duration": round(MOVE_SECONDS * 1000),
            },
            urgent=True,
        )

    def presets(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number; the vendor knows them by name only."""
        return self._awake(channel, lambda: self._presets.all(channel))

    def preset_goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._awake(channel, lambda: self._presets.goto(channel, index))

    def preset_set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position; without a name it is named by its number."""
        self._awake(channel, lambda: self._presets.set(channel, index, name))

    def preset_delete(self, channel: Channel, index: int) -> None:
        """Removes a preset."""
        self._awake(channel, lambda: self._presets.delete(channel, index))

    # Events

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Alarms, and the AI digests of both packages."""
        return self._events.events(channel, span)

    # Raw calls

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any call of the table."""
        return redact_params(self._client.masked(name, params), SECRET_FIELDS)


def _own_hls(data: object, place: Place, stream: int) -> str:
    """The address of a stream, in an answer that is about this very channel."""
    needs_same(data, "deviceId", place.device)
    needs_same(data, "channelId", place.channel)
    return mapping.hls(data, stream)
