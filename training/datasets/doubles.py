"""The same picture twice in a data set: by its bytes, by its pixels, or by its look.

By look: both are reduced to 64 x 64 grey. Candidates agree in most bits of a perceptual hash (the signs of the low
frequencies of the cosine transform, C. Zauner, "Implementation and benchmarking of perceptual image hash functions",
2010, section 3.2.1); they are doubles if what is left after smoothing is taken away correlates as well. Of cells on
black only the inside is compared: two round cells have the same outline, and are not the same cell.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray

SIDE_PX = 64
HASH_BITS_MAY_DIFFER = 16
"""Of 64. Unrelated pictures differ in 32 on average."""
LEAST_CORRELATION = 0.8
"""On the shared data 220 pairs reach 0.8, none of them of two subjects, and hardly any lies between 0.65 and 0.8. In
C-NMC 2019 cells were cut out again under another picture number; the known doubles of segmentation_WBC reach 0.92."""
CUT_OUT_SHARE = 0.1
"""A picture of which more is exactly black is a cell that was cut out."""
_RIM_PX = 9
"""Of a cut-out's border, which is drawn anew at each cutting."""


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
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    low = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA))[:8, :8].ravel()
    small = cv2.resize(_inside(image, grey), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    fine = (small - cv2.GaussianBlur(small, (0, 0), SIDE_PX / 16)).ravel()
    fine -= fine.mean()
    length = float(np.linalg.norm(fine))
    digest = hashlib.sha256(image.tobytes()).hexdigest()
    return Look(digest, low > np.median(low), (fine / length if length > 0 else fine).astype(np.float32))


def _inside(image: RgbArray, grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The grey picture; of a cut-out cell with all but its inside set to the mean of that."""
    lit = (image.max(axis=2) > 0).astype(np.uint8)
    if lit.mean() > 1 - CUT_OUT_SHARE:
        return grey
    inside = cv2.erode(lit, np.ones((_RIM_PX, _RIM_PX), np.uint8)) > 0
    return np.where(inside, grey, grey[inside].mean() if inside.any() else 0).astype(np.float32)


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
