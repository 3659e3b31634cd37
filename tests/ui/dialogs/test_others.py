"""An address to open, the list of accounts, and what can be dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import Account, Key
from vsconsole.ui import drag
from vsconsole.ui.dialogs.account_list import AccountListDialog
from vsconsole.ui.dialogs.address import AddressDialog, problem_of

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    "text",
    ["http://a.example/x.m3u8", "rtsp://u:p@10.0.0.1:554/1", "RTMP://h/app/s", "/tmp/a b.mp4"],
)
def test_what_may_be_tried_has_no_problem(text: str) -> None:
    assert problem_of(text) == ""


@pytest.mark.parametrize(
    "text", ["", "x.mp4", "ftp://h/x", "http://", "http://[bad", "http://h:99999999/x", "://"]
)
def test_what_cannot_be_opened_says_why(text: str) -> None:
    assert problem_of(text)


def test_an_address_is_typed_checked_and_opened(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    dialog = AddressDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.input, "ftp://x")
    qtbot.keyClick(dialog.input, Qt.Key.Key_Return)
    assert dialog.problem.text() == "Addresses begin with http, https, rtmp or rtsp."
    assert dialog.isVisible()
    dialog.input.clear()
    assert not dialog.problem.isVisible()
    qtbot.keyClicks(dialog.input, '"/tmp/a.mp4"')
    with qtbot.waitSignal(dialog.chosen) as told:
        qtbot.keyClick(dialog.input, Qt.Key.Key_Return)
    assert told.args == ["/tmp/a.mp4"]


def test_a_copied_address_is_offered(qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    for copied, offered in (
        ("https://h.example/x.flv", "https://h.example/x.flv"),
        ("see https://h.example/x.flv", ""),
        ("https://h.example/" + "x" * 5000, ""),
    ):
        clipboard.setText(copied)
        dialog = AddressDialog()
        qtbot.addWidget(dialog)
        assert dialog.input.text() == offered
    clipboard.clear()


ACCOUNTS = [
    Account(id="a", vendor="tencent", name="Head & <b>office</b>"),
    Account(id="b", vendor="local", name="Disk"),
]


def test_accounts_are_ordered_and_acted_on(qtbot: QtBot) -> None:
    dialog = AccountListDialog(ACCOUNTS)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "<b>" not in dialog.list.item(0).toolTip()
    assert not dialog.up_button.isEnabled()
    with qtbot.waitSignal(dialog.ordered) as order:
        qtbot.mouseClick(dialog.down_button, LEFT)
    assert order.args == [["b", "a"]]
    assert dialog.current() == ACCOUNTS[0]
    assert not dialog.down_button.isEnabled()
    acted: list[tuple[str, str]] = []
    dialog.account_action.connect(lambda name, account: acted.append((name, account.id)))
    for button in (dialog.edit_button, dialog.verify_button, dialog.remove_button):
        qtbot.mouseClick(button, LEFT)
    assert acted == [("edit", "a"), ("verify", "a"), ("remove", "a")]
    with qtbot.waitSignal(dialog.add_asked):
        qtbot.mouseClick(dialog.add_button, LEFT)
    dialog.show_accounts([])
    assert not dialog.edit_button.isEnabled()


@given(keys=st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=5))
def test_any_id_survives_a_drag(keys: list[tuple[str, str]], qapp: object) -> None:
    wanted = tuple(
        Key(a, n) for a, n in keys if (a + n).isprintable() or (a + n).encode(errors="ignore")
    )
    assert drag.dropped(drag.channels_data(wanted)).channels == wanted


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{}", b"[1]", b'[["a"]]', b'[["a", 1]]'])
def test_what_another_program_sends_under_our_name_is_nothing(payload: bytes) -> None:
    data = QMimeData()
    data.setData(drag.CHANNELS, payload)
    assert not drag.dropped(data)


def test_files_and_addresses_are_taken_and_scripts_are_not(tmp_path: object) -> None:
    data = QMimeData()
    data.setUrls([QUrl("javascript:alert(1)"), QUrl("file:///tmp/a.mp4"), QUrl("rtsp://h/1")])
    assert drag.dropped(data).addresses == ("/tmp/a.mp4", "rtsp://h/1")
    text = QMimeData()
    text.setText("data:text/html,x\nhttps://h/x.m3u8?a=1\nfile:///tmp/b.mp4")
    assert drag.dropped(text).addresses == ("https://h/x.m3u8?a=1", "/tmp/b.mp4")
    assert not drag.dropped(QMimeData())
