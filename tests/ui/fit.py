"""Builds windows at a size and prints what does not fit, as JSON; run as a program of its own.

The scale factor of a display is fixed when Qt starts, so each is tried in a process:
`QT_SCALE_FACTOR=2 python -m tests.ui.fit WIDTH HEIGHT`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from vsconsole import i18n
from vsconsole.ui import theme

_SLACK = 1


def _visible(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window:
            yield widget


def said(widget: QWidget) -> str:
    """A widget in a report."""
    text = widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else ""
    name = text or widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__} “{name[:60]}” {widget.width()}x{widget.height()}"


def clipped(window: QWidget) -> Iterator[str]:
    """Labels and buttons whose text needs more room than they have."""
    for widget in _visible(window):
        if isinstance(widget, QLabel) and widget.text():
            yield from _clipped_label(widget)
        elif isinstance(widget, (QPushButton, QToolButton)) and widget.text():
            icon_only = (
                isinstance(widget, QToolButton)
                and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
                and not widget.icon().isNull()
            )
            words = widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
            if not icon_only and words > widget.width() + _SLACK:
                yield f"clipped: {said(widget)} needs {words}"
            if widget.fontMetrics().height() > widget.height() + _SLACK:
                yield f"clipped: {said(widget)} is too low"
        elif isinstance(widget, QComboBox):
            if widget.minimumSizeHint().height() > widget.height() + _SLACK:
                yield f"clipped: {said(widget)} is too low"
        elif isinstance(widget, QLineEdit):
            if widget.fontMetrics().height() > widget.height() - 2:
                yield f"clipped: {said(widget)} is too low"
        elif isinstance(widget, QTabBar):
            for place in range(widget.count()):
                room = widget.tabRect(place).width()
                words = widget.fontMetrics().horizontalAdvance(widget.tabText(place))
                if words > room:
                    yield f"clipped: tab “{widget.tabText(place)}” {room} needs {words}"


def _clipped_label(label: QLabel) -> Iterator[str]:
    area = label.contentsRect()
    margin = 2 * label.margin()
    if label.wordWrap():
        needs = label.heightForWidth(label.width())
        if needs > label.height() + _SLACK:
            yield f"clipped: {said(label)} needs a height of {needs}"
        return
    metrics = label.fontMetrics()
    width = max(metrics.horizontalAdvance(line) for line in label.text().split("\n")) + margin
    # What ends with an ellipsis was cut on purpose, and its tip has the whole.
    if width > area.width() + _SLACK and not (label.text().endswith("…") and label.toolTip()):
        yield f"clipped: {said(label)} needs {width}"
    if metrics.height() > area.height() + _SLACK:
        yield f"clipped: {said(label)} is too low"


def overlapping(window: QWidget) -> Iterator[str]:
    """Widgets beside each other that lie over each other."""
    for parent in (window, *_visible(window)):
        if parent.layout() is None:
            continue
        children = [
            child
            for child in parent.findChildren(
                QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
            )
            if child.isVisible()
            and not child.isWindow()
            and child.width()
            and child.height()
            and parent.layout().indexOf(child) >= 0
        ]
        for one, other in combinations(children, 2):
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > _SLACK and shared.height() > _SLACK:
                yield f"overlap: {said(one)} and {said(other)}"


def outside(window: QWidget) -> Iterator[str]:
    """Buttons and fields that lie beyond the window's edge, where nothing scrolls to them."""
    whole = window.rect()
    for widget in _visible(window):
        if not isinstance(widget, (QAbstractButton, QLineEdit, QComboBox)) or _scrolled(widget):
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if not whole.adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
            yield f"outside: {said(widget)} at {place.x()},{place.y()}"


def _scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            return True
        above = above.parentWidget()
    return False


def desk(width: int, height: int) -> Iterator[tuple[str, QWidget]]:
    """The main window, tab by tab, with the command box, then each dialog, at this size."""
    from vsconsole.domain.model import Ability, Channel, Key
    from vsconsole.services.command_answer import Act
    from vsconsole.ui.command.box import CommandBox
    from vsconsole.ui.command.rows import Row
    from vsconsole.ui.dialogs.address import AddressDialog
    from vsconsole.ui.dialogs.preset import PresetDialog
    from vsconsole.ui.keys.dialog import KeysDialog
    from vsconsole.ui.main_window import MainWindow

    window = MainWindow()
    window.resize(width, height)
    window.show()
    window.ptz.show_channel(
        Channel(key=Key("a", "c"), name="东门 球机 East gate dome", abilities=frozenset(Ability))
    )
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        yield f"desk tab {place}", window
    box = CommandBox(window)
    box.open()
    rows = [
        Row(
            does=Act(name="x"),
            icon="video",
            title="东门 " * 9,
            detail="Playback " * 20,
            keys="Ctrl+K",
        )
        for _number in range(14)
    ]
    box.show_rows("", rows, "A long note that says which part could not be read. " * 3)
    yield "command box", window
    box.leave()
    dialogs: tuple[Callable[[], QDialog], ...] = (
        lambda: KeysDialog({}, window),
        lambda: AddressDialog(window),
        lambda: PresetDialog((), range(1, 9), parent=window),
    )
    for make in dialogs:
        dialog = make()
        if isinstance(dialog, KeysDialog):
            dialog.choose("mute")
            dialog.editor.record.recorded.emit("Ctrl+K")
            dialog.say("A long note about what came of a file of keys. " * 3)
        dialog.show()
        yield type(dialog).__name__, dialog
        dialog.close()
        dialog.deleteLater()
    window.close()


def main() -> int:
    """Prints a JSON object: a place to what does not fit there; empty when all is well."""
    width, height = int(sys.argv[1]), int(sys.argv[2])
    app = QApplication(sys.argv[:1])
    found: dict[str, list[str]] = {}
    theme.prepare(app, "dark")
    theme.dress(app)
    for code in i18n.LANGUAGES:
        i18n.set_language(code)
        for name, window in desk(width, height):
            for _turn in range(4):
                app.processEvents()
            if window.width() > width or window.height() > height:
                found.setdefault(f"{code} {name}", []).append(
                    f"too large: {window.width()}x{window.height()}"
                )
            problems = [*clipped(window), *overlapping(window), *outside(window)]
            if problems:
                found.setdefault(f"{code} {name}", []).extend(problems)
    ratio = app.primaryScreen().devicePixelRatio()
    answer = {"ratio": ratio, "found": found}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
