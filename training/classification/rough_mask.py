"""A white cell inside its box, for sources that have boxes but no masks."""

import numpy as np

from allviewer.domain.mask import Mask
from allviewer.domain.slide import RgbArray

ROUNDS = 4
MARGIN = 0.35
CORE = 0.5


def white_cell_in_box(image: RgbArray, box: tuple[int, int, int, int]) -> Mask:
    """The cell by GrabCut: the ellipse of the box is probably cell, all outside the box is not.

    Training shakes the borders of masks, so a few pixels of error do not matter. Falls back on the ellipse where the
    colours do not separate.

    Args:
        image: (height, width, 3) uint8.
        box: left, top, right, bottom in pixels.
    """
    import cv2
    from scipy.ndimage import binary_fill_holes, binary_opening, label

    left, top, right, bottom = _grown(box, image)
    part = np.ascontiguousarray(image[top:bottom, left:right])
    centre = ((box[0] + box[2]) / 2 - left, (box[1] + box[3]) / 2 - top)
    half = ((box[2] - box[0]) / 2, (box[3] - box[1]) / 2)
    ys, xs = np.mgrid[: part.shape[0], : part.shape[1]] + 0.5
    radius = np.hypot((xs - centre[0]) / half[0], (ys - centre[1]) / half[1])

    guess = np.full(part.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    guess[(abs(xs - centre[0]) < half[0]) & (abs(ys - centre[1]) < half[1])] = cv2.GC_PR_BGD
    guess[radius < 1] = cv2.GC_PR_FGD
    guess[radius < CORE] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(part, guess, (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)  # the box is not looked at
    cell = binary_opening(binary_fill_holes((guess == cv2.GC_FGD) | (guess == cv2.GC_PR_FGD)), iterations=3)
    numbered, _ = label(cell)
    number = numbered[int(centre[1]), int(centre[0])]
    ellipse = radius < 1
    kept = numbered == number if number else ellipse
    if not 0.5 < np.count_nonzero(kept) / np.count_nonzero(ellipse) < 1.3:
        kept = ellipse
    return Mask(kept, left, top)


def _grown(box: tuple[int, int, int, int], image: RgbArray) -> tuple[int, int, int, int]:
    """The box with some background around it, inside the image."""
    across, down = round(MARGIN * (box[2] - box[0])), round(MARGIN * (box[3] - box[1]))
    height, width = image.shape[:2]
    return max(0, box[0] - across), max(0, box[1] - down), min(width, box[2] + across), min(height, box[3] + down)
