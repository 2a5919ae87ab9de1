"""All cells of one image, with a grid that finds them by place."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from operator import is_not

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.edits import Edit
from allviewer.domain.geometry import Region
from allviewer.domain.grid import RegionGrid

Tally = Mapping[tuple[str, CellState], int]
"""Number of cells by class key and state; 0 for some that are no longer there."""


class Annotations:
    """The cells of one image. Changes only through `apply`; the cost of a change is that of its cells."""

    def __init__(self, cells: tuple[Cell, ...] | list[Cell] = ()) -> None:
        self._cells: dict[int, Cell] = {}
        self._tally: Counter[tuple[str, CellState]] = Counter()
        self._grid = RegionGrid()
        self._next_id = 1
        self._version = self._roster = 0
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

    def by_id(self) -> Mapping[int, Cell]:
        """The cells as they are now, for work on another thread."""
        return dict(self._cells)

    def at_most_in(self, region: Region) -> int:
        """A number that is not smaller than that of the cells in a region, found without looking at any of them."""
        return self._grid.at_most(region)

    def in_region(self, region: Region) -> list[Cell]:
        """Cells whose box meets the region, by id."""
        found = (self._cells[i] for i in sorted(self._grid.near(region)))
        return [cell for cell in found if cell.mask.region.intersects(region)]

    def at(self, x: float, y: float) -> Cell | None:
        """The smallest cell under a level-0 point."""
        hits = [c for c in self.in_region(Region(math.floor(x), math.floor(y), 1, 1)) if c.mask.contains_point(x, y)]
        return min(hits, key=lambda c: c.area_px, default=None)

    def missing(self, ids: frozenset[int]) -> frozenset[int]:
        """Those of the ids under which there is no cell."""
        return ids - self._cells.keys()

    @property
    def version(self) -> int:
        """Another one after each change."""
        return self._version

    @property
    def roster(self) -> int:
        """Another one after each change that adds or removes cells."""
        return self._roster

    @property
    def tally(self) -> Tally:
        """Number of cells by class key and state, kept up with every change."""
        return self._tally

    def apply(self, edit: Edit) -> None:
        """Make an edit's changes.

        Raises ValueError, changing nothing, if a `before` is not what is here.
        """
        present = map(self._cells.get, edit.before)
        if any(map(is_not, present, edit.before.values())):  # by identity first: that costs nothing
            self._refuse_misfits(edit)
        footprint = edit.footprint
        self._version += 1
        self._roster += bool(footprint.added or footprint.removed)
        if not footprint.added.isdisjoint(self._cells):
            raise ValueError(f"cell {min(footprint.added & self._cells.keys())} is not as the edit expects")
        self._grid.take_all(footprint.left)
        for cell_id in footprint.removed:
            del self._cells[cell_id]
        self._cells.update(edit.after)
        self._grid.put_all(footprint.entered)
        self._tally.update(footprint.tally)
        self._next_id = max(self._next_id, max(footprint.added, default=0) + 1)

    def _refuse_misfits(self, edit: Edit) -> None:
        """Cells that were read back from the journal are other objects than those here, but must be equal."""
        for cell_id, cell in edit.before.items():
            present = self._cells.get(cell_id)
            if present is not cell and present != cell:
                raise ValueError(f"cell {cell_id} is not as the edit expects")

    def _put(self, cell: Cell) -> None:
        self._cells[cell.id] = cell
        self._tally[cell.label, cell.state] += 1
        self._next_id = max(self._next_id, cell.id + 1)
        self._grid.put(cell.id, cell.mask.region)
