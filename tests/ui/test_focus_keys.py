"""Keys that mean the same wherever the focus is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QTabBar, QToolButton, QWidget

from tests.ui.desk.conftest import hand, sandbox  # noqa: F401 - fixtures
from tests.ui.desk.support import Hands
from vsconsole.demo import hands
from vsconsole.domain.model import Ability
from vsconsole.ui.actions import ENTRIES
from vsconsole.ui.focus_keys import takes_text
from vsconsole.ui.timeline.month_grid import MonthGrid

NONE = Qt.KeyboardModifier.NoModifier
ARROWS = frozenset({"Left", "Right"})


def reachable(window: QWidget) -> Iterator[QWidget]:
    """The visible, enabled controls of a window that take the focus."""
    for widget in window.findChildren(QWidget):
        if (
            widget.window() is window
            and widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
            and widget.focusProxy() is None
        ):
            yield widget


def claims(widget: QWidget, key: str) -> bool:
    """Whether a control keeps a key from the window's shortcuts."""
    combination = QKeySequence(key)[0]  # type: ignore[index]
    text = key.lower() if len(key) == 1 else ""
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers(), text
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.fixture
def busy(hand: Hands) -> Hands:  # noqa: F811
    """A desk with a camera in playback and four tiles: most controls are there."""
    stand = hand.stand
    stand.press("layout-4")
    hand.open(stand.channel(Ability.PTZ, Ability.LIVE))
    window = stand.desk.window
    window.activateWindow()
    stand.wait(window.isActiveWindow, 3)
    stand.wait(lambda: window.ptz.stop_button.isVisible(), 5)
    return hand


def test_lesson_45_every_key_works_from_any_focus_but_text_fields(busy: Hands) -> None:
    window = busy.stand.desk.window
    keys = [key for entry in ENTRIES if entry.context == "desk" for key in entry.keys]
    controls = [widget for widget in reachable(window) if not takes_text(widget)]
    assert len(controls) > 30
    kept = {
        (type(widget).__name__, widget.accessibleName(), key)
        for widget in controls
        for key in keys
        # The calendar's arrows choose a day, and rows of presets move: the fixed keys say so.
        if claims(widget, key)
        and not (isinstance(widget, MonthGrid) and key in ARROWS)
        and not (widget is window.ptz.presets.list and key in ("Alt+Up", "Alt+Down"))
    }
    assert kept == set()


def test_lesson_45_space_plays_and_escape_goes_up_from_every_control(busy: Hands) -> None:
    window = busy.stand.desk.window
    played: list[str] = []
    action = window.actions_["toggle-play"]
    action.triggered.disconnect()
    action.triggered.connect(lambda: played.append("play"))
    for widget in list(reachable(window)):
        widget.setFocus()
        if not widget.hasFocus():
            continue
        if not takes_text(widget):
            played.clear()
            hands.key(widget, Qt.Key.Key_Space)
            assert played == ["play"], widget
        window.wall.enlarge(0)
        assert window.wall.enlarged
        # Out of a field first, what was typed into it before that.
        most = 3 if takes_text(widget) else 1
        for _press in range(most):
            if not window.wall.enlarged:
                break
            # Where nothing has the focus, the window gets the keys.
            hands.key(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
        assert not window.wall.enlarged, f"{widget} {widget.accessibleName()}"
        assert window.isVisible()


def test_letters_search_no_list_and_enter_presses_what_has_the_focus(busy: Hands) -> None:
    window = busy.stand.desk.window
    view = window.tree.view
    view.setFocus()
    before = view.currentIndex()
    for letter in (Qt.Key.Key_D, Qt.Key.Key_G, Qt.Key.Key_Y):
        hands.key(view, letter)
    assert view.currentIndex() == before
    button = window.findChild(QToolButton, "button-left-panel")
    assert button is not None
    button.setFocus()
    hands.key(button, Qt.Key.Key_Return)
    assert not window.tree.isVisible()
    hands.key(button, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert window.tree.isVisible()
    bar = window.tabs.tabBar()
    assert isinstance(bar, QTabBar)
    bar.setFocus()
    hands.key(bar, Qt.Key.Key_Down)
    assert bar.currentIndex() == 1
    hands.key(bar, Qt.Key.Key_Up)
    hands.key(bar, Qt.Key.Key_Up)
    assert bar.currentIndex() == bar.count() - 1


def test_a_choice_is_opened_by_enter_and_not_changed_by_letters(busy: Hands) -> None:
    window = busy.stand.desk.window
    box = QComboBox(window.bar)
    box.addItems(["alpha", "delta", "gamma"])
    box.show()
    box.setFocus()
    hands.key(box, Qt.Key.Key_D)
    assert box.currentText() == "alpha"
    hands.key(box, Qt.Key.Key_Down)
    assert box.currentText() == "delta"


def test_escape_leaves_a_field_for_the_wall(busy: Hands) -> None:
    window = busy.stand.desk.window
    hands.write(window.tree.search, "gate")
    hands.key(window.tree.search, Qt.Key.Key_Escape)
    assert window.tree.search.text() == ""
    assert window.tree.search.hasFocus()
    hands.key(window.tree.search, Qt.Key.Key_Escape)
    assert window.wall.current.hasFocus()
