"""The outline of a mask as polygons along the edges of its pixels (OpenCV)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Mask

_LEAST_SLACK_PX, _SLACK_SHARE = 0.75, 0.012

Polygon = NDArray[np.float64]
"""Corner points (n, 2) as (x, y) in level-0 pixels, not closed: the last point joins the first."""


def outline_polygons(mask: Mask) -> list[Polygon]:
    """The closed outlines of a mask, one for each connected part and one for each hole.

    Outer outlines and holes run in opposite directions, so that a fill by either rule is the mask itself.
    """
    if mask.is_empty:
        return []
    import cv2

    # Contours run through the middle of border pixels. On the bitmap at twice its size every border pixel touches
    # exactly the corners that it stands for, so halving upwards gives the true pixel edges.
    doubled = mask.bitmap.astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    contours, _ = cv2.findContours(doubled, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    origin = np.array([mask.region.x, mask.region.y], dtype=np.float64)
    return [_corners((contour[:, 0, :].astype(np.int64) + 1) // 2) + origin for contour in contours]


def few_corners(mask: Mask) -> list[tuple[float, float]]:
    """The outline of the largest part of a mask with as few corners as keep within 1.2 % of its size; no holes."""
    polygons = outline_polygons(mask)
    if not polygons:
        return []
    import cv2

    largest = max(polygons, key=lambda polygon: cv2.contourArea(polygon.astype(np.float32)))
    slack_px = max(_LEAST_SLACK_PX, _SLACK_SHARE * max(mask.region.width, mask.region.height))
    few = cv2.approxPolyDP(largest.astype(np.float32), slack_px, True)[:, 0]
    return [(float(x), float(y)) for x, y in (few if len(few) >= 3 else largest)]


def _corners(points: NDArray[np.integer[Any]]) -> Polygon:
    """Without repeated points and without points in the middle of a straight edge."""
    kept = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
    before = kept - np.roll(kept, 1, axis=0)
    after = np.roll(kept, -1, axis=0) - kept
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    return np.asarray(kept[turns], dtype=np.float64)
