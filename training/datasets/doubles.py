"""The same picture twice in a data set: by its bytes, by its pixels, or by its look.

By look: both are reduced to 64 x 64 grey. Candidates agree in most bits of a perceptual hash (the signs of the low
frequencies of the cosine transform, C. Zauner, "Implementation and benchmarking of perceptual image hash functions",
2010, section 3.2.1); they are doubles if what is left after smoothing is taken away correlates as well. Cells on
black look alike when blurred, so the fine structure decides.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray

SIDE_PX = 64
HASH_BITS_MAY_DIFFER = 14
"""Of 64. Unrelated pictures differ in 32 on average."""
LEAST_CORRELATION = 0.915
"""The known doubles of segmentation_WBC reach 0.92. In C-NMC 2019 cells were cut out twice under two picture numbers;
looked at, pairs above 0.93 are one cell, pairs below 0.90 mostly two."""


@dataclass(frozen=True)
class Look:
    """What is kept of a picture to tell whether it is there twice.

    Attributes:
        digest: of the pixels.
        bits: bool (64,), the perceptual hash.
        fine: float32 (64 * 64,), zero mean, unit length: the structure finer than 1/16 of the picture.
    """

    digest: str
    bits: NDArray[np.bool_]
    fine: NDArray[np.float32]


def look_of(image: RgbArray) -> Look:
    """What to compare of a picture."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(cv2.resize(small, (32, 32), interpolation=cv2.INTER_AREA))[:8, :8].ravel()
    fine = (small - cv2.GaussianBlur(small, (0, 0), SIDE_PX / 16)).ravel()
    fine -= fine.mean()
    length = float(np.linalg.norm(fine))
    digest = hashlib.sha256(image.tobytes()).hexdigest()
    return Look(digest, low > np.median(low), (fine / length if length > 0 else fine).astype(np.float32))


def find_doubles(looks: Sequence[Look]) -> NDArray[np.int64]:
    """(n,) for each picture the index of the first picture that is the same: its own if it is there once."""
    first = np.arange(len(looks))
    if not len(looks):
        return first
    seen: dict[str, int] = {}
    for index, look in enumerate(looks):
        _join(first, index, seen.setdefault(look.digest, index))
    bits = np.stack([look.bits for look in looks]).astype(np.float32) * 2 - 1
    fine = np.stack([look.fine for look in looks])
    for index in range(1, len(looks)):
        differ = (bits.shape[1] - bits[:index] @ bits[index]) / 2
        near = np.flatnonzero(differ <= HASH_BITS_MAY_DIFFER)
        alike = near[fine[near] @ fine[index] >= LEAST_CORRELATION]
        for other in alike:
            _join(first, index, int(other))
    return first


def _join(first: NDArray[np.int64], a: int, b: int) -> None:
    """Call everything that is the same as `a` or `b` by the smaller of their numbers."""
    low, high = sorted((int(first[a]), int(first[b])))
    first[first == high] = low
