"""A warning nobody expected is a failure, and so is a test that silences the program's loggers.

Expect one with `@pytest.mark.allow_log("pattern")` on the test, its class or module, or from
inside with the fixture `allow_log("pattern")`. The pattern is searched in "logger: text".
"""

import logging
import re
from collections.abc import Callable, Generator

import pytest

_PATTERNS = pytest.StashKey[list[str]]()


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


_collector = _Collector()


def _text(record: logging.LogRecord) -> str:
    trace = ""
    if record.exc_info:
        trace = "\n" + logging.Formatter().formatException(record.exc_info)
    return f"{record.name}: {record.getMessage()}{trace}"


def _loggers() -> list[logging.Logger]:
    """The program's own."""
    found = logging.Logger.manager.loggerDict.items()
    return [
        logger
        for name, logger in found
        if isinstance(logger, logging.Logger) and name.partition(".")[0] == "vsconsole"
    ]


def pytest_configure() -> None:
    logging.getLogger().addHandler(_collector)
    # Warnings have their own guard, and this would turn them into log lines.
    logging.captureWarnings(False)


@pytest.fixture
def allow_log(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Call it with a pattern of a warning that this test causes on purpose."""
    patterns: list[str] = request.node.stash.setdefault(_PATTERNS, [])
    return patterns.append


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _collector.records.clear()
    root = logging.getLogger()
    # A test may have replaced the handlers.
    if _collector not in root.handlers:
        root.addHandler(_collector)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    records, _collector.records = _collector.records, []
    allowed = item.stash.get(_PATTERNS, [])
    allowed += [str(arg) for mark in item.iter_markers("allow_log") for arg in mark.args]
    texts = [_text(record) for record in records]
    unexpected = [text for text in texts if not any(re.search(p, text) for p in allowed)]
    if unexpected:
        pytest.fail("unexpected in the log:\n" + "\n".join(unexpected), pytrace=False)
    silenced = [logger for logger in _loggers() if logger.disabled]
    for logger in silenced:
        logger.disabled = False
    if silenced:
        names = ", ".join(logger.name for logger in silenced)
        pytest.fail(f"loggers left silenced: {names}", pytrace=False)
