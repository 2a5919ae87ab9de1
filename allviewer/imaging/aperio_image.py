"""Aperio slides: described by OpenSlide, pixels by tifffile.

OpenSlide addresses every level in whole level-0 pixels. Aperio's levels are a little more than 2 or 4 times smaller
(2.0005 times), so a rectangle of such a level cannot be named exactly and comes back shifted by a fraction of a pixel
and smoothed. tifffile reads the tiles themselves.
"""

import dataclasses
from pathlib import Path

from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import ImageError
from allviewer.imaging.openslide_image import open_slide
from allviewer.imaging.tiff_image import open_tiff_levels
from allviewer.imaging.wrapped_source import WrappedSource

_VENDOR = ("openslide.vendor", "aperio")


def open_vendor_slide(path: Path) -> PixelSource:
    """Open a slide with OpenSlide; of an Aperio slide that tifffile reads too, take the exact pixels.

    Raises:
        ImageError: damaged, incomplete, or not a slide.
    """
    slide = open_slide(path)
    if _VENDOR not in slide.info.properties:
        return slide
    try:
        exact = open_tiff_levels(path)
    except ImageError:
        return slide  # a compression that only OpenSlide knows
    if [(level.width, level.height) for level in exact.info.levels] != [
        (level.width, level.height) for level in slide.info.levels
    ]:
        exact.close()
        return slide
    return _ExactSource(exact, slide)


class _ExactSource(WrappedSource):
    """The pixels of one reader, everything else from the other."""

    def __init__(self, exact: PixelSource, slide: PixelSource) -> None:
        planes = exact.info
        info = dataclasses.replace(
            slide.info,
            plane_count=planes.plane_count,
            plane=planes.plane,
            plane_spacing_um=planes.plane_spacing_um,
            profile=planes.profile,
        )
        super().__init__(exact, info)
        self._slide = slide

    def close(self) -> None:
        super().close()
        self._slide.close()

    def _read_associated(self, name: str) -> RgbArray:
        return self._slide.associated_image(name)
