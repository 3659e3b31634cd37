"""Everything the program does, put together without a window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Self

from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.net import transport as network
from vsconsole.paths import Paths
from vsconsole.services.accounts import Accounts
from vsconsole.services.cruises import CruiseService
from vsconsole.services.downloads import DownloadService
from vsconsole.services.event_pictures import EventPictures
from vsconsole.services.event_polling import EventPolling
from vsconsole.services.events import Events
from vsconsole.services.footage import Footage
from vsconsole.services.hls_clips import RunFiles
from vsconsole.services.inventory import Inventory
from vsconsole.services.keys import KeyChoices
from vsconsole.services.live import LiveService
from vsconsole.services.places import Places
from vsconsole.services.playback import PlaybackService
from vsconsole.services.presets import PresetService
from vsconsole.services.previews import Previews
from vsconsole.services.ptz import PtzService
from vsconsole.services.ptz_patrols import PatrolService
from vsconsole.services.search import Search
from vsconsole.services.traffic import Traffic
from vsconsole.services.usage import Usage
from vsconsole.store.cache import Cache
from vsconsole.store.catalog import Catalog
from vsconsole.store.event_index import EventIndex
from vsconsole.store.files import told
from vsconsole.store.settings import Settings
from vsconsole.store.usage import UsageStore
from vsconsole.vendors.registry import Context
from vsconsole.work.lanes import Lanes

if TYPE_CHECKING:
    from vsconsole.domain.playback import MediaSource
    from vsconsole.net.transport import ByteStream
    from vsconsole.store.secrets import SecretStore

QUIT_SECONDS = 2.0
"""How long leaving may take at most."""

_EVENTS = "events.sqlite"
_USAGE = "usage.sqlite"
_log = logging.getLogger(__name__)


class Services:
    """The services of one profile; made by `open`, ended by `close`.

    Nothing is imported or connected that was not asked for: the HTTP library comes with the first
    adapter, the secret store with the first login that has secrets.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        profile_given: bool,
        passphrase: Callable[[], str | None],
        prefer_session: bool = False,
    ) -> None:
        self.paths = paths
        self._profile_given = profile_given
        self._passphrase = (lambda: None) if prefer_session else passphrase
        self._secrets_lock = threading.Lock()
        self._secrets: SecretStore | None = None
        self._events_lock = threading.Lock()
        self._index: EventIndex | None = None
        self._events: Events | None = None
        self._closing = threading.Lock()
        self._closed = False
        self.settings = Settings(paths.config / "settings.json")
        self.catalog = Catalog(paths.data / "catalog.sqlite")
        self.keys = KeyChoices(self.catalog)
        self.cache = Cache(paths.cache / "cache.sqlite")
        self.lanes = Lanes()
        self.accounts = Accounts(self.catalog, self.secrets, lambda: self.context)
        self.usage = Usage(lambda: UsageStore(paths.data / _USAGE), self.accounts.get)
        self.inventory = Inventory(self.accounts, self.cache)
        self.search = Search(self.inventory, self.lanes, self.catalog.favourites)
        self.footage = Footage(self.accounts.adapter, self.cache, self.lanes)
        self.traffic = Traffic(self.transport_of)
        self.live = LiveService(self.accounts.adapter, self.traffic.given)
        self.ptz = PtzService(self.accounts.adapter, self.lanes)
        self.presets = PresetService(self.accounts.adapter, self.catalog)
        self.patrols = PatrolService(self.presets, self.ptz, self.catalog, self.lanes)
        self.cruises = CruiseService(self.accounts.adapter, self.lanes, self.ptz)
        self.playback = PlaybackService(
            self.accounts.adapter,
            self.footage,
            self.transport_of,
            RunFiles(paths.cache / "runs"),
            self.traffic.given,
        )
        self.previews = Previews(self.playback, self.transport_of, self.usage)
        self.downloads = DownloadService(
            self.accounts.adapter, self.footage, self.lanes, self.transport_of, self.catalog
        )
        self.places = Places(self.inventory)
        self.polling = EventPolling(self.accounts, self.inventory, self.events, self.usage)
        self.event_pictures = EventPictures(self.transport_of)
        self.accounts.changed.connect(self.footage.forget)
        self.accounts.changed.connect(self.previews.forget)
        self.accounts.removed.connect(self._removed)

    @classmethod
    def open(
        cls,
        paths: Paths,
        *,
        profile_given: bool,
        passphrase: Callable[[], str | None],
        prefer_session: bool = False,
    ) -> Self:
        """Opens a profile, making it where it is new; StorageError.

        `passphrase` is called when a vault has to be opened, on a worker thread; None for an answer
        keeps secrets for this run only, and so does `prefer_session` without asking.
        """
        with told(paths.data):
            paths.create()
        return cls(
            paths,
            profile_given=profile_given,
            passphrase=passphrase,
            prefer_session=prefer_session,
        )

    @cached_property
    def transport(self) -> network.Transport:
        """The way to the network, as the settings say."""
        return network.Transport(
            network.Settings(
                proxy=self.settings.get("network.proxy"),
                ca_file=self.settings.get("network.ca_file", ""),
                connect_timeout=self.settings.get("network.connect_timeout", 10.0),
                read_timeout=self.settings.get("network.read_timeout", 30.0),
            )
        )

    @cached_property
    def context(self) -> Context:
        """What adapters share."""
        return Context(
            transport=self.transport, cache_dir=self.paths.cache, meters=self.usage.meter
        )

    def transport_of(self, account_id: str) -> network.Transport:
        """The way to the network for an account's media, which is counted; "" for nobody's."""
        if not account_id:
            return self.transport
        return self.transport.metered(self.usage.meter(account_id))

    def open_stream(self, source: MediaSource) -> ByteStream:
        """The bytes of a network address, for the player's bridge."""
        return self.traffic.open_stream(source)

    def secrets(self) -> SecretStore:
        """The secret store, found at the first call; may block and ask the user."""
        with self._secrets_lock:
            if self._secrets is None:
                from vsconsole.store.secrets import Secrets

                self._secrets = Secrets.open(
                    self.paths, profile_given=self._profile_given, passphrase=self._passphrase
                )
            return self._secrets

    def events(self) -> Events:
        """Every account's events; the first call opens their index and reads the disk.

        StorageError where the index cannot be opened, Cancelled after `close`.
        """
        with self._events_lock:
            if self._events is None:
                if self._closed:
                    raise Cancelled
                self._index = EventIndex(self.paths.cache / _EVENTS)
                self._events = Events(self.accounts, self._index)
            return self._events

    def close(self) -> None:
        """Stops cameras, ends sessions, calls the rest off; at most two seconds. Repeatable."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        until = monotonic() + QUIT_SECONDS
        self.polling.close(0.0)
        self.downloads.close()
        self.patrols.close(0.1)
        self.ptz.close(wait=QUIT_SECONDS / 2)
        # A vendor that does not answer must not keep the program from leaving.
        sessions = threading.Thread(target=self.accounts.close, name="close sessions", daemon=True)
        sessions.start()
        left = self.lanes.close(max(0.0, until - monotonic()))
        sessions.join(max(0.0, until - monotonic()))
        if left or sessions.is_alive():
            _log.info("left behind at the end: %s", ", ".join(left) or "sessions")
        self.playback.close()
        with self._events_lock:
            events, index = self._events, self._index
        if events is not None:
            events.close(max(0.1, until - monotonic()))
        self.polling.close(max(0.1, until - monotonic()))
        self.usage.close(max(0.1, until - monotonic()))
        if index is not None:
            index.close()
        self.cache.close()
        self.catalog.close()
        if "transport" in self.__dict__:
            self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exit: object) -> None:
        self.close()

    def _removed(self, account_id: str) -> None:
        self.search.forget(account_id)
        self.cache.forget(account_id)
        self.places.forget(account_id)
        self.event_pictures.forget(account_id)
        self.previews.forget(account_id)
        self.patrols.forget(account_id)
        self.usage.forget(account_id)
        self._forget_events(account_id)

    def _forget_events(self, account_id: str) -> None:
        """What an earlier run kept of the account's events goes too, where nothing asked yet."""
        if self._events is not None or not (self.paths.cache / _EVENTS).exists():
            # Opened, they have heard of it themselves.
            return
        try:
            self.events()
            assert self._index is not None, "opening the events opens their index"
            self._index.forget(account_id)
        except ConsoleError as error:
            # A cache that cannot be opened now is begun anew one day; the account is gone.
            _log.warning("events of a removed account stay: %s", type(error).__name__)
