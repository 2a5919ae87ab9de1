"""Two sets of cells of one image side by side: which are the same, and how the others differ. Pure."""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allviewer.domain.cell import Cell
from allviewer.domain.geometry import Region
from allviewer.domain.pairing import pair_cells
from allviewer.progress import CancelToken

AGREEING_IOU = 0.7
"""One cell outlined twice with less in common is a difference."""


class Difference(enum.StrEnum):
    """What is different."""

    ONLY_LEFT = "only left"
    ONLY_RIGHT = "only right"
    OTHER_CLASS = "other class"
    LOW_OVERLAP = "low overlap"


@dataclass(frozen=True, slots=True)
class DifferingCell:
    """One cell that the two sides see differently; None where a side has none. `iou` is 0 then."""

    kind: Difference
    left: Cell | None
    right: Cell | None
    iou: float

    @property
    def region(self) -> Region:
        """The box around both outlines."""
        boxes = [cell.mask.region for cell in (self.left, self.right) if cell is not None]
        return boxes[0] if len(boxes) == 1 else boxes[0].union(boxes[1])


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two sets of cells differ; `agreeing` cells do not."""

    differing: tuple[DifferingCell, ...]
    agreeing: int

    def count(self, kind: Difference) -> int:
        return Counter(cell.kind for cell in self.differing)[kind]

    @property
    def sentence(self) -> str:
        """For people: "19 agree; 2 only left, 1 of another class"."""
        words = {
            Difference.ONLY_LEFT: "only left",
            Difference.ONLY_RIGHT: "only right",
            Difference.OTHER_CLASS: "of another class",
            Difference.LOW_OVERLAP: "with low overlap",
        }
        counted = Counter(cell.kind for cell in self.differing)
        parts = [f"{counted[kind]:,} {text}" for kind, text in words.items() if counted[kind]]
        return f"{self.agreeing:,} agree; {', '.join(parts) if parts else 'no difference'}"


def compare_cells(left: Sequence[Cell], right: Sequence[Cell], cancel: CancelToken | None = None) -> Comparison:
    """Pair cells by overlap, the best pairs first, each cell once; differences come in reading order.

    Raises:
        Cancelled: soon after the cancel.
    """
    pairs = pair_cells(left, right, cancel)
    differing = [
        DifferingCell(kind, left[i], right[j], iou)
        for i, j, iou in pairs
        if (kind := _difference(left[i], right[j], iou)) is not None
    ]
    agreeing = len(pairs) - len(differing)
    paired_left, paired_right = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    differing += [DifferingCell(Difference.ONLY_LEFT, c, None, 0.0) for i, c in enumerate(left) if i not in paired_left]
    differing += [
        DifferingCell(Difference.ONLY_RIGHT, None, c, 0.0) for j, c in enumerate(right) if j not in paired_right
    ]
    return Comparison(tuple(_in_reading_order(differing)), agreeing)


def _difference(left: Cell, right: Cell, iou: float) -> Difference | None:
    if left.label != right.label:
        return Difference.OTHER_CLASS
    return Difference.LOW_OVERLAP if iou < AGREEING_IOU else None


def _in_reading_order(cells: Sequence[DifferingCell]) -> list[DifferingCell]:
    """Band by band of the usual height of a cell, from left to right in each."""
    heights = sorted(cell.region.height for cell in cells)
    band_px = max(1, heights[len(heights) // 2]) if heights else 1

    def place(cell: DifferingCell) -> tuple[float, float]:
        x, y = cell.region.center
        return y // band_px, x

    return sorted(cells, key=place)
