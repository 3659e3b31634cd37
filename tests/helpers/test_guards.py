"""Each guard lets what is right pass and catches what it is there for."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]

SAMPLE = """
import logging, os, socket, tempfile, threading, time, warnings
import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from tests.helpers import leaks

leaks.PATIENCE = 0.3
kept = []

class Window(QWidget):
    pass

@pytest.fixture(scope="module")
def server():
    stop = threading.Event()
    def serve():
        threading.Thread(target=stop.wait, name="child of the fixture").start()
        stop.wait()
    thread = threading.Thread(target=serve)
    thread.start()
    yield stop
    stop.set()
    thread.join()

def passes_plain(profile):
    assert profile.config.is_dir() and os.environ["HOME"].startswith(tempfile.gettempdir())

def passes_short_thread():
    threading.Thread(target=time.sleep, args=(0.05,)).start()

def passes_thread_of_a_wider_fixture(server):
    time.sleep(0.02)

@pytest.mark.allow_log("expected: on purpose")
def passes_marked_log():
    logging.getLogger("expected").warning("on purpose")

def passes_allowed_log(allow_log):
    allow_log("late")
    logging.warning("too late")

def passes_loopback():
    with socket.create_server(("127.0.0.1", 0)) as s, socket.create_connection(s.getsockname()):
        pass

@pytest.mark.unplugged
def passes_unplugged():
    with pytest.raises(OSError):
        socket.create_connection(("cloud.example", 443))

def passes_closed_window(qtbot):
    window = Window()
    qtbot.addWidget(window)
    window.show()
    QTimer(window).start(5)

def passes_window_in_a_cycle(qapp):
    window = Window()
    window.me = window

def fails_log():
    logging.getLogger("somewhere").warning("nobody expected this")

def fails_silence():
    logging.getLogger("vsconsole.somewhere").disabled = True

def fails_thread():
    threading.Thread(target=time.sleep, args=(20,), name="stray", daemon=True).start()

def fails_thread_of_a_thread():
    def outer():
        threading.Thread(target=time.sleep, args=(20,), name="inner", daemon=True).start()
    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()

def fails_name_lookup():
    with pytest.raises(OSError):
        socket.create_connection(("cloud.example", 443))

def fails_address():
    with socket.socket() as s, pytest.raises(OSError):
        s.connect(("192.0.2.1", 80))

def fails_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, pytest.raises(OSError):
        s.sendto(b"x", ("192.0.2.1", 53))

def fails_bind():
    with socket.socket() as s, pytest.raises(OSError):
        s.bind(("0.0.0.0", 0))

def fails_window(qapp):
    kept.append(Window())

def fails_dialog(qapp):
    kept.append(QDialog())

def fails_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)

def fails_qt_message(qapp):
    qWarning("from Qt")

def fails_warning():
    warnings.warn("deprecated", DeprecationWarning)

def fails_slot(qtbot):
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(20)

def fails_in_a_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""

SAYS = {
    "fails_log": "somewhere: nobody expected this",
    "fails_silence": "loggers left silenced: vsconsole.somewhere",
    "fails_thread": "thread stray, begun at",
    "fails_thread_of_a_thread": "thread inner, begun at",
    "fails_name_lookup": "look up cloud.example",
    "fails_address": "connect to 192.0.2.1:80",
    "fails_datagram": "send to 192.0.2.1:53",
    "fails_bind": "bind 0.0.0.0:0",
    "fails_window": "kept.append(Window())",
    "fails_dialog": "kept.append(QDialog())",
    "fails_timer": "kept.append(QTimer())",
    "fails_qt_message": "from Qt",
    "fails_warning": "deprecated",
    "fails_slot": "ZeroDivisionError",
    "fails_in_a_thread": "ZeroDivisionError",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What happened to each test of the sample: nothing, or what was said."""
    folder = tmp_path_factory.mktemp("guards")
    sample = folder / "test_sample.py"
    sample.write_text(SAMPLE, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider",
         "-p", "no:xdist", "-p", "no:cov", "-c", str(ROOT / "pyproject.toml"), "-o",
         "python_functions=passes_* fails_*", f"--junitxml={folder / 'out.xml'}", str(sample)],
        cwd=ROOT, check=False, timeout=100, capture_output=True,
    )  # fmt: skip
    said: dict[str, str] = {}
    for case in ElementTree.parse(folder / "out.xml").iter("testcase"):
        bad = [*case.iter("failure"), *case.iter("error")]
        text = "\n".join(f"{item.get('message')}\n{item.text}" for item in bad)
        said[str(case.get("name"))] = said.get(str(case.get("name")), "") + text
    return said


def names(prefix: str) -> list[str]:
    return [
        line.removeprefix("def ").partition("(")[0]
        for line in SAMPLE.splitlines()
        if line.startswith(f"def {prefix}_")
    ]


@pytest.mark.parametrize("name", names("passes"))
def test_right(name: str, outcomes: dict[str, str]) -> None:
    assert outcomes[name] == ""


@pytest.mark.parametrize("name", names("fails"))
def test_wrong(name: str, outcomes: dict[str, str]) -> None:
    assert SAYS[name] in outcomes[name]
