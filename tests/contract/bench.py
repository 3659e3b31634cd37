"""A vendor's sandbox with an account at it, and what is asked of both while there is trouble."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.adapters import recorded_days
from vsconsole.domain.capabilities import Adapter, Inventory, Records
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key, Node, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Segment, Span
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.vendors import registry

PAGE = 4
"""The longest page here, so that a sandbox's lists have several."""

FIRST_BYTES = 188


@dataclass(kw_only=True, slots=True)
class Bench:
    """A vendor's sandbox and an account at it, with what both said while all was well."""

    vendor: str
    sandbox: Sandbox
    adapter: Adapter
    transport: Transport
    texts: list[str] = field(default_factory=list)
    """Everything that an error said, for the search for secrets."""
    secrets: set[str] = field(default_factory=set)
    names: Mapping[Key, str] = field(default_factory=dict)
    channel: Channel = field(init=False)
    store: Store = field(init=False)
    span: Span = field(init=False)
    segments: list[Segment] = field(default_factory=list)

    def look(self) -> None:
        """Keeps what is there: the tree, and a channel with recordings in the cloud."""
        nodes = self.nodes()
        self.names = self.tree()
        # Within one day, so that a question is a single call where the vendor's days are.
        whole = recorded_days(1)
        self.span = Span(whole.end - timedelta(hours=9), whole.end)
        for node in nodes:
            if isinstance(node, Channel) and Store.CLOUD in node.stores:
                self.channel, self.store = node, Store.CLOUD
                self.segments = self.footage()
                if self.segments and self.playlist() is not None:
                    return
        raise AssertionError("no channel has recordings in the cloud that can be played")

    def nodes(self) -> list[Node]:
        assert isinstance(self.adapter, Inventory)
        return [node for batch in self.adapter.nodes() for node in batch]

    def tree(self) -> dict[Key, str]:
        """Every node's name; each comes once."""
        nodes = self.nodes()
        named = {node.key: node.name for node in nodes}
        assert len(named) == len(nodes), "a node came twice"
        return named

    def footage(self) -> list[Segment]:
        assert isinstance(self.adapter, Records)
        return self.adapter.segments(self.channel, self.store, self.span)

    def playlist(self) -> Clip | None:
        """The first clip whose media may be fetched over HTTP at once."""
        assert isinstance(self.adapter, Records)
        clips = self.adapter.clips(self.channel, self.store, self.span)
        quick = (MediaProtocol.HLS, None)
        return next((clip for clip in clips if clip.protocol in quick), None) or next(
            (clip for clip in clips if self.vendor == "linkvisual"), None
        )

    def clip(self) -> Clip:
        found = self.playlist()
        assert found is not None
        return found

    def opened(self, clip: Clip) -> MediaSource:
        """A clip's media at its begin; what makes its address work is a secret from now on."""
        source = clip.open(clip.span.begin)
        parts = urlsplit(source.url)
        self.secrets |= {value for _name, value in parse_qsl(parts.query) if len(value) > 15}
        self.secrets.add(source.url)
        return source

    def fetched(self, source: MediaSource) -> bytes:
        """The first bytes at an address."""
        with self.transport.stream(source) as stream:
            return stream.read(FIRST_BYTES)

    def calls(self, since: int) -> list[LogEntry]:
        """What the sandbox was asked after `since` requests."""
        return [entry for entry in self.sandbox.log[since:] if entry.kind == "api"]

    @contextmanager
    def trouble(self, fault: str, **how: Any) -> Iterator[None]:
        self.sandbox.faults.set(self.vendor, fault, **how)
        try:
            yield
        finally:
            self.sandbox.faults.clear(self.vendor)

    @property
    def asks(self) -> tuple[Callable[[], object], ...]:
        """The questions that every trouble with calls is met with."""
        return (self.tree, self.footage, self.adapter.verify)

    def refused(self, ask: Callable[[], object], *kinds: type[ConsoleError]) -> ConsoleError:
        """The error that `ask` ends in: of one of the kinds, and with a remedy."""
        with pytest.raises(ConsoleError) as caught:
            ask()
        error = caught.value
        self.texts += words_of(error)
        assert type(error) in kinds, f"{type(error).__name__}: {error}"
        assert error.what, "says not what happened"
        assert error.remedy, f"says not what to do next: {error}"
        return error

    def is_well(self) -> None:
        """Nothing is lost, and the next call works."""
        assert self.tree() == self.names
        assert self.footage() == self.segments
        self.adapter.verify()

    def check_silence(self, log: str) -> None:
        """No secret of the account, of its session or of an address was said or logged."""
        assert self.secrets
        for text in [log, *self.texts]:
            for secret in self.secrets:
                assert secret not in text, f"a secret of {len(secret)} signs in: {text[:80]}…"
        self.texts.clear()


def words_of(error: BaseException) -> list[str]:
    """All that an error and those it was made from have to say, whoever prints them."""
    found: list[str] = ["".join(traceback.format_exception(error))]
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        found += [str(one), repr(one), repr(one.args), repr(getattr(one, "__dict__", {}))]
        if isinstance(one, ConsoleError):
            found.append(repr(dict(one.as_dict())))
        waiting += [one.__cause__, one.__context__]
    return found


def secrets_of(vendor: str, fields: Mapping[str, str]) -> set[str]:
    """The values of an account that are nobody's business."""
    return {fields[name] for name in registry.vendor(vendor).secret_fields if name in fields}


def small_pages(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """The same rows with pages of a few items."""
    return tuple(
        one
        if one.paging is None
        else replace(one, paging=replace(one.paging, largest=min(PAGE, one.paging.largest)))
        for one in endpoints
    )


def tokens_in(entries: Iterable[LogEntry]) -> set[str]:
    """The session tokens that requests carried."""
    found: set[str] = set()
    for entry in entries:
        for value in _values(entry.params, "token", "iotToken", "refreshToken"):
            found.add(value)
        for name in (b'"token":"', b'"iotToken":"', b'"refreshToken":"'):
            _before, mark, rest = entry.body.partition(name)
            if mark:
                found.add(rest.partition(b'"')[0].decode())
    return {value for value in found if value}


def _values(given: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        if isinstance(given.get(name), str):
            yield given[name]
