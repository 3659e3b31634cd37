"""One Volcengine account: what the console asks, in the calls of the AIoT video service."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from vsconsole.domain.capabilities import (
    Cruises,
    DownloadLimits,
    Downloads,
    Events,
    Inventory,
    Live,
    Presets,
    Ptz,
    PtzMove,
    PtzStyle,
    RawCalls,
    Records,
)
from vsconsole.domain.errors import DeviceOffline, NotFound, PermissionDenied, Unsupported
from vsconsole.domain.model import (
    Account,
    Channel,
    Cruise,
    Device,
    Event,
    Group,
    Key,
    Node,
    Preset,
    Store,
    StreamProfile,
)
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Segment, Span
from vsconsole.i18n import _
from vsconsole.net.answers import needs_same
from vsconsole.net.client import Client
from vsconsole.net.pacing import Pacer
from vsconsole.net.redact import redact_params
from vsconsole.net.transport import Transport
from vsconsole.vendors.volcengine import signer
from vsconsole.vendors.volcengine.endpoints import ENDPOINTS
from vsconsole.vendors.volcengine.endpoints.control import PRESETS
from vsconsole.vendors.volcengine.mapping import control, footage, tree, wire
from vsconsole.vendors.volcengine.records import Recordings

SERVER = "https://open.volcengineapi.com"
REGION = "cn-north-1"

LISTING = "ListStreamRecords"
LISTINGS_PER_SECOND = 9.0
"""Ten calls a second are allowed (docs/6521/1220475); one less, since calls arrive unevenly."""

_LIVE = (MediaProtocol.FLV, MediaProtocol.HLS, MediaProtocol.RTMP, MediaProtocol.RTSP)
_PRESET_SECONDS = 10
_BATCH = 200
_BATCH_SECONDS = 0.3
_FASTEST, _FASTEST_ZOOM = 255, 15

_PTZ, _FI = "PTZControl", "FiControl"
# The page calls zoomin 缩小 and zoomout 放大, against their names; here the names are believed.
_MOVES = {
    PtzMove.UP: (_PTZ, "up", _FASTEST),
    PtzMove.DOWN: (_PTZ, "down", _FASTEST),
    PtzMove.LEFT: (_PTZ, "left", _FASTEST),
    PtzMove.RIGHT: (_PTZ, "right", _FASTEST),
    PtzMove.LEFT_UP: (_PTZ, "leftup", _FASTEST),
    PtzMove.RIGHT_UP: (_PTZ, "rightup", _FASTEST),
    PtzMove.LEFT_DOWN: (_PTZ, "leftdown", _FASTEST),
    PtzMove.RIGHT_DOWN: (_PTZ, "rightdown", _FASTEST),
    PtzMove.ZOOM_IN: (_PTZ, "zoomin", _FASTEST_ZOOM),
    PtzMove.ZOOM_OUT: (_PTZ, "zoomout", _FASTEST_ZOOM),
    PtzMove.FOCUS_FAR: (_FI, "focusfar", _FASTEST),
    PtzMove.FOCUS_NEAR: (_FI, "focusnear", _FASTEST),
    PtzMove.IRIS_OPEN: (_FI, "irisin", _FASTEST),
    PtzMove.IRIS_CLOSE: (_FI, "irisout", _FASTEST),
}
_log = logging.getLogger(__name__)


class Context(Protocol):
    """What this adapter needs of the registry's context."""

    @property
    def transport(self) -> Transport: ...
    @property
    def calls_per_second(self) -> float: ...
    @property
    def concurrent(self) -> int: ...


class VolcengineAdapter(
    Inventory, Live, Records, Downloads, Ptz, Presets, Cruises, Events, RawCalls
):
    """Blocking and synchronous; safe from several threads."""

    ptz_style = PtzStyle(steps=False)
    ptz_moves = frozenset(_MOVES)
    preset_indexes = PRESETS
    preset_names = False

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        credentials = signer.Credentials(
            access_key=account.options["access_key"],
            secret_key=secrets["secret_key"],
            session_token=secrets.get("session_token", ""),
            region=account.options.get("region", REGION),
        )
        make = partial(
            Client,
            server=account.options.get("server", SERVER),
            endpoints=ENDPOINTS,
            sign=lambda request, when: signer.sign(request, credentials, when),
            read=wire.payload,
            build=wire.request,
            transport=context.transport,
            workers=context.concurrent,
        )
        # The one quota that is published is for one call: it gets a pace of its own, taken from
        # the account's.
        listings = min(LISTINGS_PER_SECOND, context.calls_per_second / 2)
        self._client = make(
            pacer=Pacer(context.calls_per_second - listings, concurrent=context.concurrent)
        )
        self._listing = make(pacer=Pacer(listings, burst=1, concurrent=context.concurrent))
        self._stream_ids: dict[Key, str] = {}
        self._recordings = Recordings(self._client, self._listing, self._stream_of)

    def verify(self) -> None:
        """Asks for one space, the shortest list there is."""
        self._client.call("ListSpaces", {"PageNumber": 1, "PageSize": 1})

    def close(self) -> None:
        """Ends open device playbacks; never raises."""
        self._recordings.close()

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Spaces, then what is in each, then channels as the devices' answers come."""
        spaces: list[Group] = []
        for page in self._client.pages(
            "ListSpaces",
            {},
            rows=lambda data: [
                tree.space(self.account.id, row) for row in wire.rows(data, "Spaces")
            ],
            total=wire.total,
            ident=lambda space: space.key,
        ):
            spaces += page
            yield page
        devices: list[Device] = []
        for space in spaces:
            if tree.is_pushed(space.raw):
                yield from self._pushed(space)
                continue
            groups, places = self._tree(space)
            if groups:
                yield groups
            for found in self._devices(space, places):
                devices += found
                yield found
        yield from self._channels(devices)

    def _tree(self, space: Group) -> tuple[list[Group], dict[str, Key]]:
        """The group tree of a space; nothing where the service no longer has one."""
        native = tree.native_space(space.key)
        try:
            data = self._client.call("ListGroupTreeNodes", {"SpaceID": native})
        except (NotFound, PermissionDenied, Unsupported) as error:
            # The calls are gone from the present pages, so a space without them is no failure.
            _log.info("a space has no group tree: %s", error.code)
            return [], {}
        return tree.tree(space, data)

    def _devices(self, space: Group, places: Mapping[str, Key]) -> Iterator[list[Device]]:
        return self._client.pages(
            "ListDevices",
            {"SpaceID": tree.native_space(space.key)},
            rows=lambda data: [
                tree.device(space, places, row) for row in wire.rows(data, "Devices")
            ],
            total=wire.total,
            ident=lambda device: device.key,
        )

    def _pushed(self, space: Group) -> Iterator[list[Channel]]:
        return self._client.pages(
            "ListStreams",
            {"SpaceID": tree.native_space(space.key)},
            rows=lambda data: [tree.pushed(space, row) for row in wire.rows(data, "Streams")],
            total=wire.total,
            ident=lambda channel: channel.key,
        )

    def _channels(self, devices: Sequence[Device]) -> Iterator[Sequence[Channel]]:
        """Channels in batches; each device's list is a call of its own."""
        batch: list[Channel] = []
        seen: set[Key] = set()
        since = time.monotonic()
        for _device, found in self._client.map(self._channels_of, devices):
            for channel in found:
                if channel.key not in seen:
                    seen.add(channel.key)
                    batch.append(channel)
            if batch and (len(batch) >= _BATCH or time.monotonic() - since > _BATCH_SECONDS):
                yield batch
                batch, since = [], time.monotonic()
        if batch:
            yield batch

    def _channels_of(self, device: Device) -> list[Channel]:
        """What the platform remembers, since asking the device is slow."""
        params = {
            "SpaceID": tree.native_space(device.key),
            "DeviceID": tree.native_device(device.key),
            "QueryMode": "brief",
        }
        try:
            return tree.channels(device, self._client.call("GetDeviceChannelsV2", params))
        except (NotFound, DeviceOffline) as error:
            # Deleted a moment ago, or never registered: no reason to lose the rest of the tree.
            _log.info("a device's channels are not known: %s", error.code)
            return []

    def _stream_of(self, channel: Channel) -> str:
        """The id of a channel's main stream; looked up for one that was listed without."""
        gb = tree.gb_name(channel)
        if gb is None:
            return channel.key.native
        if channel.key not in self._stream_ids:
            native = self._found_stream(channel, gb)
            if not native:
                raise NotFound(
                    _("The vendor has no stream for this channel."),
                    remedy=_("Have the channel's stream made in the Volcengine console."),
                )
            self._stream_ids[channel.key] = native
        return self._stream_ids[channel.key]

    def _found_stream(self, channel: Channel, gb: tuple[str, str]) -> str:
        space = tree.native_space(channel.parent)
        if not space:
            return ""
        for page in self._client.pages(
            "ListStreams",
            {"SpaceID": space},
            rows=lambda data: wire.rows(data, "Streams"),
            total=wire.total,
            ident=lambda row: wire.text(row.get("StreamID")),
        ):
            native = tree.stream_in(page, gb)
            if native:
                return native
        return ""

    # Live

    def live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """FLV, then HLS, then RTMP; addresses that have expired are renewed with each call."""
        if tree.is_pushed(channel.raw):
            if profile is StreamProfile.SUB:
                raise Unsupported(
                    _("This device pushes one stream only."), remedy=_("Use the main stream.")
                )
            data = self._client.call(
                "GetStream",
                {
                    "StreamID": channel.key.native,
                    "StreamingIndex": tree.MAIN,
                    "FreshExpiredPull": "1",
                },
                urgent=True,
            )
            needs_same(data, "StreamID", channel.key.native)
        else:
            data = self._started(channel, profile)
        url, protocol = footage.chosen(footage.addresses(data), _LIVE)
        return MediaSource(url=url, protocol=protocol, live=True, expires=footage.ends(url))

    def _started(self, channel: Channel, profile: StreamProfile) -> Any:
        sub = profile is StreamProfile.SUB
        params = {
            "StreamID": self._stream_of(channel),
            "StreamingIndex": tree.SUB if sub else tree.MAIN,
            "FreshExpiredPull": "1",
            "SpaceID": tree.native_space(channel.parent) or None,
        }
        try:
            return self._client.call("StartStream", params, urgent=True)
        except NotFound as error:
            if not sub:
                raise
            raise Unsupported(
                _("This channel has no sub stream."),
                why=error.why,
                remedy=_("Use the main stream."),
                code=error.code,
                request_id=error.request_id,
            ) from None

    # Records and downloads

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """One question per Beijing day, several at a time."""
        return self._recordings.segments(channel, store, span)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a playlist per Beijing day. Device: a session per recorded range and day."""
        return self._recordings.clips(channel, store, span)

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """A day from the cloud, half an hour from the device, as MP4."""
        return self._recordings.download_limits(channel, store)

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """The MP4 address of a range; from the device it blocks until the file was fetched."""
        return self._recordings.download(channel, store, span, file_type)

    # PTZ and presets

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        """Begins a movement that lasts until `ptz_stop`; `speed` 0 to 1 becomes 1 to 255 (15)."""
        action, command, fastest = _MOVES[move]
        para = 1 + round(min(max(speed, 0.0), 1.0) * (fastest - 1))
        self._control(channel, action, command, para)

    def ptz_stop(self, channel: Channel) -> None:
        """Ends any movement. Assumed: of lenses too, since the page has this stop only."""
        self._control(channel, _PTZ, "stop", 0)

    def presets(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number, with the names the device gave them."""
        data = self._client.call(
            "QueryPresetInfo", {"StreamID": self._stream_of(channel), "TimeOut": _PRESET_SECONDS}
        )
        return control.presets(data)

    def preset_goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._control(channel, "PresetControl", "goto", index)

    def preset_set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position; the vendor takes no name."""
        self._control(channel, "PresetControl", "set", index)

    def preset_delete(self, channel: Channel, index: int) -> None:
        """Removes a preset."""
        self._control(channel, "PresetControl", "remove", index)

    def cruises(self, channel: Channel) -> list[Cruise]:
        """The cruise tracks of the device, by number."""
        data = self._client.call("ListCruiseTracks", {"StreamID": self._stream_of(channel)})
        return control.cruises(data)

    def cruise_start(self, channel: Channel, index: int) -> None:
        """Begins a cruise, in place of another."""
        params = {"StreamID": self._stream_of(channel), "TrackID": index}
        self._client.call("StartCruiseTrack", params, urgent=True)

    def cruise_stop(self, channel: Channel) -> None:
        """Ends the cruise."""
        self._client.call("StopCruiseTrack", {"StreamID": self._stream_of(channel)}, urgent=True)

    def _control(self, channel: Channel, action: str, command: str, para: int) -> None:
        params = {
            "StreamID": self._stream_of(channel),
            "Action": action,
            "Cmd": command,
            "Para": para,
        }
        self._client.call("CloudControl", params, urgent=True)

    # Events

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Alarms of the channel and of its whole device; the vendor is asked per device."""
        device = tree.native_device(channel.parent)
        if not device:
            raise Unsupported(
                _("This channel has no device that could raise alarms."),
                remedy=_("Refresh the account's list, or look at another channel."),
            )
        if span.empty:
            return []
        gb = tree.gb_name(channel)
        params: dict[str, Any] = {
            "DeviceID": device,
            "StreamID": channel.key.native if gb is None else None,
            "StartTime": wire.seconds(span.begin),
            "EndTime": wire.seconds(span.end, up=True),
            # Empty lists ask for all.
            "AlarmMethod": [],
            "AlarmPriority": [],
            "Order": 0,
        }
        found: dict[str, Event] = {}
        for page in self._client.pages(
            "ListDeviceAlarms",
            params,
            rows=lambda data: wire.rows(data, "AlarmNotifies"),
            total=wire.total,
            ident=control.ident,
        ):
            for row in page:
                event = control.event(channel, row)
                if event is not None and event.begin in span:
                    found[event.id] = event
        return sorted(found.values(), key=lambda event: (event.begin, event.id))

    # Raw calls

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any call of the table; logins that devices use are masked too."""
        client = self._listing if name == LISTING else self._client
        return redact_params(client.masked(name, params), wire.PRIVATE)
