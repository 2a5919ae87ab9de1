"""Which parts of a large image hold nothing that could be a nucleus, told from few pixels before any network."""

import numpy as np
from scipy import ndimage

from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource
from allviewer.inference.resample import read_scaled

LOOK_UM_PER_PX = 1.0
"""Coarse enough to be cheap, fine enough that the smallest nucleus (5 um) covers twenty pixels."""
RED_ABSORBANCE = 0.09
"""Chromatin takes red light away by far more than this; glass and most red cells by less."""
MIN_NUCLEUS_PX = 6


def may_hold_cells(source: PixelSource, region: Region, network_um_per_px: float, step: float) -> bool:
    """Whether anything in a level-0 region absorbs red light as nuclei do.

    Args:
        network_um_per_px: micrometres per pixel of the network; step: level-0 pixels per pixel of the network.
    """
    rgb, _ = read_scaled(source, region, step * LOOK_UM_PER_PX / network_um_per_px)
    light = rgb.reshape(-1, 3)[:, 0].astype(np.float32)
    glass = max(64.0, float(np.percentile(light, 95)))
    absorbance = -np.log10((rgb[..., 0].astype(np.float32) + 1) / (glass + 1))
    pieces, count = ndimage.label(absorbance > RED_ABSORBANCE)
    return bool(count) and int(np.bincount(pieces.ravel())[1:].max()) >= MIN_NUCLEUS_PX
