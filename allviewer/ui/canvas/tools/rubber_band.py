"""A rectangle dragged on the screen."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from allviewer.domain.geometry import Region
from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.tool import Canvas

_FILL = QColor(0, 114, 178, 40)


class RubberBand:
    """Two corners in level-0 pixels, so that it stays where it is when the view moves."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._corners: tuple[Point, Point] | None = None

    @property
    def is_drawn(self) -> bool:
        return self._corners is not None

    @property
    def region(self) -> Region:
        """What it encloses of the image, in whole pixels."""
        if self._corners is None:
            return Region(0, 0, 0, 0)
        (x0, y0), (x1, y1) = self._corners
        edges = Region.from_edges(round(min(x0, x1)), round(min(y0, y1)), round(max(x0, x1)), round(max(y0, y1)))
        return edges.intersection(self._canvas.view.bounds)

    def stretch(self, start: Point, end: Point) -> None:
        self._touch()
        self._corners = (start, end)
        self._touch()

    def clear(self) -> None:
        self._touch()
        self._corners = None

    def paint(self, painter: QPainter) -> None:
        outline = self._outline()
        if outline.isEmpty():
            return
        painter.setPen(QPen(QColor("white"), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(outline)
        painter.setPen(QPen(QColor(0, 114, 178), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(_FILL)
        painter.drawPolygon(outline)

    def _outline(self) -> QPolygonF:
        """Its four corners on the screen: level with the image, at whatever angle that is shown."""
        if self._corners is None:
            return QPolygonF()
        (x0, y0), (x1, y1) = self._corners
        to_screen = self._canvas.view.to_screen
        return QPolygonF([QPointF(*to_screen(corner)) for corner in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))])

    def _touch(self) -> None:
        if self._corners is not None:
            self._canvas.touch(self._outline().boundingRect().adjusted(-3, -3, 3, 3))
