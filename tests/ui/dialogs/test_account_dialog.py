"""The account form says what is wrong beside the field, and never shows a secret."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.dialogs.support import Keeper, dispatcher
from vsconsole.domain.errors import BadCredentials
from vsconsole.domain.model import Account
from vsconsole.ui.dialogs.accounts import AccountDialog
from vsconsole.ui.dialogs.fields import FieldRow
from vsconsole.vendors.registry import Field
from vsconsole.work.qt import Dispatcher

LEFT = Qt.MouseButton.LeftButton
SECRET = "s3cret-value-of-the-key"
SAVED = Account(id="a", vendor="tencent", name="Head office", options={"secret_id": "AKID12345678"})


@pytest.fixture
def work() -> Iterator[Dispatcher]:
    with dispatcher() as made:
        yield made


def opened(
    qtbot: QtBot, keeper: Keeper, work: Dispatcher, account: Account | None = None, vendor: str = ""
) -> AccountDialog:
    dialog = AccountDialog(keeper, work, account, vendor_id=vendor)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def fill(qtbot: QtBot, dialog: AccountDialog) -> None:
    for name, text in (("name", "Till"), ("secret_id", "AKID12345678"), ("secret_key", SECRET)):
        qtbot.keyClicks(dialog.input(name), text)


def free(dialog: AccountDialog) -> bool:
    return dialog.save_button.isEnabled()


def test_enter_saves(qtbot: QtBot, work: Dispatcher) -> None:
    keeper = Keeper()
    dialog = opened(qtbot, keeper, work)
    fill(qtbot, dialog)
    with qtbot.waitSignal(dialog.saved) as told:
        qtbot.keyClick(dialog.input("secret_key"), Qt.Key.Key_Return)
    assert told.args is not None
    assert told.args[0].name == "Till"
    fields = {"secret_id": "AKID12345678", "secret_key": SECRET}
    assert keeper.calls == [("add", "Till", fields)]
    # The input forgets it.
    assert not dialog.fields().get("secret_key")


def test_a_wrong_field_says_so_beside_itself(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work)
    qtbot.keyClicks(dialog.input("secret_id"), "x")
    qtbot.mouseClick(dialog.save_button, LEFT)
    row = dialog._rows["secret_id"]
    qtbot.waitUntil(lambda: row.problem.isVisible())
    assert row.problem.text().startswith("SecretId is not in the expected form.")
    assert row.problem.text() in row.input.accessibleDescription()
    assert row.input.hasFocus()
    assert dialog.isVisible()
    qtbot.keyClicks(row.input, "y")
    assert not row.problem.isVisible()


def test_verify_says_what_is_wrong_why_and_what_next(qtbot: QtBot, work: Dispatcher) -> None:
    def refuse() -> None:
        raise BadCredentials(
            "The login was refused.",
            why="SecretKey does not fit.",
            remedy="Copy it again.",
            code="AuthFailure",
            request_id="5f2a",
        )

    keeper = Keeper(answer=refuse)
    dialog = opened(qtbot, keeper, work)
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.verify_button, LEFT)
    assert not free(dialog)
    qtbot.waitUntil(lambda: free(dialog))
    assert dialog.outcome.text() == (
        "The login was refused.\n"
        "SecretKey does not fit. Copy it again. Code AuthFailure. Request 5f2a."
    )
    assert dialog.outcome.property("role") == "problem"
    keeper.answer = lambda: None
    qtbot.mouseClick(dialog.verify_button, LEFT)
    qtbot.waitUntil(lambda: free(dialog))
    assert dialog.outcome.property("role") == "good"


def test_escape_stops_a_verification_before_it_closes(qtbot: QtBot, work: Dispatcher) -> None:
    keeper = Keeper()
    keeper.answer = keeper.wait_for_ever
    dialog = opened(qtbot, keeper, work)
    fill(qtbot, dialog)
    qtbot.mouseClick(dialog.verify_button, LEFT)
    qtbot.waitUntil(lambda: bool(keeper.calls))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert free(dialog)
    assert dialog.outcome.text() == ""
    assert keeper.cancelled.wait(5)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_secrets_are_never_shown_or_spoken(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work)
    fill(qtbot, dialog)
    secret = dialog.input("secret_key")
    assert isinstance(secret, QLineEdit)
    spoken = QAccessible.queryAccessibleInterface(secret)
    texts = [spoken.text(kind) for kind in QAccessible.Text if kind != QAccessible.Text.UserText]
    assert not any(SECRET in text for text in texts)
    assert SECRET not in secret.displayText()
    show = dialog._rows["secret_key"].extras[0]
    qtbot.mouseClick(show, LEFT)
    assert secret.displayText() == SECRET
    qtbot.mouseClick(show, LEFT)
    assert SECRET not in secret.displayText()


def test_an_edited_account_keeps_its_secret_unless_a_new_one_is_typed(
    qtbot: QtBot, work: Dispatcher
) -> None:
    keeper = Keeper()
    dialog = opened(qtbot, keeper, work, SAVED)
    assert not dialog.vendor_box.isEnabled()
    secret = dialog.input("secret_key")
    assert isinstance(secret, QLineEdit)
    assert (secret.text(), secret.placeholderText()) == ("", "unchanged")
    qtbot.mouseClick(dialog.verify_button, LEFT)
    qtbot.waitUntil(lambda: free(dialog))
    with qtbot.waitSignal(dialog.saved):
        qtbot.mouseClick(dialog.save_button, LEFT)
    fields = {"secret_id": "AKID12345678"}
    assert keeper.calls == [("verify", "a", fields), ("update", "Head office", fields)]


def test_tab_goes_through_the_form_from_top_to_bottom(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work, vendor="local")
    dialog.vendor_box.setCurrentIndex(dialog.vendor_box.findData("tencent"))
    qtbot.waitUntil(lambda: dialog.input("token").isVisible())
    dialog.vendor_box.setFocus()
    qtbot.waitUntil(dialog.vendor_box.hasFocus)
    wanted = [
        dialog.name,
        *(dialog.input(name) for name in ("server", "secret_id", "secret_key")),
        dialog._rows["secret_key"].extras[0],
        dialog.input("token"),
        dialog._rows["token"].extras[0],
        dialog.verify_button,
        dialog.save_button,
        dialog.cancel_button,
    ]
    for one in wanted:
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is one
        assert one.accessibleName() or one.text()  # type: ignore[attr-defined]


def test_zone_names_are_proposed_once_the_field_is_entered(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work, vendor="local")
    zone = dialog.input("zone")
    assert isinstance(zone, QLineEdit)
    assert zone.completer() is None
    zone.setFocus()
    qtbot.waitUntil(lambda: zone.completer() is not None)
    qtbot.waitUntil(lambda: zone.completer().model().rowCount() > 100)


def test_choices_are_a_box_to_choose_from(qtbot: QtBot) -> None:
    field = Field(name="region", label="Region", choices=("east", "west"), required=False)
    row = FieldRow(field, "west", keeps_secret=False)
    qtbot.addWidget(row)
    assert isinstance(row.input, QComboBox)
    assert row.value() == "west"
    row.input.setCurrentIndex(0)
    assert row.value() == ""


def test_no_label_reads_markup(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work)
    own = [dialog.outcome, dialog.name_problem, *(r.problem for r in dialog._rows.values())]
    assert all(isinstance(one, QLabel) for one in own)
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in own)


def test_it_fits_a_small_screen(qtbot: QtBot, work: Dispatcher) -> None:
    dialog = opened(qtbot, Keeper(), work)
    assert dialog.sizeHint().height() <= 680
    assert dialog.sizeHint().width() <= 1240
