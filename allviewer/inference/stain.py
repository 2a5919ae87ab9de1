"""What the colours alone tell: how much light each pixel takes away, and which pixels are dark enough for chromatin."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray

Absorbance = NDArray[np.float32]
"""(height, width, 3): decades of light taken away in red, green, blue; 0 for glass."""

_CHROMATIN = 0.2
_NEAR_DARKEST = 0.65


def absorbance_of(rgb: RgbArray) -> Absorbance:
    """Light taken away in each channel, slightly smoothed, relative to the brightest tenth of the picture."""
    smooth = cv2.GaussianBlur(rgb, (0, 0), 1.0).astype(np.float32)
    brightness = smooth.mean(axis=2)
    glass = np.median(smooth[brightness >= np.percentile(brightness, 90)], axis=0)
    result: Absorbance = np.clip(-np.log10((smooth + 1) / (glass + 1)), 0, None).astype(np.float32)
    return result


def chromatin_in(absorbance: Absorbance) -> Bitmap:
    """Pixels nearly as dark as the darkest, in red and in green light: nuclei, if there are any, whatever the stain.

    Red cells take away green light, or in bluish stains red light, but not much of both.
    """
    shade = absorbance[..., :2].min(axis=2)
    result: Bitmap = shade > max(_CHROMATIN, _NEAR_DARKEST * float(np.percentile(shade, 99)))
    return result
