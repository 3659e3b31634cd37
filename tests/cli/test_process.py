"""The command line as a process: streams, signals, exit codes, what is loaded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import ENVIRONMENT, command, process
from vsconsole.sandbox.server import Sandbox

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")


def test_a_whole_session_keeps_to_its_streams(tmp_path: Path, sandbox: Sandbox) -> None:
    profile = tmp_path / "profile"
    fields = json.dumps(sandbox.fields("tencent"))
    add = ("accounts", "add", "tencent", "--name", "Kiosk 门", "--fields", "-", "--json")
    added = process(profile, *add, stdin=fields)
    assert added.value == {"name": "Kiosk 门", "vendor": "tencent"}
    assert added.err == ""
    tree = process(profile, "tree", "--json")
    assert tree.err == ""
    assert any(row["key"].startswith("Kiosk 门/") for row in tree.value)
    again = process(profile, *add, stdin=fields)
    assert again.code == 2
    assert again.error["error"] == "InvalidInput"
    sandbox.faults.set("tencent", "secret")
    refused = process(profile, "accounts", "verify", "Kiosk 门", "--json")
    assert refused.code == 3
    secret = sandbox.fields("tencent")["secret_key"]
    everything = [added.out, tree.out, again.err, refused.err]
    everything += [path.read_text("utf-8", "replace") for path in profile.rglob("*.log*")]
    assert not any(secret in text for text in everything)


def test_a_wrong_pass_phrase_is_told(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "profile"
    fields = json.dumps(sandbox.fields("tencent"))
    process(profile, "accounts", "add", "tencent", "--name", "Box", "--fields", "-", stdin=fields)
    monkeypatch.setitem(ENVIRONMENT, "VSCONSOLE_PASSPHRASE", "wrong")
    ran = process(profile, "accounts", "verify", "Box", "--json")
    assert ran.code == 7
    assert ran.error["error"] == "SecretStoreUnavailable"


@POSIX
def test_ctrl_c_ends_with_130(tmp_path: Path, sandbox: Sandbox) -> None:
    profile = tmp_path / "profile"
    fields = json.dumps(sandbox.fields("tencent"))
    process(profile, "accounts", "add", "tencent", "--name", "Box", "--fields", "-", stdin=fields)
    sandbox._log.clear()
    sandbox.faults.set("tencent", "slow", seconds=60)
    running = subprocess.Popen(
        command(profile, "tree", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    try:
        # The request is logged when it is answered, so its arrival is seen by the open connection.
        _wait_for_request(sandbox)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def _wait_for_request(sandbox: Sandbox) -> None:
    from tests.services.support import until

    until(lambda: any(server._open for server in sandbox._servers.values()), 30)


@POSIX
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    words = " ".join(f"'{word}'" for word in command(tmp_path, "endpoints", "--json"))
    ran = subprocess.run(
        ["sh", "-c", f"{words} | true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **ENVIRONMENT},
    )
    assert ran.stderr == ""


def test_the_sandbox_says_one_line_and_serves_until_it_is_ended(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "vsconsole", "sandbox", "--channels", "20", "--vendor", "tencent"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    ) as running:
        try:
            assert running.stdout is not None
            info = json.loads(running.stdout.readline())
            (account,) = info["accounts"]
            assert account["vendor"] == "tencent"
            assert info["pid"] == running.pid
            profile = tmp_path / "profile"
            words = ("accounts", "add", "tencent", "--name", "Box", "--fields", "-")
            process(profile, *words, stdin=json.dumps(account["fields"]))
            rows = process(profile, "tree", "--json").value
            assert len([row for row in rows if row["kind"] == "channel"]) == 20
            running.terminate()
            assert running.wait(20) == 0
        finally:
            running.kill()


def test_a_profile_holds_everything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, **ENVIRONMENT, "HOME": str(home)}
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    subprocess.run(
        command(tmp_path / "profile", "doctor", "--json"),
        capture_output=True,
        timeout=60,
        check=True,
        env=environment,
    )
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_help_needs_nothing_heavy(tmp_path: Path) -> None:
    code = """
import sys
from vsconsole.cli.main import main
try:
    main(["--help"])
except SystemExit as left:
    assert left.code == 0
names = ("requests", "PySide6", "av", "m3u8", "keyring", "cryptography", "vlc", "openpyxl")
print("\\nloaded:", *(name for name in names if name in sys.modules), file=sys.stderr)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stderr.strip() == "loaded:"
    assert "download" in ran.stdout
