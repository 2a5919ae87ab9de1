"""Drag a rectangle that the networks are to run on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.rubber_band import RubberBand
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool


class RegionTool(Tool):
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._start: Point | None = None
        self._band = RubberBand(canvas)

    def press(self, pointer: Pointer) -> None:
        self._start = pointer.image

    def drag(self, pointer: Pointer) -> None:
        if self._start is not None:
            self._band.stretch(self._start, pointer.image)

    def release(self, pointer: Pointer) -> None:
        region = self._band.region
        self.cancel()
        if not region.is_empty:
            self._canvas.region_drawn.emit(region)

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._start is not None:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._start = None
        self._band.clear()

    def paint(self, painter: QPainter) -> None:
        self._band.paint(painter)
