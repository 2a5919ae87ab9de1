"""Stain normalisation to a fixed reference (Macenko, Reinhard) and stain jitter in haematoxylin-eosin-DAB space."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.slide import RgbArray
from training.preprocessing.settings import StainNormalisation

BLANK = 240
"""What counts as empty glass, and what black surroundings are set to while stains are measured."""
REFERENCE_LAB_MEAN = (68.0, 22.0, -18.0)
REFERENCE_LAB_SPREAD = (16.0, 9.0, 8.0)
"""Of the stained parts of a May-Gruenwald-Giemsa smear of middling strength, in CIE Lab."""


def normalise_stain(image: RgbArray, method: StainNormalisation) -> RgbArray:
    """uint8 (H, W, 3) with its stain as in the reference; exact black (surroundings of a cut-out) stays black."""
    if method == "none":
        return image
    black = image.max(axis=2) == 0
    lit = np.where(black[..., None], np.uint8(BLANK), image)
    changed = _macenko(lit) if method == "macenko" else _reinhard(lit, ~black)
    return np.where(black[..., None], 0, changed).astype(np.uint8)


def _macenko(image: RgbArray) -> RgbArray:
    """Macenko et al., "A method for normalizing histology slides for quantitative analysis", ISBI 2009, by MONAI.

    A picture with nothing stained in it, from which no two stains can be told, stays as it is.
    """
    from monai.apps.pathology.transforms.stain.array import NormalizeHEStains

    try:
        return np.asarray(NormalizeHEStains()(image), np.uint8)
    except (ValueError, np.linalg.LinAlgError):  # all pixels transparent
        return image


def _reinhard(image: RgbArray, counts: NDArray[np.bool_]) -> RgbArray:
    """Reinhard et al., "Color transfer between images", IEEE CG&A 2001, section 3, in CIE Lab, of stained pixels.

    Args:
        counts: bool (H, W), the pixels whose mean and spread are measured.
    """
    from skimage.color import lab2rgb, rgb2lab

    lab = rgb2lab(image)
    stained = lab[counts & (image.min(axis=2) < BLANK)]
    if len(stained) < 2:
        return image
    spread = np.maximum(stained.std(axis=0), 1e-3)
    moved = (lab - stained.mean(axis=0)) / spread * np.array(REFERENCE_LAB_SPREAD) + np.array(REFERENCE_LAB_MEAN)
    return np.asarray(np.rint(lab2rgb(moved) * 255), np.uint8)


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
