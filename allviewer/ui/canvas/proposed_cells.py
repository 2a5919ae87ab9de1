"""Cells that a run under way has found so far: pale rings where they lie, until the run ends."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from allviewer.domain.cell import Cell
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.palette import Palette

_MOST_RINGS = 3000
_HALO = QColor(255, 255, 255, 150)


class ProposedCells:
    """Draws a ring in the colour of its class for each cell in view."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._cells: Sequence[Cell] = ()

    def set_cells(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    def paint(self, painter: QPainter, view: ViewState) -> None:
        """The painter's unit is the screen pixel."""
        if not self._cells:
            return
        seen = view.visible_region
        shown = [cell for cell in self._cells if cell.mask.region.intersects(seen)][:_MOST_RINGS]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell in shown:
            box = cell.mask.region
            left, top = view.to_screen((box.x, box.y))
            ring = QRectF(left, top, box.width * view.scale, box.height * view.scale)
            painter.setPen(QPen(_HALO, 3))
            painter.drawEllipse(ring)
            painter.setPen(QPen(QColor(*self._palette.colour(cell.label)), 1.5, Qt.PenStyle.DashLine))
            painter.drawEllipse(ring)
