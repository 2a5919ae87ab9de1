"""An image that is held decoded in memory, and the white that surrounds every image."""

from collections.abc import Callable

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo

WHITE = 255


def read_padded(bounds: Region, wanted: Region, read_inside: Callable[[Region], RgbArray]) -> RgbArray:
    """A rectangle of which `read_inside` gives the part within `bounds`; what lies outside is white.

    Raises:
        ValueError: the rectangle is empty.
    """
    if wanted.is_empty:
        raise ValueError(f"a rectangle of {wanted.width} x {wanted.height} pixels holds nothing to read")
    inside = wanted.intersection(bounds)
    if inside == wanted:
        return read_inside(inside)
    canvas = np.full((wanted.height, wanted.width, 3), WHITE, dtype=np.uint8)
    if not inside.is_empty:
        top, left = inside.y - wanted.y, inside.x - wanted.x
        canvas[top : top + inside.height, left : left + inside.width] = read_inside(inside)
    return canvas


class ArraySource:
    """A `PixelSource` of one level over an RGB array of shape (height, width, 3), uint8, which it keeps."""

    def __init__(self, pixels: RgbArray, info: SlideInfo) -> None:
        self._pixels = pixels
        self._info = info

    @property
    def info(self) -> SlideInfo:
        return self._info

    @property
    def shareable(self) -> bool:
        return True

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        """See `PixelSource.read`; there is only level 0."""
        if level != 0:
            raise ValueError(f"an array has one level, not number {level}")
        return read_padded(self._info.bounds, Region(x, y, width, height), self._crop)

    def close(self) -> None:
        """Nothing is open: the array lives as long as its readers."""

    def _crop(self, inside: Region) -> RgbArray:
        return self._pixels[inside.y : inside.bottom, inside.x : inside.right].copy()
