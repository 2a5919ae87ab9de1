"""Distillation: what the parent pack finds in pictures without labels is learnt along, so that it is not forgotten."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.errors import DatasetError
from allviewer.imaging.find_images import find_images
from allviewer.progress import CancelToken
from training.datasets.exported import is_exported
from training.datasets.files import read_rgb
from training.datasets.sample import BACKGROUND, CYTOPLASM, NUCLEUS, Sample
from training.segmentation.finder import Finder, masks_of
from training.segmentation.scoring import Found

SOURCE = "distilled"
MOST_PICTURES, SIDE_PX = 40, 1024


def distilled_samples(pack: Path, folders: Iterable[Path], mpp: float, cancel: CancelToken) -> list[Sample]:
    """Up to 40 pictures with what the pack finds in them, at `mpp` micrometres per pixel.

    Raises:
        DatasetError: a folder holds no picture, or one cannot be read.
    """
    paths = find_images([folder / "images" if is_exported(folder) else folder for folder in folders])
    if not paths:
        return []
    chosen = [paths[i] for i in np.unique(np.linspace(0, len(paths) - 1, MOST_PICTURES).astype(int))]
    finder = Finder(pack, cancel)
    samples = []
    for path in chosen:
        cancel.check()
        image = np.ascontiguousarray(read_rgb(path)[:SIDE_PX, :SIDE_PX])
        found = finder.find(image, None)
        if found.mpp is None:
            continue
        samples.append(sample_of(image, masks_of(found.cells), path.name, found.mpp).at_scale(mpp))
    if not samples:
        raise DatasetError("No white cell was found in the pictures to distil from.", "Name other pictures.")
    return samples


def sample_of(image: NDArray[np.uint8], found: Found, name: str, mpp: float) -> Sample:
    """A picture with what a pack found in it, as if a person had drawn it."""
    parts = np.full(image.shape[:2], BACKGROUND, np.uint8)
    cells = np.zeros(image.shape[:2], np.uint16)
    frame = Region(0, 0, image.shape[1], image.shape[0])
    for number, (cell, nucleus) in enumerate(found, start=1):
        cell.paint_into(cells, frame, number)
        cell.paint_into(parts, frame, CYTOPLASM)
        nucleus.paint_into(parts, frame, NUCLEUS)
    return Sample(image, parts, cells, name, SOURCE, name, mpp)
