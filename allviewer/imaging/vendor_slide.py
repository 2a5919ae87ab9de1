"""Slides of scanner makers: OpenSlide first, and another library where that one reads more, or more exactly.

OpenSlide addresses every level in whole level-0 pixels. Levels are often a little more than 2 or 4 times smaller
(2.0005 times), so a rectangle of such a level cannot be named exactly and comes back shifted by a fraction of a pixel
and smoothed. tifffile reads the tiles themselves, and colour profiles that OpenSlide does not hand out. Of Hamamatsu's
focal stacks OpenSlide shows one plane, tifffile all; only where a level of theirs is one huge JPEG is it left alone.
"""

import dataclasses
import logging
from pathlib import Path

from allviewer.domain.slide import PixelSource, RgbArray
from allviewer.errors import ImageError
from allviewer.imaging.openslide_image import open_slide
from allviewer.imaging.tiff_image import TiffSource, open_tiff_levels
from allviewer.imaging.wrapped_source import WrappedSource
from allviewer.memory.byte_budget import ByteBudget

_TILES_AS_THEY_LIE = ("aperio", "philips", "trestle")
"""Makers whose tiles are the picture unless its size says otherwise; others overlap them or lay them on a slide."""

_MOST_SEGMENT_BYTES = 32 << 20
"""Decoded, of what has to be decoded at once for a single pixel."""

log = logging.getLogger(__name__)


def open_vendor_slide(path: Path, budget: ByteBudget | None = None) -> PixelSource:
    """Open a slide with the library that reads it best.

    Raises:
        ImageError: damaged, incomplete, or not a slide.
    """
    slide = open_slide(path)
    vendor = dict(slide.info.properties).get("openslide.vendor")
    is_ndpi = vendor == "hamamatsu" and path.suffix.lower() == ".ndpi"
    exact = _open_exact(path, budget) if vendor in _TILES_AS_THEY_LIE or is_ndpi else None
    if exact is None:
        return slide
    is_quick = exact.largest_segment_bytes <= _MOST_SEGMENT_BYTES
    is_better = exact.info.plane_count > 1 or is_quick if is_ndpi else _extents(exact) == _extents(slide)
    if is_better:
        return _ExactSource(exact, slide)
    exact.close()
    return slide


def _open_exact(path: Path, budget: ByteBudget | None) -> TiffSource | None:
    try:
        return open_tiff_levels(path, budget)
    except ImageError as error:  # a compression that only OpenSlide knows
        log.info("left to OpenSlide alone: %s", error.sentence)
        return None


def _extents(source: PixelSource) -> list[tuple[int, int]]:
    return [(level.width, level.height) for level in source.info.levels]


class _ExactSource(WrappedSource):
    """The pixels of one reader, everything else from the other."""

    def __init__(self, exact: PixelSource, slide: PixelSource) -> None:
        planes = exact.info
        info = dataclasses.replace(
            slide.info,
            levels=planes.levels,
            plane_count=planes.plane_count,
            plane=planes.plane,
            plane_spacing_um=planes.plane_spacing_um,
            profile=planes.profile,
        )
        super().__init__(exact, info)
        self._slide = slide

    def close(self) -> None:
        """See `PixelSource.close`."""
        super().close()
        self._slide.close()

    def _read_associated(self, name: str) -> RgbArray:
        look = self._look
        return self._slide.look(managed=look.managed).associated_image(name)
