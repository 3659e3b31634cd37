"""At 1280x720 everything fits, at 100 % and at 200 %, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import fit


@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_clipped_and_nothing_lies_over_another(factor: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.fit", "1280", "720"],
        env={**os.environ, "QT_SCALE_FACTOR": str(factor), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["ratio"] == factor
    assert answer["found"] == {}


def test_what_does_not_fit_is_found(qtbot: QtBot) -> None:
    """The check itself: without this it could pass by seeing nothing."""
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    label = QLabel("a text that needs much more room than this")
    wrapped = QLabel("a text of many words that go on in another line and another")
    wrapped.setWordWrap(True)
    button = QPushButton("and so does this button")
    for widget in (label, wrapped, button):
        row.addWidget(widget)
    window.resize(900, 200)
    window.show()
    assert [*fit.clipped(window), *fit.overlapping(window), *fit.outside(window)] == []
    row.setEnabled(False)
    label.setFixedWidth(40)
    label.resize(40, 20)
    wrapped.resize(40, 20)
    button.resize(30, 24)
    assert len(list(fit.clipped(window))) == 3
    button.move(label.pos())
    assert len(list(fit.overlapping(window))) >= 1
    button.move(880, 10)
    assert len(list(fit.outside(window))) == 1
