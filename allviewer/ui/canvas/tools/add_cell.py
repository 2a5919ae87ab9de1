"""Draw the outline of a cell that nobody has marked; its nucleus is painted afterwards with the brush."""

from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.polygon import PolygonTool


class AddCellTool(PolygonTool):
    def finish(self, corners: list[Point]) -> None:
        self._canvas.new_cell_drawn.emit(corners)
