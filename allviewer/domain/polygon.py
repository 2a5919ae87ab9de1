"""Which of many points lie inside a polygon."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def points_inside(corners: Sequence[tuple[float, float]], points: Points) -> NDArray[np.bool_]:
    """Whether each of the points (n, 2) lies inside a polygon (even-odd rule, closed by itself).

    Points are sorted by height once, so that an edge costs those level with it and not all.
    """
    inside = np.zeros(len(points), dtype=bool)
    if len(corners) < 3 or not len(points):
        return inside
    order = np.argsort(points[:, 1], kind="stable")
    xs, ys = points[order].T
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        low, high = np.searchsorted(ys, sorted((y0, y1)))
        if low < high:
            crossing = x0 + (ys[low:high] - y0) * (x1 - x0) / (y1 - y0)
            inside[order[low:high]] ^= xs[low:high] < crossing
    return inside
