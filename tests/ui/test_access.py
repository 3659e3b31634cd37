"""Every control has a name, is reached by Tab and shows that it has the focus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from tests.ui import access
from tests.ui.desk.conftest import hand, sandbox  # noqa: F401 - fixtures
from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain.model import Ability
from vsconsole.ui.console.confirm import TypedConfirm
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.dialogs.preset import PresetDialog

DIALOGS = ("keys", "open-address", "add-account", "accounts", "preset", "typed-confirm", "confirm")


@pytest.fixture
def desk(hand: Hands) -> Hands:  # noqa: F811
    """A desk with a camera that can be moved, so that most controls are there."""
    # One tile: another one that is tabbed to would be the selected one, and without PTZ.
    hand.open(hand.stand.channel(Ability.PTZ, Ability.LIVE))
    ptz = hand.stand.desk.window.ptz
    hand.stand.wait(lambda: ptz.presets.set_button.isEnabled(), 10)
    return hand


def check(window: QWidget, seen: set[int]) -> list[str]:
    """What is wrong with the controls of a window; those `seen` before show their ring already."""
    reached = access.tabbed(window)
    new = [widget for widget in reached if id(widget) not in seen]
    seen.update(map(id, reached))
    return [
        *(f"no name: {one}" for one in access.nameless(window)),
        *(f"not reached: {one}" for one in access.unreached(window, reached)),
        *(f"no ring: {one}" for one in access.unseen(window, new)),
    ]


def test_every_control_of_the_desk_has_a_name_a_way_to_it_and_a_ring(desk: Hands) -> None:
    window = desk.stand.desk.window
    seen: set[int] = set()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        hands.pause(0.05)
        assert check(window, seen) == [], window.tabs.tabText(place)
    assert len(seen) > 40


def test_every_control_of_the_console_has_a_name_a_way_to_it_and_a_ring(desk: Hands) -> None:
    desk.stand.press("console")
    console = desk.stand.desk.console.console
    assert console is not None
    desk.stand.wait(lambda: console.calls.choose("device_add"), 10)
    desk.stand.wait(lambda: console.form.complete, 10)
    assert check(console, set()) == []


def test_every_control_of_the_dialogs_has_a_name_a_way_to_it_and_a_ring(desk: Hands) -> None:
    found: dict[str, list[str]] = {}
    for name in DIALOGS:
        dialog = _dialog(desk, name)
        if problems := check(dialog, set()):
            found[name] = problems
        dialog.reject()
        hands.pause(0.05)
    assert found == {}


def _dialog(desk: Hands, name: str) -> QDialog:
    """Opens a dialog of the program by its name here."""
    window = desk.stand.desk.window
    if name == "preset":
        made = PresetDialog((), range(1, 9), parent=window)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        made.open()
    elif name == "typed-confirm":
        TypedConfirm("Delete", "Box", "a = 1", lambda: None, window).open()
    elif name == "confirm":
        confirm.ask(window, "Title", "Question?", "What is lost.", "Do it", lambda: None)
    else:
        desk.stand.press(name)

    def there() -> list[QDialog]:
        return [one for one in window.findChildren(QDialog) if one.isVisible()]

    desk.stand.wait(lambda: bool(there()), 5)
    return there()[0]
