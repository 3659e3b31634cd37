"""What a person without a mouse or a screen finds in a window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from vsconsole.demo import hands

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
_MOST_TABS = 400


def controls(window: QWidget) -> Iterator[QWidget]:
    """What can be operated in a window and is in sight.

    Left out are the parts of a control that is one itself: the cross within a field (what is typed
    is cleared by keys), scroll bars, the header over a list, and text that can be marked to be
    copied, which is read and not operated.
    """
    for widget in window.findChildren(QWidget):
        if widget.window() is not window or not widget.isVisibleTo(window):
            continue
        above = widget.parentWidget()
        if isinstance(widget, (QScrollBar, QHeaderView, QLabel, QTabWidget)):
            continue
        if isinstance(above, (QLineEdit, QTabBar, QAbstractSpinBox, QComboBox)):
            continue
        if isinstance(widget, _CONTROLS) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            yield widget


def name_of(widget: QWidget) -> str:
    """What a screen reader says a control is."""
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name).strip() if found else ""


def said(widget: QWidget) -> str:
    """A control in a message of a test."""
    return f"{type(widget).__name__} “{name_of(widget)}” in {type(widget.parentWidget()).__name__}"


def nameless(window: QWidget) -> list[str]:
    """The controls a screen reader has no word for."""
    return [f"{said(w)} {w.toolTip()}" for w in controls(window) if not name_of(w)]


def tabbed(window: QWidget) -> list[QWidget]:
    """Every control that has the focus while Tab is pressed until it comes round."""
    window.activateWindow()
    hands.wait_for(window.isActiveWindow, 5, "the window does not become the active one")
    seen: list[QWidget] = []
    for _press in range(_MOST_TABS):
        focused = QApplication.focusWidget()
        if focused is not None and focused in seen:
            # From the last one it goes on with the first.
            assert focused is seen[0], f"Tab is caught at {said(focused)}"
            return seen
        if focused is not None:
            seen.append(focused)
        QTest.keyClick(focused or window, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come round in {type(window).__name__}")


def unreached(window: QWidget, reached: list[QWidget]) -> list[str]:
    """The enabled controls that Tab does not lead to."""
    there = set(map(id, reached))
    return [
        said(widget)
        for widget in controls(window)
        if widget.isEnabled()
        and id(widget) not in there
        and not any(id(proxy) in there for proxy in _proxies(widget))
        # Of buttons that exclude each other, Tab leads to the one that is chosen.
        and not (isinstance(widget, QAbstractButton) and _in_group(widget, there))
    ]


def _proxies(widget: QWidget) -> Iterator[QWidget]:
    proxy = widget.focusProxy()
    while proxy is not None:
        yield proxy
        proxy = proxy.focusProxy()


def _in_group(button: QAbstractButton, there: set[int]) -> bool:
    above = button.parentWidget()
    return button.autoExclusive() and any(
        id(other) in there
        for other in above.findChildren(QAbstractButton)
        if other.autoExclusive() and other.parentWidget() is above
    )


def unseen(window: QWidget, reached: list[QWidget]) -> list[str]:
    """The controls that look the same with the focus and without it."""
    found = []
    for widget in reached:
        if not widget.isVisible() or not widget.isEnabled():
            # What it showed has ended meanwhile.
            continue
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        _scroll_to(widget)
        QApplication.processEvents()
        corner = widget.mapTo(window, QPoint(0, 0)) - QPoint(3, 3)
        area = QRect(corner, widget.size()).adjusted(0, 0, 6, 6).intersected(window.rect())
        if area.isEmpty():
            if widget.isVisible():
                found.append(f"{said(widget)} lies beyond the window")
            continue
        with_focus = window.grab(area).toImage()
        widget.clearFocus()
        without = window.grab(area).toImage()
        if widget.isVisible() and widget.isEnabled() and not _ring(with_focus, without):
            found.append(said(widget))
    return found


def _scroll_to(widget: QWidget) -> None:
    """As Tab does, which setting the focus does not."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def _ring(one: QImage, other: QImage) -> bool:
    """Whether two pictures differ by more than a cursor: over an eighth of the outline's length."""
    difference = one.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(difference)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, other)
    painter.end()
    grey = difference.convertToFormat(QImage.Format.Format_Grayscale8)
    # Rows are padded to whole words, with zeros as well.
    pixels = bytes(grey.constBits())
    return len(pixels) - pixels.count(0) > (one.width() + one.height()) / 4
