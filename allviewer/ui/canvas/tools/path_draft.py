"""A line that is being drawn by hand, in level-0 pixels, so that it stays where it is when the view moves."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.tool import Canvas, box_around

_STEP_PX = 2.0
_MARGIN_PX = 6.0
_CASING = QColor(255, 255, 255, 220)


class PathDraft:
    def __init__(self, canvas: Canvas, colour: QColor) -> None:
        self._canvas, self._colour = canvas, colour
        self.points: list[Point] = []

    def begin(self, point: Point) -> None:
        self.points = [point]

    def extend(self, point: Point, *, is_straight: bool = False) -> None:
        """Go on to a point; straight from the first one if that is wanted. Steps too small to see are left out."""
        self._touch(self.points)
        if is_straight:
            self.points = [self.points[0], point]
        elif (self._place(point) - self._place(self.points[-1])).manhattanLength() >= _STEP_PX:
            self.points.append(point)
        self._touch(self.points)

    def clear(self) -> None:
        self._touch(self.points)
        self.points = []

    def paint(self, painter: QPainter, *, is_closed: bool, fill: QBrush | None = None) -> None:
        if len(self.points) < 2:
            return
        places = QPolygonF([self._place(point) for point in self.points])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(fill if fill is not None else QBrush(Qt.BrushStyle.NoBrush))
        for pen in (QPen(_CASING, 3.5), QPen(self._colour, 1.5, Qt.PenStyle.DashLine)):
            painter.setPen(pen)
            painter.drawPolygon(places) if is_closed else painter.drawPolyline(places)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _place(self, point: Point) -> QPointF:
        return QPointF(*self._canvas.view.to_screen(point))

    def _touch(self, points: list[Point]) -> None:
        self._canvas.touch(box_around([self._place(point) for point in points], _MARGIN_PX))
