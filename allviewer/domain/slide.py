"""An opened image as the rest of the program sees it: levels and regions, whatever the file format."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.progress import CancelToken, Report

RgbArray = NDArray[np.uint8]
"""Pixels of shape (height, width, 3), uint8, RGB."""


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution of an image; `downsample` is level-0 pixels per pixel of this level (1.0 for level 0)."""

    width: int
    height: int
    downsample: float


@dataclass(frozen=True, slots=True)
class SlideInfo:
    """What is known of an image without reading its pixels.

    Attributes:
        levels: finest first, at least one.
        mpp: micrometres per level-0 pixel, or None when the file does not say.
        objective: magnification of the objective, or None.
        reader: which library reads it, for people ("OpenSlide 4.0 (Aperio)").
        properties: further metadata, for showing only.
        plane_count: focal planes, at least one.
        plane: the one that is read, 0 being the first; a file is opened at the middle one of a focal stack.
        plane_spacing_um: micrometres from one focal plane to the next, or None.
        profile: name of the ICC profile in the file, empty without one.
        channels: names of what was recorded one by one (fluorescence); empty for a grey or colour picture.
        associated: names of further pictures in the file ("label", "macro", "thumbnail").
    """

    levels: tuple[Level, ...]
    mpp: float | None = None
    objective: float | None = None
    reader: str = ""
    properties: tuple[tuple[str, str], ...] = field(default=())
    plane_count: int = 1
    plane: int = 0
    plane_spacing_um: float | None = None
    profile: str = ""
    channels: tuple[str, ...] = ()
    associated: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return self.levels[0].width

    @property
    def height(self) -> int:
        return self.levels[0].height

    @property
    def bounds(self) -> Region:
        return Region(0, 0, self.width, self.height)

    def level_for(self, downsample: float) -> int:
        """Index of the coarsest level that is still at least as fine as `downsample`."""
        best = 0
        for index, level in enumerate(self.levels):
            if level.downsample <= downsample * 1.001:
                best = index
        return best


class PixelSource(Protocol):
    """An opened image. `read` may be called from any thread unless `shareable` is False.

    Errors while reading are `allviewer.errors.ImageError`.
    """

    @property
    def info(self) -> SlideInfo: ...

    @property
    def shareable(self) -> bool: ...

    def read(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray:
        """Pixels of a rectangle of one level, in that level's own pixels.

        What lies outside the image is white. Shape (height, width, 3), uint8, RGB, owned by the caller.
        Colours are sRGB (a profile in the file is applied) unless `look` asked for them as stored.
        """
        ...

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        """Whether `read` gives this rectangle at once; otherwise it waits, and `sketch` has what there is."""
        ...

    def sketch(self, level: int, x: int, y: int, width: int, height: int) -> RgbArray | None:
        """A rectangle inside a level as well as it can be shown now, for looking only; None: not yet at all."""
        ...

    def look(self, plane: int | None = None, managed: bool = True, channel: int | None = None) -> "PixelSource":
        """The same open file looked at otherwise; levels and sizes stay. Closing either closes both.

        Args:
            plane: focal plane; None for the one that opening shows.
            managed: whether a colour profile in the file is applied.
            channel: one of `info.channels`, in grey; None for all together.

        Raises:
            ImageError: there is no such plane or channel.
        """
        ...

    def associated_image(self, name: str) -> RgbArray:
        """One of `info.associated`, whole.

        Raises:
            ImageError: there is none of this name, or it cannot be read.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class GrowingSource(Protocol):
    """A `PixelSource` of a large image whose levels are being made."""

    @property
    def is_whole(self) -> bool:
        """Whether every pixel can be read at once."""
        ...

    def complete(self, cancel: CancelToken, report: Report) -> None:
        """Make what is missing; returns at once if nothing is. Raises `UserError` if it cannot be made, `Cancelled`."""
        ...


OpenImage = Callable[[Path], PixelSource]
"""Opens a file; raises `ImageError`."""
