"""A thread, window or timer that outlives its test is a failure that says where it began.

What a fixture of wider scope began may live as long as the fixture; so may what its threads begin.
"""

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from vsconsole.work import threads
from vsconsole.work.garbage import Looks

PATIENCE = 5.0
"""Seconds a thread has to end after the test; it is waited for, not slept."""

_DEPTH = 24
"""How many calls of a stack are kept."""

_WIDGETS = (
    "QDialog", "QDockWidget", "QFileDialog", "QFrame", "QLabel", "QListView", "QMainWindow",
    "QMenu", "QMessageBox", "QPushButton", "QToolBar", "QTreeView", "QWidget",
)  # fmt: skip
# Qt keeps one tool tip and shows it again.
_KEPT_BY_QT = {"QTipLabel"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Origin:
    test: str
    wide: bool
    stack: traceback.StackSummary

    def __str__(self) -> str:
        return "".join(self.stack.format()[-8:])


_test = ""
_wide = 0
_threads: WeakKeyDictionary[threading.Thread, _Origin] = WeakKeyDictionary()
_widgets: WeakKeyDictionary[Any, _Origin] = WeakKeyDictionary()
_timers: WeakKeyDictionary[Any, _Origin] = WeakKeyDictionary()
_windows_before: set[int] = set()


def _here() -> _Origin:
    parent = _threads.get(threading.current_thread())
    # Reading source lines waits until somebody wants to see them.
    frames = islice(traceback.walk_stack(sys._getframe(2)), _DEPTH)
    calls = [
        traceback.FrameSummary(one.f_code.co_filename, line, one.f_code.co_name, lookup_line=False)
        for one, line in frames
    ]
    stack = traceback.StackSummary.from_list(calls[::-1])
    wide = parent.wide if parent else _wide > 0
    return _Origin(test=parent.test if parent else _test, wide=wide, stack=stack)


def _watch_threads() -> None:
    start, begin = threading.Thread.start, threads.Thread.begin

    def watched(self: threading.Thread) -> None:
        if self.name != threads.STARTER:
            _threads.setdefault(self, _here())
        start(self)

    def watched_begin(self: threads.Thread) -> None:
        _threads[self] = _here()
        begin(self)

    threading.Thread.start = watched  # type: ignore[method-assign]
    threads.Thread.begin = watched_begin  # type: ignore[method-assign]


def _watch(cls: Any, origins: WeakKeyDictionary[Any, _Origin]) -> None:
    init: Callable[..., None] = cls.__init__

    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        if self not in origins:
            origins[self] = _here()

    cls.__init__ = watched


_looks = Looks()


def pytest_configure() -> None:
    # As the program does: a QObject in a cycle must not be taken apart by a worker of a later test.
    _looks.begin()
    _watch_threads()
    from PySide6 import QtCore, QtWidgets

    for name in _WIDGETS:
        _watch(getattr(QtWidgets, name), _widgets)
    _watch(QtCore.QTimer, _timers)


def pytest_collection_finish() -> None:
    """Looks for garbage in what the tests are made of for the last time.

    The program does so once, when it has started; among tests each of its starts would keep the
    windows of those before it for ever.
    """
    gc.collect()
    gc.freeze()
    gc.freeze = lambda: None


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    global _wide
    if fixturedef.scope == "function":
        return (yield)
    _wide += 1
    try:
        return (yield)
    finally:
        _wide -= 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    global _test
    _test = item.nodeid
    _windows_before.clear()
    _windows_before.update(_address(window) for window in _windows())
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        # The trace-back of a failure keeps its windows alive.
        item.stash[_FAILED] = True
    return report


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    yield
    _looks.look()
    loose = _loose_threads(all_of_them=nextitem is None)
    if not item.stash.get(_FAILED, False):
        loose += _loose_windows() + _loose_timers()
    if loose:
        pytest.fail("left behind:\n" + "\n".join(loose), pytrace=False)


def _loose_threads(*, all_of_them: bool) -> list[str]:
    """Threads of this test that still run; of every test and fixture when it was the last one."""
    deadline = time.monotonic() + PATIENCE
    while True:
        loose = [
            (thread, origin)
            for thread in threading.enumerate()
            if (origin := _threads.get(thread))
            and (all_of_them or (origin.test == _test and not origin.wide))
        ]
        if not loose or time.monotonic() > deadline:
            break
        loose[0][0].join(0.05)
    return [f"thread {thread.name}, begun at\n{origin}" for thread, origin in loose]


def _application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _windows() -> list[Any]:
    """Windows without a parent; those with one go with it."""
    application = _application()
    # A QCoreApplication has none.
    if not hasattr(application, "topLevelWidgets"):
        return []
    return [w for w in application.topLevelWidgets() if w.parent() is None]


def _address(window: Any) -> int:
    import shiboken6

    return int(shiboken6.getCppPointer(window)[0])


def _settle() -> None:
    """Let Qt delete what was given to deleteLater, and Python what hangs in cycles."""
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _new_windows() -> list[Any]:
    return [
        window
        for window in _windows()
        if _address(window) not in _windows_before
        and type(window).__name__ not in _KEPT_BY_QT
        and not ((origin := _widgets.get(window)) and origin.wide)
    ]


def _loose_windows() -> list[str]:
    if not _new_windows():
        return []
    _settle()
    return [
        f"window {type(window).__name__} {window.windowTitle()!r}, begun at\n"
        f"{_widgets.get(window, 'a place in Qt')}"
        for window in _new_windows()
    ]


def _running_timers() -> list[tuple[Any, _Origin]]:
    if _application() is None:
        return []
    import shiboken6

    return [
        (timer, origin)
        for timer, origin in list(_timers.items())
        if origin.test == _test and not origin.wide and shiboken6.isValid(timer)
        and timer.isActive()
    ]  # fmt: skip


def _loose_timers() -> list[str]:
    if not _running_timers():
        return []
    _settle()
    return [
        f"timer {timer.objectName()!r} of {timer.parent()!r}, begun at\n{origin}"
        for timer, origin in _running_timers()
    ]
