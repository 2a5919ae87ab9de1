"""Go from cell to cell: in reading order, to the next one nobody has looked at, to the least sure one."""

from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell
from allviewer.session.document import Document
from allviewer.session.selection import Selection
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

_LINE_SHARE = 1.5
"""Height of a line of reading, in median cell diameters."""


class WalkCells(QObject):
    """Moves the selection; `visited` says which cell the picture shall show."""

    visited = Signal(int)

    def __init__(self, workspace: Workspace, selection: Selection, notices: Notices) -> None:
        super().__init__()
        self._workspace = workspace
        self._selection = selection
        self._notices = notices

    def step(self, direction: int) -> None:
        """The next (1) or previous (-1) cell in reading order."""
        document = self._workspace.document
        if document is None or not len(document.annotations):
            return
        order = reading_order(document)
        if self._selection.current in order:
            self._go(order[(order.index(self._selection.current) + direction) % len(order)])
        else:
            self._go(order[0 if direction > 0 else -1])

    def next_to_review(self) -> None:
        """The next cell that nobody has looked at, from here on and round again."""
        document = self._workspace.document
        if document is None or not len(document.annotations):
            return
        order = reading_order(document)
        start = order.index(self._selection.current) + 1 if self._selection.current in order else 0
        for cell_id in order[start:] + order[:start]:
            if not self._cell(document, cell_id).is_touched:
                self._go(cell_id)
                return
        self._notices.tell("Every cell of this image has been looked at.")

    def most_uncertain(self) -> None:
        """The cell the classifier is least sure of, among those nobody has looked at."""
        document = self._workspace.document
        if document is None:
            return
        waiting = [c for c in document.annotations if not c.is_touched and c.id != self._selection.current]
        if waiting:
            self._go(max(waiting, key=lambda cell: (cell.uncertainty, -cell.id)).id)
        else:
            self._notices.tell("Every cell of this image has been looked at.")

    def _go(self, cell_id: int) -> None:
        self._selection.select({cell_id}, cell_id)
        self.visited.emit(cell_id)

    def _cell(self, document: Document, cell_id: int) -> Cell:
        cell = document.annotations.get(cell_id)
        assert cell is not None
        return cell


def reading_order(document: Document) -> list[int]:
    """Ids line by line, left to right, as one reads a page."""
    cells = list(document.annotations)
    heights = sorted(cell.mask.region.height for cell in cells)
    line_px = max(1.0, _LINE_SHARE * heights[len(heights) // 2])

    def place(cell: Cell) -> tuple[int, float]:
        x, y = cell.mask.region.center
        return int(y // line_px), x

    return [cell.id for cell in sorted(cells, key=place)]
