"""Single white cells with nucleus and cytoplasm drawn by experts (Zheng et al. 2018): two data sets, ds1 and ds2.

Only the cell in the middle is drawn. Other white cells at the edge are background in the mask, which is not true:
purple parts near the edge are set to UNKNOWN.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.datasets.files import check_same_size, read_grey, read_labels, read_rgb
from training.datasets.sample import BACKGROUND, NUCLEUS, UNKNOWN, PartMap, Sample, number_cells, parts_from_grey

NAMES = ("ds1", "ds2")
UM_PER_PX = {"ds1": 0.15, "ds2": 0.085}
"""ds1 has no red cells to measure: set so that its cells are as large as others; ds2 by its red cells (about 88 px)."""


def load(folder: Path) -> list[Sample]:
    """All cells; source is "ds1" or "ds2"."""
    samples = []
    for row in read_labels(folder / "labels.csv"):
        stem = row["stem"]
        source = stem[:3]
        image = read_rgb(folder / "images" / f"{stem}.bmp")
        mask = read_grey(folder / "masks" / f"{stem}.png")
        check_same_size(image, mask, stem)
        drawn = parts_from_grey(mask)
        parts = hide_undrawn_cells(image, drawn, UM_PER_PX[source])
        samples.append(Sample(image, parts, number_cells(drawn), row["group"], source, stem, UM_PER_PX[source]))
    return samples


def hide_undrawn_cells(image: NDArray[np.uint8], parts: PartMap, mpp: float) -> PartMap:
    """Set what looks like the nucleus of another cell near the edge, and 2 micrometres around it, to UNKNOWN.

    Looks like: nearly as dark in green light as the drawn nucleus. Some dark red cells are hidden with them, which
    costs nothing.
    """
    green = cv2.GaussianBlur(image[..., 1], (0, 0), 0.15 / mpp)
    nucleus = parts == NUCLEUS
    if not nucleus.any():
        return parts
    dark, light = np.median(green[nucleus]), np.percentile(green, 95)
    margin = round(1.0 / mpp)
    near_drawn = cv2.dilate((parts > BACKGROUND).astype(np.uint8), _disc(round(0.3 / mpp)))
    candidates = ((green < dark + 0.35 * (light - dark)) & (near_drawn == 0)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(candidates, connectivity=8)
    height, width = parts.shape
    undrawn = np.zeros_like(candidates)
    for number in range(1, count):
        x, y, w, h, area = stats[number]
        at_edge = x <= margin or y <= margin or x + w >= width - margin or y + h >= height - margin
        if at_edge and area * mpp * mpp > 1.5:
            undrawn[labels == number] = 1
    hidden = cv2.dilate(undrawn, _disc(round(2.0 / mpp))) > 0
    return np.where(hidden & (parts == BACKGROUND), UNKNOWN, parts).astype(np.uint8)


def _disc(radius_px: int) -> NDArray[np.uint8]:
    side = 2 * radius_px + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
