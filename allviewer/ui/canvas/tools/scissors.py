"""Click along the edge of a nucleus or a cell: the line between clicks follows the edge by itself."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from allviewer.session.placement import Point
from allviewer.session.wire import Wire
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_CLOSE_PX = 8.0
_MARGIN_PX = 8.0
_LINE, _FREE = QColor(0, 90, 160), QColor(213, 94, 0)


class ScissorsTool(Tool):
    """A click on the start, a double click or Enter closes the line; Backspace takes an anchor back, Esc all."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._drawn = QRectF()
        self._wire.changed.connect(self._touch)

    @property
    def _wire(self) -> Wire:
        return self._canvas.tool_state.wire

    def press(self, pointer: Pointer) -> None:
        start = self._wire.start
        if start is not None and len(self._wire.pieces) > 1 and self._is_near(start, pointer):
            self._wire.close()
        else:
            self._wire.anchor(pointer.image)

    def hover(self, pointer: Pointer) -> None:
        self._wire.move(pointer.image)

    def drag(self, pointer: Pointer) -> None:
        self._wire.move(pointer.image)

    def double_click(self, pointer: Pointer) -> bool:
        self._wire.close()
        return True

    def key(self, key: int) -> bool:
        if self._wire.start is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._wire.close()
        elif key == Qt.Key.Key_Backspace:
            self._wire.take_back()
        elif key == Qt.Key.Key_Escape:
            self._wire.drop()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._wire.drop()

    def paint(self, painter: QPainter) -> None:
        wire = self._wire
        if wire.start is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        fixed = [point for piece in wire.pieces for point in piece]
        for points, colour in ((fixed, _LINE), ([fixed[-1], *wire.tail], _FREE)):
            places = QPolygonF(self._places(points))
            for pen in (QPen(QColor(255, 255, 255, 220), 3.5), QPen(colour, 1.5)):
                painter.setPen(pen)
                painter.drawPolyline(places)
        painter.setPen(QPen(_LINE, 1))
        painter.setBrush(QColor("white"))
        for place in self._places(wire.anchors):
            painter.drawRect(QRectF(place.x() - 3, place.y() - 3, 6, 6))

    def _places(self, points: list[Point]) -> list[QPointF]:
        return [QPointF(*self._canvas.view.to_screen(point)) for point in points]

    def _is_near(self, point: Point, pointer: Pointer) -> bool:
        return (QPointF(*self._canvas.view.to_screen(point)) - pointer.screen).manhattanLength() <= _CLOSE_PX

    def _touch(self) -> None:
        """Paint what was there, and what is there now."""
        before, self._drawn = self._drawn, box_around(self._places(self._wire.points), _MARGIN_PX)
        for area in (before, self._drawn):
            self._canvas.touch(area)
