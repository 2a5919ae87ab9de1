"""From raw thresholds to a mask of parts: opening, holes, smallest size, cytoplasm around nuclei."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Bitmap
from allviewer.exchange.parameters import Settings, choice, number

BACKGROUND, CYTOPLASM, NUCLEUS = 0, 128, 255
UNKNOWN_UM_PER_PX = 0.15
"""Where nobody knows the scale, sizes are those of a photograph at 100x."""


def px_of(um: float, um_per_px: float | None) -> float:
    """Micrometres as pixels."""
    return um / (um_per_px or UNKNOWN_UM_PER_PX)


def cleaned(nucleus: Bitmap, settings: Settings, um_per_px: float | None) -> Bitmap:
    """Opened, filled, without what is too small, as the parameters of `parameters.CLEANING` say."""
    opened = _opened(nucleus, px_of(number(settings, "opening"), um_per_px))
    if choice(settings, "fill") == "yes":
        opened = filled(opened)
    diameter_px = px_of(number(settings, "min_diameter"), um_per_px)
    return without_specks(opened, np.pi / 4 * diameter_px**2)


def filled(bitmap: Bitmap) -> Bitmap:
    """The bitmap with all that it encloses."""
    contours, _ = cv2.findContours(bitmap.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    full = cv2.drawContours(np.zeros(bitmap.shape, np.uint8), contours, -1, 1, -1)
    result: Bitmap = full > 0
    return result


def without_specks(bitmap: Bitmap, least_px: float) -> Bitmap:
    """Only the pieces (8 neighbours) with at least so many pixels."""
    if least_px <= 1:
        return bitmap
    count, pieces, boxes, _ = cv2.connectedComponentsWithStats(bitmap.astype(np.uint8), connectivity=8)
    if count <= 1:
        return bitmap
    keep = boxes[:, cv2.CC_STAT_AREA] >= least_px
    keep[0] = False
    result: Bitmap = keep[pieces]
    return result


def with_cytoplasm(nucleus: Bitmap, middle: Bitmap, settings: Settings, um_per_px: float | None) -> NDArray[np.uint8]:
    """Parts 0, 128 and 255: nuclei, and the pixels of a middle cluster that belong to them.

    The middle cluster of a smear is cytoplasm and red cells alike. Cytoplasm is what lies within reach of a nucleus and
    hangs together with it after thin bridges (half a micrometre) are cut.
    """
    parts = np.where(nucleus, NUCLEUS, BACKGROUND).astype(np.uint8)
    reach_px = px_of(number(settings, "reach"), um_per_px)
    if choice(settings, "cytoplasm") == "none" or not nucleus.any() or reach_px < 1:
        return parts
    away = cv2.distanceTransform((~nucleus).astype(np.uint8), cv2.DIST_L2, 3)
    cell = _opened((middle & (away <= reach_px)) | nucleus, px_of(0.5, um_per_px)) | nucleus
    _, pieces = cv2.connectedComponents(cell.astype(np.uint8), connectivity=4)
    own = np.zeros(int(pieces.max()) + 1, dtype=bool)
    own[np.unique(pieces[nucleus])] = True
    own[0] = False
    parts[filled(own[pieces]) & ~nucleus] = CYTOPLASM
    return parts


def _opened(bitmap: Bitmap, radius_px: float) -> Bitmap:
    radius = round(radius_px)
    if radius < 1:
        return bitmap
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    # beyond the border the picture goes on as it ends there: a nucleus at the edge keeps its corners
    padded = cv2.copyMakeBorder(bitmap.astype(np.uint8), radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, disc)
    result: Bitmap = opened[radius:-radius, radius:-radius] > 0
    return result
