"""Emphasis of the selected cells: their outline on the very edge of their pixels, or a box where they are small."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.mask import Mask
from allviewer.session.view_state import ViewState

SELECTION_REACH_PX = 8.0
"""How far the emphasis reaches beyond a cell, on the screen."""
MOST_EMPHASISED = 300
"""With more cells than this, looking at each of them in every frame would take too long."""
_SMALL_PX = 14.0
_MOST_OUTLINED = 40
_HALO = QColor(0, 0, 0, 200)
_LINE = QColor(255, 255, 255)
_NUCLEUS_LINE = QColor(255, 255, 255, 170)


def edge_lines(mask: Mask) -> list[QLineF]:
    """The border between a mask and what is outside, as level and upright lines in level-0 coordinates."""
    padded = np.pad(mask.bitmap, 1).astype(np.int8)
    x, y = mask.region.x, mask.region.y
    lines = [QLineF(x + a, y + row, x + b, y + row) for row, a, b in _runs(padded[1:, 1:-1] != padded[:-1, 1:-1])]
    uprights = (padded[1:-1, 1:] != padded[1:-1, :-1]).T
    return lines + [QLineF(x + column, y + a, x + column, y + b) for column, a, b in _runs(uprights)]


def _runs(changes: np.ndarray) -> list[tuple[int, int, int]]:
    """(row, start, end) of each run of True along the rows."""
    steps = np.diff(np.pad(changes.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True))


class SelectedCells:
    """Remembers the outlines of the cells it draws for as long as these stay as they are."""

    def __init__(self) -> None:
        self._ids: frozenset[int] = frozenset()
        self._outlines: dict[int, tuple[Cell, list[QLineF], list[QLineF]]] = {}

    @property
    def ids(self) -> frozenset[int]:
        return self._ids

    def set_ids(self, ids: Iterable[int]) -> None:
        self._ids = frozenset(ids)
        self._outlines = {cell_id: known for cell_id, known in self._outlines.items() if cell_id in self._ids}

    def paint(self, painter: QPainter, view: ViewState, annotations: Annotations) -> None:
        """Draw those in view; the painter's unit is the screen pixel."""
        cells = self._in_view(view, annotations)
        if not cells:
            return
        painter.save()
        painter.setTransform(QTransform(*view.placement.screen_matrix), True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outlined = [cell for cell in cells if self._is_large(cell, view)][:_MOST_OUTLINED]
        known = {cell.id for cell in outlined}
        boxes = [_box(cell, view) for cell in cells if cell.id not in known]
        lines = [self._outline(cell) for cell in outlined]
        for colour, width_px in ((_HALO, 4.0), (_LINE, 2.0)):
            pen = QPen(colour, width_px)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRects(boxes)
            for cell_lines, _ in lines:
                painter.drawLines(cell_lines)
        pen = QPen(_NUCLEUS_LINE, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for _, nucleus_lines in lines:
            painter.drawLines(nucleus_lines)
        painter.restore()

    def _in_view(self, view: ViewState, annotations: Annotations) -> list[Cell]:
        region = view.visible_region
        cells = (annotations.get(cell_id) for cell_id in self._ids)
        return [cell for cell in cells if cell is not None and cell.mask.region.intersects(region)]

    def _is_large(self, cell: Cell, view: ViewState) -> bool:
        return max(cell.mask.region.width, cell.mask.region.height) * view.scale >= _SMALL_PX

    def _outline(self, cell: Cell) -> tuple[list[QLineF], list[QLineF]]:
        known = self._outlines.get(cell.id)
        if known is None or known[0] is not cell:
            known = (cell, edge_lines(cell.mask), edge_lines(cell.nucleus) if not cell.nucleus.is_empty else [])
            self._outlines[cell.id] = known
        return known[1], known[2]


def _box(cell: Cell, view: ViewState) -> QRectF:
    region, margin = cell.mask.region, 2 / view.scale
    return QRectF(region.x, region.y, region.width, region.height).adjusted(-margin, -margin, margin, margin)
