"""Opens a file so that it can be looked at at once however large it is."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from allviewer.domain.slide import PixelSource
from allviewer.imaging.coarser_levels import with_coarser_levels
from allviewer.imaging.limits import LARGE_PX
from allviewer.imaging.orientation import UPRIGHT, turned_upright
from allviewer.imaging.plain_image import open_plain, open_streamable
from allviewer.imaging.stored_image import StoredImage
from allviewer.memory.byte_budget import ByteBudget

if TYPE_CHECKING:
    from allviewer.imaging.pyramids.store import PyramidStore

_SLIDE_TILE_PX = 512


Opener = Callable[[Path, ByteBudget | None], PixelSource]


def open_growing(path: Path, opener: Opener, pyramids: "PyramidStore", budget: ByteBudget) -> PixelSource:
    """An image with coarser levels: made on demand for a small one, from the cache or into it for a large one.

    Raises:
        ImageError: as the opener.
    """
    if opener is open_plain:
        large = open_streamable(path)
        if large is None:
            plain = opener(path, budget)
            if not _needs_pyramid(plain):
                return with_coarser_levels(plain, budget)
            large = _stored(path, plain, budget)
        return _growing(large, pyramids, budget)
    from allviewer.imaging.tiff_image import open_tiff, open_tiff_levels

    source = open_tiff_levels(path, budget) if opener is open_tiff else opener(path, budget)
    if _needs_pyramid(source):
        return _growing(_stored(path, source, budget), pyramids, budget)
    return with_coarser_levels(turned_upright(source, _orientation(source)), budget)


def _growing(image: StoredImage, pyramids: "PyramidStore", budget: ByteBudget) -> PixelSource:
    from allviewer.imaging.pyramids.large_image import LargeImage  # what small images do without, the start does too

    return LargeImage(image, pyramids, budget)


def _needs_pyramid(source: PixelSource) -> bool:
    """Whether the coarsest level is too large to be made smaller while somebody waits.

    Focal stacks and fluorescence are left as they are: each plane and channel would need a pyramid of its own.
    """
    coarsest = source.info.levels[-1]
    is_one_picture = source.info.plane_count == 1 and not source.info.channels
    return is_one_picture and coarsest.width * coarsest.height > LARGE_PX


def _orientation(source: PixelSource) -> int:
    from allviewer.imaging.tiff_image import TiffSource

    return source.orientation if isinstance(source, TiffSource) else UPRIGHT


def _stored(path: Path, source: PixelSource, budget: ByteBudget) -> StoredImage:
    from allviewer.imaging.tiff_image import TiffSource

    coarsest = source.info.levels[-1]
    if isinstance(source, TiffSource):
        source.hold_little()
    seen = turned_upright(source, _orientation(source))
    return StoredImage(
        path,
        seen.info,
        (coarsest.width, coarsest.height),
        reader=with_coarser_levels(seen, budget),
        orientation=_orientation(source),
        segment_px=source.segment_px if isinstance(source, TiffSource) else (_SLIDE_TILE_PX, _SLIDE_TILE_PX),
        is_tiled=source.is_tiled if isinstance(source, TiffSource) else True,
        profile=source.profile if isinstance(source, TiffSource) else None,
    )
