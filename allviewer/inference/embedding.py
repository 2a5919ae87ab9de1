"""A short description of how a cell looks, for telling near doubles: colours, coarse picture, size, shape."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.cell import Cell
from allviewer.domain.slide import RgbArray

_COARSE_PX = 6


def embed(crop: RgbArray, cell: Cell) -> NDArray[np.float64]:
    """(d,) of a crop on black, uint8 (side, side, 3), and of its cell."""
    import cv2

    inside = crop.any(axis=2)
    lab = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB), np.float64)
    colours = lab[inside] if inside.any() else lab.reshape(-1, 3)
    coarse = cv2.resize(lab.astype(np.float32), (_COARSE_PX, _COARSE_PX), interpolation=cv2.INTER_AREA)
    shape = (float(inside.mean()), cell.nc_ratio)
    return np.concatenate([2 * colours.mean(axis=0), 2 * colours.std(axis=0), coarse.ravel() / 3, shape])
