"""What was used of an account is shown, and what waits because of it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine, HandPlayer
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Account, Store, now
from vsconsole.player.backend import PlayerStats
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import event_turns
from vsconsole.store.usage import Count
from vsconsole.ui.desk.usage import EVERY_MS
from vsconsole.ui.wall.session import Mode

WAIT = 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_turns, "SPACING", 0.05)
    monkeypatch.setattr(event_turns, "PAUSE", 0.1)


@pytest.fixture
def imou() -> Iterator[Sandbox]:
    with Sandbox(seed=1, vendors=["imou"]) as sandbox:
        yield sandbox


@dataclass
class Shop:
    """A desk over the cloud whose accounts have limits."""

    stand: Stand
    account: Account

    def use(self, **count: int) -> None:
        self.stand.program.services.usage.note(self.account.id, Count(**count))

    @property
    def status(self) -> str:
        return self.stand.desk.window.events.status.text()

    def tip(self) -> str:
        model = self.stand.desk.window.tree.model.everything
        return str(model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole))


@pytest.fixture
def shop(
    qapp: object, tmp_path: Path, imou: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    from vsconsole.vendors.imou.adapter import ImouAdapter

    monkeypatch.setattr(ImouAdapter, "event_pause", 0.1)
    with Stand.open(tmp_path, imou, engine=HandEngine()) as stand:
        account = stand.program.services.accounts.add("imou", "Shop", imou.fields("imou"))
        stand.desk.accounts.start()
        tree = stand.desk.window.tree.model
        stand.wait(lambda: tree.channel_count > 0 and not stand.desk.accounts.busy, WAIT)
        yield Shop(stand, account)


def asked_all(stand: Stand) -> None:
    def done() -> bool:
        standings = stand.program.services.polling.standings().values()
        return bool(standings) and not any(one.unasked for one in standings)

    stand.wait(done, WAIT, "not every camera was asked")


def gone_quiet(stand: Stand) -> int:
    """Waits until nothing was asked for a second; how many requests there were until then."""
    asked = [-1, len(stand.sandbox.log)]

    def quiet() -> bool:
        hands.pause(1.0)
        asked[:] = asked[1], len(stand.sandbox.log)
        return asked[0] == asked[1]

    stand.wait(quiet, WAIT, "it goes on asking")
    return asked[1]


def test_polling_stops_near_the_limit_of_calls_and_that_is_said(shop: Shop) -> None:
    stand = shop.stand
    asked_all(stand)
    panel, usage = stand.desk.window.events, stand.program.services.usage
    calls = lambda: usage.report(shop.account.id).month.calls  # noqa: E731
    seen = lambda: sum(entry.kind == "api" for entry in stand.sandbox.log)  # noqa: E731
    stand.wait(lambda: calls() == seen() > 10, WAIT, lambda: f"{calls()} of {seen()} counted")
    used = calls()
    shop.use(calls=27_000 - used)
    stand.wait(lambda: "Events are asked for by hand only" in shop.status, WAIT)
    assert "Shop: " in shop.status
    assert "of this month's 30,000 calls used." in shop.status
    left = usage.near(shop.account.id, "calls")
    assert left is not None
    if left.until - now() > timedelta(days=1):
        assert "Asked again from " in shop.status
    assert panel.status.property("role") == "warn"
    asked = gone_quiet(stand)
    # By hand they are asked all the same.
    panel.again.click()
    stand.wait(lambda: len(stand.sandbox.log) > asked, WAIT)
    # Another plan has more.
    services = stand.program.services
    services.accounts.update(
        shop.account.id, "Shop", {**shop.account.options, "calls_per_month": "0"}
    )
    stand.wait(lambda: "by hand" not in shop.status, WAIT)


def test_small_pictures_wait_near_the_limit_of_media_and_the_chosen_one_comes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.use(media=1_800_000_000)
    stand = shop.stand
    asked_all(stand)
    panel = stand.desk.window.events
    stand.wait(lambda: any(row.event.picture for row in panel.model.rows), WAIT)
    panel.list.scrollToTop()
    row = next(one for one in panel.list.rows_in_sight() if one.event.picture)
    stand.wait(lambda: "Small pictures are not loaded" in shop.status, WAIT)
    assert "1.8 GB of this month's 2.0 GB" in shop.status
    hands.pause(0.5)
    assert panel.thumbs.of(row.name) is None
    assert not panel.thumbs.failure(row.name)
    usage = stand.program.services.usage
    assert usage.report(shop.account.id).today.media == 1_800_000_000
    panel.picture_button.setChecked(False)
    panel.picture_button.click()
    panel.list.select(row)
    stand.wait(lambda: panel.view.picture.image is not None, WAIT)
    assert usage.report(shop.account.id).today.media > 1_800_000_000
    # In the next month they come by themselves.
    later = now() + timedelta(days=32)
    monkeypatch.setattr("vsconsole.services.usage.now", lambda: later)
    panel.list.look()
    stand.wait(lambda: panel.thumbs.of(row.name) is not None, WAIT)
    stand.desk.events.status.show()
    assert "Small pictures" not in shop.status


def test_the_list_of_accounts_shows_what_was_used(shop: Shop, tmp_path: Path) -> None:
    stand = shop.stand
    asked_all(stand)
    stand.desk.window.hide()
    hands.pause(0.5)
    shop.use(media=1_200_000_000)
    used = stand.program.services.usage.report(shop.account.id).month.calls
    dialog = stand.desk.accounts.manage()
    box = dialog.usage
    assert box.isVisible()
    assert box.texts[0].startswith(f"Today: {used} calls, ")
    assert box.texts[0].endswith("1.2 GB of media")
    assert box.texts[1].startswith(f"This month: {used} calls, ")
    assert box.texts[2] == f"{used} of 30,000 calls a month ({used * 100 // 30_000} %)"
    assert box.texts[3] == "1.2 GB of 2.0 GB of media a month (60 %)"
    assert [row.bar.value() for row in box.levels] == [used * 100 // 30_000, 60]
    # It is kept up to date while it is shown.
    shop.use(calls=30_000)
    stand.wait(lambda: box.levels[0].bar.value() == 100, 5)
    assert box.levels[0].text.property("role") == "warn"
    assert f"{used + 30_000:,} of 30,000" in shop.tip()
    assert shop.tip().startswith("Shop")
    # Where there are no calls there is nothing to show.
    folder = tmp_path / "footage"
    folder.mkdir()
    stand.desk.accounts.open_folder(str(folder))
    stand.wait(lambda: dialog.list.count() == 2, WAIT)
    dialog.list.setCurrentRow(1)
    assert not box.isVisible()
    dialog.list.setCurrentRow(0)
    assert box.isVisible()
    # One of a vendor whose limits nobody knows says so.
    services = stand.program.services
    report = services.usage.report(shop.account.id)
    box.show_report(replace(report, levels=()))
    assert box.texts[2] == "No limit of calls or media is known here."
    assert not box.levels[0].isVisible()
    dialog.reject()


def counters(player: HandPlayer, read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "stats", lambda: PlayerStats(bytes_read=read))


def test_what_players_fetch_is_counted(hand: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = hand.stand
    account = stand.program.services.accounts.all()[0]
    media = lambda: stand.program.services.usage.report(account.id).today.media  # noqa: E731
    stand.desk.window.hide()
    hands.pause(0.3)
    before = media()
    session, player = hand.open(stand.channel(Ability.LIVE))
    assert session.mode is Mode.LIVE
    counters(player, 1000, monkeypatch)
    stand.wait(lambda: media() == before + 1000, EVERY_MS / 1000 + 2)
    desk = stand.desk.usage

    def counted(read: int) -> int:
        """What a look counts when the player says that it has read so much."""
        at = media()
        counters(player, read, monkeypatch)
        desk.look()
        return media() - at

    assert counted(1500) == 500
    assert counted(1500) == 0
    # Another medium begins at nought, and nothing plays for a while.
    assert counted(200) == 200
    assert counted(0) == 0
    assert counted(450) == 250
    # Back to the one that was kept open, and on with the other.
    assert counted(1500) == 0
    assert counted(1700) == 200
    assert counted(500) == 50
    # What came until the window goes is counted; the services outlive it.
    at = media()
    counters(player, 800, monkeypatch)
    desk.close()
    assert media() - at == 300


def test_what_is_counted_elsewhere_or_lies_on_disk_is_left_out(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, services = hand.stand, hand.stand.program.services
    account = services.accounts.all()[0]
    camera = stand.channel(Ability.LIVE)
    session, player = hand.open(camera)
    source = services.live.open(camera)
    with services.open_stream(source) as stream:
        got = len(stream.read(1000))
    stand.wait(lambda: services.usage.report(account.id).today.media >= got, 5)
    stand.desk.window.hide()
    hands.pause(0.5)
    before = services.usage.report(account.id).today.media
    counters(player, 5000, monkeypatch)
    stand.desk.usage.look()
    assert services.usage.report(account.id).today.media == before
    services.traffic.given(camera.key, source)
    session.mode, session.store = Mode.PLAYBACK, Store.LOCAL
    counters(player, 9000, monkeypatch)
    stand.desk.usage.look()
    assert services.usage.report(account.id).today.media == before
    session.mode = Mode.LIVE
    counters(player, 9100, monkeypatch)
    stand.desk.usage.look()
    assert services.usage.report(account.id).today.media == before + 100
