"""Which cells of two sets are the same cell, by overlap."""

from collections.abc import Sequence

from allviewer.domain.cell import Cell
from allviewer.domain.grid import RegionGrid
from allviewer.progress import CancelToken

SAME_IOU = 0.3
"""Two outlines that share so much, or of which one has the middle of the other inside, are of one cell."""
_CHECK_EVERY = 256


def pair_cells(
    left: Sequence[Cell], right: Sequence[Cell], cancel: CancelToken | None = None
) -> list[tuple[int, int, float]]:
    """(number at the left, number at the right, IoU) of what is the same cell: best pairs first, each cell once.

    Raises:
        Cancelled: soon after the cancel.
    """
    grid = RegionGrid()
    for j, cell in enumerate(right):
        grid.put(j, cell.mask.region)
    found = []
    for i, cell in enumerate(left):
        if cancel is not None and i % _CHECK_EVERY == 0:
            cancel.check()
        for j in grid.near(cell.mask.region):
            iou = _iou_of_same(cell, right[j])
            if iou > 0:
                found.append((i, j, iou))
    free_left, free_right, pairs = set(range(len(left))), set(range(len(right))), []
    for i, j, iou in sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1])):
        if i in free_left and j in free_right:
            free_left.remove(i)
            free_right.remove(j)
            pairs.append((i, j, iou))
    return pairs


def _iou_of_same(left: Cell, right: Cell) -> float:
    """How much two outlines of one cell share; 0 if they are of two cells."""
    if not left.mask.region.intersects(right.mask.region):
        return 0.0
    iou = left.mask.iou(right.mask)
    is_same = iou >= SAME_IOU or (
        iou > 0 and (left.mask.contains_point(*right.mask.centroid) or right.mask.contains_point(*left.mask.centroid))
    )
    return iou if is_same else 0.0
