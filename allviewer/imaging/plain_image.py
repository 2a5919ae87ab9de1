"""Photographs and other plain images (PNG, JPEG, BMP, WebP, GIF, JPEG 2000) through Pillow, decoded whole."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from allviewer.domain.slide import Level, PixelSource, RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging.array_source import ArraySource
from allviewer.imaging.failures import naming
from allviewer.imaging.intensity import camera_range, grey_to_rgb, over_white, to_uint8
from allviewer.imaging.jpeg_pixels import decode_rgb, is_complete
from allviewer.imaging.limits import check_decoded
from allviewer.imaging.orientation import UPRIGHT, upright
from allviewer.imaging.pixel_size import mpp_from_dpi

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "JPEG2000", "PPM")
_ORIENTATION_TAG = 0x0112


def open_plain(path: Path) -> PixelSource:
    """Decode an image file (of an animation the first picture), upright, transparency on white.

    Raises:
        ImageError: damaged, cut off, too large, or not of these formats.
    """
    with naming(path):
        from PIL import Image

        # Ours is checked below, before a pixel is decoded, and it is larger: Pillow's would refuse honest scans.
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path, formats=_FORMATS) as image:
            check_decoded(path.name, image.width, image.height, len(image.getbands()))
            kind = image.format or ""
            mpp = _scale(image)
            orientation = _orientation(image)
            pixels = upright(_jpeg_rgb(path) if _is_usual_jpeg(image) else _rgb(image), orientation)
    height, width = pixels.shape[:2]
    info = SlideInfo(levels=(Level(width, height, 1.0),), mpp=mpp, reader=f"Pillow ({kind})")
    return ArraySource(pixels, info)


def _rgb(image: "PillowImage") -> RgbArray:
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image)
        if values.dtype == np.int32 and values.min() >= 0:
            values = values.astype(np.uint32)
        return grey_to_rgb(to_uint8(values, camera_range(values)))
    if image.has_transparency_data:
        return over_white(np.asarray(image.convert("RGBA")))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _is_usual_jpeg(image: "PillowImage") -> bool:
    return image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L")


def _jpeg_rgb(path: Path) -> RgbArray:
    encoded = path.read_bytes()
    if not is_complete(encoded):
        raise ImageError(f"{path.name} is cut off: its end is missing.")
    return decode_rgb(encoded)


def _orientation(image: "PillowImage") -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, UPRIGHT))
    except (OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, struct.error):
        # damaged EXIF beside sound pixels: the picture is worth more than its orientation
        return UPRIGHT


def _scale(image: "PillowImage") -> float | None:
    try:
        x_dpi, y_dpi = image.info["dpi"]
        return mpp_from_dpi(float(x_dpi), float(y_dpi))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None  # none given, or nonsense
