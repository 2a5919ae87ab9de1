"""Blasts laid onto crops: no public field of blasts has boxes, but cells cut out on black have an exact outline."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from training.datasets.sample import Sample
from training.detection.crops import Crop

_MOST_HIDDEN = 0.6
_SMALLEST_PX = 8
_LIGHTER = (0.35, 0.9)
"""Of optical density: cells of C-NMC are darker than those of any field."""


class BlastBank:
    """Cells on black, at the network's scale."""

    def __init__(self, samples: Sequence[Sample], mpp: float) -> None:
        self._cells = [_cut_out(sample.at_scale(mpp)) for sample in samples]

    def paste_into(self, crop: Crop, rng: np.random.Generator) -> None:
        """Lay one to three cells anywhere onto the crop, in place; what they all but hide is no longer there."""
        if not self._cells:
            return
        for _ in range(int(rng.integers(1, 4))):
            image, alpha = self._drawn(crop.factor, rng)
            height, width = alpha.shape
            side = crop.image.shape[0]
            if min(height, width) < _SMALLEST_PX or max(height, width) >= side:
                continue
            left, top = int(rng.integers(side - width)), int(rng.integers(side - height))
            _lay(image, alpha, left, top, crop)

    def _drawn(self, factor: float, rng: np.random.Generator) -> tuple[RgbArray, NDArray[np.float32]]:
        """A cell turned and scaled, and how far it covers."""
        image, inside = self._cells[int(rng.integers(len(self._cells)))]
        turns = int(rng.integers(4))
        scale = factor * float(rng.uniform(0.8, 1.2))
        size = (max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale)))
        covered = cv2.resize(inside, size, interpolation=cv2.INTER_AREA)
        light = cv2.resize(image * inside[..., None], size, interpolation=cv2.INTER_AREA)
        colour = np.clip(light / np.maximum(covered, 1e-3)[..., None], 0, 255)
        colour = 255 * (colour / 255) ** float(rng.uniform(*_LIGHTER))
        covered = cv2.GaussianBlur(covered, (0, 0), float(rng.uniform(0.3, 1.0))) * (covered > 0)
        return np.rot90(colour, turns).astype(np.uint8), np.rot90(covered, turns).astype(np.float32)


def _cut_out(sample: Sample) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    inside = (sample.cells > 0).astype(np.float32)
    ys, xs = np.nonzero(inside)
    box = np.s_[int(ys.min()) : int(ys.max()) + 1, int(xs.min()) : int(xs.max()) + 1]
    return sample.image[box].astype(np.float32), inside[box]


def _lay(image: RgbArray, alpha: NDArray[np.float32], left: int, top: int, crop: Crop) -> None:
    height, width = alpha.shape
    box = np.array([left, top, left + width, top + height], np.float32)
    shared = (np.minimum(crop.boxes[:, 2:], box[2:]) - np.maximum(crop.boxes[:, :2], box[:2])).clip(min=0)
    hidden = shared.prod(axis=1) / np.maximum((crop.boxes[:, 2:] - crop.boxes[:, :2]).prod(axis=1), 1)
    if ((hidden > _MOST_HIDDEN) & (crop.kinds == 0)).any():
        return
    place = crop.image[top : top + height, left : left + width]
    place[:] = (alpha[..., None] * image + (1 - alpha[..., None]) * place).astype(np.uint8)
    seen = hidden <= _MOST_HIDDEN
    crop.boxes = np.concatenate([crop.boxes[seen], box[None]])
    crop.kinds = np.append(crop.kinds[seen], 0)
