"""Images that were stored turned or mirrored (EXIF and TIFF orientation 1 to 8) read the right way round."""

import dataclasses
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, PixelSource, RgbArray
from allviewer.imaging.wrapped_source import WrappedSource

UPRIGHT = 1
Scalar = TypeVar("Scalar", bound=np.generic)


def upright(pixels: NDArray[Scalar], orientation: int) -> NDArray[Scalar]:
    """The array as it is meant to be seen; unknown orientations leave it as stored."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def stored_region(seen: Region, orientation: int, width: int, height: int) -> Region:
    """Where a rectangle of the upright image of width x height pixels lies in the image as stored."""
    x, y = seen.x, seen.y
    if orientation in (2, 3, 6, 7):
        x = width - seen.right
    if orientation in (3, 4, 7, 8):
        y = height - seen.bottom
    if orientation in (5, 6, 7, 8):
        return Region(y, x, seen.height, seen.width)
    return Region(x, y, seen.width, seen.height)


def turned_upright(source: PixelSource, orientation: int) -> PixelSource:
    """The same image seen upright; itself if it is already."""
    if orientation not in range(2, 9):
        return source
    return _UprightSource(source, orientation)


class _UprightSource(WrappedSource):
    """A `PixelSource` that turns what another reads."""

    def __init__(self, source: PixelSource, orientation: int) -> None:
        levels = source.info.levels
        if orientation >= 5:
            levels = tuple(Level(level.height, level.width, level.downsample) for level in levels)
        super().__init__(source, dataclasses.replace(source.info, levels=levels))
        self._orientation = orientation

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        extent = self._info.levels[level]
        stored = stored_region(inside, self._orientation, extent.width, extent.height)
        return upright(self._source.read(level, stored.x, stored.y, stored.width, stored.height), self._orientation)
