"""What every reader is made on: rectangles clipped to the image, white around it, and other looks at one open file."""

import copy
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo
from allviewer.errors import ImageError

WHITE = 255


@dataclass(frozen=True, slots=True)
class Look:
    """What of an open file is read; the arguments of `PixelSource.look`."""

    plane: int = 0
    managed: bool = True
    channel: int | None = None


class ImageSource(ABC):
    """A `PixelSource` whose subclass reads what lies within the image, as its `_look` says.

    Another look is a shallow copy: whatever is open is shared by all copies, so subclasses keep what changes while
    they read in objects of their own (a cache, a lock), never in plain attributes.
    """

    def __init__(self, info: SlideInfo) -> None:
        self._info = info
        self._look = Look(plane=info.plane)
        self._opening_plane = info.plane

    @property
    def info(self) -> SlideInfo:
        return self._info

    @property
    def shareable(self) -> bool:
        return True

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        """See `PixelSource.read`.

        Raises:
            ValueError: there is no such level, or the rectangle is empty.
        """
        if not 0 <= level < len(self._info.levels):
            raise ValueError(f"there is no level {level} among {len(self._info.levels)}")
        extent = self._info.levels[level]
        bounds = Region(0, 0, extent.width, extent.height)
        return read_padded(bounds, Region(x, y, width, height), lambda inside: self._read_inside(level, inside))

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        """See `PixelSource.is_exact`: true of every reader that has its file's pixels at hand."""
        return True

    def sketch(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray | None:
        """See `PixelSource.sketch`."""
        return None

    def look(self, plane: int | None = None, managed: bool = True, channel: int | None = None) -> Self:
        """See `PixelSource.look`."""
        look = Look(self._opening_plane if plane is None else plane, managed, channel)
        if not 0 <= look.plane < self._info.plane_count:
            raise ImageError(f"There is no focal plane {look.plane + 1}: the image has {self._info.plane_count}.")
        if look.channel is not None and not 0 <= look.channel < len(self._info.channels):
            raise ImageError(f"There is no channel {look.channel + 1}: the image has {len(self._info.channels)}.")
        return self if look == self._look else self._looked_at(look)

    def associated_image(self, name: str) -> RgbArray:
        """See `PixelSource.associated_image`."""
        if name not in self._info.associated:
            raise ImageError(f"There is no picture named {name} in this file.")
        return self._read_associated(name)

    @abstractmethod
    def close(self) -> None:
        """See `PixelSource.close`."""

    @abstractmethod
    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        """The pixels of a rectangle that lies within the level."""

    def _looked_at(self, look: Look, **attributes: object) -> Self:
        """A copy of this source with another look, and with whatever else of its attributes depends on that."""
        other = copy.copy(self)
        vars(other).update(attributes, _look=look, _info=dataclasses.replace(self._info, plane=look.plane))
        return other

    def _read_associated(self, name: str) -> RgbArray:
        raise NotImplementedError(f"{type(self).__name__} names the picture {name} but does not read it")


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
