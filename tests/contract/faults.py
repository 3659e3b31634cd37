"""What each trouble must end in at each vendor: one cell for each pair, none left out.

A cell causes its trouble at a sandbox, looks at what the adapter makes of it, and gives the words
that stand in the report. Where a trouble cannot occur, the cell shows from the vendor's own table
and answers that it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.bench import Bench, tokens_in
from vsconsole.domain.capabilities import Live, Records
from vsconsole.domain.errors import (
    BadResponse,
    ClockSkew,
    ConsoleError,
    DeviceOffline,
    RateLimited,
    Rejected,
    SessionExpired,
    StreamExpired,
    TimedOut,
    Unreachable,
)
from vsconsole.domain.model import Channel, Store, StreamProfile
from vsconsole.domain.playback import Clip
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Settings
from vsconsole.sandbox.bend import STRANGE
from vsconsole.vendors import registry

CLOUDS = ("tencent", "linkvisual", "ctyun", "volcengine", "imou")

FAULTS = (
    "timeout",
    "reset",
    "http-500",
    "rate-limit",
    "malformed-json",
    "truncated-json",
    "html",
    "expired-token",
    "clock",
    "empty-page",
    "duplicate-page",
    "unordered-page",
    "expired-url",
    "url-used-twice",
    "offline",
    "unknown-code",
)

STRANGE_CODES = {
    "tencent": "59999",
    "linkvisual": "99999",
    "ctyun": "VSS_9999",
    "volcengine": "Unheard.OfCode",
    "imou": "ZZ9999",
}
"""What the sandbox makes up for "unknown-code"; none of them is in a vendor's tables."""

PATIENCE = Settings(read_timeout=0.2)
"""While the sandbox is slow on purpose; any other answer may take its time."""

MORE_PATIENCE = Settings(read_timeout=0.8)
"""While it is slow once: the answer to the second try has to come in time."""

COUNTED = {
    "tencent": {"list_devices"},
    "linkvisual": {"list_devices", "list_sub_devices"},
    "ctyun": {"DescribeDevices", "DescribeRecords"},
    "volcengine": {"ListSpaces", "ListDevices", "ListStreams"},
    "imou": {"listDeviceDetailsByPage"},
}
"""The calls, as the sandbox's log names them, whose pages say how many rows there are."""

EMPTIED = 8
"""How many requests of a listing are tried, one after the other, for a page to come back empty."""

SLOW_SECONDS = 30.0


# Troubles with calls


def _refused(fault: str, kind: type[ConsoleError], **how: Any) -> Cell:
    """For as long as the trouble lasts an error; once it passes, the same call goes through."""

    def cell(bench: Bench) -> str:
        for ask in bench.asks:
            with bench.trouble(fault, **how):
                error = bench.refused(ask, kind)
            assert not error.may_have_happened, "asking changes nothing"
        bench.is_well()
        return kind.__name__

    return cell


def _repeated(fault: str, kind: type[ConsoleError], **how: Any) -> Cell:
    """As `_refused`; and where it strikes only once, nobody hears of it."""
    lasting = _refused(fault, kind, **how)

    def cell(bench: Bench) -> str:
        said = lasting(bench)
        since = len(bench.sandbox.log)
        with bench.trouble(fault, count=1, **how):
            bench.is_well()
        assert sum(fault in entry.faults for entry in bench.calls(since)) == 1
        return f"{said}; once: repeated"

    return cell


def _timeout(bench: Bench) -> str:
    usual, bench.transport.settings = bench.transport.settings, PATIENCE
    try:
        for ask in bench.asks:
            with bench.trouble("slow", seconds=SLOW_SECONDS):
                bench.refused(ask, TimedOut)
        bench.transport.settings = MORE_PATIENCE
        with bench.trouble("slow", seconds=SLOW_SECONDS, count=1):
            bench.adapter.verify()
    finally:
        bench.transport.settings = usual
    bench.is_well()
    return "TimedOut; once: repeated"


def _unknown_code(bench: Bench) -> str:
    for ask in bench.asks:
        with bench.trouble("unknown-code"):
            error = bench.refused(ask, Rejected)
        assert error.why == STRANGE, "the vendor's own words are kept"
        assert error.code == STRANGE_CODES[bench.vendor]
        assert not error.retryable
    since = len(bench.sandbox.log)
    with bench.trouble("unknown-code"):
        bench.refused(bench.adapter.verify, Rejected)
    assert len(bench.calls(since)) == 1, "asked again although nobody knows what it means"
    bench.is_well()
    return "Rejected, with the vendor's words"


# Sessions


def _token_ends_for_good(bench: Bench) -> str:
    """Temporary keys are given out elsewhere: only the user can put new ones in."""
    row = registry.vendor(bench.vendor)
    assert {"token", "session_token"} & {one.name for one in row.fields}
    since = len(bench.sandbox.log)
    with bench.trouble("expired-token"):
        bench.refused(bench.adapter.verify, SessionExpired)
    assert len(bench.calls(since)) == 1, "asked again with the same keys"
    bench.is_well()
    return "SessionExpired, once"


def _token_is_renewed(renewal: str) -> Cell:
    """Passed over with a new session; where new ones are refused too, an error and no storm."""

    def cell(bench: Bench) -> str:
        for ask, whole in ((bench.tree, bench.names), (bench.footage, bench.segments)):
            since = len(bench.sandbox.log)
            with bench.trouble("expired-token", count=1):
                assert ask() == whole
            renewed = [entry for entry in bench.calls(since) if renewal in entry.path]
            assert len(renewed) == 1, "not renewed once"
            bench.secrets |= tokens_in(bench.calls(since))
        since = len(bench.sandbox.log)
        with bench.trouble("expired-token"):
            bench.refused(bench.adapter.verify, SessionExpired)
        assert len(bench.calls(since)) <= 3, "more than a call, a renewal, and the call again"
        bench.is_well()
        return "renewed; refused again: SessionExpired"

    return cell


def _no_token(bench: Bench) -> str:
    """Ctyun signs every call with the two keys (CT-HMAC-SHA256); there is no session to end."""
    row = registry.vendor(bench.vendor)
    assert row.secret_fields == {"secret_key"}
    params = {param.name for one in registry.endpoints(bench.vendor) for param in one.params}
    assert not {name for name in params if "token" in name.lower()}
    since = len(bench.sandbox.log)
    with bench.trouble("expired-token"):
        bench.is_well()
    sent = bench.calls(since)
    assert sent
    assert all("expired-token" in entry.faults and entry.status == 200 for entry in sent)
    return "cannot occur: no token"


# Lists


def _passed_over(fault: str, **how: Any) -> Cell:
    def cell(bench: Bench) -> str:
        asks = ((bench.tree, bench.names), (bench.footage, bench.segments))
        for ask, whole in asks:
            since = len(bench.sandbox.log)
            with bench.trouble(fault, **how):
                assert ask() == whole
            assert any(fault in entry.faults for entry in bench.calls(since))
        bench.is_well()
        return "passed over"

    return cell


def _empty_page(bench: Bench) -> str:
    """A list that says how much there is gives it in the end, whichever page came empty."""
    asks: list[tuple[Callable[[], object], object]] = [(bench.tree, bench.names)]
    if bench.vendor == "ctyun":
        # At the others an empty list of recordings says nothing but that nothing was recorded.
        asks.append((bench.footage, bench.segments))
    for ask, whole in asks:
        emptied = 0
        for after in range(EMPTIED):
            since = len(bench.sandbox.log)
            with bench.trouble("empty-page", count=1, after=after):
                found = ask()
            struck = {entry.call for entry in bench.calls(since) if "empty-page" in entry.faults}
            if struck & COUNTED[bench.vendor]:
                assert found == whole, f"{struck} after {after} others"
                emptied += 1
        assert emptied >= 2, "no page was emptied"
    bench.is_well()
    return "passed over"


# Media


def _expired_url(bench: Bench) -> str:
    clip = bench.clip()
    source = bench.opened(clip)
    with bench.trouble("expired-url"):
        error = bench.refused(lambda: bench.fetched(source), StreamExpired)
    assert error.retryable
    assert bench.fetched(bench.opened(clip)), "a new address works"
    bench.is_well()
    return "StreamExpired; reopened"


def _used_twice(bench: Bench) -> str:
    """The document: "can be used only once". So it is, and a reopening asks for another."""
    clip = bench.clip()
    source = bench.opened(clip)
    assert source.single_use
    assert bench.fetched(source)
    bench.refused(lambda: bench.fetched(source), StreamExpired)
    again = bench.opened(clip)
    assert again.url != source.url
    assert bench.fetched(again)
    bench.is_well()
    return "StreamExpired; reopened"


def _not_single_use(bench: Bench) -> str:
    """No document of this vendor says that a recording's address works once, and it does not."""
    source = bench.opened(bench.clip())
    assert not source.single_use
    assert bench.fetched(source)
    assert bench.fetched(source)
    return "cannot occur: addresses may be used again"


# Devices


def _offline(bench: Bench) -> str:
    adapter, channel = bench.adapter, bench.channel
    assert isinstance(adapter, Live)
    with bench.trouble("offline"):
        bench.refused(lambda: adapter.live(channel, StreamProfile.MAIN), DeviceOffline)
    assert adapter.live(channel, StreamProfile.MAIN).url
    bench.is_well()
    return "DeviceOffline"


def _offline_recorder(bench: Bench) -> str:
    """Ctyun's public documents have no live picture: a device is asked for its own recordings."""
    adapter = bench.adapter
    assert isinstance(adapter, Records)
    assert not isinstance(adapter, Live)
    clips = [
        clip
        for node in bench.nodes()
        if isinstance(node, Channel) and Store.DEVICE in node.stores
        for clip in _clips_or_nothing(adapter, node, bench.span)
    ]
    assert clips, "no device has recordings"
    with bench.trouble("offline"):
        bench.refused(lambda: bench.opened(clips[0]), DeviceOffline)
    assert bench.opened(clips[0]).url
    bench.is_well()
    return "DeviceOffline"


def _clips_or_nothing(adapter: Records, channel: Channel, span: Span) -> list[Clip]:
    try:
        return adapter.clips(channel, Store.DEVICE, span)
    except DeviceOffline:
        return []


Cell = Callable[[Bench], str]

_COMMON: Mapping[str, Cell] = {
    "timeout": _timeout,
    "reset": _repeated("reset", Unreachable),
    "http-500": _repeated("http-500", BadResponse),
    "rate-limit": _refused("rate-limit", RateLimited),
    "malformed-json": _repeated("malformed-json", BadResponse),
    "truncated-json": _repeated("truncated-json", BadResponse),
    "html": _repeated("html", BadResponse),
    "clock": _refused("clock", ClockSkew),
    "empty-page": _empty_page,
    "duplicate-page": _passed_over("duplicate-page"),
    "unordered-page": _passed_over("unordered-page"),
    "expired-url": _expired_url,
    "url-used-twice": _not_single_use,
    "offline": _offline,
    "unknown-code": _unknown_code,
}

_OWN: Mapping[tuple[str, str], Cell] = {
    ("tencent", "expired-token"): _token_ends_for_good,
    ("volcengine", "expired-token"): _token_ends_for_good,
    ("linkvisual", "expired-token"): _token_is_renewed("checkOrRefreshSession"),
    ("imou", "expired-token"): _token_is_renewed("accessToken"),
    ("ctyun", "expired-token"): _no_token,
    ("linkvisual", "url-used-twice"): _used_twice,
    ("ctyun", "offline"): _offline_recorder,
}


def cell(vendor: str, fault: str) -> Cell:
    """What must come of a trouble at a vendor; KeyError for a pair that nobody thought of."""
    return _OWN.get((vendor, fault)) or _COMMON[fault]
