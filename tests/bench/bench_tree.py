"""Many channels in the tree: filling, filtering, memory over a bare window, stalls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.run import Row

_CHANNELS = (10_000, 100_000)

_CODE = """
import json, os, resource, sys, time
from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def memory():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6
app = QApplication([])
bare = QMainWindow(); bare.resize(1440, 864); bare.show(); app.processEvents()
out = {"bare": memory()}
from vsconsole.domain.model import Account, Channel, Device, DeviceKind, Group, Key, Status
from vsconsole.services.search import SearchIndex
from vsconsole.ui import theme
from vsconsole.ui.tree.panel import TreePanel
from vsconsole.work.qt import Heartbeat, look_for_garbage
from vsconsole.work.watchdog import Watchdog
theme.apply(app, "dark")
# Both as the program does when it starts.
look_for_garbage(app)
sys.setswitchinterval(0.0002)
COUNT = int(sys.argv[1])
names = ("\\u4e1c\\u95e8", "\\u4ed3\\u5e93", "\\u505c\\u8f66\\u573a", "Gate", "Loading bay")
account = Account(id="a", vendor="tencent", name="bench")
nodes = []
for d in range(COUNT // 50):
    nodes.append(Device(key=Key("a", f"dev:{d}"), name=f"NVR-{d:04d}",
                        kind=DeviceKind.NVR, status=Status.ONLINE))
    for c in range(50):
        nodes.append(Channel(key=Key("a", f"c{d:04d}{c:02d}"), name=f"{names[c % 5]} {d}-{c}",
                             parent=Key("a", f"dev:{d}"), status=Status.ONLINE))
panel = TreePanel(); panel.resize(264, 800); panel.show()
panel.show_accounts([account]); app.processEvents()
dog = Watchdog(); beat = Heartbeat(dog); beat.start()
began = time.perf_counter()
rest = list(nodes)
while rest:
    panel.model.put(rest[:400]); del rest[:400]; app.processEvents()
panel.show_counts(); app.processEvents()
out["fill"] = time.perf_counter() - began
out["memory"] = memory()
# On a worker, as the program does it.
import threading
def on_worker(work):
    made = []
    worker = threading.Thread(target=lambda: made.append(work())); worker.start()
    while worker.is_alive():
        app.processEvents(); time.sleep(0.001)
    return made[0]
began = time.perf_counter()
index = on_worker(lambda: SearchIndex.of(nodes))
out["index"] = time.perf_counter() - began
out["index_memory"] = memory()
keys = []
for text in ("d", "dm", "dm 1", "ck", "ck 12", "gate 199", "c0123"):
    t = time.perf_counter()
    keys_found = on_worker(lambda: [hit.node.key for hit in index.find(text, limit=500)])
    panel.show_matches(keys_found); app.processEvents()
    keys.append((time.perf_counter() - t) * 1000)
panel.show_matches(None); app.processEvents()
beat.stop()
out["keys"] = keys
out["stall"] = max((s.seconds for s in dog.stalls), default=0.0)
print(json.dumps(out)); sys.stdout.flush(); os._exit(0)
"""


def measure() -> Iterator[Row]:
    """A process each with the real panel and index; times include layout and paint."""
    for count in _CHANNELS:
        yield from _measured(count)


def _measured(count: int) -> Iterator[Row]:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(count)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    out = json.loads(done.stdout.splitlines()[-1])
    yield Row(name=f"tree of {count}: filled", ours=out["fill"], unit="s")
    yield Row(
        name=f"tree of {count}: slowest filter key", ours=max(out["keys"]), unit="ms", goal=100
    )
    yield Row(name=f"tree of {count}: index made", ours=out["index"], unit="s")
    yield Row(name=f"tree of {count}: longest stall", ours=out["stall"] * 1000, unit="ms", goal=50)
    yield Row(
        name=f"tree of {count}: memory with rows",
        ours=out["memory"] - out["bare"],
        unit="MB over a bare window",
    )
    yield Row(
        name=f"tree of {count}: memory with index",
        ours=out["index_memory"] - out["bare"],
        unit="MB over a bare window",
        goal=150,
    )
