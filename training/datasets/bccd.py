"""BCCD: whole fields with masks of all white cells."""

from pathlib import Path

from training.datasets.files import check_same_size, read_grey, read_labels, read_rgb
from training.datasets.sample import Sample, number_cells, parts_from_grey

NAME = "bccd"
UM_PER_PX = 0.068
"""From its red cells: boxes of 110.6 px (median), a red cell in a smear measures about 7.5 micrometres."""


def load(folder: Path) -> list[Sample]:
    """All fields with a mask."""
    samples = []
    for row in read_labels(folder / "labels.csv"):
        if row.get("has_mask") != "1":
            continue
        stem = row["stem"]
        image = read_rgb(folder / "images" / f"{stem}.jpg")
        mask = read_grey(folder / "masks" / f"{stem}.png")
        check_same_size(image, mask, stem)
        parts = parts_from_grey(mask)
        samples.append(Sample(image, parts, number_cells(parts), f"{NAME}-{row['group']}", NAME, stem, UM_PER_PX))
    return samples
