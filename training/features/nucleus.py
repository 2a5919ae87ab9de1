"""The nucleus of a cell whose mask alone is known: its darker part."""

import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu


def darkest_part(image: NDArray[np.uint8], cell: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where green, which stained chromatin absorbs most, lies below Otsu's threshold of the cell (h, w).

    A cell of one colour is all nucleus.
    """
    green = image[..., 1]
    inside = green[cell]
    if inside.min() == inside.max():
        return cell.copy()
    dark: NDArray[np.bool_] = cell & (green <= threshold_otsu(inside))
    return dark
