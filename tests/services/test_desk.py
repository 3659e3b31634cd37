"""Opening and leaving a profile."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services.support import add_box, channel_with, day_before, opened
from vsconsole.domain.errors import NotWritable, StorageError
from vsconsole.domain.model import Ability, Store
from vsconsole.paths import Paths
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services

HEAVY = (
    "requests", "urllib3", "PySide6", "av", "m3u8", "keyring", "cryptography", "openpyxl", "vlc",
    "pypinyin", "vsconsole.vendors.tencent",
)  # fmt: skip


def test_opening_imports_nothing_heavy(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from vsconsole.paths import Paths
from vsconsole.services.desk import Services
with Services.open(
    Paths.for_profile({str(tmp_path)!r}), profile_given=True, passphrase=lambda: None
) as services:
    assert services.accounts.all() == []
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


def test_leaving_does_not_wait_for_a_vendor(tmp_path: Path, sandbox: Sandbox) -> None:
    with opened(tmp_path) as services:
        channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
        sandbox.faults.set("tencent", "slow", seconds=60)
        services.footage.load(channel, Store.CLOUD, day_before(2))
        account = channel.key.account
        services.lanes.submit("fetch", lambda: services.accounts.verify_account(account))
        begin = time.monotonic()
        services.close()
        # Two seconds are the promise; the rest is for a busy machine.
        assert time.monotonic() - begin < 8


def test_a_profile_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as refused:
        Services.open(
            Paths.for_profile(tmp_path / "file"), profile_given=True, passphrase=lambda: None
        )
    assert not isinstance(refused.value, NotWritable) or refused.value.remedy


def test_closing_twice_is_closing_once(services: Services) -> None:
    services.close()
    services.close()
