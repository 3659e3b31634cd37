"""Every control has a name, is reached by Tab and shows that it has the focus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.ui import access
from tests.ui.desk.conftest import hand, sandbox  # noqa: F401 - fixtures
from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain.model import Ability
from vsconsole.ui.console.confirm import TypedConfirm
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.dialogs.preset import PresetDialog

WINDOWS = (
    "desk-0", "desk-1", "desk-2", "desk-3", "console", "keys", "open-address",
    "add-account", "accounts", "preset", "typed-confirm", "confirm",
)  # fmt: skip


@pytest.fixture
def show(hand: Hands) -> Iterator[Callable[[str], QWidget]]:  # noqa: F811
    """Opens a window of the program by its name here."""
    stand = hand.stand
    window = stand.desk.window
    # One tile: another one that is tabbed to would be the selected one, and without PTZ.
    hand.open(stand.channel(Ability.PTZ, Ability.LIVE))
    stand.wait(lambda: window.ptz.presets.set_button.isEnabled(), 10)

    def open_one(name: str) -> QWidget:
        if name.startswith("desk-"):
            window.tabs.setCurrentIndex(int(name[-1]))
            hands.pause(0.1)
            return window
        if name == "console":
            stand.press("console")
            console = stand.desk.console.console
            assert console is not None
            stand.wait(lambda: console.calls.isEnabled() and console.form.call is None, 5)
            console.calls.choose("DescribeOrganization")
            hands.pause(0.3)
            return console
        if name == "preset":
            PresetDialog((), range(1, 9), parent=window).open()
        elif name == "typed-confirm":
            TypedConfirm("Delete", "Box", "a = 1", lambda: None, window).open()
        elif name == "confirm":
            confirm.ask(window, "Title", "Question?", "What is lost.", "Do it", lambda: None)
        else:
            stand.press(name)
        found: list[QWidget] = []

        def there() -> bool:
            found[:] = [d for d in window.findChildren(QDialog) if d.isVisible()]
            return bool(found)

        stand.wait(there, 5)
        return found[0]

    yield open_one
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog):
            widget.reject()
    hands.pause(0.05)


@pytest.mark.parametrize("name", WINDOWS)
def test_every_control_has_a_name_a_way_to_it_and_a_ring(
    show: Callable[[str], QWidget], name: str
) -> None:
    window = show(name)
    assert access.nameless(window) == []
    reached = access.tabbed(window)
    assert access.unreached(window, reached) == []
    assert access.unseen(window, reached) == []
