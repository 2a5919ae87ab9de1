"""Boxes round the red cells, white cells and platelets that a network counted: thin, square, never a cell's outline."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from allviewer.domain.boxes import KINDS, PLATELET, RED_CELL, WHITE_CELL, Boxes
from allviewer.session.view_state import ViewState

INKS = {WHITE_CELL: QColor(255, 255, 255), RED_CELL: QColor(255, 235, 60), PLATELET: QColor(90, 230, 255)}
_SHADE = QColor(0, 0, 0, 70)
_MOST_BOXES = 4000
"""More in view are drawn as dots: their boxes would be one net over the picture."""
_DOT_PX = 3.0


class BoxedCells:
    """Draws the boxes in view: square and dashed, so that nobody takes one for a cell that can be corrected."""

    def __init__(self) -> None:
        self._boxes: Boxes | None = None

    def set_boxes(self, boxes: Boxes | None) -> None:
        """None: nothing is shown."""
        self._boxes = boxes

    def paint(self, painter: QPainter, view: ViewState) -> None:
        """The painter's unit is the screen pixel."""
        if self._boxes is None or not len(self._boxes):
            return
        seen = view.visible_region
        edges = self._boxes.edges
        inside = (edges[:, 0] < seen.right) & (edges[:, 2] > seen.x)
        inside &= (edges[:, 1] < seen.bottom) & (edges[:, 3] > seen.y)
        shown = self._boxes.where(np.asarray(inside, bool))
        painter.save()
        painter.setTransform(QTransform(*view.placement.screen_matrix), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw = _draw_boxes if len(shown) <= _MOST_BOXES else _draw_dots
        for number, kind in enumerate(KINDS):
            own = shown.where(shown.kinds == number)
            draw(painter, own, QPen(_SHADE, 3.5), view.scale)
            draw(painter, own, QPen(INKS[kind], 1.5, Qt.PenStyle.DashLine), view.scale)
        painter.restore()


def _draw_boxes(painter: QPainter, boxes: Boxes, pen: QPen, scale: float) -> None:
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.drawRects([QRectF(x, y, right - x, bottom - y) for x, y, right, bottom in boxes.edges.tolist()])


def _draw_dots(painter: QPainter, boxes: Boxes, pen: QPen, scale: float) -> None:
    side = _DOT_PX / scale
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(pen.color())
    painter.drawRects([QRectF(x - side / 2, y - side / 2, side, side) for x, y in boxes.centres.tolist()])
