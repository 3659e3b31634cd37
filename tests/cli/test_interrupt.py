"""Ctrl-C ends a command also where the interpreter's own way is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from vsconsole.cli import interrupt
from vsconsole.cli.output import INTERRUPTED
from vsconsole.domain.cancel import CancelToken

STUCK = """
import time
from vsconsole.cli import interrupt
from vsconsole.domain.cancel import CancelToken
with interrupt.ends(CancelToken(), 0.2):
    try:
        print("ready", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        pass
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
def test_a_command_that_does_not_end_is_left() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == "ready\n"
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == INTERRUPTED
        finally:
            running.kill()


def test_the_work_is_called_off_and_the_handler_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    token = CancelToken()
    called_off = threading.Event()
    token.on_cancel(called_off.set)
    with interrupt.ends(token):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert called_off.wait(10)
    assert signal.getsignal(signal.SIGINT) is before


def test_off_the_main_thread_nothing_is_changed() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def work() -> None:
        with interrupt.ends(CancelToken()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
