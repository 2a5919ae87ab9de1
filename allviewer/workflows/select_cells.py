"""Select cells: by a click, in a box or a lasso, all of them."""

import math

import numpy as np
from PySide6.QtCore import QObject

from allviewer.domain.geometry import Region
from allviewer.domain.polygon import points_inside
from allviewer.session.drawn import Pick
from allviewer.session.placement import Point
from allviewer.session.selection import Selection
from allviewer.session.tool_state import ToolState
from allviewer.session.workspace import Workspace


class SelectCells(QObject):
    def __init__(self, workspace: Workspace, selection: Selection, tools: ToolState) -> None:
        super().__init__(workspace)
        self._workspace, self._selection = workspace, selection
        tools.drawn.picked.connect(self.pick)

    def click(self, cell_id: int, extend: bool) -> None:
        """A cell (0: none) was clicked."""
        if extend:
            if cell_id:
                self._selection.toggle(cell_id)
        elif cell_id:
            self._selection.select({cell_id}, cell_id)
        else:
            self._selection.clear()

    def pick(self, corners: list[Point], how: Pick) -> None:
        """Select the cells whose middle (of their box) lies inside a polygon, or add them, or take them out."""
        document = self._workspace.document
        if document is None:
            return
        xs, ys = zip(*corners, strict=True)
        box = Region.from_edges(
            math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)) + 1, math.ceil(max(ys)) + 1
        )
        near = document.annotations.in_region(box)
        middles = np.array([cell.mask.region.center for cell in near], dtype=float).reshape(-1, 2)
        inside = {near[i].id for i in np.flatnonzero(points_inside(corners, middles))}
        kept = self._selection.ids
        chosen = {Pick.REPLACE: inside, Pick.ADD: kept | inside, Pick.SUBTRACT: kept - inside}
        self._selection.select(chosen[how])

    def select_all(self) -> None:
        document = self._workspace.document
        if document is not None:
            self._selection.select(cell.id for cell in document.annotations)
