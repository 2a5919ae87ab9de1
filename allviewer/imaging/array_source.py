"""An image that is held decoded in memory."""

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo
from allviewer.imaging import colouring
from allviewer.imaging.colour_profile import ColourProfile
from allviewer.imaging.colouring import Colouring
from allviewer.imaging.image_source import ImageSource


class ArraySource(ImageSource):
    """A `PixelSource` of one level over an array of shape (height, width, samples), uint8, which it keeps.

    Args:
        pixels: RGB, or what `colours` says.
        colours: how the array becomes RGB.
        profile: applied as it is read, so that switching it off needs no second array.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        info: SlideInfo,
        colours: Colouring | None = None,
        profile: ColourProfile | None = None,
    ) -> None:
        super().__init__(info)
        self._pixels = pixels
        self._colours = colours or colouring.rgb()
        self._profile = profile

    def close(self) -> None:
        """Nothing is open: the array lives as long as its readers."""

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        stored = self._pixels[inside.y : inside.bottom, inside.x : inside.right].copy()
        return self._colours.to_rgb(stored, self._profile if self._look.managed else None)
