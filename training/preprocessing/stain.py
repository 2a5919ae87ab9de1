"""Stain normalisation to a fixed reference (Macenko, Reinhard) and stain jitter in haematoxylin-eosin-DAB space.

The reference is the median of May-Gruenwald-Giemsa smears from one scanner (every tenth picture of the part PBC of
TXL-PBC; cells: dataset 2 of segmentation_WBC). Written here because MONAI's `NormalizeHEStains` knows haematoxylin and
eosin only: on blood it gives speckles, since values beyond white wrap around.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from training.preprocessing.settings import StainNormalisation

Floats = NDArray[np.floating]

BLANK = 240
"""What counts as empty glass, and what black surroundings are set to while stains are measured."""
CUT_OUT_SHARE = 0.1
"""A picture of which more is exactly black holds a cell that was cut out: it is compared with cells, not fields."""

REFERENCE_STAINS = np.array([[0.42, 0.90, 0.08], [0.70, 0.68, 0.22]])
"""Optical density in red, green and blue of the stain of nuclei, which lets blue through, and of the other one."""
REFERENCE_AMOUNTS = np.array([2.70, 1.11])
"""Of each, the 99th percentile."""
REFERENCE_LAB = {"field": ((72.7, 14.3, 3.6), (16.1, 10.7, 16.1)), "cell": ((50.6, 27.8, -20.7), (18.8, 12.5, 17.9))}
"""Mean and spread of what is stained, in CIE Lab."""
LARGEST_STRETCH = 2.0
"""A cut-out nucleus has a small part of a field's range: it is not stretched over all of it."""

_LEAST_DENSITY, _LEAST_PIXELS, _LEAST_ANGLE, _INK, _DARKEST_GLASS = 0.15, 50, 0.08, 40, 150


def normalise_stain(image: RgbArray, method: StainNormalisation) -> RgbArray:
    """uint8 (H, W, 3) with its stain as in the reference; exact black (surroundings of a cut-out) stays black."""
    if method == "none":
        return image
    black = image.max(axis=2) == 0
    lit = np.where(black[..., None], np.uint8(BLANK), image)
    changed = (
        _macenko(lit) if method == "macenko" else _reinhard(lit, "cell" if black.mean() > CUT_OUT_SHARE else "field")
    )
    return np.where(black[..., None], 0, changed).astype(np.uint8)


def _macenko(image: RgbArray) -> RgbArray:
    """Macenko et al., "A method for normalizing histology slides for quantitative analysis", ISBI 2009, section 2.

    A picture with hardly anything stained stays as it is; where one stain only can be told, its amount is changed.
    """
    pixels = image.reshape(-1, 3).astype(np.float64)
    glass = np.maximum(np.percentile(pixels, 98, axis=0), _DARKEST_GLASS)  # lamps are seldom white
    density = -np.log((pixels + 1) / (glass + 1))
    no_ink = image.reshape(-1, 3).max(axis=1) > _INK  # letters and scale bars are no stain
    stained = density[(density > _LEAST_DENSITY).all(axis=1) & no_ink]
    if len(stained) < _LEAST_PIXELS:
        return image
    stains = _stains_of(stained)
    amounts = np.linalg.lstsq(stains.T, density.T, rcond=None)[0]
    strongest = np.maximum(np.percentile(np.linalg.lstsq(stains.T, stained.T, rcond=None)[0], 99, axis=1), 1e-3)
    wanted = REFERENCE_STAINS if len(stains) == 2 else stains
    scale = REFERENCE_AMOUNTS[: len(stains)] / strongest
    changed = (BLANK + 1) * np.exp(-(wanted.T @ (amounts * scale[:, None]))) - 1
    return np.clip(np.rint(changed.T.reshape(image.shape)), 0, 255).astype(np.uint8)


def _stains_of(density: Floats) -> Floats:
    """(2, 3) stains in the reference's order, the ends of the plane of densities; (1, 3) if they are hardly apart."""
    _, vectors = np.linalg.eigh(np.cov(density.T))
    plane = vectors[:, [2, 1]]
    plane = plane * np.where(plane.sum(axis=0) < 0, -1, 1)
    angles = np.arctan2(density @ plane[:, 1], density @ plane[:, 0])
    low, high = np.percentile(angles, [1, 99])
    if high - low < _LEAST_ANGLE:
        mean = density.mean(axis=0)
        return (mean / np.linalg.norm(mean))[None]
    ends = np.stack([plane @ np.array([np.cos(angle), np.sin(angle)]) for angle in (low, high)])
    return ends[np.argsort(ends[:, 2])]


def _reinhard(image: RgbArray, kind: str) -> RgbArray:
    """Reinhard et al., "Color transfer between images", IEEE CG&A 2001, section 3, in CIE Lab, of stained pixels."""
    from skimage.color import lab2rgb, rgb2lab

    lab = rgb2lab(image)
    stained = lab[image.min(axis=2) < BLANK - 40]
    if len(stained) < _LEAST_PIXELS:
        return image
    mean, spread = (np.array(values) for values in REFERENCE_LAB[kind])
    stretch = np.clip(spread / np.maximum(stained.std(axis=0), 1e-3), 1 / LARGEST_STRETCH, LARGEST_STRETCH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # colours that no screen has are clipped, which is what is wanted
        moved = lab2rgb((lab - stained.mean(axis=0)) * stretch + mean)
    return np.asarray(np.rint(moved * 255), np.uint8)


def jitter_stain(image: NDArray[np.float32], spread: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """float32 (H, W, 3), 0 to 1, with the amounts of its stains changed at random; black stays black.

    Tellez et al., "Whole-slide mitosis detection in H&E breast histology using PHH3 as a reference to train distilled
    stain-invariant convolutional networks", IEEE TMI 37 (2018), section III-C: each stain times 1 +- spread, plus as
    much of its own spread at most.
    """
    from skimage.color import hed2rgb, rgb2hed

    black = image.max(axis=2, keepdims=True) == 0
    stains = rgb2hed(np.where(black, np.float32(1), image))
    factor = rng.uniform(1 - spread, 1 + spread, 3)
    shift = rng.uniform(-spread, spread, 3) * stains.std(axis=(0, 1))
    changed = hed2rgb(stains * factor + shift)
    return np.where(black, 0, np.clip(changed, 0, 1)).astype(np.float32)
