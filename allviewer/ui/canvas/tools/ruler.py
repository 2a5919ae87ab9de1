"""Drag a line: its length stays beside it until Esc. An end can be taken hold of and moved."""

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from allviewer.session.placement import Point
from allviewer.ui.canvas.rulers import Line, length_px, paint_ruler
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_GRAB_PX = 8.0
_LEAST_PX = 3.0
_MARGIN_PX = 150.0
"""Room for the label beside the line."""
_STEP_DEG = 45.0


class RulerTool(Tool):
    """Shift keeps the line level, upright or half way between, as it is seen on the screen."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._draft: Line | None = None

    def press(self, pointer: Pointer) -> None:
        held = self._line_at(pointer)
        if held is None:
            self._draft = (pointer.image, pointer.image)
            return
        self._canvas.rulers.take(held)
        start, end = held
        self._draft = (end, start) if self._is_near(start, pointer) else held

    def drag(self, pointer: Pointer) -> None:
        if self._draft is None:
            return
        self._touch()
        self._draft = (self._draft[0], self._end(self._draft[0], pointer))
        self._touch()

    def release(self, pointer: Pointer) -> None:
        line = self._draft
        self.cancel()
        if line is not None and length_px(line) * self._canvas.view.scale >= _LEAST_PX:
            self._canvas.rulers.add(line)
            self._canvas.length_drawn.emit(length_px(line))

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._draft is not None:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._touch()
        self._draft = None

    def paint(self, painter: QPainter) -> None:
        if self._draft is not None:
            paint_ruler(painter, self._canvas.view, self._draft, self._canvas.um_per_px)

    def _end(self, start: Point, pointer: Pointer) -> Point:
        if not pointer.has(Qt.KeyboardModifier.ShiftModifier):
            return pointer.image
        view = self._canvas.view
        away = pointer.screen - QPointF(*view.to_screen(start))
        angle = math.radians(round(math.degrees(math.atan2(away.y(), away.x())) / _STEP_DEG) * _STEP_DEG)
        along = away.x() * math.cos(angle) + away.y() * math.sin(angle)
        dx, dy = view.placement.image_vector(along * math.cos(angle), along * math.sin(angle))
        return start[0] + dx, start[1] + dy

    def _line_at(self, pointer: Pointer) -> Line | None:
        """The ruler of which an end is under the cursor."""
        return next((line for line in self._canvas.rulers if any(self._is_near(end, pointer) for end in line)), None)

    def _is_near(self, point: Point, pointer: Pointer) -> bool:
        return (QPointF(*self._canvas.view.to_screen(point)) - pointer.screen).manhattanLength() <= _GRAB_PX

    def _touch(self) -> None:
        if self._draft is not None:
            ends = [QPointF(*self._canvas.view.to_screen(point)) for point in self._draft]
            self._canvas.touch(box_around(ends, _MARGIN_PX))
