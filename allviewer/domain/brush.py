"""From the path of the mouse to a mask."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Bitmap, Mask
from allviewer.errors import UserError

Rows = NDArray[np.float64]

MAX_SHAPE_PX = 1 << 27
"""Level-0 pixels of the box around a shape: far more than a cell, and what memory bears."""
_EDGE_ROWS_AT_ONCE = 1 << 20
"""Edges of a polygon times rows of pixels that are looked at in one go."""


def stroke_mask(path: Sequence[tuple[float, float]], radius_px: float | Sequence[float]) -> Mask:
    """All pixels whose centre is within the radius of the path (level-0 points, at least one).

    With a radius for each point, as a pen gives them, the stroke widens evenly from point to point. The cost is that
    of the rows the stroke crosses, however long it is.

    Raises `UserError` if they would spread over more than `MAX_SHAPE_PX`.
    """
    if not path:
        return Mask.empty()
    points = np.array(path, dtype=float)
    radii = np.broadcast_to(np.asarray(radius_px, dtype=float), (len(points),))
    (left, top), (right, bottom) = (points - radii[:, None]).min(axis=0), (points + radii[:, None]).max(axis=0)
    box = Region.from_edges(math.floor(left) - 1, math.floor(top) - 1, math.ceil(right) + 1, math.ceil(bottom) + 1)
    canvas = _canvas(box)
    starts, ends = (points[:1], points[:1]) if len(points) == 1 else (points[:-1], points[1:])
    segments = np.column_stack([starts, ends, radii[: len(starts)], radii[-len(ends) :]])
    at_once = max(1, _EDGE_ROWS_AT_ONCE // (math.ceil(2 * radii.max()) + 3))
    for first in range(0, len(segments), at_once):
        _paint_segments(canvas, box, segments[first : first + at_once])
    return Mask(canvas, box.x, box.y)


def _paint_segments(canvas: Bitmap, box: Region, segments: Rows) -> None:
    """Fill capsules, rows of x0, y0, x1, y1, r0, r1: they are convex, so that a row of pixels meets each in one run."""
    _, y0, _, y1, r0, r1 = segments.T
    first = np.floor(np.minimum(y0 - r0, y1 - r1)).astype(int) - box.y
    last = np.ceil(np.maximum(y0 + r0, y1 + r1)).astype(int) - box.y
    number = np.repeat(np.arange(len(segments)), last - first)
    row = np.arange(len(number)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[number]
    left, right = _runs(segments[number], row + box.y + 0.5)
    begin, end = np.ceil(left - 0.5 - box.x), np.floor(right - 0.5 - box.x) + 1
    met = (begin < end) & (row >= 0) & (row < box.height)
    width = box.width + 1
    starts, ends = (row[met] * width + edge[met].astype(int) for edge in (begin, end))
    size = box.height * width
    steps = np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size)
    canvas |= np.cumsum(steps, dtype=np.int32).reshape(box.height, width)[:, :-1] > 0


def _runs(segments: Rows, y: Rows) -> tuple[Rows, Rows]:
    """Where the row at height y enters and leaves each capsule; the left is right of the right where it does not."""
    x0, y0, x1, y1, r0, r1 = segments.T
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for x, middle, radius in ((x0, y0, r0), (x1, y1, r1)):
        half = np.sqrt(np.maximum(radius**2 - (y - middle) ** 2, 0))
        met = np.abs(y - middle) <= radius
        left, right = np.where(met, np.minimum(left, x - half), left), np.where(met, np.maximum(right, x + half), right)
    length = np.hypot(x1 - x0, y1 - y0)
    across_x, across_y = (
        np.divide(side, length, out=np.zeros_like(length), where=length > 0) for side in (y0 - y1, x1 - x0)
    )
    for side in (1, -1):
        ax, ay = x0 + side * r0 * across_x, y0 + side * r0 * across_y
        bx, by = x1 + side * r1 * across_x, y1 + side * r1 * across_y
        met = (np.minimum(ay, by) <= y) & (y <= np.maximum(ay, by)) & (ay != by)
        along = np.divide(y - ay, by - ay, out=np.zeros_like(y), where=met)
        x = ax + along * (bx - ax)
        left, right = np.where(met, np.minimum(left, x), left), np.where(met, np.maximum(right, x), right)
    return left, right


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
