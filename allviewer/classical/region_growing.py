"""Region growing from one click: Pivot-Growing Segmentation (Asaad et al., equation 6, steps 6-11) with one pivot.

The pivot is the colour under the click; the region is what hangs together with it (4 neighbours) within the squared
Lab distance T. Distances are taken once, so that another T costs a threshold and the connected piece.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from allviewer.classical.cleaning import filled
from allviewer.classical.colour import Plane, lab_of
from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray

LOWEST_T, HIGHEST_T = 1.0, 10000.0
STEP = 1.15
"""Ratio of neighbouring thresholds, as a wheel goes through them."""
_PIVOT_PX = 1
"""The pivot is the mean colour this far around the click."""
_USUAL_T = 700.0
"""At which most nuclei of stained smears are whole, measured on drawn ones."""
_PULL = 0.2
"""How strongly the search is drawn to it, against the growth of the region's logarithm."""
_TRIED = 36
_QUICK_PX = 150
"""Thresholds are tried on no less than so many pixels a side."""
_SPAN = 5
"""Steps over which a steady region hardly grows."""
_LEAST_SHARE, _MOST_SHARE = 0.002, 0.5
"""Of the window: what is smaller is a grain, what is larger is glass."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A click and how far every pixel around it is from its colour.

    Attributes:
        x, y: the clicked pixel.
        squared: (height, width) squared Lab distance to the pivot.
    """

    x: int
    y: int
    squared: Plane


def seed_at(rgb: RgbArray, x: int, y: int) -> Seed:
    """The pivot at a pixel of a picture. Raises `ValueError` if it lies outside."""
    height, width = rgb.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(f"({x}, {y}) lies outside a picture of {width} x {height} pixels")
    lab = lab_of(rgb)
    around = lab[max(0, y - _PIVOT_PX) : y + _PIVOT_PX + 1, max(0, x - _PIVOT_PX) : x + _PIVOT_PX + 1]
    difference = lab - around.reshape(-1, 3).mean(axis=0)
    return Seed(x, y, np.asarray((difference * difference).sum(axis=2), np.float32))


def grown(seed: Seed, threshold: float) -> Bitmap:
    """The region within a threshold, with the holes in it. It always holds the clicked pixel."""
    near = (seed.squared <= threshold).astype(np.uint8)
    near[seed.y, seed.x] = 1
    _, pieces = cv2.connectedComponents(near, connectivity=4)
    return filled(pieces == pieces[seed.y, seed.x])


def steady_threshold(seed: Seed) -> float:
    """The threshold at which the region grows least: a border that is there stops it for a while.

    Looked for near the usual one, among those whose region is neither a grain nor most of the window.
    """
    tried = np.geomspace(16.0, 4000.0, _TRIED)
    coarse = _coarser(seed)
    areas = np.array([np.count_nonzero(grown(coarse, float(threshold))) for threshold in tried], float)
    share = areas / coarse.squared.size
    growth = np.log(areas[_SPAN:] / areas[:-_SPAN])
    sane = (share[:-_SPAN] >= _LEAST_SHARE) & (share[_SPAN:] <= _MOST_SHARE)
    if not sane.any():
        return _USUAL_T
    middle = tried[_SPAN // 2 :][: growth.size]
    cost = growth + _PULL * np.log(middle / _USUAL_T) ** 2
    return float(middle[int(np.where(sane, cost, np.inf).argmin())])


def _coarser(seed: Seed) -> Seed:
    """The same at a size that is quick to try things on."""
    step = max(1, max(seed.squared.shape) // _QUICK_PX)
    if step == 1:
        return seed
    kept = seed.squared[seed.y % step :: step, seed.x % step :: step]  # the clicked pixel is among them
    return Seed(seed.x // step, seed.y // step, np.ascontiguousarray(kept))
