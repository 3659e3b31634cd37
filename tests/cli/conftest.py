"""One sandbox for all commands; each test has a profile of its own."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Ran
from tests.helpers.sandboxes import sandbox as sandbox
from tests.helpers.sandboxes import shared_sandbox as shared_sandbox
from vsconsole.cli.main import main
from vsconsole.sandbox.server import Sandbox

Run = Callable[..., Ran]


@pytest.fixture
def profile_folder(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def run(
    profile_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command in this process, in the test's profile."""
    monkeypatch.setenv("VSCONSOLE_PASSPHRASE", "pass")

    def run_words(*words: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capfd.readouterr()
        code = main([*words, "--profile", str(profile_folder)])
        out, err = capfd.readouterr()
        return Ran(code=code, out=out, err=err)

    return run_words


@pytest.fixture
def box(run: Run, sandbox: Sandbox) -> Run:
    """The same, with the sandbox's login saved as `Box`."""
    fields = [f"--field={name}={text}" for name, text in sandbox.fields("tencent").items()]
    assert run("accounts", "add", "tencent", "--name", "Box", *fields).code == 0
    return run
