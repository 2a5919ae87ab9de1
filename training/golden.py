"""The golden inputs of a pack: synthetic fields or cells, because no photograph may travel in a pack."""

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.crops import random_crops
from training.synthetic.spec import SmearSpec

COUNT = 3
"""So many stains are tried."""
_SEED = 60
_VARIANTS = 6
"""Drawings of each kind of cell: few, so that writing a pack does not wait for them."""


def golden_inputs(height: int, width: int, cut_out: bool) -> NDArray[np.uint8]:
    """uint8 (3, height, width, 3): fields in three stains, or with `cut_out` one cell of each on black, filling it."""
    few = SmearSpec(variants=_VARIANTS, white_cells_per_mm2=2000, cluster_fraction=0.3)
    fields = list(random_crops(COUNT, max(height, width, 160), 0.15, _SEED, few, white_share=1.0))
    if not cut_out:
        return np.stack([field.image[:height, :width] for field in fields])
    return np.stack([_largest_cell(field.image, field.cells, height, width) for field in fields])


def _largest_cell(image: NDArray[np.uint8], cells: NDArray[np.integer], height: int, width: int) -> NDArray[np.uint8]:
    """The largest cell of a field on black, scaled so that it leaves an eighth of the picture on each side."""
    sizes = np.bincount(cells.ravel())
    sizes[0] = 0
    inside = cells == int(np.argmax(sizes)) if sizes.any() else np.ones(cells.shape, bool)
    rows, columns = np.nonzero(inside)
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    cell = np.where(inside[..., None], image, 0)[box]
    room = (height * 3 // 4, width * 3 // 4)
    factor = min(room[0] / cell.shape[0], room[1] / cell.shape[1])
    size = (max(1, round(cell.shape[1] * factor)), max(1, round(cell.shape[0] * factor)))
    scaled = cv2.resize(np.ascontiguousarray(cell), size, interpolation=cv2.INTER_AREA)
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    canvas[top : top + size[1], left : left + size[0]] = scaled
    return canvas
