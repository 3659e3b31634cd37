"""What is counted of real traffic, how it is kept, and when a limit is near."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.services.support import add_box, channel_with, opened, recorded, until
from vsconsole.domain.errors import NotFound, RateLimited
from vsconsole.domain.model import Ability, Account, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import usage as module
from vsconsole.services.desk import Services
from vsconsole.services.downloads import DownloadState
from vsconsole.services.events import EventQuery
from vsconsole.services.usage import Usage
from vsconsole.services.usage_words import level_text, lines, size_text, wait_text
from vsconsole.store.usage import Count
from vsconsole.vendors import registry
from vsconsole.vendors.registry import Quota

EVENING = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
"""A minute before December begins in Beijing, eight hours before it does in London."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.05)
    monkeypatch.setattr(module, "AFTER_FAILURE", 0.05)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets what time it is for the counts."""
    return lambda when: monkeypatch.setattr(module, "now", lambda: when)


@pytest.fixture
def imou() -> Iterator[Sandbox]:
    with Sandbox(seed=1, vendors=["imou"]) as sandbox:
        yield sandbox


def shop(services: Services, **fields: str) -> Account:
    """An account whose vendor has limits; nothing is sent."""
    given = {"app_id": "lc0123456789", "app_secret": "secret0123456789", **fields}
    return services.accounts.add("imou", f"Shop {len(services.accounts.all())}", given)


def test_every_call_that_went_out_is_counted(services: Services, sandbox: Sandbox) -> None:
    before = len(sandbox.log)
    account = add_box(services, sandbox)
    report = services.usage.report(account.id)
    assert report.today.calls == len(sandbox.log) - before > 5
    assert report.today.answers > 1000
    assert (report.today.refused, report.today.media) == (0, 0)
    assert report.month == report.today
    services.accounts.verify_account(account.id)
    # A trial with what is typed counts for the account that is changed, and for nobody else's.
    services.accounts.verify("tencent", account.options, account.id)
    services.accounts.verify("tencent", sandbox.fields("tencent"))
    assert services.usage.report(account.id).today.calls == report.today.calls + 2


def test_calls_that_were_refused_count_as_both(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    before = services.usage.report(account.id).today
    sandbox.faults.set("tencent", "rate-limit")
    with pytest.raises(RateLimited):
        services.accounts.verify_account(account.id)
    after = services.usage.report(account.id).today
    assert after.refused >= 1
    assert after.calls - before.calls == after.refused


def test_media_of_all_kinds_is_counted(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.CLOUD_RECORDS, Ability.DOWNLOAD)
    media = lambda: services.usage.report(account.id).today.media  # noqa: E731
    span = recorded(services, channel, Store.CLOUD)
    # A playlist, which the player's clips are made from.
    assert services.playback.source(channel, Store.CLOUD).clip_at(span.begin) is not None
    playlist = media()
    assert playlist > 100
    begin = span.begin
    download = services.downloads.start(
        channel, Store.CLOUD, Span(begin, begin + (span.end - begin) / 240), tmp_path / "a.mp4"
    )
    until(lambda: services.downloads.get(download.id).state.ended, 120)
    assert services.downloads.get(download.id).state is DownloadState.DONE
    fetched = media() - playlist
    assert fetched > 10_000
    events = services.events()
    watched = channel_with(services, account, Ability.EVENTS)
    refresh = events.refresh([watched], Span(span.begin, now()))
    refresh.wait(30)
    found = events.search(EventQuery(channels=frozenset({watched.key})))
    picture = next(known.event for known in found if known.event.picture)
    before = media()
    data = services.event_pictures.fetch(picture)
    assert media() - before == len(data)
    # What libVLC has fetched is told by who has read its counters.
    services.usage.media(account.id, 5000)
    assert media() - before == len(data) + 5000


def test_counts_are_kept_and_those_of_two_programs_add_up(tmp_path: Path) -> None:
    with opened(tmp_path / "profile") as services:
        account = shop(services)
        services.usage.note(account.id, Count(calls=3, answers=10))
        # Closing writes what was not written yet.
    with opened(tmp_path / "profile") as services:
        with opened(tmp_path / "profile") as other:
            other.usage.note(account.id, Count(calls=4, media=20))
        services.usage.load()
        assert services.usage.report(account.id).today == Count(calls=7, answers=10, media=20)
        services.usage.note(account.id, Count(calls=1))
        assert services.usage.report(account.id).today.calls == 8
        until(lambda: not services.usage._fresh and not services.usage._leaving)
        assert services.usage.report(account.id).today.calls == 8


def test_the_first_question_brings_what_earlier_runs_counted(tmp_path: Path) -> None:
    with opened(tmp_path / "profile") as services:
        account = shop(services)
        services.usage.note(account.id, Count(calls=3))
    with opened(tmp_path / "profile") as services:
        until(lambda: services.usage.report(account.id).today.calls == 3)


def test_a_day_and_a_month_are_the_vendor_s(
    services: Services, clock: Callable[[datetime], None]
) -> None:
    account = shop(services)
    clock(EVENING)
    services.usage.note(account.id, Count(calls=27_000))
    report = services.usage.report(account.id)
    assert report.today.calls == report.month.calls == 27_000
    level = services.usage.near(account.id, "calls")
    assert level is not None
    assert level.until == datetime(2026, 11, 30, 16, tzinfo=UTC)
    clock(datetime(2026, 11, 30, 16, 1, tzinfo=UTC))
    report = services.usage.report(account.id)
    assert report.today.calls == report.month.calls == 0
    assert services.usage.near(account.id, "calls") is None
    clock(datetime(2026, 12, 1, 17, tzinfo=UTC))
    services.usage.note(account.id, Count(calls=5))
    clock(datetime(2026, 12, 2, 17, tzinfo=UTC))
    services.usage.note(account.id, Count(calls=6))
    report = services.usage.report(account.id)
    assert (report.today.calls, report.month.calls) == (6, 11)


def test_near_is_nine_tenths_of_what_is_counted(services: Services) -> None:
    account, near = shop(services), services.usage.near
    services.usage.note(account.id, Count(calls=26_999, media=1_799_999_999))
    assert near(account.id, "calls") is None
    assert near(account.id, "media") is None
    services.usage.note(account.id, Count(media=1))
    assert near(account.id, "calls") is None
    level = near(account.id, "media")
    assert level is not None
    assert level_text(level) == "1.8 GB of 2.0 GB of media a month (90 %)"
    services.usage.note(account.id, Count(calls=1))
    level = near(account.id, "calls")
    assert level is not None
    assert wait_text(level) == (
        "Events are asked for by hand only: 27,000 of this month's 30,000 calls used."
    )
    services.usage.note(account.id, Count(calls=30_000))
    level = near(account.id, "calls")
    assert level is not None
    assert level.percent == 190
    assert near("gone", "calls") is None


def test_another_plan_has_another_limit_or_none(services: Services) -> None:
    paid = shop(services, calls_per_month="1000000", media_per_month="5")
    free = shop(services, calls_per_month="0", media_per_month="0")
    for account in (paid, free):
        services.usage.note(account.id, Count(calls=900_000, media=4_500_000_000))
    assert [one.most for one in services.usage.report(paid.id).levels] == [1_000_000, 5 * 10**9]
    assert services.usage.near(paid.id, "calls") is not None
    assert services.usage.near(paid.id, "media") is not None
    assert services.usage.report(free.id).levels == ()
    assert services.usage.near(free.id, "calls") is None


def test_a_limit_by_the_day(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(
        registry.vendor("imou"),
        quotas=(
            Quota(counted="calls", most=100, period="day", source="a test"),
            Quota(counted="media", most=1000, period="day", source="a test"),
        ),
    )
    monkeypatch.setitem(registry._BY_ID, "imou", row)
    account = shop(services)
    services.usage.note(account.id, Count(calls=91, media=950))
    level = services.usage.near(account.id, "calls")
    assert level is not None
    assert (level.used, level.most) == (91, 100)
    assert 0 < (level.until - now()).total_seconds() <= 86_400
    assert "91 of today's 100 calls" in wait_text(level)
    level = services.usage.near(account.id, "media")
    assert level is not None
    assert "950 B of today's 1.0 kB of media" in wait_text(level)


def test_a_removed_account_takes_its_counts_along(tmp_path: Path) -> None:
    with opened(tmp_path / "profile") as services:
        account = shop(services)
        services.usage.note(account.id, Count(calls=3))
        services.usage.load()
        services.usage.note(account.id, Count(calls=4))
        services.accounts.remove(account.id)
        with pytest.raises(NotFound):
            services.usage.report(account.id)
        # A late answer is nobody's.
        services.usage.note(account.id, Count(calls=1))
        assert services.usage._fresh == {}
    with opened(tmp_path / "profile") as services:
        services.usage.load()
        assert services.usage._kept == {}


@pytest.mark.allow_log("vsconsole.services.usage: counts of calls and traffic not kept")
def test_what_cannot_be_written_still_counts_and_is_written_later(services: Services) -> None:
    account = shop(services)
    blocked = services.paths.data / "usage.sqlite"
    blocked.mkdir()
    services.usage.note(account.id, Count(calls=2))
    until(lambda: services.usage._failing)
    services.usage.note(account.id, Count(calls=3))
    assert services.usage.report(account.id).today.calls == 5
    blocked.rmdir()
    until(lambda: services.usage._kept != {})
    assert services.usage.report(account.id).today.calls == 5


@pytest.mark.allow_log("vsconsole.services.usage: counts of a removed account stay")
def test_an_account_goes_also_where_its_counts_cannot(services: Services) -> None:
    account = shop(services)
    (services.paths.data / "usage.sqlite").mkdir()
    services.accounts.remove(account.id)
    assert services.accounts.all() == []


def test_nothing_counts_after_the_end(services: Services) -> None:
    account = shop(services)
    usage = Usage(services.usage._open_store, services.accounts.get)
    usage.close()
    usage.note(account.id, Count(calls=1))
    assert usage.report(account.id).today == Count()
    assert usage._thread is None


def test_the_words(services: Services) -> None:
    account = shop(services)
    services.usage.note(
        account.id, Count(calls=11_100, refused=3, answers=56_700_000, media=1_200_000_000)
    )
    assert lines(services.usage.report(account.id)) == [
        "Today: 11,100 calls (3 refused), 56.7 MB of answers, 1.2 GB of media",
        "This month: 11,100 calls (3 refused), 56.7 MB of answers, 1.2 GB of media",
        "Limit: 11,100 of 30,000 calls a month (37 %)",
        "Limit: 1.2 GB of 2.0 GB of media a month (60 %)",
    ]
    box = services.accounts.add(
        "tencent", "Box", {"secret_id": "AKID12345678", "secret_key": "abcdefgh12345678"}
    )
    assert lines(services.usage.report(box.id)) == [
        "Today: 0 calls, 0 B of answers, 0 B of media",
        "This month: 0 calls, 0 B of answers, 0 B of media",
        "At most 20 calls a second",
    ]
    volc = services.accounts.add(
        "volcengine", "V", {"access_key": "AKLT12345678", "secret_key": "abcdefgh12345678"}
    )
    assert lines(services.usage.report(volc.id))[-1] == "ListStreamRecords: at most 10 a second"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (56_700_000, "56.7 MB"),
        (2_000_000_000, "2.0 GB"),
        (5 * 10**15, "5000.0 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text
