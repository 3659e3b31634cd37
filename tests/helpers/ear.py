"""Hears what one logger says, whatever else is done to logging meanwhile."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def listening(name: str) -> Iterator[list[logging.LogRecord]]:
    """The records of the logger `name` while the block runs, from any thread."""
    ear = _Ear()
    logger = logging.getLogger(name)
    logger.addHandler(ear)
    try:
        yield ear.records
    finally:
        logger.removeHandler(ear)
