"""What a change of many cells does to counts and places, worked out once and carried out table by table."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from allviewer.domain.cell import Cell, CellState
from allviewer.domain.geometry import Region
from allviewer.domain.grid import Bins, bins_of_all

_CELL_BYTES = 250
"""About what a cell takes in memory without its masks."""

_said_of = attrgetter("label", "state")


@dataclass(frozen=True, slots=True)
class Footprint:
    """The sums of an edit.

    Attributes:
        cell_ids: of all cells that change.
        added, removed: ids that are there only after, only before.
        tally: by how much the number of cells of each class and state rises, or falls where it is negative.
        left, entered: bins of the grid in which cells no longer lie, and in which they now do.
        region: around everything that has to be painted again.
        nbytes: about what the edit takes in memory beside the cells that are there after it.
    """

    cell_ids: frozenset[int]
    added: frozenset[int]
    removed: frozenset[int]
    tally: Counter[tuple[str, CellState]]
    left: Bins
    entered: Bins
    region: Region
    nbytes: int

    @classmethod
    def of(cls, before: Mapping[int, Cell], after: Mapping[int, Cell]) -> "Footprint":
        tally = Counter(map(_said_of, after.values()))
        tally.subtract(map(_said_of, before.values()))
        # a cell of which something else is said stays where it is
        gone = [c for i, c in before.items() if i not in after or after[i].mask is not c.mask]
        come = [c for i, c in after.items() if i not in before or before[i].mask is not c.mask]
        return cls(
            frozenset(before.keys() | after.keys()),
            frozenset(after.keys() - before.keys()),
            frozenset(before.keys() - after.keys()),
            tally,
            bins_of_all((c.id, c.mask.region) for c in gone),
            bins_of_all((c.id, c.mask.region) for c in come),
            _around([*before.values(), *come]),
            _CELL_BYTES * len(before) + sum([c.mask.nbytes + c.nucleus.nbytes for c in gone]),
        )

    def inverse(self) -> "Footprint":
        """Of the edit that takes this one back."""
        tally = Counter({key: -number for key, number in self.tally.items()})
        return Footprint(
            self.cell_ids, self.removed, self.added, tally, self.entered, self.left, self.region, self.nbytes
        )


def _around(cells: Iterable[Cell]) -> Region:
    boxes = [cell.mask.region for cell in cells]
    if not boxes:
        return Region(0, 0, 0, 0)
    return Region.from_edges(
        min([box.x for box in boxes]),
        min([box.y for box in boxes]),
        max([box.x + box.width for box in boxes]),
        max([box.y + box.height for box in boxes]),
    )
