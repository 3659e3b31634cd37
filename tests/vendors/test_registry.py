from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vsconsole.domain.capabilities import Capability, capabilities
from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import Account
from vsconsole.net.transport import Transport
from vsconsole.vendors import registry

GOOD = {"secret_id": "AKID12345678", "secret_key": "abcdefgh12345678"}


def test_rows_are_whole() -> None:
    assert [vendor.id for vendor in registry.VENDORS] == [
        "tencent", "linkvisual", "ctyun", "volcengine", "imou", "local"
    ]  # fmt: skip
    for vendor in registry.VENDORS:
        assert registry.vendor(vendor.id) is vendor
        assert vendor.title
        assert len({field.name for field in vendor.fields}) == len(vendor.fields)
        for field in vendor.fields:
            assert field.label
            if field.pattern:
                assert field.help
        module, _, name = vendor.adapter.partition(":")
        adapter = getattr(__import__(module, fromlist=[name]), name)
        claimed = capabilities(adapter.__new__(adapter))
        for name, why in vendor.lacks.items():
            assert Capability(name) not in claimed
            assert why
    assert registry.endpoints("local") == ()
    with pytest.raises(InvalidInput) as caught:
        registry.vendor("acme")
    assert caught.value.field == "vendor"
    assert "tencent" in caught.value.remedy


def test_forms_are_checked() -> None:
    row = registry.vendor("tencent")
    checked = row.check({**GOOD, "server": " IVC.myqcloud.com ", "token": ""})
    assert checked == {**GOOD, "server": "https://ivc.myqcloud.com"}
    assert row.divide(checked) == (
        {"server": "https://ivc.myqcloud.com", "secret_id": GOOD["secret_id"]},
        {"secret_key": GOOD["secret_key"]},
    )
    assert row.secret_fields == {"secret_key", "token"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"secret_id": ""}, "secret_id"),
        ({"secret_id": "with blank"}, "secret_id"),
        ({"secret_key": "  "}, "secret_key"),
        ({"server": "http://ivc.test"}, "server"),
        ({"region": "x"}, "region"),
    ],
)
def test_wrong_forms(change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        registry.vendor("tencent").check({**GOOD, **change})
    assert caught.value.field == field
    assert GOOD["secret_key"] not in str(caught.value)


def test_choices() -> None:
    field = registry.Field(name="x", label="Region", choices=("a", "b"))
    assert field.check("a") == "a"
    with pytest.raises(InvalidInput, match="Region"):
        field.check("c")


def test_an_adapter_keeps_secrets_out_of_its_account(tmp_path: Path) -> None:
    context = registry.Context(transport=Transport(), cache_dir=tmp_path)
    account = Account(id="1", vendor="tencent", name="n", options={"secret_id": "AKID12345678"})
    made = registry.make_adapter(account, {"secret_key": "abcdefgh12345678"}, context)
    assert dict(made.account.options) == {"secret_id": "AKID12345678"}
    assert "abcdefgh12345678" not in repr(vars(made))
    with pytest.raises(InvalidInput):
        registry.make_adapter(account, {}, context)


def test_the_registry_loads_nothing_heavy() -> None:
    code = (
        "import sys, vsconsole.vendors.registry as r, vsconsole.net.client\n"
        "r.endpoints('tencent')\n"
        "heavy = {'requests', 'urllib3', 'PySide6', 'av', 'cryptography', 'openpyxl'}\n"
        "heavy.add('vsconsole.vendors.tencent.adapter')\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
