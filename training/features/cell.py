"""All features of a cell by name: what the classical classifiers of paper 001 (table 5) are given here.

The paper does not say what its classifiers saw. Shape, colour, grey-level co-occurrence, local binary patterns and
Haralick's features of the segmented cell are what the literature that it cites uses.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.features.colour import colour_features
from training.features.nucleus import darkest_part
from training.features.shape import shape_features
from training.features.texture import binary_pattern_features, co_occurrence_features, haralick_features

RgbArray = NDArray[np.uint8]
Bitmap = NDArray[np.bool_]
SMALLEST_PX = 16
"""A cell of fewer pixels has no texture."""


def cell_features(
    image: RgbArray, cell: Bitmap, um_per_px: float, nucleus: Bitmap | None = None
) -> Mapping[str, float]:
    """The features of one cell, always the same names in the same order; lengths are in micrometres.

    Args:
        image: (h, w, 3) uint8 RGB.
        cell: (h, w), the whole cell. What lies outside has no influence.
        um_per_px: scale of the picture.
        nucleus: (h, w); None: the darker part of the cell by Otsu's threshold.

    Raises:
        TrainingError: the mask does not fit the picture, or holds next to nothing.
    """
    if cell.shape != image.shape[:2]:
        raise TrainingError(f"A mask of {cell.shape} pixels does not fit a picture of {image.shape[:2]}.")
    if np.count_nonzero(cell) < SMALLEST_PX:
        raise TrainingError(f"A cell of {np.count_nonzero(cell)} pixels has no features.", "Leave it out.")
    image, cell, nucleus = _cut_to(cell, image, cell, darkest_part(image, cell) if nucleus is None else nucleus & cell)
    grey = np.rint(image @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    whole, inner = shape_features(cell, um_per_px), shape_features(nucleus, um_per_px)
    return {
        **whole,
        **{f"nucleus_{name}": value for name, value in inner.items()},
        "nucleus_to_cell_area": np.count_nonzero(nucleus) / np.count_nonzero(cell),
        **colour_features(image, cell),
        **{f"nucleus_{name}": value for name, value in colour_features(image, nucleus).items()},
        **co_occurrence_features(grey, cell),
        **binary_pattern_features(grey, cell),
        **haralick_features(grey, cell),
    }


def _cut_to(cell: Bitmap, image: RgbArray, *masks: Bitmap) -> tuple[RgbArray, Bitmap, Bitmap]:
    """Picture and masks around the cell, with a border of one pixel."""
    rows, columns = np.flatnonzero(cell.any(axis=1)), np.flatnonzero(cell.any(axis=0))
    box = np.s_[max(0, rows[0] - 1) : rows[-1] + 2, max(0, columns[0] - 1) : columns[-1] + 2]
    first, second = (mask[box] for mask in masks)
    return image[box], first, second
