"""Size and form of a mask."""

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label, regionprops

LENGTHS = ("perimeter_um", "equivalent_diameter_um", "major_axis_um", "minor_axis_um", "feret_um")
RATIOS = ("eccentricity", "solidity", "extent", "circularity", "elongation")
HU_MOMENTS = tuple(f"hu_{number}" for number in range(1, 8))


def shape_features(mask: NDArray[np.bool_], um_per_px: float) -> dict[str, float]:
    """Area, lengths, ratios, number of pieces, and the seven moments of Hu on a logarithmic scale; 0 for no pixel.

    Args:
        mask: (h, w), in one piece or several: a lobed nucleus is measured as a whole.
    """
    names = ("area_um2", *LENGTHS, *RATIOS, "pieces", *HU_MOMENTS)
    if not mask.any():
        return dict.fromkeys(names, 0.0)
    (region,) = regionprops(mask.astype(np.uint8))
    perimeter = max(float(region.perimeter), 1.0)
    major, minor = float(region.axis_major_length), float(region.axis_minor_length)
    lengths = (perimeter, region.equivalent_diameter_area, major, minor, region.feret_diameter_max)
    circularity = min(4 * np.pi * region.area / perimeter**2, 2.0)
    ratios = (region.eccentricity, region.solidity, region.extent, circularity, minor / major if major > 0 else 1.0)
    hu = np.asarray(region.moments_hu, np.float64)
    values = (
        region.area * um_per_px**2,
        *(length * um_per_px for length in lengths),
        *ratios,
        int(label(mask, connectivity=2).max()),
        *(-np.sign(hu) * np.log10(np.abs(hu) + 1e-12)),
    )
    return dict(zip(names, (float(value) for value in values), strict=True))
