"""Select and pan: a click selects the cell under it, a drag moves the image; with Shift or Alt it goes round cells."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from allviewer.session.drawn import Pick
from allviewer.ui.canvas.tools.picking import corners_of, pick_of
from allviewer.ui.canvas.tools.rubber_band import RubberBand
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool

_DRAG_PX = 4


class SelectTool(Tool):
    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._pressed: Pointer | None = None
        self._last = QPointF()
        self._is_dragging = False
        self._band = RubberBand(canvas)

    def press(self, pointer: Pointer) -> None:
        self._pressed = pointer
        self._last = pointer.screen
        self._is_dragging = False

    def drag(self, pointer: Pointer) -> None:
        start = self._pressed
        if start is None:
            return
        if not self._is_dragging and (pointer.screen - start.screen).manhattanLength() < _DRAG_PX:
            return
        self._is_dragging = True
        if pick_of(start) is not Pick.REPLACE:
            self._band.stretch(start.image, pointer.image)
            return
        self._canvas.hold(Qt.CursorShape.ClosedHandCursor)
        moved = pointer.screen - self._last
        self._last = pointer.screen
        self._canvas.view.pan_by(moved.x(), moved.y())

    def release(self, pointer: Pointer) -> None:
        start, self._pressed = self._pressed, None
        if start is None:
            return
        if not self._is_dragging:
            self._canvas.cell_clicked.emit(self._canvas.cell_id_at(start.image), start.modifiers)
        elif self._band.is_drawn:
            region = self._band.region
            self._band.clear()
            self._canvas.tool_state.drawn.picked.emit(corners_of(region), pick_of(start))

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._band.is_drawn:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._pressed = None
        self._band.clear()

    def paint(self, painter: QPainter) -> None:
        self._band.paint(painter)
