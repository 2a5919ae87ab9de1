"""Colours as numbers: grey, Lab, HSV; and which pixels of a picture are picture at all."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allviewer.domain.mask import Bitmap
from allviewer.domain.slide import RgbArray

Plane = NDArray[np.float32]
Grey = NDArray[np.uint8]

_CUT_OUT_SHARE = 0.25
"""A picture with this share of exactly black pixels is a cell cut out on black, as C-NMC publishes them."""
_GLASS = 255


def grey_of(rgb: RgbArray) -> Grey:
    """Luma of ITU-R 601, 0 to 255."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def lab_of(rgb: RgbArray) -> Plane:
    """CIE Lab (D65), (height, width, 3): lightness 0 to 100, a and b about -128 to 127."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def hsv_of(rgb: RgbArray) -> Plane:
    """(height, width, 3): hue 0 to 360 degrees, saturation and value 0 to 1."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2HSV), np.float32)


def rgb_of_hsv(hsv: Plane) -> RgbArray:
    """The inverse of `hsv_of`."""
    rgb = np.asarray(cv2.cvtColor(np.asarray(hsv, np.float32), cv2.COLOR_HSV2RGB))
    return np.clip(np.rint(255 * rgb), 0, 255).astype(np.uint8)


def picture_in(rgb: RgbArray) -> Bitmap:
    """Which pixels are picture: all, but for the black around a cell that was cut out."""
    seen: Bitmap = cv2.inRange(rgb, (0, 0, 0), (0, 0, 0)) == 0
    if not seen.any() or np.count_nonzero(~seen) < _CUT_OUT_SHARE * seen.size:
        return np.ones(seen.shape, dtype=bool)
    return seen


def component_of(rgb: RgbArray, name: str) -> Grey:
    """One component of the colour as 0 to 255, nuclei dark: "luma", "green", "saturation", "lightness", "magenta"."""
    if name == "green":
        return np.ascontiguousarray(rgb[..., 1])
    if name == "saturation":
        return np.asarray(_GLASS - np.rint(255 * hsv_of(rgb)[..., 1]), np.uint8)
    if name == "lightness":
        return np.asarray(np.rint(2.55 * lab_of(rgb)[..., 0]).clip(0, 255), np.uint8)
    if name == "magenta":
        return np.asarray(_GLASS - np.rint(128 + lab_of(rgb)[..., 1]).clip(0, 255), np.uint8)
    return grey_of(rgb)
