"""No cell twice: what patches found, kept by place so that a cell at a seam counts once."""

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import Cell
from allviewer.domain.edits import add
from allviewer.domain.mask import Mask

DOUBLE_IOU = 0.3


class PlacedCells:
    """The cells of a run so far; the first find of a cell stays."""

    def __init__(self) -> None:
        self._cells = Annotations()

    def holds(self, mask: Mask) -> bool:
        """Whether a cell that is the same (IoU above `DOUBLE_IOU`, or one's centre in the other) is here."""
        centre = mask.centroid
        return any(
            other.mask.contains_point(*centre)
            or mask.contains_point(*other.mask.centroid)
            or other.mask.iou(mask) > DOUBLE_IOU
            for other in self._cells.in_region(mask.region)
        )

    def put(self, cell: Cell) -> None:
        self._cells.apply(add(cell))
