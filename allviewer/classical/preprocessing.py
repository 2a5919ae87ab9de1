"""Preprocessing that the papers name: contrast, edges, colours in HSV. For the methods here and for training.

The edge stage of Al-Zubaidi et al. (ALL-FABNET, section III and figures 11 and 12): "increase the lightning contrast",
then edge detection by an operator that is not named. Here: CLAHE of the lightness, then Sobel or Canny.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.classical.colour import Grey, Plane, grey_of, hsv_of, rgb_of_hsv
from allviewer.domain.slide import RgbArray

EDGE_OPERATORS = ("sobel", "canny")


def even_contrast(rgb: RgbArray, clip_limit: float = 2.0, tiles: int = 8) -> RgbArray:
    """Contrast-limited adaptive equalisation (CLAHE) of Lab lightness; colours stay.

    Args:
        clip_limit: how much contrast may grow; tiles: a side.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(lab[..., 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


def edges_of(rgb: RgbArray, operator: str = "sobel", clip_limit: float = 2.0) -> Grey:
    """The edge image, (height, width) uint8: strength of the gradient ("sobel"), or 0 and 255 ("canny").

    Raises:
        ValueError: for another operator.
    """
    grey = cv2.GaussianBlur(grey_of(even_contrast(rgb, clip_limit)), (0, 0), 1.0)
    if operator == "canny":
        middle = float(np.median(grey))
        return np.asarray(cv2.Canny(grey, 0.66 * middle, min(255.0, 1.33 * middle)), np.uint8)
    if operator != "sobel":
        raise ValueError(f"'{operator}' is no edge operator: {', '.join(EDGE_OPERATORS)}")
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    strength: Plane = np.hypot(across, down)
    return np.clip(strength / 4, 0, 255).astype(np.uint8)


def with_edges(rgb: RgbArray, operator: str = "sobel") -> NDArray[np.uint8]:
    """The picture with its edge image as fourth channel: (height, width, 4)."""
    return np.dstack([rgb, edges_of(rgb, operator)])


def modify_hsv(rgb: RgbArray, saturation_gain: float = 1.4, value_gamma: float = 1.2, hue_shift: float = 0) -> RgbArray:
    """Colours changed in HSV: saturation multiplied, value raised to a power, hue turned by degrees."""
    hsv = hsv_of(rgb)
    hsv[..., 0] = (hsv[..., 0] + hue_shift) % 360
    hsv[..., 1] = np.clip(hsv[..., 1] * saturation_gain, 0, 1)
    hsv[..., 2] = hsv[..., 2] ** value_gamma
    return rgb_of_hsv(hsv)


def brightness_contrast(rgb: RgbArray, brightness: float = 0.0, contrast: float = 1.0) -> RgbArray:
    """Levels spread about the middle by a factor and moved by a share of the whole range (-1 to 1)."""
    levels = (np.arange(256) - 127.5) * contrast + 127.5 + 255 * brightness
    table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    changed: RgbArray = table[rgb]
    return changed
