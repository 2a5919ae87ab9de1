"""An opened image as the rest of the program sees it: levels and regions, whatever the file format."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region

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
    """

    levels: tuple[Level, ...]
    mpp: float | None = None
    objective: float | None = None
    reader: str = ""
    properties: tuple[tuple[str, str], ...] = field(default=())

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
        """
        ...

    def close(self) -> None: ...
