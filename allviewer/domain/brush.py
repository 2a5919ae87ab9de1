"""From the path of the mouse to a mask."""

import math
from collections.abc import Sequence

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask
from allviewer.errors import UserError

MAX_SHAPE_PX = 1 << 27
"""Level-0 pixels of the box around a shape: far more than a cell, and what memory bears."""
_EDGE_ROWS_AT_ONCE = 1 << 20
"""Edges of a polygon times rows of pixels that are looked at in one go."""


def stroke_mask(path: Sequence[tuple[float, float]], radius_px: float) -> Mask:
    """All pixels whose centre is within `radius_px` of the path (level-0 points, at least one).

    Raises `UserError` if they would spread over more than `MAX_SHAPE_PX`.
    """
    if not path:
        return Mask.empty()
    xs, ys = zip(*path, strict=True)
    reach = radius_px + 1
    box = Region.from_edges(
        math.floor(min(xs) - reach),
        math.floor(min(ys) - reach),
        math.ceil(max(xs) + reach),
        math.ceil(max(ys) + reach),
    )
    canvas = _canvas(box)
    starts = list(path[:1]) + list(path[:-1])
    for (x0, y0), (x1, y1) in zip(starts, path, strict=True):
        _paint_segment(canvas, box, (x0, y0), (x1, y1), radius_px)
    return Mask(canvas, box.x, box.y)


def _paint_segment(
    canvas: np.ndarray, box: Region, a: tuple[float, float], b: tuple[float, float], radius_px: float
) -> None:
    part = Region.from_edges(
        math.floor(min(a[0], b[0]) - radius_px),
        math.floor(min(a[1], b[1]) - radius_px),
        math.ceil(max(a[0], b[0]) + radius_px) + 1,
        math.ceil(max(a[1], b[1]) + radius_px) + 1,
    ).intersection(box)
    ys = np.arange(part.y, part.bottom)[:, None] + 0.5
    xs = np.arange(part.x, part.right)[None, :] + 0.5
    dx, dy = b[0] - a[0], b[1] - a[1]
    length2 = dx * dx + dy * dy
    along = np.clip(((xs - a[0]) * dx + (ys - a[1]) * dy) / length2, 0, 1) if length2 else 0.0
    inside = (xs - a[0] - along * dx) ** 2 + (ys - a[1] - along * dy) ** 2 <= radius_px**2
    canvas[part.y - box.y : part.bottom - box.y, part.x - box.x : part.right - box.x] |= inside


def polygon_mask(corners: Sequence[tuple[float, float]]) -> Mask:
    """All pixels whose centre lies inside the polygon (even-odd rule; level-0 points, closed by itself).

    Raises `UserError` if they would spread over more than `MAX_SHAPE_PX`.
    """
    if len(corners) < 3:
        return Mask.empty()
    xs, ys = zip(*corners, strict=True)
    box = Region.from_edges(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)) + 1, math.ceil(max(ys)) + 1)
    inside = _canvas(box)
    points = np.array(corners, dtype=float)
    edges = np.hstack([points, np.roll(points, -1, axis=0)])
    at_once = max(1, _EDGE_ROWS_AT_ONCE // box.height)
    for first in range(0, len(edges), at_once):
        inside ^= _right_of_edges(edges[first : first + at_once], box)
    return Mask(inside, box.x, box.y)


def _right_of_edges(edges: np.ndarray, box: Region) -> Bitmap:
    """Pixels that have an odd number of edges (rows of x0, y0, x1, y1) to their left, level with their centre."""
    x0, y0, x1, y1 = edges[edges[:, 1] != edges[:, 3]].T[:, :, None]
    centre_y = np.arange(box.y, box.bottom) + 0.5
    number, row = np.nonzero((centre_y >= np.minimum(y0, y1)) & (centre_y < np.maximum(y0, y1)))
    x0, y0, x1, y1 = (side[number, 0] for side in (x0, y0, x1, y1))
    crossing = x0 + (centre_y[row] - y0) * (x1 - x0) / (y1 - y0)
    column = np.searchsorted(np.arange(box.x, box.right) + 0.5, crossing)
    crossings = np.bincount(row * (box.width + 1) + column, minlength=box.height * (box.width + 1))
    odd: Bitmap = np.cumsum(crossings.reshape(box.height, -1), axis=1) % 2 == 1
    return odd[:, :-1]


def _canvas(box: Region) -> Bitmap:
    if box.area_px > MAX_SHAPE_PX:
        raise UserError(
            f"The shape spreads over {box.width} x {box.height} pixels, far more than a cell.",
            "Zoom in and draw a smaller one.",
        )
    return np.zeros((box.height, box.width), dtype=bool)
