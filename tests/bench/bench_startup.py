"""Start-up to the first paint, against a bare PySide6 window painted in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.run import Row

_RUNS = 7

_PAINTED = """
import os, time
from PySide6.QtCore import QEvent, QObject
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            with open(os.environ["VSCONSOLE_BENCH_OUT"], "w") as out:
                out.write(repr(time.time()))
            os._exit(0)
        return False
"""

_BARE = (
    _PAINTED
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 864)
filter = Painted()
window.installEventFilter(filter)
window.show()
app.exec()
"""
)

_OURS = (
    _PAINTED
    + """
import argparse
from vsconsole import app as program
made = program.Program.start
def start(self, **more):
    desk = made(self, **more)
    self.filter = Painted()
    desk.window.centralWidget().installEventFilter(self.filter)
    return desk
program.Program.start = start
program.main_window(argparse.Namespace(profile=os.environ["VSCONSOLE_BENCH_PROFILE"]))
"""
)


def _seconds(code: str, environment: dict[str, str]) -> float:
    out = Path(environment["VSCONSOLE_BENCH_OUT"])
    out.unlink(missing_ok=True)
    began = time.time()
    subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, timeout=60, capture_output=True
    )
    return float(out.read_text()) - began


def measure() -> Iterator[Row]:
    """Medians of processes started in turn, so that a slow moment meets both."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "VSCONSOLE_BENCH_OUT": str(Path(folder) / "out"),
            "VSCONSOLE_BENCH_PROFILE": str(Path(folder) / "profile"),
            "VSCONSOLE_PASSPHRASE": "bench",
        }
        _seconds(_OURS, environment)
        pairs = [(_seconds(_OURS, environment), _seconds(_BARE, environment)) for _ in range(_RUNS)]
    yield Row(
        name="start-up to first paint",
        ours=median(ours for ours, _bare in pairs),
        reference=median(bare for _ours, bare in pairs),
        unit="s",
        goal=1.5,
    )
