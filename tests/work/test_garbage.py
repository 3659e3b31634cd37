"""Where garbage is looked for; what a long look found in use is not looked through again."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own: what is set aside is so for good.
_CODE = """
import gc, sys, weakref
from vsconsole.work.garbage import Looks
class Thing: pass
def ring():
    one = Thing(); one.itself = one
    return one
looks = Looks(float(sys.argv[1])); looks.begin(); looks.begin()
assert len(gc.callbacks) == 1 and not gc.isenabled()
kept, lost = ring(), weakref.ref(ring())
gc.collect(1)
young = gc.get_freeze_count()
gc.collect()
aside = gc.get_freeze_count()
seen = weakref.ref(kept)
kept.itself = None
del kept
print(young == 0, aside > 1000, lost() is None, seen() is None)
looks.end()
assert gc.isenabled() and not gc.callbacks
"""


@pytest.mark.parametrize(("longest", "aside"), [(-1.0, True), (60.0, False)])
def test_only_what_took_long_is_set_aside_and_garbage_never(longest: float, aside: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(longest)], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", str(aside), "True", "True"]


# More than the limits of Python's own looks, made on a worker while the window's thread is there.
_QT = """
import os, threading
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication
from vsconsole.work.qt import look_for_garbage
app = QApplication([])
look_for_garbage(app); look_for_garbage(app)
assert len(app.findChildren(QTimer)) == 1
where = []
class Ring(QObject):
    pass
def ring():
    one = Ring(); one.itself = one
    one.destroyed.connect(
        lambda: where.append(threading.current_thread().name), Qt.ConnectionType.DirectConnection
    )
def work():
    kept = []
    for number in range(200_000):
        kept.append([number])
        ring_of_lists = []; ring_of_lists.append(ring_of_lists)
for _ in range(5):
    ring()
worker = threading.Thread(target=work, name="worker"); worker.start(); worker.join()
assert where == [], where
loop = QEventLoop(); QTimer.singleShot(2000, loop.quit); loop.exec()
print(*where)
"""


def test_qt_objects_in_cycles_go_on_the_windows_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _QT], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["MainThread"] * 5
