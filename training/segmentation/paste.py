"""Touching cells: cells with known outline, laid onto and against the cells of a crop. The truth stays exact."""

from collections.abc import Iterable

import cv2
import numpy as np

from training.datasets.sample import BACKGROUND, UNKNOWN, Sample
from training.segmentation.config import Augmentation
from training.segmentation.crops import Crop, turn_and_scale, warp

_LEAST_VISIBLE = 0.45
_MARGIN_PX = 3


class CellBank:
    """Whole cells cut out of samples."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._cells = [cell for sample in samples for cell in _whole_cells(sample)]

    def __len__(self) -> int:
        return len(self._cells)

    def paste_into(self, crop: Crop, settings: Augmentation, rng: np.random.Generator) -> None:
        """Lay one to three cells onto the crop, in place: mostly against a cell that is there."""
        if not self._cells:
            return
        for _ in range(int(rng.integers(1, 4))):
            self._paste_one(crop, settings, rng)

    def _paste_one(self, crop: Crop, settings: Augmentation, rng: np.random.Generator) -> None:
        cell = self._cells[int(rng.integers(len(self._cells)))]
        side = crop.parts.shape[0]
        there = [int(n) for n in np.unique(crop.cells) if n]
        factor = rng.uniform(0.8, 1.25)
        middle = rng.uniform(0, side, 2)
        if there and rng.random() < 0.8:
            anchor = crop.cells == there[int(rng.integers(len(there)))]
            ys, xs = np.nonzero(anchor)
            if cell.source != "exported" and rng.random() < 0.8:  # cells of one smear are of like size
                factor *= np.sqrt(anchor.sum() / np.count_nonzero(cell.cells)).clip(0.6, 1.6)
            reach = np.sqrt(anchor.sum() / np.pi) + factor * np.sqrt(np.count_nonzero(cell.cells) / np.pi)
            direction = rng.uniform(0, 2 * np.pi)
            reach *= rng.uniform(0.75, 1.05)
            middle = np.array([xs.mean() + reach * np.cos(direction), ys.mean() + reach * np.sin(direction)])
        centre = ((cell.parts.shape[1] - 1) / 2, (cell.parts.shape[0] - 1) / 2)
        matrix = turn_and_scale(centre, float(factor), rng, side)
        matrix[:, 2] += middle - (side - 1) / 2
        _lay(warp(cell, matrix, side, fill=0), crop)


def _lay(top: Crop, crop: Crop) -> None:
    """Put the cell of `top` over the crop unless it would all but hide a cell that is there."""
    covered = top.cells > 0
    if np.count_nonzero(covered) < 100:
        return
    for number in np.unique(crop.cells[covered]):
        if number:
            whole = crop.cells == number
            if np.count_nonzero(whole & ~covered) < _LEAST_VISIBLE * np.count_nonzero(whole):
                return
    alpha = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), 0.7)[..., None]
    alpha = np.where(covered[..., None], alpha, 0)  # what lies around the cut-out cell is black
    crop.image[:] = (alpha * top.image + (1 - alpha) * crop.image).astype(np.uint8)
    crop.parts[covered] = top.parts[covered]
    crop.cells[covered] = crop.cells.max() + 1


def _whole_cells(sample: Sample) -> list[Sample]:
    """Each cell that the sample's edge does not cut, on black."""
    height, width = sample.parts.shape
    found = []
    for number in sample.cell_numbers():
        inside = sample.cells == number
        ys, xs = np.nonzero(inside)
        top, bottom, left, right = int(ys.min()), int(ys.max()) + 1, int(xs.min()), int(xs.max()) + 1
        cut = top == 0 or left == 0 or bottom == height or right == width
        if cut or (sample.parts[inside] == UNKNOWN).any():
            continue
        box = np.s_[max(0, top - _MARGIN_PX) : bottom + _MARGIN_PX, max(0, left - _MARGIN_PX) : right + _MARGIN_PX]
        own = inside[box]
        found.append(
            Sample(
                np.where(own[..., None], sample.image[box], 0).astype(np.uint8),
                np.where(own, sample.parts[box], BACKGROUND).astype(np.uint8),
                own.astype(np.uint16),
                sample.group,
                sample.source,
                sample.name,
                sample.mpp,
            )
        )
    return found
