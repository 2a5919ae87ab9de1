"""The cells of an image line by line, left to right, as one reads a page; kept up with every change. Pure."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell

_LINE_SHARE = 1.5
"""Height of a line of reading, in median cell diameters."""

_Place = tuple[int, float, int]
"""Line, x, and the id, so that no two are alike."""


class ReadingOrder:
    """Lines are as high as the cells were at the beginning, so that an edit moves no other cell."""

    def __init__(self, cells: Annotations) -> None:
        self._cells = cells
        heights = sorted(cell.mask.region.height for cell in cells)
        self._line_px = max(1.0, _LINE_SHARE * heights[len(heights) // 2]) if heights else 1.0
        self._place_of = {cell.id: self._place(cell) for cell in cells}
        self._places = sorted(self._place_of.values())

    def __len__(self) -> int:
        return len(self._places)

    def update(self, ids: Iterable[int]) -> None:
        """These cells have changed, come or gone. The cost is that of those which moved."""
        for cell_id in ids:
            cell, old = self._cells.get(cell_id), self._place_of.get(cell_id)
            new = self._place(cell) if cell is not None else None
            if new == old:
                continue
            if old is not None:
                del self._places[bisect_left(self._places, old)]
                del self._place_of[cell_id]
            if new is not None:
                insort(self._places, new)
                self._place_of[cell_id] = new

    def walk(self, from_id: int, direction: int) -> Iterator[int]:
        """Ids from the cell after (1) or before (-1) a cell on, and round again; the cell itself comes last.

        From a cell that is not there, the walk begins at the first one, or at the last.
        """
        count, here = len(self._places), self._place_of.get(from_id)
        beginning = 0 if direction > 0 else count - 1
        start = beginning if here is None else bisect_left(self._places, here) + direction
        for step in range(count):
            yield self._places[(start + direction * step) % count][2]

    def _place(self, cell: Cell) -> _Place:
        x, y = cell.mask.region.center
        return int(y // self._line_px), x, cell.id
