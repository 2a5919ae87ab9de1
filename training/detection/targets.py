"""What the network should give for a crop: a hill over the middle of every box, and the box there.

Hills and weights follow TTFNet (Liu et al. 2020, "Training-time-friendly network for real-time object detection",
AAAI 34:11685): an ellipse of the box's shape, in which every place learns the box, the middle most.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from allviewer.domain.boxes import KINDS
from training.detection.crops import Crop

STRIDE = 4
SMALLEST_PX = 5.0
"""Of smaller boxes nothing is asked: at a coarse scale platelets are no more than a spot."""
_HILL = 0.54 / 6
_NARROWEST = 0.35
"""Standard deviation of the narrowest hill, in places of the map."""


class Batch(NamedTuple):
    """image uint8 (N, S, S, 3); hills (N, K, s, s) 0 to 1; trust (N, K, s, s): weight of each place; boxes
    (N, 4, s, s): left, top, right, bottom in crop pixels; weights (N, s, s) of the boxes."""

    image: Tensor
    hills: Tensor
    trust: Tensor
    boxes: Tensor
    weights: Tensor


def targets_of(crop: Crop) -> tuple[NDArray[np.float32], ...]:
    """hills (K, s, s), trust (K, s, s), boxes (4, s, s), weights (s, s)."""
    side = crop.image.shape[0] // STRIDE
    hills = np.zeros((len(KINDS), side, side), np.float32)
    trust = np.ones_like(hills) * np.asarray(crop.trust, np.float32)[:, None, None]
    boxes = np.zeros((4, side, side), np.float32)
    weights = np.zeros((side, side), np.float32)
    nearest = np.zeros((side, side), np.float32)
    for left, top, right, bottom in crop.doubtful / STRIDE:
        trust[:, int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = 0
    middles = (np.arange(side, dtype=np.float32) + 0.5) * STRIDE
    sizes = (crop.boxes[:, 2:] - crop.boxes[:, :2]).prod(axis=1)
    for index in np.argsort(-sizes):  # small boxes last, so that they keep their place
        box, kind = crop.boxes[index], int(crop.kinds[index])
        width, height = box[2] - box[0], box[3] - box[1]
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        column, row = min(side - 1, int(x / STRIDE)), min(side - 1, int(y / STRIDE))
        if min(width, height) < SMALLEST_PX:
            trust[kind, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = 0
            continue
        spread = np.maximum(np.array([width, height]) * _HILL, _NARROWEST * STRIDE)
        hill = np.exp(
            -0.5 * (((middles - x) / spread[0])[None, :] ** 2 + ((middles - y) / spread[1])[:, None] ** 2)
        ).astype(np.float32)
        hill /= hill[row, column]
        np.minimum(hill, 1, out=hill)
        hill[hill < 0.01] = 0
        np.maximum(hills[kind], hill, out=hills[kind])
        hills[kind, row, column] = 1
        trust[kind][hill > 0] = np.maximum(trust[kind][hill > 0], 0.999)
        own = (hill > 0.1) & (hill >= nearest)
        nearest[own] = hill[own]
        boxes[:, own] = box[:, None]
        weights[own] = hill[own] / hill[hill > 0.1].sum()
    return hills, trust, boxes, weights


def batch_of(crops: list[Crop]) -> Batch:
    """The crops with their targets as tensors."""
    parts = [targets_of(crop) for crop in crops]
    hills, trust, boxes, weights = (torch.from_numpy(np.stack(items)) for items in zip(*parts, strict=True))
    return Batch(torch.from_numpy(np.stack([crop.image for crop in crops])), hills, trust, boxes, weights)
