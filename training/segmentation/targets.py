"""The distance map: one hill a cell, by which touching cells are told apart."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from training.datasets.sample import SOME_CELL, UNKNOWN, CellMap, PartMap

_BEYOND_PX = 40
_TO_MIDDLE = 0.25


def distance_map(cells: CellMap) -> NDArray[np.float32]:
    """float32 (H, W): 0 outside cells, rising to 1 at each cell's core.

    The value is b / (b + c), b the distance to the cell's border and c the distance to its core: for a round cell that
    is the normalised distance to the border, for any other shape it still has one summit, and every set
    {value >= t} is in one piece. A cell cut off by the picture's edge is taken to go on beyond it.
    """
    height, width = cells.shape
    padded = np.pad(cells, _BEYOND_PX, mode="edge").astype(np.int32)
    result = np.zeros(padded.shape, np.float32)
    visible = np.zeros(padded.shape, bool)
    visible[_BEYOND_PX : _BEYOND_PX + height, _BEYOND_PX : _BEYOND_PX + width] = True
    for number, box in enumerate(ndimage.find_objects(padded), start=1):
        if box is None:
            continue
        pieces, count = ndimage.label(padded[box] == number)
        for piece in range(1, count + 1):
            inside = pieces == piece
            if (inside & visible[box]).any():
                result[box][inside] = _hill(inside, visible[box])[inside]
    return result[_BEYOND_PX : _BEYOND_PX + height, _BEYOND_PX : _BEYOND_PX + width]


def _hill(inside: NDArray[np.bool_], visible: NDArray[np.bool_]) -> NDArray[np.float32]:
    border = cv2.distanceTransform(np.pad(inside, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    rows, columns = np.ogrid[: inside.shape[0], : inside.shape[1]]
    seen = inside & visible
    y, x = seen.sum(axis=1) @ rows[:, 0] / seen.sum(), seen.sum(axis=0) @ columns[0] / seen.sum()
    off_middle = np.sqrt(((rows - y) ** 2).astype(np.float32) + ((columns - x) ** 2).astype(np.float32))
    # between two equal lobes, the one nearer the middle
    core = int(np.argmax(np.where(seen, border - np.float32(_TO_MIDDLE) * off_middle, -np.inf)))
    core_y, core_x = divmod(core, inside.shape[1])
    to_core = np.sqrt(((rows - core_y) ** 2 + (columns - core_x) ** 2).astype(np.float32))
    return np.asarray(border / (border + to_core), np.float32)


def distance_target(parts: PartMap, cells: CellMap) -> NDArray[np.float32]:
    """The distance map, -1 where it is not known (unknown parts; cells whose outline is not known)."""
    target = distance_map(cells)
    target[(parts == UNKNOWN) | ((parts == SOME_CELL) & (cells == 0))] = -1
    return target
