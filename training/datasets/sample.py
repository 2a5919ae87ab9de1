"""A picture with what is known of its white cells: what every data set is turned into."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BACKGROUND, CYTOPLASM, NUCLEUS = 0, 1, 2
SOME_CELL = 3
"""White cell for sure, but whether nucleus or cytoplasm is not known."""
UNKNOWN = 4
"""Nobody has said anything: left out of the loss."""

PartMap = NDArray[np.uint8]
CellMap = NDArray[np.uint16]


@dataclass(frozen=True)
class Sample:
    """One picture.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        parts: uint8 (H, W): BACKGROUND, CYTOPLASM, NUCLEUS, SOME_CELL or UNKNOWN.
        cells: uint16 (H, W): 0, or the number of the cell; a pixel of SOME_CELL may have none if its border is unknown.
        group: patient, slide or run of neighbours: stays on one side of every split.
        source: name of the data set, such as "bccd".
        name: of the picture within its source.
        mpp: micrometres per pixel.
    """

    image: NDArray[np.uint8]
    parts: PartMap
    cells: CellMap
    group: str
    source: str
    name: str
    mpp: float

    def at_scale(self, mpp: float) -> "Sample":
        """The same picture at another scale, micrometres per pixel."""
        factor = self.mpp / mpp
        if abs(factor - 1) < 0.01:
            return self
        height, width = self.parts.shape
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        return Sample(
            np.asarray(cv2.resize(self.image, size, interpolation=kind), np.uint8),
            np.asarray(cv2.resize(self.parts, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8),
            np.asarray(cv2.resize(self.cells, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint16),
            self.group,
            self.source,
            self.name,
            mpp,
        )

    def cell_numbers(self) -> list[int]:
        return [int(number) for number in np.unique(self.cells) if number]


def parts_from_grey(mask: NDArray[np.uint8]) -> PartMap:
    """Parts of a mask of grey levels: 0 background, 128 cytoplasm, 255 nucleus (nearest of the three)."""
    return np.digitize(mask, (64, 192)).astype(np.uint8)


def number_cells(parts: PartMap) -> CellMap:
    """A number for each connected white cell (cytoplasm, nucleus or SOME_CELL), eight neighbours."""
    inside = ((parts > BACKGROUND) & (parts < UNKNOWN)).astype(np.uint8)
    return np.asarray(cv2.connectedComponents(inside, connectivity=8)[1], np.uint16)
