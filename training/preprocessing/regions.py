"""Only what a classical segmentation method takes for a white cell is left of a picture; the rest becomes black."""

import numpy as np

from allviewer.domain.slide import RgbArray


def keep_region(image: RgbArray, method: str) -> RgbArray:
    """uint8 (H, W, 3), black outside the method's mask; whole where the method finds nothing at all.

    Args:
        method: a name in `allviewer.classical.methods`, used with its default settings.

    Raises:
        UserError: there is no method of that name.
    """
    from allviewer.classical.methods import find_method

    found = find_method(method)
    inside = found.segment(image, found.settings(), None) > 0
    return np.where(inside[..., None], image, 0).astype(np.uint8) if inside.any() else image
