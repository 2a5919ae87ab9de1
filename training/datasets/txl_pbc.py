"""TXL-PBC: boxes, no masks. Weak truth: outside the white cells' boxes is background, their middle is cell."""

from pathlib import Path

import cv2
import numpy as np

from allviewer.errors import DatasetError
from training.datasets.files import read_labels, read_rgb
from training.datasets.sample import BACKGROUND, SOME_CELL, UNKNOWN, PartMap, Sample

NAMES = ("pbc", "raabin")
UM_PER_PX = {"pbc": 0.093, "raabin": 0.054}
"""From the boxes of their red cells, taken as 7.4 micrometres."""
EVERY = 3
"""Of the pictures every third is used: backgrounds and stains are soon learnt."""

Box = tuple[float, float, float, float]
"""Centre x, centre y, width, height, in pixels."""


def load(folder: Path, every: int = EVERY) -> list[Sample]:
    """Pictures with weak truth; source is "pbc" or "raabin"."""
    samples = []
    for row in read_labels(folder / "labels.csv")[::every]:
        image = read_rgb(folder / row["file"])
        boxes = read_boxes(folder / row["file"].replace("/images/", "/boxes/").replace(".jpg", ".txt"), image.shape)
        parts = weak_parts(image.shape[:2], boxes)
        source = row["source"]
        cells = np.zeros(parts.shape, np.uint16)
        samples.append(Sample(image, parts, cells, row["group"], source, row["file"], UM_PER_PX[source]))
    return samples


def read_boxes(path: Path, shape: tuple[int, ...], wanted: str = "0") -> list[Box]:
    """The boxes of one class of a picture of that shape; class "0" is white cells."""
    try:
        rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        numbers = [tuple(map(float, row[1:5])) for row in rows if row[0] == wanted]
        return [(x * shape[1], y * shape[0], w * shape[1], h * shape[0]) for x, y, w, h in numbers]
    except (OSError, ValueError) as error:
        raise DatasetError(f"The boxes {path} cannot be read: {error}.") from error


def weak_parts(shape: tuple[int, ...], boxes: list[Box]) -> PartMap:
    """Parts for a picture with boxes: UNKNOWN within each box (and a little around), SOME_CELL in its middle."""
    parts = np.full(shape, BACKGROUND, np.uint8)
    for x, y, w, h in boxes:
        left, top, right, bottom = x - 0.53 * w, y - 0.53 * h, x + 0.53 * w, y + 0.53 * h
        parts[max(0, int(top)) : max(0, int(bottom) + 1), max(0, int(left)) : max(0, int(right) + 1)] = UNKNOWN
    for x, y, w, h in boxes:
        axes = (max(1, round(0.3 * w)), max(1, round(0.3 * h)))
        cv2.ellipse(parts, (round(x), round(y)), axes, 0, 0, 360, SOME_CELL, -1)
    return parts
