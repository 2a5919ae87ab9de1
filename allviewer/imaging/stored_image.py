"""A file as its reader finds it, before the coarser levels that it lacks are made."""

from dataclasses import dataclass
from pathlib import Path

from allviewer.domain.slide import PixelSource, SlideInfo
from allviewer.imaging.colour_profile import ColourProfile


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image whose file has no level coarse enough to be shown whole at once.

    Attributes:
        path: the file.
        info: of the image as seen (upright), with the levels that the file has.
        stored: width and height of the coarsest of them, as stored.
        kind: format as Pillow names it, where the file is streamed from top to bottom; empty: it has a `reader`.
        reader: takes rectangles of the image as seen, in any order, with coarser levels made on demand.
        orientation: 1 to 8, how the image was stored.
        segment_px: width and height of the file's tiles or strips.
        is_tiled: whether any rectangle is read quickly.
        profile: of its colours, for what is kept of them as stored.
    """

    path: Path
    info: SlideInfo
    stored: tuple[int, int]
    kind: str = ""
    reader: PixelSource | None = None
    orientation: int = 1
    segment_px: tuple[int, int] = (0, 0)
    is_tiled: bool = False
    profile: ColourProfile | None = None
