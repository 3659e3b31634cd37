"""The API console's service over a real sandbox: sending, remembering, copying as a command."""

from __future__ import annotations

import json
import shlex
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.support import calls, opened, until
from vsconsole.cli.arguments import parser
from vsconsole.cli.calls import _params
from vsconsole.domain import cancel
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled, DiskFull, InvalidInput, NotFound, Unsupported
from vsconsole.domain.model import Account
from vsconsole.net.redact import redact_params
from vsconsole.paths import Paths
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import console as module
from vsconsole.services.console import KEPT, Answered, Call, Console, Failed
from vsconsole.services.desk import Services
from vsconsole.vendors import registry

PASSWORD = "4711471147114711"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(vendors=["tencent"]) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _well(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.faults.clear()


@pytest.fixture
def account(services: Services, sandbox: Sandbox) -> Account:
    return services.accounts.add("tencent", "Box", sandbox.fields("tencent"))


@pytest.fixture
def console(services: Services) -> Iterator[Console]:
    with closing(Console(services.accounts, services.catalog, redact_params)) as console:
        yield console


def row(name: str, vendor: str = "tencent") -> Call:
    return next(one for one in registry.endpoints(vendor) if one.name == name)


def template(name: str) -> dict[str, str]:
    section = {"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "18:00:00"}
    return {"TemplateName": name, "TimeSections": json.dumps([section])}


def test_only_accounts_with_calls_are_offered(
    services: Services, console: Console, account: Account, tmp_path: Path
) -> None:
    folder = services.accounts.add("local", "Disk", {"folder": str(tmp_path)})
    assert console.accounts() == [account]
    assert console.calls(account.id) == registry.endpoints("tencent")
    with pytest.raises(NotFound):
        console.calls("nobody")
    with pytest.raises(Unsupported):
        console.send(folder.id, row("organization_query"), {})
    assert console.history(folder.id) == []


def test_an_answer_comes_as_plain_text_and_is_remembered(
    console: Console, account: Account
) -> None:
    told: list[str] = []
    console.recorded.connect(told.append)
    outcome = console.send(account.id, row("organization_query"), {})
    assert isinstance(outcome, Answered)
    assert json.loads(outcome.text)[0]["Id"]
    assert "\n  " in outcome.text
    assert 0 < outcome.seconds < 20
    assert outcome.file is None
    assert outcome.unkept is None
    (entry,) = console.history(account.id)
    assert (entry.call, entry.outcome, entry.well) == ("organization_query", "ok", True)
    assert entry.seconds == pytest.approx(outcome.seconds, abs=0.001)
    assert told == [account.id]


def test_a_refusal_comes_with_its_time_and_request_id(console: Console, account: Account) -> None:
    outcome = console.send(account.id, row("record_plan_query_by_id"), {"PlanId": "none"})
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, NotFound)
    assert outcome.error.request_id
    assert outcome.seconds > 0
    (entry,) = console.history(account.id)
    assert entry.outcome == "NotFound"
    assert entry.values == {"PlanId": "none"}
    assert entry.request_id == outcome.error.request_id
    assert entry.what == outcome.error.what


def test_everything_wrong_is_said_at_once_each_with_its_field(console: Console) -> None:
    section = [{"DayOfWeek": 9, "StartTime": "08:00:00", "EndTime": "18:00:00"}]
    values = {"TemplateName": "*", "TimeSections": json.dumps(section), "Scale": "three"}
    found = console.problems(row("recordbackup_template_add"), values)
    assert [error.field for error in found] == [
        "TemplateName",
        "TimeSections[0].DayOfWeek",
        "DevTimeSections",
        "Scale",
    ]
    times = {"Start": "20", "End": "10", "ChannelId": "c"}
    (late,) = console.problems(row("control_timeline"), times)
    assert late.field == "End"
    assert console.problems(row("record_template_add"), template("day")) == []


def test_a_file_is_answered_apart_from_the_text(console: Console, account: Account) -> None:
    kinds = {param.name: str(param.choices[0]) for param in row("device_export_template").inputs}
    outcome = console.send(account.id, row("device_export_template"), kinds)
    assert isinstance(outcome, Answered)
    assert outcome.file is not None
    assert outcome.file.content.startswith(b"PK")
    assert Path(outcome.file.name).name == outcome.file.name != ""
    assert "Base64" not in outcome.text
    assert json.loads(outcome.text)["Size"] == len(outcome.file.content)


def test_an_answer_is_saved_whole(console: Console, tmp_path: Path) -> None:
    console.save(tmp_path / "answer.json", b"{}")
    assert (tmp_path / "answer.json").read_bytes() == b"{}"


# Secrets


def device(console: Console, account: Account) -> dict[str, str]:
    """A new camera, with its password, in an organization and region that are there."""
    found: list[dict[str, Any]] = []
    for name in ("organization_query", "config_get_user_region"):
        answered = console.send(account.id, row(name), {})
        assert isinstance(answered, Answered)
        found.append(json.loads(answered.text)[0])
    return {
        "Name": "door",
        "AccessProtocol": "2",
        "Type": "1",
        "Password": PASSWORD,
        "OrganizationId": str(found[0]["Id"]),
        "ClusterId": found[1]["Value"],
    }


def test_secrets_are_in_no_history_no_audit_log_and_no_command(
    services: Services, console: Console, account: Account
) -> None:
    call, values = row("device_add"), device(console, account)
    outcome = console.send(account.id, call, values)
    assert isinstance(outcome, Answered), outcome
    assert PASSWORD not in outcome.text
    entry = console.history(account.id)[0]
    assert entry.left_out == ("Password",)
    assert entry.values == {name: text for name, text in values.items() if name != "Password"}
    audited = services.catalog.audited()[0]
    assert (audited.endpoint, audited.outcome) == ("device_add", "ok")
    assert audited.params["Password"] == "***"
    line = console.command(account, call, values)
    assert PASSWORD not in line.text
    assert line.left_out == ("Password",)
    with closing(sqlite3.connect(services.paths.data / "catalog.sqlite")) as base:
        assert PASSWORD not in "\n".join(base.iterdump())


def test_an_address_with_a_query_is_left_out_too(
    services: Services, console: Console, account: Account
) -> None:
    call = row("update_ai_task")
    values = {"TaskId": "none", "CallbackUrl": "https://example.org/hook?sign=PRIVATE"}
    outcome = console.send(account.id, call, values)
    assert isinstance(outcome, Failed)
    (entry,) = console.history(account.id)
    assert entry.left_out == ("CallbackUrl",)
    assert entry.values == {"TaskId": "none"}
    (audited,) = services.catalog.audited()
    told = f"{audited} {entry} {console.command(account, call, values)}"
    assert "PRIVATE" not in told


def test_secrets_inside_of_json_are_found(console: Console) -> None:
    call = row("update_ai_task")
    inside = {"Templates": '[{"Tag": "AI", "Password": "PRIVATE"}]'}
    assert console.secrets(call, inside) == ["Templates"]
    assert console.secrets(call, {"Templates": '[{"Tag": "AI"}]'}) == []
    assert console.secrets(call, {"Templates": "[not JSON"}) == []


def test_wrong_values_are_neither_sent_nor_written_down(
    services: Services, console: Console, account: Account, sandbox: Sandbox
) -> None:
    before = len(sandbox.log)
    with pytest.raises(InvalidInput) as raised:
        console.send(account.id, row("record_template_add"), {"TemplateName": "day"})
    assert raised.value.field == "TimeSections"
    assert len(sandbox.log) == before
    assert console.history(account.id) == []
    assert services.catalog.audited() == []


def test_a_number_is_no_secret_whatever_it_is_called(console: Console) -> None:
    call = row("CloudRecordPlay", "volcengine")
    assert any(param.name == "TokenValid" for param in call.inputs)
    assert console.secrets(call, {"TokenValid": "30"}) == []


# What is written down


def test_an_answer_comes_also_where_it_cannot_be_written_down(
    services: Services, console: Console, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_values: object) -> None:
        raise DiskFull("No room is left.")

    monkeypatch.setattr(services.catalog, "set_states", full)
    outcome = console.send(account.id, row("organization_query"), {})
    assert isinstance(outcome, Answered)
    assert isinstance(outcome.unkept, DiskFull)


def test_what_changes_something_is_in_the_audit_log_and_what_reads_is_not(
    services: Services, console: Console, account: Account
) -> None:
    console.send(account.id, row("organization_query"), {})
    assert services.catalog.audited() == []
    made = console.send(account.id, row("record_template_add"), template("day"))
    assert isinstance(made, Answered), made
    console.send(account.id, row("record_template_delete"), {"TemplateId": "none"})
    deleted, added = services.catalog.audited()
    assert (added.endpoint, added.outcome, added.account) == (
        "record_template_add",
        "ok",
        account.id,
    )
    assert added.params["TimeSections"][0]["DayOfWeek"] == 1
    assert deleted.endpoint == "record_template_delete"
    assert deleted.params == {"TemplateId": "none"}


def test_the_history_is_bounded_and_newest_first(
    services: Services, console: Console, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    for number in range(5):
        console.send(account.id, row("record_plan_query_by_id"), {"PlanId": f"p{number}"})
    assert [entry.values["PlanId"] for entry in console.history(account.id)] == ["p4", "p3", "p2"]
    assert len(services.catalog.state_names("console.")) == 3
    assert KEPT == 100


def test_what_is_too_long_is_left_out(console: Console, account: Account) -> None:
    console.send(account.id, row("record_plan_delete"), {"PlanId": "p " * 10_000})
    (entry,) = console.history(account.id)
    assert entry.left_out == ("PlanId",)
    assert entry.values == {}


def test_the_history_survives_a_restart_and_goes_with_its_account(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    with opened(tmp_path / "p") as services:
        account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
        other = services.accounts.add("tencent", "Two", sandbox.fields("tencent"))
        with closing(Console(services.accounts, services.catalog, redact_params)) as console:
            for one in (account, other):
                console.send(one.id, row("organization_query"), {})
    with opened(tmp_path / "p") as services:
        with closing(Console(services.accounts, services.catalog, redact_params)) as console:
            assert len(console.history(account.id)) == 1
            services.accounts.remove(account.id)
            assert console.history(account.id) == []
            assert len(console.history(other.id)) == 1
        # Removed while no console listened, as the command line does.
        services.accounts.remove(other.id)
        assert services.catalog.state_names("console.")
        with closing(Console(services.accounts, services.catalog, redact_params)) as console:
            console.tidy()
        assert services.catalog.state_names("console.") == []


def test_an_entry_of_another_form_is_passed_over(
    services: Services, console: Console, account: Account
) -> None:
    console.send(account.id, row("organization_query"), {})
    for number, kept in enumerate(([], {"call": "x"}, {"call": "x", "values": [], "at": 1})):
        services.catalog.set_state(f"console.{account.id}.{number}", kept)
    assert [entry.call for entry in console.history(account.id)] == ["organization_query"]
    console.clear(account.id)
    assert console.history(account.id) == []


def test_a_call_that_is_called_off_is_written_down(
    services: Services, console: Console, account: Account, sandbox: Sandbox
) -> None:
    services.accounts.adapter(account.id)
    sandbox.faults.set("tencent", "slow", 1.0, seconds=20.0)
    token = CancelToken()
    ended: list[BaseException] = []
    before = len(calls(sandbox, "/template/add"))

    def work() -> None:
        with cancel.bound(token):
            try:
                console.send(account.id, row("record_template_add"), template("night"))
            except Cancelled as error:
                ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    # On its way: the transport has left word how to break off.
    until(lambda: bool(token._callbacks))
    token.cancel()
    thread.join(10)
    assert len(ended) == 1
    (entry,) = console.history(account.id)
    assert entry.outcome == "Cancelled"
    assert services.catalog.audited()[0].outcome == "Cancelled"
    assert len(calls(sandbox, "/template/add")) - before <= 1


@pytest.mark.allow_log(".*")
def test_what_may_have_happened_is_not_sent_again(
    console: Console, account: Account, sandbox: Sandbox
) -> None:
    sandbox.faults.set("tencent", "reset", 1.0)
    before = len(calls(sandbox, "/template/add"))
    outcome = console.send(account.id, row("record_template_add"), template("once"))
    assert isinstance(outcome, Failed)
    assert outcome.error.may_have_happened
    assert len(calls(sandbox, "/template/add")) == before + 1


# The command line

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


def parsed(line: str, call: Call) -> tuple[str, str, dict[str, Any]]:
    """Account, call and parameters as the command line reads the line."""
    words = shlex.split(line)
    assert words[0] == "vsconsole"
    args = parser().parse_args(words[1:])
    assert args.command == "call"
    return args.account, args.endpoint, _params(call, args)  # type: ignore[arg-type]


@pytest.mark.parametrize("vendor", [one.id for one in registry.VENDORS if one.endpoints])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_copied_line_is_read_as_the_same_call(
    services: Services, data: st.DataObject, vendor: str
) -> None:
    console = Console(services.accounts, services.catalog, redact_params)
    call: Call = data.draw(st.sampled_from(registry.endpoints(vendor)))
    name = data.draw(_TEXT.filter(bool))
    account = Account(id="0f" * 6, vendor=vendor, name=name)
    drawn = {param.name: data.draw(_TEXT) for param in call.inputs if data.draw(st.booleans())}
    hidden = console.secrets(call, drawn)
    values = {name: text for name, text in drawn.items() if name not in hidden}
    who, endpoint, read = parsed(console.command(account, call, values, posix=True).text, call)
    assert who == (account.id if name.startswith("-") else name)
    assert endpoint == call.name
    assert read.keys() == values.keys()
    for param, text in values.items():
        assert read[param] == text or json.loads(read[param]) == json.loads(text)
    console.close()


def test_nested_values_stand_on_one_line_and_mean_the_same(
    console: Console, account: Account
) -> None:
    call = row("record_template_add")
    values = template('it\'s "day"')
    values["TimeSections"] = json.dumps(json.loads(values["TimeSections"]), indent=2)
    line = console.command(account, call, values)
    assert "\n" not in line.text
    _who, _name, read = parsed(line.text, call)
    assert json.loads(read["TimeSections"]) == json.loads(values["TimeSections"])
    assert read["TemplateName"] == values["TemplateName"]


def test_files_are_named_as_the_command_line_wants_them(
    console: Console, account: Account, tmp_path: Path
) -> None:
    path = tmp_path / "a sheet.xlsx"
    path.write_bytes(b"PK")
    line = console.command(account, row("device_import_sync"), {"File": str(path)})
    assert f"File=@{path}" in shlex.split(line.text)
    _who, _name, read = parsed(line.text, row("device_import_sync"))
    assert read == {"File": str(path)}


def test_yes_is_left_to_whoever_runs_the_line(console: Console, account: Account) -> None:
    line = console.command(account, row("device_delete"), {"Id": "1"})
    assert line.text == "vsconsole call Box device_delete Id=1"


def test_a_profile_is_named(services: Services, account: Account, tmp_path: Path) -> None:
    paths = Paths.for_profile(tmp_path / "a profile")
    with closing(
        Console(services.accounts, services.catalog, redact_params, paths=paths)
    ) as console:
        line = console.command(account, row("organization_query"), {})
        args = parser().parse_args(shlex.split(line.text)[1:])
        assert args.profile == str(tmp_path / "a profile")
    with closing(
        Console(services.accounts, services.catalog, redact_params, paths=Paths.default())
    ) as console:
        assert "--profile" not in console.command(account, row("organization_query"), {}).text


def shell(line: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What a POSIX shell hands to the program, a word a line."""
    script = f'vsconsole() {{ for word in "$@"; do printf "%s\\n" "$word"; done; }}\n{line}'
    return subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False, env=dict(environment)
    )


def test_the_shell_takes_secrets_from_variables_and_stops_without(
    console: Console, account: Account
) -> None:
    values = {"Name": 'a $HOME `id` "b"', "Password": PASSWORD}
    line = console.command(account, row("device_add"), values, posix=True)
    done = shell(line.text, {"Password": "from the variable"})
    assert done.stdout.splitlines() == [
        "call",
        "Box",
        "device_add",
        f"Name={values['Name']}",
        "Password=from the variable",
    ]
    without = shell(line.text, {})
    assert without.returncode != 0
    assert without.stdout == ""
    assert "Password" in without.stderr


def test_elsewhere_secrets_are_left_out(console: Console, account: Account) -> None:
    values = {"Name": "two words", "Password": PASSWORD}
    line = console.command(account, row("device_add"), values, posix=False)
    assert line.text == 'vsconsole call Box device_add "Name=two words"'
    assert line.left_out == ("Password",)
