"""Cells that a run under way has found so far: pale rings where they lie, until the run ends."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

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

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette

    def set_cells(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    def paint(self, painter: QPainter, view: ViewState) -> None:
        """The painter's unit is the screen pixel."""
        if not self._cells:
            return
        seen = view.visible_region
        shown = [cell for cell in self._cells if cell.mask.region.intersects(seen)][:_MOST_RINGS]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(QTransform(*view.placement.screen_matrix), True)
        for cell in shown:
            box = cell.mask.region
            ring = QRectF(box.x, box.y, box.width, box.height)
            painter.setPen(_pen(_HALO, 3, Qt.PenStyle.SolidLine))
            painter.drawEllipse(ring)
            painter.setPen(_pen(QColor(*self._palette.class_colour(cell.label)), 1.5, Qt.PenStyle.DashLine))
            painter.drawEllipse(ring)
        painter.restore()


def _pen(colour: QColor, width_px: float, style: Qt.PenStyle) -> QPen:
    """A pen whose width is in screen pixels, however large the picture."""
    pen = QPen(colour, width_px, style)
    pen.setCosmetic(True)
    return pen
