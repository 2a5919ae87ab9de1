"""Training pictures: parts of fields, turned, mirrored and scaled, side by side where one does not fill the crop."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from training.detection.config import DetectionConfig
from training.detection.fields import Boxes, Field

LEAST_KEPT = 0.35
"""A box of which the crop holds less than this share is left out of the truth, and of the loss."""


@dataclass
class Crop:
    """image uint8 (S, S, 3); boxes (n, 4); kinds (n,); doubtful: boxes in which nothing is asked; trust: of each kind,
    how far its absence can be believed; factor: of size, 1 at the network's scale."""

    image: RgbArray
    boxes: Boxes
    kinds: NDArray[np.int64]
    doubtful: Boxes
    trust: tuple[float, ...]
    factor: float


def draw_crop(pool: Sequence[Field], config: DetectionConfig, rng: np.random.Generator) -> Crop:
    """A crop of fields of one source, at a random size near or below that of the network's scale."""
    factor = draw_factor(config, rng)
    side = config.crop_px
    crop = Crop(
        np.zeros((side, side, 3), np.uint8),
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.int64),
        np.zeros((0, 4), np.float32),
        trust_of(pool[0]),
        factor,
    )
    top = 0
    while top < side:
        left, rows = 0, side - top
        while left < side:
            field = pool[int(rng.integers(len(pool)))]
            part = _window(_turned(field, factor * field.mpp / config.mpp, rng), rows, side - left, rng)
            if left == 0:
                rows = part.image.shape[0]
            _place(part, left, top, crop)
            left += part.image.shape[1]
        top += rows
    return crop


def trust_of(field: Field) -> tuple[float, ...]:
    """Of each kind, how far its absence can be believed."""
    return tuple(1.0 if not share else max(0.1, 0.5 - share) for share in field.missing)


def _place(part: "_Part", left: int, top: int, crop: Crop) -> None:
    height, width = part.image.shape[:2]
    crop.image[top : top + height, left : left + width] = part.image
    boxes, kinds, doubtful = _cut(part.boxes, part.kinds, width, height)
    shift = np.array([left, top, left, top], np.float32)
    crop.boxes = np.concatenate([crop.boxes, boxes + shift])
    crop.kinds = np.concatenate([crop.kinds, kinds])
    crop.doubtful = np.concatenate([crop.doubtful, doubtful + shift])


def draw_factor(config: DetectionConfig, rng: np.random.Generator) -> float:
    """Of size: half near 1, half anywhere between the smallest and the largest."""
    low, high = (0.8, 1.25) if rng.random() < 0.5 else (config.smallest, config.largest)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


@dataclass
class _Part:
    image: RgbArray
    boxes: Boxes
    kinds: NDArray[np.int64]


def _turned(field: Field, scale: float, rng: np.random.Generator) -> _Part:
    """The field scaled, turned by quarters, mirrored; a little stretched, as smears and cameras do."""
    height, width = field.image.shape[:2]
    stretch = float(np.exp(rng.normal(0, 0.04)))
    size = (max(16, round(width * scale * stretch)), max(16, round(height * scale / stretch)))
    way = cv2.INTER_AREA if size[0] <= width and size[1] <= height else cv2.INTER_LINEAR
    image = np.asarray(cv2.resize(field.image, size, interpolation=way), np.uint8)
    boxes = field.boxes * np.tile(np.array([size[0] / width, size[1] / height], np.float32), 2)
    if rng.random() < 0.5:
        image, boxes = image[:, ::-1], _mirrored(boxes, size[0])
    if rng.random() < 0.5:
        image, boxes = image[::-1], _mirrored(boxes[:, [1, 0, 3, 2]], size[1])[:, [1, 0, 3, 2]]
    if rng.random() < 0.5:
        image, boxes = image.transpose(1, 0, 2), boxes[:, [1, 0, 3, 2]]
    return _Part(np.ascontiguousarray(image), boxes, field.kinds)


def _mirrored(boxes: Boxes, width: int) -> Boxes:
    turned = boxes.copy()
    turned[:, 0], turned[:, 2] = width - boxes[:, 2], width - boxes[:, 0]
    return turned


def _window(part: _Part, rows: int, columns: int, rng: np.random.Generator) -> _Part:
    """At most so many rows and columns of it, anywhere."""
    height, width = part.image.shape[:2]
    top, left = (int(rng.integers(max(0, whole - room) + 1)) for whole, room in ((height, rows), (width, columns)))
    shift = np.array([left, top, left, top], np.float32)
    return _Part(part.image[top : top + rows, left : left + columns], part.boxes - shift, part.kinds)


def _cut(boxes: Boxes, kinds: NDArray[np.int64], width: int, height: int) -> tuple[Boxes, NDArray[np.int64], Boxes]:
    """Boxes as far as they lie in the picture, their kinds; and those of which too little does."""
    inside = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    area, whole = _area(inside), _area(boxes)
    kept = area >= LEAST_KEPT * whole
    return inside[kept], kinds[kept], inside[~kept & (area > 0)]


def _area(boxes: Boxes) -> NDArray[np.float32]:
    sides: NDArray[np.float32] = (boxes[:, 2:] - boxes[:, :2]).clip(min=0)
    return sides[:, 0] * sides[:, 1]
