"""An accounts service of the test's own, whose answers the test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from vsconsole.domain import cancel
from vsconsole.domain.model import Account
from vsconsole.vendors.registry import vendor
from vsconsole.work.lanes import Lanes
from vsconsole.work.qt import Dispatcher


@dataclass
class Keeper:
    """Checks fields as the registry does; `answer` is what a verification comes to."""

    answer: Callable[[], None] = lambda: None
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def verify(self, vendor_id: str, fields: Mapping[str, str], account_id: str = "") -> None:
        self.calls.append(("verify", account_id or vendor_id, dict(fields)))
        if not account_id:
            vendor(vendor_id).check(fields)
        self.answer()

    def add(self, vendor_id: str, name: str, fields: Mapping[str, str]) -> Account:
        self.calls.append(("add", name, dict(fields)))
        options, _secrets = vendor(vendor_id).divide(vendor(vendor_id).check(fields))
        return Account(id="new", vendor=vendor_id, name=name, options=options)

    def update(self, account_id: str, name: str, fields: Mapping[str, str]) -> Account:
        self.calls.append(("update", name, dict(fields)))
        return Account(id=account_id, vendor="tencent", name=name)

    def wait_for_ever(self) -> None:
        """A vendor that does not answer until the question is called off."""
        try:
            cancel.current().wait(20)
        finally:
            self.cancelled.set()


@contextmanager
def dispatcher() -> Iterator[Dispatcher]:
    """A dispatcher over lanes of its own."""
    lanes = Lanes()
    made = Dispatcher(lanes)
    try:
        yield made
    finally:
        lanes.close()
