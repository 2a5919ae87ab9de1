"""Parts of the colours of an image: one channel, grey, or one stain alone, for looking only.

Stains are told apart by the light they take away, relative to empty glass, as in A. C. Ruifrok and D. A. Johnston,
"Quantification of histochemical staining by color deconvolution", Anal Quant Cytol Histol 23 (2001) 291-299. The
matrices are scikit-image's: haematoxylin and eosin of that paper, and for smears (Romanowsky stains: Giemsa, Wright,
May-Gruenwald) methylene blue, which azure B is made from, and eosin, as G. Landini measured them for ImageJ.
"""

import threading
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from allviewer.domain.colour_view import ColourView
from allviewer.domain.geometry import Region
from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.imaging.image_source import Look
from allviewer.imaging.wrapped_source import WrappedSource

_CHANNELS = {ColourView.RED: 0, ColourView.GREEN: 1, ColourView.BLUE: 2}
_SMEAR = (ColourView.AZURE, ColourView.SMEAR_EOSIN, ColourView.SMEAR_REST)
_SECTION = (ColourView.HAEMATOXYLIN, ColourView.EOSIN, ColourView.REST)
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_DIMMEST_GLASS = 60
"""Where even the brightest parts are darker, there is no empty glass: white is taken for it."""

Glass = NDArray[np.float32]
"""Colour of empty glass, shape (3,), 0 to 255."""


def seen_as(source: PixelSource, view: ColourView) -> PixelSource:
    """The same image with a part of its colours; the source itself for all of them."""
    return source if view is ColourView.ALL else _ViewedSource(source, view)


class _ViewedSource(WrappedSource):
    """A `PixelSource` that shows a part of the colours of another."""

    def __init__(self, source: PixelSource, view: ColourView) -> None:
        super().__init__(source, source.info)
        self._view = view
        self._glass: Glass | None = None
        self._glass_lock = threading.Lock()

    def is_exact(self, level: int, x: int, y: int, width: int, height: int) -> bool:
        """See `PixelSource.is_exact`; the colour of glass is measured in the whole image."""
        coarsest = len(self.info.levels) - 1
        whole = self.info.levels[coarsest]
        return super().is_exact(level, x, y, width, height) and super().is_exact(
            coarsest, 0, 0, whole.width, whole.height
        )

    def _read_inside(self, level: int, inside: Region) -> RgbArray:
        return part_of_colours(super()._read_inside(level, inside), self._view, self._known_glass())

    def _looked_at(self, look: Look, **attributes: object) -> "_ViewedSource":
        return super()._looked_at(look, _glass=None, _glass_lock=threading.Lock(), **attributes)

    def _known_glass(self) -> Glass:
        """Measured once, by whoever reads first."""
        if self._view not in _SMEAR + _SECTION:
            return np.full(3, 255, dtype=np.float32)
        with self._glass_lock:
            if self._glass is None:
                self._glass = glass_of(self._source)
            return self._glass


def glass_of(source: PixelSource) -> Glass:
    """Colour of empty glass: the median of the brightest tenth of the whole image, seen small. Raises `ImageError`."""
    coarsest = len(source.info.levels) - 1
    level = source.info.levels[coarsest]
    pixels = source.read(coarsest, 0, 0, level.width, level.height).reshape(-1, 3)
    brightness = pixels.mean(axis=1)
    glass = np.median(pixels[brightness >= np.percentile(brightness, 90)], axis=0)
    return np.asarray(glass if glass.min() >= _DIMMEST_GLASS else (255, 255, 255), dtype=np.float32)


def part_of_colours(rgb: RgbArray, view: ColourView, glass: Glass) -> RgbArray:
    """One channel or grey as grey pixels; one stain in its own colour on white. Shape and type as `rgb`."""
    if view is ColourView.ALL:
        return rgb
    if view in _CHANNELS:
        return _grey(rgb[..., _CHANNELS[view]])
    if view is ColourView.GREY:
        return _grey(np.rint(rgb.astype(np.float32) @ _LUMA))
    return _one_stain(rgb, view, glass)


def _grey(values: NDArray[Any]) -> RgbArray:
    return np.repeat(values.astype(np.uint8)[..., None], 3, axis=2)


def _one_stain(rgb: RgbArray, view: ColourView, glass: Glass) -> RgbArray:
    from skimage import color

    is_smear = view in _SMEAR
    number = (_SMEAR if is_smear else _SECTION).index(view)
    apart, together = (color.bex_from_rgb, color.rgb_from_bex) if is_smear else (color.hed_from_rgb, color.rgb_from_hed)
    light = np.minimum(rgb.astype(np.float32) / glass, 1)
    stains = color.separate_stains(light, apart)
    stains[..., [other for other in range(3) if other != number]] = 0
    seen = color.combine_stains(stains, together)
    return cast("RgbArray", np.rint(255 * seen).astype(np.uint8))
