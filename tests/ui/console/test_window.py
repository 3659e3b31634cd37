"""The API console from the desk: listed, filled in, sent, stopped, remembered, copied."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

from tests.e2e.support import Stand
from tests.ui.console.support import Booth
from tests.ui.wall.support import HandEngine
from vsconsole.cli.arguments import parser
from vsconsole.cli.calls import _params
from vsconsole.demo import hands
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.console import Answered
from vsconsole.ui import theme
from vsconsole.ui.console.answer import LONGEST
from vsconsole.ui.dialogs.accounts import AccountDialog
from vsconsole.vendors import registry
from vsconsole.work.qt import Heartbeat
from vsconsole.work.watchdog import Stall, Watchdog

PASSWORD = "4711471147114711"
SECTION = '[{"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "18:00:00"}]'
CONTROL = Qt.KeyboardModifier.ControlModifier


def menu_texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


# Opening


def test_it_opens_by_its_key_from_the_settings_and_from_an_accounts_menu(booth: Booth) -> None:
    desk, window = booth.stand.desk, booth.stand.desk.window
    assert "API console…" in menu_texts(window.settings_menu)
    hands.key(window, Qt.Key.Key_F12)
    console = booth.window
    assert console.isVisible()
    console.close()
    assert not console.isVisible()
    row = window.tree.model.row(window.tree.model.account_index(booth.account.id))
    assert row is not None
    menu = window.tree.menu_of(row)
    next(one for one in menu.actions() if one.text() == "API console…").trigger()
    menu.deleteLater()
    assert booth.window is console
    assert console.isVisible()
    assert console.calls.account.currentData() == booth.account.id
    assert desk.console.console is console


def test_folders_have_no_calls_and_offer_no_console(booth: Booth, tmp_path: Path) -> None:
    (tmp_path / "footage").mkdir()
    stand, tree = booth.stand, booth.stand.desk.window.tree
    stand.desk.accounts.open_folder(str(tmp_path / "footage"))
    stand.wait(lambda: len(stand.program.services.accounts.all()) == 2, 5)
    folder = stand.program.services.accounts.all()[1]
    stand.wait(lambda: tree.model.account_count == 2, 5)
    row = tree.model.row(tree.model.account_index(folder.id))
    assert row is not None
    menu = tree.menu_of(row)
    assert "API console…" not in menu_texts(menu)
    menu.deleteLater()
    assert booth.open().calls.account.count() == 1


def test_without_an_account_it_says_what_to_do(bare: Stand) -> None:
    bare.press("console")
    console = bare.desk.console.console
    assert console is not None
    assert console.pages.currentIndex() == 1
    assert not console.send_button.isEnabled()
    hands.click(console.add_button)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, AccountDialog))
    dialog.reject()
    bare.add_account()
    bare.wait(lambda: console.form.complete, 5, "the new account is not there")
    assert console.pages.currentIndex() == 0
    (account,) = bare.program.services.accounts.all()
    bare.desk.accounts.remove(account)
    bare.wait(lambda: console.pages.currentIndex() == 1, 10)
    assert console.form.call is None


# Calls and their forms


def test_every_call_has_a_form_with_all_its_fields(booth: Booth) -> None:
    console = booth.open()
    rows = registry.endpoints("tencent")
    assert console.calls.list.lines.rowCount() == len(rows) == 83
    for row in rows:
        booth.choose(row.name)
        form = console.form
        assert list(form.fields) == [param.name for param in row.inputs]
        assert row.path in form.address.text()
        assert row.doc in form.doc.text()
        assert form.values() == {
            param.name: "" for param in row.inputs if param.required and param.min_length == 0
        }
        assert (form.warning.text() != "") == (row.destructive or not row.idempotent)
        for rule in row.rules:
            assert rule.describe() in form.rules.text()
        for param in row.inputs:
            assert form.fields[param.name].input.accessibleName() == param.name


def test_calls_are_found_by_name_title_and_address(booth: Booth) -> None:
    console = booth.open()
    search, lines = console.calls.search, console.calls.list.lines
    search.setText("template DELETE")
    assert {line.title for line in lines.lines} == {
        "record_template_delete",
        "recordbackup_template_delete",
    }
    search.setText("删除网关")
    assert [line.title for line in lines.lines] == ["gateway_delete"]
    hands.key(search, Qt.Key.Key_Return)
    booth.complete("gateway_delete")
    search.setText("/ivc/cms/domain/cname")
    assert [line.title for line in lines.lines] == ["domain_cname"]
    search.setText("nothing of the kind")
    assert lines.rowCount() == 0
    assert console.form.call is not None
    assert console.calls.choose("device_add")
    assert search.text() == ""


def test_the_window_is_worked_with_keys_alone(booth: Booth) -> None:
    console = booth.open()
    hands.key(console, Qt.Key.Key_F, CONTROL)
    booth.stand.wait(console.calls.search.hasFocus, 2)
    hands.write(console.calls.search, "record_plan_query_by_id")
    hands.key(console.calls.search, Qt.Key.Key_Down)
    booth.stand.wait(console.calls.list.hasFocus, 2)
    booth.complete("record_plan_query_by_id")
    hands.key(console.calls.list, Qt.Key.Key_Return)
    field = console.form.fields["PlanId"].input
    booth.stand.wait(field.hasFocus, 2)
    hands.write(field, "none")
    hands.key(field, Qt.Key.Key_Return, CONTROL)
    booth.stand.wait(lambda: console.answer.facts.text() != "", 10)
    booth.settle()
    booth.choose("record_template_add", TemplateName="keys", TimeSections=SECTION)
    nested = console.form.fields["TimeSections"].input
    nested.setFocus()
    hands.key(nested, Qt.Key.Key_Return, CONTROL)
    booth.stand.wait(lambda: len(booth.asked("/record/template/add")) == 1, 5)
    booth.settle()
    assert console.form.values()["TimeSections"] == SECTION
    hands.key(console, Qt.Key.Key_Escape)
    assert not console.isVisible()


def test_what_is_typed_stays_while_another_form_is_shown_but_no_secret(booth: Booth) -> None:
    console = booth.open()
    booth.choose("device_add", Name="door", Password=PASSWORD, AccessProtocol="2")
    booth.choose("device_delete")
    booth.choose("device_add")
    assert console.form.values() == {"Name": "door", "AccessProtocol": "2"}
    console.form.fields["Password"].fill(PASSWORD)
    console.close()
    assert console.form.fields["Password"].value() is None
    booth.open()
    hands.click(console.clear_button)
    assert console.form.values() == {}


# Sending


def test_a_call_is_sent_and_its_answer_shown_with_its_time(booth: Booth) -> None:
    console = booth.open()
    booth.choose("organization_query")
    hands.click(console.send_button)
    booth.settle()
    answer = console.answer
    assert json.loads(answer.text.toPlainText())[0]["Id"]
    assert "Box" in answer.facts.text()
    assert answer.facts.text().endswith("s")
    answer.copy()
    assert QGuiApplication.clipboard().text() == answer.text.toPlainText()
    booth.stand.wait(lambda: len(console.history.entries) == 1, 5)


def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_sent(booth: Booth) -> None:
    console = booth.open()
    nested = SECTION.replace("1", "9", 1)
    booth.choose("record_template_add", TemplateName="*", TimeSections=nested)
    before = len(booth.stand.sandbox.log)
    booth.send()
    name, sections = (console.form.fields[one] for one in ("TemplateName", "TimeSections"))
    assert name.problem.isVisible()
    assert "expected form" in name.problem.text()
    assert "TimeSections[0].DayOfWeek" in sections.problem.text()
    assert name.input.hasFocus()
    assert len(booth.stand.sandbox.log) == before
    assert console.history.entries == []
    hands.write(name.input, "day")
    assert not name.problem.isVisible()
    sections.fill(SECTION)
    booth.send()
    assert not sections.problem.isVisible()
    assert len(booth.asked("/record/template/add")) == 1


def test_a_rule_over_several_fields_is_said_at_one_of_them(booth: Booth) -> None:
    console = booth.open()
    booth.choose("control_timeline", ChannelId="c", Start="20", End="10")
    booth.send()
    assert "Start" in console.form.fields["End"].problem.text()


def test_a_refusal_shows_code_request_id_and_what_next(booth: Booth) -> None:
    console = booth.open()
    booth.choose("record_plan_query_by_id", PlanId="none")
    booth.send()
    answer = console.answer
    assert answer.detail.text()
    assert "Code: 40006" in answer.facts.text()
    assert "Request: " in answer.facts.text()
    assert not answer.text.isVisible()
    booth.stand.wait(lambda: len(console.history.entries) == 1, 5)
    assert console.history.entries[0].outcome == "NotFound"


def test_a_destructive_call_is_sent_only_after_its_name_was_typed(booth: Booth) -> None:
    console = booth.open()
    booth.choose("record_template_add", TemplateName="gone", TimeSections=SECTION)
    booth.send()
    answered = json.loads(console.answer.text.toPlainText())
    ident = answered if isinstance(answered, str) else answered["TemplateId"]
    booth.choose("record_template_delete", TemplateId=ident)
    booth.send()
    dialog = booth.question()
    assert dialog is not None
    assert not dialog.send_button.isEnabled()
    hands.write(dialog.input, "record_template")
    hands.key(dialog.input, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.send_button.isEnabled()
    hands.click(dialog.cancel_button)
    assert booth.asked("/record/template/delete") == []

    booth.send()
    again = booth.question()
    assert again is not None
    hands.write(again.input, "record_template_delete")
    hands.click(again.send_button)
    booth.stand.wait(lambda: len(booth.asked("/record/template/delete")) == 1, 10)
    booth.settle()
    audited = booth.stand.program.services.catalog.audited()[0]
    assert (audited.endpoint, audited.outcome) == ("record_template_delete", "ok")
    assert audited.params == {"TemplateId": ident}


def test_the_question_names_no_secret(booth: Booth) -> None:
    console = booth.open()
    console._ask(
        booth.account.id,
        next(one for one in registry.endpoints("tencent") if one.name == "device_add"),
        {"Name": "door", "Password": PASSWORD},
    )
    dialog = booth.question()
    assert dialog is not None
    assert "Name = door\nPassword = ***" in dialog.listed.toPlainText()
    dialog.reject()


def test_a_call_is_called_off_and_the_next_one_works(booth: Booth) -> None:
    console = booth.open()
    booth.stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=20.0)
    booth.choose("organization_query")
    console.send()
    booth.stand.wait(lambda: "Waiting" in console.answer.detail.text(), 5)
    assert not console.send_button.isEnabled()
    console.send()
    hands.key(console, Qt.Key.Key_Escape)
    assert console.isVisible()
    assert not console.busy
    assert "Called off" in console.answer.detail.text()
    booth.stand.wait(lambda: len(console.history.entries) == 1, 10, "it was not written down")
    assert console.history.entries[0].outcome == "Cancelled"
    booth.stand.sandbox.faults.clear()
    booth.send()
    assert console.answer.text.isVisible()


@pytest.mark.allow_log(".*")
def test_what_may_have_happened_is_told_and_not_repeated(booth: Booth) -> None:
    console = booth.open()
    booth.choose("record_template_add", TemplateName="once", TimeSections=SECTION)
    booth.stand.sandbox.faults.set("tencent", "reset", 1.0)
    booth.send()
    assert "may have happened" in console.answer.detail.text()
    assert len(booth.asked("/record/template/add")) == 1


def test_a_file_is_saved(booth: Booth, tmp_path: Path) -> None:
    console = booth.open()
    booth.choose("device_export_template", AccessProtocol="2")
    booth.send()
    assert "file of" in console.answer.facts.text()
    assert "Base64" not in console.answer.text.toPlainText()
    hands.click(console.answer.save_button)
    dialog = console.findChild(QFileDialog)
    assert dialog is not None
    dialog.selectFile(str(tmp_path / "sheet.xlsx"))
    dialog.accept()
    booth.stand.wait(lambda: "Saved" in console.note.text(), 5)
    assert (tmp_path / "sheet.xlsx").read_bytes().startswith(b"PK")


def test_a_long_answer_is_cut_on_screen_and_copied_whole(booth: Booth) -> None:
    console = booth.open()
    text = json.dumps([{"Name": "x" * 60}] * 4000, indent=2)
    console.answer.show_answer("devices", "Box", Answered(text=text, seconds=2.5))
    assert len(console.answer.text.toPlainText()) == LONGEST
    assert console.answer.more.isVisible()
    assert "2.50 s" in console.answer.facts.text()
    console.answer.copy()
    assert QGuiApplication.clipboard().text() == text


# History


def test_an_earlier_call_fills_the_form_again_without_its_secret(booth: Booth) -> None:
    console = booth.open()
    values = {"Name": "door", "AccessProtocol": "2", "Type": "1", "ClusterId": "c"}
    booth.choose("device_add", **values, OrganizationId="1001", Password=PASSWORD)
    booth.send()
    booth.stand.wait(lambda: len(console.history.entries) == 1, 5)
    hands.click(console.clear_button)
    booth.choose("organization_query")
    console.calls.search.setText("organization")
    console.history.list.choose(0)
    hands.click(console.history.fill_button)
    booth.complete("device_add")
    assert console.form.values() == values | {"OrganizationId": "1001"}
    field = console.form.fields["Password"]
    assert "Enter it again" in field.problem.text()
    hands.write(field.input, PASSWORD)
    assert field.problem.text() == ""
    assert console.form.values()["Password"] == PASSWORD


def test_the_history_survives_another_start_and_another_language(
    qapp: object, tmp_path: Path, sandbox: Sandbox
) -> None:
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        booth = Booth(stand, stand.add_account())
        booth.open()
        booth.choose("record_plan_query_by_id", PlanId="p7")
        booth.send()
        stand.speak("zh_CN")
        booth.open()
        stand.wait(lambda: len(booth.window.history.entries) == 1, 5)
        stand.speak("en")
    with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
        (account,) = stand.program.services.accounts.all()
        booth = Booth(stand, account)
        console = booth.open()
        stand.wait(lambda: len(console.history.entries) == 1, 5)
        console.history.list.choose(0)
        hands.key(console.history.list, Qt.Key.Key_Return)
        booth.complete("record_plan_query_by_id")
        assert console.form.values() == {"PlanId": "p7"}


def test_the_history_is_cleared_after_a_question(booth: Booth) -> None:
    console = booth.open()
    assert not console.history.clear_button.isEnabled()
    booth.choose("organization_query")
    booth.send()
    booth.stand.wait(lambda: len(console.history.entries) == 1, 5)
    hands.click(console.history.clear_button)
    box = console.findChild(QMessageBox)
    assert box is not None
    hands.click(next(one for one in box.buttons() if one.objectName() == "agree"))
    booth.stand.wait(lambda: console.history.entries == [], 5)


# Copying


def test_the_copied_line_is_the_same_call(booth: Booth) -> None:
    console = booth.open()
    values = {"TemplateName": "day_1", "TimeSections": SECTION}
    booth.choose("record_template_add", **values)
    booth.stand.wait(lambda: console.copy_button.isVisible() and console.copy_button.isEnabled(), 5)
    hands.click(console.copy_button)
    line = QGuiApplication.clipboard().text()
    args = parser().parse_args(shlex.split(line)[1:])
    row = next(one for one in registry.endpoints("tencent") if one.name == args.endpoint)
    assert args.command == "call"
    assert args.account == "Box"
    assert row.check(_params(row, args)) == row.check(values)
    assert Path(args.profile) == booth.stand.program.services.paths.data.parent
    assert console.note.text() == "Copied."


def test_copying_says_which_secrets_are_missing_and_that_it_asks(booth: Booth) -> None:
    console = booth.open()
    booth.choose("device_add", Name="door", Password=PASSWORD)
    console.copy()
    assert PASSWORD not in QGuiApplication.clipboard().text()
    assert "Password" in console.note.text()
    booth.choose("device_delete", Id="1")
    assert not console.note.isVisible()
    console.copy()
    assert "--yes" not in QGuiApplication.clipboard().text()
    assert "--yes" in console.note.text()


# The window


def test_two_accounts_keep_their_own_calls_and_history(booth: Booth, sandbox: Sandbox) -> None:
    console, stand = booth.open(), booth.stand
    booth.choose("organization_query")
    booth.send()
    stand.wait(lambda: len(console.history.entries) == 1, 5)
    other = stand.program.services.accounts.add("tencent", "Two", sandbox.fields("tencent"))
    stand.desk.accounts.start()
    stand.wait(lambda: console.calls.account.count() == 2, 5)
    assert console.calls.account.currentData() == booth.account.id
    stand.desk.console.show(other.id)
    stand.wait(lambda: console.form.complete, 5)
    assert console.history.entries == []
    assert console.calls.account.currentData() == other.id
    stand.desk.accounts.remove(other)
    stand.wait(lambda: len(console.history.entries) == 1, 10, "not back at the first account")


def test_other_colours_reach_the_window(booth: Booth, qapp: QApplication) -> None:
    console = booth.open()
    booth.choose("organization_query")
    booth.send()
    icon = console.answer.icon.pixmap().toImage()
    dark = console.grab().toImage().pixelColor(400, 600)
    theme.apply(qapp, "light")
    hands.pause(0.05)
    light = console.grab().toImage().pixelColor(400, 600)
    assert console.answer.icon.pixmap().toImage() != icon
    theme.apply(qapp, "dark")
    assert dark.lightness() < 60
    assert light.lightness() > 230


def test_the_window_goes_on_while_forms_are_drawn(booth: Booth) -> None:
    console = booth.open()
    stalls: list[Stall] = []
    watchdog = Watchdog(stalls.append)
    heartbeat = Heartbeat(watchdog)
    heartbeat.start()
    try:
        for name in ("create_ai_task", "device_add", "recordbackup_template_modify"):
            booth.choose(name)
            hands.pause(0.05)
    finally:
        heartbeat.stop()
    assert console.form.complete
    # The sandbox lives in this process and takes its share.
    assert max((stall.seconds for stall in stalls), default=0.0) < 1.5
