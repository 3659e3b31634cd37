"""What is asked, what is not asked twice, and what a failure leaves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.services.support import ZONE, add_box, calls, channel_with, day_before, opened, until
from vsconsole.domain import days
from vsconsole.domain.cancel import CancelToken, bound
from vsconsole.domain.errors import Cancelled, ConsoleError, VendorError
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.footage import Load

QUERY = "/record/filelist/query"
WAIT = 30.0


def last_month() -> tuple[int, int]:
    first = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return first.year, first.month


def test_a_month_is_a_query_a_day_and_known_for_good(tmp_path: Path, sandbox: Sandbox) -> None:
    year, month = last_month()
    count = len(days.month_days(year, month))
    with opened(tmp_path) as services:
        channel = channel_with(
            services, add_box(services, sandbox), Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS
        )
        view = services.footage.month(channel, year, month)
        coverages = [load.wait(WAIT) for load in view.loads]
        assert len(calls(sandbox, QUERY)) == count
        assert len(calls(sandbox, "/control/timeline")) == count
        assert all(coverage.complete for coverage in coverages)
        marked = view.marked()
        assert view.done
        assert view.failed() == {}
    with opened(tmp_path) as services:
        sandbox._log.clear()
        channel = services.inventory.find_channel("Box/" + channel.key.native)
        again = services.footage.month(channel, year, month)
        assert [load.wait(WAIT).segments for load in again.loads] == [
            coverage.segments for coverage in coverages
        ]
        assert again.marked() == marked
        assert calls(sandbox, QUERY) == []


def test_of_today_only_the_tail_is_asked_again(tmp_path: Path, sandbox: Sandbox) -> None:
    week = Span(now() - timedelta(days=6), now() + timedelta(days=1))
    with opened(tmp_path) as services:
        channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
        first = services.footage.load(channel, Store.CLOUD, week).wait(WAIT)
        assert first.complete
        assert len(calls(sandbox, QUERY)) == 7
    with opened(tmp_path) as services:
        sandbox._log.clear()
        channel = services.inventory.find_channel("Box/" + channel.key.native)
        known = services.footage.known(channel, Store.CLOUD, week)
        assert known.segments.bounds is not None
        assert all(span.end <= now() for span in known.unknown)
        services.footage.load(channel, Store.CLOUD, week).wait(WAIT)
        (tail,) = calls(sandbox, QUERY)
        asked = int(tail.params["EndTime"]) - int(tail.params["StartTime"])
        assert 60 <= asked <= 300
        # Asked a moment ago: looking again asks nothing.
        services.footage.load(channel, Store.CLOUD, week).wait(WAIT)
        assert len(calls(sandbox, QUERY)) == 1


def test_the_same_day_is_asked_once_however_many_look(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    sandbox.faults.set("tencent", "slow", seconds=0.3, path="/record/filelist/query")
    day = day_before(3)
    half = Span(day.begin, day.begin + timedelta(hours=12))
    loads = [services.footage.load(channel, Store.CLOUD, span) for span in (day, half, day)]
    found = [load.wait(WAIT).segments for load in loads]
    assert len(calls(sandbox, QUERY)) == 1
    assert found[0] == found[2]
    assert found[0].clip(half) == found[1]


def test_changes_are_told_once_until_they_were_looked_at(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    told: list[Load] = []
    span = Span(day_before(8).begin, day_before(2).end)
    load = services.footage.load(channel, Store.CLOUD, span, told.append)
    load_end = services.footage.load(channel, Store.CLOUD, span)
    load_end.wait(WAIT)
    until(lambda: load.done)
    assert told == [load]
    assert load.coverage().complete


def test_a_day_that_fails_keeps_the_others_and_can_be_retried(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    # Some days have no footage at all.
    before = next(n for n in range(20, 2, -1) if footage_on(services, channel, day_before(n)))
    good, bad = day_before(before), day_before(before - 1)
    whole = Span(good.begin, bad.end)
    sandbox.faults.set("tencent", "html", path="/record/filelist/query")
    coverage = services.footage.load(channel, Store.CLOUD, whole).wait(WAIT)
    assert list(coverage.failed) == [bad]
    assert not coverage.complete
    assert coverage.segments.clip(good).seconds > 0
    count = len(calls(sandbox, QUERY))
    again = services.footage.load(channel, Store.CLOUD, whole).wait(WAIT)
    assert again.failed.keys() == {bad}
    assert len(calls(sandbox, QUERY)) == count
    with pytest.raises(VendorError):
        services.footage.ensure(channel, Store.CLOUD, whole)
    sandbox.faults.clear()
    assert services.footage.retry(channel, Store.CLOUD, whole).wait(WAIT).complete


def test_leaving_calls_queries_off_and_coming_back_asks_again(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    sandbox.faults.set("tencent", "slow", seconds=20, path="/record/filelist/query")
    span = Span(day_before(9).begin, day_before(2).end)
    load = services.footage.load(channel, Store.CLOUD, span)
    until(lambda: bool(load.coverage().loading))
    load.cancel()
    assert load.done
    sandbox.faults.clear()
    coverage = services.footage.load(channel, Store.CLOUD, span).wait(WAIT)
    assert coverage.complete
    assert coverage.failed == {}


def test_waiting_ends_with_the_work_that_waits(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    sandbox.faults.set("tencent", "slow", seconds=20, path="/record/filelist/query")
    token = CancelToken()
    load = services.footage.load(channel, Store.CLOUD, day_before(2), lambda _load: None)
    until(lambda: bool(load.coverage().loading))
    token.cancel()
    with bound(token), pytest.raises(Cancelled):
        load.wait(WAIT)


def test_a_store_the_channel_lacks_is_a_failure_of_the_range(
    services: Services, sandbox: Sandbox
) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.CLOUD_RECORDS)
    coverage = services.footage.load(channel, Store.LOCAL, day_before(1)).wait(WAIT)
    (error,) = coverage.failed.values()
    assert isinstance(error, ConsoleError)


def test_nothing_is_asked_of_the_future(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    ahead = Span(now() + timedelta(days=2), now() + timedelta(days=3))
    coverage = services.footage.load(channel, Store.CLOUD, ahead).wait(WAIT)
    assert coverage.complete
    assert calls(sandbox, QUERY) == []


def test_days_are_those_of_the_channel(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    services.footage.load(channel, Store.CLOUD, day_before(2)).wait(WAIT)
    (entry,) = calls(sandbox, QUERY)
    begin = datetime.fromtimestamp(int(entry.params["StartTime"]), UTC)
    assert Span(begin, begin + timedelta(days=1)) == days.span_of(day_before_date(2), ZONE)


def footage_on(services: Services, channel: Channel, day: Span) -> bool:
    return services.footage.ensure(channel, Store.CLOUD, day).seconds > 0


def day_before_date(count: int) -> object:
    return days.day_of(day_before(count).begin, ZONE)
