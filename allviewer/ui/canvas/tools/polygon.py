"""Draw a closed shape: by clicks, freehand by dragging, or both."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_CLOSE_PX = 8.0
_DRAG_PX = 4
_FREEHAND_STEP_PX = 2.0
_MARGIN_PX = 8.0
_FILL = QColor(0, 114, 178, 40)


class PolygonTool(Tool):
    """Corners in level-0 pixels. A drag from the first corner closes the shape when the button is released."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._corners: list[Point] = []
        self._cursor: Point | None = None
        self._press_at = QPointF()
        self._is_freehand = False
        self._closes_on_release = False

    def finish(self, corners: list[Point]) -> None:
        """What a closed shape means; overridden by tools that draw the same way."""
        self._canvas.polygon_finished.emit(corners)

    def press(self, pointer: Pointer) -> None:
        if len(self._corners) >= 3 and self._is_near_start(pointer.screen):
            self._close()
            return
        self._closes_on_release = not self._corners
        self._is_freehand = False
        self._press_at = pointer.screen
        self._add(pointer.image)

    def drag(self, pointer: Pointer) -> None:
        if not self._corners:
            return
        if not self._is_freehand and (pointer.screen - self._press_at).manhattanLength() < _DRAG_PX:
            return
        self._is_freehand = True
        self._cursor = pointer.image
        last = QPointF(*self._canvas.view.to_screen(self._corners[-1]))
        if (pointer.screen - last).manhattanLength() >= _FREEHAND_STEP_PX:
            self._add(pointer.image)

    def release(self, pointer: Pointer) -> None:
        if self._is_freehand and self._closes_on_release:
            self._close()
        self._is_freehand = False

    def hover(self, pointer: Pointer) -> None:
        if self._corners:
            self._touch()
            self._cursor = pointer.image
            self._touch()

    def double_click(self, pointer: Pointer) -> bool:
        if self._corners:
            self._close()
        return True

    def key(self, key: int) -> bool:
        if not self._corners:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif key == Qt.Key.Key_Backspace:
            self._touch()
            self._corners.pop()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._touch()
        self._corners = []
        self._cursor = None
        self._is_freehand = False

    def paint(self, painter: QPainter) -> None:
        points = self._screen_points()
        if not points:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_FILL)
        painter.drawPolygon(QPolygonF(points))
        for colour, width_px in ((QColor(255, 255, 255, 220), 3.5), (QColor(0, 90, 160), 1.5)):
            painter.setPen(QPen(colour, width_px))
            painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor(0, 90, 160), 1))
        painter.setBrush(QColor("white"))
        if not self._is_freehand and len(self._corners) < 60:
            for point in points[: len(self._corners)]:
                painter.drawRect(QRectF(point.x() - 3, point.y() - 3, 6, 6))

    def _add(self, corner: Point) -> None:
        if not self._corners or corner != self._corners[-1]:
            self._corners.append(corner)
        self._cursor = corner
        self._touch()

    def _close(self) -> None:
        corners = self._corners
        self.cancel()
        if len(corners) >= 3:
            self.finish(corners)

    def _is_near_start(self, point: QPointF) -> bool:
        start = QPointF(*self._canvas.view.to_screen(self._corners[0]))
        return (point - start).manhattanLength() <= _CLOSE_PX

    def _screen_points(self) -> list[QPointF]:
        if not self._corners:
            return []
        corners = self._corners if self._cursor is None else [*self._corners, self._cursor]
        return [QPointF(*self._canvas.view.to_screen(corner)) for corner in corners]

    def _touch(self) -> None:
        self._canvas.touch(box_around(self._screen_points(), _MARGIN_PX))
