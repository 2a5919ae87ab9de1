"""Regions of interest of a mask: what Zaiter and Zwiggelaar, section 4.2, give their network instead of the field."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray


def masked(rgb: RgbArray, parts: NDArray[np.uint8]) -> RgbArray:
    """The picture with black wherever the mask is 0 (figure 3 c)."""
    return np.where(parts[..., None] > 0, rgb, 0).astype(np.uint8)


def regions_of_interest(parts: NDArray[np.uint8], margin_px: int = 0, least_px: int = 1) -> list[Region]:
    """The boxes of the connected pieces (8 neighbours) of a mask, row by row.

    Args:
        parts: (height, width), non-zero is inside.
        margin_px: added on every side, as far as the picture goes.
        least_px: smaller pieces are left out.
    """
    height, width = parts.shape
    whole = Region(0, 0, width, height)
    count, _, boxes, _ = cv2.connectedComponentsWithStats((parts > 0).astype(np.uint8), connectivity=8)
    found = [
        Region(*(int(edge) for edge in boxes[number, :4])).expanded(margin_px).intersection(whole)
        for number in range(1, count)
        if boxes[number, cv2.CC_STAT_AREA] >= least_px
    ]
    return sorted(found, key=lambda region: (region.y, region.x))


def cut_regions(rgb: RgbArray, parts: NDArray[np.uint8], margin_px: int = 0, least_px: int = 1) -> list[RgbArray]:
    """The masked picture of each region of interest."""
    picture = masked(rgb, parts)
    boxes = regions_of_interest(parts, margin_px, least_px)
    return [picture[box.y : box.bottom, box.x : box.right].copy() for box in boxes]
