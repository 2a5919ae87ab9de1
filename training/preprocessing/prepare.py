"""From a picture file's pixels to what the network sees: the same steps for training and test."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from training.preprocessing.regions import keep_region
from training.preprocessing.settings import Preparation
from training.preprocessing.stain import normalise_stain


def prepare_picture(image: RgbArray, how: Preparation) -> NDArray[np.uint8]:
    """uint8 (H, W, 3) -> uint8 (size, size, channels): stain, region, contrast, size, edges, grey, in this order."""
    changed = normalise_stain(image, how.stain)
    if how.region:
        changed = keep_region(changed, how.region)
    if how.contrast:
        changed = lift_contrast(changed)
    changed = to_square(changed, how.size_px, how.keep_aspect)
    if how.edges:
        changed = lay_edges_over(changed)
    if how.grey:
        return np.asarray(cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]
    return changed


def to_square(image: RgbArray, side: int, keep_aspect: bool) -> RgbArray:
    """A picture as a square: averaged over areas when it shrinks, interpolated when it grows."""
    if keep_aspect and image.shape[0] != image.shape[1]:
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        image = _padded(image, [int(value) for value in np.median(border, axis=0)])
    kind = cv2.INTER_AREA if max(image.shape[:2]) > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=kind), np.uint8)


def mask_to_square(mask: NDArray[np.uint8], side: int, keep_aspect: bool, outside: int = 0) -> NDArray[np.uint8]:
    """A map of parts as `to_square` does it to its picture; padding is `outside`."""
    if keep_aspect and mask.shape[0] != mask.shape[1]:
        mask = _padded(mask, [outside])
    return np.asarray(cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)


def _padded(image: NDArray[np.uint8], value: list[int]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    rows, columns = max(width - height, 0), max(height - width, 0)
    edges = (rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)
    return np.asarray(cv2.copyMakeBorder(image, *edges, cv2.BORDER_CONSTANT, value=value), np.uint8)


def lift_contrast(image: RgbArray) -> RgbArray:
    """Contrast-limited adaptive histogram equalisation of the lightness (000, section III-A, as read here)."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(lab[..., 0])
    lifted = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)
    return np.where(image.max(axis=2, keepdims=True) == 0, 0, lifted).astype(np.uint8)


def lay_edges_over(image: RgbArray) -> RgbArray:
    """The picture, darker by the strength of its edges (Sobel of the grey picture; 000, section III-A)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    strength /= max(float(strength.max()), 1.0)
    return np.rint(image * (1 - strength[..., None])).astype(np.uint8)
