"""From the maps of a detection network to boxes: summits, and of boxes that share much the surest. Pure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.boxes import KINDS, Boxes, joined
from allviewer.exchange.model_card import DetectionSpec
from allviewer.inference.instances import MapFrame

SAME_THING = 0.7
"""Two boxes of different kinds that share more than this (IoU) are one thing, of the kind that is surer."""


def boxes_of(
    maps: NDArray[np.float32], spec: DetectionSpec, frame: MapFrame, thresholds: tuple[float, ...] | None = None
) -> Boxes:
    """The boxes of maps (kinds + 4, h, w), the surest first, in level-0 pixels.

    Args:
        frame: where the network's picture lies: its pixels, not the places of the maps.
        thresholds: of each kind; those of the card unless others are given.
    """
    scores, sides = maps[: len(spec.kinds)], maps[len(spec.kinds) :]
    parts = []
    for index, least in enumerate(thresholds or spec.thresholds):
        around = cv2.dilate(scores[index], np.ones((3, 3), np.uint8))
        rows, columns = np.nonzero((scores[index] >= around) & (scores[index] >= least))
        kind = KINDS.index(spec.kinds[index])
        found = Boxes(sides[:, rows, columns].T, np.full(rows.size, kind, np.uint8), scores[index, rows, columns])
        parts.append(Boxes(sides[:, rows, columns].T, np.full(rows.size, kind, np.uint8), scores[index, rows, columns]))
    found = without_doubles(without_doubles(joined(parts), spec.overlap), SAME_THING, across_kinds=True)
    scale = np.array([frame.step_x, frame.step_y] * 2, np.float32)
    offset = np.array([frame.x, frame.y] * 2, np.float32)
    return Boxes((found.edges * scale + offset).astype(np.float32), found.kinds, found.scores)


def without_doubles(found: Boxes, overlap: float, across_kinds: bool = False) -> Boxes:
    """Of boxes of one kind, or of any, that share more than `overlap` (IoU) the surest; the surest first."""
    if not len(found):
        return found
    corners = np.concatenate([found.edges[:, :2], found.sides], axis=1)
    kinds = np.zeros(len(found), int) if across_kinds else found.kinds
    kept = cv2.dnn.NMSBoxesBatched(corners.tolist(), found.scores.tolist(), kinds.tolist(), 0.0, overlap)
    return found.where(np.asarray(kept, np.intp).ravel())
