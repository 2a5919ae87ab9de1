"""Draw a line through cells: they are cut along it. Shift keeps the line straight."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from allviewer.ui.canvas.tools.path_draft import PathDraft
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool


class CutTool(Tool):
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._path = PathDraft(canvas, QColor(213, 40, 40))

    def press(self, pointer: Pointer) -> None:
        self._path.begin(pointer.image)

    def drag(self, pointer: Pointer) -> None:
        if self._path.points:
            self._path.extend(pointer.image, is_straight=pointer.has(Qt.KeyboardModifier.ShiftModifier))

    def release(self, pointer: Pointer) -> None:
        path = self._path.points
        self._path.clear()
        if len(path) >= 2:
            self._canvas.tool_state.drawn.cut.emit(path)

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._path.points:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._path.clear()

    def paint(self, painter: QPainter) -> None:
        self._path.paint(painter, is_closed=False)
