"""Images that are held decoded in memory."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.geometry import Region
from allviewer.domain.slide import RgbArray, SlideInfo
from allviewer.errors import ImageError
from allviewer.imaging import colouring
from allviewer.imaging.colour_profile import ColourProfile
from allviewer.imaging.colouring import Colouring
from allviewer.imaging.image_source import ImageSource
from allviewer.memory.byte_budget import ByteBudget
from allviewer.memory.tile_cache import TileCache

Stored = NDArray[np.uint8]
"""Values (height, width, samples)."""
_WHOLE = ("whole",)


class ArraySource(ImageSource):
    """A `PixelSource` of one level over an array of shape (height, width, samples), uint8, which it keeps.

    Args:
        pixels: RGB, or what `colours` says.
        colours: how the array becomes RGB.
        profile: applied as it is read, so that switching it off needs no second array.
    """

    def __init__(
        self,
        pixels: Stored | None,
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
        stored = self._whole()[inside.y : inside.bottom, inside.x : inside.right].copy()
        return self._colours.to_rgb(stored, self._profile if self._look.managed else None)

    def _whole(self) -> Stored:
        assert self._pixels is not None
        return self._pixels


class DecodedSource(ArraySource):
    """An `ArraySource` whose array is decoded again if its memory was wanted for something else meanwhile.

    Args:
        decode: gives the array again; raises `ImageError`.
        budget: where its memory comes from.
    """

    def __init__(
        self,
        pixels: Stored,
        info: SlideInfo,
        colours: Colouring,
        profile: ColourProfile | None,
        decode: Callable[[], Stored],
        budget: ByteBudget,
    ) -> None:
        super().__init__(None, info, colours, profile)
        self._decode, self._shape = decode, pixels.shape
        self._kept: TileCache[Stored] = TileCache(budget)
        self._decoding = threading.Lock()
        self._kept.put(_WHOLE, pixels, pixels.nbytes)

    def close(self) -> None:
        """Give the memory back."""
        self._kept.drop(())

    def _whole(self) -> Stored:
        kept = self._kept.get(_WHOLE)
        if kept is not None:
            return kept
        with self._decoding:
            kept = self._kept.get(_WHOLE)
            if kept is None:
                kept = self._decode()
                if kept.shape != self._shape:
                    raise ImageError("The image has been replaced by another since it was opened.", "Open it again.")
                self._kept.put(_WHOLE, kept, kept.nbytes)
            return kept
