"""C-NMC 2019: blasts and normal precursors, cut out on black. The cell's outline is known, its nucleus is not."""

from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from training.datasets.files import read_labels, read_rgb
from training.datasets.sample import BACKGROUND, SOME_CELL, Sample, number_cells

NAME = "cnmc2019"
UM_PER_PX = 0.06
"""Not published; set so that its cells are as large as other white cells."""
PER_SUBJECT = 16


def load(folder: Path) -> list[Sample]:
    """At most `PER_SUBJECT` cells a subject, evenly over each subject's list: the outline is soon learnt."""
    by_subject: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_labels(folder / "labels.csv"):
        by_subject[row["subject"]].append(row)
    samples = []
    for rows in by_subject.values():
        for row in rows[:: -(-len(rows) // PER_SUBJECT)]:
            image = read_rgb(folder / row["file"])
            cell = _largest((image.max(axis=2) > 0).astype(np.uint8))
            parts = np.where(cell, SOME_CELL, BACKGROUND).astype(np.uint8)
            image = np.where(cell[..., None], image, 0).astype(np.uint8)
            group = f"{NAME}-{row['group']}"
            samples.append(Sample(image, parts, number_cells(parts), group, NAME, row["file"], UM_PER_PX))
    return samples


def _largest(
    inside: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    if count < 2:
        return np.zeros(inside.shape, bool)
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
