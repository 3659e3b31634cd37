"""Short movement of the view, none where the system asks for less."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

from vsconsole.ui import tokens


def allowed(widget: QWidget) -> bool:
    """Whether things may move by themselves: the style hands on what the system wants."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return widget.style().styleHint(hint, None, widget) > 0


class Glide(QObject):
    """Spreads a zoom over a few frames; wheel notches that come meanwhile are added to it."""

    def __init__(self, apply: Callable[[float, float], None], parent: QWidget) -> None:
        """`apply(factor, x)` zooms at a pixel by a part of the whole factor."""
        super().__init__(parent)
        self._apply = apply
        self._widget = parent
        self._x = 0.0
        self._left = 0.0
        self._done = 0.0
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(tokens.MOTION_MS * 4 // 5)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._step)

    @property
    def moving(self) -> bool:
        return self._animation.state() == QAbstractAnimation.State.Running

    def zoom(self, factor: float, x: float) -> None:
        """Zooms by `factor` at pixel `x`, gently where that is allowed."""
        if not allowed(self._widget):
            self._apply(factor, x)
            return
        self._left = (self._left - self._done if self.moving else 0.0) + math.log(factor)
        self._animation.stop()
        self._done, self._x = 0.0, x
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(self._left)
        self._animation.start()

    def stop(self) -> None:
        """Stays where it has come to."""
        self._animation.stop()

    def _step(self, value: float) -> None:
        part, self._done = value - self._done, value
        if part:
            self._apply(math.exp(part), self._x)
