"""Texture of the grey pixels under a mask: co-occurrence, local binary patterns, Haralick. Nothing outside counts."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern

Grey = NDArray[np.uint8]
Bitmap = NDArray[np.bool_]

LEVELS = 32
"""Grey levels that a co-occurrence counts; 0 stands for outside."""
DISTANCES_PX = (1, 3)
ANGLES = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
PROPERTIES = ("contrast", "dissimilarity", "homogeneity", "energy", "correlation", "ASM")
NEIGHBOURS = 8
RADII_PX = (1, 2)
HARALICK = (
    "angular_second_moment", "contrast", "correlation", "sum_of_squares", "inverse_difference_moment", "sum_average",
    "sum_variance", "sum_entropy", "entropy", "difference_variance", "difference_entropy", "information_1",
    "information_2",
)  # fmt: skip


def co_occurrence_features(grey: Grey, mask: Bitmap) -> dict[str, float]:
    """Properties of the grey-level co-occurrence of pairs of pixels that both lie in the cell; means of 4 angles."""
    counts = graycomatrix(_levels(grey, mask), DISTANCES_PX, ANGLES, LEVELS + 1, symmetric=True)[1:, 1:].astype(float)
    shares = counts / np.maximum(counts.sum(axis=(0, 1)), 1)
    found: dict[str, float] = {}
    for name in PROPERTIES:
        values = graycoprops(shares, name)
        found |= {f"glcm_{name}_{d}px": float(v) for d, v in zip(DISTANCES_PX, values.mean(axis=1), strict=True)}
    return found


def binary_pattern_features(grey: Grey, mask: Bitmap) -> dict[str, float]:
    """Shares of the uniform local binary patterns (Ojala et al. 2002) of 8 neighbours at two radii.

    Only pixels whose neighbours all lie in the cell count; all 0 for a cell too thin to have any.
    """
    found: dict[str, float] = {}
    for radius in RADII_PX:
        inner = ndimage.binary_erosion(mask, np.ones((3, 3), bool), iterations=radius)
        codes = local_binary_pattern(grey, NEIGHBOURS, radius, "uniform")[inner].astype(int)
        shares = np.bincount(codes, minlength=NEIGHBOURS + 2) / max(1, codes.size)
        found |= {f"lbp_{radius}px_{code}": float(share) for code, share in enumerate(shares)}
    return found


def haralick_features(grey: Grey, mask: Bitmap) -> dict[str, float]:
    """Haralick's thirteen features (Haralick, Shanmugam, Dinstein 1973), means of 4 directions, by mahotas."""
    import mahotas

    names = [f"haralick_{name}" for name in HARALICK]
    try:
        values = mahotas.features.haralick(_levels(grey, mask), ignore_zeros=True, return_mean=True)
    except ValueError:  # no two neighbours lie in the mask
        return dict.fromkeys(names, 0.0)
    return dict(zip(names, (float(value) for value in np.nan_to_num(values)), strict=True))


def _levels(grey: Grey, mask: Bitmap) -> Grey:
    """Grey from 1 to `LEVELS` inside, 0 outside."""
    result: Grey = np.where(mask, 1 + grey.astype(int) * LEVELS // 256, 0).astype(np.uint8)
    return result
