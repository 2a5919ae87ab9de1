"""All cells of one image, with a grid that finds them by place."""

import math
from collections import Counter
from collections.abc import Iterator

from allviewer.domain.cell import Cell
from allviewer.domain.edits import Edit
from allviewer.domain.geometry import Region
from allviewer.domain.grid import RegionGrid


class Annotations:
    """The cells of one image. Changes only through `apply`; the cost of a change is that of its cells."""

    def __init__(self, cells: tuple[Cell, ...] | list[Cell] = ()) -> None:
        self._cells: dict[int, Cell] = {}
        self._grid = RegionGrid()
        self._next_id = 1
        for cell in cells:
            self._put(cell)

    def __len__(self) -> int:
        return len(self._cells)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells.values())

    def __contains__(self, cell_id: int) -> bool:
        return cell_id in self._cells

    @property
    def next_id(self) -> int:
        """An id that was never used in this image."""
        return self._next_id

    def reserve_ids(self, next_id: int) -> None:
        """Never hand out ids below `next_id` (used when an image with a history is opened)."""
        self._next_id = max(self._next_id, next_id)

    def get(self, cell_id: int) -> Cell | None:
        return self._cells.get(cell_id)

    def in_region(self, region: Region) -> list[Cell]:
        """Cells whose box meets the region, by id."""
        found = (self._cells[i] for i in sorted(self._grid.near(region)))
        return [cell for cell in found if cell.mask.region.intersects(region)]

    def at(self, x: float, y: float) -> Cell | None:
        """The smallest cell under a level-0 point."""
        hits = [c for c in self.in_region(Region(math.floor(x), math.floor(y), 1, 1)) if c.mask.contains_point(x, y)]
        return min(hits, key=lambda c: c.area_px, default=None)

    def counts(self) -> Counter[str]:
        """Number of cells of each class key."""
        return Counter(cell.label for cell in self._cells.values())

    def apply(self, edit: Edit) -> None:
        """Make an edit's changes.

        Raises ValueError, changing nothing, if a `before` is not what is here or a cell is changed twice.
        """
        if len(edit.cell_ids) != len(edit.changes):
            raise ValueError("an edit changes each cell once")
        for change in edit.changes:
            if self._cells.get(change.cell_id) != change.before:
                raise ValueError(f"cell {change.cell_id} is not as the edit expects")
        for change in edit.changes:
            if change.before is not None:
                self._take(change.before)
            if change.after is not None:
                self._put(change.after)

    def _put(self, cell: Cell) -> None:
        self._cells[cell.id] = cell
        self._next_id = max(self._next_id, cell.id + 1)
        self._grid.put(cell.id, cell.mask.region)

    def _take(self, cell: Cell) -> None:
        del self._cells[cell.id]
        self._grid.take(cell.id, cell.mask.region)
