"""One Tencent account: what the console asks, in the document's calls."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from vsconsole.domain.capabilities import (
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
from vsconsole.domain.errors import (
    DeviceOffline,
    NotFound,
    Unsupported,
)
from vsconsole.domain.model import (
    Account,
    Channel,
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
from vsconsole.net.client import Client
from vsconsole.net.endpoint import FilePart
from vsconsole.net.pacing import Pacer
from vsconsole.net.transport import Transport
from vsconsole.vendors.tencent import mapping, signer
from vsconsole.vendors.tencent.endpoints import ENDPOINTS
from vsconsole.vendors.tencent.records import Recordings

SERVER = "https://ivc.myqcloud.com"

_DOWNLOAD_SECONDS = 30 * 60
_ADDRESS_LIFE = timedelta(minutes=10)
_MARGIN = timedelta(seconds=15)
# 30 days, less what rounding to whole seconds adds at both ends.
_AI_SPAN = timedelta(days=30, seconds=-2)
_BATCH = 200
_BATCH_SECONDS = 0.3
# Files of one recording follow each other; a device may leave a second between two of them.
_SEAM = timedelta(seconds=2)
_CROSSES_MIDNIGHT = frozenset({"40001", "40005"})

_MOVES = {
    PtzMove.UP: "up",
    PtzMove.DOWN: "down",
    PtzMove.LEFT: "left",
    PtzMove.RIGHT: "right",
    PtzMove.LEFT_UP: "leftup",
    PtzMove.RIGHT_UP: "rightup",
    PtzMove.LEFT_DOWN: "leftdown",
    PtzMove.RIGHT_DOWN: "rightdown",
    PtzMove.ZOOM_IN: "zoomin",
    PtzMove.ZOOM_OUT: "zoomout",
    PtzMove.FOCUS_FAR: "focusfar",
    PtzMove.FOCUS_NEAR: "focusnear",
    PtzMove.IRIS_OPEN: "irisin",
    PtzMove.IRIS_CLOSE: "irisout",
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


class TencentAdapter(Inventory, Live, Records, Downloads, Ptz, Presets, Events, RawCalls):
    """Blocking and synchronous; safe from several threads."""

    # The document has no stop: each call moves a little.
    ptz_style = PtzStyle(steps=True, interval=0.3)
    ptz_moves = frozenset(_MOVES)
    preset_indexes = range(1, 11)
    preset_names = False

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        credentials = signer.Credentials(
            secret_id=account.options["secret_id"],
            secret_key=secrets["secret_key"],
            token=secrets.get("token", ""),
        )
        self._client = Client(
            server=account.options.get("server", SERVER),
            endpoints=ENDPOINTS,
            sign=lambda request, when: signer.sign(request, credentials, when),
            read=mapping.payload,
            transport=context.transport,
            pacer=Pacer(context.calls_per_second, concurrent=context.concurrent),
            workers=context.concurrent,
        )
        self._recordings = Recordings(self._client)

    def verify(self) -> None:
        """Asks for the service nodes, the shortest list there is."""
        self._client.call("config_get_user_region")

    def close(self) -> None:
        """Ends open device playbacks; never raises."""
        self._recordings.close()

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Organizations, then pages of devices, then channels as the devices' answers come."""
        groups: list[Group] = mapping.groups(
            self.account.id, self._client.call("organization_query")
        )
        if groups:
            yield groups
        known = frozenset(group.key for group in groups)
        devices: list[Device] = []
        for page in self._client.pages(
            "get_user_resources",
            {"OrganizationId": mapping.ROOT, "IsContainSubLevel": True},
            rows=lambda data: [
                mapping.device(self.account.id, row, known) for row in mapping.rows(data)
            ],
            total=mapping.total,
            ident=lambda device: device.key,
        ):
            devices += page
            yield page
        yield from self._channels(devices)

    def _channels(self, devices: Sequence[Device]) -> Iterator[Sequence[Channel]]:
        """Channels in batches; only one call per device tells their state and abilities."""
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
        native = mapping.native_device(device.key)
        try:
            data = self._client.call("device_channel", {"DeviceId": native})
        except (NotFound, DeviceOffline) as error:
            # Deleted a moment ago, or never registered: no reason to lose the rest of the tree.
            _log.info("a device's channels are not known: %s", error.code)
            return []
        found = [mapping.channel(device, row) for row in mapping.rows(data)]
        if not found and mapping.is_rtmp(device.raw):
            return [mapping.pushing_channel(device)]
        return found

    # Live

    def live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """FLV, or HLS where there is no FLV."""
        if mapping.pushes(channel):
            if profile is StreamProfile.SUB:
                raise Unsupported(
                    _("This device pushes one stream only."), remedy=_("Use the main stream.")
                )
            params: dict[str, Any] = {"DeviceId": mapping.device_of(channel)}
        else:
            params = {
                "ChannelId": channel.key.native,
                "StreamType": 2 if profile is StreamProfile.SUB else 1,
            }
        flv, hls = mapping.stream_urls(self._client.call("control_stream", params, urgent=True))
        if flv:
            return MediaSource(url=flv, protocol=MediaProtocol.FLV, live=True)
        return MediaSource(url=hls, protocol=MediaProtocol.HLS, live=True)

    # Records and downloads

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """One question per Beijing day, several at a time."""
        return self._recordings.segments(channel, store, span)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a playlist per Beijing day. Device: a session per recorded range and day."""
        return self._recordings.clips(channel, store, span)

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """30 minutes as MP4 or TS, from the cloud only."""
        return self._recordings.download_limits(store)

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """An address that holds for ten minutes; the range may not cross a Beijing midnight."""
        return self._recordings.download(channel, store, span, file_type)

    # PTZ and presets

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        """One step; `speed` 0 to 1 becomes 1 to 8."""
        step = 1 + round(min(max(speed, 0.0), 1.0) * 7)
        self._client.call(
            "control_ptz",
            {"ChannelId": channel.key.native, "Type": _MOVES[move], "Speed": step},
            urgent=True,
        )

    def ptz_stop(self, channel: Channel) -> None:
        """Nothing to send: a step ends by itself."""

    def presets(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number; the vendor's names are the numbers."""
        data = self._client.call("control_preset_get", {"ChannelId": channel.key.native})
        return mapping.presets(data)

    def preset_goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._preset(channel, index, "goto")

    def preset_set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position; the vendor takes no name."""
        self._preset(channel, index, "set")

    def preset_delete(self, channel: Channel, index: int) -> None:
        """Removes a preset."""
        self._preset(channel, index, "del")

    def _preset(self, channel: Channel, index: int, command: str) -> None:
        self._client.call(
            "control_preset_manage",
            {"ChannelId": channel.key.native, "Cmd": command, "Index": index},
            urgent=True,
        )

    # Events

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Results of the AI tasks that watch the channel."""
        tasks = [
            task
            for page in self._client.pages(
                "list_ai_tasks",
                {"IsContainChannelList": True},
                rows=mapping.rows,
                total=mapping.total,
                ident=lambda task: mapping.text(task.get("TaskId")),
            )
            for task in page
            if mapping.watches(task, channel.key.native)
        ]
        found: dict[str, Event] = {}
        for task in tasks:
            for piece in span.pieces(_AI_SPAN):
                for event in self._results(channel, mapping.needed(task, "TaskId"), piece):
                    if event.begin in span:
                        found[event.id] = event
        return sorted(found.values(), key=lambda event: (event.begin, event.id))

    def _results(self, channel: Channel, task: str, piece: Span) -> Iterator[Event]:
        for page in self._client.pages(
            "get_ai_task_result",
            {
                "TaskId": task,
                "ChannelId": channel.key.native,
                "BeginTime": mapping.seconds(piece.begin),
                "EndTime": mapping.seconds(piece.end, up=True),
            },
            rows=mapping.results,
            # The vendor counts pictures taken; one may have several results.
            total=lambda _data: None,
            ident=lambda result: (result[0], str(result[1])),
        ):
            for kind, raw in page:
                event = mapping.event(channel.key, task, kind, raw)
                if event is not None:
                    yield event

    # Raw calls

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any documented call; a file comes as its name, size and base64 content."""
        found = self._client.masked(name, params)
        if isinstance(found, FilePart):
            return {
                "FileName": found.name,
                "Size": len(found.content),
                "Base64": base64.b64encode(found.content).decode(),
            }
        return found
