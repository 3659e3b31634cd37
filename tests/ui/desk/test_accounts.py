"""Accounts from the desk: added, changed, removed, listed, cached, unreachable, large."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole.demo import hands
from vsconsole.domain.model import Ability, Store, now
from vsconsole.sandbox import footage
from vsconsole.sandbox.server import Sandbox
from vsconsole.ui.desk.accounts import _age_text
from vsconsole.ui.dialogs.accounts import AccountDialog
from vsconsole.ui.tree.rows import Row, RowKind
from vsconsole.ui.wall.session import Mode
from vsconsole.work.qt import Heartbeat
from vsconsole.work.watchdog import Stall, Watchdog


def typed(dialog: AccountDialog, name: str, fields: dict[str, str]) -> None:
    """Fills the form as hands do."""
    # QTest.keyClicks knows only characters with a key.
    dialog.name.setText(name)
    for field, text in fields.items():
        box = dialog.input(field)
        assert isinstance(box, QLineEdit)
        hands.write(box, text)


def row_of(stand: Stand, account_id: str) -> Row:
    model = stand.desk.window.tree.model
    row = model.row(model.account_index(account_id))
    assert row is not None
    return row


def hint_of(stand: Stand, account_id: str) -> Row | None:
    children = row_of(stand, account_id).children or ()
    return next((row for row in children if row.kind is RowKind.HINT), None)


def listed(stand: Stand) -> None:
    stand.wait(lambda: not stand.desk.accounts.busy, 20, "the list does not end")


def test_an_account_is_added_verified_changed_and_removed(
    qapp: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        desk, tree = stand.desk, stand.desk.window.tree
        stand.wait(lambda: desk._restored, 5)
        dialog = desk.accounts.add("tencent")
        right = sandbox.fields("tencent")
        typed(dialog, "总部 HQ", {**right, "secret_key": "x" * 32})
        hands.click(dialog.verify_button)
        stand.wait(lambda: dialog.verify_button.isEnabled() and bool(dialog.outcome.text()), 10)
        assert "works" not in dialog.outcome.text()
        assert right["secret_key"] not in dialog.outcome.text()
        typed(dialog, "总部 HQ", right)
        hands.click(dialog.verify_button)
        stand.wait(lambda: "works" in dialog.outcome.text(), 10)
        hands.click(dialog.save_button)
        stand.wait(lambda: tree.model.channel_count > 10, 10, "no cameras")
        listed(stand)
        (account,) = stand.program.services.accounts.all()
        assert row_of(stand, account.id).name == "总部 HQ"
        assert row_of(stand, account.id).note == ""
        assert desk.window.vendor_state.text().startswith("●")
        session = desk.pictures.open_channel(stand.channel(Ability.LIVE))
        assert session.subtitle == "总部 HQ"

        edit = desk.accounts.edit(account)
        assert edit.input("secret_key").text() == ""  # type: ignore[attr-defined]
        hands.write(edit.name, "West")
        hands.click(edit.save_button)
        stand.wait(lambda: row_of(stand, account.id).name == "West", 10)
        listed(stand)
        stand.program.services.accounts.verify_account(account.id)

        tree.account_action.emit("remove", account)
        box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox))
        remove = next(b for b in box.buttons() if b.text() == "Remove")
        hands.click(remove)
        stand.wait(lambda: not stand.program.services.accounts.all(), 10)
        stand.wait(lambda: tree.model.account_count == 0 and tree.model.channel_count == 0, 5)
        assert stand.tile.session is None
        assert desk.window.vendor_state.text() == ""


def test_a_name_that_is_taken_is_said_beside_its_field(hand: Hands) -> None:
    dialog = hand.stand.desk.accounts.add("tencent")
    typed(dialog, "Box", hand.stand.sandbox.fields("tencent"))
    hands.click(dialog.save_button)
    hand.stand.wait(dialog.name_problem.isVisible, 5)
    assert dialog.isVisible()
    dialog.reject()


def test_removing_while_it_is_listed_leaves_nothing_behind(qapp: object, tmp_path: Path) -> None:
    with (
        Sandbox(vendors=["tencent"], channels=600) as sandbox,
        Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand,
    ):
        desk, model = stand.desk, stand.desk.window.tree.model
        accounts = stand.program.services.accounts
        account = accounts.add("tencent", "Box", sandbox.fields("tencent"))
        desk.accounts.start()
        stand.wait(lambda: model.channel_count > 0, 10)
        desk.accounts.remove(account)
        stand.wait(lambda: not accounts.all() and model.account_count == 0, 10)
        hands.pause(0.3)
        assert not desk.accounts.busy
        assert model.channel_count == 0
        assert not model._waiting
        assert not stand.said()


def test_a_refused_login_says_so_in_the_tree_and_its_row_asks_again(hand: Hands) -> None:
    stand, desk = hand.stand, hand.stand.desk
    (account,) = stand.program.services.accounts.all()
    count = desk.window.tree.model.channel_count
    stand.sandbox.faults.set("tencent", "secret", 1.0)
    stand.press("refresh")
    listed(stand)
    row = row_of(stand, account.id)
    assert row.alarm
    assert "old" in row.note
    assert desk.window.vendor_state.text().startswith("▲")
    assert "Box" in desk.window.vendor_state.text()
    assert desk.window.tree.model.channel_count == count
    told = len(stand.said())
    stand.press("refresh")
    listed(stand)
    assert len(stand.said()) == told, "the same trouble is told again and again"
    stand.sandbox.faults.clear()
    stand.press("refresh")
    listed(stand)
    assert not row_of(stand, account.id).alarm
    assert "answers again" in stand.said()[-1]
    assert desk.window.vendor_state.text().startswith("●")


def test_an_account_that_was_never_listed_says_why_it_is_empty(
    qapp: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.faults.set("tencent", "secret", 1.0)
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        account = stand.program.services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
        stand.desk.accounts.start()
        stand.wait(lambda: bool(stand.desk.accounts.problem_text(account.id)), 10)
        hint = hint_of(stand, account.id)
        assert hint is not None
        assert hint.alarm
        assert "refused" in hint.name.lower() or "login" in hint.name.lower()
        sandbox.faults.clear()
        stand.desk.window.tree.account_action.emit(hint.action, account)
        listed(stand)
        stand.wait(lambda: stand.desk.window.tree.model.channel_count > 0, 10)
        assert hint_of(stand, account.id) is None


def test_without_a_network_the_cached_tree_is_there_with_its_age(
    qapp: object, tmp_path: Path
) -> None:
    with (
        Sandbox(vendors=["tencent"]) as sandbox,
        Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand,
    ):
        account = stand.add_account()
        names = sorted(c.name for c in stand.desk.window.tree.model.channels())
    # The cable is out: nobody listens there any more.
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        tree = stand.desk.window.tree
        stand.wait(lambda: tree.model.channel_count > 0, 3, "no cached tree")
        assert sorted(c.name for c in tree.model.channels()) == names
        stand.wait(lambda: row_of(stand, account.id).alarm, 30, "nothing was said")
        assert row_of(stand, account.id).note == "less than 1 min old"
        assert hint_of(stand, account.id) is None
        assert sorted(c.name for c in tree.model.channels()) == names
        assert len(stand.said()) == 1
        # What is known can be searched all the same.
        hands.write(tree.search, "qm")
        stand.wait(lambda: tree.model.filtered and tree.model.found.rowCount() > 0, 5)


def test_while_a_slow_vendor_is_asked_the_age_of_what_is_shown_is_said(hand: Hands) -> None:
    stand = hand.stand
    account = stand.program.services.accounts.all()[0]
    stand.desk.accounts._ages[account.id] = now() - timedelta(minutes=5)
    stand.sandbox.faults.set("tencent", "slow", seconds=0.3)
    stand.desk.accounts.refresh(account.id)
    assert row_of(stand, account.id).note == "loading… · 5 min old"
    stand.sandbox.faults.clear()
    stand.wait(lambda: not row_of(stand, account.id).note, 30)


def test_an_age_is_said_in_the_unit_that_fits() -> None:
    for ago, text in (
        (timedelta(seconds=20), "less than 1 min old"),
        (timedelta(minutes=5), "5 min old"),
        (timedelta(hours=5), "5 h old"),
        (timedelta(days=9), "9 days old"),
    ):
        assert _age_text(now() - ago) == text


def test_a_folder_of_footage_becomes_an_account_that_plays(
    hand: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footage, "SECONDS", 6)
    stand, desk = hand.stand, hand.stand.desk
    folder = tmp_path / "NVR export"
    footage.make(folder, now())
    desk.accounts.open_folder(str(folder))
    stand.wait(lambda: len(stand.program.services.accounts.all()) == 2, 5)
    listed(stand)
    model = desk.window.tree.model
    local = [c for c in model.channels() if c.stores == (Store.LOCAL,)]
    assert sorted(c.name for c in local) == ["corridor", "dock"]
    session, player = hand.open(local[0])
    assert session.mode is Mode.PLAYBACK
    stand.wait(lambda: bool(player.took("play")), 5)
    assert [job.title for job in desk.window.jobs.jobs()] == ["Reading NVR export"]
    # The same folder again gets a name of its own.
    desk.accounts.open_folder(str(folder))
    stand.wait(lambda: len(stand.program.services.accounts.all()) == 3, 5)
    listed(stand)
    assert {a.name for a in stand.program.services.accounts.all()} == {
        "Box", "NVR export", "NVR export 2"
    }  # fmt: skip


def test_favourites_stay(hand: Hands) -> None:
    stand, model = hand.stand, hand.stand.desk.window.tree.model
    key = stand.channel(Ability.LIVE).key
    stand.desk.accounts.toggle_favourite(key)
    stand.wait(lambda: model.is_favourite(key), 5)
    assert stand.program.services.catalog.favourites() == [key]
    stand.desk.accounts.toggle_favourite(key)
    stand.wait(lambda: not model.is_favourite(key), 5)


def test_ten_thousand_channels_leave_the_tree_in_use_while_they_come(
    qapp: object, tmp_path: Path
) -> None:
    with (
        Sandbox(vendors=["tencent"], channels=10_000) as sandbox,
        Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand,
    ):
        tree, services = stand.desk.window.tree, stand.program.services
        # At the vendor's pace it takes half a minute; quicker answers only press harder.
        services.__dict__["context"] = replace(services.context, calls_per_second=1000)
        stalls: list[Stall] = []
        dog = Watchdog(on_stall=stalls.append)
        beat = Heartbeat(dog)
        beat.start()
        try:
            account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
            stand.desk.accounts.start()
            stand.wait(lambda: tree.model.channel_count > 100, 30, "no first cameras")
            assert stand.desk.accounts.busy
            # Half there, it is worked with: rows open, cameras are selected and shown.
            assert row_of(stand, account.id).note == "loading…"
            channel = next(tree.model.channels())
            tree.select(channel.key)
            hands.pause(0.05)
            assert tree.selected_channels() == [channel]
            hands.key(tree.view, Qt.Key.Key_Return)
            stand.wait(lambda: stand.tile.session is not None, 3)
            stand.wait(lambda: tree.model.channel_count == 10_000, 60, "not all came")
            listed(stand)
            stand.wait(lambda: bool(services.search.find("d", limit=1)), 20, "no index")
            last = list(tree.model.channels())[-1]
            hands.write(tree.search, last.key.native)
            stand.wait(lambda: tree.model.index_of_key(last.key).isValid(), 5, "not found")
        finally:
            beat.stop()
        # What the window itself computed at a stretch: the sandbox lives in this process, and how
        # long the window waits for it is the machine's; the bench measures that exactly.
        assert max((stall.busy for stall in stalls), default=0.0) < 0.5
        assert row_of(stand, account.id).note == ""


def test_what_another_listing_no_longer_has_is_gone(hand: Hands) -> None:
    stand, model = hand.stand, hand.stand.desk.window.tree.model
    world = stand.sandbox.world
    count = model.channel_count
    device = next(d for d in world.devices.values() if len(d.cameras) == 8)
    world.remove_device(device)
    stand.press("refresh")
    listed(stand)
    stand.wait(lambda: model.channel_count == count - 8, 5)
