"""What the mouse does on a tile's picture: tools, and who of them has the mouse just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QMouseEvent, QPainter, QWheelEvent


class PictureView(Protocol):
    """What a tool sees of the tile it works on; `Tile` is one.

    A part of the picture is in fractions of its whole size (0 to 1, whatever is zoomed in);
    positions are in logical pixels of the tile.
    """

    @property
    def zoom(self) -> QRectF:
        """The part of the picture that is shown; set it to show another."""

    @zoom.setter
    def zoom(self, part: QRectF) -> None: ...

    def rect(self) -> QRect:
        """The tile."""

    def picture_rect(self) -> QRect:
        """Where the picture is, between the bars; empty without a picture."""

    def fraction_at(self, pos: QPointF | QPoint) -> QPointF:
        """The place of the whole picture that is under `pos`; beyond 0 to 1 outside of it."""

    def on_screen(self, part: QRectF) -> QRectF:
        """Where a part of the whole picture is in the tile."""

    def free_rect(self) -> QRect:
        """What the captions leave free of the tile."""

    def paint_whole(self, painter: QPainter, rect: QRect) -> None:
        """Draws the whole picture, small, whatever is zoomed in."""

    def repaint_tool(self) -> None:
        """Has `paint` called soon."""


class PictureTool(Protocol):
    """Works on a tile's picture by mouse. Calls come in the GUI thread and must not wait.

    `press` and `wheel` answer whether they have taken the event. A tool that took a press gets
    every move (also from outside the tile) and the release; then one of `release` and `cancel`
    ends it, never both. What a tool does not take goes to the zoom, and then to the tile itself
    (which may begin to be dragged elsewhere). Moves without a button pressed come to `move`, too,
    and their answer does not matter.
    """

    def press(self, view: PictureView, event: QMouseEvent) -> bool:
        """A button was pressed on the tile; True takes the mouse until it is released."""

    def move(self, view: PictureView, event: QMouseEvent) -> None:
        """The mouse is elsewhere; `event.buttons()` is empty when it only passes by."""

    def release(self, view: PictureView, event: QMouseEvent) -> None:
        """The button of the press that was taken is up."""

    def wheel(self, view: PictureView, event: QWheelEvent) -> bool:
        """The wheel was turned over the tile."""

    def cancel(self, view: PictureView) -> None:
        """Ends what the press began: focus or window lost, tile hidden, other camera, Escape.

        Also when the mouse leaves the tile with no button pressed. Safe without a press.
        """

    def paint(self, view: PictureView, painter: QPainter) -> None:
        """Draws over the picture, below the captions."""


class ToolBox:
    """Hands the mouse to a tile's tools, the first of them asked first; one of them may hold it."""

    def __init__(self, view: PictureView, tools: Sequence[PictureTool]) -> None:
        self._view = view
        self._tools = tuple(tools)
        self._holder: PictureTool | None = None

    @property
    def held(self) -> bool:
        """Whether a tool has the mouse."""
        return self._holder is not None

    def set_tools(self, tools: Sequence[PictureTool]) -> None:
        """Other tools from now on; those that go are cancelled."""
        for tool in self._tools:
            if tool not in tools:
                tool.cancel(self._view)
                if tool is self._holder:
                    self._holder = None
        self._tools = tuple(tools)
        self._view.repaint_tool()

    def press(self, event: QMouseEvent) -> bool:
        """Whether a tool took it."""
        if self._holder is not None:
            return True  # a second button: the first one's tool goes on
        self._holder = next((t for t in self._tools if t.press(self._view, event)), None)
        return self._holder is not None

    def move(self, event: QMouseEvent) -> None:
        if self._holder is not None:
            self._holder.move(self._view, event)
        elif not event.buttons():
            for tool in self._tools:
                tool.move(self._view, event)

    def release(self, event: QMouseEvent) -> bool:
        """Whether it was a tool's; the mouse is free once every button is up."""
        holder = self._holder
        if holder is not None and not event.buttons():
            self._holder = None
            holder.release(self._view, event)
        return holder is not None

    def wheel(self, event: QWheelEvent) -> bool:
        """Whether a tool took it."""
        return any(tool.wheel(self._view, event) for tool in self._tools)

    def cancel(self) -> bool:
        """Ends whatever is under way; whether a tool had the mouse."""
        held, self._holder = self.held, None
        for tool in self._tools:
            tool.cancel(self._view)
        return held

    def paint(self, painter: QPainter) -> None:
        for tool in self._tools:
            painter.save()
            tool.paint(self._view, painter)
            painter.restore()
